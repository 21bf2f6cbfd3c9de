"""No guard of the claim and the record can be taken away without a fault test that notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.guards import GUARDS, HERE, Guard, copied, noticed, without


@pytest.mark.parametrize("guard", GUARDS, ids=[guard.name for guard in GUARDS])
def test_every_guard_is_where_the_script_looks_for_it(tmp_path, guard):
    file = tmp_path / guard.file
    file.parent.mkdir(parents=True)
    file.write_text((HERE / guard.file).read_text())
    assert without(guard, tmp_path) is not None


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything, which each test leaves as it was."""
    return copied(tmp_path_factory.mktemp("copy"))


@pytest.mark.long
@pytest.mark.parametrize("guard", GUARDS, ids=[guard.name for guard in GUARDS])
def test_every_guard_is_missed_when_it_is_gone(copy: Path, guard: Guard) -> None:
    before = without(guard, copy)
    assert before is not None
    try:
        assert noticed(guard, copy)[0], "nothing notices that this is gone"
    finally:
        (copy / guard.file).write_text(before)
