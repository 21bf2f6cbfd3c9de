"""A simulation line by line: what goes to one recipient at once is one line, and what repeats
itself is counted.
"""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import Instant, Span, show_duration
from escalate_cli.core.events import EntryKind, SomebodyReached
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.foresight.simulation import SimulatedMessage, Simulation

_TOLD = (
    EntryKind.SKIPPED,
    EntryKind.EXHAUSTED,
    EntryKind.ACKNOWLEDGED,
    EntryKind.UPDATED,
    EntryKind.RESOLVED,
    EntryKind.REOPENED,
    EntryKind.RULE,
    EntryKind.NUDGE,
    EntryKind.MAINTENANCE,
)
"""the entries of the timeline that a simulation shows between its messages"""

_SHOWN_TWICE = 2
"""what repeats itself is shown this often, and then counted"""


def since_start(span: Span) -> str:
    """A time since the beginning."""
    return f"+{show_duration(span)}" if span else "0s"


class SimulationLine(msgspec.Struct, frozen=True):
    """One line of a simulation: a message (with every gateway that carries it at that instant) or
    something that happens.
    """

    at: Instant
    message: SimulatedMessage | None = None
    by: tuple[str, ...] = ()
    entry: Entry | None = None
    more: int = 0
    """how many more like this line are not shown"""
    last_at: Instant = 0

    @property
    def alike(self) -> tuple[object, ...]:
        """What makes two lines the same but for their time."""
        if self.message is not None:
            return (self.message.recipient, self.message.kind, self.message.because, self.by)
        return (self.entry.kind, self.entry.text) if self.entry is not None else ()


def simulation_lines(foreseen: Simulation) -> list[SimulationLine]:
    """The simulation in order of time, one line for what goes to one recipient at once; from the
    third time on it is counted.
    """
    together: dict[tuple[object, ...], list[SimulatedMessage]] = {}
    for message in foreseen.messages:
        together.setdefault((message.at, message.recipient, message.kind, message.because), []).append(
            message
        )
    lines = [
        SimulationLine(
            messages[0].at, messages[0], tuple(dict.fromkeys(message.gateway for message in messages))
        )
        for messages in together.values()
    ]
    lines += [
        SimulationLine(entry.at, entry=entry)
        for entry in foreseen.entries
        if entry.kind in _TOLD and not _is_paging(entry)
    ]
    lines.sort(key=lambda line: (line.at, line.message is not None))
    seen: dict[tuple[object, ...], int] = {}
    shown: list[SimulationLine] = []
    counted: dict[tuple[object, ...], int] = {}
    for line in lines:
        seen[line.alike] = seen.get(line.alike, 0) + 1
        if seen[line.alike] <= _SHOWN_TWICE:
            shown.append(line)
        elif line.alike not in counted:
            counted[line.alike] = len(shown)
            shown.append(SimulationLine(line.at, line.message, line.by, line.entry, 1, line.at))
        else:
            place = counted[line.alike]
            before = shown[place]
            shown[place] = SimulationLine(
                before.at, before.message, before.by, before.entry, before.more + 1, line.at
            )
    return shown


def _is_paging(entry: Entry) -> bool:
    """Whether its messages tell the same."""
    return (
        entry.kind is EntryKind.EXHAUSTED
        and isinstance(entry.event, SomebodyReached)
        and bool(entry.event.recipients)
    )
