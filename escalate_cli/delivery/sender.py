"""The door of the delivery room: hand over envelopes, collect outcomes."""

from __future__ import annotations

import select
from types import TracebackType

import msgspec
from msgspec.structs import replace

from escalate_cli.clock import Clock
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.exchange import MAY_HAVE_ARRIVED
from escalate_cli.delivery.process.no_process import cannot_start
from escalate_cli.delivery.process.worker_link import WorkerLink

PATIENCE_WITH_WORKER = 10.0
"""seconds after an attempt's limit within which the worker must have answered; shorter than the
engine's lease allows
"""


_STOPPED = 5.0
"""seconds between two looks at the worker: if it is more, this process was stopped, or the machine slept"""
_LONGEST_WAIT = 1.0


class _Running:
    """An attempt under way, as the parent knows it."""

    __slots__ = ("given_up_at", "secrets", "url")

    def __init__(self, envelope: Envelope, given_up_at: float) -> None:
        self.url, self.secrets, self.given_up_at = envelope.url, envelope.secrets, given_up_at


class Sender:
    """Makes attempts, each in a child process that is killed at its time limit; any number at once.
    For one thread.

    `wake_fd` is an extra file descriptor to wait on, such as the wake-up pipe of signals: when it
    is readable, `outcomes` returns early. Reading from it is its owner's business. `link` is a
    worker that is loading already; it is closed with the sender. Nothing here raises for a failed
    delivery: every attempt that was begun ends in an outcome.
    """

    def __init__(
        self, wake_fd: int | None = None, clock: Clock | None = None, link: WorkerLink | None = None
    ) -> None:
        self.wake_fd = wake_fd
        self._clock = clock or Clock()
        self._link = link
        self._running: dict[int, _Running] = {}
        self._ended: list[tuple[int, Outcome]] = []
        self._no_process = cannot_start(OSError())
        self._looked_at = self._clock.monotonic()

    def __enter__(self) -> Sender:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(wait=kind is None)

    @property
    def running(self) -> int:
        """How many attempts have begun and not been handed out by `outcomes`."""
        return len(self._running) + len(self._ended)

    @property
    def worker_pid(self) -> int | None:
        """The process that loads Apprise and starts the attempts; None while there is none."""
        return None if self._link is None else self._link.pid

    def warm(self) -> None:
        """Start loading Apprise in a process of its own. Returns at once; harmless when it already runs."""
        if self._link is not None:
            self._receive()
        if self._link is None:
            try:
                self._link = WorkerLink()
            except OSError as problem:  # `begin` tries again and reports it as an outcome
                self._link, self._no_process = None, cannot_start(problem)

    def begin(self, ticket: int, envelope: Envelope) -> None:
        """Start an attempt. `ticket` is the caller's number for it, not in use by another attempt
        under way; returns at once.
        """
        if ticket in self._running:
            raise ValueError(f"an attempt with ticket {ticket} is under way")
        self.warm()
        if self._link is None:
            self._ended.append((ticket, self._no_process))
            return
        given_up_at = self._clock.monotonic() + envelope.seconds + PATIENCE_WITH_WORKER
        self._running[ticket] = _Running(envelope, given_up_at)
        self._link.ask([ticket, msgspec.to_builtins(envelope)])

    def outcomes(self, timeout: float) -> list[tuple[int, Outcome]]:
        """Wait up to `timeout` seconds for at least one attempt to end; all that have ended, by ticket.

        Empty at once when none is under way; empty after `timeout`, or when `wake_fd` is readable.
        """
        until = self._clock.monotonic() + timeout
        while True:
            self._receive()
            now = self._clock.monotonic()
            if self._ended or not self._running or now >= until:
                break
            if self._wait(until - now):
                self._receive()
                break
        ended, self._ended = self._ended, []
        return ended

    def close(self, wait: bool = True) -> None:
        """End the worker. With `wait`, the attempts under way run to their end first; else they are
        killed. `outcomes` still hands out how they ended.
        """
        while wait and self._running:
            self._receive()
            if self._running:
                self._wait(1.0)
        if self._link is not None:
            self._link.close()
            self._link = None
        self._lose_all("stopped while sending")

    def _wait(self, seconds: float) -> bool:
        """Wait for something to happen; whether it was `wake_fd`."""
        poll = select.poll()
        if self._link is not None:
            poll.register(self._link.answers_fd, select.POLLIN)
            if self._link.behind:
                poll.register(self._link.requests_fd, select.POLLOUT)
        if self.wake_fd is not None:
            poll.register(self.wake_fd, select.POLLIN)
        soonest = (
            min((running.given_up_at for running in self._running.values()), default=0.0)
            - self._clock.monotonic()
        )
        ready = poll.poll(max(min(seconds, soonest, _LONGEST_WAIT), 0) * 1000 + 1)
        return any(fd == self.wake_fd for fd, _ in ready)

    def _receive(self) -> None:
        """Take in what the worker says; clean up after it if it is dead or stuck."""
        if self._link is None:
            return
        for answer in self._link.receive():
            self._take(*msgspec.convert(answer, tuple[int, Outcome]))
        now = self._clock.monotonic()
        if (
            now - self._looked_at > _STOPPED
        ):  # the worker may have been stopped with us: it knows what has begun
            for running in self._running.values():
                running.given_up_at = max(running.given_up_at, now + PATIENCE_WITH_WORKER)
        self._looked_at = now
        if any(running.given_up_at <= now for running in self._running.values()):
            self._link.kill()
        elif not self._link.ended:
            return
        self._link.close()
        self._link = None
        self._lose_all("the sending process died")

    def _take(self, ticket: int, outcome: Outcome) -> None:
        # imported this late, because by now the parent has nothing more urgent to do
        from escalate_cli.redaction import Redaction

        running = self._running.pop(ticket)
        # the child has hidden secrets already; but it runs other people's code
        shown = Redaction(running.url, running.secrets).line(outcome.detail)
        self._ended.append((ticket, replace(outcome, detail=shown)))

    def _lose_all(self, reason: str) -> None:
        lost = Outcome(OutcomeKind.UNKNOWN, f"{reason}; {MAY_HAVE_ARRIVED}")
        self._ended += [(ticket, lost) for ticket in self._running]
        self._running.clear()
