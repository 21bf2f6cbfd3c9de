"""What looks like a lesson and is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.organisation.codec import decode
from escalate_cli.insight.lessons.amending import Texts
from escalate_cli.insight.lessons.lessons import lessons
from escalate_cli.insight.lessons.proposal import Past
from tests.insight.lessons.learning import OF_ITS_OWN, alone, bank_transfer, learned, unanswered
from tests.organisations import STANDARD
from tests.world import World

UNMOVED = {
    "healed in two minutes, reopened, healed again": ["2m", "resolve", "30m", "reopen", "2m", "resolve"],
    "snoozed by the one who was paged": ["1m", "snooze ana", "62m", "ack ana", "resolve"],
    "raised, so that level 1 is paged again, and answered": ["1m", "raise", "1m", "ack ana", "resolve"],
    "to level 2 by hand at once": ["next 2", "1m", "ack bo", "resolve"],
}


@pytest.mark.parametrize("name", UNMOVED)
def test_a_level_is_not_called_unanswered_because_it_was(world: World, name: str) -> None:
    for _ in range(4):
        incident = world.declare("Log in is down", "login", severity="minor")
        for step in UNMOVED[name]:
            verb, _, who = step.partition(" ")
            if verb == "resolve":
                world.resolve(incident)
            elif verb == "reopen":
                world.reopen(incident)
            elif verb == "snooze":
                world.snooze("1h", who, incident)
            elif verb == "ack":
                world.ack(who, incident)
            elif verb == "raise":
                world.update(incident, severity="critical")
            elif verb == "next":
                world.next_level(int(who), incident)
            else:
                world.advance(step)
        world.advance("3h", every="30m")
    assert "unanswered-level" not in learned(world)


def test_a_lesson_that_was_followed_is_not_taught_again_of_another_level(world: World) -> None:
    alone(world)
    unanswered(world, 4)
    made = learned(world)["unanswered-level"]
    assert made.level == 1
    alone(world, OF_ITS_OWN.but('[[policies.standard.levels]]\nnotify = ["on-call"]\nwait = "5m"\n', ""))
    kept = {}
    for one in world.store.history.records()[0]:
        kept[one.config_version] = world.store.ledger.configuration(one.config_version)
    records, _ = world.store.history.records()
    then = {version: decode(document) for version, document in kept.items() if document is not None}
    found = lessons(Past(records, world.catalog, Texts.at(world.config), then=then.get))
    assert [one.code for one in found if one.code == "unanswered-level"] == []


def test_teams_that_were_renamed_since_teach_nothing_and_stop_nothing(world: World) -> None:
    unanswered(world, 5)
    text = (world.config / "escalate.toml").read_text().split("\n[policies.")[0]
    world.configure(
        STANDARD,
        organisation=text.replace("teams.identity]", "teams.access]").replace('"identity"', '"access"'),
    )
    assert "unanswered-level" not in learned(world)


def test_a_nudge_that_acts_when_nobody_answers_is_not_dropped(tmp_path: Path) -> None:
    rule = (
        '[[rules]]\nname = "CTO"\nwhen = { severity = "critical" }\npage = ["person:cto"]\nmode = "nudge"\n'
    )
    rule += 'ask = ["on-call"]\nexpires = "10m"\n'
    # it acts; it is dropped with the incident
    for more, minutes in (('on_expiry = "page"\n', "12m"), ("", "1m")):
        place = tmp_path / minutes
        place.mkdir()
        world = World(place, STANDARD, more=rule + more)
        for _ in range(4):
            incident = world.declare("Log in is down", "login", severity="critical")
            world.ack("ana", incident)
            world.advance(minutes)
            world.resolve(incident)
            world.advance("2h", every="30m")
        assert "nudge-declined" not in learned(world)
        world.store.close()


def test_a_severity_that_a_rule_gave_is_not_what_people_raise_to(tmp_path: Path) -> None:
    rule = '[[rules]]\nname = "Old"\nwhen = { open_for = "10m" }\nraise_to = "critical"\n'
    world = World(tmp_path, STANDARD, more=rule)
    for _ in range(3):
        incident = world.declare("Log in is slow", "login", severity="minor")
        world.update(incident, severity="major", by="ana")
        world.ack("ana", incident)
        world.advance("15m")
        world.resolve(incident)
        world.advance("2h", every="30m")
    assert learned(world)["severity-raised"].changes[0].after["raise_to"] == "major"
    world.store.close()


def test_a_team_that_came_and_went_is_not_brought_in(world: World) -> None:
    for _ in range(3):
        incident = world.declare("Log in is slow", "login")
        world.update(incident, add_services=("auth-db",))
        world.update(incident, drop_services=("auth-db",))
        world.ack("ana", incident, everything=True)
        world.resolve(incident)
        world.advance("2h", every="10m")
    assert "team-added" not in learned(world)


def test_one_bad_hour_of_a_gateway_is_no_lesson(world: World) -> None:
    for number in range(12):
        broken = number in (4, 5, 6)
        world.post.refuse = lambda url, broken=broken: (
            Outcome(OutcomeKind.PERMANENT, "HTTP 503") if broken and "/sms/" in url else None
        )
        incident = world.declare("It is down", "login")
        world.ack("ana", incident)
        world.resolve(incident)
        world.advance("10m" if broken else "2h", every="10m")
    assert "gateway-fails" not in learned(world)


def test_two_incidents_of_anything_are_no_lesson(world: World) -> None:
    unanswered(world, 1)
    bank_transfer(world, "bank transfer lost")
    bank_transfer(world, "bank transfer again")
    assert learned(world) == {}
