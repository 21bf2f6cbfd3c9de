"""The sentence of an event, as the timeline keeps it: with the names that people, teams and
services had when it happened.

Nobody takes a sentence apart: whoever wants to know something asks the event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import Instant, Span, show_about, show_duration
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.events import Event, Way
from escalate_cli.core.events.reasons import Taking
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.alerts import OF_ALERTS
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.levels import OF_LEVELS
from escalate_cli.core.wording.messages import OF_MESSAGES
from escalate_cli.core.wording.rules import action_in_words, came_true, condition_in_words
from escalate_cli.core.wording.telling import Telling
from escalate_cli.core.wording.ways import way_in_words

_NO_NAMES = Catalog()
_LONGEST_MESSAGE = 1000
"""characters of a reporter's message in a sentence; the incident has all of it"""
_DOES = {Taking.LEADS: "leads it", Taking.PASSED: "cannot take it", Taking.GIVEN_BACK: "has it no more"}


def sentence(
    event: Event,
    at: Instant,
    by: str | None,
    catalog: Catalog | None,
    *,
    beside_kind: bool = False,
    formerly: bool = False,
) -> str:
    """What happened at `at`, done by `by` if by anybody, in a sentence without its time. Without a
    catalog ids stand for names. With `beside_kind`, as it stands beside `shown_kind`. `formerly`: as an
    earlier version said it.
    """
    text = _SENTENCES[type(event)](event, Telling(at, by, catalog or _NO_NAMES, beside_kind, formerly))
    if isinstance(event.answered, happened.AnswerWay):
        text = _by_answering(event, text, event.answered, at, catalog or _NO_NAMES)
    return f"{text}; called off before it went out" if getattr(event, "called_off", ()) else text


def shown_kind(event: Event) -> str:
    """The word for its kind: who only hears of an incident is told, and not paged."""
    return "told" if isinstance(event, _TELLS) else event.kind.value


_TELLS = (happened.Informed, happened.ToldWhoHasIt, happened.ReporterTold, happened.ToldOfRise)


def _by_answering(event: Event, text: str, way: happened.AnswerWay, at: Instant, catalog: Catalog) -> str:
    """How it was answered, behind what was done; what people wrote themselves is kept apart from it."""
    how, zone = f"by {way_in_words(way.how, way.gateway)}", catalog.settings.timezone
    paged = f"page of {named_wall_time(way.paged_at, zone, at)}" if way.paged_at is not None else ""
    if isinstance(event, happened.MessageAdded) or getattr(event, "message", None):
        return f"{text} ({', '.join(filter(None, (how, paged)))})"
    return f"{text}, {how}" + (f" ({paged})" if paged else "")


def ending(event: Event, at: Instant, by: str | None, catalog: Catalog) -> str:
    """The sentence of what ended a paging, without what follows from it."""
    if isinstance(event, happened.Acknowledged | happened.TakenOver):
        event = replace(event, timeout=None)
    return sentence(event, at, by, catalog)


# ── the beginning ─────────────────────────────────────────────────────────────────────


def _declared(it: happened.Declared, say: Telling) -> str:
    message = f': "{clip(it.message, _LONGEST_MESSAGE)}"' if it.message else ""
    return say.begin("declared:", it.title) + message


def _declared_again(it: happened.DeclaredAgain, say: Telling) -> str:
    if it.what is happened.Restated.SEVERITY:
        text = f"again as {it.declared}: it stays {it.kept}"
    elif it.what is happened.Restated.TITLE:
        text = f"again with another title: {it.declared}"
    else:
        text = f"again with {say.person(it.declared)} as lead: {say.person(it.kept)} stays"
    return say.begin("declared", text)


def _declared_also(it: happened.DeclaredAlso, say: Telling) -> str:
    text = say.begin("declared", f"also: {it.title}")
    if not it.service or not it.needs:
        return text
    return f"{text}; {say.services([it.service])} needs {say.services([it.needs])}: its team is not paged"


def _routed(it: happened.Routed, say: Telling) -> str:
    because = f", {it.because}" if it.because else ""
    if it.way is Way.NAMED:
        return f"the reporter named {say.services(it.services)}"
    if it.way is Way.ALERT:
        return f"the alert names {say.services(it.services)}: {it.because}"
    if it.way is Way.IMPORTED:
        return f"the imported row named {say.services(it.services)}"
    if it.way is Way.FAILED:
        return f"the title could not be routed ({it.because}): the fallback team gets it"
    if it.way is Way.NOBODY:
        team = say.team(it.fallback) if it.fallback else "nobody"
        return f"no service fits the title for sure ({it.match}): the fallback team {team} gets it"
    if it.way is Way.GUESSED:
        return f"{say.services(it.services)}: a guess, for the title leaves doubt ({it.match}){because}"
    if it.way is Way.TITLE:
        how = say.begin("routed", f"by the title ({it.match})")
    else:
        how = "chosen by the reporter"
    return f"{say.services(it.services)}: {how}{because}"


# ── what people do ────────────────────────────────────────────────────────────────────


def _acknowledged(it: happened.Acknowledged, say: Telling) -> str:
    text = say.begin("acknowledged", f"by {say.doer} for {say.team(it.team)}")
    return f"{text}{_again(it.timeout)}"


def _taken_over(it: happened.TakenOver, say: Telling) -> str:
    before = f" from {say.person(it.before)}" if it.before else ""
    again = _again(it.timeout)
    return f"taken over by {say.doer}{before} for {say.team(it.team)}{again}"


def _again(timeout: Span | None) -> str:
    return f"; without an update for {show_duration(timeout)} it pages again" if timeout is not None else ""


def _in_part(it: happened.AcknowledgedInPart, say: Telling) -> str:
    team, waits = say.team(it.team), f"level {it.level} still waits for {say.people(it.waits_for)}"
    if say.beside_kind:
        return f"in part, by {say.doer} for {team}; {waits}"
    return f"{say.doer} acknowledged for {team}; {waits}"


def _besides(it: happened.AcknowledgedBesides, say: Telling) -> str:
    return say.begin("acknowledged", f"by {say.doer}, {_rest(it.called_off)}")


def _rest(called_off: bool) -> str:
    return "who was paged besides" + (": the rest of that page is called off" if called_off else "")


def _resolved(it: happened.Resolved, say: Telling) -> str:
    return say.begin("resolved:", it.message) if it.message else say.begin("resolved", "")


def _reopened(it: happened.Reopened, say: Telling) -> str:
    text = say.begin("reopened", "") if it.was_resolved else "acknowledgement taken back"
    return ": ".join(part for part in (text, it.message) if part)


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
    parts = [f"added {say.services(it.added)}"] if it.added else []
    parts += [f"dropped {say.services(it.dropped)}"] if it.dropped else []
    return f"services {'; '.join(parts)}"


def _by_hand(it: happened.PagedByHand, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    text = say.begin("paged", f"by hand: {names}") if names else "paged by hand, but nobody was reached"
    text += f" ({it.message})" if it.message else ""
    return f"{text}; not reached: {'; '.join(it.missed)}" if it.missed else text


def _gone_on(it: happened.GoneOnByHand, say: Telling) -> str:
    where = "on from the last level" if it.past_the_last else f"to level {it.level}"
    return f"{say.team(it.team)}: {where} by hand"


# ── rules, and those who are told ─────────────────────────────────────────────────────


def _proposal(
    it: happened.RuleFired | happened.NudgeAsked | happened.NudgeAnswered | happened.NudgeExpired,
    say: Telling,
) -> str:
    return it.proposal if it.action is None else action_in_words(it.action, say.catalog)


def _true(it: happened.RuleFired | happened.NudgeAsked, say: Telling) -> str:
    """After "rule"."""
    return came_true(it.rule, it.condition if it.when is None else condition_in_words(it.when, say.catalog))


def _fired(it: happened.RuleFired, say: Telling) -> str:
    return f"{say.begin('rule', _true(it, say))}: {_proposal(it, say)}"


def _asked(it: happened.NudgeAsked, say: Telling) -> str:
    text = f"rule {_true(it, say)}: asked {say.names(it.asked) or 'nobody'} whether to {_proposal(it, say)}"
    if it.expires is None:
        return text
    return (
        f"{text}; without an answer in {show_duration(it.expires)} it is"
        f" {'done anyway' if it.done_anyway else 'dropped'}"
    )


def _expired(it: happened.NudgeExpired, say: Telling) -> str:
    becomes = _proposal(it, say) if it.acts else "dropped"
    return say.begin("nudge", f'"{it.rule}" expired without an answer: {becomes}')


def _informed(it: happened.Informed, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    text = f"{say.begin('informed', names)}: {it.reason}" if names else f"nobody to inform: {it.reason}"
    return f"{text}{_missed(it.missed)}"


def _who_has_it(it: happened.ToldWhoHasIt, say: Telling) -> str:
    what = f"that {say.person(it.person)} {_DOES.get(it.how, 'has it')}"
    return _told(it, what, say)


def _reporter(it: happened.ReporterTold, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off) or "nobody"
    news = "it is open again" if it.again else "it is over" if it.over else "somebody has it"
    return f"{say.begin('told', names)}, who reported it, that {news}{_missed(it.missed)}"


def _nobody_has_it(it: happened.ToldNobodyHasIt, say: Telling) -> str:
    had, have = " and ".join(map(say.person, it.had)), "has" if len(it.had) == 1 else "have"
    return _told(it, f"that {had} no longer {have} it", say)


def _told(it: happened.Reaching, what: str, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off) or "nobody"
    return f"{say.begin('told', names)} {what}{_missed(getattr(it, 'missed', ()))}"


def _rise(it: happened.ToldOfRise, say: Telling) -> str:
    names = say.names(it.recipients or it.called_off)
    return f"{say.begin('told', names)}, who has acknowledged it: the urgency rose to high"


def _missed(missed: tuple[str, ...]) -> str:
    return f" (not reached: {'; '.join(missed)})" if missed else ""


def _maintenance_over(it: happened.MaintenanceOver, say: Telling) -> str:
    since = f" since {show_about(it.late)}" if it.late else ""
    return say.begin("maintenance", f"over{since}: {say.team(it.team)} is paged now")


def _sounds_like(it: happened.SoundsLike, say: Telling) -> str:
    return (
        f"this sounds like {say.services([it.service])}: escalate update {it.incident} --service {it.service}"
    )


_SENTENCES: dict[type[Event], Callable[[Any, Telling], str]] = {
    **OF_ALERTS,
    **OF_LEVELS,
    **OF_MESSAGES,
    happened.Declared: _declared,
    happened.DeclaredAgain: _declared_again,
    happened.DeclaredAlso: _declared_also,
    happened.SplitOff: lambda it, say: f"{say.services([it.service])} split off: #{it.incident}",
    happened.Routed: _routed,
    happened.SnoozeOver: lambda it, say: (
        f"the snooze by {say.person(it.person)} is over: paging {say.team(it.team)} again from level 1"
    ),
    happened.GoneOnByHand: _gone_on,
    happened.DoneWithout: lambda it, say: it.what,
    happened.Acknowledged: _acknowledged,
    happened.TakenOver: _taken_over,
    happened.AcknowledgedInPart: _in_part,
    happened.AcknowledgedBesides: _besides,
    happened.Passed: _passed,
    happened.PassTakenBack: lambda it, say: f"{say.doer} may take it for {say.team(it.team)} after all",
    happened.BesidesTakenBack: lambda it, say: f"{say.doer} may take it after all",
    happened.PassedBesides: lambda it, say: say.begin("passed", f"on by {say.doer}, {_rest(it.called_off)}"),
    happened.Snoozed: lambda it, say: say.begin(
        "snoozed", f"by {say.doer} for {show_duration(it.until - say.at)}"
    ),
    happened.Resolved: _resolved,
    happened.Reopened: _reopened,
    happened.SeverityChanged: _severity,
    happened.ScopeChanged: _scope,
    happened.TitleChanged: lambda it, say: f'title changed from "{it.before}" to "{it.after}"',
    happened.LabelsSet: lambda it, say: (
        "labels set: " + ", ".join(f"{name}={value}" for name, value in it.after.items())
    ),
    happened.LeadChanged: lambda it, say: f"lead: {say.person(it.after)}",
    happened.MessageAdded: lambda it, say: it.message,
    happened.PolicyReloaded: lambda it, say: (
        f"{say.team(it.team)}: policy {it.policy} as it is now in the configuration"
    ),
    happened.PagedByHand: _by_hand,
    happened.RuleFired: _fired,
    happened.PagedByRule: lambda it, say: (
        f'{say.begin("paged", say.names(it.recipients or it.called_off))}: rule "{it.rule}"'
    ),
    happened.RuleMissed: lambda it, say: f'rule "{it.rule}" did not reach: {"; ".join(it.missed)}',
    happened.NudgeAsked: _asked,
    happened.NobodyToAsk: lambda it, say: f"nobody to ask ({'; '.join(it.missed)}): the fallback is asked",
    happened.NudgeAnswered: lambda it, say: say.begin(
        "nudge", f'"{it.rule}" {it.status}: {_proposal(it, say)}'
    ),
    happened.NudgeExpired: _expired,
    happened.NudgeDropped: lambda it, say: say.begin("nudge", f'"{it.rule}" dropped: {it.reason}'),
    happened.Informed: _informed,
    happened.ToldWhoHasIt: _who_has_it,
    happened.ToldNobodyHasIt: _nobody_has_it,
    happened.ToldOpenAgain: lambda it, say: _told(it, "that it is open again", say),
    happened.ReporterTold: _reporter,
    happened.ToldOfRise: _rise,
    happened.NotToldOfRise: lambda it, say: (
        f"{say.person(it.person)}, who has acknowledged it, cannot be told that the urgency rose: {it.reason}"
    ),
    happened.MaintenanceBegan: lambda it, say: say.begin(
        "maintenance", f"of {say.services(it.services)}: {say.team(it.team)} is not paged until it ends"
    ),
    happened.MaintenanceOver: _maintenance_over,
    happened.SoundsLike: _sounds_like,
    happened.Unclassified: lambda it, say: it.about.value,
}
