"""Notifications on their way out. Claims are in this one place: a conditional UPDATE with a token
and a lease, attempts counted first.

Why this shape: an attempt is counted and the lease set before anything is sent, so a crash can
repeat a message but never lose one, and never more often than the attempts allowed; the outcome is
recorded only by the holder of the token.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import Notification, NotificationKind, NotificationStatus
from escalate_cli.core.notification.attempt import OutcomeKind, Verdict
from escalate_cli.core.notification.limits import PageTold
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.errors import DamagedRow
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.rows import from_row, gravest_first
from escalate_cli.store.statements import Statements

_GIVEN_UP = "notifications_given_up"
_sql = Statements("outbox")
_facts = Statements("ledger")


class Waiting(msgspec.Struct, frozen=True):
    """A notification that may be sent now."""

    id: int
    incident_id: int
    gateway: str
    recipient: Recipient
    kind: NotificationKind
    held_back: bool
    """it was over the limit and goes out in a digest"""
    severity: str = ""
    """of its incident"""


class Claim(msgspec.Struct, frozen=True):
    """A notification that this process alone may send, until its lease ends."""

    notification: Notification
    incident_id: int
    token: str
    attempt_id: int
    lease_until: Instant
    also: tuple[Claim, ...] = ()
    """those that go out with it, in one digest"""


class LastLook(NamedTuple):
    """Until when an attempt may begin, and which function ("module:function") says, with these
    arguments, whether it may.
    """

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


def _waiting(row: sqlite3.Row) -> Waiting:
    return Waiting(
        row["id"],
        row["incident_id"],
        row["gateway"],
        Recipient(row["recipient"]),
        _kind(row["kind"]),
        bool(row["held_back"]),
        row["severity"] or "",
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
        """What may be sent now, each gateway's first one first, so that a gateway's backlog never
        hides what another could send.

        Of one gateway: the gravest incident's first (`severities` are in order, least first), and
        then the longest due.
        """
        values = {"now": now, "limit": limit, "gravest_first": gravest_first(severities)}
        if incident_id is None:
            rows = self._db.run(_sql.waiting, **values)
        else:
            rows = self._db.run(_sql.waiting_of_incident, incident_id=incident_id, **values)
        return tuple(_waiting(row) for row in rows)

    def waits(self, notification_id: int, now: Instant) -> bool:
        """Whether it may still be sent now. Only a look, so that a process that was too slow need
        not ask for the database to write.
        """
        return bool(self._db.run(_sql.still_waits, id=notification_id, now=now))

    def claim(
        self, notification_id: int, token: str, now: Instant, lease_until: Instant, code: str | None = None
    ) -> Claim | None:
        """Take one for this process; None when another was quicker, or it is no longer wanted. It has
        this code from now on, unless it has one.
        """
        rows = self._db.run(
            _sql.claim, id=notification_id, token=token, now=now, lease_until=lease_until, code=code
        )
        if not rows:
            return None
        notification = from_row(Notification, rows[0])
        attempt = self._db.run(
            _sql.begin_attempt, notification_id=notification.id, number=notification.attempts, now=now
        )
        return Claim(notification, rows[0]["incident_id"], token, attempt[0]["id"], lease_until)

    def last_look(self, claimed: Claim) -> LastLook:
        """What the process that sends asks just before its first byte: whether anything of this
        claim is still wanted and still its own.
        """
        together = [member.notification.id for member in (claimed, *claimed.also)]
        arguments = (str(self._db.path.absolute()), claimed.token, together)
        return LastLook(claimed.lease_until, "escalate_cli.store.last_look:is_wanted", arguments)

    def push_ahead(self, notification_id: int, until: Instant) -> None:
        """Try this one no earlier than `until`: its record cannot be read, and must not stop the others."""
        self._db.change(_sql.push_ahead_unclaimed, id=notification_id, until=until)
        self._db.change(_sql.push_ahead_claimed, id=notification_id, until=until)

    def record(
        self,
        claimed: Claim,
        outcome: OutcomeKind,
        detail: str,
        verdict: Verdict,
        now: Instant,
        external_id: str | None = None,
    ) -> NotificationStatus | None:
        """Record how an attempt ended; the status that follows, or None when the claim was lost to
        another process meanwhile.

        The attempt keeps what was recorded of it first, which is the reason for a repeat, if there
        was one. A notification that was called off meanwhile gets no further attempt. What failed
        for good has its incident looked at again at once. `external_id` is the provider's id of it.
        """
        self._db.change(
            _sql.end_attempt,
            id=claimed.attempt_id,
            now=now,
            outcome=outcome.value,
            detail=detail,
            external_id=external_id,
        )
        sent = verdict.status is NotificationStatus.SENT
        rows = self._db.run(
            _sql.record_outcome,
            id=claimed.notification.id,
            token=claimed.token,
            status=verdict.status.value,
            due_at=verdict.due_at,
            sent_at=now if sent else None,
            error=None if sent else detail,
            unsure=int(outcome is OutcomeKind.UNKNOWN),
        )
        if not rows:
            return None
        status = NotificationStatus(rows[0]["status"])
        if status is NotificationStatus.FAILED:
            self.look_again(rows[0]["incident_id"], now)
            self._db.change(_facts.count_fact, name=_GIVEN_UP)
        return status

    @property
    def given_up(self) -> int:
        """How many notifications have ever been given up."""
        rows = self._db.run(_facts.find_fact, name=_GIVEN_UP)
        return int(rows[0]["value"]) if rows else 0

    def look_again(self, incident_id: int, now: Instant) -> None:
        """Have a running incident looked at now."""
        self._db.change(_sql.look_again, id=incident_id, now=now)

    def abandoned(self, now: Instant, limit: int) -> tuple[tuple[Claim, ...], tuple[Unreadable, ...]]:
        """Those whose sender has not come back within its lease: it may have sent them or not; and
        those that cannot even be read.
        """
        rows = self._db.run(_sql.abandoned, now=now, limit=limit)
        abandoned, unreadable = [], []
        for row in rows:
            try:
                notification = from_row(Notification, row)
            except DamagedRow as problem:
                unreadable.append(Unreadable(row["id"], row["incident_id"], problem))
            else:
                abandoned.append(
                    Claim(
                        notification, row["incident_id"], row["claim"], row["attempt_id"], row["lease_until"]
                    )
                )
        return tuple(abandoned), tuple(unreadable)

    def used(
        self, recipient: Recipient, gateway: str, since: Instant, now: Instant, *, pages: bool = False
    ) -> tuple[int, Instant | None]:
        """How many messages this recipient got through this gateway after `since`, those under way
        included, and when the oldest went; with `pages` only those that asked somebody to act.

        What was sent "later than now", before the clock was set back, does not count: nothing may
        be held back until then. Nor does what nobody here has sent, but an import tells of.
        """
        where = {"recipient": recipient, "gateway": gateway, "pages_only": int(pages)}
        sent = self._db.run(_sql.count_sent, since=since, now=now, **where)[0]
        under_way = self._db.run(_sql.count_under_way, **where)[0]
        return sent["many"] + under_way["many"], sent["oldest"]

    def told(self, recipient: Recipient, gateway: str, since: Instant, now: Instant) -> frozenset[PageTold]:
        """What this recipient was paged with through this gateway after `since`, each with the
        severity as it was when it was sent.

        Of a digest it is that of its gravest page, which leads it.
        """
        sent = self._db.run(_sql.severities_sent, recipient=recipient, gateway=gateway, since=since, now=now)
        under_way = self._db.run(_sql.severities_under_way, recipient=recipient, gateway=gateway)
        before = (PageTold(_before(row["change"]) or row["severity"], bool(row["in_digest"])) for row in sent)
        return frozenset((*before, *(PageTold(row["severity"], bool(row["in_digest"])) for row in under_way)))

    def paged_for(self, recipient: Recipient, incident_ids: Sequence[int]) -> frozenset[int]:
        """Of these incidents, those that this recipient was paged for."""
        ids = msgspec.json.encode(tuple(incident_ids)).decode()
        rows = self._db.run(_sql.incidents_paged_for, recipient=recipient, ids=ids)
        return frozenset(row["incident_id"] for row in rows)

    def digest_is_due(self, waiting: Waiting, now: Instant) -> bool:
        """Whether something that was held back for the same address has waited long enough; for a
        page, only another page.
        """
        return bool(
            self._db.run(
                _sql.digest_is_due,
                recipient=waiting.recipient,
                gateway=waiting.gateway,
                now=now,
                pages_only=int(waiting.kind is NotificationKind.PAGE),
            )
        )

    def hold_back(
        self,
        recipient: Recipient,
        gateway: str,
        now: Instant,
        until: Instant,
        which: Callable[[Waiting], bool],
    ) -> tuple[int, ...]:
        """What is due for this recipient and gateway waits until then, for one digest, as far as
        `which` says so; the incidents of what had not waited yet."""
        rows = self._db.run(_sql.due_for_address, recipient=recipient, gateway=gateway, now=now)
        held = [waiting for waiting in map(_waiting, rows) if which(waiting)]
        for waiting in held:
            self._db.change(_sql.hold_back, id=waiting.id, until=until)
        return tuple(dict.fromkeys(waiting.incident_id for waiting in held if not waiting.held_back))

    def came_back(self, notification: int, error: str) -> dict[int, int]:
        """What was sent could not be delivered: it has failed for good, with what went in the same
        message. The incident of each that has, by its number.
        """
        rows = self._db.run(_sql.came_back, id=notification, error=error)
        return {row["id"]: row["incident_id"] for row in rows}

    def release(self, recipient: Recipient, gateway: str, now: Instant, which: Callable[[str], bool]) -> None:
        """Pages that were held back, to this recipient by this gateway, are due now where `which`
        says so of their severity.
        """
        rows = self._db.run(_sql.held_back_pages, recipient=recipient, gateway=gateway, now=now)
        for waiting in map(_waiting, rows):
            if which(waiting.severity):
                self._db.change(_sql.release, id=waiting.id, now=now)

    def beside(self, waiting: Waiting, now: Instant) -> tuple[Waiting, ...]:
        """What else is due of the same incident for the same address."""
        rows = self._db.run(
            _sql.due_beside,
            id=waiting.id,
            incident_id=waiting.incident_id,
            recipient=waiting.recipient,
            gateway=waiting.gateway,
            now=now,
        )
        return tuple(_waiting(row) for row in rows)

    def companions(self, waiting: Waiting, now: Instant) -> tuple[Waiting, ...]:
        """The other notifications for the same address that wait for a digest, or are due: they may
        go out now. One that is to be tried again waits its time: attempts that follow at once would
        be used up before the provider is back."""
        where = {"recipient": waiting.recipient, "gateway": waiting.gateway, "now": now}
        self._db.change(_sql.release_companions, **where)
        rows = self._db.run(_sql.companions, id=waiting.id, **where)
        return tuple(_waiting(row) for row in rows)

    def bundle(self, claimed: Claim, companions: tuple[Claim, ...], *, digest: bool) -> Claim:
        """Note that these go out in one message, which `claimed` leads, and whether it is a digest."""
        for companion in companions:
            self._db.change(_sql.bundle, id=companion.notification.id, leader=claimed.notification.id)
        if digest:
            self._db.change(_sql.lead_digest, id=claimed.notification.id)
        return replace(claimed, also=companions)
