"""Nudges that always get the same answer: questions that need not be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.policy import Mode, OnExpiry
from escalate_cli.insight.lessons.chance import usual
from escalate_cli.insight.lessons.proposal import Backing, Past, Proposal

_ALWAYS = 0.95
_SILENT = 0.7
"""nobody answering in time is not unusual"""

_NUDGE_ONLY = ("ask", "expires", "on_expiry")
"""keys that mean something to a rule that asks, and are an error in one that does not"""

_EXPECTED = 0.35
"""what a rule's nudges come to before anything is known: accepted, declined and expired are about
as likely
"""


@dataclass
class _Answers:
    """How the nudges of a rule ended, a record for each. Nudges that expired count as declined if
    the rule then does nothing; `silent` is how many did.
    """

    accepted: list[Record] = field(default_factory=list)
    declined: list[Record] = field(default_factory=list)
    silent: int = 0


def nudge_lessons(past: Past) -> list[Proposal]:
    """Rules whose nudges are practically always accepted (make them automatic), or never (drop
    them): more often than chance.
    """
    answers = _answers(past)
    asking = [rule.name for rule in past.catalog.rules if rule.mode is Mode.NUDGE]
    proposals = []
    for rule in asking:
        own = answers.get(rule, _Answers())
        others = [other for name, other in answers.items() if name != rule]
        yes, no = sum(len(other.accepted) for other in others), sum(len(other.declined) for other in others)
        count = len(own.accepted) + len(own.declined)
        accepted, declined = Backing.by(own.accepted, count), Backing.by(own.declined, count)
        if accepted.stands_out(_ALWAYS, _rate(yes, no, _EXPECTED), len(asking)):
            proposals.append(_automatic(past, rule, accepted))
        if declined.stands_out(_ALWAYS, _rate(no, yes, _SILENT if own.silent else _EXPECTED), len(asking)):
            proposals.append(_drop(past, rule, declined))
    return proposals


def _answers(past: Past) -> dict[str, _Answers]:
    acts = {rule.name for rule in past.catalog.rules if rule.on_expiry is OnExpiry.PAGE}
    answers: dict[str, _Answers] = {}
    for record in past.records:
        for nudge in record.nudges:
            silent = nudge.status == "expired" and nudge.ran_out and nudge.rule not in acts
            if nudge.status == "accepted":
                answers.setdefault(nudge.rule, _Answers()).accepted.append(record)
            elif nudge.status == "declined" or silent:
                of_rule = answers.setdefault(nudge.rule, _Answers())
                of_rule.declined.append(record)
                of_rule.silent += silent
    return answers


def _rate(alike: int, unlike: int, expected: float) -> float:
    """What is usual among the nudges of other rules, and no less than what is expected."""
    return max(expected, usual(alike, alike + unlike, expected))


def _automatic(past: Past, rule: str, backing: Backing) -> Proposal:
    file, place = past.texts.rule(rule)
    written = past.texts.table(place, file)
    if past.texts.headed(place, file):
        changes = [past.texts.setting((*place, "mode"), "auto", file)]
        changes += [past.texts.removing((*place, key), file) for key in _NUDGE_ONLY if key in written]
    else:
        kept = {key: value for key, value in written.items() if key not in _NUDGE_ONLY}
        changes = [past.texts.setting(place, kept | {"mode": "auto"}, file)]
    often = "every time" if backing.count == backing.of else f"{backing.count} times"
    return Proposal(
        code="nudge-accepted",
        title=f'The answer to "{rule}" is always yes: let it act by itself',
        evidence=f"asked {backing.of} times, accepted {often}",
        backing=backing,
        changes=tuple(changes),
        rule=rule,
    )


def _drop(past: Past, rule: str, backing: Backing) -> Proposal:
    file, place = past.texts.rule(rule)
    accepted = backing.of - backing.count
    often = f"accepted only {accepted} times" if accepted else "never accepted"
    return Proposal(
        code="nudge-declined",
        title=f'Nobody says yes to "{rule}": drop it',
        evidence=f"asked {backing.of} times, {often}",
        backing=backing,
        changes=(past.texts.removing(place, file),),
        rule=rule,
    )
