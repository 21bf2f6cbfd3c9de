"""A simulated night, told with everything that may happen in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import MINUTE, SECOND, parse_duration
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.update import Changes
from escalate_cli.core.incident.situation import Maintenance
from escalate_cli.core.notification.attempt import OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.foresight import happenings
from escalate_cli.foresight.simulation import Happening, Simulation, simulate, simulate_on
from tests.organisations import BANK
from tests.world import MONDAY, World, instant

START = instant(MONDAY)
POLICIES = """
[policies.standard]
repeat = 0
ack_timeout = "30m"
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
[[rules]]
name = "Critical reaches the CTO"
when = { severity = "critical" }
page = ["person:cto"]
[[rules]]
name = "Ask after an hour"
when = { severity = ">=major", open_for = "60m" }
page = ["person:cto"]
mode = "nudge"
expires = "10m"
on_expiry = "drop"
"""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    world = World(tmp_path_factory.mktemp("night"), POLICIES)
    world.store.close()
    return world.catalog


def night(catalog: Catalog, *script: Happening, severity: str = "major", span: str = "2h") -> Simulation:
    return simulate(
        Declaration("down", severity, ("login",)), catalog, START, START + parse_duration(span), script
    )


def told(simulation: Simulation) -> list[str]:
    """Its messages as "5m bo", the kind named where it is no page."""
    return [
        f"{message.after // MINUTE}m"
        f" {'' if message.kind.value == 'page' else message.kind.value + ' '}"
        f"{message.recipient.partition(':')[2]}"
        for message in simulation.messages
    ]


def test_without_an_answer_the_levels_come_and_then_the_fallback_again_and_again(catalog: Catalog) -> None:
    assert told(night(catalog, span="50m")) == ["0m ana", "5m bo", "15m ops", "30m ops", "45m ops"]


def over(when: str, *people: str) -> list[str]:
    return [f"{when} resolved {person}" for person in people]


def hear(when: str, *people: str) -> list[str]:
    return [f"{when} inform {person}" for person in people]


STORIES = {
    "ana takes it before the second level: nobody else is woken": (
        [happenings.acknowledgement(3 * MINUTE, "ana"), happenings.resolution(20 * MINUTE)],
        ["0m ana", "3m inform identity-room", *over("20m", "ana", "identity-room")],
    ),
    "an acknowledgement on the dot is in time": (
        [happenings.acknowledgement(5 * MINUTE, "ana"), happenings.resolution(6 * MINUTE)],
        ["0m ana", "5m inform identity-room", *over("6m", "ana", "identity-room")],
    ),
    "without a name, whoever was paged last takes it": (
        [happenings.acknowledgement(7 * MINUTE), happenings.resolution(8 * MINUTE)],
        ["0m ana", "5m bo", *hear("7m", "identity-room", "ana"), *over("8m", "ana", "bo", "identity-room")],
    ),
    "an acknowledgement without an update is forgotten": (
        [happenings.acknowledgement(3 * MINUTE, "ana"), happenings.resolution(34 * MINUTE)],
        [
            "0m ana",
            "3m inform identity-room",
            "33m ana",
            "33m inform identity-room",
            *over("34m", "ana", "identity-room"),
        ],
    ),
    "an update keeps it from being forgotten": (
        [
            happenings.acknowledgement(3 * MINUTE, "ana"),
            happenings.change(30 * MINUTE, Changes(message="still on it")),
            happenings.resolution(50 * MINUTE),
        ],
        [
            "0m ana",
            *hear("3m", "identity-room"),
            *hear("30m", "identity-room"),
            *over("50m", "ana", "identity-room"),
        ],
    ),
    "raised to critical, the rule pages the CTO at once": (
        [happenings.change(2 * MINUTE, Changes(severity="critical")), happenings.resolution(3 * MINUTE)],
        ["0m ana", "2m inform identity-room", "2m cto", *over("3m", "ana", "identity-room", "cto")],
    ),
    "a service that is added pages its team": (
        [
            happenings.change(2 * MINUTE, Changes(add_services=("payments",))),
            happenings.resolution(3 * MINUTE),
        ],
        ["0m ana", "2m inform identity-room", "2m cara", *over("3m", "ana", "identity-room", "cara")],
    ),
    "a service that leaves stops its team": (
        [
            happenings.change(1 * MINUTE, Changes(add_services=("payments",))),
            happenings.change(2 * MINUTE, Changes(drop_services=("login",))),
            happenings.acknowledgement(3 * MINUTE, "cara"),
            happenings.resolution(20 * MINUTE),
        ],
        [
            "0m ana",
            "1m inform identity-room",
            "1m cara",
            "2m inform identity-room",
            "3m inform ana",
            *over("20m", "ana", "identity-room", "cara"),
        ],
    ),
    "a nudge that is answered yes pages": (
        [
            happenings.acknowledgement(40 * MINUTE, "ana"),
            happenings.nudge_answer(65 * MINUTE, True),
            happenings.resolution(66 * MINUTE),
        ],
        [
            "0m ana",
            "5m bo",
            "15m ops",
            "30m ops",
            *hear("40m", "identity-room", "bo", "ops"),
            "60m nudge ana",
            "65m cto",
            *over("66m", "ana", "bo", "ops", "identity-room", "cto"),
        ],
    ),
    "a nudge that is answered no does not": (
        [
            happenings.acknowledgement(40 * MINUTE, "ana"),
            happenings.nudge_answer(65 * MINUTE, False),
            happenings.resolution(66 * MINUTE),
        ],
        [
            "0m ana",
            "5m bo",
            "15m ops",
            "30m ops",
            *hear("40m", "identity-room", "bo", "ops"),
            "60m nudge ana",
            *over("66m", "ana", "bo", "ops", "identity-room"),
        ],
    ),
    "a snooze holds everything for its time": (
        [happenings.snoozing(2 * MINUTE, 20 * MINUTE, "ana"), happenings.resolution(23 * MINUTE)],
        ["0m ana", "2m inform identity-room", "22m ana", *over("23m", "ana", "identity-room")],
    ),
    "taken back, it starts again": (
        [
            happenings.acknowledgement(2 * MINUTE, "ana"),
            happenings.reopening(4 * MINUTE),
            happenings.resolution(5 * MINUTE),
        ],
        [
            "0m ana",
            "2m inform identity-room",
            "4m ana",
            "4m inform identity-room",
            *over("5m", "ana", "identity-room"),
        ],
    ),
    "somebody pages by hand": (
        [
            happenings.paging_by_hand(2 * MINUTE, (Target(TargetKind.PERSON, "eve"),)),
            happenings.resolution(3 * MINUTE),
        ],
        ["0m ana", "2m eve", "3m resolved ana", "3m resolved eve"],
    ),
    "somebody goes to the next level": (
        [happenings.going_to_level(2 * MINUTE), happenings.resolution(3 * MINUTE)],
        ["0m ana", "2m bo", "3m resolved ana", "3m resolved bo"],
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_what_happens(story: str, catalog: Catalog) -> None:
    script, messages = STORIES[story]
    simulation = night(catalog, *script)
    assert told(simulation) == messages
    assert simulation.remarks == ()
    assert simulation.over


@pytest.mark.parametrize(
    ("script", "remark"),
    [
        (
            [happenings.resolution(1), happenings.acknowledgement(MINUTE)],
            "it is already resolved: it cannot be acknowledged",
        ),
        ([happenings.nudge_answer(MINUTE, True)], "nobody can answer yes: no nudge is open"),
        (
            [happenings.acknowledgement(1, "ana"), happenings.acknowledgement(MINUTE, "bo")],
            "the acknowledgement by Bo changes nothing: Ana has it",
        ),
        ([happenings.reopening(MINUTE)], "it is open: there is nothing to reopen"),
    ],
)
def test_what_comes_to_nothing_is_said(script: list[Happening], remark: str, catalog: Catalog) -> None:
    assert [one.text for one in night(catalog, *script).remarks] == [remark]


def test_messages_say_why_and_where_it_is_written(catalog: Catalog) -> None:
    first = night(catalog).messages[0]
    assert first.because == "on call for Identity; level 1 of 2 of policy standard"
    file, _, line = first.source.partition(":")
    assert file == "escalate.toml"
    assert line.isdigit()
    assert (first.team, first.level, first.gateway, first.address) == ("identity", 1, "sms", "+1")


def test_an_address_that_fails_for_good_brings_the_next_level_at_once(catalog: Catalog) -> None:
    simulation = simulate(
        Declaration("down", "major", ("login",)),
        catalog,
        START,
        START + 10 * MINUTE,
        fails=lambda one: OutcomeKind.PERMANENT if one.address == "+1" else None,
    )
    assert told(simulation) == ["0m bo", "10m ops"]


def test_a_maintenance_holds_the_paging_until_it_ends(catalog: Catalog) -> None:
    quiet = Maintenance("login", START - MINUTE, START + 20 * MINUTE)
    simulation = simulate(
        Declaration("down", "major", ("login",)), catalog, START, START + 22 * MINUTE, maintenance=[quiet]
    )
    assert told(simulation) == ["20m ana"]


def test_it_stops_when_enough_is_known(catalog: Catalog) -> None:
    said = Declaration("down", "major", ("login",))
    simulation = simulate(said, catalog, START, START + 60 * MINUTE, enough=lambda one: one.person == "bo")
    assert told(simulation) == ["0m ana", "5m bo"]
    assert not simulation.over


def test_a_running_incident_goes_on_from_where_it_stands(tmp_path: Path) -> None:
    world = World(tmp_path, POLICIES)
    world.declare("down", "login")
    world.advance("2m")
    simulation = simulate_on(world.look(), world.catalog, world.clock.at, world.clock.at + 20 * MINUTE)
    assert told(simulation) == ["3m bo", "13m ops"]
    world.store.close()


def test_the_limits_bundle_what_exceeds_them(tmp_path: Path) -> None:
    loud = (
        '[policies.standard]\nrepeat = 9\n[[policies.standard.levels]]\nnotify = ["person:ana"]\nwait ='
        ' "1m"\n'
    )
    world = World(tmp_path, loud, organisation=BANK.but("messages = 1000", 'messages = 2\nper = "5m"'))
    world.store.close()
    simulation = simulate(Declaration("down", "major", ("login",)), world.catalog, START, START + 6 * MINUTE)
    assert [(message.after // MINUTE, message.digest_of) for message in simulation.messages] == [
        (0, 1),
        (1, 1),
        (5, 4),
        (6, 1),
    ]


def test_what_is_gathered_for_a_digest_does_not_wait_longer_because_more_comes(tmp_path: Path) -> None:
    """The third of three messages in ten minutes is kept for a digest: it gathers for a third of
    that, from the first on.
    """
    loud = (
        '[policies.standard]\nrepeat = 9\n[[policies.standard.levels]]\nnotify = ["person:ana"]\nwait ='
        ' "1m"\n'
    )
    world = World(tmp_path, loud, organisation=BANK.but("messages = 1000", 'messages = 3\nper = "10m"'))
    world.store.close()
    simulation = simulate(Declaration("down", "major", ("login",)), world.catalog, START, START + 6 * MINUTE)
    assert [(message.after // SECOND, message.digest_of) for message in simulation.messages] == [
        (0, 1),
        (60, 1),
        (120 + 200, 4),
    ]
