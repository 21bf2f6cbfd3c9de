"""What commands under test keep outside of their temporary directory, in /var/tmp and the like:
declarations that could not be stored, and marks of the emergency page (store/without_database).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from escalate_cli.store.without_database.spool import Spool

USUAL_NAMES = ("escalate.db", "new.db")
"""of databases that never came to be"""
_OURS = re.compile(r"escalate-(?:kept-)?\d+-([0-9a-f]{16})")


@contextmanager
def nothing_kept_elsewhere(place: Path) -> Iterator[None]:
    """Whatever is kept elsewhere of a database under `place` is gone afterwards; what other runs of
    the tests keep there stays.
    """
    parents = {there.parent for there in Spool(place / "x").places[1:]}
    before = set(_kept(parents))
    yield
    fresh = [path for path in _kept(parents) if path not in before]
    if fresh:
        digests = set(_digests(place))
        for path in fresh:
            if path.name.rpartition("-")[2] in digests:
                shutil.rmtree(path, ignore_errors=True)


def _kept(parents: set[Path]) -> Iterator[Path]:
    for parent in parents:
        with suppress(OSError):
            yield from (parent / name for name in os.listdir(parent) if _OURS.fullmatch(name))


def _digests(place: Path) -> Iterator[str]:
    """Of every database that is, was or could be there."""
    for directory, _, files in os.walk(place):
        beside = (name.removesuffix(".spool") for name in os.listdir(directory))
        for name in {*USUAL_NAMES, *files, *beside}:
            for spool in (Spool(Path(directory) / name), Spool(Path(directory) / name, beside=False)):
                yield spool.places[1].name.rpartition("-")[2]
