"""What a line says of an incident, and the sentence on how it stands: who has it, who is paged next, what
waits for an answer. Only real pages are next.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.cli.screens.incident_lines import incident_line
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.views.board import BoardLine, board_line
from escalate_cli.views.standing import standing
from tests.world import World

NUDGE = """
[[rules]]
name = "Ask first"
when = { severity = ">=critical" }
page = ["person:cto"]
mode = "nudge"
ask = ["person:ana"]
expires = "20m"
[[rules]]
name = "Look"
when = { severity = "major", open_for = "3m" }
inform = ["person:cto"]
"""
STEPS = """
[people.ann]
name = "Ann"
contact = { email = "ann@example.com", sms = "+44" }
notify.high = [ { via = ["sms"] }, { via = ["email"], after = "2m" } ]
"""


def seen(world: World) -> BoardLine:
    return board_line(world.look(), world.catalog, world.clock.now())


def pages(world: World) -> list[tuple[int, tuple[str, ...]]]:
    """In how many minutes who is paged."""
    return [((page.at - world.clock.now()) // MINUTE, page.names) for page in seen(world).pages]


def sentence(world: World) -> str:
    return standing(world.look(), world.catalog, world.clock.now())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, more=NUDGE + STEPS)
    yield made
    made.sent()


def test_nobody_has_it_and_the_next_level_is_the_next_page(world):
    world.declare("down", "login")
    world.advance("1m")
    assert pages(world) == [(4, ("Bo",))], "the rule that informs in two minutes pages nobody"
    assert (seen(world).has_it, seen(world).is_unanswered) == ((), True)
    assert sentence(world) == "open for 1m, nobody has acknowledged"


def test_a_nudge_is_marked_and_is_no_page(world):
    world.declare("down", "login", severity="critical")
    assert seen(world).nudges == (1,)
    assert pages(world) == [(5, ("Bo",))], "not the end of the nudge"
    world.ack("ana")
    assert pages(world) == []
    assert seen(world).has_it == ("Ana",)
    world.nudge("no", "ana")
    assert seen(world).nudges == ()


def test_a_later_step_of_somebody_is_a_page(world):
    world.declare("down", "login")
    world.page("person:ann")
    assert pages(world) == [(2, ("Ann",)), (5, ("Bo",))]


def test_somebody_has_it_in_part(world):
    world.declare("down", "login", "payments")
    world.advance("1m")
    world.ack("ana")
    world.advance("2m")
    assert (seen(world).has_it, seen(world).in_part) == (("Ana",), True)
    assert sentence(world) == "open for 3m, acknowledged by Ana for Identity 2m ago; Payments has not"
    assert pages(world) == [(2, ("Dan",))]
    world.ack("cara")
    assert (seen(world).has_it, seen(world).in_part) == (("Ana", "Cara"), False)
    assert (
        sentence(world)
        == "open for 3m, acknowledged by Ana for Identity 2m ago and by Cara for Payments just now"
    )
    assert pages(world) == []


def test_what_one_person_has_altogether_names_no_team(world):
    world.declare("down", "login", "payments")
    world.advance("1m")
    world.ack("ops")
    assert sentence(world) == "open for 1m, acknowledged by Ops just now"


def test_a_snooze_ends_with_a_page(world):
    world.declare("down", "login")
    world.snooze("30m", "ana")
    assert pages(world) == [(30, ("Identity",))]
    assert sentence(world) == "open for 0s, acknowledged by Ana just now, snoozed until 10:30 GMT"


def test_during_a_maintenance_nobody_is_next(world):
    world.maintenance("login", "1h")
    world.declare("down", "login")
    assert pages(world) == []
    assert sentence(world) == "open for 0s, nobody has acknowledged"


def test_a_level_that_is_held_pages_when_its_hours_begin(tmp_path):
    world = World(
        tmp_path,
        """
[hours.late]
days = ["mon"]
from = "12:00"
to = "13:00"
[policies.standard]
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "5m"
during = "late"
""",
    )
    world.declare("down", "login")
    world.advance("6m")
    assert pages(world) == [(114, ("Bo",))]


def test_what_is_over_says_how_long_it_took(world):
    world.declare("down", "login")
    world.advance("4m")
    world.resolve()
    world.advance("3m")
    assert sentence(world) == "resolved 3m ago, after 4m"
    assert (pages(world), seen(world).is_unanswered) == ([], False)


def test_what_is_over_says_who_had_it_and_who_ended_it(world):
    world.declare("down", "login")
    world.ack("ana")
    world.resolve(by="bo")
    resolved_by = world.store.situations.resolvers((1,))
    line = board_line(world.look(), world.catalog, world.clock.now(), resolved_by[1])
    assert (line.has_it, line.resolved_by) == (("Ana",), "Bo")
    assert incident_line(line, world.catalog, 0).cells["who has it"].plain == "Ana, resolved by Bo"
    world.reopen()
    world.resolve(by="ana")
    again = board_line(world.look(), world.catalog, 0, world.store.situations.resolvers((1, 2))[1])
    assert incident_line(again, world.catalog, 0).cells["who has it"].plain.endswith("resolved by Ana")
