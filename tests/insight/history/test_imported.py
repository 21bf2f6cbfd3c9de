"""What an imported row becomes, and what it does on a running installation: nobody is paged for the past."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime

from escalate_cli.clock import Clock
from escalate_cli.importers.history.columns import COLUMNS
from escalate_cli.importers.history.file import read_history
from tests.insight.history.histories import FULL, LEAST, as_csv, bring
from tests.loopback import ME, Bank
from tests.pages import page

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
        "resolved", "critical", ["login"], ["payments", "identity"], "support desk", "bo",
        "since two\nweb and app",
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
    assert {
        one["person"]: one["recorded_seconds"]
        for one in replayed["people"]
        if one["recorded_seconds"] is not None
    } == {"dee": 150, "ana": 330, "bo": 930}
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
    assert [
        (level["at"][11:16], level["data"]["recipients"], level["data"].get("estimated", False))
        for level in levels
    ] == [("09:01", ["person:unknown"], False), ("09:06", ["person:bo"], True)]
    assert levels[1]["text"] == "level 2 of policy standard: paged Bo Chen (time estimated)"
    answer = here.here("export", "1", "--format", "json").json["acknowledgements"][0]
    assert (answer["level"], answer["after_page_seconds"]) == (2, None)  # a guess times no answer


def test_whoever_is_of_both_teams_was_paged_by_that_of_the_time(here: Bank) -> None:
    own = here.place / "config"
    shutil.copytree(here.environ["ESCALATE_CONFIG"], own)
    here.environ["ESCALATE_CONFIG"] = str(own)
    for file in own.glob("*.toml"):
        text = file.read_text()
        file.write_text(text.replace('name = "Payments"\nlead', 'name = "Payments"\nmembers = ["ana"]\nlead'))
    moved = {**LEAST, "service": "login", "first_service": "payments", "rerouted_at": "2026-03-03 09:10"}
    moved["first_paged_at"] = "2026-03-03 09:01"
    rows = [{**moved, "title": paged, "paged": paged} for paged in ("ana@1;bo@1+10m", "dee@1;ana@1+10m")]
    assert bring(here, as_csv(*rows)).code == 0
    assert [
        [
            (entry["at"][11:16], entry["data"]["team"], entry["data"]["recipients"])
            for entry in here.show(number)["timeline"]
            if entry["kind"] == "level"
        ]
        for number in (1, 2)
    ] == [
        [("09:01", "payments", ["person:ana"]), ("09:11", "identity", ["person:bo"])],
        [("09:01", "payments", ["person:dee"]), ("09:11", "identity", ["person:ana"])],
    ]


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
    section = page("moving-here")
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == {*COLUMNS, "label.NAME"}
    example = section.split("```csv\n")[1].split("```")[0]
    assert len(read_history(example.encode()).rows) == 1
    assert read_history(example.encode()).remarks == []
