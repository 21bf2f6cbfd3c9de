"""What happens next to an incident and when, unless somebody acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.cli.screens.incident_lines import soon
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import short_zone, wall_time
from escalate_cli.core.escalation.upcoming import next_of
from escalate_cli.core.escalation.waiting_reasons import reasons
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Nudge,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import OnExpiry
from escalate_cli.core.wording.rules import action_in_words
from escalate_cli.views.board import TO_COME

if TYPE_CHECKING:
    from rich.console import Console


def draw_next(
    console: Console, situation: Situation, catalog: Catalog, now: Instant, *, tight: bool = False
) -> None:
    """What happens next and when; `tight`: without an empty line above, and without those to whom
    nothing happens any more.
    """
    if situation.incident.status is IncidentStatus.RESOLVED:
        return
    zone = catalog.settings.timezone
    coming = _to_come(situation, catalog, now)
    head = "Next, unless someone acknowledges" if situation.paging else "Next"
    style.heading(console, head, above=not tight)
    if all(at is None for at, _ in coming):
        for _, text in coming:
            console.print(style.piece(f"  {text}"))
        return
    coming = [(at, text) for at, text in coming if at is not None or not tight]
    rows = [(wall_time(at, zone, now), soon(at, now), text) for at, text in coming]
    console.print(style.table((f"at {short_zone(zone, now)}", "in", "what"), rows, wrap=("what",)))


def _to_come(situation: Situation, catalog: Catalog, now: Instant) -> list[tuple[Instant | None, str]]:
    """What happens next and when, soonest first; the reason where nothing does."""
    rows: list[tuple[Instant | None, str]] = list(_messages_to_come(situation, catalog))
    for reason in reasons(situation, catalog):
        if reason.team is None and reason.until is not None:
            continue  # a nudge: told below, with what becomes of it
        running = [
            esc for esc in situation.escalations if esc.team == reason.team and esc.next_at == reason.until
        ]
        text = _next_step(running[0], situation, catalog, now) if running else None
        if reason.until is not None and any(esc.snoozed_until == reason.until for esc in running):
            text = "snoozed; then it pages again"
        if reason.team and reason.until is None and _is_taken(situation, reason.team):
            text = "nobody is paged any more"
        name = catalog.team_name(reason.team) if reason.team else None
        rows.append((reason.until, f"{name}: {text or reason.text}" if name else reason.text))
    rows += [
        (nudge.expires_at, _without_an_answer(nudge, catalog))
        for nudge in situation.nudges
        if nudge.status is NudgeStatus.OPEN
    ]
    return sorted(dict.fromkeys(rows), key=lambda row: (row[0] is None, row[0] or 0))


def _is_taken(situation: Situation, team: str) -> bool:
    return any(
        escalation.team == team and escalation.status is EscalationStatus.ACKNOWLEDGED
        for escalation in situation.escalations
    )


def _messages_to_come(situation: Situation, catalog: Catalog) -> dict[tuple[Instant | None, str], None]:
    """Later notification steps and retries."""
    rows: dict[tuple[Instant | None, str], None] = {}
    for notification in situation.notifications:
        if notification.status in TO_COME:
            gateway = catalog.gateways.get(notification.gateway)
            most = f" of {gateway.attempts}" if gateway else ""
            again = (
                f", attempt {notification.attempts + 1}{most}"
                if notification.status is NotificationStatus.RETRYING
                else ""
            )
            held = ", in a digest: [limits] hold it back" if notification.waits_for_digest else ""
            name = catalog.name_of(notification.recipient)
            what = f"{name} by {notification.gateway}{_about(notification)}{again}{held}"
            rows[notification.due_at, what] = None
    return rows


def _about(notification: Notification) -> str:
    """What a message is about that is no page."""
    return {
        NotificationKind.NUDGE: f", about nudge {notification.nudge_id}",
        NotificationKind.INFORM: ", for information",
        NotificationKind.RESOLVED: ", that it is over",
    }.get(notification.kind, "")


def _next_step(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> str | None:
    """Whom the escalation pages next; None where the reason why it waits says more."""
    if escalation.status not in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED) or escalation.muted:
        return None
    upcoming = next_of(escalation, situation, catalog, now)
    return upcoming.text if upcoming is not None else None


def _without_an_answer(nudge: Nudge, catalog: Catalog) -> str:
    action = action_in_words(nudge.proposal.action, catalog)
    becomes = f"{action} without being asked" if nudge.proposal.on_expiry is OnExpiry.PAGE else "dropped"
    return (
        f"nudge {nudge.id} without an answer: {becomes}"
        if nudge.expires_at
        else f"nudge {nudge.id} waits for an answer"
    )
