"""What a pass came to: how much was planned and sent, what went wrong, and a line for each of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import Entry, NotificationStatus
from escalate_cli.errors import DamagedRow, DatabaseProblem, EscalateError
from escalate_cli.store.sqlite.failures import damaged


class Line(NamedTuple):
    """Something that a pass did, as a line; `is_trouble`: cron's mail is for it."""

    text: str
    is_trouble: bool = False


@dataclass(slots=True)
class PassReport:
    """What a pass did. `troubles` are incidents that could not be dealt with, as one line each;
    `undelivered` are the notifications that this pass tried and had not delivered by its end, by
    id: what became of each, and in which message it was.

    `sent`, `failed` and `retrying` count messages as people get them, of which one may carry
    several notifications."""

    at: Instant
    incidents: int = 0
    planned: int = 0
    sent: int = 0
    sent_notifications: int = 0
    undelivered: dict[int, tuple[NotificationStatus, int]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """what else somebody should look after: the disk, the backups"""
    lines: list[Line] = field(default_factory=list)
    usable: bool = True
    """whether everything in the configuration can be used as things stand; else `warnings` say what cannot"""
    unfounded: int = 0
    """what an index offered as due and the table says is not: another process was quicker, or the
    index is damaged
    """
    damage: DatabaseProblem | None = None
    """how the database is damaged, where it was found only after everything that could be paged was"""
    unfinished: bool = False
    """whether the pass ended with work left or under way, which the next one goes on with"""
    poison: EscalateError | None = None
    """an incident that this program fails at, though its records can be read"""

    @property
    def failed(self) -> int:
        """Messages that were given up."""
        return self._messages(NotificationStatus.FAILED)

    @property
    def retrying(self) -> int:
        """Messages that did not get through and are tried again."""
        return self._messages(NotificationStatus.RETRYING)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that somebody has to hear of."""
        return not self.troubles and self.damage is None and self.poison is None and self.usable

    def _messages(self, status: NotificationStatus) -> int:
        return len({message for became, message in self.undelivered.values() if became is status})

    def count(
        self,
        incident_id: int,
        notification_id: int,
        status: NotificationStatus,
        entry: Entry,
        *,
        message: int,
    ) -> None:
        """Count an outcome that is stored, by what it made of its notification and its entry on the
        timeline; `message` is the notification that led the message in which it was."""
        self.did(f"#{incident_id} {entry.text}", is_trouble=entry.event.is_trouble)
        # Of what was to be tried again, and was, only how the last attempt ended counts.
        self.undelivered.pop(notification_id, None)
        if status is NotificationStatus.SENT:
            self.sent_notifications += 1
            self.sent += notification_id == message
        elif status in (NotificationStatus.FAILED, NotificationStatus.RETRYING):
            self.undelivered[notification_id] = (status, message)

    def did(self, text: str, *, is_trouble: bool = False) -> None:
        """Something was done."""
        self.lines.append(Line(text, is_trouble))

    def trouble(self, *texts: str) -> None:
        """Something could not be done as it should; each is said once."""
        self.troubles += [text for text in dict.fromkeys(texts) if text not in self.troubles]

    def warn(self, *texts: str) -> None:
        """Somebody should look after something; each is said once."""
        self.warnings += [text for text in dict.fromkeys(texts) if text not in self.warnings]

    def damaged(self, problem: DatabaseProblem | None) -> None:
        """The database is damaged; the first such damage is told of."""
        self.damage = self.damage or problem

    def poisoned(self, text: str) -> None:
        """This program fails at an incident whose records can be read; the first such is told of."""
        self.poison = self.poison or EscalateError(
            text, "page people for it by other means, and please report it as a bug"
        )

    def include(self, other: PassReport) -> None:
        """What another delivery came to, as part of this."""
        self.sent += other.sent
        self.sent_notifications += other.sent_notifications
        self.planned += other.planned
        self.undelivered |= other.undelivered
        self.lines += other.lines
        self.trouble(*other.troubles)

    def note_damage(self, database: Path, incident_id: int, problem: DamagedRow) -> None:
        """A record that this incident needs cannot be read; the first such damage is told of."""
        self.damaged(damaged(database, f": incident {incident_id}: {problem.message}"))
