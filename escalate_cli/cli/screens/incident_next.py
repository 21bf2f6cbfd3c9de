"""What happens next to an incident and when, unless somebody acts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import MINUTE, Instant, show_about
from escalate_cli.core.calendar.moment import from_now, wall_time
from escalate_cli.core.escalation.waiting_reasons import reasons
from escalate_cli.core.incident.situation import (
    Escalation,
    EscalationStatus,
    IncidentStatus,
    NotificationStatus,
    Nudge,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.messages.message import next_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import OnExpiry

if TYPE_CHECKING:
    from rich.console import Console


_TO_COME = (NotificationStatus.PENDING, NotificationStatus.RETRYING)


def soon(at: Instant | None, now: Instant) -> str:
    """How far ahead `at` is, as coarsely as the eye wants it: `in 45s`, `in 5m`, `now`; "–" for None."""
    if at is None:
        return "–"
    ahead = at - now
    if ahead <= 0:
        return "now"
    return f"in {show_about(-(-ahead // MINUTE) * MINUTE)}" if ahead > 2 * MINUTE else from_now(at, now)


def whats_next(situation: Situation, catalog: Catalog, now: Instant) -> str:
    """`in 2m: Ana Ruiz, in 5m: Bo Chen`: the message that waits, and the next step, where it comes
    after that.
    """
    step_at = situation.incident.next_due_at
    waiting = [notification for notification in situation.notifications if notification.status in _TO_COME]
    message_at = min((notification.due_at for notification in waiting), default=None)
    paging = [
        escalation
        for escalation in situation.escalations
        if escalation.next_at is not None and escalation.next_at == step_at
    ]
    upcoming = [next_of(page, situation, catalog, now) for page in paging]
    step = [name for level in upcoming if level is not None for name in level.people]
    if message_at is None or (step_at is not None and step_at < message_at):
        return _who_when(step_at, step, now)
    told = [
        catalog.name_of(notification.recipient)
        for notification in waiting
        if notification.due_at == message_at
    ]
    if step_at is None or step_at == message_at or not set(step) - set(told):
        return _who_when(message_at, told + step if step_at == message_at else told, now)
    return f"{_who_when(message_at, told, now)}, {_who_when(step_at, step, now)}"


def _who_when(at: Instant | None, names: Sequence[str], now: Instant) -> str:
    people = list(dict.fromkeys(names))
    return soon(at, now) + (f": {', '.join(people[:3])}{' …' if len(people) > 3 else ''}" if people else "")


def draw_next(console: Console, situation: Situation, catalog: Catalog, now: Instant) -> None:
    if situation.incident.status is IncidentStatus.RESOLVED:
        return
    zone = catalog.settings.timezone
    rows = [(wall_time(at, zone, now), soon(at, now), text) for at, text in _to_come(situation, catalog, now)]
    style.heading(console, "Next, unless someone acknowledges" if situation.paging else "Next")
    console.print(style.table(("at", "in", "what"), rows, wrap=("what",)))


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
        name = catalog.team_name(reason.team) if reason.team else None
        rows.append((reason.until, f"{name}: {text or reason.text}" if name else reason.text))
    rows += [
        (nudge.expires_at, _without_an_answer(nudge))
        for nudge in situation.nudges
        if nudge.status is NudgeStatus.OPEN
    ]
    return sorted(dict.fromkeys(rows), key=lambda row: (row[0] is None, row[0] or 0))


def _messages_to_come(situation: Situation, catalog: Catalog) -> dict[tuple[Instant | None, str], None]:
    """Later notification steps and retries."""
    rows: dict[tuple[Instant | None, str], None] = {}
    for notification in situation.notifications:
        if notification.status in _TO_COME:
            gateway = catalog.gateways.get(notification.gateway)
            most = f" of {gateway.attempts}" if gateway else ""
            again = (
                f", attempt {notification.attempts + 1}{most}"
                if notification.status is NotificationStatus.RETRYING
                else ""
            )
            held = ", in a digest: [limits] hold it back" if notification.waits_for_digest else ""
            rows[
                notification.due_at,
                f"{catalog.name_of(notification.recipient)} by {notification.gateway}{again}{held}",
            ] = None
    return rows


def _next_step(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> str | None:
    """Whom the escalation pages next; None where the reason why it waits says more."""
    if escalation.status not in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED) or escalation.muted:
        return None
    upcoming = next_of(escalation, situation, catalog, now)
    return upcoming.text if upcoming is not None else None


def _without_an_answer(nudge: Nudge) -> str:
    becomes = (
        f"{nudge.action} without being asked" if nudge.proposal.on_expiry is OnExpiry.PAGE else "dropped"
    )
    return (
        f"nudge {nudge.id} without an answer: {becomes}"
        if nudge.expires_at
        else f"nudge {nudge.id} waits for an answer"
    )
