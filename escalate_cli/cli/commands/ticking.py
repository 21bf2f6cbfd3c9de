"""What time does, started from the command line: one pass, or passes for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import DatabaseProblem, EscalateError, ExitCode, UsageProblem

if TYPE_CHECKING:
    from escalate_cli.cli.outlet import Outlet
    from escalate_cli.core.incident.situation import Situation
    from escalate_cli.engine.pass_report import PassReport

PATIENCE_WITH_FILES = 2.0
"""seconds of CPU that a pass gives to an edited configuration before it goes on with the last valid one"""


def tick(
    context: Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen now, and why; do nothing")
    ] = False,
) -> Answer:
    """One pass: page whoever is due. For cron: prints nothing when all is well."""
    from escalate_cli.cli.delivered import undelivered
    from escalate_cli.core.calendar.moment import iso
    from escalate_cli.engine.engine import Engine
    from escalate_cli.health.warnings import configuration_warning

    context.patience_with_files = PATIENCE_WITH_FILES
    if dry_run:
        return _foresee(context, Engine.on(context))
    report = _pass(context)
    data = {
        "at": iso(report.at),
        "incidents": report.incidents,
        "planned": report.planned,
        "sent": report.sent,
        "failed": report.failed,
        "retrying": report.retrying,
        "notifications_sent": report.sent_notifications,
        "next_due_at": iso(context.store.situations.next_due_at()),
    }
    lines = (line.text for line in report.lines if line.is_trouble)
    warnings = (note.text for note in configuration_warning(context))
    notes = list(dict.fromkeys([*report.troubles, *report.warnings, *lines, *warnings]))
    if report.damage is not None:
        report.damage.details, report.damage.more = notes, {"pass": data, "notes": notes}
        raise report.damage
    code = ExitCode.CONFIGURATION if context.fallen_back or not report.usable else undelivered(report)
    return Answer(data, "", code, notes, acted=True)


def _pass(context: Context) -> Any:
    """One pass. Where the database cannot be used at all, the fallback hears of it; one that is
    only locked is left to the next tick.
    """
    from escalate_cli.health import emergency_page as emergency
    from escalate_cli.passes.watch import long_pass
    from escalate_cli.store.sqlite.failures import LOCKED

    try:
        return long_pass(context)
    except DatabaseProblem as problem:
        if problem.code != LOCKED:
            emergency.page_fallback(context, "Nobody is being escalated to", problem)
        raise
    except EscalateError:
        raise
    except Exception as problem:
        emergency.page_fallback(context, "Nobody is being escalated to", emergency.failure(problem))
        raise


def _foresee(context: Context, engine: Any) -> Answer:
    from escalate_cli.core.calendar.moment import from_now, iso

    now = context.clock.now()
    found = engine.foresee(now)
    data = [
        {
            "incident": incident,
            "would": [
                *(entry.text for entry in planned.situation.entries),
                *_due_messages(planned.situation, context, now),
            ],
            "waiting": [
                {"team": one.team, "reason": one.text, "until": iso(one.until)} for one in planned.reasons
            ],
        }
        for incident, planned in found
    ]
    lines = []
    for one in data:
        lines += [f"#{one['incident']} would: {text}" for text in one["would"]]
    for incident, planned in found:
        for reason in planned.reasons:
            until = f" ({from_now(reason.until, now)})" if reason.until is not None else ""
            lines.append(f"#{incident} {reason.team + ': ' if reason.team else ''}{reason.text}{until}")
    return Answer(
        data,
        "\n".join(lines) or "Nothing is open.",
        notes=["dry run: nothing was stored and nobody was paged"],
    )


def _due_messages(situation: Situation, context: Context, now: int) -> list[str]:
    """The stored messages that a pass would send now; new ones are told of by the level or rule
    that writes them.
    """
    from escalate_cli.core.incident.situation import NotificationStatus
    from escalate_cli.core.notification.together import goes_with, leader_first

    live = (NotificationStatus.PENDING, NotificationStatus.RETRYING)
    due = [
        notification
        for notification in situation.notifications
        if notification.id > 0 and notification.status in live and notification.due_at <= now
    ]
    told = []
    while due:
        first = due[0]
        there = [one for one in due[1:] if (one.recipient, one.gateway) == (first.recipient, first.gateway)]
        together = leader_first(
            [first, *(one for one in there if goes_with(first.kind, one.kind, one.recipient))]
        )
        due = [one for one in due if one not in together]
        also = f", {len(together)} reasons in one message" if len(together) > 1 else ""
        told.append(
            f"send the {together[0].kind.value} to {context.running_catalog.name_of(first.recipient)} by"
            f" {first.gateway}{also}"
        )
    return told


def watch(
    context: Context,
    interval: Annotated[
        str, typer.Option("--interval", metavar="D", help="How often to look at the latest")
    ] = "5s",
) -> Answer:
    """Pass after pass, for ever: a live board on a terminal, plain lines elsewhere. Ends orderly on
    Ctrl-C or SIGTERM.
    """
    import sys

    from escalate_cli.cli.outlet import outlets
    from escalate_cli.cli.run import span
    from escalate_cli.passes.watch import Signals
    from escalate_cli.passes.watch import watch as run

    length = span("--interval", interval)
    if length < 100_000:
        raise UsageProblem("--interval is too short", 'write at least "1s"')
    context.patience_with_files = PATIENCE_WITH_FILES
    context.running_catalog  # noqa: B018 - a missing configuration is said before anything else
    with Signals().heard() as signals, outlets(context.options) as (lines, troubles):
        context.sender.wake_fd = signals.fd
        if sys.stdout.isatty() and not context.options.json:
            from escalate_cli.cli.screens.board import Board

            with Board(context, lines) as board:
                run(context, length, signals, _with_configuration_news(context, board.tell))
        else:
            run(
                context,
                length,
                signals,
                _with_configuration_news(
                    context, lambda report: _say_lines(context, report, lines, troubles)
                ),
            )
    return Answer({"stopped": True}, "")


def _with_configuration_news(context: Context, tell: Callable[[Any], None]) -> Callable[[Any], None]:
    """`tell`, which also hears when the files become invalid and when they are valid again: once
    each, since passes are many.
    """
    from escalate_cli.health.warnings import configuration_warning

    known: list[str] = []

    def tell_more(report: PassReport) -> None:
        if context.begun_anew is not None:
            report.warn(f"{context.begun_anew}. A new one has been begun")
            context.begun_anew = None
        warning = [note.text for note in configuration_warning(context)]
        if warning != known:
            report.warnings.extend(warning or ["the configuration is valid again"])
            known[:] = warning
        tell(report)

    return tell_more


def _say_lines(context: Context, report: PassReport, lines: Outlet, troubles: Outlet) -> None:
    """Say what a pass did, without waiting for whoever reads it."""
    from escalate_cli.core.calendar.moment import iso

    for line in report.lines:
        lines.say(f"{iso(context.clock.now())} {line.text}")
    for trouble in [*report.troubles, *report.warnings]:
        troubles.say(trouble)
