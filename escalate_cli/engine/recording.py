"""How attempts ended. Each is recorded by whoever still holds its claim, with a line on the
incident's timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import AnyEvent
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Notification, NotificationKind, NotificationStatus
from escalate_cli.core.incident.timeline import Entry, entry_of
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind, Verdict, after
from escalate_cli.core.notification.limits import is_limited, matters_most
from escalate_cli.engine.workbench import Workbench
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.store.outbox import Claim
from escalate_cli.store.sqlite.failures import FULL


class AttemptEnd(msgspec.Struct, frozen=True):
    """How an attempt ended and what follows. `leader` is the notification that led its message;
    `digest_of` and `beside_another` are those of `core.events.Attempt`."""

    claimed: Claim
    outcome: Outcome
    verdict: Verdict
    leader: int
    digest_of: int = 0
    beside_another: bool = False


def what_follows(attempts: int, allowed: int, outcome: Outcome, now: Instant) -> Verdict:
    """`after`. If that fails: what was sent counts as sent, and anything else is given up, so that
    the next address or level has its turn.
    """
    try:
        return after(attempts, allowed, outcome, now)
    except Exception as problem:
        if outcome.kind is OutcomeKind.SENT:
            return Verdict(NotificationStatus.SENT, None, outcome.detail)
        reason = f"{outcome.detail}; what follows from it could not be decided ({words_of(problem)})"
        return Verdict(NotificationStatus.FAILED, None, reason)


Stored = tuple[NotificationStatus, Entry]
"""what became of a notification, and its line on the timeline"""


def record(ended: Sequence[AttemptEnd], bench: Workbench, now: Instant) -> None:
    """Store how these attempts ended, in one transaction, and count them."""
    if not ended:
        return
    try:
        with bench.store.transaction():
            stored = [_record_safely(end, bench, now) for end in ended]
            bench.reach("recording")
    except DatabaseProblem as problem:
        if problem.code != FULL:
            raise
        # what was sent must not be sent again: changing a row in place needs no room on the disk, a
        # timeline entry would
        with bench.store.transaction():
            for end in ended:
                _store(_without_id(end), end.outcome.detail, bench, now)
        raise
    bench.reach("recorded")
    for end, outcome in zip(ended, stored, strict=True):
        if outcome is not None:
            claimed = end.claimed
            bench.report.ended(claimed.incident_id, claimed.notification.id, *outcome, message=end.leader)


def _store(ended: AttemptEnd, detail: str, bench: Workbench, now: Instant) -> NotificationStatus | None:
    """Store one outcome; None when the claim was lost to another process meanwhile."""
    outcome = ended.outcome
    return bench.store.outbox.record(
        ended.claimed, outcome.kind, detail, ended.verdict, now, outcome.external_id
    )


def _without_id(ended: AttemptEnd) -> AttemptEnd:
    """An id takes room in an index, which a full disk does not have."""
    outcome = msgspec.structs.replace(ended.outcome, external_id=None)
    return msgspec.structs.replace(ended, outcome=outcome)


def _record_safely(ended: AttemptEnd, bench: Workbench, now: Instant) -> Stored | None:
    """Record one outcome. If that raises, its line on the timeline is lost, but none of the others
    in the same transaction.
    """
    for how in (_record_fully, _record_barely):
        try:
            with bench.store.part():
                return how(ended, bench, now)
        except EscalateError:
            raise
        except Exception as problem:
            _trouble(ended, "how a message ended could not be recorded as ever", problem, bench)
    return None  # after the lease nobody holds its claim: then it is sent again, and says so


def _trouble(ended: AttemptEnd, text: str, problem: Exception, bench: Workbench) -> None:
    bench.report.trouble(f"incident {ended.claimed.incident_id}: {text} ({words_of(problem)})")


def _record_fully(ended: AttemptEnd, bench: Workbench, now: Instant) -> Stored | None:
    """Record one outcome with its timeline entry; None when the claim was lost."""
    status = _store(ended, ended.outcome.detail, bench, now)
    if status is None:
        return None
    try:
        entry = _entry(ended, status, bench, now)
    except Exception as problem:  # a failure to tell of it is no reason to forget that it was sent
        entry = _bare_entry(ended, status, now, words_of(problem))
        _trouble(ended, "how a message ended could not be told", problem, bench)
    bench.store.situations.append(ended.claimed.incident_id, entry)
    if status is not NotificationStatus.SENT:
        _release_safely(ended, bench, now)
    return status, entry


def _record_barely(ended: AttemptEnd, bench: Workbench, now: Instant) -> Stored | None:
    """Record what became of it, without saying why."""
    status = _store(ended, "", bench, now)
    if status is None:
        return None
    return status, _bare_entry(ended, status, now, "the timeline does not say more")


def _bare_entry(ended: AttemptEnd, status: NotificationStatus, now: Instant, why: str) -> Entry:
    event = happened.Ended(recipient=ended.claimed.notification.recipient, status=status.value, why=why)
    return entry_of(event, now, None, None)


def _release_safely(ended: AttemptEnd, bench: Workbench, now: Instant) -> None:
    """If it cannot be known what waits only for this page, nothing is brought forward."""
    try:
        with bench.store.part():
            _release(ended.claimed.notification, bench, now)
    except EscalateError:
        raise
    except Exception as problem:
        _trouble(ended, "what waits for a message that failed could not be set free", problem, bench)


def _release(notification: Notification, bench: Workbench, now: Instant) -> None:
    """Bring forward what waited only because this page was on its way: the page did not arrive, and
    told the person nothing.
    """
    if notification.kind is not NotificationKind.PAGE or not is_limited(
        notification.recipient, notification.kind
    ):
        return
    catalog, outbox = bench.catalog, bench.store.outbox
    told = outbox.told(notification.recipient, notification.gateway, now - catalog.limits.per, now)

    def matters(severity: str) -> bool:
        return matters_most(severity, told, catalog)

    outbox.release(notification.recipient, notification.gateway, now, matters)


def _entry(ended: AttemptEnd, status: NotificationStatus, bench: Workbench, now: Instant) -> Entry:
    event = attempted(
        ended.claimed.notification,
        status,
        ended.verdict.reason,
        ended.digest_of,
        beside_another=ended.beside_another,
    )
    return entry_of(event, now, None, bench.catalog)


def attempted(
    notification: Notification,
    status: NotificationStatus,
    reason: str,
    digest_of: int = 0,
    *,
    beside_another: bool = False,
) -> AnyEvent:
    """What became of the latest attempt of this notification; see `core.events.Attempt`."""
    return _event_of(status, reason)(
        what=notification.kind.value,
        notification=notification.id,
        recipient=notification.recipient,
        gateway=notification.gateway,
        attempt=notification.attempts,
        digest_of=digest_of,
        beside_another=beside_another,
    )


def _event_of(status: NotificationStatus, reason: str) -> Callable[..., AnyEvent]:
    if status is NotificationStatus.SENT:
        return happened.Sent
    if status is NotificationStatus.RETRYING:
        return partial(happened.Retrying, reason=reason)
    if status is NotificationStatus.FAILED:
        return partial(happened.GivenUp, reason=reason)
    return partial(happened.CalledOff, reason=reason)
