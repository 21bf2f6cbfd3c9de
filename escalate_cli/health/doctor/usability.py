"""What `doctor` finds that cannot be used here and now, though the configuration is valid: zones,
schedules, policies, texts, incidents.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes.on_paper import unusable_on_paper
from escalate_cli.core.escalation.plan import plan
from escalate_cli.core.escalation.soundness import unusable
from escalate_cli.core.incident.doing_without import noted, words_of
from escalate_cli.core.incident.situation import EscalationStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.zones import Unusable
from escalate_cli.core.wording.problem import ERROR, Problem
from escalate_cli.errors import DamagedRow
from escalate_cli.health.doctor.finding import well
from escalate_cli.store.store import Store


def usability_findings(catalog: Catalog, now: Instant) -> list[Problem]:
    """An error for each thing that cannot be used. Pages go on without it, so nobody else would
    mention it.
    """
    troubles = [*unusable(catalog, now), *unusable_on_paper(catalog, now)]
    if not troubles:
        return [well("usable", "every time zone, schedule, policy and message can be used")]
    return [
        Problem(ERROR, "unusable", _placed(trouble.text, trouble.source), _hint(trouble))
        for trouble in troubles
    ]


def _placed(text: str, source: str) -> str:
    return f"{text} [{source}]" if source else text


def _hint(trouble: Unusable) -> str:
    if trouble.zone:
        return "install the package tzdata, or write the zone's present name; then restart `escalate watch`"
    return "pages go on without it: put it right, or report it as a bug"


def _teams_gone(situation: Situation, catalog: Catalog) -> list[Problem]:
    """A running incident whose team was taken out of the configuration, or renamed in it."""
    number = situation.incident.id
    gone = dict.fromkeys(
        escalation.team
        for escalation in situation.escalations
        if escalation.status is not EscalationStatus.STOPPED and escalation.team not in catalog.teams
    )
    return [
        Problem(
            ERROR,
            "team-gone",
            f"incident {number}: its team {team} is no longer in the configuration: levels for its people"
            " reach nobody, and the fallback is paged in their place",
            f"put the team back, or have it go by the configuration of now: escalate reload {number}",
        )
        for team in gone
    ]


def incident_findings(catalog: Catalog, store: Store, now: Instant) -> list[Problem]:
    """An error for each running incident that could not be planned if it were due now."""
    findings = []
    unreadable = store.situations.unreadable()
    for incident in store.situations.listed(running_only=True, without=unreadable):
        try:
            situation = store.situations.load(incident.id)
            findings += _teams_gone(situation, catalog) if situation is not None else []
            troubles = (
                noted(plan(situation, catalog, now).situation, everything=True)
                if situation is not None
                else ()
            )
        except DamagedRow:  # it became unreadable a moment ago
            continue
        except Exception as problem:
            troubles = (f"it cannot be planned ({words_of(problem)})",)
        hint = "the page goes on without it; see `escalate timeline` and look after it by hand"
        findings += [Problem(ERROR, "unusable", f"incident {incident.id}: {text}", hint) for text in troubles]
    return findings
