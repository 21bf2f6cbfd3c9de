"""The tables that say who there is and what can break: services, teams, people, channels, severities.

Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field  # noqa: TID253

from escalate_cli.config.schema.conditions import PlainTexts
from escalate_cli.config.schema.moments import Zone
from escalate_cli.config.schema.table import TomlTable
from escalate_cli.config.schema.vocabulary import (
    AnySpan,
    ChannelRef,
    GatewayRef,
    Id,
    PersonRef,
    PlainText,
    PolicyRef,
    ScheduleRef,
    ServiceRef,
    TargetText,
    TeamRef,
)


class SeverityTable(TomlTable):
    """One severity; they are listed from least to most severe."""

    id: Id = Field(description="its name on the command line")
    description: str = Field(default="", description="when to choose it")
    urgency: Literal["low", "high"] = Field(default="high", description="decides how a person is notified")
    inform: list[TargetText] = Field(
        default=[], description="hear of declaration, severity changes, updates and the end"
    )


class ServiceTable(TomlTable):
    """Something people know by name that can break."""

    name: PlainText | None = Field(default=None, description="what people call it; the id otherwise")
    description: str = Field(
        default="", description="a sentence in the words of those who report: routing reads it"
    )
    kind: Literal["business", "technical"] = Field(
        default="business", description="what customers see, or what is behind it"
    )
    team: TeamRef = Field(description="the team behind it")
    policy: PolicyRef | None = Field(default=None, description="the team's policy otherwise")
    keywords: list[PlainText] = Field(default=[], description="other words that people use for it")
    depends_on: list[ServiceRef] = Field(
        default=[], description='services that it needs; shown as "may also concern"'
    )
    tier: Annotated[int, Field(ge=0, le=99)] | None = Field(
        default=None, description="1 for the most important"
    )
    links: dict[str, PlainText] = Field(default={}, description="runbook, dashboard …; part of every page")


class TeamTable(TomlTable):
    """The people behind services."""

    name: PlainText | None = Field(default=None, description="the id otherwise")
    members: list[PersonRef] = Field(default=[], description="people")
    lead: PersonRef | None = Field(default=None, description="a person, who need not be a member")
    on_call: ScheduleRef | None = Field(default=None, description="the schedule that says who is on call")
    policy: PolicyRef | None = Field(
        default=None, description="needed unless every service of the team names one"
    )
    channel: ChannelRef | None = Field(default=None, description="its shared place")


class StepTable(TomlTable):
    """One step of how a person is notified."""

    via: list[GatewayRef] = Field(
        min_length=1, description="by these gateways at once, as far as the person has addresses"
    )
    after: AnySpan = Field(
        default=0,
        description=(
            "this long after the page, unless acknowledged before. The first step for which the person has an"
            " address begins at once, and the others count from it"
        ),
    )


class NotifyTable(TomlTable):
    """How people are notified, by urgency."""

    high: list[StepTable] | None = Field(
        default=None, min_length=1, description="steps for severities of high urgency"
    )
    low: list[StepTable] | None = Field(default=None, min_length=1, description="the same for low urgency")


class PersonTable(TomlTable):
    """Someone to page."""

    name: PlainText | None = Field(default=None, description="the id otherwise")
    timezone: Zone | None = Field(default=None, description="times in their messages are in this zone")
    login: PlainTexts = Field(default=[], description="OS user names that are this person")
    contact: dict[GatewayRef, PlainText] = Field(default={}, description="gateway id = address")
    notify: NotifyTable = Field(
        default=NotifyTable(), description="how this person is notified; the [notify] table otherwise"
    )
    answers_from: PlainTexts = Field(
        default=[], description="other addresses from which this person may answer; never paged"
    )


class ChannelTable(TomlTable):
    """A shared place to tell; it cannot acknowledge."""

    name: PlainText | None = Field(default=None, description="the id otherwise")
    contact: dict[GatewayRef, PlainText] = Field(
        default={}, description="gateway id = address; it is told once, through all of them"
    )
