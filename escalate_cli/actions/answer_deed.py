"""What every answer needs that does something: who said it, about what, and how what came of it is told."""

from __future__ import annotations

import msgspec

from escalate_cli.actions.intents import Intent
from escalate_cli.actions.perform import Effect, carry_out_within
from escalate_cli.context import Context
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.asked import AskedMessage
from escalate_cli.core.answers.outcomes import AnswerAction, AnswerOutcome
from escalate_cli.core.answers.recognise import Understood
from escalate_cli.core.answers.words import Reply
from escalate_cli.core.calendar.duration import DAY, Instant
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.changes.acting import by_answering
from escalate_cli.core.events import AnswerMeans, AnswerWay
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.wording import answers as wording

EXPLAINED_FOR = 7 * DAY
"""how long after the end of its incident a code is still known"""


class AnswerResult(msgspec.Struct, frozen=True):
    """What came of an answer, and the sentence about it."""

    outcome: AnswerOutcome
    say: str
    action: AnswerAction | None = None
    incident: int | None = None


class AnswerDeed:
    """What one answer does, inside a transaction."""

    def __init__(
        self, context: Context, heard: Understood, gateway: str, arrived: Arrival, action: AnswerAction
    ) -> None:
        self.context, self.heard, self.action = context, heard, action
        self.gateway, self.arrived = gateway, arrived
        self.catalog, self.now = context.running_catalog, context.moment()
        self.person = heard.person

    @property
    def reply(self) -> Reply:
        """What was said."""
        return self.heard.reply

    def do(self, intent: Intent, asked: AskedMessage | None, number: int) -> Effect:
        """Do it in the name of whoever answered; on the timeline is how it came."""
        how = AnswerMeans.REPLY if self.arrived.sender else AnswerMeans.BUTTON
        way = AnswerWay(self.gateway, how, asked.at if asked is not None else None)
        deed = intent.prepare(self.context)
        return carry_out_within(
            self.context,
            number,
            deed,
            lambda situation: by_answering(situation, self.person, way, self.catalog),
        )

    def became(self, outcome: AnswerOutcome, say: str, about: wording.About) -> AnswerResult:
        """The result, with the sentence."""
        return AnswerResult(outcome, say, self.action, about.number)

    def over(self, about: wording.About, situation: Situation) -> AnswerResult:
        """It is resolved already: by whom, and when."""
        incident = situation.incident
        ended_at = incident.resolved_at or incident.updated_at
        if self.now - ended_at > EXPLAINED_FOR:
            return AnswerResult(AnswerOutcome.UNKNOWN, wording.unknown_code(), self.action)
        say = wording.over(about, self.clock(ended_at), self._who_ended(about.number))
        return self.became(AnswerOutcome.OVER, say, about)

    def _who_ended(self, number: int) -> str:
        entries = self.context.store.situations.timeline(number)
        by = next((entry.by for entry in reversed(entries) if entry.kind.value == "resolved"), None)
        return self.catalog.person_name(by) if by else ""

    def has_it(self, about: wording.About, situation: Situation, code: str) -> str:
        """Who has it, since when, and how to take it over."""
        incident = situation.incident
        name = self.catalog.person_name(incident.acknowledged_by or "")
        yours = self.clock(self.arrived.sent_at) if self.arrived.sent_at is not None else ""
        return wording.somebody_has_it(about, name, self.clock(incident.acknowledged_at), yours, code)

    def clock(self, at: Instant | None) -> str:
        """A time as this person reads it."""
        if at is None:
            return "a while ago"
        person = self.catalog.people.get(self.person)
        zone = person.timezone if person is not None else self.catalog.settings.timezone
        local, today = instant_to_local(at, zone), instant_to_local(self.now, zone)
        return local.strftime("%H:%M %Z" if local.date() == today.date() else "%a %d %b %H:%M %Z")
