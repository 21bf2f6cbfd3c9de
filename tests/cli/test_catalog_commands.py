"""service, team, person, policy, oncall, override: what they answer, and what they leave in the files."""

from __future__ import annotations

import pytest


def test_a_service_tells_who_is_behind_it_and_what_its_policy_does(escalate):
    login = escalate("service", "show", "login", "--json").json
    assert login["on_call"] in ("ana", "bo")
    assert (login["policy"], login["team"], login["tier"], login["depends_on"]) == (
        "standard",
        "identity",
        1,
        ["auth-db"],
    )
    assert login["source"].startswith("catalog.toml:")
    assert [level["words"] for level in login["levels"]] == [
        "tell whoever is on call and the team's lead, then wait 5m for an acknowledgement",
        "if it is major: tell Cy Łódź, then wait 10m for an acknowledgement",
    ]
    page = escalate("service", "show", "LOG IN").out  # by its name
    assert page.splitlines()[0] == "Log in  (login)"
    assert "all of it 2 more times, then Cy Łódź, every 15m, until someone" in page
    assert escalate("service", "show", "auth-db", "--json").json["on_call"] is None


def test_teams_people_and_policies(escalate):
    assert [(team["id"], team["services"]) for team in escalate("team", "list", "--json").json] == [
        ("identity", ["login"]),
        ("platform", ["auth-db"]),
    ]
    ana = escalate("person", "show", "ana", "--json").json
    assert ana["teams"] == ["identity"]
    assert ana["notify"]["high"] == [
        {"via": ["sms"], "after_seconds": 0},
        {"via": ["email"], "after_seconds": 120},
    ]
    page = escalate("person", "show", "ana").out
    assert "Ana [bold]Ruiz[/bold]  (ana)" in page, "markup in a name means nothing"
    assert "sms; then email after 2m" in page
    policy = escalate("policy", "show", "standard", "--json").json
    assert (policy["repeat"], policy["teams"], policy["levels"][1]["when"]) == (
        2,
        ["identity", "platform"],
        'severity = ">=major"',
    )
    assert [one["id"] for one in escalate("policy", "list", "--json").json] == ["standard"]


@pytest.mark.parametrize(
    ("arguments", "code", "rows"),
    [
        (
            ("identity", "--at", "2026-01-05T08:59:59Z"),
            1,
            [(None, "identity-primary", "2026-01-05T09:00:00Z")],
        ),
        (
            ("identity", "--at", "2026-01-05T09:00:00Z"),
            0,
            [("ana", "identity-primary", "2026-01-12T09:00:00Z")],
        ),
        (
            ("identity-primary", "--at", "2026-06-15 09:00"),
            0,
            [("bo", "identity-primary", "2026-06-22T08:00:00Z")],
        ),
        (
            ("identity", "--at", "2026-01-06 00:00", "--until", "2026-01-20 00:00"),
            0,
            [
                ("ana", "identity-primary", "2026-01-12T09:00:00Z"),
                ("bo", "identity-primary", "2026-01-19T09:00:00Z"),
                ("ana", "identity-primary", "2026-01-20T00:00:00Z"),
            ],
        ),
        (("platform",), 1, [(None, None, None)]),
    ],
    ids=[
        "before the first handoff",
        "at the very handoff",
        "in summer time",
        "a stretch of shifts",
        "a team without a schedule",
    ],
)
def test_oncall_names_the_shift(escalate, arguments, code, rows):
    ran = escalate("oncall", *arguments, "--json")
    assert ran.code == code, ran.err
    assert [(row["person"], row["schedule"], row["until"]) for row in ran.json] == rows
    assert all(
        set(row) == {"schedule", "team", "person", "from", "until", "why", "name", "reach", "next"}
        for row in ran.json
    )


@pytest.mark.parametrize(
    ("at", "error", "hint"),
    [
        ("2027-03-28 01:30", "does not exist in Europe/London", '"2027-03-28 02:00"'),
        ("yesterweek", '"yesterweek" is not a moment', "write it like"),
        ("+5", '"5" has no unit', "write it like"),
        ("2026-02-30", "no such day", "calendar"),
    ],
)
def test_a_moment_that_is_none_is_refused_with_a_hint(escalate, at, error, hint):
    ran = escalate("oncall", "--at", at)
    assert ran.code == 2
    assert error in ran.err.splitlines()[0]
    assert hint in ran.err.splitlines()[1]


def test_an_override_swaps_who_is_on_call(escalate):
    ran = escalate(
        "override",
        "identity-primary",
        "bo",
        "--from",
        "2026-01-06 10:00",
        "--until",
        "2026-01-07 10:00",
        "--json",
    )
    assert ran.code == 0, ran.err
    assert ran.json["from"] == "2026-01-06T10:00:00Z"
    shifts = escalate(
        "oncall", "identity", "--at", "2026-01-06 00:00", "--until", "2026-01-08 00:00", "--json"
    ).json
    assert [shift["person"] for shift in shifts] == ["ana", "bo", "ana"]
    assert shifts[1]["why"] == "override"
    assert (
        "# The catalog of a small bank. This comment must survive."
        in (escalate.config / "catalog.toml").read_text()
    )
    backwards = escalate("override", "identity-primary", "bo", "--from", "now", "--until", "now")
    assert (backwards.code, backwards.err.splitlines()[0]) == (
        2,
        "escalate: error: --until is not after --from",
    )
    assert escalate("override", "identity-primary", "boo", "--from", "now", "--until", "+1h").code == 4


def test_oncall_shows_no_edge_of_what_it_looked_at_as_a_fact(escalate):
    before = escalate("oncall", "identity", "--at", "2026-01-01 12:00", "--json")
    assert (before.json[0]["person"], before.json[0]["from"], before.json[0]["until"]) == (
        None,
        None,
        "2026-01-05T09:00:00Z",
    )
    facts = {
        line.split()[0]: line
        for line in escalate("oncall", "identity", "--at", "2026-01-01 12:00").out.splitlines()
        if line
    }
    assert facts["on"].split() == ["on", "call", "nobody"]
    assert facts["until"].split() == ["until", "Mon", "2026-01-05", "09:00", "(in", "3d21h)"]
    assert facts["next"].split() == [
        "next",
        "Ana",
        "[bold]Ruiz[/bold],",
        "until",
        "Mon",
        "2026-01-12",
        "09:00",
    ]
    assert "reach" not in facts
    stretch = escalate("oncall", "identity", "--at", "2026-01-06 00:00", "--until", "2026-01-08 00:00").out
    assert "Mon 2026-01-05 09:00" in stretch
    assert "Mon 2026-01-12 09:00" in stretch
    none = escalate("oncall", "platform").out
    assert "nobody" in none
    assert "until" not in none, "nobody knows"
    assert "the team has no on-call schedule" in none


def test_oncall_says_until_when_how_to_reach_them_and_who_is_next(escalate):
    at = ("--at", "2026-01-06 09:00")
    shown = escalate("oncall", "Identity", *at).out
    assert shown.splitlines()[:5] == [
        "Identity  (identity)",
        "  on call  Ana [bold]Ruiz[/bold]",
        "  until    Mon 2026-01-12 09:00  (in 6d)",
        "  reach    sms +447700900123, after 2m email ana@example.com",
        "  next     Bo Ek, until Mon 2026-01-19 09:00",
    ]
    [row] = escalate("oncall", "identity", *at, "--json").json
    assert row["name"] == "Ana [bold]Ruiz[/bold]"
    assert row["reach"] == [
        {"gateway": "sms", "address": "+447700900123", "after_seconds": 0},
        {"gateway": "email", "address": "ana@example.com", "after_seconds": 120},
    ]
    assert row["next"] == {"person": "bo", "from": "2026-01-12T09:00:00Z", "until": "2026-01-19T09:00:00Z"}


def test_who_is_next_is_somebody_else_whose_turns_may_be_several_ahead(escalate):
    text = (escalate.config / "catalog.toml").read_text()
    (escalate.config / "catalog.toml").write_text(
        text.replace('members = ["ana", "bo"]\nstart', 'members = ["ana", "ana", "bo"]\nstart')
    )
    [row] = escalate("oncall", "identity", "--at", "2026-01-06 09:00", "--json").json
    assert row["until"] == "2026-01-12T09:00:00Z", "her turn, as ever"
    assert row["next"]["from"] == "2026-01-19T09:00:00Z", "she has the next one, too"
    shown = escalate("oncall", "identity", "--at", "2026-01-06 09:00").out
    assert "until    Mon 2026-01-19 09:00" in shown
    alone = escalate("oncall", "identity-nights", "--at", "2099-01-06 09:00").out
    assert "next     Bo Ek again: nobody else takes turns" in alone


@pytest.mark.parametrize("asked", ["bo", "Bo Ek"])
def test_oncall_of_a_person_is_their_turns_now_and_in_the_coming_weeks(escalate, asked):
    ran = escalate("oncall", asked, "--at", "2026-01-13 09:00", "--json")
    assert [(row["schedule"], row["team"], row["from"], row["until"]) for row in ran.json] == [
        ("identity-primary", "identity", "2026-01-12T09:00:00Z", "2026-01-19T09:00:00Z"),
        ("identity-primary", "identity", "2026-01-26T09:00:00Z", "2026-02-02T09:00:00Z"),
        ("identity-primary", "identity", "2026-02-09T09:00:00Z", "2026-02-16T09:00:00Z"),
    ]
    assert {row["person"] for row in ran.json} == {"bo"}
    now = escalate("oncall", asked, "--at", "2026-01-13 09:00").out
    assert now.startswith("Bo Ek is on call now, in identity-primary\nreach  email bo@example.com\n")
    assert "Mon 2026-01-26 09:00  Mon 2026-02-02 09:00" in now
    later = escalate("oncall", asked, "--at", "2026-01-06 09:00").out
    assert later.startswith("Bo Ek is not on call now\n")
    short = escalate("oncall", asked, "--at", "2026-01-06 09:00", "--until", "2026-01-10 09:00")
    assert (short.code, short.out.splitlines()[0]) == (1, "Bo Ek has no turn until Sat 2026-01-10 09:00")


def test_turns_that_follow_on_are_one_and_of_every_schedule(escalate):
    ran = escalate("oncall", "bo", "--at", "2098-12-30 09:00", "--until", "2099-02-05 09:00", "--json")
    nights = [row for row in ran.json if row["schedule"] == "identity-nights"]
    assert [(row["team"], row["from"], row["until"]) for row in nights] == [
        (None, "2099-01-05T09:00:00Z", "2099-02-09T09:00:00Z")
    ]
    assert {row["schedule"] for row in ran.json} == {"identity-primary", "identity-nights"}
    nobody = escalate("oncall", "anna")
    assert (nobody.code, nobody.err.splitlines()) == (
        4,
        ['escalate: error: no such team, schedule or person: "anna"', 'hint: did you mean "ana"?'],
    )


def test_an_override_names_the_team_and_begins_now_unless_it_says_when(escalate):
    for words, until in (("identity", "+1h"), ("Identity", "+2h")):
        ran = escalate("override", words, "bo", "--until", until, "--json")
        assert (ran.json["schedule"], ran.json["warnings"]) == ("identity-primary", []), ran.err
        assert ran.code == 6, "it is written; the gateways that would tell of it lead nowhere"
    none = escalate("override", "platform", "bo", "--until", "+1h")
    assert (none.code, none.err.splitlines()[0]) == (
        4,
        'escalate: error: the team "platform" has no on-call schedule',
    )
    assert escalate("override", "identiy", "bo", "--until", "+1h").code == 4


def test_an_override_in_the_past_is_taken_and_said(escalate):
    ran = escalate("override", "identity", "bo", "--from", "2026-01-06 10:00", "--until", "2026-01-07 10:00")
    assert ran.code == 0
    assert ran.err.startswith("warning: this override ended ")
    assert "changes nothing" in ran.err
    assert "written to" in ran.out


def test_an_override_in_hours_in_which_nobody_is_on_call_otherwise_is_taken_and_said(escalate):
    catalog = escalate.config / "catalog.toml"
    catalog.write_text(
        catalog.read_text()
        + """
[schedules.shop]
[[schedules.shop.rotations]]
members = ["ana"]
start = 2026-01-05T09:00:00
every = "1w"
hours = "shop"
[hours.shop]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "09:00"
to = "17:00"
"""
    )
    # from a Friday
    ran = escalate(
        "override", "shop", "bo", "--from", "2099-01-09 16:00", "--until", "2099-01-13 10:00", "--json"
    )
    (warning,) = ran.json["warnings"]
    assert warning.startswith(
        "nobody is on call in shop otherwise from Fri 2099-01-09 17:00 GMT until Mon 2099-01-12 09:00 GMT"
        " and 1 more time"
    )
    assert f"warning: {warning}" in ran.err
    inside = escalate(
        "override", "shop", "bo", "--from", "2099-02-02 10:00", "--until", "2099-02-02 11:00", "--json"
    )
    assert inside.json["warnings"] == []
    hours = ("--from", "2099-03-07 10:00", "--until", "2099-03-07 11:00")  # a Saturday
    assert len(escalate("override", "shop", "bo", *hours, "--json").json["warnings"]) == 1
    seconds_later = [f"{word}:02" if word.endswith(":00") else word for word in hours]
    again = escalate("override", "shop", "bo", *seconds_later, "--json")
    assert again.json["warnings"] == [], "two seconds that both clocks call 11:00"


def test_a_login_is_a_person_and_nobodys_login_has_no_incidents_of_its_own(escalate):
    mine = escalate("list", "--mine")
    assert (mine.code, mine.out) == (4, "")
    assert mine.err.splitlines()[0].endswith('" is the login of no person in the catalog')
    assert mine.err.splitlines()[1].startswith("hint: add it to `login` of a person")
    catalog = escalate.config / "catalog.toml"
    catalog.write_text(catalog.read_text().replace("[people.bo]", '[people.bo]\nlogin = "b.ek"'))
    assert escalate("person", "show", "b.ek", "--json").json["id"] == "bo"
    ran = escalate("override", "identity-primary", "b.ek", "--from", "now", "--until", "+1h", "--json")
    assert (ran.code, ran.json["person"]) == (6, "bo"), "the gateways that would tell of it lead nowhere"


def test_adding_a_service_keeps_the_files_comments(escalate):
    words = ("--keyword", "inbox", "--keyword", "post")
    ran = escalate(
        "service", "add", "mail", "--team", "platform", "--name", "E-mail", *words, "--depends-on", "auth-db"
    )
    assert ran.code == 0, ran.err
    mail = escalate("service", "show", "mail", "--json").json
    assert (mail["name"], mail["keywords"], mail["depends_on"], mail["kind"]) == (
        "E-mail",
        ["inbox", "post"],
        ["auth-db"],
        "business",
    )
    assert (
        "# The catalog of a small bank. This comment must survive."
        in (escalate.config / "catalog.toml").read_text()
    )
    again = escalate("service", "add", "mail", "--team", "platform")
    assert again.code == 5
    assert again.err.startswith(
        'escalate: error: the service "mail" exists already\nhint: it is defined in catalog.toml:'
    )
    bad = escalate("service", "add", "bad id", "--team", "platform")
    assert (bad.code, bad.err.splitlines()[0]) == (2, 'escalate: error: "bad id" cannot be an id')
    assert bad.err.splitlines()[1].startswith("hint: use letters, digits and . _ - @ +, at most 64")
    assert escalate("service", "add", "x", "--team", "platfrom").err.endswith(
        'hint: did you mean "platform"?\n'
    )
