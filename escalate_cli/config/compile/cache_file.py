"""Where the compiled cache of a configuration is, and the safe reading of it. It imports next to
nothing: what completes a word in a shell reads names there.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from escalate_cli import files

_LARGEST = 64 * 1024 * 1024


def cache_file(cache: Path, path: Path) -> str:
    """One file per configuration, so that two of them do not push each other out."""
    return os.path.join(cache, f"catalog-{zlib.crc32(os.fsencode(os.path.realpath(path))):08x}.json")


def read_safely(path: str) -> bytes:
    """What it holds; nothing of a file that another user owns or may write."""
    with files.open_regular(path, follow=False) as stream:
        status = os.fstat(stream.fileno())
        if status.st_uid != os.geteuid() or status.st_mode & 0o022:
            return b""
        return stream.read(_LARGEST)


def cached_body(raw: bytes) -> bytes:
    """The JSON of a cache file, behind its header and its checksum; nothing where that does not fit."""
    _, _, rest = raw.partition(b"\n")
    checksum, _, body = rest.partition(b"\n")
    return body if checksum == b"%08x" % zlib.crc32(body) else b""
