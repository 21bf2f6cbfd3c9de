"""Which incidents may be meant where none is named: those that are open, of mine, else of all; and the
one that a key leads to.
"""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.actions.listing import damages, listed_incidents
from escalate_cli.actions.lookup import reporter, storable
from escalate_cli.context import Context
from escalate_cli.core.incident.holding import holders
from escalate_cli.core.incident.situation import Incident, IncidentStatus, Situation
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.errors import UsageProblem


def meant_without_a_name(
    context: Context, by: str | None, *, unanswered: bool = False
) -> tuple[Incident, ...]:
    """The open incidents of whoever types (`by`), else all: what nobody has taken first, of these the
    worst, of these the newest. `unanswered`: only what nobody has taken, where there is any of that.
    Where nothing can be read of what is open, that is raised.
    """
    catalog, listing = context.running_catalog, listed_incidents(context)
    situations = listing.situations
    for problem in damages(context, listing) if not situations else ():
        raise problem
    mine = _mine(context, situations, reporter(by, context))
    incidents = [situation.incident for situation in mine or situations]
    if unanswered:
        incidents = [incident for incident in incidents if _waits(incident)] or incidents
    return tuple(
        sorted(
            incidents,
            key=lambda incident: (
                not _waits(incident),
                -catalog.severity(incident.severity).rank,
                -incident.id,
            ),
        )
    )


def _waits(incident: Incident) -> bool:
    return incident.status is IncidentStatus.OPEN


def _mine(context: Context, situations: Sequence[Situation], person: str) -> list[Situation]:
    """Those of a person: of their teams, led or taken by them, or that they were paged for."""
    teams = context.running_catalog.teams_of(person)
    numbers = [situation.incident.id for situation in situations]
    told = context.store.outbox.paged_for(Recipient.person(person), numbers)

    def is_theirs(situation: Situation) -> bool:
        incident, have = situation.incident, [holding.person for holding in holders(situation)]
        return (
            person in (incident.lead, incident.acknowledged_by, *have)
            or incident.id in told
            or any(escalation.team in teams for escalation in situation.escalations)
        )

    return [situation for situation in situations if is_theirs(situation)]


def incident_with_key(context: Context, key: str, *, resolved_too: bool = False) -> int | None:
    """The open incident with this key; with `resolved_too`, where none is open, the latest that had it."""
    if not key.strip():
        raise UsageProblem("the key is empty", "write --key KEY, or the number of the incident")
    return context.store.situations.open_with_key(storable(key, "key"), resolved_too=resolved_too)
