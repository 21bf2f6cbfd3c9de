"""A connection to a mailbox that is bounded in every way: how long it takes, how much it says, how
long its lines are. A server may hang, drip, lie or never end.
"""

from __future__ import annotations

import contextlib
import imaplib
import ipaddress
import re
import select
import socket
import ssl
from collections.abc import Iterator

from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress
from escalate_cli.reception.look import CannotRead

PATIENCE = 6.5
"""seconds for the whole of a look, but for what is being fetched"""
_MOST = 1 << 20
"""bytes of an answer, beside what was asked for"""
_LONGEST_LINE = 1 << 20
"""a search tells all its hits in one"""
_TEMPORARY = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)
"""why a server takes nobody at present (RFC 5530), whatever the password is"""
_CODE = re.compile(rb"\[([A-Z]{2,30})[ \]]")


class TooMuch(Exception):
    """More than was asked for, and more than can be meant."""


class HungUp(Exception):
    """The server has closed the connection."""


class _Bounded(imaplib.IMAP4):
    """What all connections have: an end in time (`deadline`, monotonic), and in size."""

    deadline = float("inf")
    _allowed, _more_allowed = _MOST, 0

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect."""
        self._clock, self._unread = Clock(), bytearray()
        self.deadline = self._clock.monotonic() + (timeout or PATIENCE)
        super().open(host, port, timeout)

    def allow(self, size: int) -> None:
        """The answer to what is sent next may be longer by `size` bytes."""
        self._more_allowed = size

    def send(self, data: bytes) -> None:  # type: ignore[override]
        """Send a part of a command; what may be answered is counted from here."""
        self._allowed, self._more_allowed = _MOST + self._more_allowed, 0
        self.sock.settimeout(self._left())
        self.sock.sendall(data)

    def readline(self) -> bytes:
        """The next line, with its end."""
        seen = 0
        while not (end := self._unread.find(b"\n", seen) + 1):
            seen = len(self._unread)
            if seen > _LONGEST_LINE:
                raise TooMuch
            self._receive()
        return self._take(end)

    def read(self, size: int) -> bytes:
        """So many bytes."""
        if size - len(self._unread) > self._allowed:
            raise TooMuch
        while len(self._unread) < size:
            self._receive()
        return self._take(size)

    def heard(self, seconds: float) -> bool:
        """Whether the server says something within so many seconds; it is not read yet."""
        if self._unread or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return bool(poll.poll(max(seconds, 0) * 1000))

    def ask_anew(self) -> None:
        """Ask what the server can do: it may be able to do more than before."""
        self.capabilities = tuple(self.capability()[1][-1].decode("ascii", "replace").upper().split())

    def secure(self, context: ssl.SSLContext) -> None:
        """Go on with TLS. What the server has said too early is not believed."""
        status, _ = self.xatom("STARTTLS")
        if status != "OK" or self._unread:
            raise self.error("no TLS")
        self.sock.settimeout(self._left())
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.ask_anew()

    def _left(self) -> float:
        left = self.deadline - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _receive(self) -> None:
        self.sock.settimeout(self._left())
        piece = self.sock.recv(65536)
        if not piece:
            raise HungUp
        self._allowed -= len(piece)
        if self._allowed < 0:
            raise TooMuch
        self._unread += piece

    def _take(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken


class _BoundedTls(_Bounded, imaplib.IMAP4_SSL):  # type: ignore[misc]
    """The same with TLS from the first byte."""


class Mailbox(BaseMailBox):
    """A mailbox that is looked at and left as it is."""

    def __init__(self, connection: _Bounded) -> None:
        self.connection = connection
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self.connection

    @property
    def idles(self) -> bool:
        """Whether the server tells by itself what arrives."""
        return "IDLE" in self.connection.capabilities

    @property
    def in_the_clear(self) -> bool:
        """Whether others on the way could read along."""
        connected = self.connection.sock
        return not isinstance(connected, ssl.SSLSocket) and not _is_loopback(connected)

    def look_into(self, folder: str) -> tuple[int, int | None, int] | None:
        """Open a folder read-only (EXAMINE): its UIDVALIDITY, its UIDNEXT (None where the server does
        not say), and how many mails there are. None where there is no such folder.
        """
        try:
            counted = self.folder.set(folder, readonly=True)[1]
        except MailboxFolderSelectError:
            return None
        validity, following = self._number("UIDVALIDITY"), self._number("UIDNEXT")
        return validity or 0, following, int(counted[0] or 0)

    def _number(self, name: str) -> int | None:
        values = self.connection.response(name)[1]
        value = values[-1] if values else None
        return int(value) if isinstance(value, bytes) and value.isdigit() else None

    def wait_for_news(self, seconds: float, clock: Clock) -> bool:
        """IDLE until the server says something, at most so long. False where it does not idle."""
        connection = self.connection
        connection.deadline = clock.monotonic() + PATIENCE
        connection.send(b"NEWS IDLE\r\n")
        while not (line := connection.readline()).startswith(b"+"):
            if line.startswith(b"NEWS "):
                return False
        connection.heard(seconds)
        connection.deadline = clock.monotonic() + PATIENCE
        connection.send(b"DONE\r\n")
        while not connection.readline().startswith(b"NEWS "):
            pass
        return True


@contextlib.contextmanager
def signed_in(address: AnswersAddress) -> Iterator[Mailbox]:
    """The mailbox, signed in to, with no folder open; whatever goes wrong is a `CannotRead`."""
    with telling(address):
        mailbox = Mailbox(_connect(address))
        try:
            _log_in(mailbox, address)
            yield mailbox
        finally:
            _leave(mailbox.connection)


def _connect(address: AnswersAddress) -> _Bounded:
    if address.tls:
        context = ssl.create_default_context()
        return _BoundedTls(address.host, address.port, ssl_context=context, timeout=PATIENCE)
    connection = _Bounded(address.host, address.port, PATIENCE)
    if "STARTTLS" in connection.capabilities and not _is_loopback(connection.sock):
        connection.secure(ssl.create_default_context())
    return connection


def _is_loopback(connected: socket.socket) -> bool:
    peer = str(connected.getpeername()[0]).partition("%")[0]
    return ipaddress.ip_address(peer).is_loopback


def _log_in(mailbox: Mailbox, address: AnswersAddress) -> None:
    connection, user, password = mailbox.connection, address.user, address.password
    if connection.state == "AUTH":  # it knows us already (PREAUTH)
        return
    token = address.options.get("auth") == "xoauth2"
    if "LOGINDISABLED" in connection.capabilities and not token:
        raise CannotRead("the server takes no password without TLS: write imaps://", for_good=True)
    plain = user.isascii() and password.isascii()
    log_in = mailbox.xoauth2 if token else mailbox.login if plain else mailbox.login_utf8
    try:
        log_in(user, password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (MailboxLoginError, imaplib.IMAP4.error) as problem:
        raise _refused(problem, address) from None
    connection.ask_anew()


def _leave(connection: _Bounded) -> None:
    connection.deadline = min(connection.deadline, Clock().monotonic() + 0.5)
    with contextlib.suppress(imaplib.IMAP4.error, OSError, TooMuch, HungUp):
        connection.send(b"BYE LOGOUT\r\n")
    with contextlib.suppress(OSError):
        connection.shutdown()


@contextlib.contextmanager
def telling(address: AnswersAddress) -> Iterator[None]:
    """What goes wrong in a mailbox, as one line that a person understands."""
    host = f"{address.host}:{address.port}"
    try:
        yield
    except TimeoutError:
        raise CannotRead(f"{host} does not answer in time") from None
    except (HungUp, ConnectionError) as problem:
        refused = isinstance(problem, ConnectionRefusedError)
        raise CannotRead(f"nobody listens at {host}" if refused else f"{host} ended the connection") from None
    except TooMuch:
        raise CannotRead(f"{host} says more than was asked") from None
    except ssl.SSLCertVerificationError as problem:
        raise CannotRead(f"the certificate of {host} is not good: {problem.verify_message}") from None
    except ssl.SSLError:
        raise CannotRead(f"{host} and we find no TLS together; without TLS it is imap://") from None
    except socket.gaierror:
        raise CannotRead(f"the host {address.host} cannot be found") from None
    except OSError as problem:
        raise CannotRead(f"{host} cannot be reached: {problem.strerror}") from None
    except (imaplib.IMAP4.error, ImapToolsError, ValueError, IndexError, AttributeError, TypeError):
        raise CannotRead(f"{host} answers what is not IMAP") from None


def _refused(problem: Exception, address: AnswersAddress) -> CannotRead:
    """A log-in that failed. Of what the server says, its code alone is told. A token is renewed by
    whatever writes its file; a password stays wrong.
    """
    words = repr(getattr(problem, "command_result", problem)).encode()
    code = _CODE.search(words)
    told = f" ({code[1].decode()})" if code else ""
    if _TEMPORARY.search(words):
        return CannotRead(f"{address.host} lets nobody in at present{told}")
    if address.options.get("auth") == "xoauth2":
        return CannotRead(f"{address.host} refuses the token{told}")
    return CannotRead(f"{address.host} refuses the user or the password{told}", for_good=True)
