"""Datadog: the template that we publish, or one of its own. It has no payload of its own.

The key is the monitor and what of it is concerned ($ALERT_ID and $ALERT_SCOPE). A variable that Datadog
does not know stays as it is written ("$ALERT_CYCLE_KEY"): it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import fields_in_body
from escalate_cli.alerts.fields import (
    first_line,
    first_text,
    hashed_key,
    key_of,
    line_of,
    object_or_none,
    paragraphs,
    severity_of,
    squeezed,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, links_by_name, tags_of
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_UNFILLED = re.compile(r"\$\{?[A-Z][A-Z_0-9]*\}?")
_STATE_IN_TITLE = re.compile(r"\[([A-Za-z -]{1,40})[^\[\]]{0,400}\] *(.*)", re.DOTALL)
_OVER = ("recovered", "success", "ok", "resolved", "recovery")
_NEWS = ("muted", "unmuted")
_TELL = ("alertid", "aggregkey", "alertcyclekey", "title", "eventtitle", "alerttitle", "id")


def read_datadog(delivery: Payload) -> Sequence[Alert]:
    """The monitor that each event is about."""
    return [_alert(squeezed(event, _UNFILLED)) for event in fields_in_body(delivery)]


def _alert(event: Mapping[str, object]) -> Alert:
    if not first_text(event, *_TELL):
        raise UnreadablePayload("it has neither alert_id nor title: see the template in the guide")
    whole = first_text(event, "title", "eventtitle", "alerttitle")
    title = first_line(whole)
    in_title = _STATE_IN_TITLE.match(title[:2000])
    scope = first_text(event, "alertscope", "scope")
    alert = key_of(event.get("alertid"))
    key = key_of(alert, scope) if alert else key_of(first_text(event, "aggregkey", "alertcyclekey"))
    kind = line_of(event.get("alerttype")).lower()
    fixed = {
        "host": event.get("hostname"),
        "alert_id": event.get("alertid"),
        "alert_cycle_key": event.get("alertcyclekey"),
        "alert_query": event.get("alertquery"),
        "metric": first_text(event, "alertmetric", "metric"),
        "event_type": event.get("eventtype"),
        "org": object_or_none(event.get("org")).get("name") or event.get("orgname"),
    }
    named = in_title[2] if in_title else title
    return Alert(
        key=key or key_of(named, scope) or hashed_key(first_text(event, "id"), title),
        state=_state(event, in_title[1] if in_title else "", kind),
        title=first_line(title, key),
        message=paragraphs(
            whole_if_longer(whole), first_text(event, "body", "textonlymsg", "eventmsg", "message")
        ),
        severity=severity_of(
            first_text(event, "alertpriority", "priority"), kind if kind not in _OVER else ""
        ),
        group=alert or None,
        labels=labels_of(fixed, tags_of(event.get("tags")), tags_of(scope)),
        links=links_by_name(
            source=event.get("link"), image=event.get("snapshot"), runbook=event.get("runbookurl")
        ),
    )


def _state(event: Mapping[str, object], in_title: str, kind: str) -> AlertState:
    """By the transition; without one by the title ("[Recovered on …]") and by the type."""
    transition = line_of(first_text(event, "alerttransition", "transition"))
    words = re.findall(r"[a-z]+", (transition or f"{in_title} {kind}")[:200].lower())
    if any(word in _OVER for word in words):
        return AlertState.OVER
    return AlertState.NEWS if words and all(word in _NEWS for word in words) else AlertState.FIRING


KIND = AlertKind(
    name="datadog",
    read=read_datadog,
    severities=(("p5", "info"), ("p4", "low"), ("p3", "warning", "normal"), ("p2", "error"), ("p1",)),
)
