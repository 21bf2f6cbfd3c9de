"""The catalog as data: services, teams, people, policies; and a policy in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.core.calendar.duration import SECOND, Instant, show_duration
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.notification.on_call import shift_in, shift_of
from escalate_cli.core.organisation.catalog import Catalog, Person, Service, Step, Team, Urgency
from escalate_cli.core.organisation.policy import Acks, Level, Policy
from escalate_cli.core.wording.rules import condition_in_words, target_in_words
from escalate_cli.views import Data

if TYPE_CHECKING:
    from escalate_cli.actions.override import OverrideWritten


def policy_of(catalog: Catalog, service: Service) -> Policy | None:
    """The policy that runs for the service: its own, else its team's."""
    team = catalog.teams.get(service.team)
    return catalog.policies.get(service.policy or (team.policy if team else None) or "")


def service_data(catalog: Catalog, service: Service, at: Instant) -> Data:
    """A service, with the policy that runs for it and who is on call."""
    policy = policy_of(catalog, service)
    shift = shift_of(catalog, catalog.teams.get(service.team), at)
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description or None,
        "kind": service.kind,
        "team": service.team,
        "policy": policy.id if policy else None,
        "on_call": shift.person if shift else None,
        "keywords": list(service.keywords),
        "depends_on": list(service.depends_on),
        "needed_by": [other.id for other in catalog.services.values() if service.id in other.depends_on],
        "tier": service.tier,
        "links": dict(service.links),
        "source": service.source,
    }


def team_data(catalog: Catalog, team: Team, at: Instant) -> Data:
    """A team, with its services and who is on call."""
    shift = shift_of(catalog, team, at)
    return {
        "id": team.id,
        "name": team.name,
        "members": list(team.members),
        "lead": team.lead,
        "schedule": team.on_call,
        "on_call": shift.person if shift else None,
        "on_call_until": iso(shift.until) if shift else None,
        "policy": team.policy,
        "channel": team.channel,
        "services": [service.id for service in catalog.services.values() if service.team == team.id],
        "source": team.source,
    }


def person_data(catalog: Catalog, person: Person, at: Instant) -> Data:
    """A person, with their teams, where they are on call, and how they are notified."""
    return {
        "id": person.id,
        "name": person.name,
        "timezone": person.timezone,
        "contact": dict(person.contact),
        "login": list(person.login),
        "teams": sorted(catalog.teams_of(person.id)),
        "leads": [team.id for team in catalog.teams.values() if team.lead == person.id],
        "on_call": [
            schedule.id
            for schedule in catalog.schedules.values()
            if shift_in(catalog, schedule, at).person == person.id
        ],
        "notify": {urgency.value: _steps(catalog.steps(person, urgency)) for urgency in Urgency},
        "source": person.source,
    }


def _steps(steps: tuple[Step, ...]) -> list[Data]:
    return [{"via": list(step.via), "after_seconds": step.after // SECOND} for step in steps]


def policy_data(catalog: Catalog, policy: Policy) -> Data:
    """A policy, its levels with a sentence each, and where it is used."""
    return {
        "id": policy.id,
        "repeat": policy.repeat,
        "ack_timeout_seconds": None if policy.ack_timeout is None else policy.ack_timeout // SECOND,
        "levels": [level_data(catalog, level, number) for number, level in enumerate(policy.levels, start=1)],
        "teams": [team.id for team in catalog.teams.values() if team.policy == policy.id],
        "services": [
            service.id for service in catalog.services.values() if policy_of(catalog, service) is policy
        ],
        "source": policy.source,
    }


def level_data(catalog: Catalog, level: Level, number: int) -> Data:
    """A level, and in `words` what it does."""
    return {
        "level": number,
        "notify": [str(target) for target in level.notify],
        "wait_seconds": level.wait // SECOND,
        "when": level.when.text or None,
        "during": level.during,
        "acks": level.acks.value,
        "words": level_words(catalog, level),
        "source": level.source,
    }


def level_words(catalog: Catalog, level: Level) -> str:
    """A level as a sentence: `tell whoever is on call and the team's channel, then wait 5m for an
    acknowledgement`.
    """
    told = _listed([target_in_words(target, catalog) for target in level.notify])
    condition = f"if {condition_in_words(level.when, catalog)}: " if level.when.text else ""
    held = f", not before the hours {level.during}" if level.during else ""
    answer = "everyone paged to acknowledge" if level.acks is Acks.ALL else "an acknowledgement"
    return f"{condition}tell {told}{held}, then wait {show_duration(level.wait)} for {answer}"


def after_words(catalog: Catalog, policy: Policy) -> str:
    """What happens after the last level, as a sentence."""
    again = f"all of it {policy.repeat} more time{'s' * (policy.repeat != 1)}, then " if policy.repeat else ""
    fallback = (
        _listed([target_in_words(target, catalog) for target in catalog.fallback.page])
        or "nobody (there is no fallback)"
    )
    return f"{again}{fallback}, every {show_duration(catalog.fallback.every)}, until someone acknowledges"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""


def override_data(written: OverrideWritten) -> Data:
    """An override that has been written."""
    return {
        "schedule": written.schedule.id,
        "person": written.person.id,
        "from": iso(written.begins),
        "until": iso(written.ends),
        "file": str(written.file),
        "warnings": list(written.warnings),
        "ended": written.ended,
        "told": list(written.sent.told),
        "not_told": list(written.sent.troubles),
    }
