"""Where temporary directories are made: in memory, where there is room. Thousands of durable
commits wait for a disk otherwise.

What the tests kill are processes, not machines, so that nothing is lost by it. $TMPDIR says otherwise.
And drawn cases are drawn alike in every run, so that a red run means a change. In CI nothing is skipped.

And what tests of several rooms start from: a bank on loopback.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests import command
from tests.imported_once import import_tests, place_for_what_is_made
from tests.kept_elsewhere import nothing_kept_elsewhere
from tests.loopback import Bank, bank, server
from tests.servers import HttpServer

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


def pytest_xdist_auto_num_workers() -> int | None:
    """More workers than cores: a good part of what tests do is to wait, for processes, deadlines and polls.
    $PYTEST_XDIST_AUTO_NUM_WORKERS says otherwise.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + max(1, cores // 2)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Before a worker begins: where it keeps what the others can take over."""
    config = node.config
    if not hasattr(config, "made_by_workers"):
        config.made_by_workers = place_for_what_is_made()
        config.add_cleanup(config.made_by_workers.cleanup)
    node.workerinput["made_by_workers"] = config.made_by_workers.name


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """In a worker."""
    given = getattr(session.config, "workerinput", None)
    if given is not None:
        number = int(given["workerid"].removeprefix("gw"))
        import_tests(session.config.args, number, given["workercount"], given["made_by_workers"])


@pytest.fixture(autouse=True)
def leaves_nothing_elsewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that has a directory of its own leaves nothing in those that all share."""
    if "tmp_path" not in request.fixturenames:
        yield
        return
    with nothing_kept_elsewhere(request.getfixturevalue("tmp_path")):
        yield


@pytest.fixture(autouse=True)
def long_tests_start_every_command_from_nothing(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The quick ones take the short way of `tests.preloaded`, and of the long ones those of files that say
    `LOADED_ALREADY`: what they try is not how a process begins.
    """
    is_long = request.node.get_closest_marker("long") is not None
    fresh = is_long and not getattr(request.module, "LOADED_ALREADY", False)
    monkeypatch.setattr(command, "FRESH", fresh)


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


@pytest.fixture(scope="module")
def web() -> Iterator[HttpServer]:
    """The provider behind every gateway of a bank."""
    with server() as running:
        yield running


@pytest.fixture(scope="module")
def organisation(web: HttpServer, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """A bank on loopback for the tests of a file, its configuration compiled: each works on `another`."""
    made = bank(tmp_path_factory.mktemp("organisation"), web)
    assert made("check").code in (0, 1)
    return made
