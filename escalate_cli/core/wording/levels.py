"""The sentences of escalations, levels and the fallback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import SECOND, show_about, show_duration
from escalate_cli.core.events import Event
from escalate_cli.core.wording.telling import Telling

_OWED = (
    "its hours {hours} passed in a gap without any tick; it is paged with what comes due when they have begun"
    " again"
)
_FAILED = "every address failed for good; next level at once"


def _started(it: happened.EscalationStarted, say: Telling) -> str:
    return say.begin("escalation", f"to {say.team(it.team)} by policy {it.policy}: {it.because}")


def _forgotten(it: happened.AcknowledgementForgotten, say: Telling) -> str:
    ago = f"acknowledged by {say.person(it.person)}" + (
        f" {show_about(say.at - it.taken_at)} ago" if it.taken_at is not None else ""
    )
    silent = (
        " and no update since"
        if it.updated_at is None
        else f", the last update {show_about(say.at - it.updated_at)} ago"
    )
    return f"{ago}{silent}: paging {say.team(it.team)} again from level 1"


def _rest_ended(it: happened.RestEnded, say: Telling) -> str:
    who = say.person(it.person)
    why = (
        f"the urgency rose: the snooze by {who} ends"
        if it.snoozed
        else f"the urgency rose, and {who}, who has it, cannot be told"
    )
    return f"{why}: paging {say.team(it.team)} again"


def where(level: int, levels: int | None, policy: str | None, cycle: int) -> str:
    """Which level it is, of how many of which policy, in which round: after "level"."""
    of = f" of {levels}" if levels is not None else ""
    again = f", round {cycle + 1}" if cycle else ""
    return f"{level}{of} of policy {policy}{again}"


def _level_paged(it: happened.LevelPaged, say: Telling) -> str:
    recipients = it.recipients or it.called_off
    text = where(it.level, it.levels, it.policy, it.cycle)
    if recipients:
        text = f"{say.begin('level', text)}: paged {say.names(recipients)}"
    else:
        text = f"level {text} reaches nobody"
    text += " (time estimated)" if it.estimated else ""
    text += f" ({it.why})" if it.why else ""
    if it.late_seconds:
        text += f"; {show_about(it.late_seconds * SECOND)} late: no tick ran since it came due"
    if it.missed:
        text += f"; not reached: {'; '.join(it.missed)}"
    return text if it.human else f"{text}; next level at once"


def _level_owed(it: happened.LevelOwed, say: Telling) -> str:
    return f"level {it.level} of {say.team(it.team)} is owed: {_OWED.format(hours=it.hours)}"


def _level_failed(it: happened.LevelFailed, say: Telling) -> str:
    return f"level {it.level} of {say.team(it.team)} reached nobody: {_FAILED}"


def _nobody_to_page(it: happened.NobodyToPage, say: Telling) -> str:
    fallback = "the fallback reaches nobody either" if it.has_fallback else "[fallback] names nobody to page"
    return f"no level of policy {it.policy} reaches anybody, and {fallback}: trying again later"


def _fallback_paged(it: happened.FallbackPaged, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    return f"fallback paged: {names}; again every {show_duration(it.every)} until someone acknowledges"


def _fallback_reached_no_person(it: happened.FallbackReachedNoPerson, say: Telling) -> str:
    text = f"the fallback reaches no person: {'; '.join(it.missed) or 'it names no person'}"
    recipients = it.recipients or it.called_off
    text += f"; told: {say.names(recipients)}" if recipients else ""
    return f"{text}; the levels are walked again"


def _by_every_address(it: happened.PagedByEveryAddress, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    return f"paged by every address: {names or 'nobody: there is no address'}"


def _held(it: happened.LevelHeld, say: Telling) -> str:
    return say.begin("level", f"{it.level} of {say.team(it.team)} held until the hours {it.hours} begin")


def _stopped(it: happened.EscalationStopped, say: Telling) -> str:
    return say.begin("escalation", f"to {say.team(it.team)} stopped: {it.reason}")


def why_skipped(
    it: happened.LevelPaged | happened.LevelLeftOut | happened.LevelOwed | happened.LevelFailed,
) -> str:
    """Why a level reached nobody, for where it is clear which level that is."""
    if isinstance(it, happened.LevelPaged):
        return "; ".join(it.missed)
    if isinstance(it, happened.LevelLeftOut):
        return it.reason
    return _OWED.format(hours=it.hours) if isinstance(it, happened.LevelOwed) else _FAILED


OF_LEVELS: dict[type[Event], Callable[[Any, Telling], str]] = {
    happened.EscalationStarted: _started,
    happened.AcknowledgementForgotten: _forgotten,
    happened.RestEnded: _rest_ended,
    happened.LevelPaged: _level_paged,
    happened.LevelOwed: _level_owed,
    happened.LevelFailed: _level_failed,
    happened.NobodyToPage: _nobody_to_page,
    happened.FallbackPaged: _fallback_paged,
    happened.FallbackReachedNoPerson: _fallback_reached_no_person,
    happened.PagedByEveryAddress: _by_every_address,
    happened.LevelHeld: _held,
    happened.LevelLeftOut: lambda it, say: f"level {it.level} of {say.team(it.team)} left out: {it.reason}",
    happened.Exhausted: lambda it, say: (
        f"policy {it.policy} of {say.team(it.team)} has run out of levels: the fallback is paged"
    ),
    happened.LevelsWalkedAgain: lambda it, say: (
        f"the fallback was not reached: the levels of policy {it.policy} of {say.team(it.team)} are walked"
        " again"
    ),
    happened.EscalationStopped: _stopped,
}
