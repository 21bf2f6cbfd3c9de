"""A team's past from a file: what is stored is what the rows said, everything wrong is told at
once, and nobody is ever paged by it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.clock import Clock
from escalate_cli.core.events import Acknowledged
from escalate_cli.core.incident.situation import IncidentStatus, NotificationStatus
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.importers.history.checking import check
from escalate_cli.importers.history.faulty import FaultyHistory
from escalate_cli.importers.history.file import COLUMNS, read_history
from escalate_cli.importers.history.past import situation_of
from escalate_cli.importers.history.past_incident import PastIncident
from escalate_cli.importers.history.times import NotATime, past_instant
from escalate_cli.store.store import Store
from tests.loopback import ME, Bank, another
from tests.world import World, instant

FULL = {
    "id": "INC-812",
    "title": "Transfers hang, app says “later”",
    "message": "since two\nweb and app",
    "severity": "critical",
    "first_severity": "major",
    "severity_changed_at": "2026-03-02 02:20",
    "service": "login",
    "first_service": "payments",
    "rerouted_at": "2026-03-02 02:15",
    "declared_at": "2026-03-02 02:10",
    "declared_by": "support desk",
    "first_paged_at": "2026-03-02T02:12:30Z",
    "paged": "dee@1;ana@1+3m;bo@2+13m",
    "gateway": "sms",
    "acknowledged_at": "2026-03-02 03:31:00 +01:00",
    "acknowledged_by": "Bo Chen",
    "acknowledged_level": "2",
    "resolved_at": "2026-03-02 03:05:00.250",
    "label.cause": "release",
}
LEAST = {"title": "Cannot sign in", "service": "Log in", "declared_at": "2026-03-03 09:00"}


def as_csv(*rows: dict[str, str], separator: str = ",", end: str = "\r\n") -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, names, delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()


@pytest.fixture
def here(organisation: Bank, tmp_path: Path) -> Bank:
    made = another(organisation, tmp_path)
    made.place = tmp_path
    return made


def bring(escalate: Bank, text: str | bytes, *options: str, name: str = "history.csv") -> Any:
    file = escalate.place / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return escalate.here("import-history", str(file), *options)


# ── what a row becomes ────────────────────────────────────────────────────────────────


def test_an_imported_incident_is_looked_at_like_any_other(here: Bank) -> None:
    file = here.place / "history.csv"
    file.write_text(as_csv(FULL, LEAST))
    ran = here("import-history", str(file))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        (
            "Imported 2 incidents, declared Mon 2026-03-02 02:10 to Tue 2026-03-03 09:00 (Europe/London): #1"
            " to #2."
        ),
        "Nobody was paged. They carry the label imported.",
    ]
    assert here.here("list").out == "No open incidents.\n"
    assert [one["id"] for one in here.here("list", "--all", "--json").json] == [2, 1]

    show = here.show(1)
    assert show["labels"] == {"cause": "release", "imported": "INC-812"}
    times = ("declared_at", "acknowledged_at", "resolved_at", "next_due_at")
    assert [show[name] for name in times] == [
        "2026-03-02T02:10:00Z",
        "2026-03-02T02:31:00Z",
        "2026-03-02T03:05:00Z",
        None,
    ]
    words = ("status", "severity", "services", "teams", "declared_by", "acknowledged_by", "message")
    assert [show[name] for name in words] == [
        "resolved", "critical", ["login"], ["payments", "identity"], "support desk", "bo", "since two\nweb and app",
    ]  # fmt: skip
    assert [
        (one["recipient"], one["gateway"], one["status"], one["sent_at"]) for one in show["notifications"]
    ] == [
        ("person:dee", "sms", "sent", "2026-03-02T02:12:30Z"),
        ("person:ana", "sms", "sent", "2026-03-02T02:15:30Z"),
        ("person:bo", "sms", "sent", "2026-03-02T02:25:30Z"),
    ]
    told = [
        (one["at"][11:19], one["kind"], one["data"].get("team") or one["data"].get("change"))
        for one in show["timeline"]
    ]
    assert [one for one in told if one[1] != "sent"] == [
        ("02:10:00", "declared", None),
        ("02:10:00", "routed", None),
        ("02:10:00", "escalation", "payments"),
        ("02:12:30", "level", "payments"),
        ("02:15:00", "updated", "services"),
        ("02:15:00", "escalation", "payments"),
        ("02:15:00", "escalation", "identity"),
        ("02:15:30", "level", "identity"),
        ("02:20:00", "updated", "severity"),
        ("02:25:30", "level", "identity"),
        ("02:31:00", "acknowledged", "identity"),
        ("03:05:00", "resolved", None),
    ]
    assert show["timeline"][0]["data"]["imported"] is True

    found = here.here("export", "1", "--format", "json").json
    assert found["imported"] is True
    assert found["durations"] == {
        "to_first_page_seconds": 150,
        "to_acknowledge_seconds": 21 * 60,
        "to_resolve_seconds": 55 * 60,
    }
    assert [
        (one["by"], one["level"], one["gateway"], one["after_page_seconds"])
        for one in found["acknowledgements"]
    ] == [("bo", 2, "sms", 330)]
    assert "Imported: the record has what the imported row had" in here.here("export", "1").out
    figures = here.here("report", "--since", "2026-01-01", "--json").json
    assert (figures["incidents"], figures["to_first_page"]["median_seconds"]) == (2, 150)
    replayed = here.here("replay", "1", "--json").json
    assert {one["person"]: one["recorded_seconds"] for one in replayed["people"] if one["recorded_seconds"] is not None} == {
        "dee": 150, "ana": 330, "bo": 930,
    }  # fmt: skip
    explained = here.here("explain", "1", "bo")
    said = (
        "the configuration of that time was not kept: what is said of lines and names is of the present one\n"
    )
    assert (explained.code, explained.err) == (0, said)
    for command in ("show", "timeline", "explain", "replay", "export"):
        for incident in ("1", "2"):
            assert here.here(command, incident).code == 0
    assert here.here("lessons").code == 0


def test_a_level_without_a_time_is_placed_by_the_waits_and_says_so(here: Bank) -> None:
    row = {
        **LEAST,
        "first_paged_at": "2026-03-03 09:01",
        "acknowledged_at": "2026-03-03 09:30",
        "acknowledged_by": "bo",
    }
    assert bring(here, as_csv({**row, "acknowledged_level": "2"})).code == 0
    levels = [one for one in here.show(1)["timeline"] if one["kind"] == "level"]
    assert [(level["at"][11:16], level["data"]["recipients"], level["data"].get("estimated", False)) for level in levels] == [
        ("09:01", ["person:unknown"], False), ("09:06", ["person:bo"], True),
    ]  # fmt: skip
    assert levels[1]["text"] == "level 2 of policy standard: paged Bo Chen (time estimated)"
    answer = here.here("export", "1", "--format", "json").json["acknowledgements"][0]
    assert (answer["level"], answer["after_page_seconds"]) == (2, None)  # a guess times no answer


def test_people_are_known_by_id_name_login_and_address(here: Bank) -> None:
    day = {"first_paged_at": "2026-03-03 09:01", "acknowledged_at": "2026-03-03 09:02"}
    rows = [
        {**LEAST, **day, "title": f"by {who}", "paged": f"{who}@2;Bo Chen", "acknowledged_by": who}
        for who in ("ana", "Ana Ruiz", ME, "Ana@Example.com", "+447700900123")
    ]
    assert bring(here, as_csv(*rows)).code == 0
    for one in here.here("list", "--all", "--json").json:
        assert one["acknowledged_by"] == "ana"
        told = here.show(one["id"])["notifications"]
        assert {(each["recipient"], each["because"][:21]) for each in told} == {
            ("person:bo", "as imported; level 1 "), ("person:ana", "as imported; level 2 "),
        }  # fmt: skip


def test_an_incident_that_nobody_resolved_is_over_all_the_same(here: Bank) -> None:
    bring(here, as_csv(LEAST))
    show = here.show(1)
    assert (show["status"], show["resolved_at"], show["teams"]) == ("resolved", None, ["identity"])
    assert [one["kind"] for one in show["timeline"]] == ["declared", "routed", "escalation"]
    assert here.here("replay", "1").code == 0


def test_a_team_learns_from_its_past_before_its_first_night(here: Bank) -> None:
    """Words that went to the wrong team, and a level that nobody answered, in incidents that never
    were here.
    """
    moved, unanswered = [], []
    others = [
        "cannot sign in",
        "password rejected",
        "blank page",
        "loops",
        "session lost",
        "no code",
        "face id fails",
        "locked out",
    ]
    for n, other in enumerate(others):
        day = {"declared_at": f"2026-0{n + 1}-02 10:00", "first_paged_at": f"2026-0{n + 1}-02 10:01"}
        words = ["Leeds", "again", "release", "in the app", "lunch", "business", "the desk", "phones"][n]
        moved.append(
            {**day, "title": f"direct debits hang, {words}", "service": "payments", "first_service": "login"}
        )
        answer = {
            "acknowledged_at": f"2026-0{n + 1}-02 10:20",
            "acknowledged_by": "bo",
            "acknowledged_level": "2",
        }
        unanswered.append({**day, **answer, "title": other, "service": "login", "paged": "ana@1;bo@2+5m"})
    assert bring(here, as_csv(*moved, *unanswered)).code == 0
    lessons = here.here("lessons", "--since", "2025-12-01", "--json").json
    assert ("payments", "direct debits") in {
        (lesson["about"].get("service"), lesson["about"].get("keyword")) for lesson in lessons
    }
    assert ("standard", 1) in {
        (lesson["about"].get("policy"), lesson["about"].get("level")) for lesson in lessons
    }


def test_a_wait_that_is_too_short_is_seen_in_an_imported_history_with_acknowledged_level(here: Bank) -> None:
    """Ana, paged at level 1, answers after its five minutes, when level 2 has been paged."""
    rows = []
    for n in range(6):
        day = f"2026-0{n + 1}-02"
        row = {
            "title": f"down {n}",
            "service": "login",
            "declared_at": f"{day} 10:00",
            "first_paged_at": f"{day} 10:00",
        }
        row |= {
            "acknowledged_at": f"{day} 10:09",
            "acknowledged_by": "ana",
            "acknowledged_level": "1",
            "resolved_at": f"{day} 11:00",
        }
        rows.append({**row, "paged": "ana@1;bo@2+5m"})
    assert bring(here, as_csv(*rows)).code == 0
    lessons = here.here("lessons", "--since", "2025-12-01", "--json").json
    assert "short-wait" in {lesson["code"] for lesson in lessons}


# ── CSV and JSON ──────────────────────────────────────────────────────────────────────

NOW = instant("2026-11-23T10:00:00")
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(
    lambda one: f'x{one}\n, ;\t"y" {one}z'
)
people = st.sampled_from(["ana", "bo", "cara", "dan", "eve", "ops"])


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    """A row that makes sense: declared, perhaps re-routed, paged, acknowledged, resolved, in this order."""

    def time(at: datetime) -> str:
        form = draw(st.sampled_from(["naive", "z", "offset", "space"]))
        if form == "naive":  # a wall clock in London, in winter
            return at.strftime("%Y-%m-%d %H:%M:%S")
        if form == "offset":
            return (at + timedelta(hours=5, minutes=45)).strftime("%Y-%m-%dT%H:%M:%S+05:45")
        return at.strftime("%Y-%m-%dT%H:%M:%SZ" if form == "z" else "%Y-%m-%d %H:%M:%S +0000")

    at = datetime(2025, 11, 1) + timedelta(seconds=draw(st.integers(0, 100 * 86_400)))
    row = {
        "title": draw(texts),
        "service": draw(st.sampled_from(["login", "Card payments", "auth-db"])),
        "declared_at": time(at),
    }
    for name, values in {
        "message": texts,
        "severity": st.sampled_from(["minor", "major", "critical"]),
        "first_severity": st.sampled_from(["minor", "major", "critical"]),
        "first_service": st.sampled_from(["login", "payments", "auth-db"]),
        "declared_by": texts,
        "label.a b": texts,
    }.items():
        if draw(st.booleans()):
            row[name] = draw(values)
    if draw(st.booleans()):
        at += timedelta(seconds=draw(st.integers(0, 3600)))
        row["first_paged_at"] = time(at)
        level = st.sampled_from(["", "@1", "@2", "@3"])
        row["paged"] = ";".join(f"{draw(people)}{draw(level)}" for _ in range(draw(st.integers(0, 3))))
    if draw(st.booleans()):
        at += timedelta(seconds=draw(st.integers(0, 3600)))
        row["acknowledged_at"] = time(at)
        if draw(st.booleans()):
            row["acknowledged_by"] = draw(people)
            if "first_paged_at" in row and draw(st.booleans()):
                row["acknowledged_level"] = draw(st.sampled_from(["1", "2", "3"]))
    if draw(st.booleans()):
        row["resolved_at"] = time(at + timedelta(seconds=draw(st.integers(0, 86_400))))
    return row


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


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    world = World(tmp_path_factory.mktemp("world"))
    world.store.close()
    return world.catalog


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
}


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_iso_8601_or_a_wall_clock_of_the_organisation(text: str) -> None:
    wanted = datetime.fromisoformat(TIMES[text]).replace(tzinfo=UTC)
    assert past_instant(text, "Europe/London") == round(wanted.timestamp() * 1_000_000)


NO_TIMES = [
    "01/03/2026 14:05",
    "yesterday",
    "1772373900",
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


# ── what is wrong ─────────────────────────────────────────────────────────────────────

GOOD = {**FULL, "paged": "dee@1;bo@2+13m"}
WRONG = [
    (
        {"service": "logn"},
        'service: no such service: "logn"; did you mean "login"? (--keep-unknown takes it as it is)',
    ),
    ({"service": ""}, "service: it is empty; say which service it was in the end"),
    ({"title": "", "message": ""}, "title: it is empty, and there is no message"),
    ({"declared_at": ""}, "declared_at: it is empty; write it like"),
    ({"declared_at": "2.3.2026"}, 'declared_at: "2.3.2026" is no time; write it like "2026-03-01 14:05"'),
    (
        {"declared_at": "2026-03-29 01:30"},
        "does not exist in Europe/London: the clocks go forward over it; the first moment after it is",
    ),
    ({"resolved_at": "2126-03-02 02:10"}, 'resolved_at: "2126-03-02 02:10" is still to come'),
    (
        {"resolved_at": "2026-03-02 02:05"},
        "resolved_at: Mon 2026-03-02 02:05 is before declared_at, Mon 2026-03-02 02:10 (Europe/London)",
    ),
    ({"acknowledged_at": "2026-03-02 04:05"}, "acknowledged_at: Mon 2026-03-02 04:05 is after resolved_at"),
    ({"severity": "huge"}, 'severity: no such severity: "huge"; known are critical, major, minor'),
    ({"team": "identiy"}, 'team: no such team: "identiy"; did you mean "identity"?'),
    ({"gateway": "smss"}, 'gateway: no such gateway: "smss"; did you mean "sms"?'),
    ({"acknowledged_by": "boo"}, 'acknowledged_by: no such person: "boo"; did you mean "bo"?'),
    ({"acknowledged_level": "two"}, 'acknowledged_level: "two" is no level; write a number from 1 to 99'),
    ({"acknowledged_at": ""}, "acknowledged_by: there is no acknowledged_at; say when, or leave it empty"),
    (
        {"first_paged_at": ""},
        (
            "paged: there is no first_paged_at; say when (declared_at, if pages went out at once), or leave"
            " it empty"
        ),
    ),
    ({"acknowledged_by": ""}, "acknowledged_level: there is no acknowledged_by"),
    ({"first_service": ""}, "rerouted_at: there is no first_service"),
    ({"paged": "nobody"}, 'paged: no such person: "nobody"'),
    ({"paged": "ana@0"}, 'paged: "ana@0": levels count from 1; write it like ana@1;bo@2'),
    ({"paged": "bo;@2"}, 'paged: no such person: "@2"'),
    ({"paged": "bo@2+6"}, 'paged: "6" has no unit'),
    ({"paged": "bo@2+600m"}, "paged: bo would have been paged after it was over"),
    ({"id": "x" * 300}, "id: it has 300 characters; at most 200 are taken"),
    (
        {"label.long": "x" * 100_001 * 11},
        "label.long: it has 1,100,011 characters; at most 1,000,000 are taken",
    ),
    ({"label.imported": "x"}, "label.imported: this label says that an incident was imported"),
]


@pytest.mark.parametrize(("change", "problem"), WRONG, ids=[problem for _, problem in WRONG])
def test_what_is_wrong_is_told_with_line_and_column_and_what_to_do(
    here: Bank, change: dict[str, str], problem: str
) -> None:
    lines = "\n".join(json.dumps(one) for one in (LEAST, {**GOOD, **change}))
    ran = bring(here, lines)
    assert (ran.code, ran.out) == (2, "")
    told = ran.err.splitlines()
    assert any(one.startswith(f"{here.place}/history.csv:2: ") and problem in one for one in told[:-2]), (
        ran.err
    )
    assert told[-2].endswith("; nothing was imported")
    assert told[-1].startswith("hint: ")
    assert here.here("list", "--all", "--json").json == []


FILES: list[tuple[str | bytes, str]] = [
    ("", "the file is empty"),
    (" \n", "the file is empty"),
    (
        "title,declared_at\nx,2026-03-01",
        "history.csv:1: there is no column service; needed are title (or message), service",
    ),
    (
        "title,services,declared_at\nx,login,2026-03-01",
        'there is no column service; is it the one called "services"?',
    ),
    ("name,service,declared_at\nx,login,2026-03-01", "there is no column title or message"),
    ("title,title,service,declared_at\nx,x,login,2026-03-01", "title: there are two columns of this name"),
    (
        "title,service,declared_at\nx, y,login,2026-03-01",
        "csv:2: it has 4 cells, but the head names 3 columns; a text with a comma",
    ),
    ('title,service,declared_at\n"x,login,2026-03-01\n', "this is no CSV: unexpected end of data"),
    (
        "title,service,declared_at\nGrö,login,2026-03-01".encode("latin-1"),
        "history.csv:2: the byte 0xf6 is no UTF-8; save it as UTF-8",
    ),
    ("title,service,declared_at\nx,login,2026-03-01".encode("utf-16"), "the file is UTF-16"),
    ('[{"title": "x",}]', "history.csv:1: this is no JSON"),
    ('{"incidents": 3}', '"incidents" is not a list'),
    ('[3, {"title": "x"}]', "history.csv: incident 1: this is not an object"),
    (
        '[{"title": ["x"], "service": "login", "declared_at": "2026-03-01"}]',
        "incident 1: title: this is not a text or a number",
    ),
    ('{"title": "x"}\n{"title": "y"\n', "this is no JSON"),
    ("[" * 100_000, "this is no JSON"),
    (
        as_csv({"id": "7", **LEAST}, {"id": "7", **LEAST}),
        '3: id: "7" is the id of line 2 as well; give each incident an id of its own',
    ),
    (
        as_csv(LEAST, LEAST),
        "3: it says the same as line 2: title, services and time; leave one out, or give them ids",
    ),
]


@pytest.mark.parametrize(("content", "problem"), FILES, ids=[problem for _, problem in FILES])
def test_a_file_that_cannot_be_read_says_where_and_what_to_do(
    here: Bank, content: str | bytes, problem: str
) -> None:
    ran = bring(here, content)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err
    assert ran.err.splitlines()[-2].endswith("; nothing was imported")


def test_every_problem_is_told_at_once_in_the_order_of_the_file(here: Bank) -> None:
    text = as_csv(
        {**GOOD, **dict(WRONG[0][0])},
        {**LEAST, "declared_at": "soon", "severity": "huge"},
        {**GOOD, "id": "2", "gateway": "x"},
    )
    ran = bring(here, text)
    lines = ran.err.splitlines()
    # the message of the first has a line end in it, so that its row takes two lines
    assert [line.removeprefix(f"{here.place}/history.csv:").split(" ")[:2] for line in lines[:-2]] == [
        ["2:", "service:"], ["4:", "declared_at:"], ["4:", "severity:"], ["5:", "gateway:"],
    ]  # fmt: skip
    assert lines[-2] == f"escalate: error: {here.place}/history.csv has 4 problems; nothing was imported"
    as_json = json.loads(bring(here, text, "--json").err)["error"]
    assert (as_json["code"], len(as_json["problems"])) == ("bad-history", 4)
    assert as_json["problems"][0]["where"] == "line 2"


def test_a_column_that_nobody_knows_is_left_out_with_a_warning(here: Bank) -> None:
    ran = bring(here, as_csv({**LEAST, "severty": "minor", "Colour": "red"}))
    assert ran.code == 0
    assert ran.err.splitlines() == [
        'warning: the column "severty" is not known and is left out: did you mean "severity"?',
        'warning: the column "colour" is not known and is left out',
    ]


def test_what_is_not_configured_any_more_is_kept_when_asked(here: Bank) -> None:
    gone = {
        **LEAST,
        "service": "fax;login",
        "severity": "huge",
        "paged": "zoe",
        "first_paged_at": "2026-03-03 09:01",
        "gateway": "pager",
        "acknowledged_at": "2026-03-03 09:02",
        "acknowledged_by": "zoe",
    }
    assert bring(here, as_csv(gone, {**LEAST, "title": "no fax", "service": "fax"})).code == 2
    ran = bring(here, as_csv(gone, {**LEAST, "title": "no fax", "service": "fax"}), "--keep-unknown")
    assert (ran.code, ran.err) == (0, "")
    show = here.show(1)
    assert (show["services"], show["teams"], show["severity"], show["acknowledged_by"]) == (
        ["fax", "login"],
        ["identity"],
        "huge",
        "zoe",
    )
    assert here.show(2)["teams"] == ["unknown"]
    for command in ("show", "timeline", "explain", "replay", "export"):
        assert here.here(command, "1").code == here.here(command, "2").code == 0
    assert here.here("report", "--since", "2026-01-01").code == 0


CELLS = [
    "",
    "login",
    "fax",
    "2026-03-02 02:10",
    "2026-03-02",
    "99999-01-01",
    "1",
    "99",
    "ana@99+1w",
    ";;@+",
    "9" * 30,
    "\0",
    '"',
    "é\n|",
]


@settings(max_examples=200)
@given(
    st.one_of(
        st.binary(max_size=120),
        st.text(alphabet='[]{}",:;\n\t 1a\ufeff\ud7ff', max_size=60).map(str.encode),
        st.lists(
            st.fixed_dictionaries({name: st.sampled_from(CELLS) | st.text(max_size=8) for name in COLUMNS}),
            max_size=2,
        ).map(lambda found: as_csv(*found).encode("utf-8", "replace")),
    ),
    st.booleans(),
)
def test_whatever_is_in_the_file_it_is_read_or_refused(
    catalog: Catalog, content: bytes, keep_unknown: bool
) -> None:
    found = read_history(content)
    pasts, faults = check(found.rows, catalog, NOW, keep_unknown=keep_unknown)
    assert found.faults or faults or len(pasts) == len(found.rows)
    for past in pasts:
        assert situation_of(past, catalog).incident.next_due_at is None
    assert str(FaultyHistory("x", [*found.faults, *faults]))


@pytest.mark.parametrize("column", ["paged", "declared_at", "acknowledged_level", "service", "title"])
@pytest.mark.parametrize(
    "text", ["2026 " + " " * 900_000 + "x", "a;" * 400_000, "@1+" * 200_000, "1" * 900_000]
)
def test_no_cell_takes_long_to_refuse(catalog: Catalog, column: str, text: str) -> None:
    row = {**LEAST, "first_paged_at": "2026-03-03 09:01", column: text}
    began = time.process_time()
    check(read_history(json.dumps(row).encode()).rows, catalog, NOW)
    assert time.process_time() - began < 5


# ── on a running installation ─────────────────────────────────────────────────────────


def test_the_past_is_listed_where_it_belongs(here: Bank) -> None:
    here.declare("Nobody can sign in", "-s", "login")
    bring(here, as_csv(FULL, LEAST))
    assert [one["id"] for one in here.here("list", "--all", "--json").json] == [1, 3, 2]


def test_twice_is_once(here: Bank) -> None:
    text = as_csv(FULL, LEAST)
    assert bring(here, text, "--json").json["new"] == 2
    again = bring(here, text)
    assert (again.code, again.out) == (0, "Nothing to import: 2 were there already.\n")
    more = bring(here, json.dumps([FULL, {**LEAST, "title": "Something else"}]), "--json").json
    assert (more["new"], more["already_there"], more["first_id"], more["last_id"]) == (1, 1, 3, 3)
    assert len(here.here("list", "--all", "--json").json) == 3


def test_a_dry_run_says_what_would_be_imported_and_stores_nothing(here: Bank) -> None:
    ran = bring(here, as_csv(FULL, LEAST), "--dry-run")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Nothing was stored.")
    assert "Would import 2 incidents" in ran.out
    assert here.here("list", "--all", "--json").json == []
    assert bring(here, as_csv(), "--dry-run").code == 2
    assert bring(here, "title,service,declared_at\n").out.endswith("holds no incidents.\n")


def test_stdin_is_a_file_too(here: Bank) -> None:
    file = here.place / "rows.csv"
    file.write_text(as_csv(LEAST))
    assert here.script(f"cat {file} | escalate import-history - --json").json["new"] == 1
    assert here.here("import-history", "/nowhere/at.all").code == 2


def test_nobody_is_paged_and_nothing_is_found_wrong_whatever_the_times(here: Bank) -> None:
    """Pages of a moment ago, too: they do not count against anybody's limits."""
    before = here.here("doctor", "--json").json["findings"]
    moment = datetime.fromtimestamp(Clock().now() // 1_000_000, UTC).isoformat()
    storm = [
        {
            "title": f"x{n}",
            "service": "login",
            "declared_at": moment,
            "first_paged_at": moment,
            "paged": "ana;bo",
            "gateway": "sms",
        }
        for n in range(30)
    ]
    ancient = {"title": "long ago", "service": "payments", "declared_at": "1999-12-31 23:59"}
    assert bring(here, as_csv(*storm, ancient, FULL)).code == 0
    ran = here("tick")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert here.messages == []
    wrong = [one for one in here.here("doctor", "--json").json["findings"] if one["level"] != "ok"]
    assert [one for one in wrong if one not in before] == []
    here.declare("Nobody can sign in", "-s", "login")
    assert "/sms/+447700900123" in here.told


def test_every_documented_column_is_known_and_the_other_way_round() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.split("\n### Your past, before the first night\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == {*COLUMNS, "label.NAME"}
    example = section.split("```csv\n")[1].split("```")[0]
    assert len(read_history(example.encode()).rows) == 1
    assert read_history(example.encode()).remarks == []
