"""`override`: whoever gets a turn, whoever loses it and the team's channel hear it, by low urgency, at
least once; and one is taken back.
"""

from __future__ import annotations

import json

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND
from tests.cli.incidents.answers import ANA, ANA_BY_EMAIL, BO, CY, ROOM
from tests.loopback import Bank, bank
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS

WEEKEND = ("--from", "2099-12-24 09:00", "--until", "2099-12-27 09:00")


@pytest.fixture
def own(web, tmp_path) -> Bank:
    """The bank with a configuration of its own, which overrides change."""
    return bank(tmp_path / "bank", web, ("catalog.toml", LOOPBACK), ("gateways.toml", LOOPBACK_GATEWAYS))


def catalog(own: Bank) -> str:
    return (own.config / "catalog.toml").read_text(encoding="utf-8")


def test_both_people_and_the_channel_hear_it_by_low_urgency(own):
    ran = own("override", "identity", "Bo", *WEEKEND)
    assert (ran.code, ran.err) == (0, "")
    assert "Told: Bo Chen, Ana Ruiz, Identity room" in ran.out
    assert sorted(own.told) == sorted([BO, ANA_BY_EMAIL, ROOM]), "no SMS wakes Ana for it"
    stretch = "from Thu 2099-12-24 09:00 until Sun 2099-12-27 09:00 (Europe/London)"
    assert own.message(BO)["message"].strip() == (
        f"You are on call for Identity {stretch}, instead of Ana Ruiz. Changed by Ana Ruiz."
    )
    assert own.message(ANA_BY_EMAIL)["message"].strip() == (
        f"Bo Chen is on call for Identity {stretch}, instead of you. Changed by Ana Ruiz."
    )
    assert own.message(ROOM)["message"].strip() == (
        f"Bo Chen is on call for Identity {stretch}, instead of Ana Ruiz. Changed by Ana Ruiz."
    )
    assert own.message(ROOM)["title"] == "On call for Identity: changed"
    own("tick")
    assert len(own.told) == 3, "once"


def test_the_end_of_one_is_told_too_and_the_files_are_as_they_were(own):
    before = catalog(own)
    own("override", "identity", "bo", *WEEKEND)
    ran = own.here("override", "Identity", "--end", "--json")
    assert (ran.code, ran.json["ended"], ran.json["person"]) == (0, True, "bo")
    assert ran.json["told"] == ["person:ana", "person:bo", "channel:identity-room"]
    assert catalog(own) == before
    stretch = "from Thu 2099-12-24 09:00 until Sun 2099-12-27 09:00 (Europe/London)"
    assert own.message(ANA_BY_EMAIL)["message"].strip() == (
        f"You are on call for Identity {stretch}, after all, instead of Bo Chen. Changed by Ana Ruiz."
    )
    again = own.here("override", "Identity", "--end")
    assert (again.code, again.err.splitlines()[0]) == (
        4,
        "escalate: error: identity-primary has no such override that is not over",
    )


def test_one_under_way_ends_now_and_the_past_stays(own):
    own.here("override", "identity", "bo", "--from", "2020-01-01 09:00", "--until", "2099-01-01 09:00")
    assert own.here("oncall", "identity", "--json").json[0]["person"] == "bo"
    assert own.here("override", "identity", "--end").code == 0
    assert own.here("oncall", "identity", "--json").json[0]["person"] == "ana"
    then = own.here("oncall", "identity", "--at", "2020-06-01 09:00", "--json").json
    assert then[0]["person"] == "bo"


def test_of_several_one_is_named(own):
    for person, year in (("bo", 2097), ("cy", 2098), ("bo", 2099)):
        window = ("--from", f"{year}-01-01 09:00", "--until", f"{year}-01-02 09:00")
        own.here("override", "identity", person, *window)
    which = own.here("override", "identity", "--end")
    assert (which.code, which.err.splitlines()) == (
        2,
        [
            "  bo  from 2097-01-01 09:00 until 2097-01-02 09:00",
            "  cy  from 2098-01-01 09:00 until 2098-01-02 09:00",
            "  bo  from 2099-01-01 09:00 until 2099-01-02 09:00",
            "escalate: error: which override? identity-primary has 3 that are not over"
            " (times in Europe/London)",
            "hint: name the person, and --from T where one has several",
        ],
    )
    assert own.here("override", "identity", "Cy", "--end").code == 0
    assert own.here("override", "identity", "bo", "--end").code == 2
    assert own.here("override", "identity", "bo", "--end", "--from", "2099-01-01 09:00").code == 0
    assert "2097-01-01" in catalog(own)
    assert "2098" not in catalog(own)
    assert "2099" not in catalog(own)


def test_comments_and_lists_on_one_line_survive_the_end_of_another(own):
    text = LOOPBACK + (
        '# a holiday\n[[schedules.identity-primary.overrides]]\nperson = "bo"  # swapped\n'
        "from = 2098-01-01T09:00:00\nuntil = 2098-01-02T09:00:00\n\n# another\n"
        '[[schedules.identity-primary.overrides]]\nperson = "cy"\n'
        "from = 2099-01-01T09:00:00\nuntil = 2099-01-02T09:00:00  # late\n"
    )
    own.configure(text, "catalog.toml")
    before = catalog(own)
    assert own.here("override", "identity", "bo", "--end").code == 0
    assert catalog(own) == before.replace(
        '[[schedules.identity-primary.overrides]]\nperson = "bo"  # swapped\n'
        "from = 2098-01-01T09:00:00\nuntil = 2098-01-02T09:00:00\n",
        "",
    )
    inline = LOOPBACK.but(
        "[schedules.identity-primary]\n",
        "[schedules.identity-primary]\n"
        'overrides = [ { person = "bo", from = 2020-01-01T09:00:00, until = 2098-01-02T09:00:00 } ] # b\n',
    )
    own.configure(inline, "catalog.toml")
    assert own.here("override", "identity", "--end").code == 0
    assert own.here("oncall", "identity", "--json").json[0]["person"] == "ana"
    assert "from = 2020-01-01T09:00:00, until = 20" in catalog(own)
    assert catalog(own).count("# b") == 1


def test_what_cannot_be_delivered_is_said_kept_and_tried_again(own, monkeypatch):
    own.configure(LOOPBACK_GATEWAYS.but("/email/", "/down/"), "gateways.toml")
    ran = own.here("override", "identity", "bo", *WEEKEND)
    assert (ran.code, "2099-12-24" in catalog(own)) == (6, True)
    assert "not delivered: to Bo Chen by email" in ran.err
    assert "attempt 2 of 4 in 15s" in ran.err
    own.configure(LOOPBACK_GATEWAYS, "gateways.toml")
    now = Clock.now
    monkeypatch.setattr(Clock, "now", lambda self: now(self) + 20 * SECOND)
    assert own.here("tick").code == 0
    assert sorted(own.told[-2:]) == sorted([BO, ANA_BY_EMAIL])
    assert "(repeat)" not in own.message(BO)["title"]


def test_nobody_hears_of_what_changes_nothing(own):
    past = ("--from", "2020-01-01 09:00", "--until", "2020-01-02 09:00")
    assert own.here("override", "identity", "bo", *past, "--json").json["told"] == []
    assert own.here("override", "identity", "ana", *WEEKEND, "--json").json["told"] == []
    assert own.told == []


def test_whoever_has_no_address_for_it_is_named(own):
    ran = own.here("override", "identity", "Nil", *WEEKEND)
    assert (ran.code, ran.err) == (6, "not told: Nil has no address for low urgency\n")
    assert sorted(own.told) == sorted([ANA_BY_EMAIL, ROOM])


def test_a_database_that_cannot_be_used_keeps_no_override_back(own):
    own.db.write_bytes(b"no database at all" * 100)
    ran = own.here("override", "identity", "bo", *WEEKEND, "--json")
    assert (ran.code, ran.json["told"]) == (6, [])
    assert "people may not have been told" in json.dumps(ran.json["not_told"])
    assert "2099-12-24" in catalog(own)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("identity",), "missing argument 'PERSON'"),
        (("identity", "bo"), "missing option '--until'"),
        (("identity", "--end", "--until", "+2h"), "either --until or --end"),
    ],
)
def test_a_line_that_says_too_little_is_refused(escalate, words, error):
    ran = escalate.here("override", *words)
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"escalate: error: {error}")


def test_pages_go_on_as_ever_beside_it(own):
    own.here("override", "identity", "bo", *WEEKEND)
    own.declare("Nobody can sign in", "-s", "login")
    assert ANA in own.told
    assert CY not in own.told
