"""No guard of the claim and the record can be taken away without a fault test that notices."""

from __future__ import annotations

import pytest

from tests.faults.guards import GUARDS, HERE, copied, noticed, without


@pytest.mark.parametrize("guard", GUARDS, ids=[guard.name for guard in GUARDS])
def test_every_guard_is_where_the_script_looks_for_it(tmp_path, guard):
    file = tmp_path / guard.file
    file.parent.mkdir(parents=True)
    file.write_text((HERE / guard.file).read_text())
    assert without(guard, tmp_path) is not None


@pytest.mark.long
def test_every_guard_is_missed_when_it_is_gone(tmp_path):
    copy = copied(tmp_path)
    for guard in GUARDS:
        before = without(guard, copy)
        assert before is not None, guard.name
        assert noticed(guard, copy)[0], f"nothing notices that this is gone: {guard.name}"
        (copy / guard.file).write_text(before)
