"""UNDO: the last thing that somebody did by answering is taken back, for ten minutes; or they hear why it
cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.actions.answer_deed import AnswerDeed, AnswerResult
from escalate_cli.actions.intents import Acknowledgement, Reopening
from escalate_cli.actions.lookup import find_incident
from escalate_cli.actions.perform import carry_out_within
from escalate_cli.core.answers.outcomes import AnswerAction, AnswerOutcome, RecordedAnswer
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.changes.pass_on import PAGES, take_pass_back
from escalate_cli.core.events import LevelPaged, Passed, PassedBesides
from escalate_cli.core.incident.holding import stands_acknowledged
from escalate_cli.core.incident.situation import IncidentStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.wording import answers as wording

UNDO_WITHIN = 10 * MINUTE
"""how long an answer can be taken back by one"""


class TakingBack(AnswerDeed):
    """The last answer of this person, taken back."""

    def undo(self) -> AnswerResult:
        """Take back the last thing that this person did by answering."""
        answers = self.context.store.answers
        last = answers.latest_of(self.person, self.now - UNDO_WITHIN)
        if last is None or last.incident_id is None:
            return AnswerResult(AnswerOutcome.NOTHING_WAITS, wording.nothing_to_take_back(), self.action)
        before = find_incident(self.context, last.incident_id)
        about = wording.About(last.incident_id, before.incident.title)
        what = self._take_back(last.action, before)
        if not what:
            return self._cannot(last, about, before)
        answers.undo(last)
        return self.became(AnswerOutcome.DONE, wording.taken_back(about, what), about)

    def _take_back(self, action: str | None, before: Situation) -> str:
        """Take it back; what follows, "" where it cannot be."""
        number, status = before.incident.id, before.incident.status
        if action == AnswerAction.RESOLVE.value and status is IncidentStatus.RESOLVED:
            self.do(Reopening(by=self.person), None, number)
            return "is open again, and paged from level 1."
        if status is IncidentStatus.RESOLVED:
            return ""
        if action in (AnswerAction.ACKNOWLEDGE.value, AnswerAction.SNOOZE.value):
            if not self._holds(before) or status is not IncidentStatus.ACKNOWLEDGED:
                return ""
            self.do(Reopening(by=self.person), None, number)
            return "is yours no more, and paged from level 1."
        return self._take_pass_back(before) if action == AnswerAction.PASS.value else ""

    def _take_pass_back(self, before: Situation) -> str:
        number = before.incident.id
        entries = self.context.store.situations.timeline(number)
        mine = list(self._my_last_pass(entries))
        if not mine:
            return ""
        passed = [entry.event for entry in mine if isinstance(entry.event, Passed)]
        nobody_has = not before.incident.acknowledged_by
        if any(event.held for event in passed) and nobody_has:
            effect = self.do(Acknowledgement(by=self.person), None, number)
            return "is yours again. DONE when it is over." if effect.changed else ""
        teams = {event.team for event in passed}
        open_again = any(each.status in PAGES for each in before.escalations if each.team in teams)
        if teams and not open_again:
            return ""
        carry_out_within(
            self.context,
            number,
            lambda situation, catalog, now: take_pass_back(situation, self.person, teams, catalog, now),
        )
        stays = [
            self.catalog.name_of(recipient)
            for entry in entries
            if isinstance(entry.event, LevelPaged) and entry.event.team in teams and entry.at >= mine[0].at
            for recipient in entry.event.recipients
            if recipient.is_person and recipient.id != self.person
        ]
        return wording.waits_again(stays)

    def _my_last_pass(self, entries: tuple[Entry, ...]) -> Iterator[Entry]:
        """What the timeline has of their last pass: something of each team."""
        mine = [
            entry
            for entry in entries
            if entry.by == self.person and isinstance(entry.event, Passed | PassedBesides)
        ]
        return (entry for entry in mine if entry.at == mine[-1].at)

    def _holds(self, situation: Situation) -> bool:
        held = filter(stands_acknowledged, situation.escalations)
        return any(escalation.acknowledged_by == self.person for escalation in held)

    def _waits_for_others(self, situation: Situation) -> bool:
        return any(self.person in escalation.acked_by for escalation in situation.escalations)

    def _cannot(self, last: RecordedAnswer, about: wording.About, before: Situation) -> AnswerResult:
        """Why it cannot be taken back any more."""
        status, holder = before.incident.status, before.incident.acknowledged_by
        if status is IncidentStatus.RESOLVED:
            return self.over(about, before)
        in_part = last.outcome is AnswerOutcome.IN_PART
        if last.action in (AnswerAction.YES.value, AnswerAction.NO.value):
            why = wording.CARRIED_OUT
        elif self._holds(before) or (in_part and self._waits_for_others(before)):
            why = wording.in_part_yours(about)
        elif holder is not None and holder != self.person:
            return self.became(AnswerOutcome.ALREADY, self.has_it(about, before, ""), about)
        else:
            why = wording.not_yours_any_more(about)
        return self.became(AnswerOutcome.NOTHING_WAITS, why, about)
