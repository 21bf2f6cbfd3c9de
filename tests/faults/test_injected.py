"""Each public function of core in turn raises for the things of one team: nobody else notices, and
somebody hears (promise 20).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from escalate_cli.core.incident.situation import Incident, Situation
from tests.faults.injection import ERRORS, functions, raising, watching
from tests.faults.rounds import mostly_long
from tests.faults.stories import FALLBACK, MARKS, OTHERS, OURS, Night, night, shared_story, story

NAMES = tuple(functions())
CORE = "escalate_cli.core."
QUICK = tuple(
    CORE + one
    for one in (
        "calendar.rota.on_call", "notification.targets.whom", "notification.targets.contacts",
        "notification.paging.tell", "notification.paging.write_to", "escalation.conditions.judge",
        "escalation.position.due", "escalation.levels.walk_on", "escalation.plan.plan",
        "escalation.waiting_reasons.reasons", "escalation.maintenance.muted_until",
        "escalation.rules.fire_rules", "incident.doing_without.noted", "messages.message.compose",
    )
)  # fmt: skip
RECORDS = {
    *(
        f"{CORE}incident.situation.Situation.{name}"
        for name in ("with_escalation", "escalation", "changed", "log", "fresh_id")
    ),
    *(
        f"{CORE}incident.decision.Decision.{name}"
        for name in (
            *("escalation", "change", "put_escalation", "change_incident", "notify", "log", "note"),
            "attempt",
        )
    ),
}
"""With these every decision is written down: without them there is no incident to store. What
stands in is the file of a kept declaration, the page that needs no record, and that each pass tries
again."""
IN_EVERY_ROW = {f"{CORE}organisation.recipient.as_text", f"{CORE}organisation.recipient.from_text"}
"""Recipients as the database has them: where one cannot be written, its whole transaction cannot."""
ABOUT_BOTH = {f"{CORE}changes.declare.declare", f"{CORE}escalation.scope.involvements"}
"""These are asked about an incident with all its services, also where their argument is no
incident: what raises is nobody's own.
"""
TITLES = ["Cards are declined", "Cards are still declined", "Log in is broken"]


@cache
def asked_about_ours(*, shared: bool) -> frozenset[str]:
    """The functions that are asked about Identity while nothing raises. Up to its first raise a night
    in which something raises is the same night: with any other function it is this one, and nothing is left
    to try.
    """
    with TemporaryDirectory() as directory, night(Path(directory)) as here:
        assert here.context.running_catalog.version
        here.context.keep_catalog()
        with watching(MARKS, but=(Incident, Situation) if shared else ()) as asked:
            (shared_story if shared else story)(here)
            assert here.findings() is not None
        assert all(each.ended is None for each in here.passes)
    return frozenset(asked)


def lived(here: Night, name: str, number: int) -> tuple[int, str]:
    """The story with this function raising; how often it did, and what `doctor` says then."""
    assert here.context.running_catalog.version
    here.context.keep_catalog()
    with raising(name, ERRORS[number % len(ERRORS)], MARKS) as raised:
        story(here, raised)
        found = [finding.message for finding in here.findings()]
    return raised.times, "\n".join(found)


def must_hold(here: Night, name: str, said: str) -> None:
    """What is true of the night whatever has raised."""
    assert here.heard(OTHERS) == [
        (0, "sms to cara"),
        (2, "sms to cara"),
        (5, "sms to dan"),
        (7, "sms to dan"),
    ]
    if name in RECORDS:
        assert list((here.context.database_path.parent).rglob("*.spool*")) or "declaration" in said
    else:
        assert sorted(here.titles()) == TITLES
    assert any(at == 0 for at, _ in here.heard(OURS | {FALLBACK})), "somebody hears at once"
    assert here.called or any(
        to.endswith(f" {FALLBACK}") and "Cards" not in text for _, to, text in here.messages()
    )
    assert set(here.codes) <= {0, 6, 7}
    for one in here.passes:
        assert one.ended is None, one
        assert not (one.raised and one.beat), one
    assert "injected" in said


def inject(name: str, directory: Path) -> None:
    if name not in asked_about_ours(shared=False):
        return
    with night(directory) as here:
        times, said = lived(here, name, NAMES.index(name))
        assert times
        must_hold(here, name, said)


@pytest.mark.long
def test_4_20_most_of_what_is_looked_at_is_asked_about_a_team() -> None:
    """Else nothing would be tried above a few functions, in silence."""
    assert set(QUICK) - {f"{CORE}incident.doing_without.noted"} <= asked_about_ours(shared=False)
    assert len(asked_about_ours(shared=False)) > len(NAMES) // 4
    assert len(asked_about_ours(shared=True)) > len(NAMES) // 5


@pytest.mark.parametrize("name", mostly_long(QUICK, *QUICK[1::5]))
def test_4_20_what_raises_for_one_team_costs_no_other_and_somebody_hears(name: str, tmp_path: Path) -> None:
    inject(name, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", [one for one in NAMES if one not in QUICK])
def test_4_20_any_function_of_core_may_raise_for_one_team(name: str, tmp_path: Path) -> None:
    inject(name, tmp_path)


def inject_into_what_both_share(name: str, directory: Path) -> None:
    """The function raises for what is Identity's own: its schedule, its policy, its escalation, its
    people; not for the whole incident.
    """
    if name not in asked_about_ours(shared=True):
        return
    with night(directory) as here:
        assert here.context.running_catalog.version
        here.context.keep_catalog()
        with raising(
            name, ERRORS[NAMES.index(name) % len(ERRORS)], MARKS, but=(Incident, Situation)
        ) as raised:
            shared_story(here, raised)
            said = "\n".join(finding.message for finding in here.findings())
        assert raised.times
        first = {who: min(at for at, said in here.heard({who})) for who in OTHERS if here.heard({who})}
        assert first == {"cara": 0, "dan": 5}
        assert here.titles() == ["Nothing works"]
        assert any(at == 0 for at, _ in here.heard(OURS | {FALLBACK})), "somebody hears at once"
        for one in here.passes:
            assert one.ended is None, one
            assert not (one.raised and one.beat), one
        assert "injected" in said


@pytest.mark.parametrize("name", mostly_long(QUICK, *QUICK[1::5]))
def test_4_20_of_an_incident_of_both_what_raises_for_one_team_costs_the_other_nothing(
    name: str, tmp_path: Path
) -> None:
    inject_into_what_both_share(name, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize(
    "name", [one for one in NAMES if one not in {*QUICK, *RECORDS, *IN_EVERY_ROW, *ABOUT_BOTH}]
)
def test_4_20_of_an_incident_of_both_any_function_of_core_may_raise_for_one_team(
    name: str, tmp_path: Path
) -> None:
    inject_into_what_both_share(name, tmp_path)
