"""The tables of a configuration and their keys (product.md §3): what may be written, with the words
that editors show for it.

Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field  # noqa: TID253

from escalate_cli.config.schema import conditions as c
from escalate_cli.config.schema import moments as m
from escalate_cli.config.schema import vocabulary as v
from escalate_cli.config.schema.templates import (
    check_database,
    check_gateway_url,
    check_heartbeat_url,
    check_message,
    check_textfile,
)


class Table(BaseModel):
    """A TOML table that knows its keys and takes no others, and no value of another type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Settings(Table):
    """Defaults of the whole organisation."""

    default_severity: v.SeverityRef | None = Field(
        default=None, description="the severity of a declaration that names none"
    )
    timezone: m.Zone = Field(default="UTC", description="default zone for people, schedules and hours")
    reach_within: v.PositiveSpan = Field(
        default=15 * 60_000_000, description="how soon `check` wants somebody reached"
    )
    database: Annotated[str, AfterValidator(check_database)] | None = Field(
        default=None,
        description=(
            "the database of everybody who uses this configuration: a file, relative to the configuration,"
            " or ~/…"
        ),
    )


class Fallback(Table):
    """Nothing is ever routed to nobody: the last resort."""

    team: v.TeamRef | None = Field(default=None, description="gets an incident that matches no service")
    page: list[v.TargetText] = Field(
        default=[], description="paged when a policy runs out of levels or reaches no one"
    )
    every: v.PositiveSpan = Field(
        default=15 * 60_000_000, description="again after this long, until someone acknowledges"
    )


class Severity(Table):
    """One severity; they are listed from least to most severe."""

    id: v.Id
    description: str = ""
    urgency: Literal["low", "high"] = Field(default="high", description="decides how a person is notified")
    inform: list[v.TargetText] = Field(
        default=[], description="hear of declaration, severity changes, updates and the end"
    )


class Service(Table):
    """Something people know by name that can break."""

    name: v.Text | None = Field(default=None, description="what people call it; the id otherwise")
    description: str = Field(
        default="", description="a sentence in the words of those who report: routing reads it"
    )
    kind: Literal["business", "technical"] = "business"
    team: v.TeamRef = Field(description="the team behind it")
    policy: v.PolicyRef | None = Field(default=None, description="the team's policy otherwise")
    keywords: list[v.Text] = Field(default=[], description="other words that people use for it")
    depends_on: list[v.ServiceRef] = Field(default=[], description="services that it needs")
    tier: Annotated[int, Field(ge=0, le=99)] | None = Field(
        default=None, description="1 for the most important"
    )
    links: dict[str, v.Text] = Field(default={}, description="runbook, dashboard and the like")


class Team(Table):
    """The people behind services."""

    name: v.Text | None = None
    members: list[v.PersonRef] = []
    lead: v.PersonRef | None = None
    on_call: v.ScheduleRef | None = Field(default=None, description="the schedule that says who is on call")
    policy: v.PolicyRef | None = Field(
        default=None, description="needed unless every service of the team names one"
    )
    channel: v.ChannelRef | None = None


class Step(Table):
    """One step of how a person is notified."""

    via: list[v.GatewayRef] = Field(
        min_length=1, description="by these gateways at once, as far as the person has addresses"
    )
    after: v.AnySpan = Field(default=0, description="this long after the page, unless acknowledged before")


class Notify(Table):
    """How people are notified, by urgency."""

    high: list[Step] | None = Field(default=None, min_length=1)
    low: list[Step] | None = Field(default=None, min_length=1)


class Person(Table):
    """Someone to page."""

    name: v.Text | None = None
    timezone: m.Zone | None = None
    login: c.Texts = Field(default=[], description="OS user names that are this person")
    contact: dict[v.GatewayRef, v.Text] = Field(default={}, description="gateway id = address")
    notify: Notify = Field(
        default=Notify(), description="how this person is notified; the [notify] table otherwise"
    )


class Limits(Table):
    """What exceeds this, per person and gateway, is bundled into one digest."""

    messages: Annotated[int, Field(ge=1)] = 10
    per: v.PositiveSpan = 5 * 60_000_000


class Channel(Table):
    """A shared place to tell; it cannot acknowledge."""

    name: v.Text | None = None
    contact: dict[v.GatewayRef, v.Text] = Field(default={}, description="gateway id = address")


class Rotation(Table):
    """People taking turns; later rotations win over earlier ones where they apply."""

    members: Annotated[list[v.PersonRef], AfterValidator(m.some_members)] = Field(
        description="in the order of their turns"
    )
    start: m.LocalTime = Field(description="local time of the first handoff")
    every: m.Every = Field(description="how long a turn lasts: N d, w or months")
    hours: v.HoursRef | None = Field(default=None, description="applies only within these hours")


class Override(Table):
    """Someone takes the schedule for a while."""

    person: v.PersonRef
    start: m.LocalTime = Field(alias="from")
    until: Annotated[m.LocalTime, AfterValidator(m.after_start)]


class Schedule(Table):
    """Who is on call when."""

    timezone: m.Zone | None = None
    rotations: list[Rotation] = []
    overrides: list[Override] = []


class Hours(Table):
    """Weekly hours in a zone; past midnight when `to` is not after `from`."""

    timezone: m.Zone | None = None
    days: Annotated[list[m.Day], AfterValidator(m.some_days)]
    start: m.ClockTime = Field(alias="from")
    until: m.ClockTime = Field(alias="to")
    except_days: list[date] = Field(
        default=[], alias="except", description="dates on which these hours do not apply"
    )


class Gateway(Table):
    """One way to reach an address: an Apprise URL with {to} and references to secrets."""

    url: Annotated[str, AfterValidator(check_gateway_url)] = Field(
        description="Apprise URL with {to}, ${ENV} and ${file:/path}"
    )
    text: Literal["full", "short"] = Field(
        default="full", description='"short": one message of at most 160 characters'
    )
    timeout: Annotated[v.PositiveSpan, AfterValidator(v.attempt_limit)] = Field(
        default=20_000_000, description="hard limit of one attempt, 1s to 5m"
    )
    attempts: int = Field(default=4, ge=1, le=20, description="then the notification is given up")
    longest: Annotated[int, Field(ge=40, le=1_000_000)] | None = Field(
        default=None,
        description="characters that the service takes, title and text together; known from Apprise for most",
    )


class Messages(Table):
    """Texts with {placeholders}; the built-in ones otherwise."""

    title: Annotated[str, AfterValidator(check_message)] | None = None
    body: Annotated[str, AfterValidator(check_message)] | None = None
    short: Annotated[str, AfterValidator(check_message)] | None = None


class Heartbeat(Table):
    """An outside dead man's switch, pinged after a pass that left nothing overdue."""

    url: Annotated[str, AfterValidator(check_heartbeat_url)]
    every: v.PositiveSpan = 60_000_000


class Metrics(Table):
    """Numbers for a monitoring system."""

    textfile: Annotated[str, AfterValidator(check_textfile)] | None = Field(
        default=None, description="file for node_exporter's textfile collector"
    )


class LevelWhen(Table):
    """A condition on an incident; all of it must hold."""

    severity: c.SeverityCondition | None = None
    service: c.ServiceCondition | None = None
    team: c.TeamCondition | None = None
    label: c.LabelCondition = Field(default_factory=tuple)
    hours: c.HoursCondition | None = Field(
        default=None, description='"office", or "!office" for outside of them'
    )


class RuleWhen(LevelWhen):
    """A condition on a running incident; all of it must hold."""

    open_for: v.AnySpan | None = None
    unacknowledged_for: v.AnySpan | None = None
    no_update_for: v.AnySpan | None = None
    at_severity_for: v.AnySpan | None = None
    raised: c.OnlyTrue = Field(default=False, description="the severity just rose")
    scope_grew: c.OnlyTrue = Field(default=False, description="a service was just added")


class Level(Table):
    """One step of a policy."""

    notify: list[v.TargetText] = Field(min_length=1)
    wait: v.PositiveSpan = Field(
        default=5 * 60_000_000, description="for an acknowledgement, before the next level"
    )
    when: LevelWhen = Field(default_factory=LevelWhen, description="the level is skipped while this is false")
    during: v.HoursRef | None = Field(default=None, description="held until these hours")
    acks: Literal["first", "all"] = Field(default="first", description='"all" waits for everyone it paged')


class Policy(Table):
    """An ordered list of levels."""

    repeat: int = Field(default=0, ge=0, le=100, description="walk the levels this many more times")
    ack_timeout: v.PositiveSpan | None = Field(
        default=None, description="acknowledged, yet no update for this long: page again"
    )
    levels: list[Level] = []


class Rule(Table):
    """A condition on a running incident and what to do about it."""

    name: v.Text
    when: RuleWhen
    page: list[v.TargetText] = Field(default=[], description="wants an acknowledgement")
    inform: list[v.TargetText] = Field(default=[], description="does not")
    involve: list[v.TeamRef] = Field(default=[], description="starts the policies of these teams")
    raise_to: v.SeverityRef | None = None
    every: v.PositiveSpan | None = Field(
        default=None, description="again this often while the condition holds"
    )
    mode: Literal["auto", "nudge"] = Field(default="auto", description='"nudge" asks a human first')
    ask: list[v.TargetText] | None = Field(
        default=None, min_length=1, description="whom a nudge asks; incident-lead otherwise"
    )
    expires: v.PositiveSpan | None = Field(default=None, description="how long a nudge waits for an answer")
    on_expiry: Literal["page", "drop"] | None = Field(
        default=None, description="what an unanswered nudge becomes"
    )


class Expect(Table):
    """A test of the policy, run by `check`."""

    service: v.ServiceRef
    severity: v.SeverityRef | None = None
    at: m.Moment
    within: v.PositiveSpan | None = None
    reaches: v.Reaches


class Maintenance(Table):
    """A planned maintenance: while it lasts, incidents on these services are recorded and page nobody."""

    services: list[v.ServiceRef] = Field(min_length=1, description="the services that page nobody")
    start: m.LocalTime = Field(description="local time of its beginning, in the organisation's time zone")
    span: v.PositiveSpan = Field(alias="for", description="how long it lasts")
    every: Annotated[m.Every | None, AfterValidator(m.ends_before_the_next)] = Field(
        default=None, description="comes again: 1d, 1w, 1 months; once otherwise"
    )
    reason: v.Text | None = Field(default=None, description="why, for people who look")


class Organisation(Table):
    """Everything that escalate reads, in any number of files."""

    settings: Settings = Settings()
    fallback: Fallback = Fallback()
    severities: list[Severity] = []
    services: dict[v.Id, Service] = {}
    teams: dict[v.Id, Team] = {}
    people: dict[v.Id, Person] = {}
    notify: Notify = Notify()
    limits: Limits = Limits()
    channels: dict[v.Id, Channel] = {}
    schedules: dict[v.Id, Schedule] = {}
    hours: dict[v.Id, Hours] = {}
    gateways: dict[v.Id, Gateway] = {}
    messages: Messages = Messages()
    heartbeat: Heartbeat | None = None
    metrics: Metrics = Metrics()
    policies: dict[v.Id, Policy] = {}
    rules: list[Rule] = []
    expect: list[Expect] = []
    maintenance: list[Maintenance] = []


BY_ID: dict[str, tuple[str, type[Table]]] = {
    "services": ("service", Service),
    "teams": ("team", Team),
    "people": ("person", Person),
    "channels": ("channel", Channel),
    "schedules": ("schedule", Schedule),
    "hours": ("hours", Hours),
    "gateways": ("gateway", Gateway),
    "policies": ("policy", Policy),
}
"""tables of tables: section → (what one of them is called, its shape)"""

SINGLE: dict[str, type[Table]] = {
    "settings": Settings,
    "fallback": Fallback,
    "notify": Notify,
    "limits": Limits,
    "messages": Messages,
    "heartbeat": Heartbeat,
    "metrics": Metrics,
}
"""tables that there is one of"""

LISTED: dict[str, type[Table]] = {
    "severities": Severity,
    "rules": Rule,
    "expect": Expect,
    "maintenance": Maintenance,
}
"""arrays of tables"""
