"""What an answer does: the act that its word means, by whoever answered, and the sentence that says what
came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from escalate_cli.actions.answer_deed import AnswerDeed, AnswerResult
from escalate_cli.actions.intents import Acknowledgement, Passing, Resolution, Revision, Snooze
from escalate_cli.actions.lookup import find_incident
from escalate_cli.actions.paging_intents import NudgeAnswer
from escalate_cli.actions.taking_back import TakingBack
from escalate_cli.context import Context
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.asked import AskedMessage
from escalate_cli.core.answers.outcomes import AnswerAction, AnswerOutcome
from escalate_cli.core.answers.recognise import Understood
from escalate_cli.core.answers.words import Word
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.changes.pass_on import PAGES, left_of
from escalate_cli.core.escalation.upcoming import next_of
from escalate_cli.core.events import AcknowledgedInPart, LevelPaged
from escalate_cli.core.incident.holding import holders_now, stands_acknowledged
from escalate_cli.core.incident.situation import IncidentStatus, NudgeStatus, Situation
from escalate_cli.core.wording import answers as wording
from escalate_cli.core.wording.rules import action_in_words

_QUIET_FOR = 10 * MINUTE
"""where it is not said for how long"""
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


def carry_out_answer(context: Context, heard: Understood, gateway: str, arrived: Arrival) -> AnswerResult:
    """Do what the word means, to each message that is meant. Inside a transaction."""
    action = _action(heard)
    may = context.running_catalog.answers.may
    if may is not None and action is not AnswerAction.WHO and _MAY.get(action, action.value) not in may:
        number = heard.about[0].incident if heard.about else None
        return AnswerResult(
            AnswerOutcome.NOT_ALLOWED, wording.not_allowed(_MAY.get(action, action.value)), action, number
        )
    if action is AnswerAction.UNDO:
        return TakingBack(context, heard, gateway, arrived, action).undo()
    acts = _Acts(context, heard, gateway, arrived, action)
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


class _Acts(AnswerDeed):
    """The acts of one answer."""

    def on(self, asked: AskedMessage) -> AnswerResult:
        """The act on the incident of one message; on each that went with it, where it is a digest."""
        if asked.digest and asked.kind == "page" and self.action is AnswerAction.ACKNOWLEDGE:
            numbers = self.context.store.answers.together_with(asked.notification)
            each = [self._on_incident(asked, number) for number in numbers]
            done = next((b for b in each if b.outcome is AnswerOutcome.DONE), each[0])
            return AnswerResult(done.outcome, " ".join(b.say for b in each), self.action, asked.incident)
        return self._on_incident(asked, asked.incident)

    def _on_incident(self, asked: AskedMessage, number: int) -> AnswerResult:
        before = find_incident(self.context, number)
        incident = before.incident
        about = wording.About(number, incident.title)
        if incident.status is IncidentStatus.RESOLVED:
            return self.over(about, before)
        act: Callable[[AskedMessage, wording.About, Situation], AnswerResult] = {
            AnswerAction.ACKNOWLEDGE: self._take,
            AnswerAction.PASS: self._pass,
            AnswerAction.RESOLVE: self._resolve,
            AnswerAction.NOTE: self._note,
            AnswerAction.SNOOZE: self._snooze,
            AnswerAction.WHO: self._who,
            AnswerAction.YES: self._nudge,
            AnswerAction.NO: self._nudge,
        }[self.action]
        return act(asked, about, before)

    # ── acts on a page ─────────────────────────────────────────────────────────────────

    def _take(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        reply = self.reply
        next_before = self._would_be_paged(before)
        effect = self.do(Acknowledgement(reply.anyway, by=self.person), asked, about.number)
        after, note = effect.situation, bool(reply.text)
        if note:
            self.do(Revision(message=reply.text, by=self.person), asked, about.number)
        in_part = next((e.event for e in effect.entries if isinstance(e.event, AcknowledgedInPart)), None)
        if in_part is not None:
            names = map(self.catalog.person_name, in_part.waits_for)
            say = wording.noted_in_part(in_part.level, names)
            return self.became(AnswerOutcome.IN_PART, say, about)
        holding = {each.person: each.since for each in holders_now(after)}
        holder = after.incident.acknowledged_by
        mine = self.person in holding or holder == self.person
        if not effect.changed and mine:
            since = self.clock(holding.get(self.person, after.incident.acknowledged_at))
            return self.became(AnswerOutcome.DONE, wording.you_have_it(about, since), about)
        if not effect.changed and holder is not None:
            return self.became(AnswerOutcome.ALREADY, self.has_it(about, after, asked.short), about)
        still = [self.catalog.team_name(each.team) for each in after.escalations if each.status in PAGES]
        if not mine and not still:
            return self.became(AnswerOutcome.DONE, wording.taken_besides(about), about)
        parts = self._parts(after) if still or len(holding) > 1 else ()
        next_now = self._would_be_paged(after)
        spared = [name for name in next_before if name not in next_now]
        return self.became(AnswerOutcome.DONE, wording.taken(about, parts, spared, still, note), about)

    def _parts(self, situation: Situation) -> Sequence[str]:
        """The teams for which this person has it."""
        return [
            self.catalog.team_name(each.team)
            for each in filter(stands_acknowledged, situation.escalations)
            if each.acknowledged_by == self.person
        ]

    def _pass(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        effect = self.do(Passing(by=self.person), asked, about.number)
        after = effect.situation
        if not effect.changed:
            say = self.has_it(about, after, "") if after.incident.acknowledged_by else wording.nothing_waits()
            return self.became(AnswerOutcome.ALREADY, say, about)
        paged = [
            self.catalog.name_of(recipient)
            for entry in effect.entries
            if isinstance(entry.event, LevelPaged)
            for recipient in entry.event.recipients
            if recipient.is_person
        ]
        left = [
            self.catalog.person_name(person)
            for escalation in after.escalations
            if escalation.status in PAGES
            for person in left_of(escalation, after)
        ]
        due = min((each.next_at for each in after.escalations if each.next_at is not None), default=None)
        at = self.clock(due) if due is not None else ""
        return self.became(AnswerOutcome.DONE, wording.passed(about, paged, left, at, at), about)

    def _resolve(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        self.do(Resolution(self.reply.text, by=self.person), asked, about.number)
        return self.became(AnswerOutcome.DONE, wording.resolved(about), about)

    def _note(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        self.do(Revision(message=self.reply.text, by=self.person), asked, about.number)
        return self.became(AnswerOutcome.DONE, wording.note_added(about), about)

    def _snooze(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        span = self.reply.span or _QUIET_FOR
        self.do(Snooze(span, by=self.person), asked, about.number)
        return self.became(AnswerOutcome.DONE, wording.snoozed(about, span), about)

    def _who(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        holder = before.incident.acknowledged_by if not before.paging else None
        name = self.catalog.person_name(holder) if holder else ""
        waiting = [
            f"Next: {outlook.text} at {self.clock(outlook.at)}."
            for outlook in (next_of(each, before, self.catalog, self.now) for each in before.escalations)
            if outlook is not None
        ]
        since = self.clock(before.incident.acknowledged_at)
        say = wording.how_it_stands(about, name, since, " ".join(waiting))
        return self.became(AnswerOutcome.TOLD, say, about)

    # ── a nudge ────────────────────────────────────────────────────────────────────────

    def _nudge(self, asked: AskedMessage, about: wording.About, before: Situation) -> AnswerResult:
        nudge = next(nudge for nudge in before.nudges if nudge.id == asked.nudge)
        accepted = self.action is AnswerAction.YES
        if nudge.status is not NudgeStatus.OPEN:
            return self.became(AnswerOutcome.OVER, wording.nudge_over(nudge.status.value), about)
        effect = self.do(NudgeAnswer(nudge.id, accepted, by=self.person), asked, about.number)
        if effect.refused is not None:  # it expired a moment ago
            return self.became(AnswerOutcome.OVER, wording.nudge_over("expired"), about)
        done = action_in_words(nudge.proposal.action, self.catalog)
        return self.became(AnswerOutcome.DONE, wording.nudge_answered(accepted, done), about)

    def _would_be_paged(self, situation: Situation) -> Sequence[str]:
        """The names of those who are next."""
        outlooks = (next_of(each, situation, self.catalog, self.now) for each in situation.escalations)
        mine = self.catalog.person_name(self.person)
        return [name for outlook in outlooks if outlook for name in outlook.people if name != mine]
