"""What a `tick` costs with 1,000 open incidents of which none, ten, all are due; that an idle one
feels neither them nor past ones.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.figure import Figure, Note
from benchmarks.organisations import crowd
from benchmarks.processes import Failed, Surroundings, cost, escalate, interleaved, least
from benchmarks.stage import add_past, declare_incidents
from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import HOUR, MINUTE
from tests.servers import HttpServer

GROUP = "open"
OPEN = 1000
TEAMS = 20
AS_NOTHING = 1.03
"""what two series of the same thing may differ by in any case"""


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """An idle tick: CPU, the least of interleaved runs, with no incident (twice, to know the
    noise), with 1,000 open ones, and with many past ones. Ticks that page: one run each.
    """
    with HttpServer() as web:
        config = crowd(place, TEAMS, 1, http=web.port)
        at = Surroundings(place)
        now = Clock().now()
        empty, same, idle, past = (place / f"{name}.db" for name in ("empty", "same", "open-none", "past"))
        many = 10_000 if quick else 100_000
        declare_incidents(config, empty, [], [], delivered=True)
        shutil.copyfile(empty, same)
        _declare_open(config, idle, now, due=0)
        declare_incidents(config, past, ["s0"], [now - HOUR], delivered=True)
        add_past(past, many)

        def tick(db: Path) -> float:
            return cost(at, [*escalate(), "--config", str(config), "--db", str(db), "tick"]).cpu * 1000

        series = interleaved(
            8 if quick else 40, {db.name: partial(tick, db) for db in (empty, same, idle, past)}
        )
        first, second, with_open, with_past = (least(series[db.name]) for db in (empty, same, idle, past))
        base, noise = min(first, second), abs(first - second)
        slack = max(noise, (AS_NOTHING - 1) * base)
        for what, value in (
            (f"{OPEN:,} open, none due", with_open),
            (f"{many:,} past, none open", with_past),
        ):
            note = f"two series with an empty database differ by {noise:.1f} ms"
            yield Figure(
                GROUP, f"idle tick, {what} (CPU)", value, "ms", "an empty database", base, 1.0, slack, note
            )
        if web.arrived:
            raise Failed("an idle tick sent something")
        for due in (10,) if quick else (10, OPEN):
            db = place / f"open-{due}.db"
            _declare_open(config, db, now, due=due)
            before = len(web.arrived)
            spent = cost(at, [*escalate(), "--config", str(config), "--db", str(db), "tick"])
            sent = len(web.arrived) - before
            if sent != due:
                raise Failed(f"{sent} messages arrived instead of {due}")
            what = f"tick, {OPEN:,} open, {'all' if due == OPEN else due} due (wall)"
            yield Figure(
                GROUP,
                what,
                spent.wall,
                "s",
                note=f"{due} pages sent, CPU {spent.cpu:.1f} s with all children",
            )


def _declare_open(config: Path, db: Path, now: int, *, due: int) -> None:
    """1,000 incidents, paged at level 1; of `due` of them level 2 is due since a minute."""
    services = [f"s{number % TEAMS}" for number in range(OPEN)]
    instants = [now - 12 * HOUR - MINUTE if number < due else now - HOUR for number in range(OPEN)]
    declare_incidents(config, db, services, instants, delivered=True)
