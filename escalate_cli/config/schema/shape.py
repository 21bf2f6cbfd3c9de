"""Everything that a configuration may say, and the tables about the tool itself: settings, gateways,
limits, texts, heartbeat, metrics.

Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field  # noqa: TID253

from escalate_cli.config.schema.answer_tables import AnswersTable
from escalate_cli.config.schema.calendar_tables import HoursTable, MaintenanceTable, ScheduleTable
from escalate_cli.config.schema.catalog_tables import (
    ChannelTable,
    NotifyTable,
    PersonTable,
    ServiceTable,
    SeverityTable,
    TeamTable,
)
from escalate_cli.config.schema.message_tables import MessagesTable
from escalate_cli.config.schema.moments import Zone
from escalate_cli.config.schema.policy_tables import ExpectTable, FallbackTable, PolicyTable, RuleTable
from escalate_cli.config.schema.source_tables import SourceTable
from escalate_cli.config.schema.table import TomlTable
from escalate_cli.config.schema.templates import (
    check_answers_url,
    check_database,
    check_gateway_url,
    check_heartbeat_url,
    check_textfile,
)
from escalate_cli.config.schema.vocabulary import Id, PositiveSpan, SeverityRef, attempt_limit


class SettingsTable(TomlTable):
    """Defaults of the whole organisation."""

    default_severity: SeverityRef | None = Field(
        default=None, description="the severity of a declaration that names none"
    )
    timezone: Zone = Field(default="UTC", description="default zone for people, schedules and hours")
    in_doubt: Literal["fallback", "best", "both"] = Field(
        default="fallback",
        description=(
            "who gets an incident whose words fit several services, none for sure: the fallback team, the"
            " team of the best candidate, or those of the two best"
        ),
    )
    reach_within: PositiveSpan = Field(
        default=15 * 60_000_000, description="how soon `check` wants somebody reached"
    )
    end_urgency: Literal["low", "high"] = Field(
        default="low",
        description=(
            "how people hear that an incident is over: `low` along `notify.low`, `high` by the gateways"
            " that reached them"
        ),
    )
    join: bool = Field(
        default=True,
        description=(
            "an incident on a service that depends on another one, while that one has an open incident, joins"
            " it and pages nobody of its own"
        ),
    )
    database: Annotated[str, AfterValidator(check_database)] | None = Field(
        default=None,
        description=(
            "the database of everybody who uses this configuration: a file, relative to the configuration,"
            " or ~/…"
        ),
    )


class LimitsTable(TomlTable):
    """What exceeds this, per person and gateway, is bundled into one digest."""

    messages: Annotated[int, Field(ge=1)] = Field(
        default=10,
        description=(
            "at most so many. For a page only pages count; informs and ends have what pages leave; nudges are"
            " never held back"
        ),
    )
    per: PositiveSpan = Field(
        default=5 * 60_000_000,
        description=(
            "in this time. The rest comes as one digest, nothing is dropped. A page worse than those of this"
            " time does not wait"
        ),
    )


class GatewayTable(TomlTable):
    """One way to reach an address: an Apprise URL with {to} and references to secrets."""

    url: Annotated[str, AfterValidator(check_gateway_url)] = Field(
        description="Apprise URL with {to}, ${ENV} and ${file:/path}"
    )
    text: Literal["full", "short"] = Field(
        default="full", description='"short": one message of at most 160 characters'
    )
    timeout: Annotated[PositiveSpan, AfterValidator(attempt_limit)] = Field(
        default=20_000_000, description="hard limit of one attempt, 1s to 5m"
    )
    attempts: int = Field(default=4, ge=1, le=20, description="then the notification is given up")
    answers: Annotated[str, AfterValidator(check_answers_url)] | None = Field(
        default=None,
        description=(
            "where replies are read: imap(s)://, telegram://, ntfy(s)://, twilio://, pushover://,"
            ' matrix(s)://, or "by-command" (`escalate answer`)'
        ),
    )
    longest: Annotated[int, Field(ge=40, le=1_000_000)] | None = Field(
        default=None,
        description="characters that the service takes, title and text together; known from Apprise for most",
    )


class HeartbeatTable(TomlTable):
    """An outside dead man's switch, pinged after a pass that left nothing overdue."""

    url: Annotated[str, AfterValidator(check_heartbeat_url)] = Field(
        description="asked for after such a pass; ${NAME} and ${file:/path} are secrets"
    )
    every: PositiveSpan = Field(default=60_000_000, description="at most this often")


class MetricsTable(TomlTable):
    """Numbers for a monitoring system."""

    textfile: Annotated[str, AfterValidator(check_textfile)] | None = Field(
        default=None, description="file for node_exporter's textfile collector"
    )


class Organisation(TomlTable):
    """Everything that escalate reads, in any number of files."""

    settings: SettingsTable = SettingsTable()
    fallback: FallbackTable = FallbackTable()
    severities: list[SeverityTable] = []
    services: dict[Id, ServiceTable] = {}
    teams: dict[Id, TeamTable] = {}
    people: dict[Id, PersonTable] = {}
    notify: NotifyTable = NotifyTable()
    limits: LimitsTable = LimitsTable()
    channels: dict[Id, ChannelTable] = {}
    schedules: dict[Id, ScheduleTable] = {}
    hours: dict[Id, HoursTable] = {}
    gateways: dict[Id, GatewayTable] = {}
    sources: dict[Id, SourceTable] = {}
    messages: MessagesTable = MessagesTable()
    answers: AnswersTable = AnswersTable()
    heartbeat: HeartbeatTable | None = None
    metrics: MetricsTable = MetricsTable()
    policies: dict[Id, PolicyTable] = {}
    rules: list[RuleTable] = []
    expect: list[ExpectTable] = []
    maintenance: list[MaintenanceTable] = []


BY_ID: dict[str, tuple[str, type[TomlTable]]] = {
    "services": ("service", ServiceTable),
    "teams": ("team", TeamTable),
    "people": ("person", PersonTable),
    "channels": ("channel", ChannelTable),
    "schedules": ("schedule", ScheduleTable),
    "hours": ("hours", HoursTable),
    "gateways": ("gateway", GatewayTable),
    "sources": ("source", SourceTable),
    "policies": ("policy", PolicyTable),
}
"""tables of tables: section → (what one of them is called, its shape)"""

SINGLE: dict[str, type[TomlTable]] = {
    "settings": SettingsTable,
    "fallback": FallbackTable,
    "notify": NotifyTable,
    "limits": LimitsTable,
    "messages": MessagesTable,
    "answers": AnswersTable,
    "heartbeat": HeartbeatTable,
    "metrics": MetricsTable,
}
"""tables that there is one of"""

LISTED: dict[str, type[TomlTable]] = {
    "severities": SeverityTable,
    "rules": RuleTable,
    "expect": ExpectTable,
    "maintenance": MaintenanceTable,
}
"""arrays of tables"""
