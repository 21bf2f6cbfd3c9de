"""`page`, `next`, `reload`, `maintenance`, `nudge`: what people do by hand while it pages."""

from __future__ import annotations

import re

import pytest

from tests.cli.incidents.answers import ANA, BO, CY, ROOM, fields

NUDGE = fields("id rule action asked status created_at expires_at answered_by")


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
    own = escalate.here("ack", "1", "--by", "bo").err.splitlines()[0]
    assert re.fullmatch(r"Bo Chen has had incident 1 since \d\d:\d\d GMT", own)
    assert escalate.here("update", "1", "--message", "it is the new release").code == 0
    assert "latest update it is the new release (" in " ".join(escalate.here("show", "1").out.split())
    assert "Told" in escalate.here("resolve", "1").out
    again = escalate.here("resolve", "1")
    assert (again.code, "Told" in again.out) == (0, False)
    assert again.err.startswith("incident 1 is resolved already, since ")


def test_whoever_has_it_already_is_not_told_of_themselves_as_of_somebody_else(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    assert escalate.here("ack", "1").code == 0
    again = escalate.here("ack", "1").err.splitlines()[0]
    assert re.fullmatch(r"you have had incident 1 since \d\d:\d\d GMT", again)


def test_whoever_has_a_part_of_it_hears_who_has_the_other(escalate):
    escalate.declare("Nobody can sign in", "-s", "login", "-s", "auth-db")
    escalate.here("ack", "1", "--by", "ana")
    escalate.here("ack", "1", "--by", "cy", "--all")
    again = escalate.here("ack", "1", "--by", "ana").err.splitlines()[0]
    assert re.fullmatch(
        r"(you have|Ana Ruiz has) had incident 1 since \d\d:\d\d GMT; for another team Cy \w+ has it, since"
        r" \d\d:\d\d GMT; to take it over: escalate ack 1 --all",
        again,
    )


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


@pytest.mark.long
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
