"""Coverage is what simulating every minute would find, and its findings are true."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate_cli.config.load import load
from escalate_cli.core.calendar.duration import HOUR, MINUTE, WEEK
from escalate_cli.core.calendar.hours import local_to_instant
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.coverage import cover
from escalate_cli.foresight.first_person import NEVER_AFTER, first_person
from escalate_cli.foresight.simulation import SimulatedMessage, simulate
from escalate_cli.foresight.stretches import Stretch
from tests.foresight.small_organisations import OFFICE, SATURDAY, ZONE, organisations
from tests.organisations import SOUND
from tests.world import instant


def answer(stretch: Stretch, at: int) -> tuple[object, ...]:
    """What a stretch says about a declaration at `at`: who, when, by the fallback only."""
    when = None if stretch.after is None else stretch.reached_at if stretch.held else at + stretch.after
    return stretch.people, when, stretch.by_fallback


@pytest.mark.parametrize("examples", [3, pytest.param(150, marks=pytest.mark.long)])
def test_coverage_equals_a_walk_from_every_moment(examples: int) -> None:
    drawn = given(
        organisations(),
        st.integers(0, 47),
        st.sampled_from(("mild", "bad")),
        st.sampled_from(("login", "shop")),
    )
    often = settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    often(drawn(every_moment))()


def every_moment(catalog: Catalog, half_hour: int, severity: str, service: str) -> None:
    """All drawn times are multiples of ten minutes, so nothing can change but there: those moments,
    and one between each two.
    """
    start = local_to_instant(SATURDAY + timedelta(minutes=30 * half_hour), ZONE)
    until = start + 4 * HOUR
    row = next(
        row
        for row in cover(catalog, start, until).rows
        if service in row.services and severity in row.severities
    )
    assert [one.start for one in row.stretches] == [start, *(one.until for one in row.stretches[:-1])]
    assert row.stretches[-1].until == until
    said = Declaration("-", severity, (service,))
    stretches = iter(row.stretches)
    stretch = next(stretches)
    for at in range(start, until, 5 * MINUTE):
        while at >= stretch.until:
            stretch = next(stretches)
        found = first_person(said, catalog, at)
        assert answer(stretch, at) == (found.people, found.at, found.by_fallback)


def is_page_to_a_person(message: SimulatedMessage) -> bool:
    return message.kind is NotificationKind.PAGE and message.person is not None


@pytest.mark.parametrize("examples", [25, pytest.param(1500, marks=pytest.mark.long)])
def test_a_walk_ends_at_the_first_page_of_a_simulation_and_without_one_there_is_none(examples: int) -> None:
    drawn = given(
        organisations(),
        st.integers(0, 2880),
        st.sampled_from(("mild", "bad")),
        st.sampled_from(("login", "shop")),
    )
    often = settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    often(drawn(first_page))()


def first_page(catalog: Catalog, minute: int, severity: str, service: str) -> None:
    at = local_to_instant(SATURDAY, ZONE) + minute * MINUTE
    said = Declaration("-", severity, (service,))
    found = first_person(said, catalog, at)
    simulated = simulate(said, catalog, at, found.at or at + NEVER_AFTER, enough=is_page_to_a_person)
    pages = [message for message in simulated.messages if is_page_to_a_person(message)]
    assert {page.at for page in pages} == ({found.at} if found.at is not None else set())
    assert set(found.people) <= {page.person for page in pages}


RULE = '[[rules]]\nname = "Long"\nwhen = {{ {} }}\npage = ["person:boss"]\n'


def test_what_coincides_at_one_instant_only_has_a_stretch_of_its_own(tmp_path: Path) -> None:
    """A level that is held until 09:00 and a rule that fires after 45 minutes: both at 09:00 for
    who declares at 08:15 sharp.
    """
    text = (
        SOUND.but('wait = "5m"', 'wait = "5m"\nduring = "office"') + OFFICE + RULE.format('open_for = "45m"')
    )
    (tmp_path / "all.toml").write_text(text)
    start = instant("2026-11-24T08:00:00")
    (row,) = [
        one for one in cover(load(tmp_path).catalog, start, start + HOUR).rows if "major" in one.severities
    ]
    at = start + 15 * MINUTE
    assert [(stretch.start, stretch.people, stretch.after, stretch.held) for stretch in row.stretches] == [
        (start, ("boss",), 45 * MINUTE, False),
        (at, ("boss", "ana"), 45 * MINUTE, False),
        (at + 1, ("ana",), 45 * MINUTE - 1, True),
    ]


def test_a_rule_that_waits_for_hours_after_something_else_is_not_taken_for_the_same_on_another_day(
    tmp_path: Path,
) -> None:
    """Ripe at 17:30, when the office is closed: on Tuesday it waits for Wednesday, on Friday for Monday."""
    text = SOUND.but('notify = ["on-call", "channel"]\nwait = "5m"', 'notify = ["channel"]\nwait = "1w"')
    (tmp_path / "all.toml").write_text(text + OFFICE + RULE.format('open_for = "1h", hours = "office"'))
    start = instant("2026-11-24T00:00:00")
    (row,) = [
        one for one in cover(load(tmp_path).catalog, start, start + WEEK).rows if "major" in one.severities
    ]
    for declared, reached in (
        ("2026-11-24T16:30:00", "2026-11-25T09:00:00"),
        ("2026-11-27T16:30:00", "2026-11-30T09:00:00"),
    ):
        stretch = next(one for one in row.stretches if one.start <= instant(declared) < one.until)
        assert (stretch.people, stretch.reached_at, stretch.held) == (("boss",), instant(reached), True)


def test_where_nobody_has_an_address_for_an_urgency_nothing_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "all.toml").write_text(
        SOUND + '[notify]\nhigh = [{ via = ["pigeon"] }]\n[gateways.pigeon]\nurl = "json://h/{to}"\n'
    )
    start = instant("2026-11-24T00:00:00")
    covered = cover(load(tmp_path).catalog, start, start + 6 * WEEK)
    urgent = [row for row in covered.rows if "major" in row.severities]
    assert [
        (stretch.start, stretch.until, stretch.people) for row in urgent for stretch in row.stretches
    ] == [(start, start + 6 * WEEK, ())]
    assert covered.looked < 100
