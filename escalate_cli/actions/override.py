"""Putting somebody on call for a while, instead of whoever would be, and taking that back: written into
the configuration, and told to those whom it concerns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.lookup import find_person, find_schedule, whoever_types
from escalate_cli.actions.telling import MemosSent, tell_people
from escalate_cli.config.edit.append import append_override
from escalate_cli.config.edit.ending import end_override
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.calendar.hours import instant_to_local, local_to_instant, zone_or_utc
from escalate_cli.core.calendar.moment import from_now, named_time
from escalate_cli.core.calendar.rota import Override, Schedule, Shift
from escalate_cli.core.notification.on_call import shifts_in
from escalate_cli.core.organisation.catalog import Catalog, Person
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.handover import TurnChange, handover_text, handover_title
from escalate_cli.errors import Unknown, UsageProblem


class OverrideWritten(msgspec.Struct, frozen=True):
    """Who is on call in which schedule, from when until when (local times of the schedule, too), in
    which file it stands now, what is strange about it, and who has heard of it. `ended`: it was taken
    back, and stands there no more or ends there now.
    """

    schedule: Schedule
    person: Person
    begins: Instant
    ends: Instant
    local: tuple[datetime, datetime]
    file: Path
    warnings: tuple[str, ...]
    sent: MemosSent = MemosSent()
    ended: bool = False


def override_schedule(
    context: Context, schedule: str, person: str, begins: Instant, ends: Instant
) -> OverrideWritten:
    """Add the override; `UsageProblem` where it has no length, `Unknown` for what does not exist."""
    catalog = context.catalog
    rota, who = find_schedule(catalog, schedule), find_person(person, catalog)
    if ends <= begins:
        raise UsageProblem("--until is not after --from", "an override must have a length")
    start, until = (
        instant_to_local(instant, rota.timezone).replace(tzinfo=None, microsecond=0)
        for instant in (begins, ends)
    )
    file = append_override(context.config_path, rota.id, who.id, start, until)
    warnings = override_warnings(catalog, rota, who, begins, ends, context.clock.now())
    after = replace(rota, overrides=(*rota.overrides, Override(who.id, start, until)))
    sent = _tell(context, rota, after, (begins, ends), taken_back=False)
    return OverrideWritten(rota, who, begins, ends, (start, until), file, tuple(warnings), sent)


def take_override_back(
    context: Context, schedule: str, person: str | None, begins: Instant | None
) -> OverrideWritten:
    """End the override of this schedule that is not over: of this person, beginning then, where that is
    said. One that has begun ends now; one that has not is removed. `UsageProblem` names them where it
    may be several.
    """
    catalog, now = context.catalog, context.clock.now()
    rota = find_schedule(catalog, schedule)
    who = find_person(person, catalog).id if person is not None else None
    zone = zone_or_utc(rota.timezone)

    def span(override: Override) -> tuple[Instant, Instant]:
        return local_to_instant(override.start, zone), local_to_instant(override.until, zone)

    meant = [
        override
        for override in rota.overrides
        if span(override)[1] > now and who in (None, override.person) and begins in (None, span(override)[0])
    ]
    override = _only(meant, rota)
    start, until = span(override)
    local_now = instant_to_local(now, rota.timezone).replace(tzinfo=None, microsecond=0)
    cut = local_now if local_now > override.start else None
    file = end_override(context.config_path, rota.id, override, cut)
    others = tuple(other for other in rota.overrides if other is not override)
    sent = _tell(context, rota, replace(rota, overrides=others), (start, until), taken_back=True)
    local, name = (override.start, override.until), catalog.person_name(override.person)
    had_it = catalog.people.get(override.person) or Person(override.person, name, rota.timezone)
    return OverrideWritten(rota, had_it, start, until, local, file, (), sent, ended=True)


def _only(meant: Sequence[Override], rota: Schedule) -> Override:
    if not meant:
        text = f"{rota.id} has no such override that is not over"
        raise Unknown(text, f"see `escalate oncall {rota.id}`", code="no-such-override")
    if len(meant) > 1:
        problem = UsageProblem(
            f"which override? {rota.id} has {len(meant)} that are not over (times in {rota.timezone})",
            "name the person, and --from T where one has several",
            code="which-override",
        )
        problem.details = [
            f"  {override.person}  from {override.start:%Y-%m-%d %H:%M} until {override.until:%Y-%m-%d %H:%M}"
            for override in meant
        ]
        raise problem
    return meant[0]


def _tell(
    context: Context, before: Schedule, after: Schedule, span: tuple[Instant, Instant], *, taken_back: bool
) -> MemosSent:
    """Tell whoever gets a turn by this, whoever loses one, and the channels of the teams; nobody of
    what is over."""
    catalog = context.catalog
    begins, ends = max(span[0], context.clock.now()), span[1]
    if ends <= begins:
        return MemosSent()
    gaining, losing = _changes(catalog, before, after, begins, ends)
    if not gaining and not losing:
        return MemosSent()
    by = catalog.person_name(whoever_types(None, context))
    handover = TurnChange(before.id, begins, ends, gaining, losing, by, taken_back)
    teams = [team for team in catalog.teams.values() if team.on_call == before.id]
    people = [Recipient.person(person) for person in (*gaining, *losing) if person in catalog.people]
    channels = [Recipient.channel(team.channel) for team in teams if team.channel in catalog.channels]
    texts = {}
    for recipient in dict.fromkeys((*people, *channels)):
        zone = catalog.people[recipient.id].timezone if recipient.is_person else before.timezone
        texts[recipient] = handover_text(handover, recipient, zone, catalog)
    context.look_at_files_again()  # what is sent goes by the configuration as it is now
    return tell_people(context, handover_title(handover, catalog), texts)


def _changes(
    catalog: Catalog, before: Schedule, after: Schedule, begins: Instant, ends: Instant
) -> tuple[list[str], list[str]]:
    """Who has a turn in this stretch afterwards that was another's, or nobody's; and who had one."""
    was, will = (shifts_in(catalog, schedule, begins, ends) for schedule in (before, after))
    edges = sorted({begins, *(max(shift.start, begins) for shift in (*was, *will))})
    pairs = [(_person_at(was, edge), _person_at(will, edge)) for edge in edges if edge < ends]
    changed = [(old, new) for old, new in pairs if old != new]
    gaining = dict.fromkeys(new for _, new in changed if new is not None)
    losing = dict.fromkeys(old for old, _ in changed if old is not None)
    return [*gaining], [*losing]


def _person_at(shifts: Sequence[Shift], at: Instant) -> str | None:
    for shift in shifts:
        if shift.start <= at and (shift.until is None or at < shift.until):
            return shift.person
    return None


def override_warnings(
    catalog: Catalog, schedule: Schedule, person: Person, begins: Instant, ends: Instant, now: Instant
) -> list[str]:
    """What is strange about an override: it is over, or it puts somebody on call when nobody is on
    call otherwise.
    """
    if ends <= now:
        return [f"this override ended {from_now(ends, now)}: it changes nothing for anybody"]
    begins = max(begins, now)
    gaps: list[Shift] = []
    for shift in shifts_in(catalog, schedule, begins, ends):
        if shift.person is None and gaps and gaps[-1].until == shift.start:
            gaps[-1] = replace(gaps[-1], until=shift.until)
        elif shift.person is None:
            gaps.append(shift)
    gaps = [gap for gap in gaps if gap.until is None or gap.until - gap.start >= MINUTE]
    if not gaps:
        return []
    zone = schedule.timezone
    when = f"from {named_time(gaps[0].start, zone)} until {named_time(gaps[0].until, zone)}"
    times = len(gaps) - 1
    more = f" and {times} more time{'s' * (times != 1)} within it" if times else ""
    return [f"nobody is on call in {schedule.id} otherwise {when}{more}: {person.name} is, by this override"]
