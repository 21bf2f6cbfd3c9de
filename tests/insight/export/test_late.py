"""What the document says was late: levels, retries, hours, limits, people out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.views.markdown.document import document_markdown
from tests.insight.export.documents import made, tables
from tests.loopback import Bank
from tests.organisations import BANK, STANDARD
from tests.world import World

# ── what was late ─────────────────────────────────────────────────────────────────────


def delays(world: World, incident: int = 1) -> list[tuple[str, int | None]]:
    return [
        (delay.kind, None if delay.lasted is None else delay.lasted // 1_000_000)
        for delay in made(world, incident).delays
    ]


def test_a_level_that_no_tick_paged_in_time_is_late(world: World) -> None:
    world.declare("Log in is broken", "login")
    world.sleep("12m")
    assert delays(world) == [("late", 7 * 60)]


def test_a_message_that_was_tried_again_took_so_long(world: World) -> None:
    world.post.refuse = lambda url: (
        Outcome(OutcomeKind.TEMPORARY, "HTTP 503") if not world.post.tried else None
    )
    world.declare("Log in is broken", "login")
    assert [one.notification.error for one in made(world).undelivered] == ["HTTP 503"]
    world.advance("20s", every="15s")
    assert delays(world) == [("retry", 15)]
    assert [(one.notification.attempts, one.notification.recipient) for one in made(world).told] == [
        (2, "person:ana")
    ]
    text = document_markdown(made(world), world.catalog, "UTC")
    assert tables(text)["Who was told, when and why"][0]["kind"] == "page (attempt 2)"


def test_what_waited_for_hours_a_maintenance_or_a_snooze_did_so_for_so_long(tmp_path: Path) -> None:
    world = World(tmp_path, STANDARD.but('notify = ["on-call"]', 'notify = ["on-call"]\nduring = "office"'))
    world.clock.at += 14 * 3600 * 1_000_000  # midnight in London
    world.maintenance("login", "30m")
    world.declare("Log in is broken", "login")
    world.advance("31m")
    world.snooze("20m", "bo")
    assert delays(world) == [("maintenance", 1800), ("hours", 9 * 3600 - 1860 + 60), ("snooze", 1200)]
    world.store.close()


def test_what_the_limits_held_back_came_in_a_digest(tmp_path: Path) -> None:
    world = World(tmp_path, organisation=BANK.but("messages = 1000", "messages = 1"))
    world.declare("Log in is broken", "login")
    world.declare("Log in is still broken", "login")
    world.declare("Log in is broken for ever", "login")
    assert delays(world, 2) == [("limits", 300)]
    world.advance("6m")
    assert [kind for kind, _ in delays(world, 2)] == ["limits", "limits", "digest"]
    world.store.close()


def test_whom_a_level_could_not_reach_is_told_with_the_reason(tmp_path: Path) -> None:
    world = World(tmp_path, STANDARD.but('["on-call"]', '["on-call:quiet", "lead"]'), more=QUIET)
    world.declare("Log in is broken", "login")
    missed = made(world).missed
    assert [(one.team, one.level, one.reason) for one in missed] == [
        ("identity", 1, "on-call:quiet: Quiet has no on-call schedule")
    ]
    world.store.close()


QUIET = """
[teams.quiet]
name = "Quiet"
members = ["eve"]
policy = "standard"
"""


# ── mistakes ──────────────────────────────────────────────────────────────────────────


MISTAKES = {
    ("export", "1", "--format", "pdf"): (2, '--format: "pdf" is not a format'),
    ("export", "99"): (4, "no such incident: 99"),
    ("export", "one"): (2, '"one" is not an incident number'),
    ("export",): (2, "missing argument"),
}


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_is_one_line_and_a_hint(arguments: tuple[str, ...], tame: Bank) -> None:
    code, message = MISTAKES[arguments]
    ran = tame.here(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert len(ran.err.splitlines()) == 2
    assert message in ran.err
