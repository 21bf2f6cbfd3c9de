"""Taking over what dead processes left behind: notifications they had claimed and not recorded."""

from __future__ import annotations

from collections.abc import Set

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import NotificationStatus
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind, Verdict
from escalate_cli.engine.claiming import put_off_message
from escalate_cli.engine.recording import AttemptEnd, record, what_follows
from escalate_cli.engine.workbench import Workbench
from escalate_cli.store.outbox import Claim, Unreadable

_BATCH = 200
_DIED = Outcome(OutcomeKind.UNKNOWN, "the process that was sending it has died; it may have arrived")


def take_over_abandoned(bench: Workbench, now: Instant, mine: Set[str]) -> None:
    """Settle what a dead sender left behind. It may have arrived, so it is sent again, and the
    message says so. `mine` are the tokens of what this process is sending: the clock may have
    jumped.
    """
    seen: set[int] = set()
    while True:
        abandoned, unreadable = bench.store.outbox.abandoned(now, _BATCH)
        offered = {claimed.notification.id for claimed in abandoned} | {row.id for row in unreadable}
        bench.report.unfounded += len(offered & seen)  # settled a moment ago, and offered again
        if offered <= seen:
            return
        seen |= offered
        _put_off_unreadable(bench, unreadable, now)
        ended = [_ended(claimed, bench, now) for claimed in abandoned if claimed.token not in mine]
        record(ended, bench, now)
        if len(abandoned) + len(unreadable) < _BATCH:
            return


def _put_off_unreadable(bench: Workbench, unreadable: tuple[Unreadable, ...], now: Instant) -> None:
    if unreadable:
        with bench.store.transaction():
            for row in unreadable:
                put_off_message(bench, row, row.problem, now)


def _ended(claimed: Claim, bench: Workbench, now: Instant) -> AttemptEnd:
    """How it ended, as far as is known. It is due again at once: the lease was wait enough."""
    made, allowed = claimed.notification.attempts, bench.gateway(claimed.notification.gateway).attempts
    verdict = what_follows(made, allowed, _DIED, now)
    if verdict.status is NotificationStatus.RETRYING:
        reason = f"{_DIED.detail}; attempt {made + 1} of {allowed} now"
        verdict = Verdict(verdict.status, now, reason)
    return AttemptEnd(claimed, _DIED, verdict, claimed.notification.id)
