"""A fake world for stories: a clock that advances, real SQLite in a temporary directory, a sender
that records or fails as told.

    world.declare("Log in is broken", "login")
    world.expects("sms to ana", "email to ana")
    world.advance("5m")
    world.expects("sms to bo")

Whatever is sent and not expected fails the story at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from escalate_cli.actions.declare import Request, store_declaration
from escalate_cli.actions.intents import (
    Acknowledgement,
    Intent,
    Passing,
    Reopening,
    Resolution,
    Revision,
    Snooze,
)
from escalate_cli.actions.maintenance import begin_maintenance
from escalate_cli.actions.paging_intents import (
    LevelByHand,
    NudgeAnswer,
    PageByHand,
    PolicyReload,
    incident_of_nudge,
)
from escalate_cli.actions.perform import carry_out
from escalate_cli.clock import Clock
from escalate_cli.config.load import load
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant, parse_duration
from escalate_cli.core.incident.situation import NudgeStatus, Situation
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.engine.engine import Engine
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.store.store import Store
from tests.organisations import BANK, STANDARD

MONDAY = "2026-11-23T10:00:00"
"""a Monday morning in London, GMT"""


def instant(text: str) -> Instant:
    """The instant of an ISO time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


@dataclass
class WorldClock(Clock):
    """A clock that only moves when told."""

    at: Instant = field(default_factory=lambda: instant(MONDAY))

    def now(self) -> Instant:
        return self.at

    def monotonic(self) -> float:
        return self.at / SECOND

    def sleep(self, span: int) -> None:
        self.at += span


@dataclass
class Postbox:
    """A sender that keeps what it is given and answers at once: sent, unless `refuse` says otherwise."""

    clock: WorldClock
    refuse: Callable[[str], Outcome | None] = lambda url: None
    letters: list[tuple[Instant, Envelope]] = field(default_factory=list)
    ended: list[tuple[int, Outcome]] = field(default_factory=list)
    tried: list[tuple[Instant, str]] = field(default_factory=list)

    @property
    def running(self) -> int:
        return len(self.ended)

    def warm(self) -> None:
        pass

    def begin(self, ticket: int, envelope: Envelope) -> None:
        refused = self.refuse(envelope.url)
        self.tried.append((self.clock.at, envelope.url))
        if refused is None:
            self.letters.append((self.clock.at, envelope))
        self.ended.append((ticket, refused or Outcome(OutcomeKind.SENT, "taken")))

    def outcomes(self, timeout: float) -> list[tuple[int, Outcome]]:
        ended, self.ended = self.ended, []
        return ended

    def close(self, wait: bool = True) -> None:
        pass


PEOPLE = {
    "%2B1": "ana", "%2B2": "bo", "%2B3": "cara", "%2B4": "dan", "%2B5": "eve", "%2B6": "ops", "%2B7": "cto",
}  # fmt: skip


class World:
    """One installation, from its configuration to its postbox."""

    def __init__(
        self, directory: Path, policies: str = STANDARD, *, more: str = "", organisation: str = BANK
    ) -> None:
        self.directory = directory
        self.config = directory / "config"
        self.config.mkdir(exist_ok=True)
        self.clock = WorldClock()
        self.post = Postbox(self.clock)
        self.configure(policies, more=more, organisation=organisation)
        if not (directory / "escalate.db").exists():
            new_database(directory / "escalate.db")
        self.store = Store(directory / "escalate.db", self.clock)
        self.read = 0
        self.start_at = self.clock.at

    def configure(self, policies: str, *, more: str = "", organisation: str = BANK) -> None:
        """Write the configuration anew; every look from now on uses it."""
        text = f"{organisation}{more}\n{policies}"
        (self.config / "escalate.toml").write_text(text)
        self.catalog: Catalog = _compiled(text)

    def engine(self) -> Engine:
        return Engine(self.store, lambda: self.catalog, self.post, self.clock, {})

    @property
    def context(self) -> Context:
        world = self

        class Here(Context):
            @property
            def running_catalog(self) -> Catalog:
                return world.catalog

        here = Here(Options(), {}, self.clock)
        here.__dict__["store"] = self.store
        here.__dict__["sender"] = self.post
        return here

    # ── what people do ─────────────────────────────────────────────────────────────────

    def declare(self, title: str, *services: str, severity: str | None = None, **more: Any) -> int:
        """Declare and deliver; the incident's id."""
        asked = Request(title, tuple(services), severity, **more)
        declared = store_declaration(self.context, asked)
        self.engine().deliver(declared.situation.incident.id)
        return declared.situation.incident.id

    def update(self, incident: int = 1, **changes: Any) -> Situation:
        return self._perform(Revision(**changes), incident)

    def ack(self, by: str, incident: int = 1, *, everything: bool = False) -> Situation:
        return self._perform(Acknowledgement(everything, by=by), incident)

    def pass_on(self, by: str, incident: int = 1) -> Situation:
        return self._perform(Passing(by=by), incident)

    def resolve(self, incident: int = 1, message: str | None = None, *, by: str | None = None) -> Situation:
        return self._perform(Resolution(message, by=by), incident)

    def reopen(self, incident: int = 1, message: str | None = None, *, by: str | None = None) -> Situation:
        return self._perform(Reopening(message, by=by), incident)

    def snooze(self, span: str, by: str, incident: int = 1) -> Situation:
        return self._perform(Snooze(parse_duration(span), by=by), incident)

    def page(self, *targets: str, incident: int = 1, message: str | None = None) -> Situation:
        return self._perform(PageByHand(targets, message), incident)

    def next_level(self, level: int | None = None, incident: int = 1) -> Situation:
        return self._perform(LevelByHand(level), incident)

    def nudge(self, answer: str, by: str, number: int | None = None) -> Situation:
        """Answer the open nudge."""
        if number is None:
            number = self.store.situations.open_nudges()[0][1].id
        return self._perform(
            NudgeAnswer(number, answer == "yes", by=by), incident_of_nudge(self.context, number)
        )

    def maintenance(self, service: str, span: str) -> None:
        begin_maintenance(self.context, [service], parse_duration(span))

    def reload(self, incident: int = 1) -> Situation:
        return self._perform(PolicyReload(), incident)

    def _perform(self, intent: Intent, incident: int) -> Situation:
        carry_out(self.context, incident, intent.prepare(self.context))
        self.engine().deliver(incident)
        return self.look(incident)

    # ── what time does ─────────────────────────────────────────────────────────────────

    def tick(self) -> PassReport:
        return self.engine().tick()

    def advance(self, span: str, *, every: str = "1m") -> None:
        """Let time pass with a tick every so often, and one at the end."""
        until, step = self.clock.at + parse_duration(span), parse_duration(every)
        while self.clock.at + step < until:
            self.clock.at += step
            self.tick()
        self.clock.at = until
        self.tick()

    def sleep(self, span: str) -> None:
        """Let time pass without any tick, then tick once."""
        self.clock.at += parse_duration(span)
        self.tick()

    # ── what is there to see ───────────────────────────────────────────────────────────

    def look(self, incident: int = 1) -> Situation:
        situation = self.store.situations.load(incident)
        assert situation is not None
        return situation

    def timeline(self, incident: int = 1) -> str:
        return "\n".join(entry.text for entry in self.store.situations.timeline(incident))

    def sent(self) -> list[str]:
        """What was sent since the last look, as "sms to ana"."""
        fresh = self.post.letters[self.read :]
        self.read = len(self.post.letters)
        return [spoken(envelope) for _, envelope in fresh]

    def expects(self, *wanted: str) -> None:
        """Exactly these messages were sent since the last look, in any order within it."""
        sent = self.sent()
        assert sorted(sent) == sorted(wanted), sorted(sent)

    def expects_nothing(self) -> None:
        self.expects()

    def last(self) -> Envelope:
        """The message sent last."""
        return self.post.letters[-1][1]

    def open_nudges(self) -> int:
        return len([nudge for nudge in self.look().nudges if nudge.status is NudgeStatus.OPEN])

    def history(self) -> list[tuple[int, str]]:
        """Everything sent so far, as (whole minutes since the start, "sms to ana")."""
        return [((at - self.start_at) // MINUTE, spoken(envelope)) for at, envelope in self.post.letters]


@cache
def _compiled(text: str) -> Catalog:
    """The configuration of one file `escalate.toml`, which many worlds share: it is frozen."""
    with TemporaryDirectory() as directory:
        (Path(directory) / "escalate.toml").write_text(text)
        return load(Path(directory)).catalog


@cache
def _begun() -> bytes:
    """A database in which nothing is kept yet."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "escalate.db"
        Store(path, WorldClock()).close()
        return path.read_bytes()


def new_database(path: Path) -> None:
    """What the first command would leave at `path`, without running every migration again."""
    path.touch(0o600)
    path.write_bytes(_begun())


def spoken(envelope: Envelope) -> str:
    """An envelope as a story tells it."""
    *_, gateway, to = envelope.url.split("/")
    name = PEOPLE.get(to, to).replace("%40example.com", "")
    kind = "" if envelope.kind == "page" else f"{envelope.kind} "
    return f"{kind}{gateway} to {name}"
