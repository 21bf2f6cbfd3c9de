"""Where temporary directories are made: in memory, where there is room. Thousands of durable commits wait for a disk otherwise.

What the tests kill are processes, not machines, so that nothing is lost by it. $TMPDIR says otherwise.
And drawn cases are drawn alike in every run, so that a red run means a change.
"""

from __future__ import annotations

import os
import tempfile

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

_MEMORY = "/dev/shm"
_ROOM = 2 << 30


def pytest_configure() -> None:
    """Before the first temporary directory is made; the workers of pytest-xdist come here, too."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    room = os.statvfs(_MEMORY)
    if room.f_bavail * room.f_frsize > _ROOM:
        tempfile.tempdir = _MEMORY
