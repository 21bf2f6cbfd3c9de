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
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.delivery.processes import until
from tests.faults.disks import small_disk
from tests.faults.harness import CLOCK, Installation, crew, installation, whole
from tests.servers import Answer, HttpServer, Request

TOGETHER = 20
SECOND = 1_000_000
GRACE = SECOND // 2
"""how much later than its first byte a message may be counted by a server that shares two cores
with twenty processes
"""
LEVEL_2 = (
    '[[policies.all-hands.levels]]\nnotify = ["person:q"]\nwait = "1h"\n[people.q]\nname = "Q"\ncontact = { a'
    ' = "q", b = "q" }\n'
)

KINDS = {"[resolved]": "resolved", "For information:": "inform", "Your decision:": "nudge"}
FINE = {0, 1, 3, 4, 5, 6, 7, 129, 130, 143}
CLOCKS = (0, 10, 300, 7200, 93600, -10, -7200, -93600)
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select((), (), (), seconds) and None\n"
"""libfaketime 0.9.10 makes Python's own fail where the monotonic clock is left alone"""


class Moody(HttpServer):
    """A provider with several gateways, each in a mood of its own; it remembers what it answered to
    which message.
    """

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.moods: dict[str, Callable[[], Answer]] = {}
        self.answered: list[tuple[Request, Answer]] = []
        self._chance, self._lock, self._here = chance, threading.Lock(), threading.local()

    def record(self, thing: Request) -> int:
        self._here.request = thing
        return super().record(thing)

    def next_answer(self, path: str) -> Answer:
        answer = self.moods.get(path.split("/")[1], Answer)()
        with self._lock:
            self.answered.append((self._here.request, answer))
        return answer

    def change_mood(self, gateway: str) -> None:
        moods: list[Callable[[], Answer]] = [
            Answer,
            lambda: Answer(after=self._chance.uniform(0.1, 3.0)),
            lambda: Answer(trick="hang"),
            lambda: Answer(trick=self._chance.choice(["reset", "close"])),
            lambda: Answer(self._chance.choice([500, 503])),
            lambda: Answer(429, headers={"Retry-After": "1"}),
        ]
        if gateway == "b":
            moods.append(lambda: Answer(404))
        self.moods[gateway] = self._chance.choice(moods)


@dataclass
class Begun:
    """A process of this installation, what it is to do, and which signals it got."""

    process: subprocess.Popen[bytes]
    does: str
    about: Any
    output: Path
    signals: set[int] = field(default_factory=set)
    goes_on_at: float | None = None

    @property
    def out(self) -> str:
        return self.output.with_suffix(".out").read_text("utf-8", "replace")

    @property
    def err(self) -> str:
        return self.output.with_suffix(".err").read_text("utf-8", "replace")


@dataclass
class Sum:
    """The figures of a run."""

    processes: int = 0
    signals: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    incidents: int = 0
    messages: int = 0
    repeated: Counter[str] = field(default_factory=Counter)
    quiet: int = 0
    """addresses of incidents that somebody had taken or ended: nothing was begun to them afterwards"""


@dataclass
class Life:
    """One installation and what is known of it from outside."""

    place: Installation
    web: Moody
    chance: random.Random
    disk: Path
    total: Sum
    config: str
    jumping: bool
    running: list[Begun] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    promised: dict[str, str | None] = field(default_factory=dict)
    """title to key, of every declaration that was said to be stored or kept"""
    numbers: dict[int, str] = field(default_factory=dict)
    """of every incident that a declaration made"""
    quiet: dict[int, int] = field(default_factory=dict)
    """since when nobody may be paged any more"""
    ending: set[int] = field(default_factory=set)
    begins_after: int = 0
    """the account is of incidents with higher numbers: a copy was put back after those"""
    counted_from: int = 0
    copies: list[Path] = field(default_factory=list)
    made_well: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    count: int = 0

    # ── processes ──────────────────────────────────────────────────────────────────────

    def begin(self, does: str, *words: str, about: Any = None) -> Begun:
        self.count += 1
        output = self.place.place / "said" / f"{self.count}-{does}"
        with open(output.with_suffix(".out"), "wb") as out, open(output.with_suffix(".err"), "wb") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "escalate_cli", does, *words],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.place.environ, cwd=self.place.place,
            )  # fmt: skip
        self.place.begun.append(process)
        begun = Begun(process, does, about, output)
        self.running.append(begun)
        self.total.processes += 1
        return begun

    def begin_something(self) -> None:
        """Whatever comes to somebody's mind."""
        if sum(one.does == "watch" for one in self.running) < self.chance.choice([1, 2]):
            self.begin("watch", "--interval", "1s")
            return
        what = self.chance.choices(
            [
                "declare",
                "tick",
                "ack",
                "resolve",
                "update",
                "snooze",
                "page",
                "list",
                "show",
                "doctor",
                "backup",
            ],
            [30, 20, 10, 5, 5, 2, 4, 3, 2, 2, 2],
        )[0]
        if what == "declare":
            self.declare()
        elif what == "backup":
            copy = self.place.place / f"copy-{self.count}.db"
            self.begin("backup", str(copy), about=copy)
        elif what in ("tick", "list", "doctor"):
            self.begin(what)
        else:
            self.act(what)

    def declare(self) -> None:
        title = f"number {self.count} is down"
        key = self.chance.choice(["k1", "k2", "k3"]) if self.chance.random() < 0.2 else None
        self.begin(
            "declare", title, "-s", "x", "--json", *(("--key", key) if key else ()), about=(title, key)
        )

    def act(self, what: str) -> None:
        """On an incident that nobody takes or ends: what is begun on one before could page after it."""
        busy = {one.about for one in self.running if isinstance(one.about, int)} | self.ending
        free = [number for number in self.numbers if number > self.begins_after and number not in busy][-60:]
        if not free:
            return
        number = self.chance.choice(free)
        more = {
            "ack": ("--by", "p0", "--all"),
            "snooze": ("1h", "--by", "p1"),
            "update": ("-m", "still looking"),
            "page": (self.chance.choice(["person:p1", "person:q"]),),
        }.get(what, ())
        if what in ("ack", "resolve"):
            self.ending.add(number)
        self.begin(what, str(number), *more, about=number)

    def send_signals(self) -> None:
        now = CLOCK.monotonic()
        for one in self.running:
            if one.goes_on_at is not None and now > one.goes_on_at:
                one.process.send_signal(signal.SIGCONT)
                one.goes_on_at = None
        for one in self.running:
            if self.chance.random() < (0.004 if one.does == "watch" else 0.012):
                self.send(
                    one,
                    self.chance.choice(
                        ["KILL", "KILL", "KILL", "TERM", "INT", "HUP", "STOP", "STOP", "child"]
                    ),
                )

    def send(self, one: Begun, name: str) -> None:
        self.total.signals[name] += 1
        if name == "child":
            children = descendants(one.process.pid)
            if children:
                with suppress(ProcessLookupError):
                    os.kill(self.chance.choice(children), signal.SIGKILL)
            return
        number = signal.Signals[f"SIG{name}"]
        one.signals.add(number)
        one.process.send_signal(number)
        if name == "STOP":
            one.goes_on_at = CLOCK.monotonic() + self.chance.choice([0.3, 1.0, 3.0, 12.0])

    def take_in(self) -> None:
        """What those that have ended say."""
        for one in [one for one in self.running if one.process.poll() is not None]:
            self.running.remove(one)
            self.hear(one)

    def hear(self, one: Begun) -> None:
        code, err = one.process.returncode, one.err
        self.total.codes[f"{one.does} {code}"] += 1
        foreseen = -code in one.signals if code < 0 else code in FINE
        if (
            signal.SIGINT in one.signals
            and "KeyboardInterrupt" in err
            and not re.search(r'^  File ".*/escalate_cli/', err, re.M)
        ):
            return  # Python had not come to us yet, or was in the middle of an import
        if not foreseen or "Traceback" in err or "report it as a bug" in err:
            self.wrong.append(f"{one.output.name} ended with {code}: {err[-2000:]}")
        if one.does == "declare":
            self.hear_declare(one, code, err)
        elif one.does in ("ack", "resolve") and code in (0, 6):
            self.quiet.setdefault(one.about, CLOCK.now())
        elif one.does == "backup" and code == 0:
            self.copies.append(one.about)

    def hear_declare(self, one: Begun, code: int, err: str) -> None:
        title, key = one.about
        if code in (0, 6):
            said = json.loads(one.out)
            self.promised[title] = key
            if said["created"]:
                other = self.numbers.setdefault(said["id"], title)
                if other != title:
                    self.wrong.append(f"number {said['id']} was given to {other!r} and to {title!r}")
            if key:
                self.ending.add(said["id"])  # news by its key may page whenever it comes
        elif code == 7 and "is kept in" in " ".join(err.split()):
            self.promised[title] = key

    # ── troubles ───────────────────────────────────────────────────────────────────────

    def make_trouble(self) -> None:
        what = self.chance.choices(
            ["mood", "full", "mount", "config", "clock"], [10, 3, 1, 4, 2 if self.jumping else 0]
        )[0]
        self.total.troubles[what] += 1
        ends = CLOCK.monotonic() + self.chance.uniform(1, 8)
        {"mood": self.mood, "full": self.fill, "mount": self.lose, "config": self.edit, "clock": self.jump}[
            what
        ](ends)

    def mood(self, ends: float) -> None:
        gateway = self.chance.choice("ab")
        self.web.change_mood(gateway)
        self.made_well.append((ends + 5, lambda: self.web.moods.pop(gateway, None)))

    def fill(self, ends: float) -> None:
        ballast = self.disk / "ballast"
        if ballast.exists():
            return
        with open(ballast, "wb", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                with suppress(OSError):
                    while True:
                        file.write(b"\0" * size)
        self.made_well.append((ends, lambda: ballast.unlink()))

    def lose(self, ends: float) -> None:
        """The directory of the database, as a mount is lost: another, empty one is in its place
        until it is found.
        """
        there, elsewhere = self.disk / "data", self.disk / "elsewhere"
        if elsewhere.exists():
            return
        there.rename(elsewhere)
        there.mkdir()

        def find() -> None:
            found = [str(one.relative_to(there)) for one in there.rglob("*")]
            if any(one.endswith((".db", ".json")) for one in found):
                self.wrong.append(f"written where no disk was: {found}")
            there.rename(self.disk / f"beneath-{self.count}-{CLOCK.now()}")
            elsewhere.rename(there)

        self.made_well.append((ends, find))

    def edit(self, ends: float) -> None:
        file = self.place.config / "all.toml"
        if self.chance.random() < 0.5:
            broken = self.chance.choice(["[broken", "", 'x = {"\n', "[settings]\ntimezone = 5\n", "\0"])
            file.write_text(broken)
            self.made_well.append((ends, self.configure))
        else:
            self.configure(self.chance.choice(["2s", "3s", "5s"]))

    def configure(self, timeout: str = "3s") -> None:
        self.place.configure(
            re.sub(r'timeout = "\w+"', f'timeout = "{timeout}"', self.config), "fresh.toml.new"
        )
        (self.place.config / "fresh.toml.new").replace(self.place.config / "all.toml")

    def jump(self, ends: float) -> None:
        """The clock of all of them; the provider's and ours stay."""
        self.set_clock(self.chance.choice(CLOCKS))

    def set_clock(self, to: int) -> None:
        fresh = self.place.place / "clock.new"
        fresh.write_text(f"{to:+}\n")
        fresh.replace(self.place.place / "clock")

    # ── its course ─────────────────────────────────────────────────────────────────────

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

    # ── the account ────────────────────────────────────────────────────────────────────

    def take_account(self) -> None:
        """Everything that was promised, everything that came."""
        missing = set(self.promised) - self.titles(self.place.db) - self.keyed()
        self.wrong += [f"lost: the declaration {title!r}" for title in sorted(missing)]
        keys = {
            key
            for (key,) in self.place.rows(
                "SELECT DISTINCT key FROM incidents WHERE id > ?", self.begins_after
            )
        }
        self.wrong += [
            f"lost: {title!r} by its key" for title in self.keyed() if self.promised[title] not in keys
        ]
        rows, attempts = self.recorded()
        came: dict[tuple[int, str], list[tuple[Request, Answer]]] = defaultdict(list)
        for message, answer in self.web.answered[self.counted_from :]:
            title = message.json["title"] if whole(message) else "[escalate]"
            # of itself, when there was no database to write it down in
            if not title.startswith("[escalate]"):
                number = int(re.search(r"#(\d+)", title)[1])  # type: ignore[index]
                if number > self.begins_after:
                    came[number, unquote(message.path)].append((message, answer))
        for identity in came.keys() | rows.keys():
            self.compare(identity, rows.get(identity, []), came.get(identity, []), attempts)
        self.total.incidents += len({number for number, _ in rows})
        self.nobody_was_forgotten()
        self.place.database_must_be_sound()

    def recorded(self) -> tuple[dict[tuple[int, str], list[sqlite3.Row]], dict[int, list[sqlite3.Row]]]:
        rows, attempts = defaultdict(list), defaultdict(list)
        with self.place.sql() as db:
            for row in db.execute(
                "SELECT * FROM notifications WHERE incident_id > ? ORDER BY id", (self.begins_after,)
            ):
                rows[row["incident_id"], f"/{row['gateway']}/{row['address']}"].append(row)
            for row in db.execute("SELECT * FROM attempts ORDER BY id"):
                attempts[row["notification_id"]].append(row)
        return rows, attempts

    def compare(
        self,
        identity: tuple[int, str],
        rows: list[sqlite3.Row],
        came: list[tuple[Request, Answer]],
        attempts: dict[int, list[sqlite3.Row]],
    ) -> None:
        name = f"#{identity[0]} {identity[1]}"
        tries = [attempt for row in rows for attempt in attempts[row["id"]]]
        taken = [message for message, answer in came if answer.status == 200 or answer.trick]
        accepted = [message for message, answer in came if answer.status == 200 and not answer.trick]
        leaders = [row for row in rows if row["status"] == "sent" and row["bundled_with"] is None]
        self.total.messages += len(taken)
        if len(accepted) < len(leaders):
            self.wrong.append(f"lost: {name}: {len(leaders)} recorded as sent, {len(accepted)} accepted")
        for row in rows:
            self.judge_row(name, row, attempts[row["id"]])
        if len(came) > len(tries):
            self.wrong.append(f"{name}: came {len(came)} times in {len(tries)} attempts")
        together = any(row["bundled_with"] for row in rows)  # one message for several kinds, then
        kinds: dict[str, list[sqlite3.Row]] = defaultdict(list)
        for row in rows:
            kinds["" if together else row["kind"]].append(row)
        for kind, wanted in kinds.items():
            arrived = [one for one in taken if not kind or kind_of(one) == kind]
            plain = [one for one in arrived if "(repeat)" not in one.json["title"]]
            begun = [row for row in wanted if row["attempts"]]
            doubts = [
                attempt
                for row in wanted
                for attempt in attempts[row["id"]]
                if attempt["outcome"] == "unknown"
            ]
            if len(plain) > len(begun):
                self.wrong.append(
                    f"{name} {kind}: a repeat that does not say so: {[one.json['title'] for one in arrived]}"
                )
            if len(arrived) - len(begun) > len(doubts):
                self.wrong.append(
                    f"{name} {kind}: {len(arrived)} messages of {len(begun)}, {len(doubts)} doubts"
                )
            for doubt in doubts[: max(len(arrived) - len(begun), 0)]:
                self.total.repeated[doubt["detail"]] += 1
        self.nobody_is_paged_after_an_end(identity[0], name, came)

    def judge_row(self, name: str, row: sqlite3.Row, tries: list[sqlite3.Row]) -> None:
        if len(tries) != row["attempts"]:
            self.wrong.append(f"{name}: {row['attempts']} attempts counted, {len(tries)} on record")
        if row["status"] in ("pending", "sending", "retrying"):
            self.wrong.append(f"lost: {name}: still {row['status']}")
        if row["status"] == "failed" and "HTTP 404" not in (row["error"] or ""):
            self.wrong.append(f"lost: {name}: given up for {row['error']}")

    def nobody_is_paged_after_an_end(
        self, number: int, name: str, came: list[tuple[Request, Answer]]
    ) -> None:
        if number in self.quiet:
            self.total.quiet += 1
            for message, _ in came:
                late = message.instant - self.quiet[number]
                if late > GRACE and kind_of(message) == "page":
                    self.wrong.append(
                        f"{name}: paged {late / SECOND:.2f} s after somebody had taken or ended it:"
                        f" {message.json['title']}"
                    )

    def nobody_was_forgotten(self) -> None:
        """An incident that nobody has taken or ended has its first level told, each person by each
        gateway that did not say never.
        """
        called_off = self.place.rows(
            "SELECT n.id, n.incident_id FROM notifications n JOIN incidents i ON i.id = n.incident_id WHERE"
            " n.status = 'cancelled' AND i.id > ? AND NOT EXISTS (SELECT 1 FROM timeline t WHERE"
            " t.incident_id = i.id AND t.kind IN ('acknowledged', 'acked', 'resolved', 'snoozed'))",
            self.begins_after,
        )
        self.wrong += [f"lost: #{number}: called off though nobody has it" for _, number in called_off]
        untold = self.place.rows(
            "SELECT i.id, count(DISTINCT recipient || gateway) FROM incidents i LEFT JOIN notifications n ON"
            " n.incident_id = i.id AND n.kind = 'page' AND n.status IN ('sent', 'failed', 'cancelled') WHERE"
            " i.id > ? GROUP BY i.id HAVING count(*) < 6",
            self.begins_after,
        )
        self.wrong += [f"lost: #{number}: {told} of 6 of its first level" for number, told in untold]


def descendants(pid: int) -> list[int]:
    """The processes that it has begun, and those that they have."""
    with suppress(OSError):
        children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return children + [descendant for child in children for descendant in descendants(child)]
    return []


def kind_of(message: Request) -> str:
    return next((kind for mark, kind in KINDS.items() if mark in message.json["title"]), "page")


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
