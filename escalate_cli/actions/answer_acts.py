"""What an answer does: the act that its word means, by whoever answered, and the sentence that says what
came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from escalate_cli.actions.intents import (
    Acknowledgement,
    Intent,
    Passing,
    Reopening,
    Resolution,
    Revision,
    Snooze,
)
from escalate_cli.actions.lookup import find_incident
from escalate_cli.actions.paging_intents import NudgeAnswer
from escalate_cli.actions.perform import Effect, carry_out_within
from escalate_cli.context import Context
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.asked import AskedMessage
from escalate_cli.core.answers.outcomes import AnswerAction, AnswerOutcome
from escalate_cli.core.answers.recognise import Understood
from escalate_cli.core.answers.words import Reply, Word
from escalate_cli.core.calendar.duration import DAY, MINUTE, Instant
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.changes.acting import by_answering
from escalate_cli.core.changes.pass_on import left_of, take_pass_back
from escalate_cli.core.escalation.upcoming import next_of
from escalate_cli.core.events import AcknowledgedInPart, AnswerMeans, AnswerWay, LevelPaged
from escalate_cli.core.incident.holding import holders_now, stands_acknowledged
from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus, NudgeStatus, Situation
from escalate_cli.core.wording import answers as wording
from escalate_cli.core.wording.rules import action_in_words

UNDO_WITHIN = 10 * MINUTE
"""how long an answer can be taken back by one"""
EXPLAINED_FOR = 7 * DAY
"""how long after the end of its incident a code is still known"""
_PAGING = (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED)
_ACTIONS = {
    Word.TAKE: AnswerAction.ACKNOWLEDGE,
    Word.PASS: AnswerAction.PASS,
    Word.DONE: AnswerAction.RESOLVE,
    Word.NOTE: AnswerAction.NOTE,
    Word.LATER: AnswerAction.SNOOZE,
    Word.UNDO: AnswerAction.UNDO,
    Word.WHO: AnswerAction.WHO,
}
_MAY = {AnswerAction.ACKNOWLEDGE: "take"}
"""what `[answers].may` calls an action, where that is another word"""


class AnswerResult(msgspec.Struct, frozen=True):
    """What came of an answer, and the sentence about it."""

    outcome: AnswerOutcome
    say: str
    action: AnswerAction | None = None
    incident: int | None = None


def carry_out_answer(context: Context, heard: Understood, gateway: str, arrived: Arrival) -> AnswerResult:
    """Do what the word means, to each message that is meant. Inside a transaction."""
    action = _action(heard)
    may = context.running_catalog.answers.may
    if may is not None and action is not AnswerAction.WHO and _MAY.get(action, action.value) not in may:
        number = heard.about[0].incident if heard.about else None
        return AnswerResult(
            AnswerOutcome.NOT_ALLOWED, wording.not_allowed(_MAY.get(action, action.value)), action, number
        )
    acts = _Acts(context, heard, gateway, arrived, action)
    if action is AnswerAction.UNDO:
        return acts.undo()
    each = [acts.on(asked) for asked in heard.about]
    if len(each) == 1:
        return each[0]
    done = any(became.outcome is AnswerOutcome.DONE for became in each)
    outcome = AnswerOutcome.DONE if done else each[0].outcome
    return AnswerResult(outcome, " ".join(became.say for became in each), action, each[0].incident)


def _action(heard: Understood) -> AnswerAction:
    asks = len(heard.about) == 1 and heard.about[0].nudge is not None
    if asks and heard.reply.word is Word.TAKE:
        return AnswerAction.YES
    if asks and heard.reply.word is Word.PASS:
        return AnswerAction.NO
    return _ACTIONS[heard.reply.word]


class _Acts:
    """The acts of one answer."""

    def __init__(
        self, context: Context, heard: Understood, gateway: str, arrived: Arrival, action: AnswerAction
    ) -> None:
        self._context, self._heard, self._action = context, heard, action
        self._gateway, self._arrived = gateway, arrived
        self._catalog, self._now = context.running_catalog, context.moment()
        self._person = heard.person

    def on(self, asked: AskedMessage) -> AnswerResult:
        """The act on the incident of one message; on each that went with it, where it is a digest."""
        if asked.digest and asked.kind == "page" and self._action is AnswerAction.ACKNOWLEDGE:
            numbers = self._context.store.answers.together_with(asked.notification)
            each = [self._on_incident(asked, number) for number in numbers]
            done = next((b for b in each if b.outcome is AnswerOutcome.DONE), each[0])
            return AnswerResult(done.outcome, " ".join(b.say for b in each), self._action, asked.incident)
        return self._on_incident(asked, asked.incident)

    def _on_incident(self, asked: AskedMessage, number: int) -> AnswerResult:
        before = find_incident(self._context, number)
        incident = before.incident
        about = wording.About(number, incident.title)
        if incident.status is IncidentStatus.RESOLVED:
            return self._over(about, before)
        act: Callable[[AskedMessage, wording.About, Situation], AnswerResult] = {
            AnswerAction.ACKNOWLEDGE: self._take,
            AnswerAction.PASS: self._pass,
            AnswerAction.RESOLVE: self._resolve,
            AnswerAction.NOTE: self._note,
            AnswerAction.SNOOZE: self._snooze,
            AnswerAction.WHO: self._who,
            AnswerAction.YES: self._nudge,
            AnswerAction.NO: self._nudge,
        }[self._action]
        return act(asked, about, before)

    # ── acts on a page ─────────────────────────────────────────────────────────────────

    def _take(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        reply = self._reply
        next_before = self._would_be_paged(before)
        effect = self._do(Acknowledgement(reply.anyway, by=self._person), asked, about.number)
        after, note = effect.situation, bool(reply.text)
        if note:
            self._do(Revision(message=reply.text, by=self._person), asked, about.number)
        in_part = next((e.event for e in effect.entries if isinstance(e.event, AcknowledgedInPart)), None)
        if in_part is not None:
            names = map(self._catalog.person_name, in_part.waits_for)
            say = wording.noted_in_part(in_part.level, names)
            return self._became(AnswerOutcome.IN_PART, say, about)
        holding = {each.person: each.since for each in holders_now(after)}
        holder = after.incident.acknowledged_by
        mine = self._person in holding or holder == self._person
        if not effect.changed and mine:
            since = self._clock(holding.get(self._person, after.incident.acknowledged_at))
            return self._became(AnswerOutcome.DONE, wording.you_have_it(about, since), about)
        if not effect.changed and holder is not None:
            return self._became(AnswerOutcome.ALREADY, self._has_it(about, after, asked.short), about)
        still = [self._catalog.team_name(each.team) for each in after.escalations if each.status in _PAGING]
        if not mine and not still:
            return self._became(AnswerOutcome.DONE, wording.taken_besides(about), about)
        parts = self._parts(after) if still or len(holding) > 1 else ()
        next_now = self._would_be_paged(after)
        spared = [name for name in next_before if name not in next_now]
        return self._became(AnswerOutcome.DONE, wording.taken(about, parts, spared, still, note), about)

    def _parts(self, situation: Situation) -> Sequence[str]:
        """The teams for which this person has it."""
        return [
            self._catalog.team_name(each.team)
            for each in filter(stands_acknowledged, situation.escalations)
            if each.acknowledged_by == self._person
        ]

    def _pass(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        effect = self._do(Passing(by=self._person), asked, about.number)
        after = effect.situation
        if not effect.changed:
            say = (
                self._has_it(about, after, "") if after.incident.acknowledged_by else wording.nothing_waits()
            )
            return self._became(AnswerOutcome.ALREADY, say, about)
        paged = [
            self._catalog.name_of(recipient)
            for entry in effect.entries
            if isinstance(entry.event, LevelPaged)
            for recipient in entry.event.recipients
            if recipient.is_person
        ]
        left = [
            self._catalog.person_name(person)
            for escalation in after.escalations
            if escalation.status in _PAGING
            for person in left_of(escalation, after)
        ]
        due = min((each.next_at for each in after.escalations if each.next_at is not None), default=None)
        at = self._clock(due) if due is not None else ""
        return self._became(AnswerOutcome.DONE, wording.passed(about, paged, left, at, at), about)

    def _resolve(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        self._do(Resolution(self._reply.text, by=self._person), asked, about.number)
        return self._became(AnswerOutcome.DONE, wording.resolved(about), about)

    def _note(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        self._do(Revision(message=self._reply.text, by=self._person), asked, about.number)
        return self._became(AnswerOutcome.DONE, wording.note_added(about), about)

    def _snooze(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        span = self._reply.span or UNDO_WITHIN
        self._do(Snooze(span, by=self._person), asked, about.number)
        return self._became(AnswerOutcome.DONE, wording.snoozed(about, span), about)

    def _who(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        holder = before.incident.acknowledged_by if not before.paging else None
        name = self._catalog.person_name(holder) if holder else ""
        waiting = [
            f"Next: {outlook.text} at {self._clock(outlook.at)}."
            for outlook in (next_of(each, before, self._catalog, self._now) for each in before.escalations)
            if outlook is not None
        ]
        since = self._clock(before.incident.acknowledged_at)
        say = wording.how_it_stands(about, name, since, " ".join(waiting))
        return self._became(AnswerOutcome.TOLD, say, about)

    # ── a nudge ────────────────────────────────────────────────────────────────────────

    def _nudge(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        nudge = next(nudge for nudge in before.nudges if nudge.id == asked.nudge)
        accepted = self._action is AnswerAction.YES
        if nudge.status is not NudgeStatus.OPEN:
            return self._became(AnswerOutcome.OVER, wording.nudge_over(nudge.status.value), about)
        effect = self._do(NudgeAnswer(nudge.id, accepted, by=self._person), asked, about.number)
        if effect.refused is not None:  # it expired a moment ago
            return self._became(AnswerOutcome.OVER, wording.nudge_over("expired"), about)
        done = action_in_words(nudge.proposal.action, self._catalog)
        return self._became(AnswerOutcome.DONE, wording.nudge_answered(accepted, done), about)

    # ── back ───────────────────────────────────────────────────────────────────────────

    def undo(self) -> AnswerResult:
        """Take back the last thing that this person did by answering."""
        answers = self._context.store.answers
        last = answers.latest_of(self._person, self._now - UNDO_WITHIN)
        if last is None or last.incident_id is None:
            return AnswerResult(AnswerOutcome.NOTHING_WAITS, wording.nothing_to_take_back(), self._action)
        before = find_incident(self._context, last.incident_id)
        about = wording.About(last.incident_id, before.incident.title)
        what = self._take_back(last.action, before)
        if not what:
            say = wording.nothing_to_take_back()
            return AnswerResult(AnswerOutcome.NOTHING_WAITS, say, self._action, about.number)
        answers.undo(last)
        return self._became(AnswerOutcome.DONE, wording.taken_back(about, what), about)

    def _take_back(self, action: str | None, before: Situation) -> str:
        """Take it back; what follows, "" where it cannot be."""
        number, incident = before.incident.id, before.incident
        if action == AnswerAction.RESOLVE.value and incident.status is IncidentStatus.RESOLVED:
            self._do(Reopening(by=self._person), None, number)
            return "is open again, and paged from level 1."
        if incident.status is IncidentStatus.RESOLVED:
            return ""
        if action in (AnswerAction.ACKNOWLEDGE.value, AnswerAction.SNOOZE.value):
            mine = any(each.acknowledged_by == self._person for each in before.escalations)
            if not mine or incident.status is not IncidentStatus.ACKNOWLEDGED:
                return ""
            self._do(Reopening(by=self._person), None, number)
            return "is yours no more, and paged from level 1."
        if action == AnswerAction.PASS.value:
            effect = carry_out_within(
                self._context,
                number,
                lambda situation, catalog, now: take_pass_back(situation, self._person, catalog, now),
            )
            return "waits for you again. Reply OK to take it." if effect.changed else ""
        return ""

    # ── what all of them need ──────────────────────────────────────────────────────────

    @property
    def _reply(self) -> Reply:
        return self._heard.reply

    def _do(self, intent: Intent, asked: AskedMessage | None, number: int) -> Effect:
        how = AnswerMeans.REPLY if self._arrived.sender else AnswerMeans.BUTTON
        way = AnswerWay(self._gateway, how, asked.at if asked is not None else None)
        deed = intent.prepare(self._context)
        return carry_out_within(
            self._context,
            number,
            deed,
            lambda situation: by_answering(situation, self._person, way, self._catalog),
        )

    def _became(self, outcome: AnswerOutcome, say: str, about: wording.About) -> AnswerResult:
        return AnswerResult(outcome, say, self._action, about.number)

    def _over(self, about: wording.About, situation: Situation) -> AnswerResult:
        incident = situation.incident
        ended_at = incident.resolved_at or incident.updated_at
        if self._now - ended_at > EXPLAINED_FOR:
            return AnswerResult(AnswerOutcome.UNKNOWN, wording.unknown_code(), self._action)
        say = wording.over(about, self._clock(ended_at), self._who_ended(about.number))
        return self._became(AnswerOutcome.OVER, say, about)

    def _who_ended(self, number: int) -> str:
        entries = self._context.store.situations.timeline(number)
        by = next((entry.by for entry in reversed(entries) if entry.kind.value == "resolved"), None)
        return self._catalog.person_name(by) if by else ""

    def _has_it(self, about: wording.About, situation: Situation, code: str) -> str:
        incident = situation.incident
        name = self._catalog.person_name(incident.acknowledged_by or "")
        yours = self._clock(self._arrived.sent_at) if self._arrived.sent_at is not None else ""
        return wording.somebody_has_it(about, name, self._clock(incident.acknowledged_at), yours, code)

    def _would_be_paged(self, situation: Situation) -> Sequence[str]:
        """The names of those who are next."""
        outlooks = (next_of(each, situation, self._catalog, self._now) for each in situation.escalations)
        mine = self._catalog.person_name(self._person)
        return [name for outlook in outlooks if outlook for name in outlook.people if name != mine]

    def _clock(self, at: Instant | None) -> str:
        """A time as this person reads it."""
        if at is None:
            return "a while ago"
        person = self._catalog.people.get(self._person)
        zone = person.timezone if person is not None else self._catalog.settings.timezone
        local, today = instant_to_local(at, zone), instant_to_local(self._now, zone)
        return local.strftime("%H:%M %Z" if local.date() == today.date() else "%a %d %b %H:%M %Z")
