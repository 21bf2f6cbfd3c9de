"""The made year is sound: what `lessons` and `report` are tried on is what the engine would have
left, with the facts that it promises.
"""

from __future__ import annotations

import random
from datetime import date

import pytest

from benchmarks.cases import cases
from benchmarks.planted import FACTS, write_bank
from benchmarks.year import Stage
from escalate_cli.clock import Clock
from escalate_cli.config.load import load
from escalate_cli.store.auditor import audit
from escalate_cli.store.sqlite.database import Database
from tests.cli.conftest import Escalate
from tests.insight.conftest import INCIDENTS, Year

ENOUGH = 8
UNTIL = date(2026, 11, 1)


# ── the record is what the engine leaves ──────────────────────────────────────────────


def test_the_auditor_and_doctor_find_nothing(year: Year, escalate: Escalate) -> None:
    database = Database(escalate.place / "escalate.db", Clock())
    assert audit(database, Clock().now()) == ()
    database.close()
    assert escalate("tick").code == 0
    found = escalate("doctor", "--json")
    assert found.code == 0, found.out
    assert [one for one in found.json["findings"] if one["level"] != "ok"] == []


def test_every_incident_is_over_and_every_message_settled(year: Year) -> None:
    assert year.sql("SELECT count(*) FROM incidents") == [(INCIDENTS,)]
    left = (
        "SELECT count(*) FROM incidents WHERE status <> 'resolved' OR next_due_at IS NOT NULL OR"
        " acknowledged_at IS NULL"
    )
    assert year.sql(left) == [(0,)]
    assert {one for (one,) in year.sql("SELECT DISTINCT status FROM notifications")} == {
        "sent",
        "failed",
        "cancelled",
    }
    assert year.sql("SELECT count(*) FROM nudges WHERE status = 'open'") == [(0,)]


def test_attempts_timeline_and_notifications_tell_the_same(year: Year) -> None:
    assert year.sql(
        "SELECT n.id FROM notifications n LEFT JOIN attempts a ON a.notification_id = n.id"
        " GROUP BY n.id HAVING count(a.id) <> n.attempts OR max(coalesce(a.number, 0)) <> n.attempts"
    ) == []  # fmt: skip
    assert year.sql(
        "SELECT id FROM notifications n WHERE (status = 'sent') <> (sent_at IS NOT NULL)"
        " OR (status = 'sent') <> EXISTS (SELECT 1 FROM attempts a"
        " WHERE a.notification_id = n.id AND a.outcome = 'sent' AND a.ended_at = n.sent_at)"
    ) == []  # fmt: skip
    told = (
        "SELECT json_extract(data, '$.notification'), count(*) FROM timeline WHERE kind IN ('sent',"
        " 'retrying', 'failed') GROUP BY 1"
    )
    assert dict(year.sql(told)) == dict(year.sql("SELECT id, attempts FROM notifications WHERE attempts > 0"))
    assert (
        year.sql(
            "SELECT a.id FROM timeline a JOIN timeline b ON a.incident_id = b.incident_id AND a.id < b.id AND"
            " a.at > b.at"
        )
        == []
    )


@pytest.mark.long
def test_replayed_through_its_own_configuration_the_year_is_the_same(escalate: Escalate) -> None:
    ran = escalate("replay", "--all")
    assert (ran.code, ran.out.strip()) == (
        0,
        f"{INCIDENTS} incidents: nobody would have been paged at another time.",
    ), ran.err


def test_the_commands_that_look_work_on_it(year: Year, escalate: Escalate) -> None:
    listed = escalate("list", "--all", "--json").json
    assert len(listed) == INCIDENTS
    number = str(year.fact("keyword")["incidents"][0])
    shown = escalate("show", number, "--json").json
    assert shown["services"] == ["bank-transfers"]
    told = escalate("timeline", number, "--json").json
    assert [one["kind"] for one in told][:2] == ["declared", "routed"]
    assert len(told) == len(shown["timeline"])
    why = escalate("explain", number, "--json")
    assert why.code == 0
    assert any(
        "Security codes" in one["what"] or "Security codes" in one["because"] for one in why.json["links"]
    )


# ── what is planted is there ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [one["kind"] for one in FACTS])
def test_enough_incidents_show_(kind: str, year: Year) -> None:
    assert len(year.fact(kind)["incidents"]) >= ENOUGH


def test_the_words_are_new_and_lead_elsewhere(year: Year) -> None:
    fact = year.fact("keyword")
    said = year.sql(
        "SELECT id, services, routing ->> 'service' FROM incidents WHERE title LIKE ?", f"%{fact['words']}%"
    )
    moved = [number for number, services, _ in said if services == f'["{fact["service"]}"]']
    assert {service for _, _, service in said} == {fact["from_service"]}
    assert set(fact["incidents"]) == set(moved)
    assert len(moved) >= 0.75 * len(said)
    assert not any(fact["words"] in path.read_text().lower() for path in year.config.iterdir())


def test_one_level_is_never_answered(year: Year) -> None:
    fact = year.fact("unanswered-level")
    paged, answered = _level(year, fact["team"], 1)
    assert paged >= ENOUGH
    assert answered == 0
    assert _level(year, fact["team"], 2)[1] >= 0.7 * paged


def test_one_wait_is_too_short_and_one_too_long(year: Year) -> None:
    answers = (
        "SELECT (a.at - l.at) / 6e7 FROM timeline l JOIN timeline a ON a.incident_id = l.incident_id AND"
        " a.kind = 'acknowledged' AND a.data ->> 'team' = l.data ->> 'team' WHERE l.kind = 'level' AND l.data"
        " ->> 'level' = 1 AND l.data ->> 'team' = ? AND EXISTS (SELECT 1 FROM json_each(l.data,"
        " '$.recipients') WHERE value = 'person:' || a.by)"
    )
    short = [minutes for (minutes,) in year.sql(answers, year.fact("short-wait")["team"])]
    long = [minutes for (minutes,) in year.sql(answers, year.fact("long-wait")["team"]) if minutes < 45]
    assert len(short) >= ENOUGH
    assert sum(minutes > 2 for minutes in short) > 0.8 * len(short)
    assert len(long) >= ENOUGH
    assert max(long) <= 10


def test_one_nudge_is_always_accepted_and_one_never_and_the_others_are_neither(year: Year) -> None:
    outcomes: dict[str, dict[str, int]] = {}
    for rule, status, count in year.sql("SELECT rule, status, count(*) FROM nudges GROUP BY rule, status"):
        outcomes.setdefault(rule, {})[status] = count
    always, never = (
        outcomes.pop(year.fact("nudge-accepted")["rule"]),
        outcomes.pop(year.fact("nudge-declined")["rule"]),
    )
    assert set(always) == {"accepted"}
    assert "accepted" not in never
    assert min(sum(one.values()) for one in (always, never)) >= ENOUGH
    assert outcomes
    assert all(set(outcome) == {"accepted", "declined", "expired"} for outcome in outcomes.values())


def test_one_person_is_paged_every_night(year: Year) -> None:
    nights = dict(
        year.sql(
            "SELECT recipient, count(DISTINCT date(sent_at / 1000000, 'unixepoch')) FROM notifications WHERE"
            " kind = 'page' AND sent_at IS NOT NULL AND CAST(strftime('%H', sent_at / 1000000, 'unixepoch')"
            " AS INTEGER) < 4 GROUP BY recipient"
        )
    )
    fact = year.fact("person-at-night")
    marks = ", ".join(map(str, fact["incidents"]))
    first, last, different = year.sql(
        "SELECT min(day), max(day), count(DISTINCT day) FROM (SELECT CAST(julianday(declared_at / 1000000,"
        f" 'unixepoch') - 0.5 AS INTEGER) AS day FROM incidents WHERE id IN ({marks}))"
    )[0]
    assert different == last - first + 1 >= 40
    assert nights.pop(f"person:{fact['person']}") >= different
    assert max(nights.values()) < different / 2


def test_one_gateway_fails_for_good(year: Year) -> None:
    shares = dict(
        year.sql(
            "SELECT n.gateway, avg(a.outcome = 'permanent') FROM attempts a JOIN notifications n ON n.id ="
            " a.notification_id GROUP BY 1"
        )
    )
    assert 0.12 < shares.pop(year.fact("gateway-fails")["gateway"]) < 0.18
    assert max(shares.values()) < 0.01


def test_one_service_has_no_runbook(year: Year) -> None:
    services = load(year.config).catalog.services.values()
    assert [service.id for service in services if "runbook" not in service.links] == [
        year.fact("no-runbook")["service"]
    ]


def test_one_service_is_declared_too_mildly(year: Year) -> None:
    fact = year.fact("severity-raised")
    said = year.sql(
        "SELECT count(*), sum(severity = 'major') FROM incidents WHERE services LIKE ?",
        f'%"{fact["service"]}"%',
    )
    raised = year.sql(
        "SELECT count(DISTINCT incident_id) FROM timeline t JOIN incidents i ON i.id = t.incident_id WHERE"
        " t.data ->> 'change' = 'severity' AND t.data ->> 'before' = 'minor' AND t.data ->> 'after' = 'major'"
        " AND i.services LIKE ?",
        f'%"{fact["service"]}"%',
    )
    assert raised[0][0] >= 0.75 * said[0][0]
    others = "SELECT count(DISTINCT incident_id) * 1.0 / ? FROM timeline WHERE data ->> 'change' = 'severity'"
    assert year.sql(others, INCIDENTS)[0][0] < 0.2


# ── the same seed, the same year ──────────────────────────────────────────────────────


def test_a_year_follows_from_its_seed_whatever_the_order_of_playing(
    year: Year, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = Stage(write_bank(tmp_path_factory.mktemp("again") / "config"))
    again = cases(stage.catalog, INCIDENTS, UNTIL, seed=1)
    some = again[::40]
    random.Random(3).shuffle(some)
    for case in some:
        played = stage.play(case, seed=1)
        stored = year.sql(
            "SELECT at, kind, text FROM timeline WHERE incident_id = ? ORDER BY id", case.number
        )
        assert [(entry.at, entry.kind.value, entry.text) for entry in played.situation.entries] == stored
    assert cases(stage.catalog, INCIDENTS, UNTIL, seed=2) != again


def _level(year: Year, team: str, level: int) -> tuple[int, int]:
    """How often the team's level was paged, and how often it was acknowledged there."""
    counted = "SELECT count(*) FROM timeline WHERE kind = ? AND data ->> 'team' = ? AND data ->> 'level' = ?"
    return year.sql(counted, "level", team, level)[0][0], year.sql(counted, "acknowledged", team, level)[0][0]
