"""What a pass did: how much was planned and sent, what went wrong, with a line for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.doing_without import team_name_or_id, words_of
from escalate_cli.core.incident.situation import NotificationStatus
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.errors import DamagedRow, DatabaseProblem, EscalateError
from escalate_cli.store.sqlite.failures import damaged


class ReportLine(NamedTuple):
    """Something that a pass did, as a line. `is_trouble`: cron should mail it."""

    text: str
    is_trouble: bool = False


@dataclass(slots=True)
class PassReport:
    """What a pass did.

    `troubles` are incidents that could not be dealt with, a line each. `undelivered` are, by id,
    the notifications that this pass tried and had not delivered by its end: what became of each,
    and in which message it was. `messages_sent`, `failed` and `retrying` count messages as people
    get them; one message may carry several notifications.
    """

    at: Instant
    incidents: int = 0
    """that were planned"""
    notifications_planned: int = 0
    messages_sent: int = 0
    notifications_sent: int = 0
    undelivered: dict[int, tuple[NotificationStatus, int]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """other things that somebody should look after: the disk, the backups"""
    lines: list[ReportLine] = field(default_factory=list)
    usable: bool = True
    """whether everything in the configuration can be used now; if not, `warnings` say what cannot"""
    unfounded: int = 0
    """what an index offered as due though the table says it is not: another process was quicker, or
    the index is damaged
    """
    damage: DatabaseProblem | None = None
    """how the database is damaged, if that was found only after everything that could be paged was
    paged
    """
    unfinished: bool = False
    """whether the pass ended with work left or under way; the next pass goes on with it"""
    poison: EscalateError | None = None
    """an incident that makes this program fail though its records can be read"""

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
        """Whether there is nothing that somebody has to hear of."""
        return not self.troubles and self.damage is None and self.poison is None and self.usable

    def _messages(self, status: NotificationStatus) -> int:
        return len({message for became, message in self.undelivered.values() if became is status})

    def planned(
        self, incident_id: int, entries: Iterable[Entry], notifications: int, catalog: Catalog
    ) -> None:
        """An incident was planned: its new entries on the timeline, and how many notifications it got.
        Nothing that cannot be said undoes the plan.
        """
        self.incidents += 1
        self.notifications_planned += notifications
        for entry in entries:
            try:
                text = _with_team(entry, catalog)
            except Exception as problem:
                text = entry.text
                self.trouble(
                    f"incident {incident_id}: the name of {entry.team} cannot be used ({words_of(problem)})"
                )
            self.did(f"#{incident_id} {text}", is_trouble=entry.event.is_trouble)

    def ended(
        self,
        incident_id: int,
        notification_id: int,
        status: NotificationStatus,
        entry: Entry,
        *,
        message: int,
    ) -> None:
        """An outcome is stored: what it made of its notification, and its entry on the timeline.
        `message` is the notification that led the message.
        """
        self.did(f"#{incident_id} {entry.text}", is_trouble=entry.event.is_trouble)
        # when something was tried again, only how the last attempt ended counts
        self.undelivered.pop(notification_id, None)
        if status is NotificationStatus.SENT:
            self.sent(notification_id, message)
        elif status in (NotificationStatus.FAILED, NotificationStatus.RETRYING):
            self.undelivered[notification_id] = (status, message)

    def sent(self, notification_id: int, message: int) -> None:
        """A notification was sent, in the message that `message` led."""
        self.notifications_sent += 1
        self.messages_sent += notification_id == message

    def did(self, text: str, *, is_trouble: bool = False) -> None:
        """Something was done."""
        self.lines.append(ReportLine(text, is_trouble))

    def trouble(self, *texts: str) -> None:
        """Something could not be done properly; each is reported once."""
        self.troubles += [text for text in dict.fromkeys(texts) if text not in self.troubles]

    def warn(self, *texts: str) -> None:
        """Somebody should look after something; each is reported once."""
        self.warnings += [text for text in dict.fromkeys(texts) if text not in self.warnings]

    def damaged(self, problem: DatabaseProblem | None) -> None:
        """The database is damaged; only the first damage is reported."""
        self.damage = self.damage or problem

    def poisoned(self, text: str) -> None:
        """This program fails at an incident whose records can be read; only the first is reported."""
        self.poison = self.poison or EscalateError(
            text, "page people for it by other means, and please report it as a bug"
        )

    def include(self, other: PassReport) -> None:
        """Add what another delivery did to this report."""
        self.messages_sent += other.messages_sent
        self.notifications_sent += other.notifications_sent
        self.notifications_planned += other.notifications_planned
        self.undelivered |= other.undelivered
        self.lines += other.lines
        self.trouble(*other.troubles)

    def note_damage(self, database: Path, incident_id: int, problem: DamagedRow) -> None:
        """A record that this incident needs cannot be read; only the first such damage is reported."""
        self.damaged(damaged(database, f": incident {incident_id}: {problem.message}"))


def _with_team(entry: Entry, catalog: Catalog) -> str:
    """An entry's text, with its team where the text does not name it."""
    if entry.team is None or entry.event.NAMES_TEAM:
        return entry.text
    return f"{team_name_or_id(entry.team, catalog)}: {entry.text}"
