"""What a delivery came to: the exit code, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.core.incident.situation import Situation
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import ExitCode


def nobody_is_paged(situation: Situation) -> list[str]:
    """Said when an open incident has reached nobody at all, though nothing holds it back: its teams
    cannot be reached as things stand.
    """
    if (
        situation.notifications
        or not situation.paging
        or any(escalation.muted or escalation.held is not None for escalation in situation.escalations)
    ):
        return []
    return [
        "nobody could be paged: no level reaches anyone, and [fallback] names nobody; it is tried again. Run"
        " `escalate check`"
    ]


def undelivered(report: PassReport) -> ExitCode:
    """The exit code for what a delivery came to."""
    return ExitCode.UNDELIVERED if report.failed or report.retrying or report.troubles else ExitCode.DONE


def failure_notes(situations: Sequence[Situation], report: PassReport | None) -> list[str]:
    """What this delivery could not deliver, and what becomes of it, one line each."""
    if report is None:
        return []
    notes = list(report.troubles)
    for one in (notification for situation in situations for notification in situation.notifications):
        if one.id in report.undelivered and one.error:
            what = {"retrying": "will be tried again", "failed": "given up"}.get(
                one.status.value, "no longer needed"
            )
            notes.append(
                f"not delivered: {one.kind.value} to {one.recipient} by {one.gateway} ({one.error}); {what}"
            )
    return notes
