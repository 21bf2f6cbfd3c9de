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
    PlainText,
    PositiveSpan,
    Reaches,
    ServiceRef,
    SeverityRef,
    TargetText,
    TeamRef,
)


class FallbackTable(TomlTable):
    """Nothing is ever routed to nobody: the last resort."""

    team: TeamRef | None = Field(default=None, description="gets an incident that matches no service")
    page: list[TargetText] = Field(
        default=[],
        description=(
            "paged when a policy runs out of levels or reaches no one. Without it, or where it reaches no"
            " person, the levels are walked again, for ever"
        ),
    )
    every: PositiveSpan = Field(
        default=15 * 60_000_000, description="again after this long, until someone acknowledges"
    )


class LevelWhenTable(TomlTable):
    """A condition on an incident; all of it must hold."""

    severity: SeverityCondition | None = Field(default=None, description="the severity is one of these")
    service: ServiceCondition | None = Field(default=None, description="one of them is in scope")
    team: TeamCondition | None = Field(default=None, description="one of them is in the incident")
    label: LabelCondition = Field(
        default_factory=tuple, description="the incident has all of them; a name alone: with any value"
    )
    hours: HoursCondition | None = Field(
        default=None, description='it is within these hours, or outside of them: "office", "!office"'
    )


class RuleWhenTable(LevelWhenTable):
    """A condition on a running incident; all of it must hold."""

    open_for: AnySpan | None = Field(default=None, description="it has been open this long")
    unacknowledged_for: AnySpan | None = Field(default=None, description="nobody has had it for this long")
    no_update_for: AnySpan | None = Field(default=None, description="this long without an update")
    at_severity_for: AnySpan | None = Field(default=None, description="this long at its present severity")
    raised: OnlyTrue = Field(default=False, description="the severity just rose")
    scope_grew: OnlyTrue = Field(default=False, description="a service was just added")


class LevelTable(TomlTable):
    """One step of a policy."""

    notify: list[TargetText] = Field(min_length=1, description="whom it pages")
    wait: PositiveSpan = Field(
        default=5 * 60_000_000, description="for an acknowledgement, before the next level"
    )
    when: LevelWhenTable = Field(
        default_factory=LevelWhenTable, description="the level is skipped while this is false"
    )
    during: HoursRef | None = Field(
        default=None,
        description="held until these hours; `when` is asked as it comes due, and again as they begin",
    )
    acks: Literal["first", "all"] = Field(default="first", description='"all" waits for everyone it paged')


class PolicyTable(TomlTable):
    """An ordered list of levels."""

    repeat: int = Field(default=0, ge=0, le=100, description="walk the levels this many more times")
    ack_timeout: PositiveSpan | None = Field(
        default=None, description="acknowledged, yet no update for this long: page again"
    )
    levels: list[LevelTable] = Field(default=[], description="in order")


class RuleTable(TomlTable):
    """A condition on a running incident and what to do about it."""

    name: PlainText = Field(description="in reasons and on the timeline")
    when: RuleWhenTable = Field(description="it acts when this becomes true")
    page: list[TargetText] = Field(
        default=[], description="pages them; if that reaches nobody, the fallback is paged"
    )
    inform: list[TargetText] = Field(default=[], description="tells them once, and asks for nothing")
    involve: list[TeamRef] = Field(default=[], description="starts the policies of these teams")
    raise_to: SeverityRef | None = Field(default=None, description="raises to it; never lowers")
    every: PositiveSpan | None = Field(default=None, description="again this often while it holds; else once")
    mode: Literal["auto", "nudge"] = Field(default="auto", description='"nudge" asks a human first')
    ask: list[TargetText] | None = Field(
        default=None, min_length=1, description="whom a nudge asks; incident-lead otherwise"
    )
    expires: PositiveSpan | None = Field(default=None, description="how long a nudge waits; else for ever")
    on_expiry: Literal["page", "drop"] | None = Field(
        default=None, description="what an unanswered nudge becomes: done, or dropped (default)"
    )


class ExpectTable(TomlTable):
    """A test of the policy, run by `check`."""

    service: ServiceRef = Field(description="an incident of this service, …")
    severity: SeverityRef | None = Field(
        default=None, description="… of this severity (the default severity) …"
    )
    at: Moment = Field(description="… declared at any such moment of the coming weeks, or at this one, …")
    within: PositiveSpan | None = Field(
        default=None, description="… reaches within this long (`reach_within`) …"
    )
    reaches: Reaches = Field(description='… "team:ID", "person:ID" or "channel:ID"')
