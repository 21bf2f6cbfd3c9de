"""Does a page arrive, and does its answer come back: marked test messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.actions import lookup as meaning
from escalate_cli.cli.arguments import to_duration
from escalate_cli.cli.completion import known
from escalate_cli.cli.outlet import outlets
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import style
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Span, show_duration
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.wording import way_back
from escalate_cli.errors import ExitCode, UsageProblem
from escalate_cli.passes.signals import Signals
from escalate_cli.views.trial import trial_data

if TYPE_CHECKING:
    from rich.console import Console

    from escalate_cli.actions.test_page import Rehearsal
    from escalate_cli.core.organisation.catalog import Catalog
    from escalate_cli.store.trials import AddressTrial


def test_page(
    context: Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help='Whom: "ana", "on-call:payments", "channel:status"',
            autocompletion=known("people", "channels", "teams"),
        ),
    ],
    wait: Annotated[
        str | None,
        typer.Option("--wait", metavar="D", help="Ask for an answer, and wait so long for it, such as 5m"),
    ] = None,  # noqa: PT028 - no test
) -> Answer:
    """Send a marked test message to every address of a person, a channel, a team's on-call … Stores
    nothing. Exit code 6 if one fails. With `--wait` people reply OK, and it says what came back by each
    address: exit code 1 if an answer is missing.
    """
    from escalate_cli.actions.test_page import rehearse

    catalog = context.catalog
    span = None if wait is None else to_duration("--wait", wait, at_least_a_second=True)
    meant = _meant(target, catalog)
    login = meaning.os_user(context.environ)
    person = catalog.person_by_login(login)
    rehearsal = rehearse(context, meant, person.name if person else login, span)
    notes = _undelivered(rehearsal, catalog)
    code = ExitCode.DONE if rehearsal.well else ExitCode.UNDELIVERED
    trials = [] if span is None else _wait(context, rehearsal, span, notes)
    if span is not None:
        notes = []
        if code is ExitCode.DONE and not (trials and all(trial.answered_at for trial in trials)):
            code = ExitCode.NO
    waited = {trial.id: trial for trial in trials}
    lines = [] if span is None else _lines(rehearsal, waited, span, catalog)

    def screen(console: Console) -> None:
        rows = [
            (
                catalog.name_of(notification.recipient),
                notification.gateway,
                notification.address,
                style.state(notification.status.value),
                notification.error or "",
            )
            for notification in rehearsal.notifications
        ]
        console.print(style.table(("who", "by", "address", "", "why"), rows, wrap=("why",)))

    shown = screen if span is None else "\n".join(lines)
    data = [
        trial_data(notification, waited.get(trial or 0), waits=span is not None)
        for notification, trial in zip(rehearsal.notifications, rehearsal.trials, strict=True)
    ]
    return Answer(data, shown if rehearsal.notifications else "", code, notes, acted=True)


def _meant(target: str, catalog: Catalog) -> Target:
    meant = meaning.find_target(target, catalog)
    if meant.kind is TargetKind.INCIDENT_LEAD:
        raise UsageProblem("there is no incident that could have a lead", "name a person or a team")
    if meant.name is None:
        raise UsageProblem(f'"{target}" of which team?', f"write {target}:TEAM")
    return meant


def _undelivered(rehearsal: Rehearsal, catalog: Catalog) -> list[str]:
    notes = [f"not reached: {target}" for target in rehearsal.unreached]
    for notification in rehearsal.notifications:
        if notification.error:
            gateway = catalog.gateways.get(notification.gateway)
            where = f", {gateway.source}" if gateway and gateway.source else ""
            notes.append(
                f"not delivered: to {catalog.name_of(notification.recipient)} by {notification.gateway}"
                f" ({notification.error}{where})"
            )
    return notes


def _wait(context: Context, rehearsal: Rehearsal, span: Span, notes: Sequence[str]) -> list[AddressTrial]:
    """Wait for the answers; what is heard meanwhile is said at once, on stderr."""
    from escalate_cli.passes.way_back import listen

    catalog = context.catalog
    asked = [
        (trial, notification)
        for trial, notification in zip(rehearsal.trials, rehearsal.notifications, strict=True)
        if trial is not None and notification.sent_at is not None
    ]
    with Signals().heard() as signals, outlets(context.options) as (_, talk):
        say = (lambda line: None) if context.options.quiet else talk.say
        for note in notes:
            talk.say(note)
        if not asked:
            return []
        by = ", ".join(dict.fromkeys(notification.gateway for _, notification in asked))
        say(f"waiting {show_duration(span)} for answers by {by}; Ctrl-C ends it")
        return listen(
            context,
            [trial for trial, _ in asked],
            span,
            signals,
            heard=lambda trial: say(_came_back(trial, catalog)),
            trouble=talk.say,
        )


def _lines(rehearsal: Rehearsal, waited: dict[int, AddressTrial], span: Span, catalog: Catalog) -> list[str]:
    """What was heard, a line for each person and gateway."""
    lines = [f"{target}: not reached" for target in rehearsal.unreached]
    for notification, number in zip(rehearsal.notifications, rehearsal.trials, strict=True):
        who = f"{catalog.name_of(notification.recipient)} by {notification.gateway}"
        trial = waited.get(number or 0)
        if notification.error:
            lines.append(way_back.not_sent(who, notification.error))
        elif trial is None:
            where = catalog.gateways[notification.gateway].source if notification.recipient.is_person else ""
            lines.append(way_back.not_asked(who, notification.gateway, where))
        else:
            lines.append(_came_back(trial, catalog) if trial.heard else way_back.silence(who, span))
    return lines


def _came_back(trial: AddressTrial, catalog: Catalog) -> str:
    who = f"{catalog.name_of(trial.recipient)} by {trial.gateway}"
    if trial.answered_at is None:
        return way_back.no_answer(who, trial.line, trial.heard)
    after = trial.answered_at - (trial.sent_at or trial.created_at)
    return way_back.answered(who, trial.line, after, trial.heard)
