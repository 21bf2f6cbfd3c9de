"""Configuration that has no effect: levels that page nobody new, conditions that never hold."""

from __future__ import annotations

from collections.abc import Iterator, Set

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import named_time
from escalate_cli.core.changes.declare import Declaration, declare
from escalate_cli.core.escalation.conditions import judge, opening_of
from escalate_cli.core.escalation.scope import policy_for
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.notification.targets import contacts, whom
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Level, Policy, When
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.problem import WARNING, Problem
from escalate_cli.foresight.breakpoints import Calendar, Questions, Subject
from escalate_cli.foresight.coverage import Coverage, Row
from escalate_cli.foresight.findings import first_few, foreseen, simulate_command
from escalate_cli.foresight.gaps import schedule_gaps
from escalate_cli.foresight.unused import policy_users


def dead_ends(coverage: Coverage, catalog: Catalog) -> Iterator[Problem]:
    """Every dead end of the coming weeks."""
    yield from schedule_gaps(catalog, coverage.start, coverage.until)
    yield from _never(catalog, coverage.start)
    yield from _repeated(coverage, catalog)


def _never(catalog: Catalog, now: Instant) -> Iterator[Problem]:
    """Levels and rules whose conditions nothing can meet. Contradictions are refused earlier, when
    the files are read (config/compile/checks.py).
    """
    users = policy_users(catalog)
    present = {team for teams in users.values() for team in teams}
    for policy in catalog.policies.values():
        for number, level in enumerate(policy.levels, start=1):
            why = _why_never(level.when, users[policy.id].keys(), catalog, now) if users[policy.id] else ""
            if not why and opening_of(level.during, catalog, now) is None:
                why = f"the hours {level.during} never begin"
            if why:
                message = f'level {number} of policy "{policy.id}" never applies: {why}'
                hint = "change its condition, or remove the level"
                yield foreseen(WARNING, "level-never-applies", level.source, message, hint)
    for rule in catalog.rules:
        why = _why_never(rule.when, present, catalog, now)
        if why:
            message = f'rule "{rule.name}" never fires: {why}'
            hint = "change its condition, or remove the rule"
            yield foreseen(WARNING, "rule-never-fires", rule.source, message, hint)


def _why_never(when: When, present: Set[str], catalog: Catalog, now: Instant) -> str:
    if when.severities == ():
        return "there is no such severity"
    if when.teams is not None and not present & set(when.teams):
        return f"{first_few(when.teams)} never has such an incident: no service of theirs leads here"
    if opening_of(when.hours, catalog, now) is None:
        never = (when.hours or "").startswith("!")
        return f"it is never {when.hours}" if never else f"the hours {when.hours} never begin"
    return ""


class _Repeat(msgspec.Struct, frozen=True):
    """A level of a policy that reaches nobody whom the level `before` has not reached: in which
    row, whom, and since when.
    """

    row: Row
    policy: Policy
    level: int
    before: int
    people: tuple[Recipient, ...]
    start: Instant


def _repeated(coverage: Coverage, catalog: Catalog) -> Iterator[Problem]:
    """Levels that page only people whom the level before has paged. They are looked at anew at each
    handoff, but not in the minutes around it.
    """
    repeats: dict[tuple[str, int], list[_Repeat]] = {}
    questions, calendar = Questions(catalog), Calendar(catalog, coverage.start)
    for row in coverage.rows:
        for repeat in _repeats(row, questions, calendar, (coverage.start, coverage.until)):
            repeats.setdefault((repeat.policy.id, repeat.level), []).append(repeat)
    for same_level in repeats.values():
        yield _repetition(same_level, catalog)


def _repeats(
    row: Row, questions: Questions, calendar: Calendar, covered: tuple[Instant, Instant]
) -> Iterator[_Repeat]:
    """The repeats of one row, each once for the same answers of the calendar."""
    at, until = covered
    declaration = Declaration("-", row.severities[0], row.services[:1])
    situation = declare(declaration, questions.catalog, at).situation
    policy = policy_for(row.team, row.policy, questions.catalog)
    known: dict[tuple[Subject, ...], set[tuple[object, ...]]] = {}
    while at < until:
        subjects = next((asked for asked in known if _answers(asked, calendar, at) in known[asked]), None)
        if subjects is None:
            questions.taken()
            repeats = _repeats_at(row, policy, situation, questions.catalog, at)
            subjects = questions.taken()
            known.setdefault(subjects, set()).add(_answers(subjects, calendar, at))
            yield from repeats
        changes = (calendar.next(subject, at) for subject in subjects)
        at = min((change for change in changes if change is not None), default=until)


def _answers(subjects: tuple[Subject, ...], calendar: Calendar, at: Instant) -> tuple[object, ...]:
    return tuple([calendar.value(subject, at) for subject in subjects])


def _repeats_at(
    row: Row, policy: Policy, situation: Situation, catalog: Catalog, at: Instant
) -> list[_Repeat]:
    repeats = []
    before: tuple[int, tuple[Recipient, ...]] | None = None
    for number, level in enumerate(policy.levels, start=1):
        recipients = _reached(level, row.team, situation, catalog, at)
        people = tuple(recipient for recipient in recipients if recipient.is_person)
        if before is not None and people and set(recipients) <= set(before[1]):
            repeats.append(_Repeat(row, policy, number, before[0], people, at))
        if people:
            before = (number, recipients)
    return repeats


def _reached(
    level: Level, team: str, situation: Situation, catalog: Catalog, at: Instant
) -> tuple[Recipient, ...]:
    """Whom a level would reach if it is paged at `at`; if it is held, when its hours begin."""
    opens_at = opening_of(level.during, catalog, at)
    if opens_at is None or not judge(level.when, Decision(situation, catalog, at), team=team).holds:
        return ()
    decision = Decision(situation, catalog, opens_at)
    meant = (
        addressee.recipient
        for target in level.notify
        for addressee in whom(target, team, decision).addressees
    )
    return tuple(
        dict.fromkeys(recipient for recipient in meant if contacts(recipient, decision.urgency, catalog))
    )


def _repetition(repeats: list[_Repeat], catalog: Catalog) -> Problem:
    """The finding about one level, from the first time on at which it repeats the one before."""
    first = repeats[0]
    policy, level = first.policy, first.policy.levels[first.level - 1]
    teams = list(dict.fromkeys(repeat.row.team for repeat in repeats))
    people = list(
        dict.fromkeys(
            catalog.name_of(person)
            for repeat in repeats
            if repeat.row.team == first.row.team
            for person in repeat.people
        )
    )
    others = f" (and others for {first_few(teams[1:])})" if len(teams) > 1 else ""
    message = (
        f'level {first.level} of policy "{policy.id}" pages nobody new for {first.row.team}{others}: level'
        f" {first.before} has paged {first_few(people)} already, from"
        f" {named_time(first.start, catalog.settings.timezone)} on"
    )
    hint = "name somebody else on one of the two levels; what one person did not hear, another may"
    shown_by = simulate_command(first.row.services[0], first.row.severities[-1], first.start, catalog)
    return foreseen(WARNING, "repeated-person", level.source, message, hint, shown_by)
