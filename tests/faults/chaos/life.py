"""Everything at once: up to twenty processes of one installation, each of which may get any signal,
while its providers refuse, hang and answer late, its disk fills, its directory is taken away, its
configuration is broken, its clock jumps, a copy of its database is put back.

    with life(place, chance, jumping=True) as here:
        here.go_on(seconds); here.make_well(); here.take_account()

The account is kept from outside: what commands promised by their exit codes, and what the provider
received and how it answered, are compared with what the database says in the end.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tests.delivery.processes import until
from tests.faults.chaos.account import Accounted
from tests.faults.chaos.processes import Sum
from tests.faults.chaos.provider import Moody
from tests.faults.chaos.troubles import Troubles
from tests.faults.disks import small_disk
from tests.faults.harness import CLOCK, crew, installation

TOGETHER = 20
LEVEL_2 = (
    '[[policies.all-hands.levels]]\nnotify = ["person:q"]\nwait = "1h"\n[people.q]\nname = "Q"\ncontact = { a'
    ' = "q", b = "q" }\n'
)
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select((), (), (), seconds) and None\n"
"""libfaketime 0.9.10 makes Python's own fail where the monotonic clock is left alone"""


class Life(Troubles, Accounted):
    """One installation, from its first command until nobody is left and account is taken."""

    def go_on(self, seconds: float) -> None:
        end = CLOCK.monotonic() + seconds
        trouble_at = CLOCK.monotonic() + 2
        while (now := CLOCK.monotonic()) < end:
            while len(self.running) < TOGETHER and self.chance.random() < 0.6:
                self.begin_something()
            self.send_signals()
            self.make_well(now)
            if now > trouble_at:
                self.make_trouble()
                trouble_at = now + self.chance.uniform(0.5, 4)
            self.take_in()
            CLOCK.sleep(self.chance.randrange(50_000, 200_000))

    def make_well(self, until_then: float = float("inf")) -> None:
        """End the troubles that are over by then."""
        over = [one for one in self.made_well if one[0] < until_then]
        self.made_well = [one for one in self.made_well if one not in over]
        for _, end in over:
            end()

    def come_to_rest(self) -> None:
        """No trouble any more, and no process; whatever is left to do is done."""
        self.make_well()
        self.web.moods.clear()
        self.configure()
        self.set_clock(0)
        for one in self.running:
            one.process.send_signal(signal.SIGCONT)
            if one.does == "watch":
                one.signals.add(signal.SIGTERM)
                one.process.terminate()
        for one in self.running:
            try:
                one.process.wait(120)
            except subprocess.TimeoutExpired:
                self.wrong.append(f"{one.output.name} has not ended: {one.err[-2000:]}")
                self.place.kill(one.process)
                one.signals.add(signal.SIGKILL)
        self.take_in()
        self.nobody_is_left()
        for _ in range(2):  # what is kept, and what is due
            self.place("tick")
        for _ in range(3):
            with self.place.sql() as db:
                db.execute("UPDATE notifications SET due_at = 1 WHERE status = 'pending'")
            self.place.settle()

    def nobody_is_left(self) -> None:
        mine = f"ESCALATE_DB={self.place.db}\0".encode()

        def left() -> list[int]:
            found = []
            for one in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    if mine in (one / "environ").read_bytes():
                        found.append(int(one.name))
            return found

        try:
            until(lambda: not left(), 40)
        except AssertionError:
            self.wrong.append(f"orphans: {left()}")

    def put_a_copy_back(self) -> None:
        """While declarations and ticks go on; some of the restores are killed. A new account begins
        after it.
        """
        killed = False
        before = set(self.promised)
        self.begin("watch", "--interval", "1s")
        named: set[str] = set()
        for attempt in range(12):
            for _ in range(2):
                self.declare()
            self.begin("tick")
            restore = self.begin("restore", str(self.chance.choice(self.copies)), "--yes", "--json")
            if attempt < 3:
                CLOCK.sleep(self.chance.randrange(100_000, 1_500_000))
                if restore.process.poll() is None:
                    self.send(restore, "KILL")
                    killed = True
            restore.process.wait(60)
            if restore.process.returncode == 0:
                named |= {load["title"] for load in json.loads(restore.out)["not_in_copy"] or ()}
                if attempt >= 3:
                    break
        else:
            self.wrong.append(f"no copy could be put back: {restore.err}")
        self.total.troubles["restore"] += 1
        self.come_to_rest()
        there, aside = self.titles(self.place.db), set[str]()
        for one in self.place.db.parent.glob("escalate.db.replaced-*"):
            if not one.name.endswith("-journal"):
                aside |= self.titles(one)
        for title in set(self.promised) - there - self.keyed():
            if title not in aside:
                self.wrong.append(f"{title!r} is nowhere after a restore")
            elif title not in before and not killed and title not in named:
                self.wrong.append(f"no restore named {title!r}, which it took away")
        running = [
            str(number)
            for (number,) in self.place.rows("SELECT id FROM incidents WHERE status <> 'resolved'")
        ]
        if running:
            self.place("resolve", *running)
        self.place.settle()
        for one in self.place.db.parent.glob("escalate.db.replaced-*"):
            one.unlink()
        self.copies.clear()
        self.promised.clear()
        self.begins_after = max(
            [number for (number,) in self.place.rows("SELECT id FROM incidents")] + list(self.numbers)
        )
        self.counted_from = len(self.web.answered)

    def titles(self, path: Path) -> set[str]:
        with closing(sqlite3.connect(path)) as db:
            return {title for (title,) in db.execute("SELECT title FROM incidents")}

    def keyed(self) -> set[str]:
        """What may have been news of another incident."""
        return {title for title, key in self.promised.items() if key}


@contextmanager
def life(place: Path, chance: random.Random, total: Sum, jumping: bool) -> Iterator[Life]:
    """An installation on a small disk of its own, with three people, each with two gateways, and a
    fourth for level 2.
    """
    config = crew(3, timeout="3s", attempts=20, more=LEVEL_2)
    place.mkdir()
    with (
        Moody(chance) as web,
        small_disk(place / "disk", "16m") as disk,
        installation(place / "place", web, config) as made,
    ):
        (disk / "data").mkdir(mode=0o700)
        (made.place / "said").mkdir()
        made.environ["ESCALATE_DB"] = str(disk / "data" / "escalate.db")
        # Python's own complaints about a signal in the middle of an import
        del made.environ["PYTHONWARNINGS"]
        here = Life(made, web, chance, disk, total, config, jumping)
        here.set_clock(0)
        if jumping:
            (made.place / "sitecustomize.py").write_text(SLEEP)
            made.environ |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(made.place / "clock"),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
                "PYTHONPATH": os.pathsep.join(
                    [str(made.place), *filter(None, [made.environ.get("PYTHONPATH")])]
                ),
            }
        assert made("tick").code == 0
        yield here
