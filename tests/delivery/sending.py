"""Sending in tests: an envelope, and everything that is under way to its end."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.sender import Sender
from tests.delivery.processes import until

SENT, TEMPORARY, PERMANENT, UNKNOWN = OutcomeKind


def envelope(url: str, timeout: int = 10 * SECOND) -> Envelope:
    return Envelope(url, (), "Log in is down", "Customers cannot sign in", "page", timeout)


def collect(sender: Sender, seconds: float = 90.0) -> dict[int, Outcome]:
    """Everything that is under way, to its end."""
    ended: dict[int, Outcome] = {}
    until(lambda: (ended.update(sender.outcomes(1)), not sender.running)[1], seconds)
    return ended


def worker_of(sender: Sender) -> int:
    assert sender.worker_pid is not None
    return sender.worker_pid
