"""A small life of a few incidents, stored; and databases as released versions of escalate left them.

    # before a version with a new schema is released
    python -m tests.faults.released > tests/faults/schemas/002.sql

Each file there is a dump of that life by the version whose schema has the same number. It is never
changed afterwards.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from pathlib import Path

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.world import World

SCHEMAS = Path(__file__).with_name("schemas")
POLICIES = """
[policies.standard]
repeat = 1
[[policies.standard.levels]]
notify = ["round-robin"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead", "channel"]
wait = "10m"
[[policies.standard.levels]]
notify = ["person:cto"]
wait = "15m"
[[rules]]
name = "A major that drags on"
when = { severity = "major", open_for = "2m" }
page = ["person:cto"]
mode = "nudge"
ask = ["incident-lead"]
expires = "2h"
"""


def live(world: World) -> None:
    """Four incidents: one paging at level 2 with an open nudge, one acknowledged, one resolved, one
    whose page is being tried again.
    """
    world.declare(
        "Łódź cannot log in 💥", "login", key="monitor-7", message="since ten", labels=(("region", "eu"),)
    )
    world.declare("cards are declined", "payments", severity="critical")
    world.ack("dan", 2)
    world.declare("a blip", "auth-db", severity="minor")
    world.resolve(3, "it was nothing")
    world.advance("6m")
    world.maintenance("auth-db", "1h")
    world.update(2, message="the bank is looking into it")
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 503")
    world.declare("the bank is gone", "payments")


def released(number: str, path: Path) -> None:
    """Make the database that the version with this schema left, at `path`."""
    connection = sqlite3.connect(path)
    connection.executescript((SCHEMAS / f"{number}.sql").read_text(encoding="utf-8"))
    connection.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        world = World(Path(scratch), POLICIES)
        live(world)
        world.store.close()
        connection = sqlite3.connect(Path(scratch) / "escalate.db")
        for name in ("application_id", "user_version"):
            sys.stdout.write(f"PRAGMA {name}={connection.execute(f'PRAGMA {name}').fetchone()[0]};\n")
        for line in connection.iterdump():
            sys.stdout.write(f"{line}\n")
        connection.close()


if __name__ == "__main__":
    main()
