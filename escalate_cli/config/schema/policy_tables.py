"""The tables that decide who is paged: conditions, levels, policies, rules, the fallback, and tests of them.

Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field  # noqa: TID253

from escalate_cli.config.schema.conditions import (
    HoursCondition,
    LabelCondition,
    OnlyTrue,
    ServiceCondition,
    SeverityCondition,
    TeamCondition,
)
from escalate_cli.config.schema.moments import Moment
from escalate_cli.config.schema.table import TomlTable
from escalate_cli.config.schema.vocabulary import (
    AnySpan,
    HoursRef,
    PositiveSpan,
    Reaches,
    ServiceRef,
    SeverityRef,
    TargetText,
    TeamRef,
    Text,
)


class FallbackTable(TomlTable):
    """Nothing is ever routed to nobody: the last resort."""

    team: TeamRef | None = Field(default=None, description="gets an incident that matches no service")
    page: list[TargetText] = Field(
        default=[], description="paged when a policy runs out of levels or reaches no one"
    )
    every: PositiveSpan = Field(
        default=15 * 60_000_000, description="again after this long, until someone acknowledges"
    )


class LevelWhenTable(TomlTable):
    """A condition on an incident; all of it must hold."""

    severity: SeverityCondition | None = None
    service: ServiceCondition | None = None
    team: TeamCondition | None = None
    label: LabelCondition = Field(default_factory=tuple)
    hours: HoursCondition | None = Field(
        default=None, description='"office", or "!office" for outside of them'
    )


class RuleWhenTable(LevelWhenTable):
    """A condition on a running incident; all of it must hold."""

    open_for: AnySpan | None = None
    unacknowledged_for: AnySpan | None = None
    no_update_for: AnySpan | None = None
    at_severity_for: AnySpan | None = None
    raised: OnlyTrue = Field(default=False, description="the severity just rose")
    scope_grew: OnlyTrue = Field(default=False, description="a service was just added")


class LevelTable(TomlTable):
    """One step of a policy."""

    notify: list[TargetText] = Field(min_length=1)
    wait: PositiveSpan = Field(
        default=5 * 60_000_000, description="for an acknowledgement, before the next level"
    )
    when: LevelWhenTable = Field(
        default_factory=LevelWhenTable, description="the level is skipped while this is false"
    )
    during: HoursRef | None = Field(default=None, description="held until these hours")
    acks: Literal["first", "all"] = Field(default="first", description='"all" waits for everyone it paged')


class PolicyTable(TomlTable):
    """An ordered list of levels."""

    repeat: int = Field(default=0, ge=0, le=100, description="walk the levels this many more times")
    ack_timeout: PositiveSpan | None = Field(
        default=None, description="acknowledged, yet no update for this long: page again"
    )
    levels: list[LevelTable] = []


class RuleTable(TomlTable):
    """A condition on a running incident and what to do about it."""

    name: Text
    when: RuleWhenTable
    page: list[TargetText] = Field(default=[], description="wants an acknowledgement")
    inform: list[TargetText] = Field(default=[], description="does not")
    involve: list[TeamRef] = Field(default=[], description="starts the policies of these teams")
    raise_to: SeverityRef | None = None
    every: PositiveSpan | None = Field(default=None, description="again this often while the condition holds")
    mode: Literal["auto", "nudge"] = Field(default="auto", description='"nudge" asks a human first')
    ask: list[TargetText] | None = Field(
        default=None, min_length=1, description="whom a nudge asks; incident-lead otherwise"
    )
    expires: PositiveSpan | None = Field(default=None, description="how long a nudge waits for an answer")
    on_expiry: Literal["page", "drop"] | None = Field(
        default=None, description="what an unanswered nudge becomes"
    )


class ExpectTable(TomlTable):
    """A test of the policy, run by `check`."""

    service: ServiceRef
    severity: SeverityRef | None = None
    at: Moment
    within: PositiveSpan | None = None
    reaches: Reaches
