"""An IMAP server that says what a test tells it to: for what no real server does when asked."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Self

from tests.servers import LOOPBACK

CALM = {
    "": b"* OK ready\r\n",
    "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n",
    "LOGIN": b"TAG OK done\r\n",
    "EXAMINE": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\nTAG OK [READ-ONLY] done\r\n",
    "LOGOUT": b"* BYE\r\nTAG OK done\r\n",
}
"""an empty-handed server that works"""


class ScriptedImap:
    """Answers each command by its first word (after UID) from `says`; "TAG" is replaced. What is
    bytes is said; a tuple is said piece by piece, the last piece for ever; a list is one answer after
    the other, the last one for all that follow; `None` is silence. A line of one word is a "TOKEN".
    `heard` are the commands, without their tags. `slow` are seconds before the answer, by first word.
    """

    def __init__(self, **says: bytes | tuple[bytes, ...] | list[bytes] | None) -> None:
        self.says: Mapping[str, bytes | tuple[bytes, ...] | list[bytes] | None] = CALM | says
        self.heard: list[str] = []
        self.slow: Mapping[str, float] = {}
        self.sent = 0
        self._closing = threading.Event()
        self._socket = socket.create_server((LOOPBACK, 0), backlog=64)
        self._socket.settimeout(0.05)
        self.port: int = self._socket.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def url(self, options: str = "") -> str:
        return f"imap://oncall:hunter2canary@{LOOPBACK}:{self.port}{options}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                connection = self._socket.accept()[0]
                self._threads.append(threading.Thread(target=self._talk, args=(connection,), daemon=True))
                self._threads[-1].start()

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(0.05)
        unread = last = b""
        with connection, contextlib.suppress(OSError):
            self._say(connection, self.says[""], b"")
            while not self._closing.is_set():
                try:
                    piece = connection.recv(65536)
                except TimeoutError:
                    continue
                if not piece:
                    return
                unread += piece
                while b"\r\n" in unread:
                    line, _, unread = unread.partition(b"\r\n")
                    tag, _, command = line.partition(b" ") if b" " in line else (last, b"", b"TOKEN " + line)
                    last = tag
                    self.heard.append(command.decode())
                    word = command.removeprefix(b"UID ").split(b" ")[0].decode().upper()
                    self._closing.wait(self.slow.get(word, 0.0))
                    self._say(connection, self.says.get(word, b"TAG BAD what?\r\n"), tag)

    def _say(
        self, connection: socket.socket, words: bytes | tuple[bytes, ...] | list[bytes] | None, tag: bytes
    ) -> None:
        if isinstance(words, list):
            words = words.pop(0) if len(words) > 1 else words[0]
        pieces = (words,) if isinstance(words, bytes) else words or ()
        for piece in pieces:
            self._send(connection, piece.replace(b"TAG", tag))
        while isinstance(words, tuple) and not self._closing.is_set() and self.sent < 1 << 30:
            self._send(connection, pieces[-1])

    def _send(self, connection: socket.socket, piece: bytes) -> None:
        left = memoryview(piece)
        while left and not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                size = connection.send(left)
                self.sent += size
                left = left[size:]
