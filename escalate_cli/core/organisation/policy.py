"""What the organisation decided beforehand: policies and their levels, rules, conditions, expectations."""

from __future__ import annotations

from enum import Enum

import msgspec

from escalate_cli.core.calendar.duration import Span


class TargetKind(str, Enum):
    """The ways to name whom to tell."""

    ON_CALL = "on-call"
    """whoever is on call for the team whose policy runs (in a rule: for every team); `on-call:TEAM`"""
    LEAD = "lead"
    """the team's lead; `lead:TEAM`: of that team"""
    MEMBERS = "members"
    """everybody in the team; `members:TEAM`: in that team"""
    CHANNEL = "channel"
    """the team's channel; `channel:ID`: that channel"""
    ROUND_ROBIN = "round-robin"
    """one member in turn, each incident the next; `round-robin:TEAM`: of that team"""
    PERSON = "person"
    """`person:ID`: that person"""
    SCHEDULE = "schedule"
    """`schedule:ID`: whoever is on call there"""
    INCIDENT_LEAD = "incident-lead"
    """the incident's lead; if none is set, whoever acknowledged, else the first team's on-call"""


class Target(msgspec.Struct, frozen=True):
    """Whom to tell. `name` is a team for the relative kinds (None: the team whose policy runs), an
    id for the absolute ones.

    `channel` (kind CHANNEL, name None) is the team's channel; `channel:ID` (kind CHANNEL, name ID)
    is an absolute channel.
    """

    kind: TargetKind
    name: str | None = None

    def __str__(self) -> str:
        return self.kind.value if self.name is None else f"{self.kind.value}:{self.name}"


def parse_target(text: str) -> Target:
    """The target that `text` names; `ValueError` says what is wrong. Whether the id exists is the
    catalog's question.
    """
    kind_text, colon, name = text.partition(":")
    try:
        kind = TargetKind(kind_text)
    except ValueError:
        raise ValueError(f'"{text}" is not a target') from None
    if colon and not name:
        raise ValueError(f'"{text}" names nothing after the colon')
    if kind is TargetKind.INCIDENT_LEAD and name:
        raise ValueError(f'"{text}": an incident has one lead')
    if kind in (TargetKind.PERSON, TargetKind.SCHEDULE) and not name:
        raise ValueError(f'"{text}" needs an id')
    return Target(kind, name or None)


class When(msgspec.Struct, frozen=True, omit_defaults=True):
    """A condition; every part that is given must hold. Durations are microseconds; `severities` are
    the ids that fit.
    """

    severities: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None
    teams: tuple[str, ...] | None = None
    labels: tuple[tuple[str, str | None], ...] = ()
    """pairs that the incident must carry; a value of None means: any value"""
    hours: str | None = None
    """an hours id, or "!id" for outside of them"""
    open_for: Span | None = None
    unacknowledged_for: Span | None = None
    no_update_for: Span | None = None
    at_severity_for: Span | None = None
    raised: bool = False
    scope_grew: bool = False
    over_at: str | None = None
    """a source of alerts that says that it is over; no configuration says this"""
    text: str = ""
    """the condition as its author wrote it, for reasons: `severity = ">=major"`"""


class Acks(str, Enum):
    """Whose acknowledgement a level waits for."""

    FIRST = "first"
    ALL = "all"


class Level(msgspec.Struct, frozen=True):
    """One step of a policy: whom to notify, and how long (microseconds) to wait for an acknowledgement."""

    notify: tuple[Target, ...]
    wait: Span
    when: When = When()
    during: str | None = None
    acks: Acks = Acks.FIRST
    source: str = ""


class Policy(msgspec.Struct, frozen=True):
    """An ordered list of levels. `repeat` counts the *further* walks; `ack_timeout` is microseconds
    or None for never.
    """

    id: str
    levels: tuple[Level, ...]
    repeat: int = 0
    ack_timeout: Span | None = None
    source: str = ""


class Mode(str, Enum):
    """Whether a rule acts by itself or asks first."""

    AUTO = "auto"
    NUDGE = "nudge"


class OnExpiry(str, Enum):
    """What an unanswered nudge becomes: the action, or nothing."""

    PAGE = "page"
    DROP = "drop"


class RuleAction(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a rule does: whom it pages and tells, the teams that it brings in, the severity it raises to;
    whether it ends the incident."""

    page: tuple[Target, ...] = ()
    inform: tuple[Target, ...] = ()
    involve: tuple[str, ...] = ()
    raise_to: str | None = None
    resolve: bool = False


class Rule(msgspec.Struct, frozen=True):
    """A condition on a running incident and what to do about it."""

    name: str
    when: When
    page: tuple[Target, ...] = ()
    inform: tuple[Target, ...] = ()
    involve: tuple[str, ...] = ()
    raise_to: str | None = None
    every: Span | None = None
    mode: Mode = Mode.AUTO
    ask: tuple[Target, ...] = (Target(TargetKind.INCIDENT_LEAD),)
    expires: Span | None = None
    on_expiry: OnExpiry = OnExpiry.DROP
    source: str = ""
    resolve: bool = False
    """it ends the incident, once somebody says yes; no configuration says this"""

    @property
    def action(self) -> RuleAction:
        """What it does, apart from when."""
        return RuleAction(self.page, self.inform, self.involve, self.raise_to, self.resolve)


class Expectation(msgspec.Struct, frozen=True):
    """A test of the policy, run by `check`. `at` is "sun 03:00" or a local date and time; `reaches`
    is a team, person or channel.
    """

    service: str
    severity: str
    at: str
    within: Span
    reaches: str
    source: str = ""
