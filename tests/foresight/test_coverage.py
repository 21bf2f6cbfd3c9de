"""Coverage is what simulating every minute would find, and its findings are true."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.duration import DAY, HOUR, MINUTE
from escalate_cli.core.hours import local_to_instant
from escalate_cli.core.incident import Declaration
from escalate_cli.core.model import NotificationKind
from escalate_cli.foresight.coverage import Stretch, cover, first_person
from escalate_cli.foresight.simulation import Message, simulate
from tests.foresight.small_organisations import SATURDAY, ZONE, organisations


def answer(stretch: Stretch, at: int) -> tuple[object, ...]:
    """What a stretch says about a declaration at `at`: who, when, by the fallback only."""
    when = None if stretch.after is None else stretch.reached_at if stretch.held else at + stretch.after
    return stretch.people, when, stretch.by_fallback


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(organisations(), st.integers(0, 47), st.sampled_from(("mild", "bad")), st.sampled_from(("login", "shop")))
def test_coverage_equals_a_walk_from_every_moment(catalog: Catalog, half_hour: int, severity: str, service: str) -> None:
    """All drawn times are multiples of ten minutes, so nothing can change but there: those moments, and one between each two."""
    start = local_to_instant(SATURDAY + timedelta(minutes=30 * half_hour), ZONE)
    until = start + 5 * HOUR
    row = next(row for row in cover(catalog, start, until).rows if service in row.services and severity in row.severities)
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


def is_page_to_a_person(message: Message) -> bool:
    return message.kind is NotificationKind.PAGE and message.person is not None


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(organisations(), st.integers(0, 2880), st.sampled_from(("mild", "bad")), st.sampled_from(("login", "shop")))
def test_a_walk_ends_at_the_first_page_of_a_simulation(catalog: Catalog, minute: int, severity: str, service: str) -> None:
    at = local_to_instant(SATURDAY, ZONE) + minute * MINUTE
    said = Declaration("-", severity, (service,))
    found = first_person(said, catalog, at)
    if found.at is not None:
        simulated = simulate(said, catalog, at, at + 14 * DAY, enough=is_page_to_a_person)
        pages = [one for one in simulated.messages if is_page_to_a_person(one)]
        assert {one.at for one in pages} == {found.at}
        assert set(found.people) <= {one.person for one in pages}
