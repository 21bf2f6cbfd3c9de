"""Healthchecks: our template of its webhook, or one of its own, as JSON, a form, a query or a plain line.

The key is the check's code. A placeholder that is not filled ("$CODE") says nothing. Of a plain line the
key is what is left without "up" and "down".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import fields_in_body, json_of
from escalate_cli.alerts.fields import (
    USUAL_SEVERITIES,
    any_text,
    first_line,
    first_text,
    hashed_key,
    key_of,
    line_of,
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
    **dict.fromkeys(("up", "ok", "success", "resolved"), AlertState.OVER),
    **dict.fromkeys(("new", "grace", "started", "paused"), AlertState.NEWS),
}
_UNFILLED = re.compile(r"\$[A-Z][A-Z_0-9]*")
_STATUS_WORD = re.compile(r"\b(up|down)\b", re.IGNORECASE)
_OWN = {
    *("name", "slug", "code", "status", "tags", "exit", "exitstatus"),
    *("check", "json", "body", "title", "now"),
}
"""what is read for itself: the rest is labels"""


def read_healthchecks(delivery: Payload) -> Sequence[Alert]:
    """The check that each notification is about."""
    return [_alert(squeezed(fields, _UNFILLED)) for fields in fields_in_body(delivery, "body")]


def _check(value: object) -> dict[str, object]:
    if not isinstance(value, str):
        return object_or_none(value)
    try:
        return object_or_none(json_of(value))
    except UnreadablePayload:
        return {}


def _alert(fields: Mapping[str, object]) -> Alert:
    check = _check(fields.get("check") or fields.get("json"))
    whole = check | {name: value for name, value in fields.items() if any_text(value)}
    name, body = first_text(whole, "name"), first_text(whole, "body", "message", "text")
    key = key_of(first_text(whole, "code")) or key_of(first_text(whole, "uniquekey", "unique_key"))
    key = key or key_of(first_text(whole, "key", "uuid", "slug")) or key_of(name)
    title = first_text(whole, "title", "summary")
    line = first_line(title, body)
    if not key and not line:
        raise UnreadablePayload("it names no check: code and name are missing")
    word = _STATUS_WORD.search(line[:1000]) if not first_text(whole, "status") else None
    status = (word[1] if word else line_of(whole.get("status"))).lower()
    tags = line_of(whole.get("tags"))[:1000].replace(",", " ").split()
    labels = tags_of(", ".join(tags))
    exit_ = line_of(first_text(whole, "exitstatus", "exit"))
    more = {name: value for name, value in fields.items() if name not in _OWN}
    return Alert(
        key=key or hashed_key(_STATUS_WORD.sub("", line)),
        state=_STATES.get(status, AlertState.FIRING),
        title=first_line(title, f"{name} is {status or 'down'}" if name else "", body, key),
        message=paragraphs(
            whole_if_longer(title),
            body if "\n" in body.strip() or name else "",
            first_text(check, "desc"),
            f"exit status {exit_}" if exit_ not in ("", "0", "-1") else "",
        ),
        severity=severity_of(labels.get("severity"), whole.get("severity"), severity_among(tags)),
        labels=labels_of(labels, {"check": name, "slug": whole.get("slug")}, more),
        links=links_by_name(source=first_text(whole, "url", "detailsurl", "link")),
    )


KIND = AlertKind(name="healthchecks", read=read_healthchecks, severities=USUAL_SEVERITIES)
