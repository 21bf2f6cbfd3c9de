"""What several files of tests here use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import escalate
from tests.faults.disks import Filled, small_disk
from tests.servers import HttpServer

__all__ = ["escalate"]


@pytest.fixture
def web() -> Iterator[HttpServer]:
    with HttpServer() as server:
        yield server


@pytest.fixture(params=["tmpfs", pytest.param("RLIMIT_FSIZE", marks=pytest.mark.long)])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Filled]:
    place = tmp_path / "disk"
    if request.param == "tmpfs":
        with small_disk(place):
            yield Filled(place, request.param)
    else:
        place.mkdir()
        yield Filled(place, request.param)
