"""A year of incidents at a made-up bank, with facts planted for `escalate lessons` to find: `python
-m benchmarks.year DIR`.

Writes DIR/config (Thornmere with the changes of `planted.py`), DIR/escalate.db (as the engine
leaves it: every incident is played out by the core on a virtual clock, `answering.py`) and
DIR/planted.json (what was planted). The same seed makes the same year.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.answering import Life, Story, Try
from benchmarks.cases import NEARLY, ZONE, Case, cases, usual
from benchmarks.planted import FACTS, fact, write_bank
from benchmarks.stage import StoppedClock
from benchmarks.titles import ReportedTitle, Reporters
from escalate_cli.config.load import load
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import DAY, MINUTE
from escalate_cli.core.calendar.hours import local_to_instant
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.incident.situation import NudgeStatus, Situation

RAISED, LOWERED, MOVED, GREW, VAGUE = 0.08, 0.03, 0.04, 0.05, 0.003
_TOGETHER = 100
_ALONE_BELOW = 1500
"""fewer incidents than this are not worth a second process"""
_UPDATES = (
    "we see it and are looking for the cause", "a restart did not help", "rolled back, watching it",
    "it gets better slowly", "the cause is known, a fix is on its way", "waiting for the vendor",
    "errors are falling", "fixed for most",
)  # fmt: skip
_DETAILS = (
    "started a few minutes ago",
    "nobody knows since when",
    "three complaints so far",
    "also seen by a colleague",
    "see the thread",
)


@dataclass(frozen=True)
class PlayedCase:
    """An incident that is over: the situation to store, and its attempts by notification, in the
    order of the notifications.
    """

    number: int
    situation: Situation
    tries: tuple[tuple[Try, ...], ...]


# ── one incident ──────────────────────────────────────────────────────────────────────


class Stage:
    """The catalog, read once in each process, and those who report."""

    def __init__(self, config: Path) -> None:
        self.catalog = load(config).catalog
        self.reporters = Reporters(self.catalog)

    def play(self, case: Case, seed: int) -> PlayedCase:
        """The incident from its declaration to its end; its chance depends on the seed and its
        number alone.
        """
        dice = random.Random(f"{seed} {case.number}")
        told = self._told(case, dice)
        said = self._said(case, told, dice)
        life = Life(said, case.at, self._story(case, said, dice), self.catalog, dice)
        life.live()
        return PlayedCase(
            case.number,
            life.situation,
            tuple(tuple(life.tries[notification.id]) for notification in life.situation.notifications),
        )

    def _told(self, case: Case, dice: random.Random) -> ReportedTitle:
        if case.planted == "keyword":
            return self.reporters.mistake(dice)
        if case.planted is None and dice.random() < VAGUE:
            return self.reporters.vague(dice)
        return self.reporters.tell(case.service, dice)

    def _said(self, case: Case, told: ReportedTitle, dice: random.Random) -> Declaration:
        severity = dice.choices(("minor", "major", "critical"), (37, 60, 3))[0]
        if case.planted == "severity-raised":
            severity = fact("severity-raised")["declared"]
        elif case.planted == "person-at-night":
            severity = "major"
        watched = dice.random() < 0.2
        who = "monitoring" if watched else dice.choice(sorted(self.catalog.people))
        return Declaration(
            title=told.title,
            severity=severity,
            services=(told.service,) if told.service else (),
            message=dice.choice(_DETAILS) if dice.random() < 0.3 else None,
            key=f"alert-{case.number}" if watched else None,
            by=who,
            labels={"region": dice.choice(("north", "south"))} if dice.random() < 0.2 else {},
            routing=told.record,
            routed=told.routed,
        )

    def _story(self, case: Case, said: Declaration, dice: random.Random) -> Story:
        lasts = max(int(35 * MINUTE * math.exp(dice.gauss(0, 0.9))), 6 * MINUTE)
        early = int(dice.uniform(2, 10) * MINUTE)
        moved_to = self._moved_to(case, said, dice)
        added = self._elsewhere(case.service, dice) if dice.random() < GREW and moved_to is None else None
        severity = self._other_severity(case, said.severity, dice)
        updates = sorted(
            (int(lasts * dice.uniform(0.1, 0.9)), dice.choice(_UPDATES))
            for _ in range(dice.choice((0, 0, 0, 1, 1, 2)))
        )
        return Story(
            lasts=max(lasts, early + 10 * MINUTE) if moved_to or severity or added else lasts,
            moved_to=moved_to,
            moved_after=early,
            added=added,
            added_after=early,
            severity=severity,
            severity_after=int(early * 0.8),
            lead=dice.random() < 0.15,
            updates=tuple(updates),
        )

    def _moved_to(self, case: Case, said: Declaration, dice: random.Random) -> str | None:
        if case.planted == "keyword":
            return str(fact("keyword")["service"]) if case.turn % NEARLY != NEARLY - 1 else None
        if not said.services:
            return case.service
        return self._elsewhere(case.service, dice) if case.planted is None and dice.random() < MOVED else None

    def _elsewhere(self, service: str, dice: random.Random) -> str:
        """A service of another team."""
        services, _ = usual(self.catalog)
        team = self.catalog.services[service].team
        return dice.choice([one for one in services if self.catalog.services[one].team != team])

    def _other_severity(self, case: Case, declared: str, dice: random.Random) -> str | None:
        roll = dice.random()
        if case.planted == "severity-raised":
            return str(fact("severity-raised")["raised_to"]) if case.turn % NEARLY != NEARLY - 1 else None
        if roll < RAISED:
            return {"minor": "major", "major": "critical" if roll < RAISED / 3 else None}.get(declared)
        return "minor" if roll < RAISED + LOWERED and declared == "major" else None


@cache
def _stage(config: Path) -> Stage:
    return Stage(config)


def _play(asked: tuple[Path, int, Sequence[Case]]) -> list[PlayedCase]:
    config, seed, some = asked
    return [_stage(config).play(case, seed) for case in some]


def _played(config: Path, seed: int, all_cases: Sequence[Case]) -> Iterator[list[PlayedCase]]:
    """Everything, in order; on two processors where that is worth starting processes for."""
    batches = [
        (config, seed, all_cases[start : start + _TOGETHER]) for start in range(0, len(all_cases), _TOGETHER)
    ]
    if len(all_cases) < _ALONE_BELOW:
        yield from map(_play, batches)
        return
    from multiprocessing import get_context

    with get_context("spawn").Pool(min(2, os.cpu_count() or 1)) as pool:
        yield from pool.imap(_play, batches)


# ── the year ──────────────────────────────────────────────────────────────────────────


def make_year(
    place: Path, *, incidents: int = 5000, seed: int = 1, until: date = date(2026, 11, 1)
) -> dict[str, Any]:
    """Make it in the directory `place`; what was planted, as in planted.json. At least 400
    incidents: fewer have no room for the facts.
    """
    if incidents < 400:
        raise ValueError(f"{incidents} incidents have no room for everything that is planted: at least 400")
    config = write_bank(place / "config")
    clock = StoppedClock()
    clock.at = local_to_instant(datetime.combine(until, time()), ZONE) - 365 * DAY
    context = Context(
        Options(config=config, db=place / "escalate.db"),
        dict(os.environ) | {"XDG_CACHE_HOME": str(place / "cache"), "XDG_STATE_HOME": str(place / "state")},
        clock,
    )
    # of this connection only: nothing is lost that could not be made again
    context.store.database.run("PRAGMA synchronous=OFF")
    context.keep_catalog()
    all_cases = cases(context.catalog, incidents, until, seed)
    evidence: dict[str, list[int]] = {one["kind"]: [] for one in FACTS}
    for batch in _played(config, seed, all_cases):
        with context.store.transaction():
            for one in batch:
                stored = _store(context, one)
                _note(evidence, all_cases[one.number - 1], stored)
    context.close()
    told = {
        "incidents": incidents,
        "seed": seed,
        "since": datetime.fromtimestamp(clock.at / 1e6, UTC).isoformat().replace("+00:00", "Z"),
        "until": until.isoformat(),
        "facts": [{**one, "incidents": evidence[one["kind"]]} for one in FACTS],
    }
    (place / "planted.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return told


def _store(context: Context, played: PlayedCase) -> Situation:
    """As the real `save` stores it, and the attempts, whose notifications now have their ids. No
    policy here takes turns.
    """
    stored = context.store.situations.save(None, played.situation)
    if stored.incident.id != played.number:
        raise ValueError(f"incident {played.number} was stored as {stored.incident.id}")
    for notification, tries in zip(stored.notifications, played.tries, strict=True):
        for number, one in enumerate(tries, 1):
            context.store.database.change(
                "INSERT INTO attempts (notification_id, number, began_at, ended_at, outcome, detail) VALUES"
                " (?, ?, ?, ?, ?, ?)",
                (
                    notification.id,
                    number,
                    one.began_at,
                    one.ended_at,
                    one.outcome.kind.value,
                    one.outcome.detail,
                ),
            )
    return stored


def _note(evidence: dict[str, list[int]], case: Case, stored: Situation) -> None:
    """Add the incident to the evidence of the facts that it shows."""
    number = stored.incident.id
    policies = {escalation.policy.id for escalation in stored.escalations}
    for one in FACTS:
        kind = one["kind"]
        shows = {
            "keyword": case.planted == kind and one["service"] in stored.incident.services,
            "person-at-night": case.planted == kind,
            "no-runbook": one.get("service") in stored.incident.services,
            "severity-raised": case.planted == kind and stored.incident.severity == one.get("raised_to"),
            "gateway-fails": any(
                n.gateway == one.get("gateway") and n.status.value == "failed" for n in stored.notifications
            ),
            "nudge-accepted": any(
                n.rule == one.get("rule") and n.status is NudgeStatus.ACCEPTED for n in stored.nudges
            ),
            "nudge-declined": any(n.rule == one.get("rule") for n in stored.nudges),
        }.get(kind, one.get("policy") in policies)
        if shows:
            evidence[kind].append(number)


def main() -> int:
    """Make a year and say what is in it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.year", description="A year of incidents with planted facts."
    )
    parser.add_argument(
        "place", metavar="DIR", type=Path, help="a directory that does not exist yet, or is empty"
    )
    parser.add_argument("--incidents", type=int, default=5000, help="how many (default: 5000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another year (default: 1)")
    parser.add_argument(
        "--until", type=date.fromisoformat, default=date(2026, 11, 1), help="the year ends before this day"
    )
    asked = parser.parse_args()
    asked.place.mkdir(parents=True, exist_ok=True)
    told = make_year(asked.place, incidents=asked.incidents, seed=asked.seed, until=asked.until)
    for one in told["facts"]:
        about = ", ".join(
            f"{name}={value}" for name, value in one.items() if name not in ("kind", "incidents")
        )
        print(f"{one['kind']:17} {len(one['incidents']):5} incidents  {about}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
