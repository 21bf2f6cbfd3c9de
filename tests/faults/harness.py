"""A real installation whose providers are on loopback, run as real processes that are killed for
real, and an account of what arrived.

    place = installation(tmp_path, web, CREW)
    place.declare_quietly()                        # stored, as `declare` would, but nothing sent
    tick = place.begin("tick"); place.kill(tick)   # SIGKILL; its sending children die with it
    place.let_leases_end(); place.settle()
    place.account().must_be_sound()
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from escalate_cli.actions import declare as declaring
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from tests.command import Ran
from tests.faults.account import Account, judge, whole
from tests.loopback import Bank, bank
from tests.servers import HttpServer

CLOCK = Clock()


def crew(
    people: int,
    gateways: Sequence[str] = ("a", "b"),
    *,
    attempts: int = 20,
    timeout: str = "2s",
    wait: str = "1h",
    more: str = "",
) -> str:
    """A team of so many, everybody paged at once through every gateway, nobody paged again for an
    hour; PORT is the server's.
    """
    names = [f"p{number}" for number in range(people)]
    parts = [
        (
            '[settings]\ndefault_severity = "high"\ntimezone = "UTC"\n[fallback]\nteam = "crew"\npage ='
            ' ["person:p0"]\n'
        ),
        '[limits]\nmessages = 100000\nper = "1s"\n[[severities]]\nid = "high"\nurgency = "high"\n',
        '[services.x]\nname = "The X"\nteam = "crew"\n',
        f'[teams.crew]\nname = "Crew"\nmembers = {json.dumps(names)}\npolicy = "all-hands"\n',
        f'[policies.all-hands]\n[[policies.all-hands.levels]]\nnotify = ["members"]\nwait = "{wait}"\n',
    ]
    for gateway in gateways:
        parts.append(f'[gateways.{gateway}]\nurl = "json://127.0.0.1:PORT/{gateway}/{{to}}"\n')
        parts.append(f'attempts = {attempts}\ntimeout = "{timeout}"\n')
    for name in names:
        contact = ", ".join(f'{gateway} = "{name}"' for gateway in gateways)
        parts.append(f'[people.{name}]\nname = "{name.upper()}"\ncontact = {{ {contact} }}\n')
    parts.append(
        f"[notify]\nhigh = [ {{ via = {json.dumps(list(gateways))} }} ]\nlow = [ {{ via ="
        f" {json.dumps(list(gateways))} }} ]\n"
    )
    return "".join(parts) + more


@dataclass
class Installation(Bank):
    """A bank whose processes are begun, killed and looked into."""

    begun: list[subprocess.Popen[bytes]] = field(default_factory=list)

    # ── doing ──────────────────────────────────────────────────────────────────────────

    @property
    def context(self) -> Context:
        """The parts of this installation, in the process of the test."""
        return Context(Options(), self.environ, CLOCK)

    def declare_quietly(self, title: str = "The X is down", **more: Any) -> int:
        """Store an incident as `declare` does, and send nothing, as if the process had been killed
        then; its id.
        """
        context = self.context
        try:
            asked = declaring.Request(title, (more.pop("service", "x"),), **more)
            return declaring.store_declaration(context, asked).situation.incident.id
        finally:
            context.close()

    def begin(
        self, *arguments: str, limits: Mapping[str, int] | None = None, **more: str
    ) -> subprocess.Popen[bytes]:
        """Begin a process; it is killed at the end of the test if it still runs, and before when it
        exceeds `limits` (RLIMIT_…).
        """
        command = [sys.executable, "-m", "escalate_cli", *arguments]
        if limits:
            code = "import os, resource, sys\n" + "".join(
                f"resource.setrlimit(resource.{k}, ({v}, {v}))\n" for k, v in limits.items()
            )
            command = [
                sys.executable,
                "-c",
                code + "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])",
                *command[1:],
            ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.environ, **more},
            cwd=self.place,
        )
        self.begun.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes], timeout: float = 60.0) -> Ran:
        """Wait for a process to end by itself."""
        out, err = process.communicate(timeout=timeout)
        return Ran(process.returncode, out.decode(), err.decode())

    def how_long(self, *arguments: str) -> float:
        """How many seconds a command takes here and now that is begun from nothing, so that chance
        kills it at any moment of its life.
        """
        began = CLOCK.monotonic()
        self.end(self.begin(*arguments))
        return CLOCK.monotonic() - began

    def kill(self, *processes: subprocess.Popen[bytes]) -> None:
        """SIGKILL, now."""
        for process in processes:
            process.kill()
        for process in processes:
            process.communicate(timeout=30)

    def let_leases_end(self) -> None:
        """What time would do to claims whose process has died: their leases end; back-offs are over."""
        with self.sql() as db:
            db.execute("UPDATE notifications SET lease_until = 1 WHERE status = 'sending'")
            db.execute("UPDATE notifications SET due_at = 1 WHERE status = 'retrying'")

    def settle(self, rounds: int = 30) -> None:
        """Tick, and let back-offs and leases pass, until nothing is left to send."""
        for _ in range(rounds):
            if not self.rows(
                "SELECT 1 FROM notifications WHERE status IN ('pending', 'sending', 'retrying') LIMIT 1"
            ):
                return
            self.let_leases_end()
            ran = self("tick")
            assert ran.code in (0, 6), ran
            assert "Traceback" not in ran.err, ran.err
        raise AssertionError(
            f"not settled after {rounds} ticks:"
            f" {self.rows('SELECT status, count(*) FROM notifications GROUP BY 1')}"
        )

    def forget(self) -> None:
        """Count messages from here."""
        self.seen = len(self.web.arrived)

    # ── looking ────────────────────────────────────────────────────────────────────────

    @contextmanager
    def sql(self) -> Iterator[sqlite3.Connection]:
        """The database, in one transaction."""
        connection = sqlite3.connect(self.db, isolation_level=None, timeout=30)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA synchronous=OFF")  # this only stands in for the passing of time
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.sql() as db:
            return [tuple(row) for row in db.execute(statement, values)]

    def statuses(self) -> Counter[str]:
        """How many notifications stand where."""
        return Counter(dict(self.rows("SELECT status, count(*) FROM notifications GROUP BY status")))

    def account(self, allowed: int = 20) -> Account:
        return judge(self.db, [message for message in self.messages if whole(message)], allowed)

    def database_must_be_sound(self) -> None:
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        assert self.rows("PRAGMA foreign_key_check") == []


@contextmanager
def installation(place: Path, web: HttpServer, config: str, **environ: str) -> Iterator[Installation]:
    """An installation in `place`; whatever it began is killed at the end."""
    made = bank(place, web, ("all.toml", config))
    here = Installation(made.place, {**made.environ, **_where_the_code_is(), **environ}, made.web, made.seen)
    umask = os.umask(0o077)
    here.context.running_catalog  # noqa: B018 - compiles once, so that rounds are about what they are about
    try:
        yield here
    finally:
        os.umask(umask)
        here.kill(*[one for one in here.begun if one.poll() is None])


def _where_the_code_is() -> dict[str, str]:
    """For guards.py, whose copy of the package is to be run and not the installed one."""
    return {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}


def stop_and_continue(process: subprocess.Popen[bytes], stop: bool) -> None:
    process.send_signal(signal.SIGSTOP if stop else signal.SIGCONT)
