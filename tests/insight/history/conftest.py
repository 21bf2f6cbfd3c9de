"""A bank into which a past is imported, and its catalog."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalate_cli.core.organisation.catalog import Catalog
from tests.loopback import Bank, another
from tests.world import World


@pytest.fixture
def here(organisation: Bank, tmp_path: Path) -> Bank:
    made = another(organisation, tmp_path)
    made.place = tmp_path
    return made


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    world = World(tmp_path_factory.mktemp("world"))
    world.store.close()
    return world.catalog
