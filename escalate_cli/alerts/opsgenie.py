"""Opsgenie's Alert API: what is done stands in the path, and which alert: `ALIAS/close`.

The key is the alias, which is percent-encoded in a path; an alert without one has its message as
the key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from escalate_cli.alerts.bodies import fields_in_body
from escalate_cli.alerts.fields import (
    decoded,
    first_line,
    first_text,
    hashed_key,
    key_of,
    list_or_none,
    object_or_none,
    paragraphs,
    person_or_none,
    severity_of,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, tags_of
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_STATES = {"close": AlertState.OVER, "acknowledge": AlertState.ACKNOWLEDGED}
_CHANGES = {
    *("notes", "message", "description", "priority", "tags", "details", "snooze", "assign", "escalate"),
    *("unacknowledge", "responders", "attachments"),
}


def read_opsgenie(delivery: Payload) -> Sequence[Alert]:
    """The alert that is created, or what is done to one. A question about alerts says nothing of any."""
    steps = [step for step in delivery.path.partition("?")[0].split("/") if step]
    steps = steps[2:] if steps[:2] in (["v2", "alerts"], ["v1", "alerts"]) else steps
    if not steps:
        return [_created(body) for body in fields_in_body(delivery)]
    done, identifier = steps[-1].lower(), "/".join(steps[:-1])
    if len(steps) > 2 and steps[-2] == "actions":
        done, identifier = "notes", "/".join(steps[:-2])
    if not identifier or done not in {*_STATES, *_CHANGES}:
        return []
    key = key_of(decoded(identifier)) or hashed_key(identifier)
    return [_changed(key, done, _body_if_any(delivery))]


def genie_key(delivery: Payload) -> str | None:
    """The API key, by which the sender names where it goes."""
    word, _, key = delivery.headers.get("authorization", "").strip().partition(" ")
    named = key if word.lower() == "geniekey" else delivery.headers.get("x-genie-key", "")
    return (named or delivery.query.get("apiKey", "")).strip() or None


def genie_reply(alerts: Sequence[Alert]) -> tuple[int, Mapping[str, Any]]:
    """What the sender expects: 202, and an id of its request."""
    request = hashed_key(*(part for alert in alerts for part in (alert.key, alert.state.value)))
    parts = (request[:8], request[8:12], request[12:16], request[16:20], request[20:32])
    return 202, {"result": "Request will be processed", "took": 0.001, "requestId": "-".join(parts)}


def _created(body: Mapping[str, object]) -> Alert:
    message = first_text(body, "message")
    key = key_of(body.get("alias")) or key_of(message)
    if not key:
        raise UnreadablePayload("it has neither an alias nor a message")
    teams = (object_or_none(each) for each in list_or_none(body.get("responders") or body.get("teams")))
    team = next((first_text(each, "name") for each in teams if each.get("type", "team") == "team"), "")
    fixed = {name: body.get(name) for name in ("entity", "source")} | {"team": team}
    return Alert(
        key=key,
        state=AlertState.FIRING,
        title=first_line(message, key),
        message=paragraphs(
            whole_if_longer(message), first_text(body, "description"), first_text(body, "note")
        ),
        severity=severity_of(body.get("priority")),
        labels=labels_of(object_or_none(body.get("details")), tags_of(body.get("tags")), fixed),
        by=person_or_none(body.get("user")),
    )


def _changed(key: str, done: str, body: Mapping[str, object]) -> Alert:
    return Alert(
        key=key,
        state=_STATES.get(done, AlertState.NEWS),
        title=first_line(first_text(body, "message")),
        message=paragraphs(first_text(body, "description"), first_text(body, "note")),
        severity=severity_of(body.get("priority")),
        by=person_or_none(body.get("user")),
    )


def _body_if_any(delivery: Payload) -> Mapping[str, object]:
    """The end of an alert counts whatever its body is."""
    try:
        return next(iter(fields_in_body(delivery)), {}) if delivery.body else {}
    except UnreadablePayload:
        return {}


KIND = AlertKind(
    name="opsgenie", read=read_opsgenie, severities=(("p5",), ("p4",), ("p3",), ("p2",), ("p1",))
)
