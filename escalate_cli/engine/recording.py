"""How attempts ended: each is recorded by whoever still holds its claim, with its line on the
incident's timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events import AnyEvent
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import (
    Entry,
    Notification,
    NotificationKind,
    NotificationStatus,
    entry_of,
)
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind, Verdict, after
from escalate_cli.core.notification.limits import is_limited, matters_most
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.store.outbox import Claimed
from escalate_cli.store.sqlite.failures import FULL
from escalate_cli.store.store import Store


class Ended(msgspec.Struct, frozen=True):
    """How an attempt ended and what follows. `leader` is the notification that led its message;
    `digest_of` and `beside_another` are those of `core.events.Attempt`."""

    claimed: Claimed
    outcome: Outcome
    verdict: Verdict
    leader: int
    digest_of: int = 0
    beside_another: bool = False


def what_follows(attempts: int, allowed: int, outcome: Outcome, now: Instant) -> Verdict:
    """`after`; where that fails, what was sent is sent, and anything else is given up: the next
    address or level has its turn.
    """
    try:
        return after(attempts, allowed, outcome, now)
    except Exception as problem:
        if outcome.kind is OutcomeKind.SENT:
            return Verdict(NotificationStatus.SENT, None, outcome.detail)
        reason = f"{outcome.detail}; what follows from it could not be decided ({words_of(problem)})"
        return Verdict(NotificationStatus.FAILED, None, reason)


def record(
    ended: Sequence[Ended],
    store: Store,
    catalog: Catalog,
    now: Instant,
    report: PassReport,
    *,
    reach: Callable[[str], None],
) -> None:
    """Store how these attempts ended, in one transaction, and count them; `reach` is told of the
    points that tests stop at.
    """
    try:
        with store.transaction():
            settled = [(one, _record_safely(one, store, catalog, now, report)) for one in ended]
            reach("recording")
    except DatabaseProblem as problem:
        if problem.code != FULL:
            raise
        # What was sent must not be sent again: changing a row in place needs no room, a timeline entry would.
        with store.transaction():
            for one in ended:
                store.outbox.record(one.claimed, one.outcome.kind, one.outcome.detail, one.verdict, now)
        raise
    reach("recorded")
    for one, stored in settled:
        if stored is not None:
            report.count(one.claimed.incident_id, one.claimed.notification.id, *stored, message=one.leader)


def _record_safely(
    ended: Ended, store: Store, catalog: Catalog, now: Instant, report: PassReport
) -> tuple[NotificationStatus, Entry] | None:
    """Record one outcome; what raises costs its line on the timeline, and none of the others in the
    same transaction.
    """
    for how in (_record_one, _record_barely):
        try:
            with store.part():
                return how(ended, store, catalog, now, report)
        except EscalateError:
            raise
        except Exception as problem:
            report.trouble(
                f"incident {ended.claimed.incident_id}: how a message ended could not be recorded as ever"
                f" ({words_of(problem)})"
            )
    return None  # nobody holds its claim after the lease: then it is sent again, and says so


def _record_one(
    ended: Ended, store: Store, catalog: Catalog, now: Instant, report: PassReport
) -> tuple[NotificationStatus, Entry] | None:
    """Record one outcome with its timeline entry; None when the claim was lost to another process
    meanwhile.
    """
    claimed = ended.claimed
    status = store.outbox.record(claimed, ended.outcome.kind, ended.outcome.detail, ended.verdict, now)
    if status is None:
        return None
    try:
        entry = _entry(ended, status, catalog, now)
    except Exception as problem:  # how it is told is no reason to forget that it was sent
        entry = _bare_entry(ended, status, now, words_of(problem))
        report.trouble(
            f"incident {claimed.incident_id}: how a message ended could not be told ({words_of(problem)})"
        )
    store.situations.append(claimed.incident_id, entry)
    if status is not NotificationStatus.SENT:
        _release_safely(claimed, store, catalog, now, report)
    return status, entry


def _record_barely(
    ended: Ended, store: Store, catalog: Catalog, now: Instant, report: PassReport
) -> tuple[NotificationStatus, Entry] | None:
    """Record what became of it, and no word of why."""
    status = store.outbox.record(ended.claimed, ended.outcome.kind, "", ended.verdict, now)
    return (
        None
        if status is None
        else (status, _bare_entry(ended, status, now, "the timeline does not say more"))
    )


def _bare_entry(ended: Ended, status: NotificationStatus, now: Instant, why: str) -> Entry:
    event = happened.Ended(recipient=ended.claimed.notification.recipient, status=status.value, why=why)
    return entry_of(event, now, None, None)


def _release_safely(
    claimed: Claimed, store: Store, catalog: Catalog, now: Instant, report: PassReport
) -> None:
    """Where it cannot be known what waits only for this page, that waits its time."""
    try:
        with store.part():
            _release(claimed.notification, store, catalog, now)
    except EscalateError:
        raise
    except Exception as problem:
        text = f"what waits for a message that failed could not be set free ({words_of(problem)})"
        report.trouble(f"incident {claimed.incident_id}: {text}")


def _release(notification: Notification, store: Store, catalog: Catalog, now: Instant) -> None:
    """What waits only because this page was on its way waits no longer: it did not arrive, and told
    the person of nothing.
    """
    if notification.kind is not NotificationKind.PAGE or not is_limited(
        notification.recipient, notification.kind
    ):
        return
    told = store.outbox.told(notification.recipient, notification.gateway, now - catalog.limits.per, now)

    def matters(severity: str) -> bool:
        return matters_most(severity, told, catalog)

    store.outbox.release(notification.recipient, notification.gateway, now, matters)


def _entry(ended: Ended, status: NotificationStatus, catalog: Catalog, now: Instant) -> Entry:
    event = attempted(
        ended.claimed.notification,
        status,
        ended.verdict.reason,
        ended.digest_of,
        beside_another=ended.beside_another,
    )
    return entry_of(event, now, None, catalog)


def attempted(
    notification: Notification,
    status: NotificationStatus,
    reason: str,
    digest_of: int = 0,
    *,
    beside_another: bool = False,
) -> AnyEvent:
    """What became of the latest attempt of this notification; see `core.events.Attempt`."""
    about: dict[str, Any] = {
        "what": notification.kind.value,
        "notification": notification.id,
        "recipient": notification.recipient,
        "gateway": notification.gateway,
        "attempt": notification.attempts,
        "digest_of": digest_of,
        "beside_another": beside_another,
    }
    if status is NotificationStatus.SENT:
        return happened.Sent(**about)
    if status is NotificationStatus.RETRYING:
        return happened.Retrying(**about, reason=reason)
    if status is NotificationStatus.FAILED:
        return happened.GivenUp(**about, reason=reason)
    return happened.CalledOff(**about, reason=reason)
