"""The sentence of an event, as the timeline keeps it: with the names that people, teams and
services had when it happened.

Nobody takes a sentence apart: whoever wants to know something asks the event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import Instant, Span, show_about, show_duration
from escalate_cli.core.events import Event, Way
from escalate_cli.core.events.reasons import Taking
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.levels import OF_LEVELS
from escalate_cli.core.wording.rules import action_in_words, came_true, condition_in_words
from escalate_cli.core.wording.telling import Telling

_NO_NAMES = Catalog()
_DOES = {Taking.LEADS: "leads it", Taking.PASSED: "cannot take it", Taking.GIVEN_BACK: "has it no more"}


def sentence(event: Event, at: Instant, by: str | None, catalog: Catalog | None) -> str:
    """What happened at `at`, done by `by` if by anybody, in a sentence without its time. Without a
    catalog ids stand for names.
    """
    text = _SENTENCES[type(event)](event, Telling(at, by, catalog or _NO_NAMES))
    return f"{text}; called off before it went out" if getattr(event, "called_off", ()) else text


def ending(event: Event, at: Instant, by: str | None, catalog: Catalog) -> str:
    """The sentence of what ended a paging, without what follows from it."""
    if isinstance(event, happened.Acknowledged):
        return _taken(event, Telling(at, by, catalog))
    return sentence(event, at, by, catalog)


# ── the beginning ─────────────────────────────────────────────────────────────────────


def _declared_again(it: happened.DeclaredAgain, say: Telling) -> str:
    if it.what == "severity":
        return f"declared again as {it.declared}: it stays {it.kept}"
    if it.what == "title":
        return f"declared again with another title: {it.declared}"
    return f"declared again with {say.person(it.declared)} as lead: {say.person(it.kept)} stays"


def _routed(it: happened.Routed, say: Telling) -> str:
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
    if it.way is Way.GUESSED:
        return f"{say.services(it.services)}: a guess, for the title leaves doubt ({it.match}){because}"
    how = f"routed by the title ({it.match})" if it.way is Way.TITLE else "chosen by the reporter"
    return f"{say.services(it.services)}: {how}{because}"


# ── what people do ────────────────────────────────────────────────────────────────────


def _taken(it: happened.Acknowledged, say: Telling) -> str:
    return f"acknowledged by {say.doer} for {it.team}"


def _acknowledged(it: happened.Acknowledged, say: Telling) -> str:
    return f"{_taken(it, say)}{_again(it.timeout)}"


def _taken_over(it: happened.TakenOver, say: Telling) -> str:
    before = f" from {say.person(it.before)}" if it.before else ""
    again = _again(it.timeout)
    return f"taken over by {say.doer}{before} for {it.team}{again}"


def _again(timeout: Span | None) -> str:
    return f"; without an update for {show_duration(timeout)} it pages again" if timeout is not None else ""


def _in_part(it: happened.AcknowledgedInPart, say: Telling) -> str:
    return (
        f"{say.doer} acknowledged for {it.team}; level {it.level} still waits for {', '.join(it.waits_for)}"
    )


def _besides(it: happened.AcknowledgedBesides, say: Telling) -> str:
    return f"acknowledged by {say.doer}, who was paged besides: the rest of that page is called off"


def _passed(it: happened.Passed, say: Telling) -> str:
    if it.held:
        return f"{say.doer}, who had it for {say.team(it.team)}, has given it back: it is paged again"
    text = f"{say.doer} has passed it on for {say.team(it.team)}"
    if it.waits_for:
        return f"{text}; it still waits for {', '.join(map(say.person, it.waits_for))}"
    return f"{text}: nobody else of that page is left" if it.level else text


def _severity(it: happened.SeverityChanged, say: Telling) -> str:
    return f"severity {how_severity_changed(it)}" + (f": {it.because}" if it.because else "")


def how_severity_changed(it: happened.SeverityChanged) -> str:
    """In words: "raised from major to critical"."""
    return f"{'raised' if it.rises else 'lowered'} from {it.before} to {it.after}"


def _scope(it: happened.ScopeChanged, say: Telling) -> str:
    parts = [f"added {', '.join(it.added)}"] if it.added else []
    parts += [f"dropped {', '.join(it.dropped)}"] if it.dropped else []
    return f"services {'; '.join(parts)}"


def _by_hand(it: happened.PagedByHand, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    text = f"paged by hand: {names}" if names else "paged by hand, but nobody was reached"
    text += f" ({it.message})" if it.message else ""
    return f"{text}; not reached: {'; '.join(it.missed)}" if it.missed else text


def _gone_on(it: happened.GoneOnByHand, say: Telling) -> str:
    return f"{it.team}: {'on from the last level' if it.past_the_last else f'to level {it.level}'} by hand"


# ── rules, and those who are told ─────────────────────────────────────────────────────


def _proposal(
    it: happened.RuleFired | happened.NudgeAsked | happened.NudgeAnswered | happened.NudgeExpired,
    say: Telling,
) -> str:
    return it.proposal if it.action is None else action_in_words(it.action, say.catalog)


def _true(it: happened.RuleFired | happened.NudgeAsked, say: Telling) -> str:
    return came_true(it.rule, it.condition if it.when is None else condition_in_words(it.when, say.catalog))


def _asked(it: happened.NudgeAsked, say: Telling) -> str:
    text = f"{_true(it, say)}: asked {say.names(it.asked) or 'nobody'} whether to {_proposal(it, say)}"
    if it.expires is None:
        return text
    return (
        f"{text}; without an answer in {show_duration(it.expires)} it is"
        f" {'done anyway' if it.done_anyway else 'dropped'}"
    )


def _expired(it: happened.NudgeExpired, say: Telling) -> str:
    return f'nudge "{it.rule}" expired without an answer: {_proposal(it, say) if it.acts else "dropped"}'


def _informed(it: happened.Informed, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    text = f"informed {names}: {it.reason}" if names else f"nobody to inform: {it.reason}"
    return f"{text}{_missed(it.missed)}"


def _who_has_it(it: happened.ToldWhoHasIt, say: Telling) -> str:
    what = f"that {say.person(it.person)} {_DOES.get(it.how, 'has it')}"
    names = say.names(it.recipients or it.called_off) or "nobody"
    return f"told {names} {what}{_missed(it.missed)}"


def _reporter(it: happened.ReporterTold, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off) or "nobody"
    what = f"who reported it, that {'it is over' if it.over else 'somebody has it'}"
    return f"told {names}, {what}{_missed(it.missed)}"


def _missed(missed: tuple[str, ...]) -> str:
    return f" (not reached: {'; '.join(missed)})" if missed else ""


def _maintenance_over(it: happened.MaintenanceOver, say: Telling) -> str:
    since = f" since {show_about(it.late)}" if it.late else ""
    return f"maintenance over{since}: {it.team} is paged now"


def _sounds_like(it: happened.SoundsLike, say: Telling) -> str:
    return (
        f"this sounds like {say.services([it.service])}: escalate update {it.incident} --service {it.service}"
    )


# ── messages ──────────────────────────────────────────────────────────────────────────


def _message(it: happened.Attempt, say: Telling) -> str:
    shared = (
        f", in a digest of {it.digest_of}"
        if it.digest_of
        else ", in the same message"
        if it.beside_another
        else ""
    )
    return f"{it.what} to {say.names([it.recipient])} by {it.gateway}{shared}"


def _hurried(it: happened.LaterStepsHurried, say: Telling) -> str:
    steps = ", ".join(f"{recipient} by {gateway}" for recipient, gateway in it.steps)
    return f"the addresses tried first failed for good: {steps} at once"


def _held_back(it: happened.HeldBack, say: Telling) -> str:
    who = say.names([it.recipient])
    return f"held back by [limits]: {who} by {it.gateway}, for a digest in {show_about(it.until - say.at)}"


_SENTENCES: dict[type[Event], Callable[[Any, Telling], str]] = {
    **OF_LEVELS,
    happened.Declared: lambda it, say: f"declared: {it.title}",
    happened.DeclaredAgain: _declared_again,
    happened.Routed: _routed,
    happened.SnoozeOver: lambda it, say: (
        f"the snooze by {say.person(it.person)} is over: paging {it.team} again from level 1"
    ),
    happened.GoneOnByHand: _gone_on,
    happened.DoneWithout: lambda it, say: it.what,
    happened.Acknowledged: _acknowledged,
    happened.TakenOver: _taken_over,
    happened.AcknowledgedInPart: _in_part,
    happened.AcknowledgedBesides: _besides,
    happened.Passed: _passed,
    happened.PassedBesides: lambda it, say: (
        f"passed on by {say.doer}, who was paged besides: the rest of that page is called off"
    ),
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
    happened.RuleFired: lambda it, say: f"{_true(it, say)}: {_proposal(it, say)}",
    happened.PagedByRule: lambda it, say: (
        f'paged {say.names(it.recipients or it.called_off)}: rule "{it.rule}"'
    ),
    happened.RuleMissed: lambda it, say: f'rule "{it.rule}" did not reach: {"; ".join(it.missed)}',
    happened.NudgeAsked: _asked,
    happened.NobodyToAsk: lambda it, say: f"nobody to ask ({'; '.join(it.missed)}): the fallback is asked",
    happened.NudgeAnswered: lambda it, say: f'nudge "{it.rule}" {it.status}: {_proposal(it, say)}',
    happened.NudgeExpired: _expired,
    happened.NudgeDropped: lambda it, say: f'nudge "{it.rule}" dropped: {it.reason}',
    happened.Informed: _informed,
    happened.ToldWhoHasIt: _who_has_it,
    happened.ReporterTold: _reporter,
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
