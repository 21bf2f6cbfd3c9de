"""What people hear of an override: who is on call now instead of whom, from when until when."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.hours import zone_or_utc
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient


class TurnChange(msgspec.Struct, frozen=True):
    """A stretch of a schedule that goes from some people to others. `taken_back`: an override ends
    before its time, and this is what it was not. `by` is the name of whoever did it."""

    schedule: str
    begins: Instant
    ends: Instant
    gaining: Sequence[str]
    """ids of people"""
    losing: Sequence[str]
    by: str
    taken_back: bool = False


def handover_title(handover: TurnChange, catalog: Catalog) -> str:
    """The subject: for which teams, and that it changed."""
    return f"On call for {_duty(handover.schedule, catalog)}: changed"


def handover_text(handover: TurnChange, recipient: Recipient, zone: str, catalog: Catalog) -> str:
    """What this recipient hears, with the times of `zone`; people are addressed."""

    def names(people: Sequence[str]) -> str:
        you = [person for person in people if recipient == Recipient.person(person)]
        others = [catalog.person_name(person) for person in people if person not in you]
        return " and ".join(("you" if you else "", *others)).removeprefix(" and ") or "nobody"

    who, instead = names(handover.gaining), names(handover.losing)
    several = who.startswith("you") or len(handover.gaining) > 1
    subject = f"{who[:1].upper()}{who[1:]} {'are' if several else 'is'}"
    stretch = f"from {local_time(handover.begins, zone)} until {local_time(handover.ends, zone)}"
    duty = f"on call for {_duty(handover.schedule, catalog)} {stretch} ({zone_or_utc(zone)})"
    end = f"{', after all' if handover.taken_back else ''}, instead of {instead}"
    return f"{subject} {duty}{end}. Changed by {handover.by}."


def _duty(schedule: str, catalog: Catalog) -> str:
    """The teams whose schedule it is, by name; else the schedule."""
    teams = [team.name for team in catalog.teams.values() if team.on_call == schedule]
    return " and ".join(teams) or schedule
