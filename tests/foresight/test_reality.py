"""Simulation equals reality: the engine that ticks at every due instant sends what the simulator says, to the message."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate_cli import operations
from escalate_cli.context import Context, Options
from escalate_cli.core import incident as core
from escalate_cli.core.attempt import Outcome, OutcomeKind
from escalate_cli.core.catalog import Catalog
from escalate_cli.core.model import Entry, EntryKind, Notification, NotificationStatus, NudgeStatus, Situation
from escalate_cli.core.policy import Target, TargetKind
from escalate_cli.engine import Engine
from escalate_cli.errors import Conflict
from escalate_cli.foresight import happenings
from escalate_cli.foresight.simulation import Happening, Simulation, simulate
from escalate_cli.store.store import Store
from tests.foresight.drawn import LENGTH, SERVICES, SEVERITIES, Deed, deeds, organisations, refusals
from tests.properties.virtual import START
from tests.world import Postbox, WorldClock

Refusals = dict[str, OutcomeKind]
DELIVERY = (EntryKind.SENT, EntryKind.HELD, EntryKind.RETRYING, EntryKind.FAILED, EntryKind.CANCELLED)


class Reality:
    """One incident in the real engine with a real database, on a clock that is set to each instant at which something is due."""

    def __init__(self, directory: Path, catalog: Catalog, refused: Refusals) -> None:
        self.clock = WorldClock(at=START)
        self.post = Postbox(self.clock, lambda url: self._refusal(url, refused))
        self.store = Store(directory / "escalate.db", self.clock)
        self.engine = Engine(self.store, lambda: catalog, self.post, self.clock, {})

        class Here(Context):
            @property
            def running_catalog(self) -> Catalog:
                return catalog

        self.context = Here(Options(), {}, self.clock)
        self.context.__dict__["store"] = self.store

    @staticmethod
    def _refusal(url: str, refused: Refusals) -> Outcome | None:
        kind = refused.get(address_in(url), OutcomeKind.SENT)
        return None if kind is OutcomeKind.SENT else Outcome(kind, kind.value)

    def live(self, services: tuple[str, ...], severity: str, script: list[Deed]) -> None:
        operations.declare(self.context, operations.Request("down", services, severity), lambda routing: None)
        self.engine.deliver(1)
        ahead = list(script)
        while True:
            moments = [START + ahead[0].span] if ahead else []
            due_at = self.store.situations.next_due_at()
            moments += [due_at] if due_at is not None else []
            if not moments or min(moments) > START + LENGTH:
                return
            self.clock.at = max(min(moments), self.clock.at)
            while ahead and START + ahead[0].span <= self.clock.at:
                self._do(ahead.pop(0))
                self.engine.deliver(1)
            self.engine.tick()

    def _do(self, deed: Deed) -> None:
        with suppress(Conflict):
            self._try(deed.what, deed.value)

    def _try(self, what: str, value: Any) -> None:
        context, situation = self.context, self.situation
        if what in ("ack", "ack all"):
            who = value or happenings.paged_last(situation)
            if who is not None:
                operations.acknowledge(context, 1, who, everything=what == "ack all")
        elif what == "nudge":
            for nudge in situation.nudges:
                current = next(one for one in self.situation.nudges if one.id == nudge.id)
                if current.status is NudgeStatus.OPEN:
                    operations.answer_nudge(context, nudge.id, value, by="ana")
        elif what == "page":
            operations.page(context, 1, [f"person:{value}"], by="ana")
        elif what == "next":
            operations.go_to_level(context, 1, None)
        elif what == "snooze":
            operations.snooze(context, 1, value, by="ana")
        elif what == "resolve":
            operations.resolve(context, 1)
        elif what == "reopen":
            operations.reopen(context, 1)
        else:
            operations.update(context, 1, operations.Revision(by="ana", **revision(what, value)))

    @property
    def situation(self) -> Situation:
        found = self.store.situations.load(1)
        assert found is not None
        return found


def revision(what: str, value: Any) -> dict[str, Any]:
    """The argument of an update that a deed means."""
    return {
        "severity": {"severity": value},
        "add": {"add_services": (value,)},
        "drop": {"drop_services": (value,)},
        "say": {"message": value},
    }[what]


def happening(deed: Deed) -> Happening:
    """The deed as the simulator takes it."""
    span, value = deed.span, deed.value
    made: Any = {
        "ack": lambda: happenings.acknowledgement(span, value),
        "ack all": lambda: happenings.acknowledgement(span, value, everything=True),
        "nudge": lambda: happenings.answer(span, bool(value), by="ana"),
        "page": lambda: happenings.by_hand(span, (Target(TargetKind.PERSON, str(value)),), by="ana"),
        "next": lambda: happenings.to_level(span),
        "snooze": lambda: happenings.rest(span, value, "ana"),
        "resolve": lambda: happenings.end(span),
        "reopen": lambda: happenings.again(span),
    }.get(deed.what)
    return made() if made else happenings.change(span, core.Changes(**revision(deed.what, value)), by="ana")


def address_in(url: str) -> str:
    """The address in a URL of a drawn gateway."""
    return unquote(url).rsplit("/", 1)[1]


def sent(situation: Situation) -> Counter[tuple[Any, ...]]:
    """Every message that arrived: when, to whom, through what, and why."""
    return Counter(
        (one.sent_at, one.kind, one.recipient, one.gateway, one.address, one.level, one.because, one.source)
        for one in situation.notifications
        if one.status is NotificationStatus.SENT
    )


def told(entries: Any) -> Counter[tuple[Any, ...]]:
    """What the timeline says, but for the outcomes of attempts."""
    plain: list[Entry] = [one for one in entries if one.kind not in DELIVERY]
    return Counter((one.at, one.kind, one.text) for one in plain)


def compare(catalog: Catalog, services: tuple[str, ...], severity: str, script: list[Deed], refused: Refusals) -> None:
    def fails(one: Notification) -> OutcomeKind | None:
        return refused.get(one.address)

    routing = {"query": "down", "match": "given", "service": services[0], "candidates": []}
    names = ", ".join(services)
    said = core.Declaration("down", severity, services, by=None, routing=routing, routed=f"the reporter named {names}")
    foreseen: Simulation = simulate(said, catalog, START, START + LENGTH, [happening(one) for one in script], fails=fails)
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as directory:
        reality = Reality(Path(directory), catalog, refused)
        reality.live(services, severity, script)
        situation, timeline = reality.situation, reality.store.situations.timeline(1)
        reality.store.close()
    assert sent(foreseen.situation) == sent(situation)
    letters = Counter((at, letter.kind, *unquote(letter.url).rsplit("/", 2)[1:]) for at, letter in reality.post.letters)
    messages = Counter((one.at, one.kind.value, one.gateway, one.address) for one in foreseen.messages)
    assert letters == messages
    assert told(foreseen.entries) == told(timeline)
    assert foreseen.situation.incident.status == situation.incident.status


def cases(examples: int) -> Any:
    def decorate(test: Any) -> Any:
        drawn = given(
            organisations(),
            st.lists(st.sampled_from(SERVICES), min_size=1, max_size=2, unique=True).map(tuple),
            st.sampled_from(SEVERITIES),
            deeds,
            st.one_of(st.just({}), refusals),
        )(test)
        return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))(drawn)

    return decorate


@cases(200)
def test_what_the_simulator_says_is_what_the_engine_sends(
    catalog: Catalog, services: tuple[str, ...], severity: str, script: list[Deed], refused: Refusals
) -> None:
    compare(catalog, services, severity, script, refused)


@pytest.mark.long
@cases(2000)
def test_what_the_simulator_says_is_what_the_engine_sends_in_2000_lives(
    catalog: Catalog, services: tuple[str, ...], severity: str, script: list[Deed], refused: Refusals
) -> None:
    compare(catalog, services, severity, script, refused)
