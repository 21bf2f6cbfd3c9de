"""The kinds of monitors, by the word that stands behind `kind = `. A kind is loaded when it is asked for."""

from __future__ import annotations

import importlib

from escalate_cli.alerts.payload import AlertKind

ALERT_KINDS = {
    "alertmanager": "alertmanager",
    "grafana": "grafana",
    "pagerduty": "pagerduty",
    "opsgenie": "opsgenie",
    "zabbix": "zabbix",
    "icinga": "icinga",
    "cloudwatch": "cloudwatch",
    "datadog": "datadog",
    "sentry": "sentry",
    "uptime-kuma": "uptime_kuma",
    "healthchecks": "healthchecks",
    "json": "plain",
}
"""each kind, and the module that reads it"""


def kind_named(name: str) -> AlertKind:
    """How this kind is read. `KeyError` where there is none of that name."""
    kind: AlertKind = importlib.import_module(f"escalate_cli.alerts.{ALERT_KINDS[name]}").KIND
    return kind
