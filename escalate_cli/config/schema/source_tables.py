"""The table of a source: a monitor that hands in alerts, or a heartbeat that must come.

Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema  # noqa: TID253

from escalate_cli.config.schema.conditions import as_list
from escalate_cli.config.schema.table import TomlTable
from escalate_cli.config.schema.templates import check_naming, check_pull_url, check_token
from escalate_cli.config.schema.vocabulary import AnySpan, PlainText, PositiveSpan, SeverityRef

PULLED = ("alertmanager", "grafana")
"""kinds that can be asked for their alerts"""
CHOSEN_BY_KEY = ("pagerduty", "opsgenie")
"""kinds whose senders name no source: their key is all that says which one it is"""

Naming = Annotated[PlainText, AfterValidator(check_naming)]
Namings = Annotated[
    list[Naming],
    BeforeValidator(as_list),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "examples": [["{labels.service}", "{labels.app}"]],
        }
    ),
]


class SourceTable(TomlTable):
    """A monitor that hands in alerts, or a heartbeat that must come."""

    kind: Literal[
        "alertmanager",
        "grafana",
        "pagerduty",
        "opsgenie",
        "zabbix",
        "icinga",
        "cloudwatch",
        "datadog",
        "sentry",
        "uptime-kuma",
        "healthchecks",
        "json",
        "heartbeat",
    ] = Field(description="whose alerts they are: how they are written")
    token: Annotated[str, AfterValidator(check_token)] | None = Field(
        default=None,
        description=(
            "who has it may hand in alerts; ${NAME} and ${file:/path} are secrets. Of `pagerduty` and"
            " `opsgenie`: the key, by which the source is known"
        ),
    )
    pull: Annotated[str, AfterValidator(check_pull_url)] | None = Field(
        default=None,
        description=(
            "URL of the monitor, which is also asked for its alerts at each pass; ${NAME} and ${file:/path}"
            " are secrets. Only `alertmanager` and `grafana`"
        ),
    )
    service: Namings = Field(
        default=[],
        description=(
            "the first of these that names a service, by its id, name or keyword. {labels.NAME}, {title},"
            " {group} and {key} are the alert's. Where none does, the title is routed like a reporter's words"
        ),
    )
    severity: dict[str, SeverityRef] = Field(
        default={},
        description=(
            "the monitor's words, in any case, and which severities they are; what is left out goes by rank"
        ),
    )
    group: Literal["alert", "source", "service"] = Field(
        default="alert",
        description=(
            "what makes an incident: each alert, each group of the monitor's own, or each service, on which"
            " further alerts are updates"
        ),
    )
    settle: AnySpan = Field(default=0, description="an alert must fire this long before anybody is paged")
    over: Literal["resolve", "nudge", "note"] = Field(
        default="resolve",
        description=(
            "when the monitor says that it is over: the incident is resolved, its lead is asked, or it is"
            " noted"
        ),
    )
    reopen: AnySpan = Field(
        default=10 * 60_000_000,
        description="what fires again within this time is the same incident, opened again",
    )
    labels: list[PlainText] | None = Field(
        default=None,
        description="names of labels that the incident keeps, for levels and rules; the usual ones otherwise",
    )
    every: PositiveSpan | None = Field(
        default=None, description="a heartbeat must come this often; needed by `heartbeat`, and only there"
    )
    grace: AnySpan = Field(default=0, description="so much later it may come; only `heartbeat`")
