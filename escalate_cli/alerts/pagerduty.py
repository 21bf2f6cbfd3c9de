"""PagerDuty's Events API, version 2 and version 1: the body tells which.

A resolve or an acknowledge often comes without a payload. Events of changes are no alerts. An event
without a key gets one of what it says, so that its repeat has the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from escalate_cli.alerts.bodies import fields_in_body
from escalate_cli.alerts.fields import (
    any_text,
    first_line,
    first_text,
    hashed_key,
    is_secret,
    key_of,
    line_of,
    list_or_none,
    object_or_none,
    paragraphs,
    severity_of,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, link_or_none
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_STATES = {"resolve": AlertState.OVER, "acknowledge": AlertState.ACKNOWLEDGED}
_PARTS = ("source", "component", "group", "class")
_VERSION_2 = ("payload", "dedup_key", "event_action", "routing_key")
_VERSION_1 = ("incident_key", "event_type", "description", "service_key")


def read_pagerduty(delivery: Payload) -> Sequence[Alert]:
    """The alert of each event."""
    events = fields_in_body(delivery)
    if events and not any(name in event for event in events for name in (*_VERSION_2, *_VERSION_1)):
        raise UnreadablePayload("it is no event: it has neither event_action nor event_type")
    return [] if "change" in delivery.path else [_alert(event) for event in events if not _is_change(event)]


def routing_key(delivery: Payload) -> str | None:
    """The routing key, or the service key, by which the sender names where it goes."""
    try:
        events = fields_in_body(delivery)
    except UnreadablePayload:
        return None
    keys = (line_of(first_text(event, "routing_key", "service_key")) for event in events)
    return next(filter(None, keys), None) or delivery.headers.get("x-routing-key") or None


def events_reply(alerts: Sequence[Alert]) -> tuple[int, Mapping[str, Any]]:
    """What the sender of an event expects: 202, and the key."""
    keys = {"dedup_key": alerts[0].key} if alerts else {}
    return 202, {"status": "success", "message": "Event processed", **keys}


def _is_change(event: Mapping[str, object]) -> bool:
    """An event of version 2 that neither acts nor has what only alerts have."""
    if any(line_of(event.get(name)) for name in ("event_action", "event_type", "dedup_key", "incident_key")):
        return False
    return "payload" in event and not line_of(object_or_none(event["payload"]).get("severity"))


def _alert(event: Mapping[str, object]) -> Alert:
    payload = object_or_none(event.get("payload"))
    summary = first_text(payload, "summary") or first_text(event, "description")
    message, details = _details(
        payload.get("custom_details") or payload.get("details") or event.get("details")
    )
    parts = {name: payload.get(name) for name in _PARTS}
    word = line_of(event.get("event_action") or event.get("event_type")).lower()
    made = hashed_key(summary, *parts.values())
    key = key_of(event.get("dedup_key")) or key_of(event.get("incident_key")) or made
    return Alert(
        key=key,
        state=_STATES.get(word, AlertState.FIRING),
        title=first_line(summary, key if word not in _STATES else ""),
        message=paragraphs(whole_if_longer(summary), message),
        severity=severity_of(payload.get("severity")),
        group=key_of(payload.get("group")) or None,
        labels=labels_of({**parts, "client": event.get("client")}, details),
        links=_links(event),
    )


def _details(value: object) -> tuple[str, dict[str, object]]:
    """What they are as a text, and those that are short enough for labels."""
    if not isinstance(value, dict):
        return any_text(value), {}
    texts = {any_text(name): any_text(part) for name, part in value.items() if not is_secret(name)}
    lines = [f"{name}: {text}" for name, text in texts.items() if text]
    return "\n".join(lines), {name: text for name, text in texts.items() if _is_short(text)}


def _is_short(text: str) -> bool:
    return len(text) <= 200 and "\n" not in text


def _links(event: Mapping[str, object]) -> dict[str, str]:
    links: dict[str, str] = {}
    every = [{"href": event.get("client_url"), "text": first_text(event, "client")}]
    for part in (*every, *list_or_none(event.get("links")), *list_or_none(event.get("contexts"))):
        _add(links, object_or_none(part), "link")
    for part in list_or_none(event.get("images")):
        _add(links, object_or_none(part), "image")
    return links


def _add(links: dict[str, str], part: Mapping[str, object], otherwise: str) -> None:
    address = link_or_none(part.get("href")) or link_or_none(part.get("src"))
    if not address or len(links) >= 20:
        return
    name = line_of(first_text(part, "text", "alt"))[:50] or otherwise
    links[name if name not in links else f"{name} {len(links) + 1}"] = address


KIND = AlertKind(
    name="pagerduty", read=read_pagerduty, severities=(("info",), ("warning",), ("error",), ("critical",))
)
