"""People who are paged too often, or night after night."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from escalate_cli.core.calendar.duration import DAY
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.catalog import Urgency
from escalate_cli.insight.lessons.amending import Amendment
from escalate_cli.insight.lessons.chance import stands_out, usual
from escalate_cli.insight.lessons.proposal import LEAST, Past, Proposal, numbers
from escalate_cli.insight.report.figures import NIGHT_FROM, NIGHT_UNTIL

_NIGHTS = 0.1
"""of all nights: three a month"""

_A_DAY = 1.0
"""incidents, on average (Google's SRE book, chapter 11, takes two in a shift as the most that can
be followed up)
"""

_DAYS = 14
"""the least that is looked at: a bad week is no habit"""


def people(past: Past) -> list[Proposal]:
    """Every proposal about a person; one each."""
    if not past.records:
        return []
    nights: dict[str, dict[date, Record]] = {}
    paged: dict[str, list[Record]] = {}
    for record in past.records:
        for person in {page.person for page in record.summons if page.person in past.catalog.people}:
            paged.setdefault(person, []).append(record)
        # the rest can wait for whoever looks at it
        urgent = past.catalog.severity(record.severity).urgency is Urgency.HIGH
        for page in record.summons:
            known = past.catalog.people.get(page.person)
            if known is None:
                continue
            local = instant_to_local(page.at, known.timezone)
            if urgent and (local.hour >= NIGHT_FROM or local.hour < NIGHT_UNTIL):
                evening = local.date() if local.hour >= NIGHT_FROM else local.date() - timedelta(days=1)
                nights.setdefault(known.id, {}).setdefault(evening, record)
    total = past.length // DAY + 1
    if total < _DAYS:
        return []
    woken = _woken(past, nights, total)
    done = {one.person for one in woken}
    return [*woken, *(one for one in _often(past, paged, total) if one.person not in done)]


def _woken(past: Past, nights: dict[str, dict[date, Record]], total: int) -> list[Proposal]:
    """Those paged on so many nights that a rotation does not explain it: twice the rate of the others."""
    made = []
    for person, some in nights.items():
        others = [len(theirs) for one, theirs in nights.items() if one != person]
        rate = min(1.0, 2 * usual(sum(others), total * len(others), 0.05))
        incidents = numbers(list(some.values()))
        if (
            len(incidents) < LEAST
            or len(some) < _NIGHTS * total
            or not stands_out(len(some), total, rate, len(nights))
        ):
            continue
        often = "every night" if len(some) > 0.9 * total else "night after night"
        made.append(
            Proposal(
                code="paged-at-night",
                title=f"{past.person(person)} is woken {often}: share the nights",
                evidence=(
                    f"paged between 22:00 and 7:00 in {len(some)} of {total} nights;"
                    f" {_mostly(past, list(some.values()))}"
                ),
                incidents=incidents,
                count=len(some),
                of=total,
                changes=_more_hands(past, person),
                remark=_alone(past, person),
                person=person,
            )
        )
    return sorted(made, key=lambda one: (-one.count, one.person or ""))


def _often(past: Past, paged: dict[str, list[Record]], days: int) -> list[Proposal]:
    made = []
    for person, some in paged.items():
        if len(some) < _A_DAY * days:
            continue
        made.append(
            Proposal(
                code="paged-often",
                title=f"{past.person(person)} is paged too often: in {len(some)} incidents in {days} days",
                evidence=f"paged in {len(some)} of {len(past.records)} incidents; {_mostly(past, some)}",
                incidents=numbers(some),
                count=len(some),
                of=len(past.records),
                changes=_more_hands(past, person),
                remark=_alone(past, person),
                person=person,
            )
        )
    return sorted(made, key=lambda one: (-one.count, one.person or ""))


def _mostly(past: Past, some: list[Record]) -> str:
    """The service that most of it is about."""
    services = Counter(name for record in some for name in record.services)
    if not services:
        return "none of them about a known service"
    service, count = min(services.items(), key=lambda pair: (-pair[1], pair[0]))
    return f"{count} times it was {past.service(service)}"


def _more_hands(past: Past, person: str) -> tuple[Amendment, ...]:
    """Schedules that hang on this person alone get the colleagues of the teams that use them."""
    changes = []
    for schedule in past.catalog.schedules.values():
        if {member for rotation in schedule.rotations for member in rotation.members} != {person}:
            continue
        teams = [
            team
            for team in past.catalog.teams.values()
            if person in team.members or team.on_call == schedule.id
        ]
        more = [
            fromkey
            for fromkey in dict.fromkeys(name for team in teams for name in team.members)
            if fromkey != person
        ]
        if more:
            place = ("schedules", schedule.id, "rotations", len(schedule.rotations) - 1, "members")
            changes.append(past.texts.setting(place, [person, *more]))
    return tuple(changes)


def _alone(past: Past, person: str) -> str:
    if _more_hands(past, person):
        return ""
    return "no schedule hangs on this person alone: look at what breaks, or at the levels that name them"
