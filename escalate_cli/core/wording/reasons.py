"""Reasons in words: what stands in a page after "Why you"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from escalate_cli.core.events import reasons
from escalate_cli.core.events.reasons import Because, Cause, Meant
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.levels import where
from escalate_cli.core.wording.rules import came_true, condition_in_words


def told_because(reason: Because, catalog: Catalog, recipient: Recipient) -> str:
    """The whole reason: "on call for Identity; level 1 of 3 of policy standard"."""
    return "; ".join(
        text
        for text in (
            meaning(reason.meant, catalog, recipient),
            purpose(reason.cause, catalog),
            *reason.without,
        )
        if text
    )


def meaning(meant: Meant | None, catalog: Catalog, recipient: Recipient) -> str:
    """How somebody comes to be meant; "" where nothing is to be said of it. A channel that is named is
    said to be that of its teams.
    """
    if isinstance(meant, reasons.Named) and recipient.kind == "channel":
        teams = [team.name for team in catalog.teams.values() if team.channel == recipient.id]
        return f"channel of {', '.join(teams)}" if teams else "channel of no team"
    return "" if meant is None else _MEANT[type(meant)](meant, catalog)


def purpose(cause: Cause | None, catalog: Catalog) -> str:
    """What the message is for; "" where nothing is to be said of it."""
    return "" if cause is None else _CAUSES[type(cause)](cause, catalog)


def _level(it: reasons.LevelReached, catalog: Catalog) -> str:
    text = f"level {where(it.level, it.levels, it.policy, it.cycle)}"
    return f"{text} ({it.why})" if it.why else text


def _true(it: reasons.RuleTrue | reasons.RuleAsks, catalog: Catalog) -> str:
    condition = it.condition if it.when is None else condition_in_words(it.when, catalog)
    return f"rule {came_true(it.rule, condition)}"


def _by_hand(it: reasons.ByHand, catalog: Catalog) -> str:
    return f"asked for by {catalog.person_name(it.by)}" if it.by else "asked for by hand"


_MEANT: dict[type[Any], Callable[[Any, Catalog], str]] = {
    reasons.Named: lambda it, catalog: "named directly",
    reasons.OnCallFor: lambda it, catalog: f"on call for {catalog.team_name(it.team)}",
    reasons.OnCallIn: lambda it, catalog: f"on call in {it.schedule}",
    reasons.LeadOf: lambda it, catalog: f"lead of {catalog.team_name(it.team)}",
    reasons.MemberOf: lambda it, catalog: f"member of {catalog.team_name(it.team)}",
    reasons.NextInTurn: lambda it, catalog: f"next in turn in {catalog.team_name(it.team)}",
    reasons.ChannelOf: lambda it, catalog: f"channel of {catalog.team_name(it.team)}",
    reasons.LeadsIncident: lambda it, catalog: "you lead the incident",
    reasons.TookIt: lambda it, catalog: "you have acknowledged it" if it.worse else "you acknowledged it",
    reasons.WasTold: lambda it, catalog: "you were told of this incident",
    reasons.WasPaged: lambda it, catalog: "you were paged",
    reasons.TakesTurns: lambda it, catalog: f"takes turns in {it.schedule}",
    reasons.Imported: lambda it, catalog: "as imported",
    reasons.BelongsTo: lambda it, catalog: f"in the team {catalog.team_name(it.team)}",
}

_CAUSES: dict[type[Any], Callable[[Any, Catalog], str]] = {
    reasons.LevelReached: _level,
    reasons.FallbackReached: lambda it, catalog: (
        f"fallback after policy {it.policy} of {catalog.team_name(it.team)}: {it.why}"
    ),
    reasons.RuleTrue: lambda it, catalog: _true(it, catalog),
    reasons.ByRule: lambda it, catalog: f'rule "{it.rule}"',
    reasons.RuleReachedNobody: lambda it, catalog: f'rule "{it.rule}" reached nobody',
    reasons.RuleAsks: lambda it, catalog: f"you are asked: {_true(it, catalog)}",
    reasons.ByHand: _by_hand,
    reasons.Severe: lambda it, catalog: f"hears of {it.severity} incidents",
    reasons.Update: lambda it, catalog: "update for the teams involved",
    reasons.SomebodyHasIt: lambda it, catalog: f"{catalog.person_name(it.by)} has it",
    reasons.NobodyHasIt: lambda it, catalog: f"{catalog.person_name(it.had)} no longer has it",
    reasons.OpenAgain: lambda it, catalog: "it is open again",
    reasons.Over: lambda it, catalog: "",
    reasons.ForReporter: lambda it, catalog: "you reported it",
    reasons.UrgencyRose: lambda it, catalog: "the urgency rose",
    reasons.Said: lambda it, catalog: it.text,
}
