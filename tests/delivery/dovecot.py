"""A real Dovecot with Pigeonhole on loopback, whose mailbox answers with an absence note: what
companies' mail servers do to a page.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import pytest

from tests.delivery.processes import until
from tests.mail_server import SmtpServer
from tests.servers import LOOPBACK

NOTE = """\
require ["vacation"];
vacation :days 1 :addresses ["ana@example.com"] :subject "Away" "OK, I am away until Monday.";
"""

CONFIGURATION = """\
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = lmtp
listen = 127.0.0.1
ssl = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:~/mail
postmaster_address = postmaster@example.com
submission_host = 127.0.0.1:{replies}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={place}/home allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:{place}/home/note.sieve
}}
"""


def why_not() -> str | None:
    """Why there can be no Dovecot here; None where there can."""
    if shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        return "dovecot is not installed (apt-get install dovecot-lmtpd dovecot-imapd dovecot-sieve)"
    return None if os.geteuid() == 0 else "dovecot has to be started by root"


class AwayMailbox:
    """ana@example.com, who is away. What her absence note answers arrives at `replies`."""

    def __init__(self, replies: SmtpServer) -> None:
        self.replies = replies
        self._place = Path(tempfile.mkdtemp(prefix="escalate-dovecot-"))
        with socket.create_server((LOOPBACK, 0)) as taken:
            self._port: int = taken.getsockname()[1]

    def __enter__(self) -> Self:
        self._place.chmod(0o755)
        home = self._place / "home"
        home.mkdir()
        (home / "note.sieve").write_text(NOTE)
        names = {"user": "nobody", "group": "nogroup"}
        text = CONFIGURATION.format(place=self._place, port=self._port, replies=self.replies.port, **names)
        (self._place / "dovecot.conf").write_text(text)
        shutil.chown(home, **names)
        self._dovecot = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(self._place / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(self._listens)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._dovecot.terminate()
        self._dovecot.wait(30)
        shutil.rmtree(self._place, ignore_errors=True)

    def _listens(self) -> bool:
        assert self._dovecot.poll() is None, self.log
        import smtplib

        try:
            smtplib.LMTP(LOOPBACK, self._port).quit()
        except OSError:
            return False
        return True

    @property
    def log(self) -> str:
        path = self._place / "log"
        return path.read_text() if path.exists() else ""

    def deliver(self, content: bytes, sender: str) -> None:
        """Deliver a mail; the absence note, if any, has been handed over when this returns."""
        import smtplib

        with smtplib.LMTP(LOOPBACK, self._port) as lmtp:
            lmtp.sendmail(sender, ["ana@example.com"], content)


def needed() -> None:
    """Skip where there is no Dovecot; CI installs it."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
