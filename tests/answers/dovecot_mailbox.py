"""A real Dovecot (IMAP, TLS, LMTP, Pigeonhole) and a real Postfix on loopback, for the whole way of a
page: out, refused or delivered, answered by a person or a robot, and read.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import pytest

from tests.answers.mailboxes import PASSWORD, USER, ImapAccount
from tests.delivery.dovecot import needed
from tests.delivery.processes import until
from tests.servers import LOOPBACK

_DOVECOT = """\
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = imap lmtp
listen = 127.0.0.1{elsewhere}
ssl = yes
ssl_cert = <{place}/cert.pem
ssl_key = <{place}/key.pem
disable_plaintext_auth = no
auth_username_format = %Ln
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
recipient_delimiter = +
mail_location = maildir:~/mail
postmaster_address = postmaster@example.com
submission_host = 127.0.0.1:{submission}
lmtp_save_to_detail_mailbox = no
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    auto = create
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Ln {place}/passwords
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={place}/home/%Ln allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:~/script.sieve
}}
"""
AWAY = (
    'require ["vacation"];\nvacation :days 1 :addresses ["ana@example.com"] :subject "Re: your page"'
    ' "OK, I am away until Monday.";\n'
)
JUNK = 'require ["fileinto"];\nfileinto "Junk";\n'


def own_address() -> str:
    """An address of this machine that is not loopback; "" where there is none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address = str(asking.getsockname()[0])
    return "" if address.startswith("127.") else address


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as taken:
        return int(taken.getsockname()[1])


class DovecotMailbox(ImapAccount):
    """The mailbox of oncall@example.com, and as many others as mail is delivered to. What scripts of
    Sieve send goes to the SMTP server at `submission`.
    """

    def __init__(
        self, submission: int = 25, scripts: Mapping[str, str] | None = None, password: str = PASSWORD
    ) -> None:
        needed()
        super().__init__(free_port(), password=password)
        self.imaps_port, self.lmtp_port = free_port(), free_port()
        self._submission, self._scripts = submission, scripts or {}
        self.elsewhere = own_address()
        self.place = Path(tempfile.mkdtemp(prefix="escalate-mailbox-"))

    def __enter__(self) -> Self:
        self.place.chmod(0o755)
        homes = self.place / "home"
        for user in {USER, *self._scripts}:
            (homes / user).mkdir(parents=True)
            if user in self._scripts:
                (homes / user / "script.sieve").write_text(self._scripts[user])
            shutil.chown(homes / user, "nobody", "nogroup")
        self._make_certificate()
        elsewhere = f", {self.elsewhere}" if self.elsewhere else ""
        ports = {"elsewhere": elsewhere, "imap": self.port, "imaps": self.imaps_port, "lmtp": self.lmtp_port}
        text = _DOVECOT.format(place=self.place, submission=self._submission, **ports)
        (self.place / "dovecot.conf").write_text(text)
        (self.place / "passwords").write_text(
            f"{USER}:{{PLAIN.b64}}{b64encode(self.password.encode()).decode()}\n"
        )
        self._dovecot = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(self.place / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: listens(self._dovecot, self.lmtp_port) and listens(self._dovecot, self.port))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        self._dovecot.terminate()
        self._dovecot.wait(30)
        shutil.rmtree(self.place, ignore_errors=True)

    def _make_certificate(self) -> None:
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
                *("-nodes", "-days", "2", "-subj", "/CN=mail.example.com"),
                *(
                    "-addext",
                    "subjectAltName="
                    f"{','.join(f'IP:{address}' for address in (LOOPBACK, self.elsewhere) if address)}",
                ),
                *("-keyout", str(self.place / "key.pem"), "-out", str(self.certificate)),
            ],
            check=True,
            capture_output=True,
        )

    @property
    def certificate(self) -> Path:
        """What must be trusted for `imaps` to be possible."""
        return self.place / "cert.pem"

    @property
    def log(self) -> str:
        path = self.place / "log"
        return path.read_text() if path.exists() else ""

    def deliver(
        self, content: bytes, to: str = "oncall@example.com", sender: str = "ana@example.com"
    ) -> None:
        """Hand a mail over by LMTP, as a mail server would."""
        import smtplib

        with smtplib.LMTP(LOOPBACK, self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [to], content)


_MAIN = """\
compatibility_level = 3.6
queue_directory = {place}/queue
data_directory = {place}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file_prefixes = {place}
maillog_file = {place}/log
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.com
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
smtp_dns_support_level = disabled
smtp_host_lookup = native
alias_maps =
alias_database =
transport_maps = inline:{{ {{ oncall@example.com = lmtp:inet:127.0.0.1:{lmtp} }},\
 {{ * = smtp:[127.0.0.1]:{following} }} }}
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


class PostfixServer:
    """A mail server that hands everything to the next one, at `following`, and brings what that one
    refuses back to oncall@example.com, by LMTP.
    """

    def __init__(self, following: int, lmtp: int) -> None:
        needed()
        if shutil.which("postfix", path="/usr/sbin:/usr/bin") is None:
            pytest.skip("postfix is not installed (apt-get install postfix)")
        self.port = free_port()
        self._following, self._lmtp = following, lmtp
        self.place = Path(tempfile.mkdtemp(prefix="escalate-postfix-"))

    def __enter__(self) -> Self:
        self.place.chmod(0o755)
        (self.place / "queue").mkdir()
        (self.place / "data").mkdir()
        shutil.chown(self.place / "data", "postfix", "postfix")
        values = {"place": self.place, "lmtp": self._lmtp, "following": self._following}
        (self.place / "main.cf").write_text(_MAIN.format(**values))
        (self.place / "master.cf").write_text(_MASTER.format(port=self.port))
        self._postfix("start")
        until(lambda: listens(None, self.port))
        return self

    def __exit__(self, *_: object) -> None:
        self._postfix("stop")
        shutil.rmtree(self.place, ignore_errors=True)

    def send(self, content: bytes, to: str, sender: str = "oncall@example.com") -> None:
        """Hand a mail over to be sent."""
        import smtplib

        with smtplib.SMTP(LOOPBACK, self.port) as server:
            server.sendmail(sender, [to], content)

    def _postfix(self, command: str) -> None:
        ran = subprocess.run(
            ["/usr/sbin/postfix", "-c", str(self.place), command],
            capture_output=True,
            text=True,
            timeout=60,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": os.environ.get("LANG", "C")},
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    @property
    def log(self) -> str:
        path = self.place / "log"
        return path.read_text() if path.exists() else ""


def listens(process: subprocess.Popen[bytes] | None, port: int) -> bool:
    """Whether somebody takes connections there; the process that should must be alive."""
    assert process is None or process.poll() is None, "it has ended"
    try:
        socket.create_connection((LOOPBACK, port), 5).close()
    except OSError:
        return False
    return True
