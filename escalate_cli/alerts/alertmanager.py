"""Alertmanager: its webhook (version 4), what Prometheus and other rulers post to its API v2, and what that
API gives when it is asked.

What counts is the status of each alert: in a group that is firing, some may be over. The key is the
fingerprint, which is a hash of the labels, and made as Alertmanager makes it where it is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import objects_in_body
from escalate_cli.alerts.fields import (
    USUAL_SEVERITIES,
    any_instant,
    first_line,
    first_text,
    hashed_key,
    key_of,
    line_of,
    list_or_none,
    object_or_none,
    object_texts,
    paragraphs,
    severity_of,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, links_by_name
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState
from escalate_cli.core.calendar.duration import Instant

_STATES = {
    **dict.fromkeys(("resolved", "ok", "normal", "inactive", "expired"), AlertState.OVER),
    **dict.fromkeys(("suppressed", "unprocessed", "pending"), AlertState.NEWS),
    **dict.fromkeys(("firing", "active", "alerting", "unresolved"), AlertState.FIRING),
}
_LONGEST_HASHED = 100_000


def read_alertmanager(delivery: Payload) -> Sequence[Alert]:
    """A webhook's groups, or a list of alerts as API v2 has them."""
    alerts: list[Alert] = []
    for document in objects_in_body(delivery):
        group = key_of(document.get("receiver"), document.get("groupKey")) or None
        alerts += alerts_of(document, delivery, group)
    return alerts


def alerts_of(document: dict[str, object], delivery: Payload, group: str | None) -> list[Alert]:
    """The alerts of a group. A document that has none is one itself, if it has labels."""
    alerts = [each for each in list_or_none(document.get("alerts")) if isinstance(each, dict)]
    if alerts:
        about = document if len(alerts) == 1 else {**document, "title": None, "message": None}
        return [_alert(each, about, delivery, group) for each in alerts]
    shared = {"labels": document.get("commonLabels") or document.get("groupLabels")}
    whole = document if "labels" in document else document | shared
    if not object_or_none(whole.get("labels")) and not document.get("fingerprint"):
        raise UnreadablePayload("there are no alerts in it")
    return [_alert(whole, {}, delivery, group)]


def fingerprint(labels: Mapping[str, object]) -> str:
    """What Prometheus and Alertmanager call an alert of these labels: FNV-1a over them, sorted by name."""
    pairs = sorted((name, text) for name, text in object_texts(labels) if text)
    data = b"".join(part.encode("utf-8", "replace") + b"\xff" for pair in pairs for part in pair)
    if len(data) > _LONGEST_HASHED:
        return hashed_key(*(part for pair in pairs for part in pair))
    total = 0xCBF29CE484222325
    for byte in data:
        total = ((total ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{total:016x}"


def _alert(
    values: Mapping[str, object], document: Mapping[str, object], delivery: Payload, group: str | None
) -> Alert:
    common = object_or_none(document.get("commonLabels"))
    labels = common | object_or_none(values.get("labels"))
    texts = object_or_none(document.get("commonAnnotations")) | object_or_none(values.get("annotations"))
    key = key_of(values.get("fingerprint")) or fingerprint(labels)
    ends_at = any_instant(values.get("endsAt"))
    state = _state(values, document, ends_at, delivery.arrived_at)
    summary = first_text(texts, "summary", "title")
    message = first_text(texts, "description", "message") or first_text(document, "message")
    return Alert(
        key=key,
        state=state,
        title=first_line(
            summary, first_text(labels, "alertname"), first_text(document, "title"), *(message, key)
        ),
        message=paragraphs(whole_if_longer(summary), message, _values(values), _left_out(document)),
        severity=severity_of(labels.get("severity"), labels.get("priority")),
        group=group,
        began_at=any_instant(values.get("startsAt")),
        until=ends_at if state is AlertState.FIRING and "status" not in values else None,
        labels=labels_of(labels),
        links=links_by_name(
            runbook=first_text(texts, "runbook_url", "runbook"),
            dashboard=first_text(values, "dashboardURL") or first_text(texts, "dashboard_url", "dashboard"),
            panel=values.get("panelURL"),
            source=values.get("generatorURL"),
            silence=values.get("silenceURL"),
            monitor=document.get("externalURL"),
        ),
    )


def _state(
    values: Mapping[str, object],
    document: Mapping[str, object],
    ends_at: Instant | None,
    arrived_at: Instant | None,
) -> AlertState:
    status = values.get("status")
    word = status.get("state") if isinstance(status, dict) else status
    state = _STATES.get(line_of(word).lower()) or _STATES.get(line_of(document.get("status")).lower())
    if state is None or (state is AlertState.FIRING and isinstance(status, dict)):
        over = ends_at is not None and arrived_at is not None and ends_at <= arrived_at
        return AlertState.OVER if over else AlertState.FIRING
    return state


def _values(values: Mapping[str, object]) -> str:
    measured = object_texts(values.get("values"))
    return ", ".join(f"{name} = {text}" for name, text in measured if text)


def _left_out(document: Mapping[str, object]) -> str:
    left_out = line_of(document.get("truncatedAlerts"))
    return f"{left_out} more alerts of this group were left out" if left_out.strip("0.") else ""


KIND = AlertKind(name="alertmanager", read=read_alertmanager, severities=USUAL_SEVERITIES)
