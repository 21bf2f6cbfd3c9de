"""What `doctor` cannot even look at is one finding of its own, and keeps nothing else from being
looked at (promise 20).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.core.wording.problem import ERROR
from escalate_cli.errors import ExitCode
from escalate_cli.health.doctor import database_file, diagnosis, ticks
from escalate_cli.store.ledger import Ledger
from escalate_cli.store.without_database.spool import Spool
from tests.faults.rounds import mostly_long
from tests.faults.stories import Night, night


def fails(*arguments: Any, **named: Any) -> Any:
    raise LookupError("injected")


LOOKS: dict[str, tuple[Any, str, set[str]]] = {
    "what can be used": (diagnosis, "usability_findings", {"usable"}),
    "who may read the database": (database_file, "flaws", {"permissions"}),
    "how much space is left": (database_file, "space_finding", {"disk-space"}),
    "the ticks": (Ledger, "clock_seen_at", {"ticks", "clock"}),
    "what passes have met": (ticks, "remembered_troubles", set()),
    "the incidents": (ticks, "audit", {"incidents"}),
    "the running incidents": (diagnosis, "incident_findings", set()),
    "what is kept aside": (Spool, "out_of_reach", set()),
}
"""what is looked at, where it breaks, and which findings it makes when all is well"""
CONTACTS = {
    "who has an address": {"people"},
    "whether secrets can be had": {"secrets"},
    "what gateways there are": {"gateways"},
    "whether addresses are possible": {"addresses"},
}
"""the looks at how people are reached, and which findings they make when all is well"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Night]:
    with night(tmp_path) as made:
        made.declare("Log in is broken", "login")
        made.tick(1)
        yield made


def found(here: Night) -> diagnosis.Diagnosis:
    return diagnosis.diagnose(here.context)


def only_that_is_missing(
    before: diagnosis.Diagnosis, after: diagnosis.Diagnosis, what: str, lost: set[str]
) -> None:
    mine = [finding for finding in after.findings if finding.code == "not-looked-at"]
    assert [finding.message for finding in mine] == [f"{what} could not be looked at (LookupError: injected)"]
    assert (mine[0].level, after.exit_code, after.well) == (ERROR, ExitCode.NO, False)
    assert {finding.code for finding in before.findings} - lost <= {
        finding.code for finding in after.findings
    }


@pytest.mark.parametrize("what", mostly_long(LOOKS, "the ticks", "what is kept aside"))
def test_4_20_what_cannot_be_looked_at_is_named_and_everything_else_is_looked_at(
    here: Night, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    before = found(here)
    place, name, lost = LOOKS[what]
    monkeypatch.setattr(place, name, property(fails) if isinstance(vars(place)[name], property) else fails)
    only_that_is_missing(before, found(here), what, lost)


@pytest.mark.parametrize("what", mostly_long(CONTACTS, "who has an address"))
def test_4_20_a_look_at_how_people_are_reached_that_fails_is_named_likewise(
    here: Night, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    before, looks = found(here), diagnosis.contact_looks
    assert what in looks(here.context.catalog, here.context)
    monkeypatch.setattr(diagnosis, "contact_looks", lambda *given: looks(*given) | {what: fails})
    only_that_is_missing(before, found(here), what, CONTACTS[what])


def test_4_20_a_database_that_cannot_be_opened_for_whatever_reason_is_a_finding(
    here: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.context.reopen_store()
    monkeypatch.setattr("escalate_cli.store.store.Store", fails)
    after = found(here)
    assert "the database cannot be looked at (LookupError: injected)" in [
        finding.message for finding in after.findings
    ]
    assert after.exit_code is ExitCode.DATABASE
