"""What `doctor` cannot even look at is one finding of its own, and keeps nothing else from being
looked at (product.md §4.20).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.core.wording.problem import ERROR
from escalate_cli.errors import ExitCode
from escalate_cli.health.doctor import diagnosis
from tests.faults.stories import Night, night

LOOKS = {
    "usability_findings": "what can be used",
    "_permissions": "who may read the database",
    "_space": "how much space is left",
    "_ticks": "the ticks",
    "_troubles": "what passes have met",
    "_incidents": "the incidents",
    "incident_findings": "the running incidents",
    "_spooled": "what is kept aside",
    "contacts._people": "who has an address",
    "contacts._secrets": "whether secrets can be had",
    "contacts._gateways": "what gateways there are",
    "contacts._addresses": "whether addresses are possible",
}


LOST = {
    "usability_findings": {"usable"},
    "_permissions": {"permissions"},
    "_space": {"disk-space"},
    "_ticks": {"ticks", "clock"},
    "_troubles": set(),
    "_incidents": {"incidents"},
    "incident_findings": set(),
    "_spooled": set(),
    "contacts._people": {"people"},
    "contacts._secrets": {"secrets"},
    "contacts._gateways": {"gateways"},
    "contacts._addresses": {"addresses"},
}
"""which findings each makes when all is well"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Night]:
    with night(tmp_path) as made:
        made.declare("Log in is broken", "login")
        made.tick(1)
        yield made


def found(here: Night) -> diagnosis.Diagnosis:
    return diagnosis.diagnose(here.context)


@pytest.mark.parametrize("look", LOOKS)
def test_4_20_what_cannot_be_looked_at_is_named_and_everything_else_is_looked_at(
    here: Night, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    def fails(*arguments: Any) -> Any:
        raise LookupError("injected")

    before = found(here).findings
    monkeypatch.setattr(f"escalate_cli.health.doctor.{look if '.' in look else 'diagnosis.' + look}", fails)
    after = found(here)
    mine = [finding for finding in after.findings if finding.code == "not-looked-at"]
    assert [one.message for one in mine] == [f"{LOOKS[look]} could not be looked at (LookupError: injected)"]
    assert (mine[0].level, after.exit_code, after.well) == (ERROR, ExitCode.NO, False)
    assert {one.code for one in before} - LOST[look] <= {finding.code for finding in after.findings}


def test_4_20_a_database_that_cannot_be_opened_for_whatever_reason_is_a_finding(
    here: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: Any, **named: Any) -> Any:
        raise LookupError("injected")

    here.context.reopen_store()
    monkeypatch.setattr("escalate_cli.store.store.Store", fails)
    after = found(here)
    assert "the database cannot be looked at (LookupError: injected)" in [
        finding.message for finding in after.findings
    ]
    assert after.exit_code is ExitCode.DATABASE
