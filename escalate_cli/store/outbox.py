"""Notifications on their way out. Claims are in this one place: a conditional UPDATE with a token and a lease, attempts counted first.

Why this shape: an attempt is counted and the lease set before anything is sent, so a crash can repeat a message but never lose
one, and never more often than the attempts allowed; the outcome is recorded only by the holder of the token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from escalate_cli.core.attempt import OutcomeKind, Verdict
from escalate_cli.core.duration import Instant
from escalate_cli.core.model import Notification, NotificationKind, NotificationStatus
from escalate_cli.errors import DamagedRow
from escalate_cli.store.database import Database
from escalate_cli.store.rows import from_row

_GIVEN_UP = "notifications_given_up"
_SENT = (
    " WHERE recipient = ? AND gateway = ? AND status = 'sent' AND bundled_with IS NULL AND sent_at > ? AND sent_at <= ?"
    " AND claim IS NOT NULL"
)
_WAITING = (
    "SELECT n.id, n.incident_id, n.gateway, n.recipient, n.kind, n.held_back, i.severity"
    " FROM notifications n LEFT JOIN incidents i ON i.id = n.incident_id"
)
_UNDER_WAY = " WHERE status = 'sending' AND recipient = ? AND gateway = ? AND bundled_with IS NULL"


class Waiting(msgspec.Struct, frozen=True):
    """A notification that may be sent now."""

    id: int
    incident_id: int
    gateway: str
    recipient: str
    kind: NotificationKind
    held_back: bool
    """it was over the limit and goes out in a digest"""
    severity: str = ""
    """of its incident"""


class Claimed(msgspec.Struct, frozen=True):
    """A notification that this process alone may send, until its lease ends."""

    notification: Notification
    incident_id: int
    token: str
    attempt_id: int
    lease_until: Instant
    also: tuple[Claimed, ...] = ()
    """those that go out with it, in one digest"""


class LastLook(NamedTuple):
    """Until when an attempt may begin, and which function ("module:function") says, with these arguments, whether it may."""

    until: Instant
    ask: str
    arguments: tuple[str, str, list[int]]


class Unreadable(msgspec.Struct, frozen=True):
    """A notification whose record is damaged."""

    id: int
    incident_id: int
    problem: DamagedRow


def _kind(text: str) -> NotificationKind:
    """The kind; of a damaged record any, since nobody can claim it."""
    return NotificationKind(text) if text in set(NotificationKind) else NotificationKind.PAGE


def _waiting(row: Any) -> Waiting:
    return Waiting(
        row["id"], row["incident_id"], row["gateway"], row["recipient"], _kind(row["kind"]), bool(row["held_back"]), row["severity"] or ""
    )


def _before(change: str | None) -> str | None:
    """What the severity was before this change, if it was one."""
    data = msgspec.json.decode(change) if change else {}
    return str(data["before"]) if data.get("change") == "severity" and data.get("before") else None


class Outbox:
    """The tables of notifications and attempts, as a queue. Writing happens inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waiting(
        self, now: Instant, limit: int, incident_id: int | None = None, severities: Sequence[str] = ()
    ) -> tuple[Waiting, ...]:
        """What may be sent now, each gateway's first one first, so that a gateway's backlog never hides what another could send.

        Of one gateway: the gravest incident's first (`severities` are in order, least first), and then the longest due.
        """
        only = "" if incident_id is None else " AND n.incident_id = ?"
        # A severity that the configuration no longer has counts as the gravest.
        ranks = f"CASE i.severity {'WHEN ? THEN ? ' * len(severities)} ELSE -1 END" if severities else "-1"
        values: list[str | int] = [value for rank, one in enumerate(reversed(severities)) for value in (one, rank)]
        values += [now, limit] if incident_id is None else [now, incident_id, limit]
        rows = self._db.run(
            "SELECT *, row_number() OVER (PARTITION BY gateway ORDER BY rank, due_at, id) AS turn FROM ("  # noqa: S608 - words are ours
            f"SELECT n.id, n.incident_id, n.gateway, n.recipient, n.kind, n.held_back, n.due_at, i.severity, {ranks} AS rank"
            " FROM notifications n LEFT JOIN incidents i ON i.id = n.incident_id"
            f" WHERE n.status IN ('pending', 'retrying') AND due_at <= ?{only}) ORDER BY turn, rank, due_at, id LIMIT ?",
            tuple(values),
        )
        return tuple(_waiting(row) for row in rows)

    def waits(self, notification_id: int, now: Instant) -> bool:
        """Whether it may still be sent now. Only a look, so that a process that was too slow need not ask for the database to write."""
        return bool(
            self._db.run(
                "SELECT 1 FROM notifications WHERE id = ? AND status IN ('pending', 'retrying') AND due_at <= ?", (notification_id, now)
            )
        )

    def claim(self, notification_id: int, token: str, now: Instant, lease_until: Instant) -> Claimed | None:
        """Take one for this process; None when another was quicker, or it is no longer wanted."""
        rows = self._db.run(
            "UPDATE notifications SET status = 'sending', attempts = attempts + 1, claim = ?, lease_until = ?, bundled_with = NULL"
            " WHERE id = ? AND status IN ('pending', 'retrying') AND due_at <= ? RETURNING *",
            (token, lease_until, notification_id, now),
        )
        if not rows:
            return None
        notification = from_row(Notification, rows[0])
        attempt = self._db.run(
            "INSERT INTO attempts (notification_id, number, began_at) VALUES (?, ?, ?) RETURNING id",
            (notification.id, notification.attempts, now),
        )
        return Claimed(notification, rows[0]["incident_id"], token, attempt[0]["id"], lease_until)

    def last_look(self, claimed: Claimed) -> LastLook:
        """What the process that sends asks just before its first byte: whether anything of this claim is still wanted and still its own."""
        together = [one.notification.id for one in (claimed, *claimed.also)]
        arguments = (str(self._db.path.absolute()), claimed.token, together)
        return LastLook(claimed.lease_until, "escalate_cli.store.last_look:is_wanted", arguments)

    def push_ahead(self, notification_id: int, until: Instant) -> None:
        """Try this one no earlier than `until`: its record cannot be read, and must not stop the others."""
        self._db.change("UPDATE notifications SET due_at = ? WHERE id = ? AND status <> 'sending'", (until, notification_id))
        self._db.change("UPDATE notifications SET lease_until = ? WHERE id = ? AND status = 'sending'", (until, notification_id))

    def record(self, claimed: Claimed, outcome: OutcomeKind, detail: str, verdict: Verdict, now: Instant) -> NotificationStatus | None:
        """Record how an attempt ended; the status that follows, or None when the claim was lost to another process meanwhile.

        The attempt keeps what was recorded of it first, which is the reason for a repeat, if there was one. A notification that was
        called off meanwhile gets no further attempt. What failed for good has its incident looked at again at once.
        """
        self._db.change(
            "UPDATE attempts SET ended_at = ?, outcome = ?, detail = ? WHERE id = ? AND ended_at IS NULL",
            (now, outcome.value, detail, claimed.attempt_id),
        )
        rows = self._db.run(
            "UPDATE notifications SET status = CASE WHEN stopped = 1 AND ? = 'retrying' THEN 'cancelled' ELSE ? END,"
            " due_at = coalesce(?, due_at), sent_at = ?, error = ?, unsure = max(unsure, ?)"
            " WHERE id = ? AND claim = ? AND status = 'sending' RETURNING status, incident_id",
            (
                verdict.status.value,
                verdict.status.value,
                verdict.due_at,
                now if verdict.status is NotificationStatus.SENT else None,
                None if verdict.status is NotificationStatus.SENT else detail,
                int(outcome is OutcomeKind.UNKNOWN),
                claimed.notification.id,
                claimed.token,
            ),
        )
        if not rows:
            return None
        status = NotificationStatus(rows[0]["status"])
        if status is NotificationStatus.FAILED:
            self.look_again(rows[0]["incident_id"], now)
            self._db.change(  # counted here, since a million past notifications are too many to count at every pass
                "INSERT INTO facts (name, value) VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(facts.value + 1 AS TEXT)",
                (_GIVEN_UP,),
            )
        return status

    @property
    def given_up(self) -> int:
        """How many notifications have ever been given up."""
        rows = self._db.run("SELECT value FROM facts WHERE name = ?", (_GIVEN_UP,))
        return int(rows[0]["value"]) if rows else 0

    def look_again(self, incident_id: int, now: Instant) -> None:
        """Have a running incident looked at now."""
        self._db.change(
            "UPDATE incidents SET next_due_at = ? WHERE id = ? AND status <> 'resolved' AND (next_due_at IS NULL OR next_due_at > ?)",
            (now, incident_id, now),
        )

    def abandoned(self, now: Instant, limit: int) -> tuple[tuple[Claimed, ...], tuple[Unreadable, ...]]:
        """Those whose sender has not come back within its lease: it may have sent them or not; and those that cannot even be read."""
        rows = self._db.run(
            "SELECT n.*, a.id AS attempt_id FROM notifications n"
            " JOIN attempts a ON a.notification_id = n.id AND a.number = n.attempts"
            " WHERE n.status = 'sending' AND n.lease_until <= ? ORDER BY n.lease_until, n.id LIMIT ?",
            (now, limit),
        )
        found, unreadable = [], []
        for row in rows:
            try:
                notification = from_row(Notification, row)
            except DamagedRow as problem:
                unreadable.append(Unreadable(row["id"], row["incident_id"], problem))
            else:
                found.append(Claimed(notification, row["incident_id"], row["claim"], row["attempt_id"], row["lease_until"]))
        return tuple(found), tuple(unreadable)

    def used(
        self, recipient: str, gateway: str, since: Instant, now: Instant, *, pages: bool = False
    ) -> tuple[int, Instant | None]:
        """How many messages this recipient got through this gateway after `since`, those under way included, and when the oldest went;
        with `pages` only those that asked somebody to act.

        What was sent "later than now", before the clock was set back, does not count: nothing may be held back until then. Nor does
        what nobody here has sent, but an import tells of.
        """
        kind = " AND kind = 'page'" if pages else ""
        rows = self._db.run(
            f"SELECT count(*) AS many, min(sent_at) AS oldest FROM notifications{_SENT}{kind}",  # noqa: S608 - words are ours
            (recipient, gateway, since, now),
        )
        under_way = self._db.run(
            f"SELECT count(*) AS many FROM notifications{_UNDER_WAY}{kind}",  # noqa: S608 - words are ours
            (recipient, gateway),
        )
        return rows[0]["many"] + under_way[0]["many"], rows[0]["oldest"]

    def told(self, recipient: str, gateway: str, since: Instant, now: Instant) -> frozenset[str]:
        """The severities of what this recipient was paged for through this gateway after `since`, each as it was when it was sent.

        Of a digest it is that of its gravest page, which leads it.
        """
        sent = self._db.run(
            # The incident's first change of severity after this message, if there was one, says what it was before.
            "SELECT i.severity, (SELECT t.data FROM timeline t WHERE t.incident_id = n.incident_id AND t.kind = 'updated'"  # noqa: S608
            " AND json_valid(t.data) AND t.data ->> '$.change' = 'severity' AND t.id > coalesce((SELECT max(s.id) FROM timeline s"
            " WHERE s.incident_id = n.incident_id AND s.kind = 'sent' AND json_valid(s.data) AND s.data ->> '$.notification' = n.id), 0)"
            f" ORDER BY t.id LIMIT 1) AS change FROM (SELECT id, incident_id FROM notifications{_SENT} AND kind = 'page') n"
            " JOIN incidents i ON i.id = n.incident_id",
            (recipient, gateway, since, now),
        )
        under_way = self._db.run(
            f"SELECT severity FROM incidents WHERE id IN (SELECT incident_id FROM notifications{_UNDER_WAY} AND kind = 'page')",  # noqa: S608
            (recipient, gateway),
        )
        before = (_before(row["change"]) or row["severity"] for row in sent)
        return frozenset((*before, *(row["severity"] for row in under_way)))

    def hold_back(
        self, recipient: str, gateway: str, now: Instant, until: Instant, which: Callable[[Waiting], bool]
    ) -> tuple[int, ...]:
        """What is due for this recipient and gateway waits until then, for one digest, as far as `which` says so; the incidents of what
        had not waited yet."""
        rows = self._db.run(
            f"{_WAITING} WHERE recipient = ? AND gateway = ? AND n.status IN ('pending', 'retrying') AND due_at <= ? ORDER BY n.id",
            (recipient, gateway, now),
        )
        held = [one for one in map(_waiting, rows) if which(one)]
        for one in held:
            self._db.change("UPDATE notifications SET held_back = 1, due_at = ? WHERE id = ?", (until, one.id))
        return tuple(dict.fromkeys(one.incident_id for one in held if not one.held_back))

    def release(self, recipient: str, gateway: str, now: Instant, which: Callable[[str], bool]) -> None:
        """Pages that were held back, to this recipient by this gateway, are due now where `which` says so of their severity."""
        rows = self._db.run(
            f"{_WAITING} WHERE recipient = ? AND gateway = ? AND n.status = 'pending' AND held_back = 1 AND kind = 'page' AND due_at > ?",
            (recipient, gateway, now),
        )
        for one in map(_waiting, rows):
            if which(one.severity):
                self._db.change("UPDATE notifications SET due_at = ? WHERE id = ?", (now, one.id))

    def beside(self, waiting: Waiting, now: Instant) -> tuple[Waiting, ...]:
        """What else is due of the same incident for the same address."""
        rows = self._db.run(
            f"{_WAITING} WHERE n.incident_id = ? AND recipient = ? AND gateway = ? AND n.id <> ?"
            " AND n.status IN ('pending', 'retrying') AND due_at <= ? ORDER BY n.id",
            (waiting.incident_id, waiting.recipient, waiting.gateway, waiting.id, now),
        )
        return tuple(_waiting(row) for row in rows)

    def companions(self, waiting: Waiting, now: Instant) -> tuple[Waiting, ...]:
        """The other notifications for the same address that wait for a digest, or are due: they may go out now. One that is to be tried
        again waits its time: attempts that follow at once would be used up before the provider is back."""
        self._db.change(
            "UPDATE notifications SET due_at = ? WHERE recipient = ? AND gateway = ? AND held_back = 1 AND due_at > ?"
            " AND status = 'pending'",
            (now, waiting.recipient, waiting.gateway, now),
        )
        rows = self._db.run(
            f"{_WAITING} WHERE recipient = ? AND gateway = ? AND kind <> 'nudge' AND n.id <> ?"
            " AND n.status IN ('pending', 'retrying') AND due_at <= ? ORDER BY n.id",
            (waiting.recipient, waiting.gateway, waiting.id, now),
        )
        return tuple(_waiting(row) for row in rows)

    def bundle(self, claimed: Claimed, companions: tuple[Claimed, ...]) -> Claimed:
        """Note that these go out in one message, which `claimed` leads."""
        for one in companions:
            self._db.change("UPDATE notifications SET bundled_with = ? WHERE id = ?", (claimed.notification.id, one.notification.id))
        return replace(claimed, also=companions)
