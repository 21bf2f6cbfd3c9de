"""Running a job, of cron's or of somebody's: an incident when it fails, the end of that when it works."""

from __future__ import annotations

from typing import Annotated

import typer

from escalate_cli.actions.job import Job, JobEnding, JobOutcome, follow_up
from escalate_cli.cli.arguments import SeverityOption
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.wrapped.process import Ending, HeardSignals, run_wrapped
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import NotificationKind, NotificationStatus, Situation
from escalate_cli.core.wording.note import Note
from escalate_cli.errors import EscalateError, UsageProblem
from escalate_cli.views.job import job_data


def run_job(
    context: Context,
    command: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND…", help="The command, with its own options")
    ],
    service: Annotated[
        str | None,
        typer.Option(
            "--service",
            "-s",
            metavar="S",
            help="The service that suffers when it fails",
            autocompletion=known("services"),
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="K", help="Its failures are one incident; else service and command"),
    ] = None,
    severity: SeverityOption = None,
) -> Answer:
    """Run a command and pass on its output and its exit code. When it fails, an incident is declared
    with the end of its output; when it works again, that is over.

    Whatever goes wrong in escalate itself is said on stderr: the command runs, and its exit code stays.
    """
    if not command:
        raise UsageProblem(
            "there is no command to run", "write it behind `--`: escalate run --service login -- backup.sh"
        )
    with HeardSignals() as signals:
        ending = run_wrapped(command, signals, context.inherited)
        told = JobEnding(ending.exit_code, _how(ending), ending.output, ending.is_cut)
        outcome = follow_up(context, Job(tuple(command), service, severity, key), told)
        return _answer(context, ending, outcome, command[0])


def _how(ending: Ending) -> str:
    if ending.not_run is not None:
        return f"{ending.not_run} (exit code {ending.exit_code})"
    if ending.signal is not None:
        return f"killed by {ending.signal} (exit code {ending.exit_code})"
    return f"exit code {ending.exit_code}"


def _answer(context: Context, ending: Ending, outcome: JobOutcome, program: str) -> Answer:
    told = [f"escalate: not all of its output was passed on: {trouble}" for trouble in ending.troubles]
    declared, resolved = outcome.declared, outcome.resolved
    notes = list[Note]()
    if declared is not None:
        began = "is declared" if declared.created else "goes on"
        paged = _paged(declared.situation, context, "paged" if declared.created else "paged before")
        told.append(f"escalate: {_how(ending)}: incident #{declared.number} {began}{paged}")
        notes += declared.notes
    if resolved is not None:
        numbers = ", ".join(f"#{situation.incident.id}" for situation in resolved.situations)
        told.append(f"escalate: it works again: incident {numbers} is resolved")
        notes += resolved.notes
    failures = list(outcome.failures)
    if ending.not_run is not None:  # as a shell would say it
        failures.insert(0, EscalateError(f"{program}: {ending.not_run}", code="not-run"))
    return Answer(
        job_data(ending.exit_code, ending.signal, outcome),
        "\n".join(told),
        ending.exit_code,
        [note.text for note in notes],
        acted=True,
        failures=failures,
        aside=True,
    )


def _paged(situation: Situation | None, context: Context, verb: str) -> str:
    """Whom its pages have reached so far."""
    if situation is None:
        return ""
    names = dict.fromkeys(
        context.running_catalog.name_of(notification.recipient)
        for notification in situation.notifications
        if notification.kind is NotificationKind.PAGE and notification.status is NotificationStatus.SENT
    )
    return f"; {verb}: {', '.join(names)}" if names else ""
