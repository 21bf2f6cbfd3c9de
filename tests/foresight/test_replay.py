"""Past incidents through a configuration: through their own nothing changes, through another what it says."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.events import EntryKind
from escalate_cli.core.incident.situation import NotificationStatus
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.case import Case
from escalate_cli.foresight.replaying import Replay, replay
from tests.foresight.drawn import LENGTH, Night, nights
from tests.foresight.test_reality import Reality
from tests.organisations import STANDARD
from tests.world import World


def through(world: World, catalog: Catalog | None = None) -> Replay:
    """Incident 1 of a world through its own configuration, or another."""
    return replay(
        Case(world.look(), world.store.situations.timeline(1), world.catalog),
        catalog or world.catalog,
        world.clock.at,
    )


def changes(done: Replay) -> dict[str, tuple[str, int | None, int | None]]:
    return {
        person.person: (
            person.change,
            None if person.recorded is None else person.recorded // MINUTE,
            None if person.replayed is None else person.replayed // MINUTE,
        )
        for person in done.people
    }


@pytest.fixture
def world(tmp_path: Path) -> Any:
    made = World(tmp_path)
    yield made
    made.store.close()


def test_through_its_own_configuration_nothing_changes(world: World) -> None:
    world.declare("down", "login")
    world.advance("7m")
    world.update(severity="critical", message="worse")
    world.update(add_services=("payments",))
    world.advance("1m")
    world.ack("bo")
    world.advance("9m")
    world.resolve()
    done = through(world)
    assert {person.change for person in done.people} == {"same"}
    assert (done.gained, done.remarks) == (0, ())


def test_a_shorter_wait_would_have_woken_the_lead_earlier(world: World) -> None:
    world.declare("down", "login")
    world.advance("7m")
    world.ack("bo")
    world.configure(STANDARD.but('"5m"', '"1m"'))
    assert changes(through(world)) == {"ana": ("same", 0, 0), "bo": ("earlier", 5, 1)}


def test_a_longer_wait_would_have_spared_the_lead(world: World) -> None:
    world.declare("down", "login")
    world.advance("6m")
    world.ack("ana")
    world.advance("10m")
    world.configure(STANDARD.but('"5m"', '"9m"'))
    assert changes(through(world)) == {"ana": ("same", 0, 0), "bo": ("spared", 5, None)}


def test_another_first_level_would_have_paged_somebody_else(world: World) -> None:
    world.declare("down", "login")
    world.advance("1m")
    world.resolve()
    world.configure(STANDARD.but('"on-call"', '"person:cto"'))
    assert changes(through(world)) == {"cto": ("new", None, 0), "ana": ("spared", 0, None)}


def test_a_service_that_is_gone_is_said(world: World) -> None:
    world.declare("down", "login")
    without = {name: one for name, one in world.catalog.services.items() if name != "login"}
    assert through(world, replace(world.catalog, services=without)).remarks == (
        'the service "login" is not in this configuration',
    )


RECORDED = {
    "ack": (EntryKind.ACKNOWLEDGED,),
    "ack all": (EntryKind.ACKNOWLEDGED,),
    "pass": (EntryKind.PASSED,),
    "nudge": (EntryKind.NUDGE,),
    "page": (EntryKind.PAGED, EntryKind.SKIPPED),
    "next": (EntryKind.ESCALATION,),
    "snooze": (EntryKind.SNOOZED,),
    "resolve": (EntryKind.RESOLVED,),
    "reopen": (EntryKind.REOPENED,),
    **dict.fromkeys(("severity", "add", "drop", "lead", "label", "say"), (EntryKind.UPDATED,)),
}


@pytest.mark.parametrize("examples", [6, pytest.param(40, marks=pytest.mark.long)])
def test_a_drawn_life_through_its_own_configuration_is_the_same_to_the_message(examples: int) -> None:
    draw_lives(examples)


def draw_lives(examples: int, draw: int = 0) -> None:
    """So many lives, other ones for each `draw`."""
    each = settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    seed(draw)(each(given(nights())(is_the_same)))()


def is_the_same(night: Night) -> None:
    # nobody does two things in the same microsecond
    script = {one.span: one for one in night.script}.values()
    night = dataclasses.replace(night, script=tuple(script), refused=())
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as directory:
        reality = Reality(Path(directory), night)
        reality.live()
        situation, timeline = reality.situation, reality.store.situations.timeline(reality.id)
        reality.store.close()
    if not all(
        any(one.at == night.start + deed.span and one.kind in RECORDED[deed.what] for one in timeline)
        for deed in script
    ):
        return  # something was done that left no record, as acknowledging what somebody has
    done = replay(Case(situation, timeline, night.catalog), night.catalog, night.start + LENGTH)

    def sent(one: Any) -> Counter[Any]:
        fine = (note for note in one.notifications if note.status is NotificationStatus.SENT)
        return Counter((note.sent_at, note.kind, note.recipient, note.gateway, note.because) for note in fine)

    assert sent(done.simulation.situation) == sent(situation)
