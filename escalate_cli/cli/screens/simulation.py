"""What `simulate` answers, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.calendar.duration import DAY, MINUTE, Instant, show_duration
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.events.reasons import LevelReached, Named, RuleAsks, RuleTrue
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.messages.replying import EXAMPLE_CODE
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.reasons import meaning, purpose
from escalate_cli.foresight.simulation import SimulatedMessage, Simulation
from escalate_cli.views.simulation import SimulationLine, simulation_lines, since_start

if TYPE_CHECKING:
    from rich.console import Console


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
    rows: list[tuple[object, ...]] = [
        _row(line, foreseen, catalog, zone) for line in simulation_lines(foreseen)
    ]
    console.print(
        style.table(("after", "at", "who", "by", "level", "because"), rows, wrap=("who", "because"))
    )
    _draw_texts(console, foreseen, catalog)
    if not any(message.person for message in foreseen.messages):
        console.print(style.piece("Nobody is reached.", "bold red"))
    elif foreseen.over:
        console.print(style.piece("Nothing more is due after that.", "dim"))


def _draw_texts(console: Console, foreseen: Simulation, catalog: Catalog) -> None:
    """What the messages say, where that was asked for: those alike once, the first of them."""
    shown: set[tuple[object, ...]] = set()
    for message in foreseen.messages:
        text = message.preview
        alike = (message.kind, message.recipient, message.gateway, message.level, message.because)
        if text is None or alike in shown:
            continue
        shown.add(alike)
        count = len(text.title) + len(text.text.rstrip())
        style.heading(
            console,
            f"{since_start(message.after)}: {message.kind.in_words} to {catalog.name_of(message.recipient)}"
            f" by {message.gateway}, {count} characters",
        )
        if text.title:
            console.print(style.piece(text.title, "bold"))
        console.print(style.piece(text.text.rstrip(), lines=True))


def doubts(foreseen: Simulation) -> list[str]:
    """Why some texts may still be cut when they leave, each once."""
    return list(
        dict.fromkeys(
            f"the texts for {message.gateway} are not made to fit its service: {message.preview.doubt}"
            for message in foreseen.messages
            if message.preview is not None and message.preview.doubt
        )
    )


def made_up(foreseen: Simulation) -> list[str]:
    """That the code in the texts is an example, where there is one."""
    shown = any(message.preview is not None and message.preview.example for message in foreseen.messages)
    return [f"{short_code(EXAMPLE_CODE)} is an example: each message has a code of its own"] if shown else []


def _team(team: str, catalog: Catalog) -> str:
    return catalog.team_name(team)


def _row(line: SimulationLine, foreseen: Simulation, catalog: Catalog, zone: str) -> tuple[object, ...]:
    after, at = since_start(line.at - foreseen.start), _clock(line.at, foreseen.start, zone)
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
    means = (
        ""
        if isinstance(reason.meant, Named) and cause_text
        else meaning(reason.meant, catalog, message.recipient)
    )
    parts = [text for text in (means, cause_text, *reason.without) if text]
    parts += [f"one digest of {message.digest_of} messages"] if message.digest_of > 1 else []
    kind = "" if message.kind is NotificationKind.PAGE else f"{message.kind.in_words}: "
    return kind + "; ".join(parts)


def _with_source(text: str, source: str) -> str:
    return f"{text} ({source})" if source else text


def _clock(at: Instant, start: Instant, zone: str) -> str:
    local = instant_to_local(at, zone)
    clock = f"{local:%H:%M}" if at % MINUTE == 0 else f"{local:%H:%M:%S}"
    if instant_to_local(start, zone).date() == local.date():
        return clock
    return f"{local:%a} {clock}" if at - start < 6 * DAY else f"{local:%d %b} {clock}"
