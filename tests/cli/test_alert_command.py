"""`escalate alert`: a monitor's payload on stdin, by the real command."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from escalate_cli.errors import ExitCode
from tests.command import Escalate, surroundings

SOURCES = """
[settings]
default_severity = "major"
[fallback]
team = "web"
page = ["person:ana"]
[[severities]]
id = "minor"
[[severities]]
id = "major"
[services.shop]
name = "Shop"
team = "web"
[teams.web]
members = ["ana"]
lead = "ana"
policy = "standard"
[people.ana]
name = "Ana"
contact = { hook = "1" }
[gateways.hook]
url = "json://127.0.0.1:9/{to}"
attempts = 1
[policies.standard]
[[policies.standard.levels]]
notify = ["lead"]
wait = "5m"
[sources.prom]
kind = "alertmanager"
token = "${PROM_TOKEN}"
service = ["{labels.app}"]
[sources.plain]
kind = "json"
[sources.nightly]
kind = "heartbeat"
every = "1d"
grace = "2h"
service = "shop"
"""

FIRES = {
    "version": "4",
    "groupKey": '{}:{alertname="Down"}',
    "receiver": "escalate",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Down", "app": "shop", "severity": "critical"},
            "annotations": {"summary": "The shop is down"},
            "startsAt": "2026-11-28T10:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": "f00",
        }
    ],
}


@pytest.fixture
def escalate(tmp_path: Path) -> Escalate:
    command = Escalate(tmp_path, surroundings(tmp_path))
    command.config.mkdir(exist_ok=True)
    (command.config / "escalate.toml").write_text(SOURCES)
    return command


def hand_in(escalate: Escalate, source: str, payload: object, *more: str):
    body = payload if isinstance(payload, str) else json.dumps(payload)
    (escalate.place / "payload").write_text(body)
    return escalate.script(f"escalate alert {source} {shlex.join(more)} < payload")


def test_a_payload_is_stored_and_paged_and_its_end_resolves_it(escalate: Escalate) -> None:
    ran = hand_in(escalate, "prom", FIRES)
    assert (ran.code, ran.out) == (
        ExitCode.UNDELIVERED,
        "prom: The shop is down fires: incident #1 is declared\n",
    )
    shown = escalate("show", "1", "--json").json
    assert (shown["services"], shown["severity"], shown["key"]) == (["shop"], "major", "prom:f00")
    again = hand_in(escalate, "prom", FIRES, "--json").json
    assert [(each["done"], each["incident"], each["created"]) for each in again["alerts"]] == [
        ("repeat", 1, False)
    ]
    ends = json.loads(json.dumps(FIRES).replace('"firing"', '"resolved"').replace("0001-01-01", "2026-11-28"))
    assert "is over: incident #1" in hand_in(escalate, "prom", ends).out
    assert escalate("show", "1", "--json").json["status"] == "resolved"


def test_explain_shows_the_way_from_the_labels_to_the_phone(escalate: Escalate) -> None:
    hand_in(escalate, "prom", FIRES)
    because = "\n".join(
        f"{link['what']}: {link['because']}" for link in escalate("explain", "1", "--json").json["links"]
    )
    assert '{labels.app} is "shop"' in because
    assert '"critical" counts as major (by rank)' in because


def test_what_cannot_be_read_is_set_aside_and_an_incident_says_so_once(escalate: Escalate) -> None:
    for body in ('{"version": "4", "alerts": [', "<html>", "\x00\x01"):
        ran = hand_in(escalate, "prom", body)
        assert "this cannot be read" in ran.out
    assert [each["id"] for each in escalate("list", "--json").json] == [1]
    kept = sorted((escalate.place / "escalate.db.unread").iterdir())
    assert [path.read_bytes()[:6] for path in kept] == [b'{"vers', b"<html>", b"\x00\x01"]
    found = [
        each for each in escalate("doctor", "--json").json["findings"] if each["code"] == "alerts-unread"
    ]
    assert len(found) == 1
    assert str(kept[-1]) in found[0]["message"]


def test_no_such_source(escalate: Escalate) -> None:
    ran = hand_in(escalate, "pron", FIRES)
    assert ran.code == ExitCode.UNKNOWN
    assert 'did you mean "prom"?' in ran.err


@pytest.mark.long
def test_an_alert_that_cannot_be_stored_is_taken_in_by_the_next_tick(escalate: Escalate) -> None:
    assert escalate("list").code == ExitCode.DONE
    locked = (
        "import sqlite3, subprocess; d = sqlite3.connect('escalate.db', isolation_level=None);"
        " d.execute('BEGIN EXCLUSIVE');"
        " subprocess.run('escalate alert prom < payload', shell=True)"
    )
    (escalate.place / "payload").write_text(json.dumps(FIRES))
    ran = escalate.script(f'python3 -c "{locked}"')
    assert "is kept in" in ran.err
    escalate("tick")
    assert escalate("show", "1", "--json").json["title"] == "The shop is down"


def test_a_sign_of_life_needs_no_payload(escalate: Escalate) -> None:
    ran = escalate("alert", "nightly", "--json")
    assert (ran.code, ran.json["alerts"][0]["done"]) == (ExitCode.DONE, "nothing")
    assert escalate("list", "--json").json == []


def test_simulate_shows_before_what_an_alert_would_lead_to(escalate: Escalate) -> None:
    (escalate.place / "payload.json").write_text(json.dumps(FIRES))
    ran = escalate("simulate", "--alert", "payload.json", "--json", "--for", "4m")
    assert [message["recipient"] for message in ran.json["messages"]] == ["person:ana"]
    assert '{labels.app} is "shop"' in ran.err
    assert '"critical" counts as major (by rank)' in ran.err
    assert escalate("list", "--json").json == []
    (escalate.place / "broken.json").write_text("{")
    ran = escalate("simulate", "--alert", "broken.json", "--source", "prom")
    assert (ran.code, "prom (kind alertmanager) cannot read it" in ran.err) == (ExitCode.USAGE, True)
