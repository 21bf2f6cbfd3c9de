"""What time does, started from the command line: one pass, or passes for ever."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from escalate_cli.actions.aftermath import undelivered
from escalate_cli.cli.arguments import to_duration
from escalate_cli.cli.outlet import Outlet, outlets
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.core.calendar.moment import from_now, iso
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import ExitCode, UsageProblem
from escalate_cli.health.warnings import configuration_warning
from escalate_cli.passes import tick as passing
from escalate_cli.passes.dry_run import intentions
from escalate_cli.passes.news import ConfigurationNews
from escalate_cli.passes.signals import Signals
from escalate_cli.views.passes import intentions_data, pass_data, stopped_data


def tick(
    context: Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen now, and why; do nothing")
    ] = False,
) -> Answer:
    """One pass: page whoever is due. For cron: prints nothing when all is well."""
    if dry_run:
        return _foresee(context)
    report = passing.tick(context)
    data = pass_data(report, passing.due_again_at(context))
    lines = (line.text for line in report.lines if line.is_trouble)
    warnings = (note.text for note in configuration_warning(context))
    notes = list(dict.fromkeys([*report.troubles, *report.warnings, *lines, *warnings]))
    if report.damage is not None:
        report.damage.details, report.damage.more = notes, {"pass": data, "notes": notes}
        raise report.damage
    code = ExitCode.CONFIGURATION if context.fallen_back or not report.usable else undelivered(report)
    return Answer(data, "", code, notes, acted=True)


def _foresee(context: Context) -> Answer:
    now = context.clock.now()
    foreseen = intentions(context, now)
    data = intentions_data(foreseen)
    lines = [f"#{intention.incident_id} would: {text}" for intention in foreseen for text in intention.would]
    for intention in foreseen:
        for reason in intention.waiting:
            until = f" ({from_now(reason.until, now)})" if reason.until is not None else ""
            team = f"{context.running_catalog.team_name(reason.team)}: " if reason.team else ""
            lines.append(f"#{intention.incident_id} {team}{reason.text}{until}")
    return Answer(
        data,
        "\n".join(lines) or "Nothing is open.",
        notes=["dry run: nothing was stored and nobody was paged"],
    )


def watch(
    context: Context,
    interval: Annotated[
        str, typer.Option("--interval", metavar="D", help="How often to look at the latest")
    ] = "5s",
) -> Answer:
    """Pass after pass, for ever: a live board on a terminal, plain lines elsewhere. Ends orderly on
    Ctrl-C or SIGTERM.
    """
    from escalate_cli.passes import watch as watching

    length = to_duration("--interval", interval)
    if length < 100_000:
        raise UsageProblem("--interval is too short", 'write at least "1s"')
    context.running_catalog  # noqa: B018 - a missing configuration is said before anything else
    with Signals().heard() as signals, outlets(context.options) as (lines, troubles):
        context.sender.wake_fd = signals.fd
        if sys.stdout.isatty() and not context.options.json:
            from escalate_cli.cli.screens.board import Board

            with Board(context, lines) as board:
                watching.watch(context, length, signals, _with_news(context, board.tell))
        else:

            def say(report: PassReport) -> None:
                _say_lines(context, report, lines, troubles)

            watching.watch(context, length, signals, _with_news(context, say))
    return Answer(stopped_data(), "")


def _with_news(context: Context, tell: Callable[[PassReport], None]) -> Callable[[PassReport], None]:
    """`tell`, which also hears when the configuration becomes invalid and when it is valid again."""
    news = ConfigurationNews(context)

    def tell_more(report: PassReport) -> None:
        news.add_to(report)
        tell(report)

    return tell_more


def _say_lines(context: Context, report: PassReport, lines: Outlet, troubles: Outlet) -> None:
    """Say what a pass did, without waiting for whoever reads it."""
    for line in report.lines:
        lines.say(f"{iso(context.clock.now())} {line.text}")
    for trouble in [*report.troubles, *report.warnings]:
        troubles.say(trouble)
