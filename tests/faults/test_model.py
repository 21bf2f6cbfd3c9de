"""Scenario 32: random operations in random order against a small model that knows the promises and nothing of the code.

The model keeps, for one team without rules, what product.md §4 says in its plainest reading: which level is next and when, who has
acknowledged, and which messages must have gone out. It is compared with the real store, engine and operations after every step.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from escalate_cli.core.duration import MINUTE
from tests.faults.harness import report
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
LEVELS = (("ana", 5), ("bo", 10), ("cto", 15))
REPEAT, ACK_TIMEOUT, FALLBACK_EVERY = 1, 30, 15


@dataclass
class Model:
    """One incident. Times are whole minutes; ticks happen at every minute."""

    status: str = "open"
    level: int = 0
    cycle: int = 0
    next_at: int | None = 0
    exhausted: bool = False
    told: list[str] = field(default_factory=list)
    ever: set[str] = field(default_factory=set)

    def tick(self, now: int) -> None:
        while self.status != "resolved" and self.next_at is not None and self.next_at <= now:
            if self.status == "acknowledged":  # nobody said anything for the time-out: it pages again, from the start
                self.status, self.level, self.cycle, self.exhausted = "open", 0, 0, False
            self._step(now)

    def _step(self, now: int) -> None:
        if not self.exhausted and self.level == len(LEVELS) and self.cycle < REPEAT:
            self.level, self.cycle = 0, self.cycle + 1
        if self.exhausted or self.level == len(LEVELS):
            self.exhausted = True
            self._page("ops")
            self.next_at = now + FALLBACK_EVERY
            return
        who, wait = LEVELS[self.level]
        self.level += 1
        self._page(who)
        self.next_at = now + wait

    def _page(self, who: str) -> None:
        self.told.append(f"sms to {who}")
        self.ever.add(who)

    def ack(self, now: int) -> None:
        if self.status == "open":
            self.status, self.next_at = "acknowledged", now + ACK_TIMEOUT

    def update(self, now: int) -> None:
        if self.status == "acknowledged":
            self.next_at = now + ACK_TIMEOUT

    def resolve(self) -> None:
        if self.status != "resolved":
            self.status, self.next_at = "resolved", None
            self.told += [f"resolved sms to {who}" for who in sorted(self.ever)]

    def reopen(self, now: int) -> None:
        if self.status != "open":
            self.status, self.level, self.cycle, self.exhausted, self.next_at = "open", 0, 0, False, now
            self.tick(now)

    def next_level(self, now: int) -> None:
        """By hand: what would come next comes now."""
        self.status = "open" if self.status == "acknowledged" else self.status
        self.next_at = now
        self.tick(now)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 1, 2, 4, 5, 6, 9, 16, 31])),
        st.tuples(st.sampled_from(["ack", "ack", "resolve", "reopen", "update", "next", "twice", "crash"]), st.just(0)),
    ),
    max_size=14,
)


def run(place: Path, moves: list[tuple[str, int]]) -> None:
    world, model, now = World(place, POLICY), Model(), 0
    try:
        world.declare("down", "login")
        model.tick(0)
        for name, argument in moves:
            running = model.status != "resolved"
            if name == "wait":
                for _ in range(argument):
                    now += 1
                    world.clock.at += MINUTE
                    model.tick(now)
                    world.tick()
            elif name == "ack" and running:
                world.ack("bo")
                model.ack(now)
            elif name == "resolve":
                world.resolve()
                model.resolve()
            elif name == "reopen":
                world.reopen()
                model.reopen(now)
            elif name == "update" and running:
                world.update(labels=(("seen", str(now)),))
                model.update(now)
            elif name == "next" and model.status == "open" and not model.exhausted and model.level < len(LEVELS):
                world.next_level()
                model.next_level(now)
            elif name == "twice":
                world.tick()
                world.tick()
            elif name == "crash":  # a process that has just claimed dies: nothing was sent, and its lease is long over
                world.store.close()
                world.store = type(world.store)(world.directory / "escalate.db", world.clock)
            same(world, model)
    finally:
        world.store.close()


def same(world: World, model: Model) -> None:
    told = world.sent()
    assert sorted(told) == sorted(model.told)
    model.told.clear()
    incident = world.look().incident
    assert incident.status.value == model.status
    due = incident.next_due_at
    assert (due is None) == (model.next_at is None)
    if due is not None and model.next_at is not None:
        assert due == world.start_at + model.next_at * MINUTE


def lives(tmp_path_factory, runs: int, draw: int = 0) -> None:
    """Draw so many lives, other ones for each `draw`; each must agree with the model at every step."""
    lived = count(1)

    @seed(draw)
    @settings(max_examples=runs, deadline=None, suppress_health_check=list(HealthCheck))
    @given(moves=steps)
    def live(moves: list[tuple[str, int]]) -> None:
        next(lived)
        place = tmp_path_factory.mktemp("model")
        try:
            run(place, moves)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    live()
    report(rounds=next(lived) - 1)


def test_random_operations_agree_with_a_small_model(tmp_path_factory):
    lives(tmp_path_factory, 80)


@pytest.mark.long
@pytest.mark.parametrize("draw", range(1, 11))
def test_ten_thousand_random_lives_agree_with_a_small_model(tmp_path_factory, draw):
    lives(tmp_path_factory, 1000, draw)
