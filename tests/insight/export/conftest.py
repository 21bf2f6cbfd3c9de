"""An incident of a bank to export."""

from __future__ import annotations

import pytest

from tests.insight.export.documents import TAME, story
from tests.loopback import Bank, bank
from tests.servers import HttpServer


@pytest.fixture(scope="module")
def tame(web: HttpServer, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    made = bank(tmp_path_factory.mktemp("tame"), web)
    story(made, *TAME)
    return made
