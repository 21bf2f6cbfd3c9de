"""Disks that can be filled to the last byte, and files that may grow no further."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, size: str = "4m") -> Iterator[Path]:
    """A file system of its own; only root may make one."""
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take every byte that is left."""
    file = place / "ballast"
    with open(file, "wb", buffering=0) as ballast:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    ballast.write(b"\0" * size)
            except OSError:
                continue
    assert os.statvfs(place).f_bavail == 0
    return file


@dataclass
class Filled:
    """A place for a database that can be made full and free again: to the last byte of a file
    system, or, where none can be mounted, by a limit that lets no file grow beyond what the
    database has."""

    place: Path
    by: str

    @contextmanager
    def full(self) -> Iterator[None]:
        if self.by == "tmpfs":
            ballast = fill(self.place)
            yield
            ballast.unlink()
            return
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        most = max((self.place / "escalate.db").stat().st_size, 8192)  # what is kept aside has room
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
