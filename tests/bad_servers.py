"""Servers that are none: one that drips, one that never ends, a port where nobody listens."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

from tests.servers import LOOPBACK


class Tarpit:
    """Takes every connection and then says `greeting` one byte a second, or nothing at all.
    `connections` counts.
    """

    def __init__(self, greeting: bytes = b"") -> None:
        self._greeting = greeting
        self._closing = threading.Event()
        self._socket = socket.create_server((LOOPBACK, 0), backlog=256)
        self._socket.settimeout(0.05)
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def url(self, schema: str = "json", rest: str = "/") -> str:
        """An Apprise URL that leads here."""
        return f"{schema}://{LOOPBACK}:{self.port}{rest}"

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
                self.connections += 1
                self._threads.append(threading.Thread(target=self._hold, args=(connection,), daemon=True))
                self._threads[-1].start()

    def _hold(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            for byte in self._greeting:
                connection.sendall(bytes([byte]))
                if self._closing.wait(1.0):
                    return
            self._closing.wait()


class Endless:
    """Hears one request line for each of `says` and answers with it, then sends `piece` for ever,
    as fast as it is taken. With `greets` the first of `says` comes before anything is heard. `sent`
    counts the bytes; a gigabyte ends it."""

    def __init__(self, *says: bytes, piece: bytes, greets: bool = False) -> None:
        self._says, self._piece, self._greets = says, piece * (65536 // len(piece) + 1), greets
        self._socket = socket.create_server((LOOPBACK, 0))
        self.port: int = self._socket.getsockname()[1]
        self.sent = 0
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        connection = self._socket.accept()[0]
        with connection, contextlib.suppress(OSError):
            for number, words in enumerate(self._says):
                if number or not self._greets:
                    connection.recv(65536)
                connection.sendall(words)
            if self._says and not self._greets:
                connection.settimeout(None)
            while self.sent < 1 << 30:
                self.sent += connection.send(self._piece)
        self.ended.set()


def closed_port() -> int:
    """A port that nobody listens on, now and until the process ends: it is taken, so that no server
    of a test beside this one can be given it.
    """
    taken = socket.socket()
    taken.bind((LOOPBACK, 0))
    _TAKEN.append(taken)
    return int(taken.getsockname()[1])


_TAKEN: list[socket.socket] = []
"""bound, and never listening: whoever connects is refused"""
