"""`ack`, `resolve`, `reopen`, `snooze` and `update`: the life of an incident, and what may be said twice."""

from __future__ import annotations

import json

from tests.cli.incidents.answers import ANA, ANA_BY_EMAIL, BO, CY, INCIDENT, ROOM
from tests.loopback import ISO

# ── ack, resolve, reopen, snooze ────────────────────────────────────────────────────


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
    assert [one["status"] for one in taken.json["notifications"]] == ["sent", "cancelled", "sent", "sent"]
    twice = escalate.here("ack", "1", "--json")
    assert (twice.code, twice.json) == (0, taken.json)
    ended = escalate("resolve", "1", "--message", "restarted", "--json")
    assert (ended.code, ended.json["status"], ended.json["teams"]) == (0, "resolved", ["identity"])
    assert ISO.fullmatch(ended.json["resolved_at"])
    assert escalate.told[2:] == [ROOM, ROOM], "that somebody has it, and that it is over; not who did it"
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
    assert sorted(escalate.told[before:]) == [ROOM, ROOM, ANA], (
        "it pages from level 1, and the room hears why"
    )
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
    ran = escalate("snooze", "1", "1h", "--json")
    assert (ran.code, ran.json["status"]) == (0, "acknowledged")
    assert ISO.fullmatch(ran.json["next_due_at"])
    assert escalate("snooze", "1", "1s").code == 0
    escalate.tick_until(5)
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


# ── update ──────────────────────────────────────────────────────────────────────────


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


# ── whoever reported it (promise 23) ──────────────────────────────────────────────────


def test_4_23_whoever_reported_it_hears_in_plain_words_that_somebody_has_it_and_that_it_is_over(escalate):
    kim = "/email/kim@customer.example"
    declared = escalate(
        "declare", "Customers cannot sign in", "-s", "login", "--tell", "kim@customer.example", "--json"
    )
    assert declared.json["tell"] == [{"gateway": "email", "address": "kim@customer.example"}]
    assert kim not in escalate.told
    escalate("ack", "1", "--by", "bo")
    taken = escalate.message(kim)
    assert "Bo Chen is working on it" in taken["message"]
    escalate("resolve", "1", "--by", "bo", "-m", "It was DNS")
    over = escalate.message(kim)
    assert "It is over" in over["message"]
    assert "It was DNS" in over["message"]
    assert escalate.told.count(kim) == 2
    assert not any("escalate " in text for one in (taken, over) for text in (one["title"], one["message"]))


def test_4_23_an_address_that_no_gateway_fits_is_refused_in_one_line_and_nothing_is_stored(escalate):
    refused = escalate.here("declare", "x", "-s", "login", "--tell", "kim")
    assert refused.code == 2
    assert refused.err.splitlines()[0] == 'escalate: error: no gateway fits the address "kim"'
    assert "GATEWAY:ADDRESS" in refused.err
    assert escalate.here("list", "--all", "--json").json == []
