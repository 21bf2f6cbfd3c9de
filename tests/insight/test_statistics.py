"""What `report` says of the made year, against plain SQL and the standard library: two ways to
every number.
"""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.config.load import load
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.report.statistics import quantile, report
from escalate_cli.insight.report.wall import Wall
from tests.command import Escalate
from tests.insight.conftest import Year
from tests.organisations import BANK
from tests.world import World

PAGES = "kind = 'page' AND sent_at IS NOT NULL AND recipient LIKE 'person:%'"


@pytest.fixture(scope="module")
def figures(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return year.escalate_in(tmp_path_factory.mktemp("figures"))(
        "report", "--since", "2000-01-01", "--json"
    ).json


@pytest.fixture(scope="module")
def catalog(year: Year) -> Catalog:
    return load(year.config).catalog


def spread(spans: list[int]) -> dict[str, Any]:
    """The same by the standard library; spans are microseconds."""
    if len(spans) < 2:
        only = round(spans[0] / SECOND) if spans else None
        return {"count": len(spans), "median_seconds": only, "p90_seconds": only}
    tenths = statistics.quantiles(spans, n=10, method="inclusive")
    return {
        "count": len(spans),
        "median_seconds": round(statistics.median(spans) / SECOND),
        "p90_seconds": round(tenths[8] / SECOND),
    }


def column(rows: list[tuple[Any, ...]]) -> list[Any]:
    return [one for (one,) in rows]


def test_times_to_page_to_acknowledge_to_resolve(year: Year, figures: Any) -> None:
    first = (
        "SELECT min(sent_at) - declared_at FROM incidents i JOIN notifications n ON n.incident_id = i.id"
        f" WHERE {PAGES} GROUP BY i.id"
    )
    acked = (
        "SELECT min(t.at) - i.declared_at FROM incidents i JOIN timeline t ON t.incident_id = i.id WHERE"
        " t.kind = 'acknowledged' AND json_extract(t.data, '$.partly') IS NULL GROUP BY i.id"
    )
    assert figures["to_first_page"] == spread(column(year.sql(first)))
    assert figures["to_acknowledge"] == spread(column(year.sql(acked)))
    ended = "SELECT resolved_at - declared_at FROM incidents WHERE resolved_at IS NOT NULL"
    assert figures["to_resolve"] == spread(column(year.sql(ended)))


def test_times_by_severity(year: Year, figures: Any) -> None:
    for one in figures["by_severity"]:
        spans = column(
            year.sql("SELECT resolved_at - declared_at FROM incidents WHERE severity = ?", one["severity"])
        )
        assert (one["incidents"], one["to_resolve"]) == (len(spans), spread(spans))
    assert sum(figure["incidents"] for figure in figures["by_severity"]) == figures["incidents"]


def test_times_by_team_count_from_when_it_was_brought_in(year: Year, figures: Any) -> None:
    begun = (
        "SELECT min(e.at) FROM timeline e WHERE e.incident_id = {id} AND e.kind = 'escalation'"
        " AND json_extract(e.data, '$.policy') IS NOT NULL AND json_extract(e.data, '$.team') = ?"
    )
    for figure in figures["by_team"][:6]:
        acked = (
            f"SELECT min(t.at) - ({begun.format(id='t.incident_id')}) FROM timeline t WHERE t.kind ="
            " 'acknowledged' AND json_extract(t.data, '$.team') = ? AND json_extract(t.data, '$.partly') IS"
            " NULL GROUP BY t.incident_id"
        )
        assert figure["to_acknowledge"] == spread(column(year.sql(acked, figure["team"], figure["team"]))), (
            figure["team"]
        )


def test_acknowledgements_by_team(year: Year, figures: Any) -> None:
    rows = year.sql(
        "SELECT json_extract(data, '$.team'), count(*) FROM timeline WHERE kind = 'acknowledged' GROUP BY 1"
    )
    assert figures["acknowledgements"]["by_team"] == dict(rows)


def test_acknowledgements_by_gateway_and_level_are_those_of_the_last_page_before(
    year: Year, figures: Any
) -> None:
    through: Counter[str] = Counter()
    at: Counter[str] = Counter()
    acked = (
        "SELECT incident_id, at, by, json_extract(data, '$.team') FROM timeline WHERE kind = 'acknowledged'"
    )
    for incident, when, by, team in year.sql(acked):
        carried = year.sql(
            "SELECT gateway FROM notifications WHERE incident_id = ? AND recipient = ? AND sent_at <= ?"
            f" AND {PAGES} ORDER BY sent_at DESC, id DESC",
            incident, f"person:{by}", when,
        )  # fmt: skip
        through[carried[0][0] if carried else "not paged"] += 1
        paged = year.sql(
            "SELECT json_extract(data, '$.level') FROM timeline WHERE incident_id = ? AND kind = 'level'"
            " AND at <= ? AND json_extract(data, '$.team') = ?"
            " AND EXISTS (SELECT 1 FROM json_each(data, '$.recipients') WHERE value = ?)"
            " ORDER BY id DESC", incident, when, team, f"person:{by}",
        )  # fmt: skip
        at[str(paged[0][0]) if paged else "otherwise" if carried else "not paged"] += 1
    assert figures["acknowledgements"]["by_gateway"] == dict(through)
    assert figures["acknowledgements"]["by_level"] == dict(at)


def test_levels_reached(year: Year, figures: Any) -> None:
    rows = year.sql(
        "SELECT i.id, (SELECT max(json_extract(data, '$.level')) FROM timeline t WHERE t.incident_id = i.id"
        " AND kind = 'level' AND json_array_length(data, '$.recipients') > 0), EXISTS (SELECT 1 FROM timeline"
        " t WHERE t.incident_id = i.id AND kind = 'exhausted') FROM incidents i"
    )
    assert figures["levels_reached"] == dict(
        Counter("fallback" if out else str(level or "none") for _, level, out in rows)
    )


def test_pages_per_person_at_night_and_on_weekends(year: Year, figures: Any, catalog: Catalog) -> None:
    told: dict[str, Counter[str]] = {}
    pagings = "GROUP BY incident_id, recipient, escalation_id, page_round, created_at"
    columns = "recipient, min(sent_at), incident_id, count(*)"
    for recipient, at, incident, messages in year.sql(
        f"SELECT {columns} FROM notifications WHERE {PAGES} {pagings}"
    ):
        person = recipient.removeprefix("person:")
        local = datetime.fromtimestamp(at / SECOND, UTC).astimezone(ZoneInfo(catalog.people[person].timezone))
        one = told.setdefault(person, Counter())
        one["pages"] += 1
        one["messages"] += messages
        one["night"] += not 7 <= local.hour < 22
        one["weekend"] += local.isoweekday() > 5
        one[f"incident {incident}"] = 1
    for one in figures["people"]:
        mine = told.get(one["person"], Counter())
        incidents = sum(name.startswith("incident") for name in mine)
        assert (one["pages"], one["night"], one["weekend"], one["incidents"]) == (
            mine["pages"],
            mine["night"],
            mine["weekend"],
            incidents,
        )
        assert one["messages"] == mine["messages"] >= one["pages"]
    assert {figure["person"] for figure in figures["people"] if figure["pages"]} == set(told)


BY_THREE_WAYS = BANK.but(
    'high = [ { via = ["sms"] } ]', 'high = [ { via = ["sms", "email"] }, { via = ["slack"], after = "2m" } ]'
).but(
    'contact = { sms = "+1", email = "ana@example.com" }',
    'contact = { sms = "+1", email = "ana@example.com", slack = "ana" }',
)


def test_who_has_three_gateways_is_not_paged_three_times(tmp_path: Path) -> None:
    world = World(tmp_path, organisation=BY_THREE_WAYS)
    world.declare("down", "login")
    world.advance("4m")
    world.page("person:ana")
    world.advance("30m")
    records, _ = world.store.history.records()
    people = {person.person: person for person in report(records, world.catalog).people}
    sent = [letter for _, letter in world.post.letters if "%2B1" in letter.url or "ana" in letter.url]
    assert (people["ana"].pages, people["ana"].messages) == (2, 6), "level 1, and by hand"
    assert len(sent) == 6
    assert people["bo"].pages == 1
    assert people["ops"].pages == sum("%2B6" in letter.url for _, letter in world.post.letters) > 1, (
        "each time that the fallback is paged"
    )
    assert sum(map(sum, report(records, world.catalog).hours)) == sum(
        person.pages for person in people.values()
    )
    world.store.close()


def test_nudges(year: Year, figures: Any) -> None:
    rows = year.sql("SELECT rule, status, count(*) FROM nudges GROUP BY rule, status")
    statuses = ("accepted", "declined", "expired")
    assert {
        (figure["rule"], status, figure[status])
        for figure in figures["nudges"]
        for status in statuses
        if figure[status]
    } == set(rows)


def test_delivery_failures_and_their_causes(year: Year, figures: Any) -> None:
    tried = (
        "SELECT gateway, count(*), sum(status = 'failed'), sum(attempts > 1) FROM notifications WHERE"
        " attempts > 0 GROUP BY gateway"
    )
    rows = year.sql(tried)
    assert {
        (figure["gateway"], figure["tried"], figure["failed"], figure["retried"])
        for figure in figures["gateways"]
    } == set(rows)
    causes = year.sql(
        "SELECT gateway, error, count(*) FROM notifications WHERE status = 'failed' GROUP BY gateway, error"
    )
    assert {
        (figure["gateway"], cause["cause"], cause["count"])
        for figure in figures["gateways"]
        for cause in figure["causes"]
    } == set(causes)


def test_severities_raised_after_the_declaration(year: Year, figures: Any) -> None:
    rows = year.sql("SELECT incident_id, json_extract(data, '$.before'), json_extract(data, '$.after')"
                    " FROM timeline WHERE kind = 'updated' AND json_extract(data, '$.change') = 'severity'"
                    " ORDER BY id")  # fmt: skip
    rank = {"minor": 0, "major": 1, "critical": 2}
    paths: dict[int, list[str]] = {}
    for incident, before, after in rows:
        paths.setdefault(incident, [before]).append(after)
    gravest = Counter((path[0], max(path, key=lambda one: rank[one])) for path in paths.values())
    expected = {(before, after): count for (before, after), count in gravest.items() if before != after}
    assert {
        (figure["from"], figure["to"]): figure["incidents"] for figure in figures["severity_raised"]
    } == expected


def test_weeks_and_hours_count_everything_once(year: Year, figures: Any) -> None:
    assert sum(figure["incidents"] for figure in figures["weeks"]) == figures["incidents"]
    starts = [datetime.fromisoformat(figure["week"]) for figure in figures["weeks"]]
    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(starts))
    assert {start.isoweekday() for start in starts} == {1}
    assert sum(map(sum, figures["pages_by_weekday_and_hour"])) == sum(
        figure["pages"] for figure in figures["people"]
    )


def test_a_part_of_it_is_the_same_as_that_part_alone(year: Year, escalate: Escalate, figures: Any) -> None:
    whole = next(figure for figure in figures["by_team"] if figure["team"] == "payments")
    part = escalate("report", "--since", "2000-01-01", "--team", "payments", "--json").json
    assert {name: part[name] for name in ("incidents", "to_first_page", "to_acknowledge", "to_resolve")} == {
        name: whole[name] for name in ("incidents", "to_first_page", "to_acknowledge", "to_resolve")
    }
    service = escalate("report", "--since", "2000-01-01", "--service", "statements", "--json").json
    assert service["incidents"] == year.sql(
        "SELECT count(DISTINCT i.id) FROM incidents i"
        " WHERE EXISTS (SELECT 1 FROM json_each(i.services) WHERE value = 'statements')"
        " OR EXISTS (SELECT 1 FROM timeline t, json_each(t.data, '$.before') b"
        " WHERE t.incident_id = i.id AND t.kind = 'updated'"
        " AND json_extract(t.data, '$.change') = 'services' AND b.value = 'statements')"
    )[0][0]  # fmt: skip


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=50))
def test_quantiles_are_those_of_the_standard_library(spans: list[int]) -> None:
    ordered = sorted(spans)
    assert quantile(ordered, 0.9) == pytest.approx(
        statistics.quantiles(spans, n=10, method="inclusive")[8], abs=1
    )
    assert quantile(ordered, 0.5) == pytest.approx(statistics.median(spans), abs=1)


ZONES = ["Europe/London", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]


@given(st.integers(0, 2**31), st.sampled_from(ZONES))
def test_the_fast_wall_clock_reads_as_the_slow_one(seconds: int, zone: str) -> None:
    local = instant_to_local(seconds * SECOND, zone)
    assert Wall(zone).read(seconds * SECOND)[1:] == (local.weekday(), local.hour)
