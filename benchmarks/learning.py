"""What learning costs: `report` and `lessons` over a year of 5,000 incidents, next to a `route`,
which reads no incident at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figure import Figure, Note
from benchmarks.planted import FACTS
from benchmarks.processes import Command, Surroundings, cost, escalate, interleaved, least, middle
from benchmarks.year import make_year

GROUP = "learning"
SINCE = "2025-01-01"
"""before the year begins: all of it counts"""
A_SECOND = 1000.0
"""milliseconds that a report over a year may take (issue 6)"""


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """Waiting, the median of interleaved runs, against a second; and CPU, the least of the same
    runs, against `route`.
    """
    incidents = 600 if quick else 5000
    make_year(place, incidents=incidents)
    us = [*escalate(), "--config", str(place / "config"), "--db", str(place / "escalate.db")]
    commands: dict[str, Command] = {
        "route login --json": [*us, "route", "login", "--json"],
        "report --json": [*us, "report", "--since", SINCE, "--json"],
        "report --html": [*us, "report", "--since", SINCE, "--html", str(place / "report.html")],
        "lessons --json": [*us, "lessons", "--since", SINCE, "--json"],
    }
    at = Surroundings(place)
    cpu: dict[str, list[float]] = {name: [] for name in commands}

    def run(name: str) -> Callable[[], float]:
        def once() -> float:
            spent = cost(at, commands[name])
            cpu[name].append(spent.cpu * 1000)
            return spent.wall * 1000

        return once

    waits = interleaved(3 if quick else 7, {name: run(name) for name in commands})
    route = least(cpu.pop("route login --json")[1:])
    for name, spent in cpu.items():
        what = f"escalate {name}, {incidents:,} incidents"
        target = ("a second", A_SECOND, 1.0) if name == "report --json" else ()
        yield Figure(GROUP, f"{what} (wall)", middle(waits[name]), "ms", *target)
        yield Figure(GROUP, f"{what} (CPU)", least(spent[1:]), "ms", "escalate route", route)
    yield Note(
        GROUP,
        f"the year has {len(FACTS)} planted facts (benchmarks/planted.py); tests/insight says whether each is"
        " found",
    )
