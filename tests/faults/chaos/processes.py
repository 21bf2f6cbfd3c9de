"""The processes: what is begun, which signals it gets, what is heard of it when it ends."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.chaos.provider import Moody
from tests.faults.harness import CLOCK, Installation

FINE = {0, 1, 3, 4, 5, 6, 7, 129, 130, 143}


_BEGINNING = re.compile(r'^  File ".*/escalate_cli/__(?:main|init)__\.py", line \d+, in <module>$', re.M)
"""where Python reads the first lines of the program, and nothing of it runs yet"""


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
class Processes:
    """Processes of one installation, and what is known of them from outside."""

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

    def begin(self, does: str, *words: str, about: Any = None) -> Begun:
        self.count += 1
        output = self.place.place / "said" / f"{self.count}-{does}"
        with open(output.with_suffix(".out"), "wb") as out, open(output.with_suffix(".err"), "wb") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "escalate_cli", does, *words],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.place.environ,
                cwd=self.place.place,
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
            and not re.search(r'^  File ".*/escalate_cli/', _BEGINNING.sub("", err), re.M)
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


def descendants(pid: int) -> list[int]:
    """The processes that it has begun, and those that they have."""
    with suppress(OSError):
        children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return children + [descendant for child in children for descendant in descendants(child)]
    return []
