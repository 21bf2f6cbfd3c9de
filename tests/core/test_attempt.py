"""After an attempt: sent, tried again, given up (product.md §4.14)."""

from __future__ import annotations

import pytest

from escalate_cli.core.calendar.duration import HOUR, MINUTE, SECOND
from escalate_cli.core.incident.situation import NotificationStatus
from escalate_cli.core.notification.attempt import RETRY_WAITS, Outcome, OutcomeKind, Verdict, after

NOW = 1_790_000_000_000_000
SENT, FAILED, RETRYING = NotificationStatus.SENT, NotificationStatus.FAILED, NotificationStatus.RETRYING


def _outcome(words: str) -> Outcome:
    """`HTTP 500 temporary`, or `HTTP 429 temporary 40s` with what the provider asked for."""
    detail, kind, asked = (*words.rsplit("|"), "", "")[:3]
    return Outcome(OutcomeKind(kind.strip()), detail.strip(), int(asked) * SECOND if asked.strip() else None)


@pytest.mark.parametrize(
    ("made", "allowed", "outcome", "status", "wait", "reason"),
    [
        (1, 4, "HTTP 200 | sent", SENT, None, "HTTP 200"),
        (4, 4, "HTTP 200 | sent", SENT, None, "HTTP 200"),
        (1, 4, "HTTP 404 | permanent", FAILED, None, "failed for good: HTTP 404"),
        (1, 4, "HTTP 500 | temporary", RETRYING, 15 * SECOND, "HTTP 500; attempt 2 of 4 in 15s"),
        (2, 4, "HTTP 500 | temporary", RETRYING, 45 * SECOND, "HTTP 500; attempt 3 of 4 in 45s"),
        (3, 4, "HTTP 500 | temporary", RETRYING, 2 * MINUTE, "HTTP 500; attempt 4 of 4 in 2m"),
        (4, 4, "HTTP 500 | temporary", FAILED, None, "given up after 4 attempts: HTTP 500"),
        (4, 9, "HTTP 500 | temporary", RETRYING, 5 * MINUTE, "HTTP 500; attempt 5 of 9 in 5m"),
        (8, 9, "HTTP 500 | temporary", RETRYING, 5 * MINUTE, "HTTP 500; attempt 9 of 9 in 5m"),
        (1, 1, "no answer | unknown", FAILED, None, "given up after 1 attempt: no answer"),
        (1, 4, "no answer | unknown", RETRYING, 15 * SECOND, "no answer; attempt 2 of 4 in 15s"),
        (1, 4, "HTTP 429 | temporary | 40", RETRYING, 40 * SECOND, "HTTP 429; attempt 2 of 4 in 40s"),
        (2, 4, "HTTP 429 | temporary | 40", RETRYING, 45 * SECOND, "HTTP 429; attempt 3 of 4 in 45s"),
        (1, 4, "HTTP 429 | temporary | 86400", RETRYING, 15 * MINUTE, "HTTP 429; attempt 2 of 4 in 15m"),
        (4, 4, "HTTP 429 | temporary | 40", FAILED, None, "given up after 4 attempts: HTTP 429"),
        (5, 4, "HTTP 500 | temporary", FAILED, None, "given up after 5 attempts: HTTP 500"),
    ],
)
def test_what_follows_an_attempt(made, allowed, outcome, status, wait, reason):
    due_at = None if wait is None else NOW + wait
    assert after(made, allowed, _outcome(outcome), NOW) == Verdict(status, due_at, reason)


def test_no_attempt_follows_sooner_than_the_one_before_it():
    assert list(RETRY_WAITS) == sorted(RETRY_WAITS)
    assert RETRY_WAITS[0] > 0
    assert RETRY_WAITS[-1] < HOUR
