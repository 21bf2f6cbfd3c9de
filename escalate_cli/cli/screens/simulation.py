"""What `simulate` answers: as JSON carries it, for people, as a Mermaid diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import DAY, MINUTE, Instant, Span, show_duration
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.events import EntryKind, SomebodyReached
from escalate_cli.core.events.reasons import LevelReached, Named, RuleAsks, RuleTrue
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.reasons import meaning, purpose
from escalate_cli.core.wording.text import printable
from escalate_cli.foresight.simulation import SimulatedMessage, Simulation

if TYPE_CHECKING:
    from rich.console import Console


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


def passed(span: Span) -> str:
    """A time since the beginning."""
    return f"+{show_duration(span)}" if span else "0s"


class ShownLine(msgspec.Struct, frozen=True):
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


def lines_of(foreseen: Simulation) -> list[ShownLine]:
    """The simulation in order of time, one line for what goes to one recipient at once; from the
    third time on it is counted.
    """
    together: dict[tuple[object, ...], list[SimulatedMessage]] = {}
    for message in foreseen.messages:
        together.setdefault((message.at, message.recipient, message.kind, message.because), []).append(
            message
        )
    lines = [
        ShownLine(messages[0].at, messages[0], tuple(dict.fromkeys(message.gateway for message in messages)))
        for messages in together.values()
    ]
    lines += [
        ShownLine(entry.at, entry=entry)
        for entry in foreseen.entries
        if entry.kind in _TOLD and not _is_paging(entry)
    ]
    lines.sort(key=lambda line: (line.at, line.message is not None))
    seen: dict[tuple[object, ...], int] = {}
    shown: list[ShownLine] = []
    counted: dict[tuple[object, ...], int] = {}
    for line in lines:
        seen[line.alike] = seen.get(line.alike, 0) + 1
        if seen[line.alike] <= _SHOWN_TWICE:
            shown.append(line)
        elif line.alike not in counted:
            counted[line.alike] = len(shown)
            shown.append(ShownLine(line.at, line.message, line.by, line.entry, 1, line.at))
        else:
            place = counted[line.alike]
            before = shown[place]
            shown[place] = ShownLine(
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


def draw_simulation(
    console: Console, foreseen: Simulation, declaration: Declaration, catalog: Catalog
) -> None:
    """The timeline of a night that has not come yet."""
    zone = catalog.settings.timezone
    services = ", ".join(catalog.services[service].name for service in declaration.services) or "no service"
    style.heading(
        console,
        f"{services}: {declaration.title}" if declaration.title not in services else services,
        above=False,
    )
    beginning = f"{local_time(foreseen.start, zone)} {zone}"
    span = show_duration(foreseen.until - foreseen.start)
    policies = [
        f"{escalation.policy.id} for {_team(escalation.team, catalog)}"
        for escalation in foreseen.situation.escalations
    ]
    facts = [
        ("severity", declaration.severity),
        ("declared", beginning),
        ("looked at", span),
        ("policies", list(dict.fromkeys(policies))),
    ]
    console.print(style.pairs(facts))
    console.print()
    rows: list[tuple[object, ...]] = [_row(line, foreseen, catalog, zone) for line in lines_of(foreseen)]
    console.print(
        style.table(("after", "at", "who", "by", "level", "because"), rows, wrap=("who", "because"))
    )
    if not any(message.person for message in foreseen.messages):
        console.print(style.piece("Nobody is reached.", "bold red"))
    elif foreseen.over:
        console.print(style.piece("Nothing more is due after that.", "dim"))


def _team(team: str, catalog: Catalog) -> str:
    return catalog.team_name(team)


def _row(line: ShownLine, foreseen: Simulation, catalog: Catalog, zone: str) -> tuple[object, ...]:
    after, at = passed(line.at - foreseen.start), _clock(line.at, foreseen.start, zone)
    if line.more:
        last = (
            f"the same {line.more} more time{'s' if line.more > 1 else ''}, last at"
            f" {_clock(line.last_at, foreseen.start, zone)}"
        )
        who = catalog.name_of(line.message.recipient) if line.message is not None else ""
        return (after, at, style.piece(who, "dim"), ", ".join(line.by), "", style.piece(last, "dim"))
    if line.message is not None:
        message = line.message
        level = "" if message.level is None else str(message.level)
        why = _with_source(_why(message, catalog), message.source)
        return (after, at, catalog.name_of(message.recipient), ", ".join(line.by), level, why)
    entry = line.entry
    text = entry.text if entry is not None else ""
    source: str = getattr(entry.event, "source", "") if entry is not None else ""
    return (after, at, "", "", "", style.piece(_with_source(text, source), "yellow"))


def _why(message: SimulatedMessage, catalog: Catalog) -> str:
    """Why this recipient, without what the line says already: its level, and the condition of a
    rule that has a line of its own.
    """
    reason, cause = message.reason, message.reason.cause
    if isinstance(cause, LevelReached):
        again = f"round {cause.cycle + 1}" if cause.cycle else ""
        cause_text = " ".join(
            text for text in (again, f"({cause.why})" if again and cause.why else cause.why) if text
        )
    elif isinstance(cause, RuleAsks):
        cause_text = f'you are asked: rule "{cause.rule}"'
    else:
        cause_text = f'rule "{cause.rule}"' if isinstance(cause, RuleTrue) else purpose(cause, catalog)
    means = "" if isinstance(reason.meant, Named) and cause_text else meaning(reason.meant, catalog)
    parts = [text for text in (means, cause_text, *reason.without) if text]
    parts += [f"one digest of {message.digest_of} messages"] if message.digest_of > 1 else []
    kind = "" if message.kind is NotificationKind.PAGE else f"{message.kind.value}: "
    return kind + "; ".join(parts)


def _with_source(text: str, source: str) -> str:
    return f"{text} ({source})" if source else text


def _clock(at: Instant, start: Instant, zone: str) -> str:
    local = instant_to_local(at, zone)
    clock = f"{local:%H:%M}" if at % MINUTE == 0 else f"{local:%H:%M:%S}"
    if instant_to_local(start, zone).date() == local.date():
        return clock
    return f"{local:%a} {clock}" if at - start < 6 * DAY else f"{local:%d %b} {clock}"


def mermaid(foreseen: Simulation, declaration: Declaration, catalog: Catalog) -> str:
    """The simulation as a Mermaid sequence diagram: for a document, a review, a runbook."""
    lines = lines_of(foreseen)
    recipients = list(dict.fromkeys(line.message.recipient for line in lines if line.message is not None))
    names = {recipient: f"r{number}" for number, recipient in enumerate(recipients)}
    drawn = ["sequenceDiagram", "    participant e as escalate"]
    drawn += [
        f"    participant {short} as {_mermaid_text(catalog.name_of(recipient))}"
        for recipient, short in names.items()
    ]
    drawn.append(
        f"    Note over e: {_mermaid_text(declaration.title)} ({_mermaid_text(declaration.severity)})"
    )
    for line in lines:
        after = passed(line.at - foreseen.start)
        if line.more:
            what = f"{after} the same {line.more} more times"
        elif line.message is not None:
            what = f"{after} {line.message.kind.value} by {', '.join(line.by)}: {line.message.because}"
        else:
            what = f"{after} {line.entry.text if line.entry is not None else ''}"
        arrow = f"e->>{names[line.message.recipient]}: " if line.message is not None else "Note over e: "
        drawn.append(f"    {arrow}{_mermaid_text(what)}")
    return "\n".join(drawn)


def _mermaid_text(text: str) -> str:
    """Text that means nothing to Mermaid: `;` and `#` end or escape there."""
    return printable(text).replace("#", "#35;").replace(";", ",").replace("#35,", "#35;")
