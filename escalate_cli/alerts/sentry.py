"""Sentry: alerts on issues, alerts on metrics, and what becomes of issues.

The header `Sentry-Hook-Resource` tells which; without it, the body. An alert on an issue never ends by the
same hook: the hook `issue` says that the issue is resolved, by the same key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import objects_in_body
from escalate_cli.alerts.fields import (
    any_instant,
    any_text,
    first_line,
    first_text,
    hashed_key,
    key_of,
    line_of,
    object_or_none,
    paragraphs,
    person_or_none,
    severity_of,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, links_by_name, tags_of
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_OVER = ("resolved", "closed", "close", "resolve")
_BY_RESOURCE = {"event_alert": "event", "metric_alert": "metric_alert", "issue": "issue"}
_KEPT = ("level", "environment", "platform", "culprit", "project_name", "logger", "release", "shortId")


def read_sentry(delivery: Payload) -> Sequence[Alert]:
    """The issue or the metric that the hook is about; nothing of other hooks (installations, comments)."""
    resource = delivery.headers.get("sentry-hook-resource", "").strip().lower()
    alerts = []
    for hook in objects_in_body(delivery):
        data = object_or_none(hook.get("data")) or hook
        name = _BY_RESOURCE.get(resource, "") if resource else _guessed(data)
        values = object_or_none(data.get(name))
        if name == "metric_alert" and values:
            alerts.append(_metric(hook, data, values))
        elif name and values:
            alerts.append(_issue(hook, data, values, is_change=name == "issue"))
        elif name or not (resource or "installation" in hook or "action" in hook):
            raise UnreadablePayload("it is no hook: it has no event, issue or metric_alert")
    return alerts


def _guessed(data: Mapping[str, object]) -> str:
    present = (name for name in ("metric_alert", "event", "issue") if isinstance(data.get(name), dict))
    return next(present, "")


def _issue(
    hook: Mapping[str, object], data: Mapping[str, object], values: Mapping[str, object], *, is_change: bool
) -> Alert:
    title = first_text(values, "title", "message") or first_text(data, "message")
    own_id = "id" if is_change else "groupID"
    key = key_of(first_text(values, "issue_id", own_id) or first_text(data, "issue_id", "id"))
    over = is_change and line_of(hook.get("action")).lower() in _OVER
    whole = {name: values.get(name, data.get(name)) for name in _KEPT}
    project = object_or_none(values.get("project"))
    rule = line_of(first_text(data, "triggered_rule"))
    culprit = first_text(values, "culprit") or first_text(data, "culprit")
    return Alert(
        key=key or hashed_key(title, culprit),
        state=AlertState.OVER if over else AlertState.NEWS if is_change else AlertState.FIRING,
        title=first_line(title, culprit, key),
        message=paragraphs(
            whole_if_longer(title),
            culprit,
            any_text(object_or_none(values.get("metadata")).get("value")),
            f"Rule: {rule}" if rule else "",
        ),
        severity=severity_of(values.get("level"), data.get("level")),
        labels=labels_of(
            whole, {"project": project.get("slug")}, tags_of(values.get("tags")), {"rule": rule}
        ),
        links=links_by_name(source=first_text(values, "web_url", "permalink") or first_text(data, "url")),
        by=person_or_none(object_or_none(hook.get("actor")).get("name")) if is_change else None,
    )


def _metric(hook: Mapping[str, object], data: Mapping[str, object], metric: Mapping[str, object]) -> Alert:
    """Ids of metric alerts and of issues are counted apart."""
    action = line_of(hook.get("action")).lower()
    rule = object_or_none(metric.get("alert_rule"))
    title = first_text(data, "description_title") or first_text(metric, "title")
    key = key_of(metric.get("id")) or key_of(metric.get("identifier")) or hashed_key(rule.get("id"), title)
    over = action in _OVER
    names = {"alertname": rule.get("name"), "environment": rule.get("environment")}
    return Alert(
        key=key_of("metric", key),
        state=AlertState.OVER if over else AlertState.FIRING,
        title=first_line(title, first_text(rule, "name"), key),
        message=paragraphs(first_text(data, "description_text")),
        severity=None if over else severity_of(action),
        began_at=any_instant(metric.get("date_started")),
        labels=labels_of(names, {"project": metric.get("projects"), "query": rule.get("query")}),
        links=links_by_name(source=data.get("web_url")),
    )


KIND = AlertKind(
    name="sentry",
    read=read_sentry,
    severities=(("debug",), ("info",), ("warning",), ("error",), ("fatal", "critical")),
)
