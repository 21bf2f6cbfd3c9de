"""CSV and JSON give the same record, and it is what the rows say; times are ISO 8601 or a wall clock."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.clock import Clock
from escalate_cli.core.events import Acknowledged
from escalate_cli.core.incident.situation import IncidentStatus, NotificationStatus
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.importers.history.checking import check
from escalate_cli.importers.history.file import read_history
from escalate_cli.importers.history.past import situation_of
from escalate_cli.importers.history.past_incident import PastIncident
from escalate_cli.importers.history.times import NotATime, past_instant
from escalate_cli.store.store import Store
from tests.insight.history.histories import NOW, as_csv, rows


def files(found: list[dict[str, str]], separator: str, end: str) -> dict[str, bytes]:
    """The same rows in every kind of file."""
    nested = [
        {name: one for name, one in row.items() if not name.startswith("label.")}
        | {"labels": {name[6:]: one for name, one in row.items() if name.startswith("label.")}}
        | ({"paged": row["paged"].split(";")} if row.get("paged") else {})
        | ({"acknowledged_level": int(row["acknowledged_level"])} if "acknowledged_level" in row else {})
        for row in found
    ]
    return {
        "CSV": as_csv(*found, separator=separator, end=end).encode(),
        "CSV with a BOM and spelled columns": (
            as_csv(
                *(
                    {
                        name.replace("_", " ").upper() if "label" not in name else name: one
                        for name, one in row.items()
                    }
                    for row in found
                ),
                separator=separator,
            ).encode("utf-8-sig")
        ),
        "a JSON list": json.dumps(found).encode(),
        "a JSON object": (
            json.dumps({"source": "x", "incidents": nested}, indent=1, ensure_ascii=False).encode()
        ),
        "JSON lines": "\n".join(json.dumps(one) for one in found).encode(),
    }


def checked(content: bytes, catalog: Catalog) -> list[PastIncident]:
    found = read_history(content)
    pasts, faults = check(found.rows, catalog, NOW)
    assert [*found.faults, *faults] == []
    return pasts


def test_a_level_that_is_named_counts_against_an_estimate(catalog: Catalog) -> None:
    """Ana was paged again at level 2, nobody knows when; she says that she acknowledged at level 1."""
    row = {
        "title": "x",
        "service": "login",
        "declared_at": "2025-11-01 00:00:00",
        "first_paged_at": "2025-11-01 00:00:00",
        "paged": "ana;ana@2",
        "acknowledged_at": "2025-11-01 00:05:01",
        "acknowledged_by": "ana",
        "acknowledged_level": "1",
    }
    [past] = checked(files([row], ",", "\n")["CSV"], catalog)
    entries = [entry.event for entry in situation_of(past, catalog).entries]
    assert [event.level for event in entries if isinstance(event, Acknowledged)] == [1]


@settings(max_examples=60)
@given(
    st.lists(rows(), min_size=1, max_size=4, unique_by=lambda row: row["title"]),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_csv_and_json_give_the_same_record_and_it_is_what_the_rows_say(
    catalog: Catalog, found: list[dict[str, str]], separator: str, end: str
) -> None:
    made = {kind: checked(content, catalog) for kind, content in files(found, separator, end).items()}
    pasts = made.pop("CSV")
    assert {kind: other == pasts for kind, other in made.items()} == dict.fromkeys(made, True)

    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "escalate.db", Clock())
        with store.transaction():
            for past in pasts:
                store.situations.add(situation_of(past, catalog))
        records, damaged = store.history.records()
        assert damaged == ()
        assert store.situations.next_due_at() is None
        by_title = {one.title.strip(): one for one in records}
        for row in found:
            record = by_title[row["title"].strip()]
            at = {
                name: past_instant(text, "Europe/London")
                for name, text in row.items()
                if name.endswith("_at")
            }

            def since(name: str, at: dict[str, int] = at) -> int | None:
                return at[name] - at["declared_at"] if name in at else None

            assert (record.to_page, record.to_resolve) == (since("first_paged_at"), since("resolved_at"))
            assert record.to_acknowledge == since("acknowledged_at")
            assert (record.status, record.message) == ("resolved", row.get("message"))
            assert record.severity == row.get("severity", "major")
            assert record.first_severity == row.get("first_severity", record.severity)
            assert [catalog.services[service].name for service in record.services] == [
                {"login": "Log in", "auth-db": "Auth database"}.get(row["service"], row["service"])
            ]
            assert record.first_services == (
                (row["first_service"],) if "first_service" in row else record.services
            )
            assert record.labels.get("a b") == row.get("label.a b")
            named = {part.partition("@")[0] for part in row.get("paged", "").split(";") if part}
            assert {page.person for page in record.pages} - {
                "unknown",
                row.get("acknowledged_by"),
            } == named - {row.get("acknowledged_by")}
            if "acknowledged_level" in row:
                level = int(row["acknowledged_level"])
                assert all(answer.current == level for answer in record.answers)
                assert any(
                    f"person:{row['acknowledged_by']}" in paging.recipients and paging.level == level
                    for paging in record.pagings
                )
            situation = store.situations.load(record.id)
            assert situation is not None
            assert situation.incident.status is IncidentStatus.RESOLVED
            assert {notification.status for notification in situation.notifications} <= {
                NotificationStatus.SENT
            }
            assert {escalation.next_at for escalation in situation.escalations} == {None}
        store.close()


TIMES = {
    "2026-03-01 14:05": "2026-03-01T14:05:00",
    "2026-07-01 14:05": "2026-07-01T13:05:00",
    "2026-03-01T14:05:00.250+01:00": "2026-03-01T13:05:00.25",
    "2026-03-01 14:05:09 -0530": "2026-03-01T19:35:09",
    "2026-03-01 14:05 UTC": "2026-03-01T14:05:00",
    "2026-03-01t14:05:00z": "2026-03-01T14:05:00",
    "2026-03-01": "2026-03-01T00:00:00",
    "2026-10-25 01:30": "2026-10-25T00:30:00",  # shown twice: the first showing
    "2026-03-29 01:30+00:00": "2026-03-29T01:30:00",
    "1772373900": "2026-03-01T14:05:00",
    "1772373900250": "2026-03-01T14:05:00.25",
    "1772373900.5": "2026-03-01T14:05:00.5",
    "1772373900250000": "2026-03-01T14:05:00.25",
    "2026/03/01 2:05 PM": "2026-03-01T14:05:00",
    "3/25/2026, 12:05:09 AM": "2026-03-25T00:05:09",
    "25/03/2026 14:05": "2026-03-25T14:05:00",
    "1.3.2026 14:05": "2026-03-01T14:05:00",
    "Mar 1, 2026 at 2:05 p.m.": "2026-03-01T14:05:00",
    "March 1st, 2026 2:05 PM EST": "2026-03-01T19:05:00",
    "1 Mar 2026 14:05 (UTC)": "2026-03-01T14:05:00",
    "Sun, 01 Mar 2026 14:05:00 -0800": "2026-03-01T22:05:00",
    "Sun Mar  1 14:05:00 PST 2026": "2026-03-01T22:05:00",
    "2026-07-01 14:05 Europe/Berlin": "2026-07-01T12:05:00",
    "2026-07-01 14:05:00 [America/New_York]": "2026-07-01T18:05:00",
}


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_iso_8601_or_a_wall_clock_of_the_organisation(text: str) -> None:
    wanted = datetime.fromisoformat(TIMES[text]).replace(tzinfo=UTC)
    assert past_instant(text, "Europe/London") == round(wanted.timestamp() * 1_000_000)


NO_TIMES = [
    "01/03/2026 14:05",
    "13/13/2026",
    "1 Foo 2026",
    "2026-03-01 14:05 IST",
    "2026-03-01 14:05 Europe/Nowhere",
    "13:05 PM 1 Mar 2026",
    "12:30",
    "340",
    "yesterday",
    "2026-13-01 10:00",
    "2026-03-29 01:30",
    "0001-01-01",
    "+2h",
    "now",
]


@pytest.mark.parametrize("text", NO_TIMES)
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(NotATime):
        past_instant(text, "Europe/London")
