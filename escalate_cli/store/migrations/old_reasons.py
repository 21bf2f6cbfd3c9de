"""Why version 0.1.0 wrote to somebody becomes a value. Here and in old_timelines.py sentences are
taken apart, once and never again. The old sentences stay as they are; one that fits nothing is
kept as plain text.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import msgspec

from escalate_cli.core.events import reasons
from escalate_cli.store.statements import Statements

_sql = Statements("migrating")


def give_reasons(connection: sqlite3.Connection) -> None:
    """Write the reason of each notification beside its sentence, within the caller's transaction."""
    sentences = [row[0] for row in connection.execute(_sql.old_sentences)]
    connection.execute(_sql.make_old_reasons)
    for because in sentences:
        values = {"because": because, "reason": msgspec.json.encode(reason_of(because)).decode()}
        connection.execute(_sql.insert_old_reason, values)
    connection.execute(_sql.give_reasons)
    connection.execute(_sql.drop_old_reasons)


def reason_of(because: str) -> reasons.Because:
    """The reason that a sentence of schema 1 tells of. A team is known by its name there."""
    first, _, rest = because.partition("; ")
    if first in _MEANT:
        return reasons.Because(_MEANT[first], *_cause(rest))
    for beginning, make in _MEANT_FOR.items():
        if first.startswith(beginning):
            return reasons.Because(make(first.removeprefix(beginning)), *_cause(rest))
    return reasons.Because(None, *_cause(because))


_MEANT: dict[str, reasons.Meant] = {
    "named directly": reasons.Named(),
    "you lead the incident": reasons.LeadsIncident(),
    "you acknowledged it": reasons.TookIt(),
    "you have acknowledged it": reasons.TookIt(worse=True),
    "you were told of this incident": reasons.WasTold(),
    "as imported": reasons.Imported(),
}
_MEANT_FOR: dict[str, Callable[[str], reasons.Meant]] = {
    "on call for ": reasons.OnCallFor,
    "on call in ": reasons.OnCallIn,
    "lead of ": reasons.LeadOf,
    "member of ": reasons.MemberOf,
    "next in turn in ": reasons.NextInTurn,
    "channel of ": reasons.ChannelOf,
    "takes turns in ": reasons.TakesTurns,
    "in the team ": reasons.BelongsTo,
}


def _cause(text: str) -> tuple[reasons.Cause | None, tuple[str, ...]]:
    """What a message was for, and what was done without."""
    level = re.match(
        r"level (\d+)(?: of (\d+))? of policy (.+?)(?:, round (\d+))?(?: \((.*?)\))?(?:; (.*))?$", text, re.S
    )
    if level:
        number, levels, policy, round_, why, rest = level.groups()
        reached = reasons.LevelReached(
            int(number), int(levels) if levels else None, policy, int(round_ or 1) - 1, why or ""
        )
        return reached, (rest,) if rest else ()
    fallback = re.match(r"fallback after policy (.+?) of (.+?): (.*)$", text, re.S)
    if fallback:
        return reasons.FallbackReached(*fallback.groups()), ()
    rule = re.match(r'(you are asked: )?rule "(.*?)"(?:: (.*)|( reached nobody)|)$', text, re.S)
    if rule:
        asked, name, condition, nobody = rule.groups()
        if asked:
            return reasons.RuleAsks(name, condition or ""), ()
        if nobody:
            return reasons.RuleReachedNobody(name), ()
        return (reasons.ByRule(name) if condition is None else reasons.RuleTrue(name, condition)), ()
    severity = re.match(r"hears of (\S+) incidents$", text)
    if severity:
        return reasons.Severe(severity[1]), ()
    if text == "update for the teams involved":
        return reasons.Update(), ()
    if text == "the urgency rose":
        return reasons.UrgencyRose(), ()
    return (reasons.Said(text) if text else None), ()
