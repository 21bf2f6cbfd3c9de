"""What follows an act: what it made due is delivered at once, and what has to be said of that."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, show_duration
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.incident.situation import Notification, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.note import Note, NoteCode
from escalate_cli.engine.engine import deliver
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.rebuilding import with_sound_indexes
from escalate_cli.errors import ExitCode


def deliver_now(context: Context, incidents: Sequence[int]) -> PassReport:
    """Send what is due of these incidents, without waiting for a pass."""
    return with_sound_indexes(context, lambda: deliver(context, incidents))


def undelivered(report: PassReport) -> ExitCode:
    """The exit code for what a delivery came to."""
    return ExitCode.UNDELIVERED if report.failed or report.retrying or report.troubles else ExitCode.DONE


def nobody_is_paged(situation: Situation) -> list[Note]:
    """Said when an open incident has reached nobody at all, though nothing holds it back: its teams
    cannot be reached as things stand.
    """
    held_back = any(escalation.muted or escalation.held is not None for escalation in situation.escalations)
    if situation.notifications or not situation.paging or held_back:
        return []
    text = (
        "nobody could be paged: no level reaches anyone, and [fallback] names nobody; it is tried again. Run"
        " `escalate check`"
    )
    return [Note(NoteCode.NOBODY_PAGED, text, situation.incident.id)]


def delivery_notes(situations: Sequence[Situation], report: PassReport, catalog: Catalog) -> list[Note]:
    """What this delivery could not deliver, and what becomes of it."""
    notes = [Note(NoteCode.TROUBLE, trouble) for trouble in report.troubles]
    for situation in situations:
        notes += [
            Note(NoteCode.NOT_DELIVERED, _not_delivered(notification, catalog), situation.incident.id)
            for notification in situation.notifications
            if notification.id in report.undelivered and notification.error
        ]
    return notes


def _not_delivered(notification: Notification, catalog: Catalog) -> str:
    becomes = {"retrying": "will be tried again", "failed": "given up"}
    return (
        f"not delivered: {notification.kind.in_words} to {catalog.name_of(notification.recipient)}"
        f" by {notification.gateway}"
        f" ({notification.error}); {becomes.get(notification.status.value, 'no longer needed')}"
    )


def held_back_notes(situations: Sequence[Situation], catalog: Catalog, now: Instant) -> list[Note]:
    """What `[limits]` hold back for a digest."""
    return [
        Note(NoteCode.HELD_BACK, _held_back(notification, situation, catalog, now), situation.incident.id)
        for situation in situations
        for notification in situation.notifications
        if notification.waits_for_digest
    ]


def _held_back(notification: Notification, situation: Situation, catalog: Catalog, now: Instant) -> str:
    limits, zone = catalog.limits, catalog.settings.timezone
    what = f"{notification.kind.in_words} to {catalog.name_of(notification.recipient)}"
    return (
        f"held back by [limits] ({limits.messages} in {show_duration(limits.per)}): {what}"
        f" by {notification.gateway} about #{situation.incident.id}, in one digest at about"
        f" {named_wall_time(notification.due_at, zone, now)}"
    )
