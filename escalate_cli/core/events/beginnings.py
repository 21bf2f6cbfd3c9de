"""How an incident begins: it is declared, its words find a service, teams are brought in and let go."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events.event import EntryKind, Event, OfTeam

# ── the beginning ──────────────────────────────────────────────────────────────────────


class Declared(Event, frozen=True, kw_only=True):
    """The incident was declared, with what was known of it then."""

    KIND = EntryKind.DECLARED
    title: str
    severity: str
    message: str | None
    lead: str | None = None
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    imported: bool = False


class Restated(str, Enum):
    """What the same key said otherwise than before."""

    SEVERITY = "severity"
    TITLE = "title"
    LEAD = "lead"


class DeclaredAgain(Event, frozen=True, kw_only=True):
    """The same key said something else that changes nothing: of its severity, title or lead
    (`what`). Leads are people's ids.
    """

    KIND = EntryKind.DECLARED
    what: Restated
    declared: str = msgspec.field(name="said")
    kept: str
    again: bool = True


class DeclaredAlso(Event, frozen=True, kw_only=True):
    """Something was declared that this incident is behind: its service needs one in scope (`needs`), or
    whoever declared it said so. Its team is not paged for it.
    """

    KIND = EntryKind.DECLARED
    title: str
    severity: str
    message: str | None = None
    service: str | None = None
    needs: str | None = None
    key: str | None = None


class SplitOff(Event, frozen=True, kw_only=True):
    """A service is no part of it any more: it has an incident of its own."""

    KIND = EntryKind.UPDATED
    service: str
    incident: int


class Way(str, Enum):
    """How the services of a declaration were found."""

    NAMED = "named"
    """the reporter named them"""
    TITLE = "title"
    """the title says so"""
    CHOSEN = "chosen"
    """the reporter chose among candidates"""
    GUESSED = "guessed"
    """the title leaves doubt: the services that fit best have it, as `in_doubt` wants"""
    NOBODY = "nobody"
    """no service fits: the fallback team gets it"""
    FAILED = "failed"
    """the title could not be looked at"""
    IMPORTED = "imported"
    """the row of an import named them"""
    ALERT = "alert"
    """the alert names them"""


class Routed(Event, frozen=True, kw_only=True):
    """How the services were found; the first four fields are the incident's `routing`. `because` is
    why the service fits, or why nothing could be found; `fallback` the team that gets what fits
    nobody."""

    KIND = EntryKind.ROUTED
    NAMES_WHO = True
    query: str
    match: str
    service: str | None
    candidates: tuple[dict[str, Any], ...] = ()
    imported: bool = False
    way: Way
    services: tuple[str, ...] = ()
    because: str = ""
    """a text, since it quotes the typed words, or names a fault that nobody foresaw; shown only"""
    fallback: str | None = None


# ── escalations ───────────────────────────────────────────────────────────────────────


class EscalationStarted(OfTeam, frozen=True, kw_only=True):
    """A team was brought in: by which policy, for which services, and why."""

    KIND = EntryKind.ESCALATION
    policy: str
    services: tuple[str, ...]
    because: str
    """a text, since it names things as the reporter and the configuration had them then; shown only"""
    source: str


class EscalationStopped(OfTeam, frozen=True, kw_only=True):
    """A team is no longer asked for."""

    KIND = EntryKind.ESCALATION
    reason: str
    """a text, since records of 0.1.0 and imports say it in their own words; shown only"""


class AcknowledgementForgotten(OfTeam, frozen=True, kw_only=True):
    """Nobody updated it for the policy's `ack_timeout`: it pages again. `updated_at` is the last
    update since, if any; an old record does not know `taken_at`."""

    KIND = EntryKind.ESCALATION
    person: str | None
    taken_at: Instant | None
    updated_at: Instant | None
    source: str


class SnoozeOver(OfTeam, frozen=True, kw_only=True):
    """The time for which somebody put it off is over: it pages again."""

    KIND = EntryKind.ESCALATION
    person: str | None
    source: str


class RestEnded(OfTeam, frozen=True, kw_only=True):
    """The urgency rose: a snooze ends, or an acknowledgement by people of whom none can be told. It
    pages again.
    """

    KIND = EntryKind.ESCALATION
    person: str | None
    snoozed: bool
    source: str


class GoneOnByHand(OfTeam, frozen=True, kw_only=True):
    """Somebody asked for a level; `past_the_last`: for the one after the last."""

    KIND = EntryKind.ESCALATION
    level: int
    past_the_last: bool


class LevelsWalkedAgain(OfTeam, frozen=True, kw_only=True):
    """The fallback was not reached: the levels come again."""

    KIND = EntryKind.ESCALATION
    policy: str
    source: str
