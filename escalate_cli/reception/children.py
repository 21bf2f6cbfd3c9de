"""Readers side by side, each in a child process of its own: one that hangs, drips or dies harms no
other, and nobody waits for it longer than its limit.

The children are forked by one process (`child_host`) that has loaded what readers need. Addresses
go to it through a pipe: no secret stands in a list of processes or in an environment.
"""

from __future__ import annotations

import select
from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Self

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import BY_COMMAND, AnswersAddress
from escalate_cli.processes.process_link import ProcessLink
from escalate_cli.reception.look import CannotRead, Look, SignedIn

LIMIT = 8.0
"""seconds of a look; a wait may take its own seconds beside them"""
_PATIENCE_WITH_HOST = 3.0
"""seconds after a limit within which the host must have ended the child"""

_Way = Literal["look", "wait", "sign_in"]


class ReaderTask(msgspec.Struct, frozen=True):
    """What a child is told. `secrets` are never part of what it tells; it ends `limit` seconds after the
    `seconds` that it waits.
    """

    ticket: int
    way: _Way
    address: AnswersAddress
    secrets: tuple[str, ...]
    place: str | None
    seconds: float
    limit: float


class ReaderReport(msgspec.Struct, frozen=True):
    """What came of it: a look, what signing in showed, or why there is neither."""

    ticket: int
    look: Look | None = None
    facts: SignedIn | None = None
    cannot: str = "its reader ended without a word"
    for_good: bool = False


class _Running:
    __slots__ = ("gateway", "given_up_at", "late")

    def __init__(self, gateway: str, given_up_at: float) -> None:
        self.gateway, self.given_up_at, self.late = gateway, given_up_at, False


class Readers:
    """Readers under way. For one thread; nothing here blocks, but `next`.

    `seconds` is how long each waits for something to arrive; 0 is a quick look. Beside that it has
    `limit` seconds.
    """

    def __init__(self, seconds: float = 0.0, limit: float = LIMIT, clock: Clock | None = None) -> None:
        self._seconds, self._limit = seconds, limit
        self._clock = clock or Clock()
        self._link: ProcessLink | None = None
        self._running: dict[int, _Running] = {}
        self._ended: list[tuple[str, ReaderReport]] = []
        self._count = 0

    @classmethod
    def start(
        cls,
        addresses: Mapping[str, AnswersAddress],
        places: Mapping[str, str | None],
        *,
        secrets: Mapping[str, tuple[str, ...]] | None = None,
        seconds: float = 0.0,
        limit: float = LIMIT,
    ) -> Readers:
        """Begin to read by every gateway, each from its place; returns at once. `secrets` are what
        else must not be shown of a gateway, beside what is in its address.
        """
        reading = cls(seconds, limit)
        for gateway, address in addresses.items():
            reading.begin(gateway, address, places.get(gateway), (secrets or {}).get(gateway, ()))
        return reading

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def begin(
        self, gateway: str, address: AnswersAddress, place: str | None, secrets: tuple[str, ...] = ()
    ) -> None:
        """Begin to read by one more gateway, or by one that is ready again."""
        self._ask("wait" if self._seconds > 0 else "look", gateway, address, place, secrets)

    def begin_signing_in(self, gateway: str, address: AnswersAddress, secrets: tuple[str, ...] = ()) -> None:
        """Begin to sign in; what it shows is told by `signed_in`."""
        self._ask("sign_in", gateway, address, None, secrets)

    @property
    def running(self) -> frozenset[str]:
        """The gateways whose end has not been told."""
        waiting = {running.gateway for running in self._running.values() if not running.late}
        return frozenset(waiting | {gateway for gateway, _ in self._ended})

    def fds(self) -> tuple[int, ...]:
        """To wait on, with those of others: readable when `ready` has something to tell."""
        return () if self._link is None else (self._link.answers_fd,)

    def seconds_left(self) -> float:
        """How long one may wait on `fds` before `ready` has something to tell anyway."""
        if self._ended:
            return 0.0
        ends = [running.given_up_at for running in self._running.values()]
        return max(min(ends) - self._clock.monotonic(), 0.0) if ends else float("inf")

    def ready(self) -> list[tuple[str, Look | CannotRead]]:
        """The gateways whose look or wait has ended since, and what came of it."""
        return [(gateway, told.look or _problem(told)) for gateway, told in self._take()]

    def signed_in(self) -> list[tuple[str, SignedIn | CannotRead]]:
        """The same for those that were only signed in to."""
        return [(gateway, told.facts or _problem(told)) for gateway, told in self._take()]

    def next(self, seconds: float) -> bool:
        """Wait until `ready` has something to tell, at most so long; whether it has."""
        until = self._clock.monotonic() + seconds
        while not self._ended and self.running:
            left = min(until - self._clock.monotonic(), self.seconds_left())
            if left > 0:
                poll = select.poll()
                for fd in self.fds():
                    poll.register(fd, select.POLLIN)
                poll.poll(left * 1000 + 1)
            self._receive()
            if self._clock.monotonic() >= until:
                break
        return bool(self._ended)

    def stop(self) -> None:
        """End all readers, and leave neither process nor file behind. A second time does nothing."""
        if self._link is not None:
            self._link.end(1.0)
            self._link = None
        self._lose("it was stopped")

    def _ask(
        self, way: _Way, gateway: str, address: AnswersAddress, place: str | None, secrets: tuple[str, ...]
    ) -> None:
        self._count += 1
        if address.scheme == BY_COMMAND:
            told = ReaderReport(self._count, cannot="answers come by a command; there is nothing to read")
            self._ended.append((gateway, told))
            return
        try:
            if self._link is None:
                self._link = ProcessLink("escalate_cli.reception.child_host", "read_for_parent")
        except OSError:
            self._ended.append(
                (gateway, ReaderReport(self._count, cannot="no process can be started to read with"))
            )
            return
        seconds = self._seconds if way == "wait" else 0.0
        self._running[self._count] = _Running(gateway, self._clock.monotonic() + seconds + self._limit)
        hidden = tuple(dict.fromkeys((*address.secrets, *secrets)))
        asked = ReaderTask(self._count, way, address, hidden, place, seconds, self._limit)
        self._link.ask(msgspec.to_builtins(asked))

    def _take(self) -> list[tuple[str, ReaderReport]]:
        self._receive()
        ended, self._ended = self._ended, []
        return ended

    def _receive(self) -> None:
        if self._link is None:
            return
        for message in self._link.receive():
            told = msgspec.convert(message, ReaderReport)
            running = self._running.pop(told.ticket, None)
            if running is not None and not running.late:
                self._ended.append((running.gateway, told))
        now = self._clock.monotonic()
        for ticket, running in self._running.items():
            if now >= running.given_up_at and not running.late:
                running.late = True
                self._ended.append(
                    (running.gateway, ReaderReport(ticket, cannot=f"no answer within {self._limit:g} s"))
                )
                running.given_up_at += _PATIENCE_WITH_HOST
        stuck = any(running.late and now >= running.given_up_at for running in self._running.values())
        if stuck or self._link.ended:
            self._link.close()
            self._link = None
            self._lose("its reader died")

    def _lose(self, why: str) -> None:
        """Whatever is under way has come to nothing."""
        for ticket, running in self._running.items():
            if not running.late:
                self._ended.append((running.gateway, ReaderReport(ticket, cannot=why)))
        self._running.clear()


def _problem(told: ReaderReport) -> CannotRead:
    return CannotRead(told.cannot, for_good=told.for_good)


def look_everywhere(
    addresses: Mapping[str, AnswersAddress],
    places: Mapping[str, str | None],
    secrets: Mapping[str, tuple[str, ...]] | None = None,
    limit: float = LIMIT,
) -> dict[str, Look | CannotRead]:
    """A quick look by every gateway, side by side. Takes `limit` seconds at most."""
    looked: dict[str, Look | CannotRead] = {}
    with Readers.start(addresses, places, secrets=secrets, limit=limit) as reading:
        while reading.running:
            reading.next(limit)
            looked |= dict(reading.ready())
    return {gateway: looked[gateway] for gateway in addresses}


def sign_in_everywhere(
    addresses: Mapping[str, AnswersAddress], secrets: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, SignedIn | CannotRead]:
    """Sign in to every reader, side by side. Takes `LIMIT` seconds at most."""
    shown: dict[str, SignedIn | CannotRead] = {}
    with Readers() as reading:
        for gateway, address in addresses.items():
            reading.begin_signing_in(gateway, address, (secrets or {}).get(gateway, ()))
        while reading.running:
            reading.next(LIMIT)
            shown |= dict(reading.signed_in())
    return {gateway: shown[gateway] for gateway in addresses}
