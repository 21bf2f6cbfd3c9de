"""Simulation equals reality: the engine that ticks at every due instant sends what the simulator
says, to the message.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, seed, settings

from escalate_cli.actions import declare as declaring
from escalate_cli.actions.intents import (
    Acknowledgement,
    Intent,
    Passing,
    Reopening,
    Resolution,
    Revision,
    Snooze,
)
from escalate_cli.actions.maintenance import begin_maintenance
from escalate_cli.actions.paging_intents import LevelByHand, NudgeAnswer, PageByHand
from escalate_cli.actions.perform import carry_out
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import DAY
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.changes.update import Changes
from escalate_cli.core.events import EntryKind, Routed, Way
from escalate_cli.core.incident.situation import NotificationStatus, NudgeStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.engine.engine import Engine
from escalate_cli.errors import Conflict
from escalate_cli.foresight import happenings
from escalate_cli.foresight.simulation import Happening, Simulation, simulate
from escalate_cli.store.store import Store
from tests.foresight.census import EVERYTHING, met
from tests.foresight.drawn import LENGTH, Deed, Night, nights
from tests.world import Postbox, WorldClock, new_database

DELIVERY = (EntryKind.SENT, EntryKind.HELD, EntryKind.RETRYING, EntryKind.FAILED, EntryKind.CANCELLED)


class Reality:
    """One night's incident in the real engine with a real database, on a clock that is set to each
    instant at which something is due.
    """

    def __init__(self, directory: Path, night: Night) -> None:
        self.night = night
        self.clock = WorldClock(at=night.start - DAY)
        self.evening = False
        self.post = Postbox(self.clock, self._refusal)
        new_database(directory / "escalate.db")
        self.store = Store(directory / "escalate.db", self.clock)
        self.engine = Engine(self.store, lambda: night.catalog, self.post, self.clock, {})

        class Here(Context):
            @property
            def running_catalog(self) -> Catalog:
                return night.catalog

        self.context = Here(Options(), {}, self.clock)
        self.context.__dict__["store"] = self.store
        self.id = 0
        self.day_before()

    def day_before(self) -> None:
        """Incidents that are over, and the maintenances that have begun by the evening."""
        for _ in range(self.night.earlier):
            declared = declaring.store_declaration(
                self.context, declaring.Request("earlier", self.night.services)
            )
            carry_out(self.context, declared.situation.incident.id, Resolution().prepare(self.context))
            self.engine.tick()
        self.post.letters.clear()
        for quiet in sorted(self.night.quiet, key=lambda one: -one.before):
            self.clock.at = self.night.start - quiet.before
            begin_maintenance(self.context, [quiet.service], quiet.span)
        self.clock.at = self.night.start
        self.maintenance, self.next_turns = (
            self.store.situations.maintenance(),
            self.store.situations.next_turns(),
        )
        self.evening = True

    def _refusal(self, url: str) -> Outcome | None:
        kind = (
            self.night.outcome(*unquote(url).rsplit("/", 2)[1:], at=self.clock.at)
            if self.evening
            else OutcomeKind.SENT
        )
        return None if kind is OutcomeKind.SENT else Outcome(kind, kind.value)

    def live(self) -> None:
        night, start = self.night, self.night.start
        asked = declaring.Request(
            "down", night.services, night.severity, lead=night.lead, labels=night.labels
        )
        self.id = declaring.store_declaration(self.context, asked).situation.incident.id
        self.engine.deliver(self.id)
        ahead = list(night.script)
        while True:
            moments = [start + ahead[0].span] if ahead else []
            due_at = self.store.situations.next_due_at()
            moments += [due_at] if due_at is not None else []
            if not moments or min(moments) > start + LENGTH:
                return
            self.clock.at = max(min(moments), self.clock.at)
            while ahead and start + ahead[0].span <= self.clock.at:
                self._do(ahead.pop(0))
                self.engine.deliver(self.id)
            self.engine.tick()

    def _do(self, deed: Deed) -> None:
        with suppress(Conflict):
            self._try(deed.what, deed.value)

    def _try(self, what: str, value: Any) -> None:
        situation = self.situation
        if what in ("ack", "ack all"):
            who = value or happenings.paged_last(situation)
            if who is not None:
                self._perform(Acknowledgement(what == "ack all", by=who))
        elif what == "pass":
            who = value or happenings.paged_last(situation)
            if who is not None:
                self._perform(Passing(by=who))
        elif what == "nudge":
            for nudge in situation.nudges:
                current = next(one for one in self.situation.nudges if one.id == nudge.id)
                if current.status is NudgeStatus.OPEN:
                    self._perform(NudgeAnswer(nudge.id, value, by="ana"))
        elif what == "page":
            self._perform(PageByHand((f"person:{value}",), by="ana"))
        elif what == "next":
            self._perform(LevelByHand())
        elif what == "snooze":
            self._perform(Snooze(value, by="ana"))
        elif what == "resolve":
            self._perform(Resolution())
        elif what == "reopen":
            self._perform(Reopening())
        else:
            self._perform(Revision(by="ana", **revision(what, value)))

    def _perform(self, intent: Intent) -> None:
        carry_out(self.context, self.id, intent.prepare(self.context))

    @property
    def situation(self) -> Situation:
        found = self.store.situations.load(self.id)
        assert found is not None
        return found


def revision(what: str, value: Any) -> dict[str, Any]:
    """The argument of an update that a deed means."""
    return {
        "severity": {"severity": value},
        "add": {"add_services": (value,)},
        "drop": {"drop_services": (value,)},
        "lead": {"lead": value},
        "label": {"labels": (("vip", value),)},
        "say": {"message": value},
    }[what]


def happening(deed: Deed) -> Happening:
    """The deed as the simulator takes it."""
    span, value = deed.span, deed.value
    made: Any = {
        "ack": lambda: happenings.acknowledgement(span, value),
        "ack all": lambda: happenings.acknowledgement(span, value, everything=True),
        "pass": lambda: happenings.passing(span, value),
        "nudge": lambda: happenings.nudge_answer(span, bool(value), by="ana"),
        "page": lambda: happenings.paging_by_hand(span, (Target(TargetKind.PERSON, str(value)),), by="ana"),
        "next": lambda: happenings.going_to_level(span),
        "snooze": lambda: happenings.snoozing(span, value, "ana"),
        "resolve": lambda: happenings.resolution(span),
        "reopen": lambda: happenings.reopening(span),
    }.get(deed.what)
    if made:
        return made()
    changes = revision(deed.what, value)
    return happenings.change(
        span, Changes(**{**changes, "labels": dict(changes.get("labels", ()))}), by="ana"
    )


def sent(situation: Situation) -> Counter[tuple[Any, ...]]:
    """Every message that arrived: when, to whom, through what, and why."""
    return Counter(
        (
            notification.sent_at,
            notification.kind,
            notification.recipient,
            notification.gateway,
            notification.address,
            notification.level,
            notification.because,
            notification.source,
        )
        for notification in situation.notifications
        if notification.status is NotificationStatus.SENT
    )


def told(entries: Any) -> Counter[tuple[Any, ...]]:
    """What the timeline says, but for the outcomes of attempts."""
    plain: list[Entry] = [entry for entry in entries if entry.kind not in DELIVERY]
    return Counter((one.at, one.kind, one.text) for one in plain)


def foresee(night: Night, reality: Reality) -> Simulation:
    """The night as the simulator sees it, which knows what the database knew at its beginning."""
    first = night.services[0]
    said = Declaration(
        "down",
        night.severity,
        night.services,
        by=None,
        lead=night.lead,
        labels=dict(night.labels),
        routing={"query": "down", "match": "given", "service": first, "candidates": []},
        routed=Routed(query="down", match="given", service=first, way=Way.NAMED, services=night.services),
    )
    return simulate(
        said,
        night.catalog,
        night.start,
        night.start + LENGTH,
        [happening(one) for one in night.script],
        fails=lambda one: night.outcome(one.gateway, one.address, one.due_at),
        maintenance=reality.maintenance,
        next_turns=reality.next_turns,
    )


def compare(night: Night) -> Simulation:
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as directory:
        reality = Reality(Path(directory), night)
        foreseen = foresee(night, reality)
        reality.live()
        situation, timeline = reality.situation, reality.store.situations.timeline(reality.id)
        reality.store.close()
    assert sent(foreseen.situation) == sent(situation)
    letters = Counter(
        (at, letter.kind, *unquote(letter.url).rsplit("/", 2)[1:]) for at, letter in reality.post.letters
    )
    messages = Counter(
        (message.at, message.kind.value, message.gateway, message.address) for message in foreseen.messages
    )
    assert letters == messages
    assert told(foreseen.entries) == told(timeline)
    assert foreseen.situation.incident.status == situation.incident.status
    return foreseen


@pytest.mark.parametrize(
    ("part", "examples", "often"),
    [(0, 5, 0), *(pytest.param(part, 500, 1, marks=pytest.mark.long) for part in (1, 2, 3, 5))],
)
def test_what_the_simulator_says_is_what_the_engine_sends(part: int, examples: int, often: int) -> None:
    """To the message; and in each of the four parts of the 2,000 nights, everything that can happen
    in a night happens.
    """
    counted: Counter[str] = Counter()

    @seed(part)
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(nights())
    def lives(night: Night) -> None:
        counted.update(met(night, compare(night)))

    lives()
    assert {name: counted[name] for name in EVERYTHING if counted[name] < often} == {}
