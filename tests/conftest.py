"""Where temporary directories are made: in memory, where there is room. Thousands of durable
commits wait for a disk otherwise.

What the tests kill are processes, not machines, so that nothing is lost by it. $TMPDIR says otherwise.
And drawn cases are drawn alike in every run, so that a red run means a change. In CI nothing is skipped.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator

import pytest
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a test that would be skipped fails: a promise that nobody tries is none."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = (
            f"{reason}: but in CI nothing is skipped; .ci/install gets what tests need, and they run as root"
        )
    return report
