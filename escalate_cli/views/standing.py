"""How an incident stands, in a sentence: since when it is open, who has it and since when."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import SECOND, Instant, show_about
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.incident.holding import holders, stands_acknowledged
from escalate_cli.core.incident.situation import Escalation, EscalationStatus, IncidentStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog


def standing(situation: Situation, catalog: Catalog, now: Instant) -> str:
    """`open for 5m34s, acknowledged by Ana Ruiz 1s ago`; once it is over `resolved 3m ago, after 12m`."""
    incident = situation.incident
    if incident.resolved_at is not None and incident.status is IncidentStatus.RESOLVED:
        lasted = show_about(incident.resolved_at - incident.declared_at)
        return f"resolved {ago(incident.resolved_at, now)}, after {lasted}"
    text = f"open for {show_about(now - incident.declared_at)}"
    taken = list(filter(stands_acknowledged, situation.escalations))
    waiting = [
        escalation
        for escalation in situation.escalations
        if escalation.status in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
    ]
    if incident.status is IncidentStatus.ACKNOWLEDGED and not taken:
        by, since = next(iter(holders(situation)), (None, incident.acknowledged_at))
        when = f" {ago(since, now)}" if since is not None else ""
        return f"{text}, acknowledged by {catalog.person_name(by) if by else 'somebody'}{when}"
    parts = _acknowledgements(taken, catalog, now, named=bool(waiting) or _several(taken))
    if not parts:
        return f"{text}, nobody has acknowledged"
    text = f"{text}, acknowledged {' and '.join(parts)}"
    if waiting:
        teams = dict.fromkeys(catalog.team_name(escalation.team) for escalation in waiting)
        verb = "has" if len(teams) == 1 else "have"
        text += f"; {', '.join(teams)} {verb} not"
    return text


def _acknowledgements(taken: list[Escalation], catalog: Catalog, now: Instant, *, named: bool) -> list[str]:
    """`by Ana Ruiz 1s ago`, for which team where not everything is one person's."""
    parts: dict[str, None] = {}
    for escalation in taken if named else taken[-1:]:
        by = catalog.person_name(escalation.acknowledged_by) if escalation.acknowledged_by else "somebody"
        team = f" for {catalog.team_name(escalation.team)}" if named else ""
        at = f" {ago(escalation.acknowledged_at, now)}" if escalation.acknowledged_at is not None else ""
        rest = ""
        if escalation.snoozed_until is not None:
            rest = (
                f", snoozed until {named_wall_time(escalation.snoozed_until, catalog.settings.timezone, now)}"
            )
        parts[f"by {by}{team}{at}{rest}"] = None
    return list(parts)


def _several(taken: list[Escalation]) -> bool:
    return len({(escalation.acknowledged_by, escalation.snoozed_until) for escalation in taken}) > 1


def ago(at: Instant, now: Instant) -> str:
    """`3m ago`, `just now`."""
    return f"{show_about(now - at)} ago" if now - at >= SECOND else "just now"
