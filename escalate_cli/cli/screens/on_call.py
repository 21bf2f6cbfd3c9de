"""Who is on call as people see it: who, until when, how to reach them, who is next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import Instant, show_about, show_duration
from escalate_cli.core.calendar.hours import zone_or_utc
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.views.on_call import DutyTurn, handover, reach

if TYPE_CHECKING:
    from rich.console import Console


def draw_on_call(console: Console, turns: Sequence[DutyTurn], catalog: Catalog, at: Instant) -> None:
    """Whoever is on call at `at`, in a few lines for each team or schedule."""
    for turn in turns:
        console.print(style.piece(_name(turn, catalog), "bold"))
        console.print(style.pairs(_facts(turn, catalog, at)))
        console.print()
    _draw_zone(console, catalog)
    if len(turns) == 1:
        console.print(style.piece(turns[0].shift.why, "dim"))


def _name(turn: DutyTurn, catalog: Catalog) -> str:
    if turn.team is None:
        return str(turn.schedule)
    name = catalog.team_name(turn.team)
    return f"{name}  ({turn.team})" if name != turn.team else name


def _facts(turn: DutyTurn, catalog: Catalog, at: Instant) -> list[tuple[str, object]]:
    zone = catalog.settings.timezone
    person = turn.shift.person
    after = handover(catalog, turn, at)
    ends_at = turn.until if after is None else after.at  # their own next turn may follow at once
    facts: list[tuple[str, object]] = [("  on call", _person(person, catalog))]
    if ends_at is not None:
        facts.append(("  until", f"{local_time(ends_at, zone)}  (in {show_about(ends_at - at)})"))
    if person is not None:
        facts.append(("  reach", how_to_reach(catalog, person)))
    if after is not None:
        until = f", until {local_time(after.until, zone)}" if after.until is not None else ""
        facts.append(("  next", f"{_spoken(after.person, catalog)}{until}"))
    elif person is not None:
        facts.append(("  next", f"{_spoken(person, catalog)} again: nobody else takes turns"))
    return facts


def how_to_reach(catalog: Catalog, person: str) -> object:
    """`sms +447700900123, after 2m email ana@example.com`: the addresses for what is urgent, in the order
    in which they are tried.
    """
    addresses = reach(catalog, person)
    if not addresses:
        return style.piece("no address for what is urgent", "bold red")
    parts = []
    before = 0
    for address in addresses:
        later = f"after {show_duration(address.after)} " if address.after != before else ""
        before = address.after
        parts.append(f"{later}{address.gateway} {address.address}")
    return ", ".join(parts)


def draw_shifts(console: Console, turns: Sequence[DutyTurn], catalog: Catalog) -> None:
    """Every turn of a stretch, one a line."""
    zone = catalog.settings.timezone
    rows = [
        (
            turn.team or turn.schedule,
            _person(turn.shift.person, catalog),
            local_time(turn.since, zone),
            local_time(turn.until, zone),
        )
        for turn in turns
    ]
    console.print(style.table(("for", "on call", "from", "until"), rows, wrap=("for", "on call")))
    _draw_zone(console, catalog)


def draw_turns_of(
    console: Console, person: str, turns: Sequence[DutyTurn], catalog: Catalog, at: Instant, until: Instant
) -> None:
    """The turns of one person, and how they are reached in them."""
    zone = catalog.settings.timezone
    now = [turn for turn in turns if turn.shift.start <= at]
    name = catalog.person_name(person)
    if now:
        schedules = ", ".join(dict.fromkeys(str(turn.schedule) for turn in now))
        text = f"{name} is on call now, in {schedules}"
    else:
        text = (
            f"{name} is not on call now" if turns else f"{name} has no turn until {local_time(until, zone)}"
        )
    console.print(style.piece(text, "bold"))
    console.print(style.pairs([("reach", how_to_reach(catalog, person))]))
    if turns:
        console.print()
        rows = [
            (
                turn.schedule,
                catalog.team_name(turn.team) if turn.team else None,
                local_time(turn.since, zone),
                local_time(turn.until, zone),
            )
            for turn in turns
        ]
        console.print(style.table(("schedule", "team", "from", "until"), rows, wrap=("schedule", "team")))
    _draw_zone(console, catalog)


def _person(person: str | None, catalog: Catalog) -> object:
    return style.piece("nobody", "bold red") if person is None else style.piece(catalog.person_name(person))


def _spoken(person: str | None, catalog: Catalog) -> str:
    return "nobody" if person is None else catalog.person_name(person)


def _draw_zone(console: Console, catalog: Catalog) -> None:
    console.print(style.piece(f"times in {zone_or_utc(catalog.settings.timezone)}", "dim"))
