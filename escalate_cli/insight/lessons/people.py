"""People who are paged too often, or night after night."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import DAY
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.catalog import Urgency
from escalate_cli.insight.lessons.amending import Amendment
from escalate_cli.insight.lessons.chance import usual
from escalate_cli.insight.lessons.proposal import Backing, Past, Proposal
from escalate_cli.insight.report.figures import NIGHT_FROM
from escalate_cli.insight.report.people import is_night

_NIGHTS = 0.1
"""of all nights: three a month"""

_A_DAY = 1.0
"""incidents on average; Google's SRE book, chapter 11, takes two in a shift as the most that can be
followed up
"""

_DAYS = 14
"""the shortest time that is looked at: a bad week is not a habit"""


def people(past: Past) -> list[Proposal]:
    """Every proposal about a person; one each."""
    days = past.length // DAY + 1
    if not past.records or days < _DAYS:
        return []
    woken = _woken(past, _nights(past), days)
    done = {proposal.person for proposal in woken}
    often = _often(past, _paged(past), days)
    return [*woken, *(proposal for proposal in often if proposal.person not in done)]


def _paged(past: Past) -> dict[str, list[Record]]:
    """The incidents in which each person was paged."""
    paged: dict[str, list[Record]] = {}
    for record in past.records:
        for person in {page.person for page in record.summons if page.person in past.catalog.people}:
            paged.setdefault(person, []).append(record)
    return paged


def _nights(past: Past) -> dict[str, dict[date, Record]]:
    """The nights in which each person was paged, by the date of the evening, with the first incident
    of each. Incidents of low urgency can wait for whoever looks at them.
    """
    nights: dict[str, dict[date, Record]] = {}
    for record in past.records:
        if past.catalog.severity(record.severity).urgency is not Urgency.HIGH:
            continue
        for page in record.summons:
            person = past.catalog.people.get(page.person)
            if person is None:
                continue
            local = instant_to_local(page.at, person.timezone)
            if is_night(local.hour):
                evening = local.date() if local.hour >= NIGHT_FROM else local.date() - timedelta(days=1)
                nights.setdefault(person.id, {}).setdefault(evening, record)
    return nights


def _woken(past: Past, nights: dict[str, dict[date, Record]], total: int) -> list[Proposal]:
    """Those paged on so many nights that a rotation does not explain it: twice the rate of the others."""
    proposals = []
    for person, records_by_night in nights.items():
        records = list(records_by_night.values())
        others = [len(theirs) for other, theirs in nights.items() if other != person]
        rate = min(1.0, 2 * usual(sum(others), total * len(others), 0.05))
        backing = Backing.by(records, total)
        if backing.stands_out(_NIGHTS, rate, len(nights)):
            often = "every night" if len(records) > 0.9 * total else "night after night"
            title = f"{past.person(person)} is woken {often}: share the nights"
            evidence = f"paged between 22:00 and 7:00 in {len(records)} of {total} nights"
            proposal = Proposal("paged-at-night", title, evidence, backing, person=person)
            proposals.append(_relieving(proposal, records, past))
    return _most_first(proposals)


def _often(past: Past, paged: dict[str, list[Record]], days: int) -> list[Proposal]:
    """Those paged in more incidents than anybody can follow up."""
    proposals = []
    for person, records in paged.items():
        if len(records) >= _A_DAY * days:
            backing = Backing.by(records, len(past.records))
            title = f"{past.person(person)} is paged too often: in {len(records)} incidents in {days} days"
            evidence = f"paged in {len(records)} of {len(past.records)} incidents"
            proposal = Proposal("paged-often", title, evidence, backing, person=person)
            proposals.append(_relieving(proposal, records, past))
    return _most_first(proposals)


def _relieving(proposal: Proposal, records: list[Record], past: Past) -> Proposal:
    """The proposal, with what the person is paged for. If a schedule depends on them alone, it gets
    more people.
    """
    changes = _more_hands(past, proposal.person or "")
    alone = "no schedule hangs on this person alone: look at what breaks, or at the levels that name them"
    evidence = f"{proposal.evidence}; {_mostly(past, records)}"
    return replace(proposal, evidence=evidence, changes=changes, remark="" if changes else alone)


def _most_first(proposals: list[Proposal]) -> list[Proposal]:
    return sorted(proposals, key=lambda proposal: (-proposal.count, proposal.person or ""))


def _mostly(past: Past, records: list[Record]) -> str:
    """The service that most of it is about."""
    services = Counter(name for record in records for name in record.services)
    if not services:
        return "none of them about a known service"
    service, count = min(services.items(), key=lambda pair: (-pair[1], pair[0]))
    return f"{count} times it was {past.service(service)}"


def _more_hands(past: Past, person: str) -> tuple[Amendment, ...]:
    """Schedules that depend on this person alone get the colleagues of the teams that use them."""
    changes = []
    for schedule in past.catalog.schedules.values():
        if {member for rotation in schedule.rotations for member in rotation.members} != {person}:
            continue
        teams = [
            team
            for team in past.catalog.teams.values()
            if person in team.members or team.on_call == schedule.id
        ]
        members = dict.fromkeys(member for team in teams for member in team.members)
        more = [member for member in members if member != person]
        if more:
            place = ("schedules", schedule.id, "rotations", len(schedule.rotations) - 1, "members")
            changes.append(past.texts.setting(place, [person, *more]))
    return tuple(changes)
