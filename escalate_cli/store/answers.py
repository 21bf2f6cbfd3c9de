"""What came back: which of our messages it is about, and what became of it. Each is there once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from escalate_cli.core.answers.asked import AskedMessage
from escalate_cli.core.answers.outcomes import AnswerOutcome, RecordedAnswer
from escalate_cli.core.answers.recognise import Messages
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.rows import from_row, to_row
from escalate_cli.store.statements import Statements
from escalate_cli.store.trials import Trials

_sql = Statements("answers")


class ReaderState(msgspec.Struct, frozen=True):
    """What is remembered of a gateway's reader: when it last looked, when it could read, and since when
    it cannot.
    """

    gateway: str
    looked_at: Instant | None
    read_at: Instant | None
    failing_since: Instant | None
    trouble: str | None


class Answers:
    """The table of answers, and our messages as answers refer to them. Writing happens inside a
    transaction.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._trials = Trials(database)

    def messages(self, gateway: str, since: Instant, now: Instant) -> Messages:
        """How our messages are looked up for what came back by this gateway; those that nothing waits
        for any more, as long as they went out after `since`. Test messages are among them.
        """
        return Messages(
            by_codes=lambda codes: (
                self._trials.by_codes(_list(codes)) + self._asked(_sql.asked_by_codes, codes=_list(codes))
            ),
            by_short_codes=lambda codes: (
                self._trials.by_short_codes(gateway, _list(codes))
                + self._asked(_sql.asked_by_short_codes, gateway=gateway, codes=_list(codes))
            ),
            by_external_ids=lambda ids: (
                self._asked(_sql.asked_by_external_ids, gateway=gateway, ids=_list(ids))
                + self._trials.by_external_ids(gateway, _list(ids))
            ),
            of_people=lambda recipients: (
                self._asked(_sql.asked_of_people, gateway=gateway, recipients=_list(recipients))
                + self._trials.of_people(gateway, _list(recipients), now)
            ),
            lately=lambda recipients: self._asked(
                _sql.asked_lately, gateway=gateway, recipients=_list(recipients), since=since
            ),
        )

    def _asked(self, statement: str, **values: object) -> list[AskedMessage]:
        return [from_row(AskedMessage, row) for row in self._db.run(statement, **values)]

    def short_code_in_use(self, short: str, gateway: str, recipient: Recipient, since: Instant) -> bool:
        """Whether this recipient has a code by this gateway that begins so, of an incident that runs or
        has ended after `since`.
        """
        rows = self._db.run(
            _sql.short_code_in_use, short=short, gateway=gateway, recipient=str(recipient), since=since
        )
        return bool(rows)

    def together_with(self, notification: int) -> tuple[int, ...]:
        """The numbers of the incidents that went out in one message with this notification."""
        return tuple(row["incident_id"] for row in self._db.run(_sql.bundled_incidents, id=notification))

    def find(self, gateway: str, external_id: str) -> RecordedAnswer | None:
        """What became of it, if it has been read before."""
        rows = self._db.run(_sql.find_answer, gateway=gateway, external_id=external_id)
        return from_row(RecordedAnswer, rows[0]) if rows else None

    def record(self, answer: RecordedAnswer) -> int:
        """Put it on record; its number."""
        return int(self._db.run(_sql.insert_answer, **to_row(answer))[0]["id"])

    def latest_of(self, person: str, since: Instant) -> RecordedAnswer | None:
        """The last thing that somebody did by answering, since then, and has not taken back."""
        rows = self._db.run(_sql.latest_answer_of, person=person, since=since)
        return from_row(RecordedAnswer, rows[0]) if rows else None

    def undo(self, answer: RecordedAnswer) -> None:
        """It was taken back."""
        self._db.change(_sql.undo_answer, id=answer.id)

    def replies_to(self, gateway: str, sender: str, since: Instant) -> int:
        """How many sentences were sent back to a sender since then."""
        return int(self._db.run(_sql.many_replies, gateway=gateway, sender=sender, since=since)[0]["many"])

    def was_told(
        self,
        gateway: str,
        sender: str,
        outcome: AnswerOutcome,
        incident: int | None,
        since: Instant,
        line: str | None = None,
    ) -> bool:
        """Whether anything was said since then of what a sender sent about an incident, with this outcome;
        with `line`, of these words.
        """
        values = {"outcome": outcome.value, "incident_id": incident, "since": since, "line": line}
        return bool(self._db.run(_sql.was_told, {"gateway": gateway, "sender": sender, **values}))

    def of_incident(self, incident: int) -> list[RecordedAnswer]:
        """The answers about an incident, oldest first."""
        rows = self._db.run(_sql.answers_of_incident, incident_id=incident)
        return [from_row(RecordedAnswer, row) for row in rows]

    def reader_states(self) -> list[ReaderState]:
        """What is remembered of every reader."""
        return [from_row(ReaderState, row) for row in self._db.run(_sql.reader_states)]

    def who_answered(self) -> dict[str, dict[str, Instant]]:
        """By gateway and person, when the last answer of theirs was read."""
        people: dict[str, dict[str, Instant]] = {}
        for row in self._db.run(_sql.who_answered):
            people.setdefault(row["gateway"], {})[row["person"]] = row["at"]
        return people


def _list(values: Sequence[str] | Iterable[Recipient]) -> str:
    return msgspec.json.encode([str(value) for value in values]).decode()
