"""The time that a report or its lessons look back on, and the incidents of it."""

from __future__ import annotations

import gc
from typing import Annotated

import msgspec
import typer

from escalate_cli.actions.on_record import records_since
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, NotADuration, parse_duration
from escalate_cli.core.calendar.hours import instant_to_local, zone_or_utc
from escalate_cli.core.calendar.moment import NotAMoment, iso, parse_day, parse_moment
from escalate_cli.core.incident.record import Record
from escalate_cli.errors import UsageProblem

SinceOption = Annotated[
    str, typer.Option("--since", metavar="D", help="Incidents declared since then: a duration or a date")
]


class LookBack(msgspec.Struct, frozen=True):
    """What is looked back on: the records of its incidents, the time in words and as JSON has it, and
    what is to be said about them.
    """

    records: tuple[Record, ...]
    words: str
    data: dict[str, str | None]
    notes: list[str]


def look_back(context: Context, since: str) -> LookBack:
    """The incidents declared since then. Those whose record is damaged are left out, and named."""
    # everything read now lives until the process ends: the collector would only walk over it again and again
    gc.disable()
    now = context.clock.now()
    zone = context.running_catalog.settings.timezone
    start = _since(since, now, zone)
    records, damaged = records_since(context, start)
    ids = ", ".join(f"#{incident}" for incident in damaged[:5]) + (", …" if len(damaged) > 5 else "")
    words = f"{_day(start, zone)} – {_day(now, zone)}, times in {zone_or_utc(zone)}"
    notes = [f"left out, because their record is damaged: {ids} (escalate doctor)"] if damaged else []
    return LookBack(records, words, {"since": iso(start), "until": iso(now)}, notes)


def _day(at: Instant, zone: str) -> str:
    return f"{instant_to_local(at, zone):%Y-%m-%d}"


def _since(text: str, now: Instant, zone: str) -> Instant:
    """The instant that `--since` names: so long ago, or a day."""
    hint = 'write it like "90d", "26w" or "2026-01-31"'
    try:
        return now - parse_duration(text)
    except NotADuration as problem:
        if not any(mark in text for mark in "-:"):
            raise UsageProblem(f"--since: {problem.message}", hint) from None
    start = parse_day(text, zone)
    if start is None:
        try:
            start = parse_moment(text, now, zone)
        except NotAMoment as problem:
            raise UsageProblem(f"--since: {problem}", hint) from None
    if start > now:
        raise UsageProblem(f"--since: {text} is in the future", hint)
    return start
