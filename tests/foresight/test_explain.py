"""Why somebody was told, link by link; and for everybody who was not, the first condition that stopped it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.foresight import absence
from escalate_cli.foresight.case import Case
from escalate_cli.foresight.explanation import Link, links_of
from tests.organisations import STANDARD
from tests.world import World

MORE = """
[channels.spare]
name = "Spare"
contact = { slack = "spare" }
[schedules.spare]
[[schedules.spare.rotations]]
members = ["zoe", "eve"]
start = 2026-01-05T09:00:00
every = "1w"
[people.zoe]
name = "Zoe"
contact = { sms = "+8" }
[people.nora]
name = "Nora"
contact = { slack = "nora" }
"""
POLICIES = """
[policies.standard]
repeat = 0
[[policies.standard.levels]]
notify = ["on-call", "schedule:spare"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead", "person:nora"]
wait = "10m"
[[policies.standard.levels]]
notify = ["person:cto"]
wait = "10m"
when = { severity = "critical" }
[[policies.standard.levels]]
notify = ["person:dan"]
wait = "10m"
during = "office"
[[rules]]
name = "Long"
when = { open_for = "3h" }
page = ["person:cara"]
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, POLICIES, more=MORE)
    yield made
    made.store.close()


def record(world: World) -> Case:
    return Case(world.look(), world.store.situations.timeline(1), world.catalog)


def line_of(world: World, source: str) -> str:
    """The line of the configuration that a link names."""
    number = int(source.rpartition(":")[2])
    return (world.config / "escalate.toml").read_text().splitlines()[number - 1]


def test_the_chain_leads_from_the_words_to_the_message(world: World) -> None:
    world.declare("Customers cannot log in", "login")
    links = links_of(record(world), "ana")
    assert [link.what for link in links] == [
        'declared: "Customers cannot log in" at Mon 2026-11-23 10:00 GMT',
        f"service {world.catalog.services['login'].name}",
        f"team {world.catalog.teams['identity'].name}",
        "policy standard",
        "level 1 of 4",
        "Ana",
        "page by sms to +1: sent at 10:00",
    ]
    assert "on call for Identity: rotation 1 of identity-primary" in links[5].because
    assert links[6].because == "step 1 of [notify] for high urgency"
    lines = [line_of(world, link.source) for link in links if link.source]
    assert lines[0] == "[services.login]"
    assert [re.sub(r"\W+", " ", line).strip() for line in lines[1:5]] == [
        "teams identity",
        "policies standard",
        "policies standard levels",
        "schedules identity primary rotations",
    ]


def test_without_a_person_everybody_is_explained_and_what_repeats_is_counted(world: World) -> None:
    world.declare("down", "login")
    world.advance("60m")
    links = links_of(record(world))
    assert {"Ana", "Bo", "Ops"} <= {link.what for link in links}
    assert Link("Ops again", "1 more time, last at 10:55", world.catalog.fallback.source, 1) in links


def test_an_attempt_that_failed_says_so(world: World) -> None:
    world.post.refuse = lambda url: Outcome(OutcomeKind.PERMANENT, "410 Gone") if "%2B1" in url else None
    world.declare("down", "login")
    assert any(
        "failed for good" in one.what and "410 Gone" in one.what for one in links_of(record(world), "ana")
    )
    assert absence.stopped_by(record(world), "ana") == "the page by sms failed: 410 Gone"


def acknowledged(world: World) -> None:
    world.declare("down", "login")
    world.advance("2m")
    world.ack("ana")


def resolved(world: World) -> None:
    world.declare("down", "login")
    world.advance("3m")
    world.resolve()


def just_declared(world: World) -> None:
    world.declare("down", "login")


def after_half_an_hour(world: World) -> None:
    world.declare("down", "login")
    world.advance("30m")


def at_night(world: World) -> None:
    world.clock.at += 10 * 60 * MINUTE
    world.declare("down", "login")
    world.advance("20m")


def in_a_maintenance(world: World) -> None:
    world.maintenance("login", "1h")
    world.declare("down", "login")


def snoozed(world: World) -> None:
    world.declare("down", "login")
    world.snooze("20m", "ana")


REASONS: dict[str, tuple[Callable[[World], None], str, str, str | None]] = {
    "acknowledged before their level came": (
        acknowledged, "bo",
        "level 2 of policy standard for Identity was never reached: acknowledged by Ana for Identity at",
        "10:05",
    ),
    "resolved before their level came": (resolved, "bo", "was never reached: resolved at 10:03", "10:05"),
    "snoozed before their level came": (snoozed, "bo", "was never reached: snoozed by Ana for 20m", "10:05"),
    "their level is still to come": (
        just_declared, "bo", "is not reached yet: it stands at level 1 of 4; the next step is due", "10:05",
    ),
    "the condition of their level is false": (
        after_half_an_hour, "cto", "left out: severity is major, not critical", None,
    ),
    "their level waits for its hours": (at_night, "dan", "held until the hours office begin", "09:00"),
    "not on call then": (just_declared, "eve", "but spare had Zoe on call then: rotation 1 of spare", None),
    "no address for the urgency": (
        after_half_an_hour, "nora", "but Nora has no address for high urgency", None,
    ),
    "the rule has not come true": (
        just_declared, "cara", 'the rule "Long" has not come true: open for 3h', "13:00",
    ),
    "the fallback was not needed": (
        just_declared, "ops", "the fallback is not paged yet: no policy has run out of levels", "10:25",
    ),
    "a maintenance": (
        in_a_maintenance, "ana",
        "is not reached yet: maintenance of Log in: Identity is not paged until it ends", "11:00",
    ),
}  # fmt: skip


def test_a_channel_that_is_named_is_said_to_be_its_teams(tmp_path: Path) -> None:
    made = World(tmp_path, more=MORE)
    made.declare("down", "login")
    made.page("channel:identity-room", "channel:status")
    links = {link.what: link.because for link in links_of(record(made))}
    assert links["Identity room"] == "channel of Identity"
    assert links["Status"] == "channel of no team"
    made.sent()


@pytest.mark.parametrize("case", REASONS)
def test_what_stopped_it_and_when_it_would_have_been(case: str, world: World) -> None:
    happens, person, reason, at = REASONS[case]
    happens(world)
    found = record(world)
    assert not absence.was_told(found, person), absence.stopped_by(found, person)
    assert reason in absence.stopped_by(found, person)
    would = absence.would_tell_at(found, world.catalog, world.clock.at, person)
    assert (found.at(would).rpartition(" ")[2] if would is not None else None) == at


def test_the_end_of_the_time_out_is_named_and_not_taken_for_the_moment_of_the_acknowledgement(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "30m"'))
    world.declare("down", "login")
    world.advance("2m")
    world.ack("ana")
    reached = (
        "level 2 of policy standard for Identity was never reached: acknowledged by Ana for Identity at 10:02"
    )
    assert absence.stopped_by(record(world), "bo") == f"{reached}; without an update it pages again at 10:32"
    world.advance("10m")
    world.update(message="looking into it")
    assert absence.stopped_by(record(world), "bo") == f"{reached}; without an update it pages again at 10:42"
    world.snooze("1h", "ana")
    assert absence.stopped_by(record(world), "bo") == reached + "; it pages again at 11:12", "of the snooze"
    world.resolve()
    assert absence.stopped_by(record(world), "bo") == reached
    world.store.close()


def test_the_end_of_a_snooze_is_named(tmp_path: Path) -> None:
    world = World(tmp_path, STANDARD)
    world.declare("down", "login")
    world.snooze("20m", "ana")
    assert absence.stopped_by(record(world), "bo").endswith(
        "snoozed by Ana for 20m at 10:00; it pages again at 10:20"
    )
    world.store.close()


DISPLACING = """
[[schedules.identity-primary.overrides]]
person = "zoe"
from = 2026-11-23T09:30:00
until = 2026-11-23T18:00:00
"""


@pytest.mark.parametrize("ends", ["ack", "wait"])
def test_whom_an_override_displaced_is_told_of_the_override_and_not_of_a_later_level(
    tmp_path: Path, ends: str
) -> None:
    third = '[[policies.standard.levels]]\nnotify = ["members"]\nwait = "10m"\n'
    world = World(tmp_path, STANDARD + third, more=MORE + DISPLACING)
    world.declare("down", "login")
    if ends == "ack":
        world.ack("zoe")
    stopped = absence.stopped_by(record(world), "ana")
    where = "level 1 of policy standard for Identity was reached at 10:00"
    assert stopped.startswith(f"{where}, but identity-primary had Zoe on call then: overrid")
    assert (
        line_of(world, stopped.rstrip(")").rpartition(" (")[2].strip("("))
        == "[[schedules.identity-primary.overrides]]"
    )
    assert "level 2 of policy standard for Identity" in absence.stopped_by(record(world), "bo"), (
        "it was not Bo's turn anyhow"
    )
    world.store.close()


def test_nothing_leads_to_somebody_whom_nothing_names(tmp_path: Path) -> None:
    world = World(tmp_path, STANDARD)
    world.declare("down", "login")
    stopped = absence.stopped_by(record(world), "eve")
    assert stopped == "nothing leads to them: no level of standard, no rule and not the fallback names them"
    world.store.close()


def test_the_fallback_was_not_needed_because_of_the_acknowledgement_that_came_before(world: World) -> None:
    world.declare("down", "login", severity="critical")
    world.advance("6m")
    world.ack("bo")
    said = absence.stopped_by(Case(world.look(), world.store.situations.timeline(1), world.catalog), "ops")
    assert said.startswith("the fallback was not needed: acknowledged by Bo for Identity at 10:06")
    world.sent()


def test_of_somebody_without_any_address_that_is_said_whatever_ended_it(tmp_path: Path) -> None:
    mute = POLICIES.replace('["lead", "person:nora"]', '["person:mute"]')
    made = World(tmp_path, mute, more=MORE + '[people.mute]\nname = "Mute"\n')
    made.declare("down", "login", severity="critical")
    made.ack("ana")
    said = absence.stopped_by(Case(made.look(), made.store.situations.timeline(1), made.catalog), "mute")
    assert said.startswith("Mute has no address that a page could go to (escalate.toml:")
    made.store.close()
