"""A mailbox of a real IMAP server, as a test fills it and looks at it: with imaplib, so that the
code that is tested has no part in it.
"""

from __future__ import annotations

import imaplib
import re
from urllib.parse import quote

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import HOUR, SECOND
from tests.servers import LOOPBACK

USER, PASSWORD = "oncall", "secret-of-the-mailbox"


class ImapAccount:
    """One account of an IMAP server on loopback."""

    def __init__(self, port: int, user: str = USER, password: str = PASSWORD) -> None:
        self.port, self.user, self.password = port, user, password
        self._kept: imaplib.IMAP4 | None = None

    def url(self, options: str = "", password: str | None = None) -> str:
        """An `answers` URL that leads here."""
        shown = quote(self.password if password is None else password, safe="")
        return f"imap://{quote(self.user, safe='')}:{shown}@{LOOPBACK}:{self.port}{options}"

    def _client(self) -> imaplib.IMAP4:
        """One for all that the test does: a log-in takes its time."""
        if self._kept is None:
            self._kept = imaplib.IMAP4(LOOPBACK, self.port, timeout=60)
            self._kept.login(self.user, self.password)
        return self._kept

    def leave(self) -> None:
        """Close the test's own connection."""
        if self._kept is not None:
            self._kept.shutdown()
            self._kept = None

    def put(self, content: bytes, folder: str = "INBOX", at: float | None = None) -> None:
        """Lay a mail into a folder, as if it had arrived `at` (seconds since the epoch; now)."""
        moment = imaplib.Time2Internaldate(hours_ago(0) if at is None else at)
        status, answer = self._client().append(quoted(folder), "", moment, content)
        assert status == "OK", answer

    def create(self, folder: str) -> None:
        """Make a folder; one of that name is deleted before, with everything in it."""
        client = self._client()
        client.delete(quoted(folder))
        status, answer = client.create(quoted(folder))
        assert status == "OK", answer

    def everything(self) -> dict[str, list[tuple[int, str, bytes]]]:
        """Each folder's mails: UID, flags, content."""
        folders = {}
        client = self._client()
        for line in client.list()[1]:
            assert isinstance(line, bytes)
            match = re.search(rb'\) (?:"."|NIL) (.+)$', line)
            assert match is not None
            name = match[1].decode()
            client.select(name, readonly=True)
            answer = client.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[])")[1]
            client.close()
            mails = []
            for piece, tail in zip(answer, [*answer[1:], b""], strict=True):
                if isinstance(piece, tuple):
                    head = piece[0] + (tail if isinstance(tail, bytes) else b"")
                    uid, flags = re.search(rb"UID (\d+)", head), re.search(rb"FLAGS \(([^)]*)\)", head)
                    assert uid is not None
                    assert flags is not None
                    shown = " ".join(sorted(flags[1].decode().replace("\\Recent", "").split()))
                    mails.append((int(uid[1]), shown, piece[1]))
            folders[name] = sorted(mails)
        return folders


def hours_ago(hours: float) -> float:
    """A moment as a mailbox takes it, in seconds since the epoch."""
    return (Clock().now() - hours * HOUR) / SECOND


def quoted(folder: str) -> str:
    return f'"{folder}"'
