"""An incident as a tired person sees it at 3 am: what is broken, who has been told, who is next and when, what to type."""

from __future__ import annotations

from typing import Any

from escalate_cli.cli import screens
from escalate_cli.core.catalog import Catalog, Urgency
from escalate_cli.core.duration import DAY, Instant, show_about
from escalate_cli.core.hours import instant_to_local
from escalate_cli.core.message import next_of
from escalate_cli.core.model import EscalationStatus, Incident, IncidentStatus, Notification, NotificationStatus, NudgeStatus, Situation
from escalate_cli.core.moment import from_now
from escalate_cli.core.plan import reasons
from escalate_cli.core.targets import name_of

_SHOWN = 12
"""rows of people told; the rest is on the timeline"""


def wall_time(at: Instant | None, zone: str, now: Instant) -> str:
    """A time of day; with the date where it is not of the last or next half day."""
    if at is None:
        return "–"
    local = instant_to_local(at, zone)
    return f"{local:%H:%M}" if abs(at - now) < DAY // 2 else f"{local:%a %d %b %H:%M}"


def title_line(incident: Incident, catalog: Catalog, now: Instant) -> Any:
    """`#42 Customers cannot sign in  CRITICAL  open  12m`."""
    from rich.text import Text

    loud = catalog.severity(incident.severity).urgency is Urgency.HIGH and incident.status is not IncidentStatus.RESOLVED
    end = incident.resolved_at if incident.resolved_at is not None else now
    return Text("  ").join(
        [
            screens.words(f"#{incident.id} {_short(incident.title)}", "bold"),
            screens.words(incident.severity.upper(), "bold white on red" if loud else "bold"),
            screens.state(incident.status.value),
            screens.words(f"for {show_about(end - incident.declared_at)}", "dim"),
        ]
    )


def _short(title: str) -> str:
    return title if len(title) <= 300 else title[:299] + "…"


def draw_declared(console: Any, situation: Situation, created: bool, catalog: Catalog, now: Instant) -> None:
    """What `declare` answers."""
    if not created:
        console.print(screens.words(f"Incident {situation.incident.id} is open with this key already.", "yellow"))
    draw_incident(console, situation, catalog, now)


def draw_brief(console: Any, situation: Situation, verb: str, catalog: Catalog, now: Instant) -> None:
    """What an action on an incident answers: how it is now, and what comes next."""
    console.print(title_line(situation.incident, catalog, now))
    _draw_next(console, situation, catalog, now)


def draw_incident(console: Any, situation: Situation, catalog: Catalog, now: Instant) -> None:
    """The whole incident but its timeline."""
    console.print(title_line(situation.incident, catalog, now))
    console.print(screens.facts(_what(situation, catalog, now)))
    _draw_told(console, situation, catalog, now)
    _draw_next(console, situation, catalog, now)
    _draw_type(console, situation)


def _what(situation: Situation, catalog: Catalog, now: Instant) -> list[tuple[str, object]]:
    incident = situation.incident
    zone = catalog.settings.timezone
    names = [f"{catalog.services[one].name} ({one})" if one in catalog.services else one for one in incident.services]
    by = f" by {_person(incident.declared_by, catalog)}" if incident.declared_by else ""
    taken = incident.acknowledged_at
    rows: list[tuple[str, object]] = [
        ("affected", names or screens.words("no service known yet", "yellow")),
        ("message", incident.message),
        ("declared", f"{wall_time(incident.declared_at, zone, now)}{by}"),
        ("lead", _person(incident.lead, catalog) if incident.lead else None),
        ("labels", [f"{name}={value}" for name, value in incident.labels.items()]),
        ("key", incident.key),
    ]
    if taken is not None:
        rows.append(("acknowledged", f"{wall_time(taken, zone, now)} by {_person(incident.acknowledged_by, catalog)}"))
    if incident.resolved_at is not None:
        rows.append(("resolved", wall_time(incident.resolved_at, zone, now)))
    concerned = may_also_concern(incident, catalog)
    if concerned and incident.status is not IncidentStatus.RESOLVED:
        rows.append(("may also concern", concerned))
    candidates = incident.routing.get("candidates") or []
    if not incident.services and candidates:
        rows.append(("may be", [f"{one['name']} (--service {one['service']})" for one in candidates[:3]]))
    if incident.suggestion in catalog.services and incident.suggestion not in incident.services:
        name = catalog.services[incident.suggestion or ""].name
        rows.append(("sounds like", f"{name}: escalate update {incident.id} --service {incident.suggestion}"))
    return rows


def may_also_concern(incident: Incident, catalog: Catalog) -> list[str]:
    """What the services in scope depend on, with the team behind it."""
    needed = [one for service in incident.services if service in catalog.services for one in catalog.services[service].depends_on]
    found = [catalog.services[one] for one in dict.fromkeys(needed) if one in catalog.services and one not in incident.services]
    return [f"{one.name} ({catalog.teams[one.team].name if one.team in catalog.teams else one.team})" for one in found]


def _person(person: str | None, catalog: Catalog) -> str:
    return name_of(f"person:{person}", catalog) if person else "–"


def _draw_told(console: Any, situation: Situation, catalog: Catalog, now: Instant) -> None:
    told = [one for one in situation.notifications if one.status is not NotificationStatus.CANCELLED]
    screens.heading(console, "Told" if told else "Nobody has been told")
    if not told:
        return
    latest = sorted(told, key=lambda one: (one.sent_at or one.due_at, one.id))[-_SHOWN:]
    if len(told) > len(latest):
        console.print(screens.words(f"  {len(told) - len(latest)} earlier: escalate timeline {situation.incident.id}", "dim"))
    rows = [_told_row(one, catalog, now) for one in latest]
    console.print(screens.table(("at", "who", "by", "", "because"), rows, wrap=("because",)))


def _told_row(one: Notification, catalog: Catalog, now: Instant) -> tuple[object, ...]:
    reason = f"{one.error}" if one.error and one.status is not NotificationStatus.SENT else one.because
    kind = "" if one.kind.value == "page" else f"{one.kind.value}: "
    at = wall_time(one.sent_at or one.due_at, catalog.settings.timezone, now)
    return at, name_of(one.recipient, catalog), one.gateway, screens.state(one.status.value), f"{kind}{reason}"


def _draw_next(console: Any, situation: Situation, catalog: Catalog, now: Instant) -> None:
    if situation.incident.status is IncidentStatus.RESOLVED:
        return
    rows: list[tuple[object, ...]] = []
    zone = catalog.settings.timezone
    for reason in reasons(situation, catalog, now):
        escalation = next((one for one in situation.escalations if one.team == reason.team and one.next_at == reason.until), None)
        upcoming = next_of(escalation, situation, catalog, now) if escalation else None
        text = reason.text
        if upcoming is not None and escalation is not None and escalation.status is EscalationStatus.PAGING:
            text = upcoming.text if escalation.held is not None else f"{upcoming.text}, unless someone acknowledges"
        when = wall_time(reason.until, zone, now)
        rows.append((when, from_now(reason.until, now) if reason.until else "–", reason.team or "–", text))
    screens.heading(console, "Next")
    console.print(screens.table(("at", "in", "team", "what"), rows, wrap=("what",)))


def _draw_type(console: Any, situation: Situation) -> None:
    incident = situation.incident
    if incident.status is IncidentStatus.RESOLVED:
        lines = [f"escalate timeline {incident.id}", f"escalate reopen {incident.id}"]
    elif incident.status is IncidentStatus.ACKNOWLEDGED:
        lines = [f'escalate update {incident.id} --message "…"', f"escalate resolve {incident.id}"]
    else:
        lines = [f"escalate ack {incident.id}"]
    for nudge in situation.nudges:
        if nudge.status is NudgeStatus.OPEN:
            lines.append(f"escalate nudge {nudge.id} yes|no   ({nudge.rule}: {nudge.action})")
    screens.heading(console, "Type")
    for line in lines:
        console.print(screens.words(f"  {line}", "bold cyan"))


def draw_list(console: Any, incidents: list[tuple[Incident, Situation]], catalog: Catalog, now: Instant) -> None:
    """Incidents as a table."""
    console.print(list_table(incidents, catalog, now))


def list_table(incidents: list[tuple[Incident, Situation]], catalog: Catalog, now: Instant) -> Any:
    """The table of incidents, in the order given."""
    rows = []
    for incident, situation in incidents:
        teams = ", ".join(dict.fromkeys(one.team for one in situation.escalations))
        nxt = from_now(incident.next_due_at, now) if incident.next_due_at else "–"
        rows.append(
            (
                f"#{incident.id}",
                screens.state(incident.status.value),
                screens.words(incident.severity, "bold" if catalog.severity(incident.severity).urgency is Urgency.HIGH else ""),
                show_about((incident.resolved_at or now) - incident.declared_at),
                teams,
                nxt,
                _short(incident.title),
            )
        )
    return screens.table(("id", "status", "severity", "for", "teams", "next", "title"), rows, wrap=("title", "teams"))
