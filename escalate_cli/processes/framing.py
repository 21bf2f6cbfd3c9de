"""Messages over a pipe between this process and another of ours: four bytes of length, then JSON (which
carries lone surrogates unharmed).
"""

from __future__ import annotations

import json
import os

_CHUNK = 65536


def pack(message: object) -> bytes:
    """One message, ready to be written."""
    text = json.dumps(message, separators=(",", ":")).encode("ascii")
    return len(text).to_bytes(4, "big") + text


class Unpacker:
    """The messages that arrive on a non-blocking file descriptor, however they are cut."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.ended = False
        self._buffer = bytearray()

    def read(self) -> list[object]:
        """All complete messages that are there now; sets `ended` when the other side is gone."""
        while not self.ended:
            try:
                chunk = os.read(self.fd, _CHUNK)
            except BlockingIOError:
                break
            except OSError:
                chunk = b""
            self._buffer += chunk
            self.ended = not chunk
        messages = []
        while len(self._buffer) >= 4 and len(self._buffer) >= 4 + (
            size := int.from_bytes(self._buffer[:4], "big")
        ):
            messages.append(json.loads(bytes(self._buffer[4 : 4 + size])))
            del self._buffer[: 4 + size]
        return messages


class Packer:
    """Writes messages to a non-blocking file descriptor; keeps what the pipe does not take yet."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._buffer = bytearray()

    @property
    def pending(self) -> bool:
        """Whether something still waits to be written."""
        return bool(self._buffer)

    def write(self, message: object) -> None:
        """Send `message`, now or with a later `flush`."""
        self._buffer += pack(message)
        self.flush()

    def flush(self) -> None:
        """Write what the pipe takes. When the other side is gone there is nobody to write to: the
        reader will notice.
        """
        while self._buffer:
            try:
                del self._buffer[: os.write(self.fd, self._buffer[:_CHUNK])]
            except BlockingIOError:
                return
            except OSError:
                self._buffer.clear()
