"""Grafana: unified alerting's webhook and its Alertmanager API, the webhook of legacy alerting, and what
OnCall's formatted webhook takes.

A group key of `{}:{}` says that everything is in one group: it makes none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalate_cli.alerts.alertmanager import alerts_of
from escalate_cli.alerts.bodies import objects_in_body
from escalate_cli.alerts.fields import (
    USUAL_SEVERITIES,
    any_instant,
    first_line,
    first_text,
    key_of,
    line_of,
    list_or_none,
    object_or_none,
    paragraphs,
    severity_of,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, links_by_name, tags_of
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_STATES = {
    **dict.fromkeys(("ok", "resolved", "normal"), AlertState.OVER),
    **dict.fromkeys(("paused", "pending", "silenced"), AlertState.NEWS),
    **dict.fromkeys(("acknowledged",), AlertState.ACKNOWLEDGED),
}
_ONE_ALERT = ("alert_uid", "ruleId", "ruleName", "title")


def read_grafana(delivery: Payload) -> Sequence[Alert]:
    """The alerts of a group, of a list, or the one that a message is about."""
    alerts: list[Alert] = []
    for document in objects_in_body(delivery):
        if any(document.get(name) for name in _ONE_ALERT) and not list_or_none(document.get("alerts")):
            alerts.append(_single_alert(document))
        else:
            alerts += alerts_of(document, delivery, _group(document))
    return alerts


def _group(document: Mapping[str, object]) -> str | None:
    key = line_of(document.get("groupKey"))
    if not key or key.endswith(":{}"):
        return None
    return key_of(document.get("orgId"), document.get("receiver"), key)


def _single_alert(document: dict[str, object]) -> Alert:
    rule = key_of(*(document.get(name) for name in ("orgId", "ruleId") if document.get("ruleId")))
    key = key_of(document.get("alert_uid")) or rule or key_of(first_text(document, "ruleName", "title"))
    if not key:
        raise UnreadablePayload(f"there are no alerts in it, and none of {', '.join(_ONE_ALERT)}")
    labels = object_or_none(document.get("tags")) | object_or_none(document.get("commonLabels"))
    title, message = first_text(document, "title", "ruleName"), first_text(document, "message")
    matches = [object_or_none(match) for match in list_or_none(document.get("evalMatches"))[:100]]
    measured = [f"{line_of(match.get('metric'))} = {line_of(match.get('value'))}" for match in matches]
    return Alert(
        key=key,
        state=_STATES.get(
            line_of(document.get("state") or document.get("status")).lower(), AlertState.FIRING
        ),
        title=first_line(title, message, key),
        message=paragraphs(whole_if_longer(title), message, "\n".join(measured)),
        severity=severity_of(labels.get("severity"), labels.get("priority"), document.get("severity")),
        began_at=any_instant(document.get("startsAt")),
        labels=labels_of(tags_of(document.get("tags")), labels, {"alertname": document.get("ruleName")}),
        links=links_by_name(
            source=document.get("link_to_upstream_details"),
            dashboard=document.get("ruleUrl"),
            image=document.get("image_url") or document.get("imageUrl"),
        ),
    )


KIND = AlertKind(name="grafana", read=read_grafana, severities=USUAL_SEVERITIES)
