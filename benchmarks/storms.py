"""Storms and long runs: 2,000 declarations, 10,000 incidents due at once, and the memory of a watch
over 100,000 passes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, Note
from benchmarks.organisations import crowd
from benchmarks.processes import Failed, Surroundings, cost, escalate
from benchmarks.stage import StoppedClock, declare_incidents
from escalate_cli.actions import declare as declaring
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import HOUR, MINUTE
from escalate_cli.engine.engine import Engine, deliver
from tests.servers import HttpServer

GROUP = "storm"


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """Each once; they last longer than the machine's moods."""
    with HttpServer() as web:
        yield from _storm(place, web, 200 if quick else 2000)
    with HttpServer() as web:
        yield _all_due(place, web, 500 if quick else 10_000)
    yield memory(place, 2000 if quick else 100_000)


def _storm(place: Path, web: HttpServer, declarations: int) -> Iterator[Figure]:
    """So many declarations for one person within one minute, delivered as they come, and the digest
    when the limit's time is over.
    """
    config = crowd(place / "storm", 1, 1, http=web.port)
    catalog = config / "catalog.toml"
    catalog.write_text(
        catalog.read_text().replace('messages = 100000\nper = "1m"', 'messages = 10\nper = "5m"')
    )
    clock, real = StoppedClock(), Clock()
    context = Context(Options(config=config, db=place / "storm.db"), dict(os.environ), clock)
    began = real.monotonic()
    for number in range(declarations):
        declared = declaring.store_declaration(context, declaring.Request(f"storm {number}", ("s0",)))
        deliver(context, [declared.situation.incident.id])
    spent = real.monotonic() - began
    alone = len(web.arrived)
    clock.at += 5 * MINUTE
    Engine.on(context).tick()
    left = context.store.database.run("SELECT count(*) AS many FROM notifications WHERE status <> 'sent'")[0][
        "many"
    ]
    context.close()
    if left or (alone, len(web.arrived)) != (9, 10):
        raise Failed(f"{alone} messages, then {len(web.arrived) - alone} digests, {left} not sent")
    note = f"9 messages, then one digest that names the other {declarations - 9:,}; nothing dropped"
    yield Figure(
        GROUP,
        f"storm of {declarations:,} declarations, each stored and delivered (wall)",
        spent,
        "s",
        note=note,
    )


def _all_due(place: Path, web: HttpServer, incidents: int) -> Figure:
    config = crowd(place / "due", 20, 1, http=web.port)
    db, now = place / "due.db", Clock().now()
    services = [f"s{number % 20}" for number in range(incidents)]
    declare_incidents(config, db, services, [now - 12 * HOUR - MINUTE] * incidents, delivered=True)
    spent = cost(Surroundings(place), [*escalate(), "--config", str(config), "--db", str(db), "tick"])
    if len(web.arrived) != incidents:
        raise Failed(f"{len(web.arrived)} messages arrived instead of {incidents}")
    note = f"{incidents:,} pages sent, each once; {spent.wall / incidents * 1000:.1f} ms a page"
    return Figure(GROUP, f"tick, {incidents:,} incidents due at once (wall)", spent.wall, "s", note=note)


_WATCH = """
import json, os, sys
from pathlib import Path
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.engine.engine import Engine
from escalate_cli.passes.tick import one_pass

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

config, db, passes = sys.argv[1:]
context = Context(Options(config=Path(config), db=Path(db)), dict(os.environ), Clock())
engine = Engine.on(context)
for _ in range(1000):
    one_pass(context, engine)
before = resident()
for _ in range(int(passes)):
    context.look_at_files_again()
    one_pass(context, engine)
print(json.dumps([before, resident(), Path(db).stat().st_size]))
"""


def memory(place: Path, passes: int) -> Figure:
    """Resident memory of the watch's own loop after so many passes with an open incident, against
    what it was after a thousand.
    """
    config = crowd(place / "watch", 1, 1, http=9)
    db = place / "watch.db"
    declare_incidents(config, db, ["s0"], [Clock().now()], delivered=True)
    size = db.stat().st_size
    ran = subprocess.run(
        [sys.executable, "-c", _WATCH, str(config), str(db), str(passes)],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    before, after, grown = json.loads(ran.stdout)
    note = f"the database grew by {max(grown - size, 0) // 1024} KiB, once, for the reserve"
    what = f"watch, resident memory after {passes:,} passes"
    return Figure(GROUP, what, after / 2**20, "MiB", "after 1,000 passes", before / 2**20, 1.05, note=note)
