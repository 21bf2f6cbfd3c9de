"""A real installation whose providers are on loopback, run as real processes that are killed for
real, and an account of what arrived.

    place = installation(tmp_path, web, CREW)
    place.declare_quietly()                        # stored, as `declare` would, but nothing sent
    tick = place.begin("tick"); place.kill(tick)   # SIGKILL; its sending children die with it
    place.let_leases_end(); place.settle()
    place.account().must_be_sound()

The account compares every message that arrived with what the database says it has tried, and sorts
it: expected, repeated (with the reason), lost, unexpected, or more often than the attempts allowed.
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
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from tests.cli.conftest import Ran
from tests.faults import survey
from tests.loopback import Bank, bank
from tests.servers import HttpServer, Request

CLOCK = Clock()


def crew(
    people: int,
    gateways: Sequence[str] = ("a", "b"),
    *,
    attempts: int = 20,
    timeout: str = "1s",
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
class Account:
    """What became of every notification, by (incident, kind, way): see `judge`."""

    expected: int = 0
    repeated: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """the reasons for repeats, each with the messages that were repeated for it"""
    lost: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    too_often: list[str] = field(default_factory=list)

    @property
    def repeats(self) -> int:
        return sum(len(each) for each in self.repeated.values())

    def must_be_sound(self, *, repeats: int | None = None, rounds: int = 1) -> None:
        """Nothing lost, nothing unexpected, no message more often than allowed; so many repeats, if
        it matters. Reported for the survey.
        """
        report(
            rounds=rounds,
            messages=self.expected,
            lost=len(self.lost),
            repeated={reason: len(which) for reason, which in self.repeated.items()},
        )
        assert (self.lost, self.unexpected, self.too_often) == ([], [], []), self
        if repeats is not None:
            assert self.repeats == repeats, self


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
            return declaring.store_declaration(context, asked, lambda routing: None).situation.incident.id
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
        """How many seconds a command takes here and now, so that chance kills it at any moment of
        its life.
        """
        began = CLOCK.monotonic()
        self(*arguments)
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


def judge(db: Path, messages: Sequence[Request], allowed: int) -> Account:
    """Sort the messages, each identified by incident, kind and way.

    A message is a *repeat* when the record shows an earlier attempt whose outcome nobody knows; it
    must say "(repeat)". It is *unexpected* when the record knows of no attempt for it, or no reason
    to repeat it. It is *lost* when it is not there though the record says that it was sent, or when
    it was given up without having arrived.
    """
    account = Account()
    arrived: dict[tuple[int, str, str], list[Request]] = defaultdict(list)
    for message in messages:
        arrived[_identity(message)].append(message)
    connection = sqlite3.connect(db)
    connection.row_factory = sqlite3.Row
    notifications = connection.execute("SELECT * FROM notifications ORDER BY id").fetchall()
    attempts: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute("SELECT * FROM attempts ORDER BY id"):
        attempts[row["notification_id"]].append(row)
    connection.close()
    known: dict[tuple[int, str, str], list[sqlite3.Row]] = defaultdict(list)
    for row in notifications:
        known[row["incident_id"], row["kind"], f"/{row['gateway']}/{row['address']}"].append(row)
    for identity, rows in known.items():
        _account_for(identity, rows, arrived.pop(identity, []), attempts, allowed, account)
    account.unexpected += [f"{identity}: the record knows of none" for identity in arrived]
    return account


def _account_for(
    identity: tuple[int, str, str],
    rows: list[sqlite3.Row],
    came: list[Request],
    attempts: dict[int, list[sqlite3.Row]],
    allowed: int,
    account: Account,
) -> None:
    name = f"#{identity[0]} {identity[1]} {identity[2]}"
    tries = [attempt for row in rows for attempt in attempts[row["id"]]]
    wanted = [row for row in rows if row["status"] == "sent"]
    account.expected += min(len(came), len(rows))
    if len(came) < len(wanted):
        account.lost.append(f"{name}: recorded as sent and never came")
    for row in rows:
        if len(attempts[row["id"]]) != row["attempts"]:
            account.unexpected.append(
                f"{name}: {row['attempts']} attempts counted, {len(attempts[row['id']])} on record"
            )
        if row["attempts"] > allowed:
            account.too_often.append(f"{name}: {row['attempts']} attempts of {allowed}")
        if row["status"] in ("pending", "sending", "retrying"):
            account.lost.append(f"{name}: still {row['status']}")
        if row["status"] == "failed" and not came:
            account.lost.append(f"{name}: given up ({row['error']})")
    if len(came) > len(tries):
        account.unexpected.append(f"{name}: came {len(came)} times in {len(tries)} attempts")
    doubts = [attempt for attempt in tries if attempt["outcome"] == "unknown"]
    plain = [message for message in came if "repeat" not in message.json["title"] + message.json["message"]]
    if len(plain) > len(rows):
        account.unexpected.append(f"{name}: a repeat that does not say so")
    for _ in came[len(rows) :]:
        if not doubts:
            account.unexpected.append(f"{name}: repeated for no reason")
        else:
            account.repeated[doubts.pop(0)["detail"]].append(name)


_KINDS = {"[resolved]": "resolved", "For information:": "inform", "Your decision:": "nudge"}


def whole(message: Request) -> bool:
    """Whether all of it arrived: of one whose sender was killed in the middle, no provider makes a
    message.
    """
    return len(message.body) == int(message.headers.get("Content-Length", 0))


def _identity(message: Request) -> tuple[int, str, str]:
    """(incident, kind, "/gateway/address") of a message in the built-in words."""
    said = message.json
    text = said["title"] or said["message"]
    number = re.search(r"#(\d+)", text)
    assert number, text
    kind = next((kind for mark, kind in _KINDS.items() if mark in text), "page")
    return int(number[1]), kind, unquote(message.path)


def mostly_long(names: Iterable[str], *quick: str) -> list[Any]:
    """Parameters of a test: those named `quick` always run, the others in the long part only."""
    everything = list(names)
    assert set(quick) <= set(everything), quick
    return [name if name in quick else pytest.param(name, marks=pytest.mark.long) for name in everything]


def report(**numbers: Any) -> None:
    """Numbers of the test that runs, for the survey: rounds, processes killed, messages, lost,
    repeated by reason.
    """
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    survey.write({"test": test, **numbers})


def seeded(name: str) -> random.Random:
    """A source of chance; `ESCALATE_FAULTS_SEED` gives another one."""
    return random.Random(f"{os.environ.get('ESCALATE_FAULTS_SEED', '1')} {name}")


def stop_and_continue(process: subprocess.Popen[bytes], stop: bool) -> None:
    process.send_signal(signal.SIGSTOP if stop else signal.SIGCONT)
