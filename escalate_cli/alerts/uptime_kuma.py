"""Uptime Kuma: a heartbeat and its monitor, as JSON, as the field `data` of a form, or as a query.

A message without a heartbeat is a test, or warns of a certificate: that begins with a monitor's name in
brackets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import fields_in_body, json_of
from escalate_cli.alerts.fields import (
    USUAL_SEVERITIES,
    first_line,
    first_text,
    hashed_key,
    key_of,
    line_of,
    list_or_none,
    object_or_none,
    paragraphs,
    severity_among,
    severity_of,
    squeezed,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, links_by_name, tags_of
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_STATES = {
    **dict.fromkeys(("1", "up"), AlertState.OVER),
    **dict.fromkeys(("2", "pending", "3", "maintenance"), AlertState.NEWS),
}


def read_uptime_kuma(delivery: Payload) -> Sequence[Alert]:
    """The monitor of each heartbeat."""
    return [alert for fields in fields_in_body(delivery) for alert in _alerts(_opened(fields))]


def _opened(fields: Mapping[str, object]) -> Mapping[str, object]:
    """What the sender's JavaScript had, also where it came as a form or a query."""
    data = fields.get("data")
    if isinstance(data, str) and "heartbeat" not in fields:
        return object_or_none(json_of(data))
    parts = {name: _part(fields.get(name)) for name in ("heartbeat", "monitor") if name in fields}
    return {**fields, **parts}


def _part(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json_of(value)
    except UnreadablePayload:
        return None


def _alerts(fields: Mapping[str, object]) -> Sequence[Alert]:
    heartbeat, monitor = object_or_none(fields.get("heartbeat")), object_or_none(fields.get("monitor"))
    message = first_text(fields, "msg", "message")
    if not heartbeat and not monitor and (flat := squeezed(fields)):
        heartbeat = {"status": flat.get("heartbeatstatus") or flat.get("status"), "msg": message}
        id_ = first_text(flat, "monitorid", "heartbeatmonitorid", "id")
        monitor = {"id": id_, "name": first_text(flat, "monitorname", "name"), "url": flat.get("monitorurl")}
    name = first_text(monitor, "name", "pathName")
    key = key_of(monitor.get("id")) or key_of(heartbeat.get("monitorID")) or key_of(name)
    if key and heartbeat:
        return [_alert(key, name, message, heartbeat, monitor)]
    if not message and not {"heartbeat", "monitor", "msg"} & fields.keys():
        raise UnreadablePayload("it has neither heartbeat, monitor nor msg")
    warns = message.lstrip().startswith("[") and not message.rstrip().endswith("Testing")
    unchanging = hashed_key(key, re.sub(r"\d+", "", message))
    return [Alert(key=unchanging, state=AlertState.FIRING, title=first_line(message))] if warns else []


def _alert(
    key: str, name: str, message: str, heartbeat: Mapping[str, object], monitor: Mapping[str, object]
) -> Alert:
    tags = [object_or_none(tag) for tag in list_or_none(monitor.get("tags"))]
    own = tags_of([{"name": tag.get("name"), "value": tag.get("value")} for tag in tags])
    alone = severity_among(line_of(tag.get("name")) for tag in tags)
    fixed = {"monitor": name, "type": monitor.get("type"), "host": monitor.get("hostname")}
    status = line_of(heartbeat.get("status")).lower()
    beat = first_text(heartbeat, "msg")
    return Alert(
        key=key,
        state=_STATES.get(status, AlertState.FIRING),
        title=first_line(message, name, key),
        message=paragraphs(
            whole_if_longer(message), beat if beat not in message else "", first_text(monitor, "description")
        ),
        severity=severity_of(own.get("severity"), own.get("priority"), alone),
        labels=labels_of(own, fixed, {"url": _watched(monitor)}),
        links=links_by_name(target=_watched(monitor)),
    )


def _watched(monitor: Mapping[str, object]) -> str:
    """What is watched; "https://" alone stands where nothing is."""
    address = line_of(monitor.get("url"))
    return address if len(address) > len("https://") else ""


KIND = AlertKind(name="uptime-kuma", read=read_uptime_kuma, severities=USUAL_SEVERITIES)
