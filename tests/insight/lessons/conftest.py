"""What the made year teaches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.insight.conftest import Year


@pytest.fixture(scope="module")
def proposals(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return year.escalate_in(tmp_path_factory.mktemp("lessons"))(
        "lessons", "--since", "2000-01-01", "--json"
    ).json
