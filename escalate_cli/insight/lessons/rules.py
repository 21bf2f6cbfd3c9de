"""Nudges whose answer is always the same: a question that need not be asked."""

from __future__ import annotations

from collections import Counter

from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.policy import Mode, OnExpiry
from escalate_cli.insight.lessons.chance import stands_out, usual
from escalate_cli.insight.lessons.proposal import LEAST, Past, Proposal, numbers

_ALWAYS = 0.95
_SILENT = 0.7
"""that nobody answers in time is nothing unusual"""

_NUDGE_ONLY = ("ask", "expires", "on_expiry")
"""keys that mean something to a rule that asks, and are an error in one that does not"""

_EXPECTED = 0.35
"""what a rule's nudges come to before anything is known: accepted, declined and expired are about
as likely
"""


def nudges(past: Past) -> list[Proposal]:
    """Rules whose nudges are practically always accepted (make them automatic), or never (drop
    them): more often than chance.
    """
    yes: dict[str, list[Record]] = {}
    no: dict[str, list[Record]] = {}
    silent: Counter[str] = Counter()
    acts = {rule.name for rule in past.catalog.rules if rule.on_expiry is OnExpiry.PAGE}
    for record in past.records:
        for nudge in record.nudges:
            if nudge.status == "accepted":
                yes.setdefault(nudge.rule, []).append(record)
            elif nudge.status == "declined" or (
                nudge.status == "expired" and nudge.ran_out and nudge.rule not in acts
            ):
                no.setdefault(nudge.rule, []).append(record)
                silent[nudge.rule] += nudge.status == "expired"
    asking = [rule.name for rule in past.catalog.rules if rule.mode is Mode.NUDGE]
    made = []
    for rule in asking:
        for mine, theirs, accepted in ((yes, no, True), (no, yes, False)):
            k, n = len(mine.get(rule, ())), len(mine.get(rule, ())) + len(theirs.get(rule, ()))
            others = [one for one in {*yes, *no} if one != rule]
            known = sum(len(mine.get(other, ())) for other in others)
            expected = _SILENT if not accepted and silent[rule] else _EXPECTED
            rate = max(
                expected, usual(known, known + sum(len(theirs.get(other, ())) for other in others), expected)
            )
            incidents = numbers(mine.get(rule, ()))
            if len(incidents) >= LEAST and k >= _ALWAYS * n and stands_out(k, n, rate, len(asking)):
                made.append(
                    _automatic(past, rule, incidents, k, n)
                    if accepted
                    else _drop(past, rule, incidents, k, n)
                )
    return made


def _automatic(past: Past, rule: str, incidents: tuple[int, ...], k: int, n: int) -> Proposal:
    file, place = past.texts.rule(rule)
    written = past.texts.value(place, file)
    if past.texts.headed(place, file):
        changes = [past.texts.setting((*place, "mode"), "auto", file)]
        changes += [past.texts.removing((*place, key), file) for key in _NUDGE_ONLY if key in written]
    else:
        automatic = {key: value for key, value in written.items() if key not in _NUDGE_ONLY} | {
            "mode": "auto"
        }
        changes = [past.texts.setting(place, automatic, file)]
    return Proposal(
        code="nudge-accepted",
        title=f'The answer to "{rule}" is always yes: let it act by itself',
        evidence=f"asked {n} times, accepted {'every time' if k == n else f'{k} times'}",
        incidents=incidents,
        count=k,
        of=n,
        changes=tuple(changes),
        rule=rule,
    )


def _drop(past: Past, rule: str, incidents: tuple[int, ...], k: int, n: int) -> Proposal:
    file, place = past.texts.rule(rule)
    return Proposal(
        code="nudge-declined",
        title=f'Nobody says yes to "{rule}": drop it',
        evidence=f"asked {n} times, {'never accepted' if k == n else f'accepted only {n - k} times'}",
        incidents=incidents,
        count=k,
        of=n,
        changes=(past.texts.removing(place, file),),
        rule=rule,
    )
