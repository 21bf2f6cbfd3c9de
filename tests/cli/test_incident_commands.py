"""Every command about incidents: real processes, real Apprise, a real server. What they store,
send, answer and exit with.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys

import pytest

from tests.delivery.processes import until
from tests.loopback import CANARY, ISO, Bank, another, bank, server
from tests.terminal import Terminal

ANA, BO, CY, ROOM = "/sms/+447700900123", "/email/bo@example.com", "/email/cy@example.com", "/chat/#identity"
ANA_BY_EMAIL = "/email/ana@example.com"


def fields(names: str) -> set[str]:
    return set(names.split())


# product.md §6
INCIDENT = fields(
    "id key title message status severity urgency services teams labels lead declared_by declared_at"
    " updated_at acknowledged_at acknowledged_by resolved_at next_due_at escalations nudges notifications"
)
ESCALATION = fields("team policy status level levels cycle next_at")
NOTIFICATION = fields(
    "id kind recipient gateway address status attempts because due_at sent_at error held_back sent_with"
)
NUDGE = fields("id rule action asked status created_at expires_at answered_by")
ENTRY = fields("at kind by text data")
ROUTE = fields("query match service team policy severity at candidates levels")
TICK = fields("at incidents planned sent failed retrying notifications_sent next_due_at")


@pytest.fixture(scope="module")
def web():
    with server() as running:
        yield running


@pytest.fixture(scope="module")
def organisation(web, tmp_path_factory):
    made = bank(tmp_path_factory.mktemp("organisation"), web)
    assert made("check").code in (0, 1)  # compiles the configuration, which every test uses
    return made


@pytest.fixture
def escalate(organisation, tmp_path) -> Bank:
    return another(organisation, tmp_path)


# ── declare ───────────────────────────────────────────────────────────────────────────


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
    assert escalate.message(ANA)["message"] == "[major L1] #1 Nobody can sign in - escalate ack 1"
    assert escalate.message(ROOM)["title"] == "[major] #1 Nobody can sign in"
    shown = escalate.show()
    assert set(shown) == INCIDENT | {"timeline"}
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


# ── ack, resolve, reopen, snooze ──────────────────────────────────────────────────────


def test_the_life_of_an_incident_and_what_may_be_said_twice(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    taken = escalate("ack", "#1", "--json")
    assert taken.code == 0
    assert set(taken.json) == INCIDENT
    assert (taken.json["status"], taken.json["acknowledged_by"], taken.json["next_due_at"]) == (
        "acknowledged",
        "ana",
        None,
    )
    assert ISO.fullmatch(taken.json["acknowledged_at"])
    assert [one["status"] for one in taken.json["notifications"]] == ["sent", "cancelled", "sent"]
    twice = escalate.here("ack", "1", "--json")
    assert (twice.code, twice.json) == (0, taken.json)
    ended = escalate("resolve", "1", "--message", "restarted", "--json")
    assert (ended.code, ended.json["status"], ended.json["teams"]) == (0, "resolved", ["identity"])
    assert ISO.fullmatch(ended.json["resolved_at"])
    assert sorted(escalate.told[2:]) == [ROOM, ANA], "those who were paged hear that it is over"
    assert "restarted" in escalate.message(ROOM)["message"]
    again = escalate.here("resolve", "1", "--json")
    assert (again.code, again.json) == (0, ended.json)
    late = escalate.here("ack", "1")
    assert (late.code, late.err) == (
        5,
        (
            "escalate: error: incident 1 is already resolved: it cannot be acknowledged\nhint: take it up"
            " again: escalate reopen 1\n"
        ),
    )
    for refused in (
        ("update", "1", "-m", "x"),
        ("snooze", "1", "1h"),
        ("page", "1", "bo"),
        ("next", "1"),
        ("reload", "1"),
    ):
        assert escalate.here(*refused).code == 5, refused
    before = len(escalate.told)
    back = escalate("reopen", "1", "--json")
    assert (back.code, back.json["status"], back.json["acknowledged_by"]) == (0, "open", None)
    assert sorted(escalate.told[before:]) == [ROOM, ANA], "it pages from level 1"
    assert escalate.here("reopen", "1").code == 0


def test_several_at_once_and_one_that_is_not_there(escalate):
    for title in ("one", "two"):
        escalate.declare(title, "-s", "auth-db")
    ran = escalate("ack", "1", "2", "9", "--by", "cy", "--json")
    assert ran.code == 4
    assert [(one["id"], one["status"]) for one in ran.json] == [(1, "acknowledged"), (2, "acknowledged")]
    error, looked = json.loads(ran.err)["error"], f"looked in {escalate.db}"
    assert (error["code"], error["message"], error["others"]) == (
        "no-such-incident",
        f"no such incident: 9 ({looked})",
        [],
    )
    said = escalate.here("ack", "1", "9", "--by", "cy", "-q").err
    assert (
        said
        == f"escalate: error: no such incident: 9 ({looked})\nhint: `escalate list --all` shows them all\n"
    )
    neither = json.loads(escalate.here("ack", "8", "9", "--by", "cy", "--json").err)["error"]
    assert [neither["message"], *(one["message"] for one in neither["others"])] == [
        f"no such incident: {one} ({looked})" for one in (8, 9)
    ]
    for words in (
        ("ack", "1"),
        ("resolve", "1"),
        ("reopen", "1"),
        ("page", "1", "bo"),
        ("next", "1"),
        ("reload", "1"),
    ):
        by = escalate.here(*words, "--by", "cyy")
        assert (by.code, by.err) == (
            4,
            'escalate: error: no such person: "cyy"\nhint: did you mean "cy"?\n',
        ), words


def test_an_ack_is_for_the_teams_one_belongs_to_unless_for_all(escalate):
    escalate.declare("Everything is down", "-s", "login", "-s", "auth-db")
    mine = escalate("ack", "1", "--by", "ana", "--json").json
    assert (mine["status"], [one["status"] for one in mine["escalations"]]) == (
        "open",
        ["acknowledged", "paging"],
    )
    everyones = escalate("ack", "1", "--by", "ana", "--all", "--json").json
    assert everyones["status"] == "acknowledged"


def test_a_snooze_is_an_acknowledgement_that_ends(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    ran = escalate("snooze", "1", "1s", "--json")
    assert (ran.code, ran.json["status"]) == (0, "acknowledged")
    assert ISO.fullmatch(ran.json["next_due_at"])
    escalate.tick_until(4)
    assert escalate.told.count(ANA) == 2, "it pages again"
    assert escalate.here("snooze", "1", "soon").err.startswith(
        'escalate: error: DURATION: "soon" is not a duration\nhint: write it like'
    )


def test_a_configuration_that_is_not_there_is_named_in_the_hint(escalate):
    escalate.here("declare", "odd", "-s", "auth-db")
    said = escalate.here("--config", "/no where", "list")
    assert (said.code, said.err.splitlines()[0]) == (
        0,
        (
            "warning: the configuration is broken (there is no configuration at /no where: No such file or"
            " directory); the last valid one is used. Run `escalate --config '/no where' check`"
        ),
    )
    escalate.environ["ESCALATE_CONFIG"] = "/nope"
    assert "Run `escalate --config /nope check`" in escalate.here("list").err
    broken = escalate.place / "broken.toml"
    broken.write_text("x = 1\n")
    refused = escalate.here("--config", str(broken), "service", "list")
    assert (refused.code, refused.err.splitlines()[-1]) == (
        3,
        f"hint: put that right, then run `escalate --config {broken} check`",
    )


# ── update ────────────────────────────────────────────────────────────────────────────


def test_an_update_changes_what_it_is_asked_to_and_tells_the_new_team(escalate):
    escalate.declare("Odd", "-s", "login", "--severity", "minor")
    assert sorted(escalate.told) == [ROOM, ANA_BY_EMAIL], "a low urgency goes another way"
    words = (
        "--severity",
        "major",
        "--service",
        "auth-db",
        "--lead",
        "bo",
        "--label",
        "a=b",
        "--title",
        "Worse",
        "--message",
        "spreads",
    )
    ran = escalate("update", "1", *words, "--json")
    assert ran.code == 0, ran.err
    said = ran.json
    assert (said["title"], said["severity"], said["urgency"], said["lead"], said["labels"]) == (
        "Worse",
        "major",
        "high",
        "bo",
        {"a": "b"},
    )
    assert (said["services"], said["teams"]) == (["login", "auth-db"], ["identity", "platform"])
    assert {ANA, CY, BO} <= set(escalate.told), "the urgency rose, a team came in, a lead was named"
    fewer = escalate.here("update", "1", "--drop-service", "auth-db", "--json").json
    assert (fewer["services"], fewer["teams"]) == (["login"], ["identity"])
    nothing = escalate.here("update", "1")
    assert (nothing.code, nothing.err.splitlines()[0]) == (2, "escalate: error: nothing to change")
    assert escalate.here("update", "1", "--title", "").code == 2


# ── page, next, reload, maintenance, nudge ────────────────────────────────────────────


def test_reaching_in_by_hand(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    ran = escalate("page", "1", "bo", "on-call:identity", "--message", "need you", "--json")
    assert ran.code == 0
    assert sorted(escalate.told[2:]) == sorted([BO, ANA])
    assert "need you" in escalate.message(BO)["message"]
    up = escalate("next", "1", "--json")
    assert (up.code, up.json["escalations"][0]["level"]) == (0, 2)
    assert escalate.told.count(BO) == 2
    down = escalate("next", "1", "--level", "1", "--json").json
    assert down["escalations"][0]["level"] == 1
    too_far = escalate.here("next", "1", "--level", "3")
    assert (too_far.code, too_far.err.splitlines()[0]) == (
        2,
        "escalate: error: there is no level 3: incident 1 has 2",
    )
    assert escalate("reload", "1").code == 0
    assert escalate.here("page", "1", "bobo").code == 4
    unreachable = escalate.here("page", "1", "nil", "--json")
    assert (unreachable.code, unreachable.err.splitlines()[-1]) == (
        6,
        "not paged: Nil has no address for high urgency",
    )
    assert "nobody was reached" in escalate.here("timeline", "1").out


def test_whoever_comes_second_hears_that_it_was_so_already(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    assert "already" not in escalate.here("ack", "1", "--by", "bo").err
    second = escalate.here("ack", "1", "--by", "cy")
    assert (second.code, second.err.splitlines()[0][:50]) == (
        0,
        "incident 1 is acknowledged already: Bo Chen has it",
    )
    assert escalate.here("update", "1", "--message", "it is the new release").code == 0
    assert "latest update it is the new release (" in " ".join(escalate.here("show", "1").out.split())
    assert "Told" in escalate.here("resolve", "1").out
    again = escalate.here("resolve", "1")
    assert (again.code, "Told" in again.out) == (0, False)
    assert again.err.startswith("incident 1 is resolved already, since ")


def test_an_acknowledgement_says_which_teams_it_leaves_out(escalate):
    escalate.declare("Nobody can sign in", "-s", "login", "-s", "auth-db")
    ran = escalate.here("ack", "1", "--by", "bo")
    assert (ran.code, ran.err.splitlines()[0]) == (
        0,
        "incident 1 is still paged to Platform; for every team: escalate ack 1 --all",
    )


def test_a_maintenance_is_listed_replaced_and_ended(escalate):
    assert escalate.here("maintenance").out == "No service is quiet.\n"
    escalate("maintenance", "login", "--for", "2h", "--reason", "new racks")
    assert ": new racks" in escalate.here("maintenance").out
    said = escalate.here("declare", "Nobody can sign in", "-s", "login").out
    assert "Log in pages nobody until " in said
    assert said.count("new racks") == 1
    assert escalate.here("maintenance", "login", "--end").out == "login: is paged for again\n"
    assert (
        escalate.here("maintenance").out
        == escalate.here("maintenance", "--end").out
        == "No service is quiet.\n"
    )
    nothing = escalate.here("maintenance", "Log in", "--end")
    assert (nothing.code, nothing.out) == (0, "login is not quiet\n")
    escalate.here("maintenance", "login", "auth-db", "--for", "2h")
    assert sorted(escalate.here("maintenance", "--end").out.splitlines()) == [
        "auth-db: is paged for again",
        "login: is paged for again",
    ]
    assert escalate.here("maintenance").out == "No service is quiet.\n"
    assert escalate.here("maintenance", "login").code == 2
    escalate("tick")
    assert escalate.told


def test_a_maintenance_that_ends_before_another_says_so_and_one_can_be_planned(escalate):
    escalate("maintenance", "login", "--for", "8h", "--reason", "new racks")
    shorter = escalate.here("maintenance", "login", "--for", "1h")
    assert (shorter.code, shorter.err.startswith("warning: login is quiet until ")) == (0, True)
    assert "another maintenance lasts longer: new racks" in shorter.err
    assert escalate.here("maintenance", "auth-db", "--for", "1h", "--from", "+2h").out.startswith(
        "auth-db: pages nobody from "
    )
    listed = escalate.here("maintenance").out.splitlines()
    assert [one.split(" until")[0].split(" from")[0] for one in listed] == [
        "login: pages nobody",
        "auth-db: will page nobody",
    ]
    assert escalate.here("maintenance", "auth-db", "--end").out.endswith("is called off\n")
    past = escalate.here("maintenance", "auth-db", "--for", "1h", "--from", "2020-01-01 10:00")
    assert (past.code, "would be over already" in past.err) == (2, True)


def test_a_maintenance_keeps_quiet_and_what_is_open_pages_when_it_ends(escalate):
    ran = escalate("maintenance", "auth-db", "--for", "2h", "--json")
    assert ran.code == 0
    assert [set(one) for one in ran.json] == [{"service", "from", "until", "reason", "by"}]
    quiet = escalate.declare("Slow", "-s", "auth-db")
    assert (quiet["status"], quiet["notifications"], quiet["next_due_at"]) == (
        "open",
        [],
        ran.json[0]["until"],
    )
    assert escalate.here("maintenance", "login", "--for", "2s", "--reason", "new cable").code == 0
    assert escalate.here("declare", "Nobody can sign in", "-s", "login").code == 0
    assert not escalate.told
    escalate.tick_until(2)
    assert sorted(escalate.told) == [ROOM, ANA]


def test_a_nudge_is_listed_asked_about_and_answered_once(escalate):
    declared = escalate.declare("Nobody can sign in", "-s", "login", "--severity", "critical")
    (nudge,) = declared["nudges"]
    assert set(nudge) == NUDGE
    assert (nudge["status"], nudge["rule"], nudge["asked"], nudge["answered_by"]) == (
        "open",
        "Critical may need Cy",
        ["person:ana"],
        None,
    )
    (listed,) = escalate("nudge", "--json").json
    assert listed == nudge | {"incident": 1}
    assert "escalate nudge 1 yes|no" in escalate.here("nudge").out
    ran = escalate("nudge", "1", "yes", "--json")
    assert (ran.code, ran.json["nudges"][0]["status"], ran.json["nudges"][0]["answered_by"]) == (
        0,
        "accepted",
        "ana",
    )
    assert CY in escalate.told
    assert escalate.here("nudge", "1", "yes").code == 0
    assert escalate.here("nudge", "1", "no").code == 5
    assert escalate.here("nudge").out == "No open nudges.\n"


# ── list, route, dry run ──────────────────────────────────────────────────────────────


def test_the_list_shows_whose_and_what(escalate):
    escalate.declare("one", "-s", "auth-db")
    escalate.declare("two", "-s", "login")
    escalate("resolve", "1")

    def listed(*options: str) -> list[int]:
        ran = escalate.here("list", *options, "--json")
        assert ran.code == 0
        assert all(set(one) == INCIDENT - {"notifications"} for one in ran.json)
        return [one["id"] for one in ran.json]

    assert listed() == [2]
    assert listed("--all") == [2, 1]
    assert listed("--status", "resolved") == [1]
    assert listed("--all", "--team", "Platform") == [1]
    assert listed("--all", "--mine") == [2]
    assert escalate("list", "--status", "acknowledged").out == "No incidents.\n"


def test_route_says_who_would_be_paged_and_pages_nobody(escalate):
    ran = escalate("route", "login", "--at", "2026-06-01 03:00", "--json")
    assert ran.code == 0
    assert set(ran.json) == ROUTE
    assert (ran.json["match"], ran.json["service"], ran.json["team"], ran.json["policy"]) == (
        "exact",
        "login",
        "identity",
        "standard",
    )
    assert [set(one) for one in ran.json["levels"]] == [
        {"level", "after_seconds", "targets", "people", "skipped"}
    ] * 2
    assert [(one["after_seconds"], one["people"]) for one in ran.json["levels"]] == [
        (0, ["ana"]),
        (300, ["bo"]),
    ]
    assert escalate("route", "login", "--expect", "identity").code == 0
    wrong = escalate.here("route", "login", "--expect", "platform")
    assert (wrong.code, wrong.err) == (1, "expected team platform, but it goes to identity\n")
    unclear = escalate("route", "the coffee machine hums", "--json")
    assert (unclear.code, unclear.json["service"], unclear.json["team"]) == (1, None, "platform")
    assert escalate.here("route", "login", "--expect", "platfrom").code == 4
    assert not escalate.told
    assert not escalate.db.exists()


def test_a_dry_run_stores_nothing_and_pages_nobody(escalate):
    ran = escalate("declare", "Nobody can sign in", "-s", "login", "--dry-run", "--json")
    assert (ran.code, set(ran.json), ran.json["team"]) == (0, ROUTE, "identity")
    assert ran.err == "dry run: nothing was stored and nobody was paged\n"
    assert escalate.here("list", "--all", "--json").json == []
    escalate.declare("Nobody can sign in", "-s", "login")
    told = len(escalate.told)
    foreseen = escalate("tick", "--dry-run")
    assert "#1 identity: waiting for an acknowledgement of level 1 of 2 (in " in foreseen.out
    assert len(escalate.told) == told


def test_words_that_fit_no_service_go_to_the_fallback_team_one_update_away(escalate):
    said = escalate.declare("the coffee machine hums")
    assert (said["services"], said["teams"], said["routing"]["service"]) == ([], ["platform"], None)
    assert escalate.told == [CY]
    moved = escalate("update", "1", "--service", "login", "--json").json
    assert moved["teams"] == ["identity"]
    assert {ANA, ROOM} <= set(escalate.told)


# ── tick ──────────────────────────────────────────────────────────────────────────────


def test_an_idle_tick_says_nothing_and_its_json_says_everything(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    ran = escalate("tick")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    said = escalate("tick", "--json").json
    assert set(said) == TICK
    assert [
        said[key] for key in ("incidents", "planned", "sent", "failed", "retrying", "notifications_sent")
    ] == [0, 0, 0, 0, 0, 0]
    assert ISO.fullmatch(said["at"])
    assert ISO.fullmatch(said["next_due_at"])


# ── configuration and database ────────────────────────────────────────────────────────

SECONDS = """
[policies.seconds]
[[policies.seconds.levels]]
notify = ["on-call"]
wait = "1s"
[[policies.seconds.levels]]
notify = ["lead"]
wait = "5m"
[services.quick]
name = "Quick"
team = "identity"
policy = "seconds"
"""


def test_a_broken_configuration_stops_neither_running_incidents_nor_new_ones(web, tmp_path):
    escalate = bank(tmp_path, web)
    escalate.configure(SECONDS)
    escalate.declare("Slow", "-s", "quick")
    assert escalate.told == [ANA]
    escalate.configure('[services.quick]\nteam = "identitty"\n', "broken.toml")

    def escalated() -> bool:
        ran = escalate("tick")
        assert ran.code == 3
        assert "the last valid one is used" in ran.err
        return BO in escalate.told

    until(escalated)
    ran = escalate("declare", "Another", "-s", "auth-db")
    assert (ran.code, CY in escalate.told) == (0, True)
    assert "the configuration is broken" in ran.err
    for words in (
        "ack 1",
        "list",
        "timeline 1",
        "explain 1",
        "report",
        "export 1",
        "oncall",
        "maintenance quick --for 1m",
        "show 1",
    ):
        ran = escalate.here(*words.split())
        assert ran.code in (0, 1), words
        assert ran.err.count("the configuration is broken") == 1, words
    doctor = escalate("doctor", "--json")
    assert (doctor.code, doctor.json["ok"]) == (1, False)
    codes = {one["code"]: one["level"] for one in doctor.json["findings"]}
    assert (codes["configuration"], codes["last-valid-configuration"]) == ("error", "warning")
    fresh = escalate("declare", "x", "--db", str(tmp_path / "fresh.db"))
    assert fresh.code == 3, "a new database has no last valid configuration"
    assert "broken.toml:" in fresh.err


@pytest.mark.parametrize(
    ("name", "make", "error"),
    [
        (
            "a directory that does not exist",
            lambda path: path.parent.rmdir(),
            "the directory of the database does not exist",
        ),
        ("a text file", lambda path: path.write_text("Dear diary\n" * 99), "is not a database of escalate"),
        ("a directory", lambda path: path.mkdir(), "is not a regular file"),
        ("a FIFO", os.mkfifo, "is not a regular file"),
        (
            "another SQLite file",
            lambda path: sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close(),
            "of something else",
        ),
        (
            "a dangling link",
            lambda path: path.symlink_to(path.with_name("nowhere") / "at-all"),
            "is not a regular file",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_database_that_is_none_is_named_and_left_alone(organisation, tmp_path, name, make, error):
    (tmp_path / "db").mkdir()
    escalate = another(organisation, tmp_path / "db")
    make(escalate.db)
    before = escalate.db.read_bytes() if escalate.db.is_file() else None
    ran = escalate("declare", "x", "-s", "login")
    assert (ran.code, ran.out) == (7, "")
    assert error in ran.err.splitlines()[0]
    assert str(escalate.db.parent) in ran.err.splitlines()[0]
    assert escalate.told == [CY], "the fallback hears of it, since nobody else will"
    doctor = escalate("doctor", "--json")
    assert doctor.code == 7
    assert {"database-unusable", "spooled"} <= {
        one["code"] for one in doctor.json["findings"] if one["level"] == "error"
    }
    assert before == (escalate.db.read_bytes() if escalate.db.is_file() else None)


def test_a_database_whose_making_was_cut_short_is_made_anew_and_one_that_was_emptied_is_not(escalate):
    journal = escalate.db.with_name(escalate.db.name + "-journal")
    escalate.db.touch()
    journal.write_bytes(
        bytes.fromhex("000000000000000000000000cccbb2a4000000000000020000001000") + bytes(1000)
    )
    assert escalate.declare("x", "-s", "auth-db")["id"] == 1
    escalate.db.write_bytes(b"")
    ran = escalate.here("list")
    assert (ran.code, "it has been truncated" in ran.err) == (7, True)


# ── surroundings ──────────────────────────────────────────────────────────────────────


def test_cron_knows_no_home_and_no_language(escalate):
    clean = "env -i PATH=/usr/bin:/bin ESCALATE_CONFIG=$ESCALATE_CONFIG ESCALATE_DB=$ESCALATE_DB escalate"
    escalate.environ["PATH"] += ":/usr/bin:/bin"
    program = escalate.script("command -v escalate").out.strip()
    clean = clean.replace(" escalate", f" {program}")
    ran = escalate.script(f"{clean} declare 'żółć 🚒' -s auth-db && {clean} tick && {clean} show 1")
    assert ran.code == 0, ran.err
    assert escalate.told == [CY]
    assert "żółć 🚒" in ran.out
    assert escalate.messages[0].json["title"] == "[major] #1 żółć 🚒"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-", ">/dev/full"])
def test_a_declaration_goes_out_whatever_its_streams_are(escalate, closed):
    ran = escalate.script(f"escalate declare 'x' -s auth-db {closed}")
    assert ran.code == 0, ran.err
    assert escalate.told == [CY]


def test_files_are_their_owners_alone_whatever_the_umask_says(organisation, tmp_path):
    escalate = another(organisation, tmp_path)
    cache = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "ESCALATE_DB": "",
    }
    ran = escalate.script("umask 000; escalate declare x -s auth-db && escalate tick", **cache)
    assert ran.code == 0, ran.err
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert {"escalate.db", "escalate.db-journal"} <= {path.name for path in modes}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


# ── text ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "title",
    [
        "\x1b[2J\x1b]0;owned\x07 red",
        "two\nlines\r\n and\ttabs",
        "user\u202egnp.exe",
        "<!channel> <script>alert(1)</script> %s{title}{0} =cmd|' '; DROP TABLE incidents; --",
        "x",
        "ü" * 50_000,
    ],
    ids=["escapes", "lines", "right-to-left override", "markup", "one byte", "100 KB"],
)
def test_any_title_is_stored_as_given_shown_harmlessly_and_delivered(escalate, title):
    assert escalate.declare(title, "-s", "auth-db")["title"] == title
    (message,) = escalate.messages
    assert len(message.json["title"]) <= 200
    page = escalate("show", "1").out + escalate.here("list").out + escalate.here("timeline", "1").out
    for text in (page, message.json["title"], message.json["message"]):
        assert not {"\x1b", "\x07", "\r", "\u202e"} & set(text)
    assert "\n" not in message.json["title"]


def test_bytes_that_are_no_text_are_taken_too(escalate):
    ran = escalate.script("escalate declare $'caf\\xe9' -s auth-db --json")
    assert (ran.code, ran.json["title"]) == (0, "caf\\udce9")
    assert escalate.told == [CY]


# ── screens ───────────────────────────────────────────────────────────────────────────


def test_one_look_at_3_am_says_what_is_broken_who_knows_who_is_next_and_what_to_type(escalate):
    title = "Customers in Spain cannot sign in since the release"
    page = escalate("declare", title, "-s", "login", "--severity", "critical", "-m", "502 on /signin").out
    lines = page.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("#1  CRITICAL  open  for ")
    assert lines[0].endswith("s  Customers in Spain cannot sign in since the release")
    sections = [lines.index(one) for one in ("Told", "Next, unless someone acknowledges", "Type")]
    assert sections == sorted(sections)
    said = " ".join(page.split())
    for words in (
        "affected Log in (login)",
        "message 502 on /signin",
        "may also concern Authentication database (Platform)",
        "Ana Ruiz sms sent level 1, on call for Identity",
        "Identity room chat sent level 1, channel of Identity",
        "Status chat sent informed: hears of critical incidents",
        "Ana Ruiz by email",
        "in 5m Identity: level 2 of 2 (Bo Chen)",
        "in 10m nudge 1 without an answer: dropped",
        "escalate ack 1",
        "escalate nudge 1 yes|no (Critical may need Cy: page person:cy)",
    ):
        assert words in said, page
    after = escalate("ack", "1").out
    assert after.splitlines()[0].startswith("#1  CRITICAL  acknowledged  for ")
    assert "Identity: acknowledged" in after


def test_the_board_shows_what_happens_whoever_does_it(escalate):
    command = [sys.executable, "-m", "escalate_cli", "watch", "--interval", "1s"]
    environ = {**escalate.environ, "TERM": "xterm"}
    with Terminal() as terminal:
        inner = terminal.inner
        watching = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=subprocess.PIPE, env=environ)
        try:
            until(lambda: terminal.shows("Nothing is open."))
            escalate.declare("Nobody can sign in", "-s", "login")
            until(
                lambda: terminal.shows(
                    ": Ana Ruiz,", "Bo Chen", "page to Ana Ruiz by sms: sent", "escalate ack ID"
                )
            )
            escalate.here("ack", "1")
            until(lambda: terminal.shows("acknowledged by Ana Ruiz for identity"))
        finally:
            watching.send_signal(signal.SIGTERM)
            _, err = watching.communicate(timeout=20)
    assert (watching.returncode, err) == (0, b"")


# ── test-page and doctor ──────────────────────────────────────────────────────────────


def test_a_test_page_reaches_every_address_and_stores_nothing(escalate):
    ran = escalate("test-page", "ana", "--json")
    assert ran.code == 0
    assert all(set(one) == NOTIFICATION for one in ran.json)
    assert [(one["id"], one["kind"], one["gateway"], one["status"], one["error"]) for one in ran.json] == [
        (0, "test", "email", "sent", None),
        (0, "test", "sms", "sent", None),
    ]
    assert set(escalate.told) == {ANA, ANA_BY_EMAIL}
    assert escalate.message(ANA)["message"].startswith("[TEST] Test message from escalate")
    assert escalate.message(ANA_BY_EMAIL)["title"] == "[TEST] Test message from escalate"
    assert "Nothing is broken" in escalate.message(ANA_BY_EMAIL)["message"]
    assert not escalate.db.exists()
    assert escalate("test-page", "members:identity").code == 0
    assert set(escalate.told[2:]) == {ANA, BO, ANA_BY_EMAIL}
    assert escalate("test-page", "channel:identity-room").code == 0


def test_a_test_page_says_what_fails_and_why(escalate):
    down = escalate("test-page", "dee", "--json")
    assert (down.code, down.json[0]["status"], down.json[0]["attempts"]) == (6, "failed", 1)
    assert "500" in down.json[0]["error"]
    locked = escalate("test-page", "lead:vault")
    assert locked.code == 6
    assert "the secret ${VAULT_TOKEN} is not set" in " ".join(locked.err.split())
    assert CANARY not in locked.out + locked.err
    assert escalate.told[-1] == "/open/vic"
    nobody = escalate.here("test-page", "nil")
    assert (nobody.code, nobody.out, nobody.err) == (6, "", "not reached: Nil (person:nil) has no address\n")
    assert (
        escalate.here("test-page", "on-call:payments").err
        == "not reached: on-call:payments: Payments has no on-call schedule\n"
    )


def test_the_doctor_finds_what_is_wrong(web, tmp_path):
    escalate = bank(tmp_path, web)
    well = escalate("doctor", "--json", VAULT_TOKEN="x")
    assert set(well.json) == {"ok", "findings"}
    assert all(set(one) == {"level", "code", "message", "hint"} for one in well.json["findings"])
    assert (well.code, well.json["ok"]) == (0, True)
    assert not escalate.db.exists(), "looking changes nothing"
    escalate.declare("Nobody can sign in", "-s", "login")
    escalate.db.chmod(0o644)
    escalate.configure('[gateways.odd]\nurl = "slak://${file:/nowhere/token}/{to}"\n')

    def found(**more: str) -> dict[str, str]:
        ran = escalate("doctor", "--json", **more)
        assert ran.code == 1
        assert CANARY not in ran.out + ran.err
        return {f"{one['level']} {one['code']}": one["message"] for one in ran.json["findings"]}

    first = found()
    assert "no tick has ever run" in first["error no-ticks"]
    assert "0644" in first["warning permissions"]
    assert "nil" in first["warning people-without-address"]
    assert 'gateway odd: Apprise knows no service "slak://"' in first["error unknown-service"]
    assert first["error missing-secret"].startswith(
        "the secret ${file:/nowhere/token} cannot be read: No such file"
    )
    page = escalate("doctor").out
    assert "the secret ${VAULT_TOKEN} is not set: gateway locked cannot send" in " ".join(page.split())
    assert 'did you mean "slack://"?' in page
    with sqlite3.connect(escalate.db) as database:
        database.execute("UPDATE incidents SET next_due_at = NULL")
    database.close()
    assert (
        found()["error nothing-due"]
        == "incident 1: it is open, nobody has acknowledged it, and nothing is due"
    )
    (escalate.config / "more.toml").unlink()
    escalate("resolve", "1")
    escalate("tick")
    escalate.db.chmod(0o600)
    assert escalate("doctor", VAULT_TOKEN="x").code == 0
    with escalate.db.open("r+b") as file:
        file.seek(4096 + 100)
        file.write(b"\xff" * 4000)
    assert escalate("doctor", VAULT_TOKEN="x").code == 7


def test_the_doctor_without_any_configuration(organisation, tmp_path):
    escalate = another(organisation, tmp_path)
    ran = escalate("doctor", "--config", "/nowhere", "--json")
    assert (ran.code, ran.json["findings"][0]["level"], ran.json["findings"][0]["code"]) == (
        3,
        "error",
        "configuration",
    )
    assert [one["code"] for one in ran.json["findings"]] == ["configuration", "no-database"]


def test_an_interrupted_watch_ends_well(escalate):
    running = escalate.start("watch", "--interval", "1s")
    until(escalate.ticked)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (0, b"", b"")


def test_a_watch_says_once_that_the_configuration_broke_and_once_that_it_is_valid_again(web, tmp_path):
    escalate = bank(tmp_path, web)
    running = escalate.start("watch", "--interval", "1s")
    said = iter(running.stderr.readline, b"")
    until(escalate.ticked)
    (escalate.config / "zz.toml").write_text("x = [")
    assert next(said).startswith(b"warning: the configuration is broken (zz.toml:1")
    (escalate.config / "zz.toml").unlink()
    assert next(said) == b"the configuration is valid again\n"
    running.send_signal(signal.SIGTERM)
    assert running.communicate(timeout=20)[1] == b""


def test_list_counts_a_persons_next_address_and_says_who_is_next(escalate):
    """Ana's mail comes two minutes after her text; the next level only after five."""
    escalate("declare", "down", "--service", "login")
    listed = escalate("list", "--json").json[0]
    shown = escalate("show", "1", "--json").json
    waits = [one["due_at"] for one in shown["notifications"] if one["status"] in ("pending", "retrying")]
    assert listed["next_due_at"] == shown["next_due_at"] == min(waits) < listed["escalations"][0]["next_at"]
    assert re.search(r"^#1 .* in (2m|1m\d+s): Ana Ruiz, in [45]m\w*: Bo Chen ", escalate("list").out, re.M), (
        escalate("list").out
    )
