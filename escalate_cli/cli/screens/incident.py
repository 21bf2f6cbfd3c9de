"""An incident as a tired person sees it at 3 am: what is broken, who has been told, who is next and
when, what to type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import MINUTE, Instant, show_about
from escalate_cli.core.calendar.moment import from_now, wall_time
from escalate_cli.core.changes.acting import JUST_BEFORE
from escalate_cli.core.escalation.maintenance import quiet
from escalate_cli.core.escalation.waiting import reasons
from escalate_cli.core.events import MessageAdded
from escalate_cli.core.incident.situation import (
    Entry,
    Escalation,
    EscalationStatus,
    Incident,
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Nudge,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.messages.message import next_of
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.policy import OnExpiry
from escalate_cli.core.wording.reasons import meaning, purpose

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN = 12
"""rows of people told; the rest is on the timeline"""


def soon(at: Instant | None, now: Instant) -> str:
    """How far ahead `at` is, as coarsely as the eye wants it: `in 45s`, `in 5m`, `now`; "–" for None."""
    if at is None:
        return "–"
    ahead = at - now
    if ahead <= 0:
        return "now"
    return f"in {show_about(-(-ahead // MINUTE) * MINUTE)}" if ahead > 2 * MINUTE else from_now(at, now)


def title_line(incident: Incident, catalog: Catalog, now: Instant) -> Any:
    """`#42  CRITICAL  open  for 12m  Customers cannot sign in`: the title last, since it may be long."""
    from rich.text import Text

    loud = (
        catalog.severity(incident.severity).urgency is Urgency.HIGH
        and incident.status is not IncidentStatus.RESOLVED
    )
    lasted = f"for {show_about(now - incident.declared_at)}"
    if incident.resolved_at is not None:
        lasted = f"after {show_about(incident.resolved_at - incident.declared_at)}"
    return Text("  ").join(
        [
            style.piece(f"#{incident.id}", "bold"),
            style.piece(incident.severity.upper(), "bold white on red" if loud else "bold"),
            style.state(incident.status.value),
            style.piece(lasted, "dim"),
            style.piece(short_title(incident.title), "bold"),
        ]
    )


def short_title(title: str, limit: int = 300) -> str:
    return title if len(title) <= limit else title[: limit - 1] + "…"


def draw_declared(
    console: Console, situation: Situation, news: Sequence[str] | None, catalog: Catalog, now: Instant
) -> None:
    """What `declare` answers; of an incident that was open already, what became of the `news`
    (None: it is new).
    """
    if news is not None:
        what = "; ".join(news) or "nothing new was said of it"
        console.print(
            style.piece(f"Incident {situation.incident.id} is open with this key already: {what}.", "yellow")
        )
    draw_incident(console, situation, catalog, now)


def draw_brief(
    console: Console, situation: Situation, catalog: Catalog, now: Instant, *, changed: bool = True
) -> None:
    """What an action on an incident answers: how it is now, whom the action has told, also by what
    had lapsed before it, and what comes next.
    """
    console.print(title_line(situation.incident, catalog, now))
    fresh = [
        notification
        for notification in situation.notifications
        if notification.created_at >= situation.incident.updated_at - JUST_BEFORE
    ]
    if changed and any(one.status in _TOLD for one in fresh):
        _draw_told(console, replace(situation, notifications=tuple(fresh)), catalog, now)
    _draw_next(console, situation, catalog, now)


def draw_incident(
    console: Console, situation: Situation, catalog: Catalog, now: Instant, *, entries: Sequence[Entry] = ()
) -> None:
    """The whole incident; of its timeline, `entries`, only the latest message."""
    console.print(title_line(situation.incident, catalog, now))
    console.print(style.pairs([*_what(situation, catalog, now), *_latest_message(entries, catalog, now)]))
    _draw_told(console, situation, catalog, now)
    _draw_next(console, situation, catalog, now)
    _draw_type(console, situation)


def _latest_message(entries: Sequence[Entry], catalog: Catalog, now: Instant) -> list[tuple[str, object]]:
    for entry in reversed(entries):
        if isinstance(entry.event, MessageAdded):
            by = f" by {_person(entry.by, catalog)}" if entry.by else ""
            return [
                (
                    "latest update",
                    f"{entry.event.message}  ({wall_time(entry.at, catalog.settings.timezone, now)}{by})",
                )
            ]
    return []


def _what(situation: Situation, catalog: Catalog, now: Instant) -> list[tuple[str, object]]:
    incident = situation.incident
    zone = catalog.settings.timezone
    names = [
        f"{catalog.services[service].name} ({service})" if service in catalog.services else service
        for service in incident.services
    ]
    by = f" by {_person(incident.declared_by, catalog)}" if incident.declared_by else ""
    taken = incident.acknowledged_at
    rows: list[tuple[str, object]] = [
        ("affected", names or style.piece("no service known yet", "yellow")),
        ("message", incident.message),
        ("declared", f"{wall_time(incident.declared_at, zone, now)}{by}"),
        ("lead", _person(incident.lead, catalog) if incident.lead else None),
        ("labels", [f"{name}={value}" for name, value in incident.labels.items()]),
        ("key", incident.key),
        *_links(incident, catalog),
    ]
    if taken is not None:
        rows.append(
            ("acknowledged", f"{wall_time(taken, zone, now)} by {_person(incident.acknowledged_by, catalog)}")
        )
    if incident.resolved_at is not None:
        rows.append(("resolved", wall_time(incident.resolved_at, zone, now)))
    rows += [("maintenance", one) for one in _maintenance(situation, catalog, now)]
    concerned = may_also_concern(incident, catalog)
    if concerned and incident.status is not IncidentStatus.RESOLVED:
        rows.append(("may also concern", concerned))
    candidates = incident.routing.get("candidates") or []
    if not incident.services and candidates:
        rows.append(
            (
                "may be",
                [f"{candidate['name']} (--service {candidate['service']})" for candidate in candidates[:3]],
            )
        )
    if incident.suggestion in catalog.services and incident.suggestion not in incident.services:
        name = catalog.services[incident.suggestion or ""].name
        rows.append(("sounds like", f"{name}: escalate update {incident.id} --service {incident.suggestion}"))
    return rows


def _maintenance(situation: Situation, catalog: Catalog, now: Instant) -> list[str]:
    """Which services in scope page nobody, until when, and whose doing that is."""
    if situation.incident.status is IncidentStatus.RESOLVED:
        return []
    zone = catalog.settings.timezone
    found = [quiet(situation.maintenance, catalog, service, now) for service in situation.incident.services]
    return [
        f"{catalog.service_name(one.service)} pages nobody until "
        f"{wall_time(one.until_at, zone, now)}"
        + (f", by {_person(one.by, catalog)}" if one.by else "")
        + (f": {one.reason}" if one.reason else "")
        for one in found
        if one is not None
    ]


def may_also_concern(incident: Incident, catalog: Catalog) -> list[str]:
    """What the services in scope depend on, with the team behind it."""
    needed = [
        depend
        for service in incident.services
        if service in catalog.services
        for depend in catalog.services[service].depends_on
    ]
    found = [
        catalog.services[fromkey]
        for fromkey in dict.fromkeys(needed)
        if fromkey in catalog.services and fromkey not in incident.services
    ]
    return [f"{one.name} ({catalog.team_name(one.team)})" for one in found]


def _links(incident: Incident, catalog: Catalog) -> list[tuple[str, object]]:
    """The runbooks and dashboards of what is affected."""
    found: dict[str, dict[str, None]] = {}
    for service in incident.services:
        for name, url in catalog.services[service].links.items() if service in catalog.services else ():
            found.setdefault(name, {})[url] = None
    return [(name, "\n".join(urls)) for name, urls in found.items()]


def _person(person: str | None, catalog: Catalog) -> str:
    return catalog.person_name(person) if person else "–"


_TOLD = (
    NotificationStatus.SENT,
    NotificationStatus.SENDING,
    NotificationStatus.RETRYING,
    NotificationStatus.FAILED,
)
_TO_COME = (NotificationStatus.PENDING, NotificationStatus.RETRYING)


def _draw_told(console: Console, situation: Situation, catalog: Catalog, now: Instant) -> None:
    """Who has been told, and who could not be; what is still to come is under Next."""
    every = [notification for notification in situation.notifications if notification.status in _TOLD]
    with_it: dict[int | None, list[Notification]] = {one.id: [] for one in every}
    told = [one for one in every if one.bundled_with not in with_it]
    for one in every:
        # what went out in the message of another is told with that one
        with_it.get(one.bundled_with, []).append(one)
    console.print()
    console.print(style.piece("Told", "bold") if told else style.piece("Nobody has been told", "bold red"))
    if not told:
        return
    latest = sorted(told, key=lambda one: (_told_at(one), one.id))[-_SHOWN:]
    if len(told) > len(latest):
        console.print(
            style.piece(
                f"  {len(told) - len(latest)} earlier: escalate timeline {situation.incident.id}", "dim"
            )
        )
    rows = [_told_row(one, with_it[one.id], catalog, now) for one in latest]
    console.print(style.table(("at", "who", "by", "", "because"), rows, wrap=("because",)))


def _told_at(one: Notification) -> Instant:
    return one.sent_at or (one.created_at if one.status is NotificationStatus.RETRYING else one.due_at)


def _told_row(
    one: Notification, with_it: Sequence[Notification], catalog: Catalog, now: Instant
) -> tuple[object, ...]:
    at = wall_time(_told_at(one), catalog.settings.timezone, now)
    why = "; also ".join(_why_told(each, catalog) for each in (one, *with_it))
    return at, catalog.name_of(one.recipient), one.gateway, style.state(one.status.value), why


def _why_told(one: Notification, catalog: Catalog) -> str:
    """In as few words as a glance takes; the timeline has them all."""
    if one.error and one.status is NotificationStatus.FAILED:
        return f"{one.error}; given up"
    if one.error and one.status is NotificationStatus.RETRYING:
        return one.error
    reason = one.reason
    who, why = (
        meaning(reason.meant, catalog),
        "; ".join(text for text in (purpose(reason.cause, catalog), *reason.without) if text),
    )
    if one.kind is NotificationKind.NUDGE:
        return f"asked about nudge {one.nudge_id}"
    if one.kind is NotificationKind.RESOLVED:
        return "told that it is over"
    if one.kind is NotificationKind.INFORM:
        return f"informed: {why or one.note or who}"
    return f"level {one.level}, {who}" if one.level else why or who


def _draw_next(console: Console, situation: Situation, catalog: Catalog, now: Instant) -> None:
    if situation.incident.status is IncidentStatus.RESOLVED:
        return
    zone = catalog.settings.timezone
    rows = [(wall_time(at, zone, now), soon(at, now), text) for at, text in _to_come(situation, catalog, now)]
    style.heading(console, "Next, unless someone acknowledges" if situation.paging else "Next")
    console.print(style.table(("at", "in", "what"), rows, wrap=("what",)))


def _to_come(situation: Situation, catalog: Catalog, now: Instant) -> list[tuple[Instant | None, str]]:
    """What happens next and when, soonest first; the reason where nothing does."""
    found: list[tuple[Instant | None, str]] = list(_messages_to_come(situation, catalog))
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
        found.append((reason.until, f"{name}: {text or reason.text}" if name else reason.text))
    found += [
        (nudge.expires_at, _without_an_answer(nudge))
        for nudge in situation.nudges
        if nudge.status is NudgeStatus.OPEN
    ]
    return sorted(dict.fromkeys(found), key=lambda row: (row[0] is None, row[0] or 0))


def _messages_to_come(situation: Situation, catalog: Catalog) -> dict[tuple[Instant | None, str], None]:
    """Later notification steps and retries."""
    found: dict[tuple[Instant | None, str], None] = {}
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
            found[
                notification.due_at,
                f"{catalog.name_of(notification.recipient)} by {notification.gateway}{again}{held}",
            ] = None
    return found


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


def _draw_type(console: Console, situation: Situation) -> None:
    incident = situation.incident
    if incident.status is IncidentStatus.RESOLVED:
        lines = [f"escalate timeline {incident.id}", f"escalate reopen {incident.id}"]
    elif incident.status is IncidentStatus.ACKNOWLEDGED:
        lines = [f'escalate update {incident.id} --message "…"', f"escalate resolve {incident.id}"]
    else:
        lines = [f"escalate ack {incident.id}", f"escalate resolve {incident.id}"]
    for nudge in situation.nudges:
        if nudge.status is NudgeStatus.OPEN:
            lines.append(f"escalate nudge {nudge.id} yes|no   ({nudge.rule}: {nudge.action})")
    style.heading(console, "Type")
    for line in lines:
        console.print(style.piece(f"  {line}", "bold cyan"))


def draw_list(
    console: Console, incidents: list[tuple[Incident, Situation]], catalog: Catalog, now: Instant
) -> None:
    """Incidents as a table."""
    console.print(list_table(incidents, catalog, now))


def list_table(incidents: list[tuple[Incident, Situation]], catalog: Catalog, now: Instant) -> Any:
    """The table of incidents, in the order given, with what is next: when, and to whom."""
    rows = []
    for incident, situation in incidents:
        teams = ", ".join(dict.fromkeys(escalation.team for escalation in situation.escalations))
        rows.append(
            (
                f"#{incident.id}",
                style.state(incident.status.value),
                style.piece(
                    incident.severity,
                    "bold" if catalog.severity(incident.severity).urgency is Urgency.HIGH else "",
                ),
                show_about((incident.resolved_at or now) - incident.declared_at),
                teams,
                whats_next(situation, catalog, now),
                short_title(incident.title, 120),
            )
        )
    return style.table(
        ("id", "status", "severity", "for", "teams", "next", "title"), rows, wrap=("title", "teams", "next")
    )


def whats_next(situation: Situation, catalog: Catalog, now: Instant) -> str:
    """`in 2m: Ana Ruiz, in 5m: Bo Chen`: the message that waits, and the next step, where it comes
    after that.
    """
    step_at = situation.incident.next_due_at
    waiting = [notification for notification in situation.notifications if notification.status in _TO_COME]
    message_at = min((one.due_at for one in waiting), default=None)
    paging = [
        escalation
        for escalation in situation.escalations
        if escalation.next_at is not None and escalation.next_at == step_at
    ]
    upcoming = [next_of(one, situation, catalog, now) for one in paging]
    step = [name for one in upcoming if one is not None for name in one.people]
    if message_at is None or (step_at is not None and step_at < message_at):
        return _who_when(step_at, step, now)
    told = [catalog.name_of(one.recipient) for one in waiting if one.due_at == message_at]
    if step_at is None or step_at == message_at or not set(step) - set(told):
        return _who_when(message_at, told + step if step_at == message_at else told, now)
    return f"{_who_when(message_at, told, now)}, {_who_when(step_at, step, now)}"


def _who_when(at: Instant | None, names: Sequence[str], now: Instant) -> str:
    people = list(dict.fromkeys(names))
    return soon(at, now) + (f": {', '.join(people[:3])}{' …' if len(people) > 3 else ''}" if people else "")
