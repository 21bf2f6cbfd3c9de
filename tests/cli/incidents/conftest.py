"""The bank on loopback with a database of its own, for tests of commands about incidents."""

from __future__ import annotations

import pytest

from tests.loopback import Bank, another


@pytest.fixture
def escalate(organisation, tmp_path) -> Bank:
    return another(organisation, tmp_path)
