"""The compiled cache: a checked catalog and its warnings in one file, valid while every
configuration file keeps its stamp.

A cache file is a header (format, place and stamps, compared byte by byte), a checksum, and JSON.
Nothing in it is executed, and a file that another user owns or may write is not read.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

from escalate_cli import __version__, files
from escalate_cli.config.compile.cache_file import cache_file, read_safely
from escalate_cli.config.files.sources import SourceFile
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import Problem

FORMAT = 2


def fetch(
    cache: Path, path: Path, sources: Sequence[SourceFile]
) -> tuple[Catalog, tuple[Problem, ...]] | None:
    """What was stored for exactly these files, or None."""
    head = _header(path, sources)
    try:
        raw = read_safely(cache_file(cache, path))
    except (OSError, ValueError):
        return None
    body = raw[len(head) + 9 :]
    if not raw.startswith(head) or raw[len(head) : len(head) + 9] != b"%08x\n" % zlib.crc32(body):
        return None
    import msgspec

    try:
        return msgspec.json.decode(body, type=tuple[Catalog, tuple[Problem, ...]])
    except ValueError:  # msgspec's errors are such
        return None


def store(
    cache: Path, path: Path, sources: Sequence[SourceFile], catalog: Catalog, problems: Sequence[Problem]
) -> None:
    """Keep the result for these files. A cache that cannot be written is no error: the next command
    compiles again.
    """
    import msgspec

    with contextlib.suppress(OSError, ValueError):
        body = msgspec.json.encode((catalog, problems))
        os.makedirs(cache, mode=0o700, exist_ok=True)
        files.replace(
            cache_file(cache, path), _header(path, sources) + b"%08x\n" % zlib.crc32(body) + body, mode=0o600
        )


def remember_database(cache: Path, path: Path, text: str | None) -> None:
    """Note which database a valid configuration names, so that its incidents go on should its files break."""
    target = _pointer(cache, path)
    with contextlib.suppress(OSError, ValueError):
        if text is None:
            os.unlink(target)
        elif remembered_database(cache, path) != text:
            os.makedirs(cache, mode=0o700, exist_ok=True)
            files.replace(target, text.encode(), mode=0o600)


def remembered_database(cache: Path, path: Path) -> str | None:
    """The database that this configuration named when it was last valid; None for none."""
    try:
        return read_safely(_pointer(cache, path)).decode() or None
    except (OSError, ValueError):
        return None


def _pointer(cache: Path, path: Path) -> str:
    return cache_file(cache, path).replace("catalog-", "database-").removesuffix(".json")


def _header(path: Path, sources: Sequence[SourceFile]) -> bytes:
    stamps = [(source.name, *source.stamp, source.regular) for source in sources]
    return ascii(("escalate", FORMAT, __version__, os.path.realpath(path), stamps)).encode() + b"\n"
