"""A night on which something of one team raises: what is declared, what passes do, and what must be
true of it whatever raises.

Identity (ana, bo) is the team whose things raise; Payments (cara, dan) is the other; Ops is the
fallback of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from escalate_cli.actions.declare import Request
from escalate_cli.actions.declare_and_page import declare_incident
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import MINUTE, Span
from escalate_cli.core.wording.problem import OK, Problem
from escalate_cli.engine.engine import Engine
from escalate_cli.errors import EscalateError
from escalate_cli.health import heartbeat
from escalate_cli.health.doctor import diagnosis
from escalate_cli.passes.tick import one_pass
from tests.organisations import BANK
from tests.world import Postbox, WorldClock, spoken

MARKS = ("identity", "ana", "+1", "bo@", "Log in", "login", "own-policy")
"""what an argument says that is about Identity: its ids, its people, its service, its policy"""

POLICIES = """
[policies.standard]
repeat = 0
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "5m"
[policies.own-policy]
repeat = 0
[[policies.own-policy.levels]]
notify = ["on-call", "channel"]
wait = "5m"
[[policies.own-policy.levels]]
notify = ["lead"]
wait = "5m"
during = "office"
[[rules]]
name = "A slow one"
when = { service = "login", open_for = "3m" }
inform = ["person:cto"]
[heartbeat]
url = "http://127.0.0.1:9/beat"
every = "1s"
"""
CONFIG = (BANK + POLICIES).but(
    'lead = "bo"\non_call = "identity-primary"\npolicy = "standard"',
    'lead = "bo"\non_call = "identity-primary"\npolicy = "own-policy"',
)
OURS, OTHERS = {"ana", "bo", "identity"}, {"cara", "dan"}
FALLBACK = "ops"


@dataclass
class Pass:
    """What a pass came to: the notes on it, what raised out of it, whether the heart beat, how
    often something was made to raise.
    """

    at: int
    troubles: list[str] = field(default_factory=list)
    ended: Exception | None = None
    beat: bool = False
    raised: int = 0


class Night:
    """One installation, in this process: its real configuration, database and passes; only its
    clock and its postbox are told, and its heartbeat is counted instead of sent.
    """

    def __init__(self, directory: Path) -> None:
        config = directory / "config"
        config.mkdir()
        (config / "escalate.toml").write_text(CONFIG)
        self.clock = WorldClock()
        self.post = Postbox(self.clock)
        environ = {"HOME": str(directory), "XDG_CACHE_HOME": str(directory / "cache")}
        self.context = Context(Options(config=config, db=directory / "escalate.db"), environ, self.clock)
        self.context.__dict__["sender"] = self.post
        self.start_at = self.clock.at
        self.pings: list[str] = []
        self.passes: list[Pass] = []
        self.codes: list[int] = []
        self.called: list[str] = []

    def close(self) -> None:
        self.context.close()

    def declare(self, title: str, *services: str) -> int:
        """Declare as the command does; its exit code."""
        try:
            declared = declare_incident(self.context, Request(title, services, by="Rae"))
            code = int(declared.exit_code)
        except EscalateError as problem:
            code = int(problem.exit_code)
        self.codes.append(code)
        return code

    def tick(self, times: int, raised: object = None, *, every: Span = MINUTE) -> None:
        """So many passes, one a minute."""
        for _ in range(times):
            self.clock.at += every
            before, this = getattr(raised, "times", 0), Pass(self.minute)
            pings = len(self.pings)
            try:
                report = one_pass(self.context, Engine.on(self.context), call=self._call)
                this.troubles = report.troubles + report.warnings
            except Exception as problem:
                this.ended = problem
            this.beat = len(self.pings) > pings
            this.raised = getattr(raised, "times", 0) - before
            self.passes.append(this)

    def _call(self, what: str, problem: EscalateError) -> None:
        self.called.append(f"{what}: {problem.message}")

    @property
    def minute(self) -> int:
        return (self.clock.at - self.start_at) // MINUTE

    def messages(self) -> list[tuple[int, str, str]]:
        """Everything sent: minute, "sms to ana", the text."""
        return [
            ((at - self.start_at) // MINUTE, spoken(one), f"{one.title} {one.body}")
            for at, one in self.post.letters
        ]

    def heard(self, people: set[str]) -> list[tuple[int, str]]:
        """What these were sent."""
        return [(at, said) for at, said, _ in self.messages() if said.split()[-1] in people]

    def titles(self) -> list[str]:
        """Of everything that is stored and not over."""
        rows = self.context.store.database.run(
            "SELECT title FROM incidents WHERE status <> 'resolved' ORDER BY id"
        )
        return [row["title"] for row in rows]

    def findings(self) -> list[Problem]:
        """What `doctor` finds of what is configured and stored; addresses are another story."""
        return [
            finding
            for finding in diagnosis.diagnose(self.context, contacts=False).findings
            if finding.level is not OK
        ]


@contextmanager
def night(directory: Path) -> Iterator[Night]:
    here = Night(directory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heartbeat, "ping", here.pings.append)
        try:
            yield here
        finally:
            here.close()


def story(here: Night, raised: object = None) -> None:
    """Both teams have an incident; nobody acknowledges for a quarter of an hour."""
    here.declare("Log in is broken", "login")
    here.declare("Cards are declined", "payments")
    here.tick(2, raised)
    here.declare("Cards are still declined", "payments")
    here.tick(15, raised)


def shared_story(here: Night, raised: object = None) -> None:
    """One incident concerns both teams; nobody acknowledges for a quarter of an hour."""
    here.declare("Nothing works", "login", "payments")
    here.tick(17, raised)
