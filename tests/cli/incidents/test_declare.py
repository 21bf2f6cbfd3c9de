"""`declare`: what is stored, sent, answered, refused; one key is one incident."""

from __future__ import annotations

import json

import pytest

from tests.cli.incidents.answers import ANA, CY, INCIDENT, NOTIFICATION, ROOM, fields
from tests.loopback import ISO

ESCALATION = fields("team policy status level levels cycle next_at")
ENTRY = fields("at kind by text data")


def test_a_declaration_is_stored_and_the_right_people_are_told(escalate):
    ran = escalate(
        "declare",
        "Nobody can sign in",
        "--service",
        "login",
        "--message",
        "since 3",
        "--label",
        "env=prod",
        "--json",
    )
    assert ran.code == 0
    said = ran.json
    assert set(said) == INCIDENT | {"created", "routing", "news"}
    assert {
        key: said[key]
        for key in ("id", "key", "title", "message", "status", "severity", "urgency", "lead", "created")
    } == {
        "id": 1,
        "key": None,
        "title": "Nobody can sign in",
        "message": "since 3",
        "status": "open",
        "severity": "major",
        "urgency": "high",
        "lead": None,
        "created": True,
    }
    assert (said["services"], said["teams"], said["labels"], said["declared_by"]) == (
        ["login"],
        ["identity"],
        {"env": "prod"},
        "ana",
    )
    assert [said[key] for key in ("acknowledged_at", "acknowledged_by", "resolved_at")] == [None, None, None]
    assert all(ISO.fullmatch(said[key]) for key in ("declared_at", "updated_at", "next_due_at"))
    (escalation,) = said["escalations"]
    assert set(escalation) == ESCALATION
    assert (escalation["status"], escalation["level"], escalation["levels"], escalation["cycle"]) == (
        "paging",
        1,
        2,
        0,
    )
    assert all(set(one) == NOTIFICATION for one in said["notifications"])
    assert [
        (one["recipient"], one["gateway"], one["status"], one["attempts"]) for one in said["notifications"]
    ] == [
        ("person:ana", "sms", "sent", 1),
        ("person:ana", "email", "pending", 0),
        ("channel:identity-room", "chat", "sent", 1),
    ]
    assert (said["routing"]["match"], said["routing"]["service"]) == ("given", "login")
    assert sorted(escalate.told) == [ROOM, ANA]
    assert (
        escalate.message(ANA)["message"]
        == "[major L1] #1 Nobody can sign in - escalate ack 1 - Log in - since 3"
    )
    assert escalate.message(ROOM)["title"] == "[major] #1 Nobody can sign in"
    shown = escalate.show()
    assert set(shown) == INCIDENT | {"timeline", "answers"}
    assert {key: shown[key] for key in INCIDENT} == {key: said[key] for key in INCIDENT}
    assert all(set(one) == ENTRY and ISO.fullmatch(one["at"]) for one in shown["timeline"])
    assert escalate("timeline", "1", "--json").json == shown["timeline"]


def test_declare_warns_that_nobody_ticks_until_somebody_does(escalate):
    assert "no tick has ever run" in escalate("declare", "x", "-s", "login").err
    assert "no tick has ever run" in escalate.here("list").err
    assert escalate.here("list", "-q").err == ""
    escalate("tick")
    assert escalate.here("list").err == ""


def test_one_key_is_one_incident_while_it_is_open(escalate):
    first = escalate.declare("Disk full", "-s", "auth-db", "--key", "disk")
    again = escalate.declare("Disk still full", "-s", "auth-db", "--key", "disk")
    assert (first["created"], again["created"], again["id"], again["title"]) == (True, False, 1, "Disk full")
    assert escalate.told == [CY], "and nobody is told twice"
    other = escalate.here("declare", "x", "-s", "login", "--key", "disk")
    assert (other.code, other.err) == (
        5,
        (
            'escalate: error: the key "disk" is in use by incident 1, which is about auth-db\n'
            "hint: use another key, or add the service: escalate update 1 --service login\n"
        ),
    )
    escalate("resolve", "1")
    assert escalate.declare("Disk full", "-s", "auth-db", "--key", "disk")["id"] == 2


def test_the_same_key_again_says_what_was_done_with_it(escalate):
    escalate.declare("Disk full", "-s", "auth-db", "--key", "disk", "--severity", "minor")
    news = escalate.declare(
        "Disk still full", "-s", "auth-db", "--key", "disk", "--severity", "critical", "-m", "99 %"
    )
    assert (news["created"], news["severity"]) == (False, "critical")
    assert news["news"] == [
        {"what": "severity", "done": "raised", "text": "severity raised from minor to critical"},
        {"what": "message", "done": "added", "text": "the message is an update"},
        {"what": "title", "done": "noted", "text": "declared again with another title: Disk still full"},
    ]
    lower = escalate("declare", "Disk full", "-s", "auth-db", "--key", "disk", "--severity", "minor")
    assert (
        "Incident 1 is open with this key already: declared again as minor: it stays critical."
        in " ".join(lower.out.split())
    )
    same = escalate("declare", "Disk full", "-s", "auth-db", "--key", "disk")
    assert "nothing new was said of it" in " ".join(same.out.split())


def test_a_title_needs_no_quotes(escalate):
    ran = escalate(
        "declare", "customers", "cannot", "sign", "in", "--message", "web and app", "--dry-run", "--json"
    )
    assert (ran.code, ran.json["query"], ran.json["service"]) == (0, "customers cannot sign in", "login")


def test_two_declarations_at_once_with_one_key_make_one_incident(escalate):
    racing = [
        escalate.start("declare", "Disk full", "-s", "auth-db", "--key", "disk", "--json") for _ in range(2)
    ]
    said = [json.loads(one.communicate(timeout=30)[0]) for one in racing]
    assert [one.returncode for one in racing] == [0, 0]
    assert (sorted(one["created"] for one in said), [one["id"] for one in said]) == ([False, True], [1, 1])
    assert escalate.told == [CY]


@pytest.mark.parametrize(
    ("arguments", "code", "error", "hint"),
    [
        (("declare", ""), 2, "the title is empty", "say what is broken"),
        (("declare", "  \n "), 2, "the title is empty", "say what is broken"),
        (("declare", "x", "-s", "logni"), 4, 'no such service: "logni"', 'did you mean "login"?'),
        (("declare", "x", "--severity", "majro"), 4, 'no such severity: "majro"', 'did you mean "major"?'),
        (("declare", "x", "--lead", "anna"), 4, 'no such person: "anna"', 'did you mean "ana"?'),
        (("declare", "x", "--label", "prod"), 2, '"prod" is not a label', "write --label NAME=VALUE"),
        (("show", "7"), 4, "no such incident: 7", "`escalate list --all` shows them all"),
        (("timeline", "7"), 4, "no such incident: 7", "`escalate list"),
        (("ack", "7"), 4, "no such incident: 7", "`escalate list"),
        (("show", "seven"), 2, '"seven" is not an incident number', "`escalate list` shows them"),
        (
            ("list", "--status", "opne"),
            2,
            '"opne" is not a status',
            "write one of open, acknowledged, resolved",
        ),
        (("list", "--team", "identiy"), 4, 'no such team: "identiy"', 'did you mean "identity"?'),
        (
            ("resolve", "7", "it", "is", "8"),
            2,
            '"it" is not an incident number',
            'a text goes behind --message: --message "it is"',
        ),
        (
            ("ack", "7", "mine"),
            2,
            '"mine" is not an incident number',
            'to add a message: escalate update 7 --message "mine"',
        ),
        (
            ("update", "7", "all of", "it"),
            2,
            "got unexpected extra argument",
            'a text goes behind --message: --message "all of it"',
        ),
        (
            ("nudge", "x", "yes"),
            2,
            '"x" is not the number of a nudge',
            "`escalate nudge` lists the open ones",
        ),
        (("nudge", "7", "yes"), 4, "no such nudge: 7", "`escalate nudge` lists the open ones"),
        (("nudge", "7", "maybe"), 2, "answer the nudge with yes or no", "escalate nudge 7 yes"),
        (("maintenance", "login", "--for", "2"), 2, '--for: "2" has no unit', 'write "2s"'),
        (("maintenance", "login", "--for", "0m"), 2, "--for is too short", 'write at least "1s"'),
        (("maintenance", "--for", "1h"), 2, "no service is named", "escalate maintenance SERVICE --for 1h"),
        (("snooze", "7", "0m"), 2, "DURATION is too short", 'write at least "1s"'),
        (("maintenance", "logni", "--for", "2h"), 4, 'no such service: "logni"', 'did you mean "login"?'),
        (("watch", "--interval", "0s"), 2, "--interval is too short", 'write at least "1s"'),
        (("test-page", "anna"), 4, 'no such target: "anna"', 'did you mean "ana"?'),
        (("test-page", "person:anna"), 4, 'no such target: "person:anna"', 'did you mean "person:ana"?'),
        (("test-page", "on-call"), 2, '"on-call" of which team?', "write on-call:TEAM"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_what_makes_no_sense_is_refused_with_a_hint(escalate, arguments, code, error, hint):
    ran = escalate.here(*arguments)
    assert (ran.code, ran.out) == (code, "")
    said, proposed = ran.err.splitlines()
    assert said.startswith(f"escalate: error: {error}")
    assert proposed.startswith(f"hint: {hint}")
