"""Claiming what is due: before anything is sent, the attempt is counted and a lease is set, and
that is committed.

What may begin now is decided here, too: the least busy gateway comes first, and what exceeds
`[limits]` is held back.
"""

from __future__ import annotations

import uuid
from collections import Counter

from escalate_cli.core.answers.codes import new_code
from escalate_cli.core.calendar.duration import DAY, SECOND, Instant
from escalate_cli.core.events import HeldBack
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.incident.timeline import entry_of
from escalate_cli.core.notification.limits import (
    GOES_ALONE,
    DueMessage,
    Ruling,
    Window,
    is_limited,
    ruling_on,
    waits_as_well,
)
from escalate_cli.core.notification.together import goes_with, leader_first
from escalate_cli.core.organisation.catalog import Gateway
from escalate_cli.engine.workbench import Workbench
from escalate_cli.errors import DamagedRow, EscalateError
from escalate_cli.store.outbox import Claim, Unreadable, Waiting
from escalate_cli.store.remembered_troubles import put_off

PARALLEL = 8
"""attempts that run side by side. Slow ones do not count, so that a hanging provider delays nobody
else
"""
MOST_OF_ONE_GATEWAY = 16
"""attempts through one gateway at a time, so that one that hangs leaves places for the others"""
MOST_CHILDREN = 256
"""attempts at a time when there are more gateways than places; each gateway then has its share"""
LEASE_BEYOND_TIMEOUT = 15 * SECOND
"""how long after the hard limit of an attempt another process may take over its claim"""
SHORT_CODE_RESTS = 30 * DAY
"""how long after the end of its incident a short code is given to nobody at its address"""
_ASKING = (NotificationKind.PAGE, NotificationKind.NUDGE, NotificationKind.TEST)
_BATCH = 200
_LOOK_AGAIN_SECONDS = 2.0
"""how old the list of what is due may be while slow providers are worked through: what came due
meanwhile may be quick
"""


class Claims:
    """The list of what is due, and the claims on it."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._queue: list[Waiting] = []
        self._looked_at = 0.0

    def look_again(self) -> None:
        """Something new may be due: read the list again before the next claim."""
        self._queue.clear()

    # ── what may begin now ─────────────────────────────────────────────────────────────

    def look(self, now: Instant, incident_id: int | None, offered: set[int]) -> None:
        """Read the list if it is empty or old. What was `offered` already is left out: a moment ago
        it could not be claimed.
        """
        moment = self._bench.clock.monotonic()
        if not self._queue or moment - self._looked_at > _LOOK_AGAIN_SECONDS:
            severities = [severity.id for severity in self._bench.catalog.severities]
            waiting = self._bench.store.outbox.waiting(now, _BATCH, incident_id, severities)
            self._queue = [notification for notification in waiting if notification.id not in offered]
            self._looked_at = self._bench.clock.monotonic()

    def pick(self, busy: Counter[str], room: int) -> list[Waiting]:
        """Take what may begin now from the list, always for the least busy gateway first: nine dead
        gateways do not hold up a tenth.

        A gateway with nothing under way always has a place. A busy one has a place while there is
        `room`, up to its share. `busy` counts what is under way.
        """
        gateways = max(len(self._bench.catalog.gateways), 1)
        share = max(min(MOST_OF_ONE_GATEWAY, MOST_CHILDREN // gateways), 1)
        picked: list[Waiting] = []
        while self._queue:
            best = min(range(len(self._queue)), key=lambda index: (busy[self._queue[index].gateway], index))
            gateway = self._queue[best].gateway
            if busy[gateway] >= share or (busy[gateway] and len(picked) >= room):
                break
            picked.append(self._queue.pop(best))
            busy[gateway] += 1
        return picked

    # ── claims ─────────────────────────────────────────────────────────────────────────

    def claim(self, picked: list[Waiting], now: Instant) -> list[Claim]:
        """Claim these in one transaction, those that still wait."""
        waiting = [
            notification for notification in picked if self._bench.store.outbox.waits(notification.id, now)
        ]
        self._bench.report.unfounded += len(picked) - len(waiting)
        if not waiting:
            return []
        with self._bench.store.transaction():
            claims = [self._claim_safely(notification, now) for notification in waiting]
            self._bench.reach("claiming")
        return [claimed for claimed in claims if claimed is not None]

    def _claim_safely(self, waiting: Waiting, now: Instant) -> Claim | None:
        """Claim one. If that fails it is undone, put off, and stops none of the others in the same
        transaction.

        If limits or digests fail, perhaps because of another's record, the message goes out by
        itself: that is no reason for silence.
        """
        met: list[Exception] = []
        for claim in (self._claim_together, self._claim_alone):
            try:
                with self._bench.store.part():
                    claimed = claim(waiting, self._bench.gateway(waiting.gateway), now)
            except Exception as problem:
                if isinstance(problem, EscalateError) and not isinstance(problem, DamagedRow):
                    raise
                met.append(problem)
            else:
                if met:
                    self._bench.report.trouble(
                        f"incident {waiting.incident_id}: a message was not weighed against others"
                        f" ({words_of(met[0])})"
                    )
                return claimed
        put_off_message(self._bench, waiting, met[-1], now)
        return None

    def _claim_alone(self, waiting: Waiting, gateway: Gateway, now: Instant) -> Claim | None:
        return self._bench.store.outbox.claim(
            waiting.id,
            uuid.uuid4().hex,
            now,
            now + gateway.timeout + LEASE_BEYOND_TIMEOUT,
            self._code(waiting, now),
        )

    def _claim_together(self, waiting: Waiting, gateway: Gateway, now: Instant) -> Claim | None:
        """Claim one together with what goes out in the same message, or as a digest of everything
        held back for the same address. What exceeds `[limits]` is held back.
        """
        outbox = self._bench.store.outbox
        ruling = self._ruling(waiting, now)
        if ruling.hold_until is not None:
            self._hold_back(waiting, now, ruling.hold_until)
            return None
        token, lease_until = uuid.uuid4().hex, now + gateway.timeout + LEASE_BEYOND_TIMEOUT
        first = outbox.claim(waiting.id, token, now, lease_until, self._code(waiting, now))
        if first is None:
            return None
        others = outbox.companions(waiting, now) if ruling.digest else self._beside(waiting, now)
        also = [outbox.claim(other.id, token, now, lease_until, self._code(other, now)) for other in others]
        severities = {notification.id: notification.severity for notification in (waiting, *others)}
        together = [first, *(claimed for claimed in also if claimed is not None)]
        leader, *rest = self._leader_first(together, severities)
        return outbox.bundle(leader, tuple(rest), digest=ruling.digest)

    def _code(self, waiting: Waiting, now: Instant) -> str | None:
        """A code for what asks a person. Its short part is none that this address may still type for
        another.
        """
        if not waiting.recipient.is_person or waiting.kind not in _ASKING:
            return None
        listens = self._bench.gateway(waiting.gateway).listens
        import secrets  # a pass in which nothing is due needs no hashlib

        def taken(short: str) -> bool:
            where = (waiting.gateway, waiting.recipient, now - SHORT_CODE_RESTS)
            return listens and self._bench.store.answers.short_code_in_use(short, *where)

        return new_code(secrets.randbelow, taken)

    def _leader_first(self, together: list[Claim], severities: dict[int, str]) -> list[Claim]:
        """These, with the one in front that leads their message; `severities` are by notification."""
        claims = {claimed.notification.id: claimed for claimed in together}
        severity = self._bench.catalog.severity
        ordered = leader_first(
            (claimed.notification for claimed in together),
            lambda notification: severity(severities[notification.id]).rank,
        )
        return [claims[notification.id] for notification in ordered]

    def _beside(self, waiting: Waiting, now: Instant) -> list[Waiting]:
        """What else goes out in the same message."""
        return [
            other
            for other in self._bench.store.outbox.beside(waiting, now)
            if goes_with(waiting.kind, other.kind, waiting.recipient)
        ]

    def _ruling(self, waiting: Waiting, now: Instant) -> Ruling:
        """What `[limits]` say to this message."""
        if not is_limited(waiting.recipient, waiting.kind):
            return GOES_ALONE
        catalog, outbox = self._bench.catalog, self._bench.store.outbox
        where = (waiting.recipient, waiting.gateway, now - catalog.limits.per, now)
        used, oldest = outbox.used(*where, pages=waiting.kind is NotificationKind.PAGE)
        window = Window(
            used,
            oldest,
            told=lambda: outbox.told(*where),
            digest_is_due=lambda: outbox.digest_is_due(waiting, now),
        )
        return ruling_on(DueMessage(waiting.kind, waiting.severity, waiting.held_back), window, catalog, now)

    def _hold_back(self, waiting: Waiting, now: Instant, until: Instant) -> None:
        """Keep what is due for this address for a digest; the timeline of each incident says so
        once.
        """
        catalog, store = self._bench.catalog, self._bench.store

        def waits(other: Waiting) -> bool:
            return waits_as_well(other.kind, other.severity, waiting.kind, waiting.severity, catalog)

        held = store.outbox.hold_back(waiting.recipient, waiting.gateway, now, until, waits)
        for incident_id in held:
            event = HeldBack(recipient=waiting.recipient, gateway=waiting.gateway, until=until)
            store.situations.append(incident_id, entry_of(event, now, None, catalog))


def put_off_message(
    bench: Workbench, message: Waiting | Unreadable, problem: Exception, now: Instant
) -> None:
    """Try this one a minute later: it cannot be taken up now, and must not stop the others."""
    bench.store.outbox.push_ahead(message.id, put_off(bench.store.ledger, now))
    if isinstance(problem, DamagedRow):
        bench.report.note_damage(bench.store.database.path, message.incident_id, problem)
    else:
        bench.report.trouble(
            f"incident {message.incident_id}: a message could not be taken up ({words_of(problem)}); again in"
            " a minute"
        )
