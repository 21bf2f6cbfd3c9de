"""Scenarios 32 and 45: random operations in random order, also between two ticks, against a small
model that knows the promises and nothing of the code (`model.py`). It is compared with the real
store, engine and operations after every step.
"""

from __future__ import annotations

import shutil
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from escalate_cli.actions.maintenance import end_maintenance
from escalate_cli.core.calendar.duration import MINUTE, SECOND
from tests.faults.model import Model
from tests.faults.rounds import report
from tests.organisations import IN_TWO_STEPS
from tests.world import World

POLICY = """
[policies.standard]
repeat = 1
ack_timeout = "30m"
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
[[policies.standard.levels]]
notify = ["person:cto"]
wait = "15m"
"""
plain = st.sampled_from(["resolve", "reopen", "label", "next", "twice", "crash", "end maintenance"])
people = st.sampled_from(["ana", "bo", "cto"])
anybody = st.sampled_from(["ana", "ana", "bo", "cto", "ops"])
severities = st.sampled_from(["minor", "major", "critical"])
words = st.sampled_from([None, "worse", "all of Europe"])
moves = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 1, 2, 4, 5, 6, 9, 16, 31])),
    st.tuples(st.just("between ticks"), st.just(30)),
    st.tuples(plain, st.none()),
    st.tuples(st.sampled_from(["ack", "ack", "page"]), people),
    st.tuples(st.sampled_from(["pass", "pass", "ack"]), anybody),
    st.tuples(st.just("snooze"), st.tuples(people, st.sampled_from([3, 20]))),
    st.tuples(st.just("severity"), severities),
    st.tuples(st.just("message"), st.sampled_from(["worse", "all of Europe"])),
    st.tuples(st.just("same key"), st.tuples(severities, words, st.booleans())),
    st.tuples(st.just("maintenance"), st.sampled_from([3, 20])),
)
lives = st.tuples(severities, st.lists(moves, max_size=14))


class Both:
    """One life, lived by the world and by the model."""

    def __init__(self, place: Path, severity: str) -> None:
        self.world, self.model = World(place, POLICY, organisation=IN_TWO_STEPS), Model(severity)
        self.labels = count(1)
        self.world.declare("down", "login", key="k", severity=severity)
        self.model.tick(0)
        self.same()

    @property
    def now(self) -> int:
        return self.world.clock.at - self.world.start_at

    def do(self, name: str, argument: object) -> None:
        if name == "wait":
            self.wait(int(argument))  # type: ignore[call-overload]
        elif name == "between ticks":
            self.world.clock.at += int(argument) * SECOND  # type: ignore[call-overload]
        elif name == "twice":
            self.model.tick(self.now)
            self.world.tick()
            self.world.tick()
        elif name == "crash":  # the store is opened anew, as after a process that died
            self.world.store.close()
            self.world.store = type(self.world.store)(self.world.directory / "escalate.db", self.world.clock)
        else:
            self.model.catch_up(self.now)
            self.act(name, argument)
            self.model.tick(self.now)
            self.world.engine().deliver(1)
        self.same()

    def wait(self, minutes: int) -> None:
        """With a tick at each whole minute."""
        for _ in range(minutes):
            self.world.clock.at += MINUTE - self.now % MINUTE
            self.model.tick(self.now)
            self.world.tick()

    def act(self, name: str, argument: object) -> None:
        world, model, now = self.world, self.model, self.now
        running = model.status != "resolved"
        if name == "reopen":
            if model.status != "open":
                model.reopen(now)
            world.reopen()
        elif name == "resolve":
            if running:
                model.resolve()
            world.resolve()
        elif name == "maintenance":
            if model.quiet_until is None:
                model.begin_maintenance(argument, now)  # type: ignore[arg-type]
                world.maintenance("login", f"{argument}m")
        elif name == "end maintenance":
            model.end_maintenance(now)
            end_maintenance(world.context, ["login"])
        elif running:
            self.act_on_running(name, argument, now)

    def act_on_running(self, name: str, argument: object, now: int) -> None:
        world, model = self.world, self.model
        if name == "ack":
            model.ack(argument, now)  # type: ignore[arg-type]
            world.ack(argument)  # type: ignore[arg-type]
        elif name == "pass":
            model.pass_on(argument, now)  # type: ignore[arg-type]
            world.pass_on(argument)  # type: ignore[arg-type]
        elif name == "page":
            model.page(argument, now)  # type: ignore[arg-type]
            world.page(argument)  # type: ignore[arg-type]
        elif name == "snooze":
            who, minutes = argument  # type: ignore[misc]
            model.snooze(who, minutes, now)
            world.snooze(f"{minutes}m", who)
        elif name == "label":
            model.update(now)
            world.update(labels=(("seen", str(next(self.labels))),))
        elif name in ("severity", "message"):
            model.update(now, **{name: argument})  # type: ignore[arg-type]
            world.update(**{name: argument})
        elif name == "same key":
            severity, message, label = argument  # type: ignore[misc]
            model.declare_again(now, severity, message, label=label)
            more = {"labels": (("again", str(next(self.labels))),)} if label else {}
            world.declare("down", "login", key="k", severity=severity, message=message, **more)
        elif name == "next":
            model.next_level(now)
            world.next_level()

    def same(self) -> None:
        world, model = self.world, self.model
        assert Counter(world.sent()) == Counter(model.told)
        model.told.clear()
        incident = world.look().incident
        assert incident.status.value == model.status
        due = incident.next_due_at
        assert (None if due is None else due - world.start_at) == model.looks_at


def live_all(tmp_path_factory, runs: int, draw: int = 0) -> None:
    """Draw so many lives, other ones for each `draw`; each must agree with the model at every step."""
    lived = count(1)

    @seed(draw)
    @settings(max_examples=runs, deadline=None, suppress_health_check=list(HealthCheck))
    @given(life=lives)
    def live(life: tuple[str, list[tuple[str, object]]]) -> None:
        next(lived)
        place = tmp_path_factory.mktemp("model")
        both = Both(place, life[0])
        try:
            for name, argument in life[1]:
                both.do(name, argument)
        finally:
            both.world.store.close()
            shutil.rmtree(place, ignore_errors=True)

    live()
    report(rounds=next(lived) - 1)


def test_random_operations_agree_with_a_small_model(tmp_path_factory):
    live_all(tmp_path_factory, 30)


@pytest.mark.long
@pytest.mark.parametrize("draw", range(1, 11))
def test_ten_thousand_random_lives_agree_with_a_small_model(tmp_path_factory, draw):
    live_all(tmp_path_factory, 1000, draw)
