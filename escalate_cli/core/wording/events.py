"""The sentence of an event, as the timeline keeps it: with the names that people, teams and
services had when it happened.

Nobody takes a sentence apart: whoever wants to know something asks the event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import SECOND, Instant, show_about, show_duration
from escalate_cli.core.events import Event, Way
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient

_OWED = (
    "its hours {hours} passed in a gap without any tick; it is paged with what comes due when they have begun"
    " again"
)
_FAILED = "every address failed for good; next level at once"


_NO_NAMES = Catalog()


class _Telling(msgspec.Struct, frozen=True):
    """What a sentence is said with: when it happened, who did it, and the names of things."""

    at: Instant
    by: str | None
    catalog: Catalog

    @property
    def doer(self) -> str:
        return self.person(self.by or "")

    def person(self, person: str | None) -> str:
        return self.catalog.person_name(person) if person else "somebody"

    def names(self, recipients: Iterable[Recipient]) -> str:
        return ", ".join(map(self.catalog.name_of, recipients))

    def team(self, team: str) -> str:
        return self.catalog.team_name(team)

    def services(self, services: Iterable[str]) -> str:
        return ", ".join(map(self.catalog.service_name, services))


def sentence(event: Event, at: Instant, by: str | None, catalog: Catalog | None) -> str:
    """What happened at `at`, done by `by` if by anybody, in a sentence without its time. Without a
    catalog ids stand for names.
    """
    text = _SENTENCES[type(event)](event, _Telling(at, by, catalog or _NO_NAMES))
    return f"{text}; called off before it went out" if getattr(event, "called_off", ()) else text


def ending(event: Event, at: Instant, by: str | None, catalog: Catalog) -> str:
    """The sentence of what ended a paging, without what follows from it."""
    if isinstance(event, happened.Acknowledged):
        return _taken(event, _Telling(at, by, catalog))
    return sentence(event, at, by, catalog)


# ── the beginning ─────────────────────────────────────────────────────────────────────


def _declared_again(it: happened.DeclaredAgain, say: _Telling) -> str:
    if it.what == "severity":
        return f"declared again as {it.said}: it stays {it.kept}"
    if it.what == "title":
        return f"declared again with another title: {it.said}"
    return f"declared again with {say.person(it.said)} as lead: {say.person(it.kept)} stays"


def _routed(it: happened.Routed, say: _Telling) -> str:
    because = f", {it.because}" if it.because else ""
    if it.way is Way.NAMED:
        return f"the reporter named {say.services(it.services)}"
    if it.way is Way.IMPORTED:
        return f"the imported row named {say.services(it.services)}"
    if it.way is Way.FAILED:
        return f"the title could not be routed ({it.because}): the fallback team gets it"
    if it.way is Way.NOBODY:
        team = say.team(it.fallback) if it.fallback else "nobody"
        return f"no service fits the title for sure ({it.match}): the fallback team {team} gets it"
    how = f"routed by the title ({it.match})" if it.way is Way.TITLE else "chosen by the reporter"
    return f"{say.services(it.services)}: {how}{because}"


# ── escalations and levels ────────────────────────────────────────────────────────────


def _started(it: happened.EscalationStarted, say: _Telling) -> str:
    return f"escalation to {say.team(it.team)} by policy {it.policy}: {it.because}"


def _forgotten(it: happened.AcknowledgementForgotten, say: _Telling) -> str:
    ago = f"acknowledged by {say.person(it.person)}" + (
        f" {show_about(say.at - it.taken_at)} ago" if it.taken_at is not None else ""
    )
    silent = (
        " and no update since"
        if it.updated_at is None
        else f", the last update {show_about(say.at - it.updated_at)} ago"
    )
    return f"{ago}{silent}: paging {it.team} again from level 1"


def _rest_ended(it: happened.RestEnded, say: _Telling) -> str:
    who = say.person(it.person)
    why = (
        f"the urgency rose: the snooze by {who} ends"
        if it.snoozed
        else f"the urgency rose, and {who}, who has it, cannot be told"
    )
    return f"{why}: paging {it.team} again"


def where(level: int, levels: int | None, policy: str | None, cycle: int) -> str:
    """Which level it is, of how many of which policy, in which round."""
    of = f" of {levels}" if levels is not None else ""
    again = f", round {cycle + 1}" if cycle else ""
    return f"level {level}{of} of policy {policy}{again}"


def _level_paged(it: happened.LevelPaged, say: _Telling) -> str:
    text = where(it.level, it.levels, it.policy, it.cycle)
    recipients = it.recipients or it.called_off
    text += f": paged {say.names(recipients)}" if recipients else " reaches nobody"
    text += " (time estimated)" if it.estimated else ""
    text += f" ({it.why})" if it.why else ""
    if it.late_seconds:
        text += f"; {show_about(it.late_seconds * SECOND)} late: no tick ran since it came due"
    if it.missed:
        text += f"; not reached: {'; '.join(it.missed)}"
    return text if it.human else f"{text}; next level at once"


def _level_owed(it: happened.LevelOwed, say: _Telling) -> str:
    return f"level {it.level} of {it.team} is owed: {_OWED.format(hours=it.hours)}"


def _level_failed(it: happened.LevelFailed, say: _Telling) -> str:
    return f"level {it.level} of {it.team} reached nobody: {_FAILED}"


def _nobody_to_page(it: happened.NobodyToPage, say: _Telling) -> str:
    fallback = "the fallback reaches nobody either" if it.has_fallback else "[fallback] names nobody to page"
    return f"no level of policy {it.policy} reaches anybody, and {fallback}: trying again later"


def _fallback_paged(it: happened.FallbackPaged, say: _Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    return f"fallback paged: {names}; again every {show_duration(it.every)} until someone acknowledges"


def _fallback_reached_no_person(it: happened.FallbackReachedNoPerson, say: _Telling) -> str:
    text = f"the fallback reaches no person: {'; '.join(it.missed) or 'it names no person'}"
    recipients = it.recipients or it.called_off
    text += f"; told: {say.names(recipients)}" if recipients else ""
    return f"{text}; the levels are walked again"


def _by_every_address(it: happened.PagedByEveryAddress, say: _Telling) -> str:
    return (
        "paged by every address:"
        f" {', '.join(it.recipients or it.called_off) or 'nobody: there is no address'}"
    )


def why_skipped(
    it: happened.LevelPaged | happened.LevelLeftOut | happened.LevelOwed | happened.LevelFailed,
) -> str:
    """Why a level reached nobody, for where it is clear which level that is."""
    if isinstance(it, happened.LevelPaged):
        return "; ".join(it.missed)
    if isinstance(it, happened.LevelLeftOut):
        return it.reason
    return _OWED.format(hours=it.hours) if isinstance(it, happened.LevelOwed) else _FAILED


# ── what people do ────────────────────────────────────────────────────────────────────


def _taken(it: happened.Acknowledged, say: _Telling) -> str:
    return f"acknowledged by {say.doer} for {it.team}"


def _acknowledged(it: happened.Acknowledged, say: _Telling) -> str:
    again = (
        f"; without an update for {show_duration(it.timeout)} it pages again"
        if it.timeout is not None
        else ""
    )
    return f"{_taken(it, say)}{again}"


def _in_part(it: happened.AcknowledgedInPart, say: _Telling) -> str:
    return (
        f"{say.doer} acknowledged for {it.team}; level {it.level} still waits for {', '.join(it.waits_for)}"
    )


def _besides(it: happened.AcknowledgedBesides, say: _Telling) -> str:
    return f"acknowledged by {say.doer}, who was paged besides: the rest of that page is called off"


def _severity(it: happened.SeverityChanged, say: _Telling) -> str:
    return f"severity {how_severity_changed(it)}" + (f": {it.because}" if it.because else "")


def how_severity_changed(it: happened.SeverityChanged) -> str:
    """In words: "raised from major to critical"."""
    return f"{'raised' if it.rises else 'lowered'} from {it.before} to {it.after}"


def _scope(it: happened.ScopeChanged, say: _Telling) -> str:
    parts = [f"added {', '.join(it.added)}"] if it.added else []
    parts += [f"dropped {', '.join(it.dropped)}"] if it.dropped else []
    return f"services {'; '.join(parts)}"


def _by_hand(it: happened.PagedByHand, say: _Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    text = f"paged by hand: {names}" if names else "paged by hand, but nobody was reached"
    text += f" ({it.message})" if it.message else ""
    return f"{text}; not reached: {'; '.join(it.missed)}" if it.missed else text


def _gone_on(it: happened.GoneOnByHand, say: _Telling) -> str:
    return f"{it.team}: {'on from the last level' if it.past_the_last else f'to level {it.level}'} by hand"


# ── rules, and those who are told ─────────────────────────────────────────────────────


def came_true(rule: str, condition: str) -> str:
    """A rule and its condition, as the pages say it, too."""
    return f'rule "{rule}": {condition or "always"}'


def _asked(it: happened.NudgeAsked, say: _Telling) -> str:
    text = (
        f"{came_true(it.rule, it.condition)}: asked {say.names(it.asked) or 'nobody'} whether to"
        f" {it.proposal}"
    )
    if it.expires is None:
        return text
    return (
        f"{text}; without an answer in {show_duration(it.expires)} it is"
        f" {'done anyway' if it.done_anyway else 'dropped'}"
    )


def _expired(it: happened.NudgeExpired, say: _Telling) -> str:
    return f'nudge "{it.rule}" expired without an answer: {it.proposal if it.acts else "dropped"}'


def _informed(it: happened.Informed, say: _Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    text = f"informed {names}: {it.reason}" if names else f"nobody to inform: {it.reason}"
    return f"{text} (not reached: {'; '.join(it.missed)})" if it.missed else text


def _maintenance_over(it: happened.MaintenanceOver, say: _Telling) -> str:
    since = f" since {show_about(it.late)}" if it.late else ""
    return f"maintenance over{since}: {it.team} is paged now"


def _sounds_like(it: happened.SoundsLike, say: _Telling) -> str:
    return (
        f"this sounds like {say.services([it.service])}: escalate update {it.incident} --service {it.service}"
    )


# ── messages ──────────────────────────────────────────────────────────────────────────


def _message(it: happened.Attempt, say: _Telling) -> str:
    shared = (
        f", in a digest of {it.digest_of}"
        if it.digest_of
        else ", in the same message"
        if it.beside_another
        else ""
    )
    return f"{it.what} to {say.names([it.recipient])} by {it.gateway}{shared}"


def _hurried(it: happened.LaterStepsHurried, say: _Telling) -> str:
    steps = ", ".join(f"{recipient} by {gateway}" for recipient, gateway in it.steps)
    return f"the addresses tried first failed for good: {steps} at once"


def _held_back(it: happened.HeldBack, say: _Telling) -> str:
    who = say.names([it.recipient])
    return f"held back by [limits]: {who} by {it.gateway}, for a digest in {show_about(it.until - say.at)}"


_SENTENCES: dict[type[Event], Callable[[Any, _Telling], str]] = {
    happened.Declared: lambda it, say: f"declared: {it.title}",
    happened.DeclaredAgain: _declared_again,
    happened.Routed: _routed,
    happened.EscalationStarted: _started,
    happened.EscalationStopped: lambda it, say: f"escalation to {it.team} stopped: {it.reason}",
    happened.AcknowledgementForgotten: _forgotten,
    happened.SnoozeOver: lambda it, say: (
        f"the snooze by {say.person(it.person)} is over: paging {it.team} again from level 1"
    ),
    happened.RestEnded: _rest_ended,
    happened.GoneOnByHand: _gone_on,
    happened.LevelsWalkedAgain: lambda it, say: (
        f"the fallback was not reached: the levels of policy {it.policy} of {it.team} are walked again"
    ),
    happened.LevelPaged: _level_paged,
    happened.LevelHeld: lambda it, say: (
        f"level {it.level} of {it.team} held until the hours {it.hours} begin"
    ),
    happened.LevelLeftOut: lambda it, say: f"level {it.level} of {it.team} left out: {it.reason}",
    happened.LevelOwed: _level_owed,
    happened.LevelFailed: _level_failed,
    happened.Exhausted: lambda it, say: (
        f"policy {it.policy} of {it.team} has run out of levels: the fallback is paged"
    ),
    happened.NobodyToPage: _nobody_to_page,
    happened.FallbackPaged: _fallback_paged,
    happened.FallbackReachedNoPerson: _fallback_reached_no_person,
    happened.PagedByEveryAddress: _by_every_address,
    happened.DoneWithout: lambda it, say: it.what,
    happened.Acknowledged: _acknowledged,
    happened.AcknowledgedInPart: _in_part,
    happened.AcknowledgedBesides: _besides,
    happened.Snoozed: lambda it, say: f"snoozed by {say.doer} for {show_duration(it.until - say.at)}",
    happened.Resolved: lambda it, say: "resolved" + (f": {it.message}" if it.message else ""),
    happened.Reopened: lambda it, say: "reopened" if it.was_resolved else "acknowledgement taken back",
    happened.SeverityChanged: _severity,
    happened.ScopeChanged: _scope,
    happened.TitleChanged: lambda it, say: f"title changed from {it.before!r}",
    happened.LabelsSet: lambda it, say: (
        "labels set: " + ", ".join(f"{name}={value}" for name, value in it.after.items())
    ),
    happened.LeadChanged: lambda it, say: f"lead: {say.person(it.after)}",
    happened.MessageAdded: lambda it, say: it.message,
    happened.PolicyReloaded: lambda it, say: (
        f"{it.team}: policy {it.policy} as it is now in the configuration"
    ),
    happened.PagedByHand: _by_hand,
    happened.RuleFired: lambda it, say: f"{came_true(it.rule, it.condition)}: {it.proposal}",
    happened.PagedByRule: lambda it, say: (
        f'paged {say.names(it.recipients or it.called_off)}: rule "{it.rule}"'
    ),
    happened.RuleMissed: lambda it, say: f'rule "{it.rule}" did not reach: {"; ".join(it.missed)}',
    happened.NudgeAsked: _asked,
    happened.NobodyToAsk: lambda it, say: f"nobody to ask ({'; '.join(it.missed)}): the fallback is asked",
    happened.NudgeAnswered: lambda it, say: f'nudge "{it.rule}" {it.status}: {it.proposal}',
    happened.NudgeExpired: _expired,
    happened.NudgeDropped: lambda it, say: f'nudge "{it.rule}" dropped: {it.reason}',
    happened.Informed: _informed,
    happened.ToldOfRise: lambda it, say: (
        f"told {say.names(it.recipients or it.called_off)}, who has acknowledged it: the urgency rose to high"
    ),
    happened.NotToldOfRise: lambda it, say: (
        f"{say.person(it.person)}, who has acknowledged it, cannot be told that the urgency rose: {it.reason}"
    ),
    happened.MaintenanceBegan: lambda it, say: (
        f"maintenance of {', '.join(it.services)}: {it.team} is not paged until it ends"
    ),
    happened.MaintenanceOver: _maintenance_over,
    happened.SoundsLike: _sounds_like,
    happened.Sent: lambda it, say: f"{_message(it, say)}: sent",
    happened.Retrying: lambda it, say: f"{_message(it, say)}: {it.reason}",
    happened.GivenUp: lambda it, say: f"{_message(it, say)}: {it.reason}",
    happened.CalledOff: lambda it, say: f"{_message(it, say)}: no longer needed ({it.reason})",
    happened.Ended: lambda it, say: f"{it.recipient}: {it.status} ({it.why})",
    happened.HeldBack: _held_back,
    happened.LaterStepsHurried: _hurried,
    happened.Unclassified: lambda it, say: it.about.value,
}
