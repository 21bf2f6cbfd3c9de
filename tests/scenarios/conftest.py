"""Worlds for stories; what a story does not expect, it must not get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The standard organisation. What a story does not expect, it must not get."""
    here = World(tmp_path)
    yield here
    here.expects_nothing()
    here.store.close()


@pytest.fixture
def world_with(tmp_path: Path) -> Iterator[type[World]]:
    """An organisation with policies of the story's own: `world_with(policies, more=…)`."""
    made: list[World] = []

    def make(policies: str, **more: str) -> World:
        made.append(World(tmp_path, policies, **more))
        return made[-1]

    yield make  # type: ignore[misc]
    for one in made:
        one.expects_nothing()
        one.store.close()
