"""Which incidents may be meant where none is named: those that are open, of mine, else of all; and the
one that a key leads to.
"""

from __future__ import annotations

from escalate_cli.actions.listing import listed_incidents
from escalate_cli.actions.lookup import reporter, storable
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Incident, IncidentStatus, Situation
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.errors import UsageProblem


def open_incidents(context: Context) -> tuple[Incident, ...]:
    """What is not resolved: what nobody has taken first, of these the worst, of these the newest."""
    catalog = context.running_catalog
    incidents = (situation.incident for situation in listed_incidents(context).situations)
    return tuple(
        sorted(
            incidents,
            key=lambda incident: (
                incident.status is not IncidentStatus.OPEN,
                -catalog.severity(incident.severity).rank,
                -incident.id,
            ),
        )
    )


def meant_without_a_name(
    context: Context, by: str | None, *, unanswered: bool = False
) -> tuple[Incident, ...]:
    """The open incidents of whoever types (`by`), else all, in the order of `open_incidents`.
    `unanswered`: only what nobody has taken, where there is any of that.
    """
    incidents = open_incidents(context)
    mine = _mine(context, reporter(by, context))
    incidents = tuple(incident for incident in incidents if incident.id in mine) or incidents
    if unanswered:
        waiting = tuple(incident for incident in incidents if incident.status is IncidentStatus.OPEN)
        return waiting or incidents
    return incidents


def _mine(context: Context, person: str) -> frozenset[int]:
    """The open incidents of a person: of their teams, led or taken by them, or that they were paged for."""
    situations = listed_incidents(context).situations
    teams = context.running_catalog.teams_of(person)
    told = context.store.outbox.paged_for(
        Recipient.person(person), [situation.incident.id for situation in situations]
    )

    def is_theirs(situation: Situation) -> bool:
        incident = situation.incident
        return (
            person in (incident.lead, incident.acknowledged_by)
            or incident.id in told
            or any(escalation.team in teams for escalation in situation.escalations)
        )

    return frozenset(situation.incident.id for situation in situations if is_theirs(situation))


def incident_with_key(context: Context, key: str, *, resolved_too: bool = False) -> int | None:
    """The open incident with this key; with `resolved_too`, where none is open, the latest that had it."""
    if not key.strip():
        raise UsageProblem("the key is empty", "write --key KEY, or the number of the incident")
    return context.store.situations.open_with_key(storable(key, "key"), resolved_too=resolved_too)
