"""Any sender: an object of JSON, or a list of them, a form, a query, or a text whose first line is the title.

    {"key": …, "status": …, "severity": …, "title": …, "message": …, "service": …}

What GoAlert's generic API takes (`summary`, `details`, `dedup`, `action`, `meta`) is read as well. Whatever
else there is becomes labels. Without a key the title is the key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import form_in_body, is_json, objects_in_body, text_in_body
from escalate_cli.alerts.fields import (
    USUAL_SEVERITIES,
    any_instant,
    first_line,
    first_text,
    hashed_key,
    key_of,
    line_of,
    paragraphs,
    person_or_none,
    severity_of,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, links_by_name, tags_of
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_STATES = {
    **dict.fromkeys(("resolved", "resolve", "close", "closed", "over", "done"), AlertState.OVER),
    **dict.fromkeys(("ok", "up", "normal", "recovered", "recovery", "cleared"), AlertState.OVER),
    **dict.fromkeys(("clear", "success", "inactive", "healthy"), AlertState.OVER),
    **dict.fromkeys(
        ("acknowledged", "acknowledge", "acknowledgement", "ack", "acked"), AlertState.ACKNOWLEDGED
    ),
    **dict.fromkeys(("firing", "alerting", "triggered", "trigger", "problem", "down"), AlertState.FIRING),
    **dict.fromkeys(("news", "note", "comment", "update", "pending", "suppressed"), AlertState.NEWS),
    **dict.fromkeys(("downtime", "maintenance", "insufficient_data"), AlertState.NEWS),
}
_KEY = ("key", "dedup", "dedup_key", "alias", "alert_uid", "incident_key", "fingerprint")
_STATUS = ("status", "state", "action", "event_action")
_SEVERITY = ("severity", "priority", "level")
_TITLE = ("title", "summary", "subject", "name")
_MESSAGE = ("message", "details", "description", "body", "text")
_BEGAN = ("began_at", "started_at", "startsAt", "starts_at")
_LINKS = ("link", "url", "runbook", "runbook_url", "dashboard", "dashboard_url")
_TAGS = ("labels", "tags", "meta")
_OTHERS = ("group", "by", "user", "token")
_OWN = {*_KEY, *_STATUS, *_TITLE, *_MESSAGE, *_BEGAN, *_LINKS, *_TAGS, *_OTHERS}
_TELL = {*_KEY, *_STATUS, *_SEVERITY, *_TITLE, *_MESSAGE, "service"}


def read_plain(delivery: Payload) -> Sequence[Alert]:
    """An alert of each object, of the form, or of the text; the query says what they do not."""
    query = dict[str, object](delivery.query)
    if is_json(delivery):
        return [_alert({**query, **each}) for each in objects_in_body(delivery)]
    form = form_in_body(delivery)
    if not _TELL & form.keys() and (whole := text_in_body(delivery).strip()):
        title, _, rest = whole.partition("\n")
        form = {"title": query.get("title") or title, "message": whole if rest or "title" in query else ""}
    return [_alert(query | form)]


def _alert(fields: Mapping[str, object]) -> Alert:
    message = first_text(fields, *_MESSAGE)
    rest = {name: value for name, value in fields.items() if name not in _OWN}
    labels = labels_of(*(tags_of(fields.get(name)) for name in _TAGS), rest)
    written = ", ".join(f"{name}: {value}" for name, value in list(labels.items())[:5])
    named = first_text(fields, *_TITLE)
    title = first_line(named, message)
    key = key_of(first_text(fields, *_KEY)) or key_of(title) or key_of(written)
    if not key:
        raise UnreadablePayload("it has neither a key nor a title")
    words = (line_of(fields.get(name)).lower() for name in _STATUS)
    states = filter(None, map(_STATES.get, words))
    return Alert(
        key=key or hashed_key(title),
        state=next(states, AlertState.FIRING),
        title=title or first_line(written, key),
        message=paragraphs(whole_if_longer(named), message),
        severity=severity_of(*(fields.get(name) for name in _SEVERITY), labels.get("severity")),
        group=key_of(fields.get("group")) or None,
        began_at=next(filter(None, (any_instant(fields.get(name)) for name in _BEGAN)), None),
        labels=labels,
        links=links_by_name(
            source=first_text(fields, "link", "url"),
            runbook=first_text(fields, "runbook", "runbook_url"),
            dashboard=first_text(fields, "dashboard", "dashboard_url"),
        ),
        by=person_or_none(first_text(fields, "by", "user")),
    )


KIND = AlertKind(name="json", read=read_plain, severities=USUAL_SEVERITIES)
