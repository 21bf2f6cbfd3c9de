"""A real IMAP server for all tests of a worker; each test has a folder of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.answers.pymap_server import PymapServer
from tests.reception.folder import Folder

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def pymap() -> Iterator[PymapServer]:
    with PymapServer() as server:
        yield server


@pytest.fixture
def folder(pymap: PymapServer) -> Folder:
    """A folder that nobody else uses, empty."""
    return Folder(pymap, f"Answers {next(_numbers)}")


@pytest.fixture
def at_once() -> Iterator[Callable[[float, Callable[[], None]], None]]:
    """Does something a little later, while the test waits; its failure is the test's."""
    import threading

    threads: list[threading.Timer] = []
    problems: list[BaseException] = []

    def later(seconds: float, act: Callable[[], None]) -> None:
        def do() -> None:
            try:
                act()
            except BaseException as problem:
                problems.append(problem)

        threads.append(threading.Timer(seconds, do))
        threads[-1].start()

    yield later
    for thread in threads:
        thread.join()
    assert problems == []
