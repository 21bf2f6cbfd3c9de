"""What a `tick` costs with 1,000 open incidents of which none, ten, all are due; and that an idle one does not feel them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, Note
from benchmarks.organisations import crowd
from benchmarks.processes import Failed, Surroundings, cost, escalate, interleaved, least
from benchmarks.stage import declare_incidents
from escalate_cli.clock import Clock
from escalate_cli.core.duration import HOUR, MINUTE
from tests.servers import HttpServer

GROUP = "open"
OPEN = 1000
TEAMS = 20
AS_NOTHING = 1.03
"""what two series of the same thing may differ by in any case"""


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """An idle tick: CPU, the least of interleaved runs, with no incident (twice, to know the noise) and with 1,000. Others: one run."""
    with HttpServer() as web:
        config = crowd(place, TEAMS, 1, http=web.port)
        at = Surroundings(place)
        now = Clock().now()
        empty, same, idle = place / "empty.db", place / "same.db", place / "open-none.db"
        declare_incidents(config, empty, [], [], delivered=True)
        shutil.copyfile(empty, same)
        _declare_open(config, idle, now, due=0)

        def tick(db: Path) -> float:
            return cost(at, [*escalate(), "--config", str(config), "--db", str(db), "tick"]).cpu * 1000

        series = interleaved(8 if quick else 25, {db.name: lambda db=db: tick(db) for db in (empty, same, idle)})
        first, second, full = (least(series[db.name]) for db in (empty, same, idle))
        base = min(first, second)
        noise = abs(first - second)
        yield Figure(
            GROUP, f"idle tick, {OPEN:,} open, none due (CPU)", full, "ms", "none open", base, 1.0, max(noise, (AS_NOTHING - 1) * base),
            f"two series with none open differ by {noise:.1f} ms",
        )  # fmt: skip
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
            yield Figure(GROUP, what, spent.wall, "s", note=f"{due} pages sent, CPU {spent.cpu:.1f} s with all children")


def _declare_open(config: Path, db: Path, now: int, *, due: int) -> None:
    """1,000 incidents, paged at level 1; of `due` of them level 2 is due since a minute."""
    services = [f"s{number % TEAMS}" for number in range(OPEN)]
    instants = [now - 12 * HOUR - MINUTE if number < due else now - HOUR for number in range(OPEN)]
    declare_incidents(config, db, services, instants, delivered=True)
