"""CloudWatch's alarms by SNS: JSON in JSON, whatever its content type says.

A topic is subscribed once: what confirms it is the address that `subscription` gives. ALARM begins, OK
ends; INSUFFICIENT_DATA does neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import json_of, objects_in_body
from escalate_cli.alerts.fields import (
    any_instant,
    any_text,
    first_line,
    first_text,
    hashed_key,
    key_of,
    line_of,
    list_or_none,
    object_or_none,
    paragraphs,
)
from escalate_cli.alerts.labels import labels_of, tags_of
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_STATES = {"ok": AlertState.OVER, "insufficient_data": AlertState.NEWS}
_SNS = re.compile(r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(:443)?/[!-\[\]-~]{0,2000}")
"""no user, no other host, no backslash"""


def read_cloudwatch(delivery: Payload) -> Sequence[Alert]:
    """The alarm of a notification; nothing of what is about the subscription."""
    alerts = []
    for envelope in objects_in_body(delivery):
        if line_of(envelope.get("Type")) in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
            continue
        alarm = envelope if "AlarmName" in envelope else _within(envelope.get("Message"))
        alerts.append(_alarm(alarm, envelope) if "NewStateValue" in alarm else _note(alarm, envelope))
    return alerts


def subscription(delivery: Payload) -> str | None:
    """The address that is to be opened so that SNS sends notifications. Only one of SNS is given."""
    try:
        envelopes = objects_in_body(delivery)
    except UnreadablePayload:
        return None
    for envelope in envelopes:
        address = envelope.get("SubscribeURL")
        confirms = line_of(envelope.get("Type")) == "SubscriptionConfirmation"
        if confirms and isinstance(address, str) and _SNS.fullmatch(address):
            return address
    return None


def _within(message: object) -> Mapping[str, object]:
    if not isinstance(message, str):
        return object_or_none(message)
    try:
        return object_or_none(json_of(message))
    except UnreadablePayload:
        return {}


def _alarm(alarm: Mapping[str, object], envelope: Mapping[str, object]) -> Alert:
    named = [alarm.get(name) for name in ("AWSAccountId", "Region", "AlarmName") if alarm.get(name)]
    key = key_of(alarm.get("AlarmArn")) or key_of(*named) or key_of(envelope.get("TopicArn"))
    state = _STATES.get(line_of(alarm.get("NewStateValue")).lower(), AlertState.FIRING)
    trigger = object_or_none(alarm.get("Trigger"))
    fixed = {
        "alertname": alarm.get("AlarmName"),
        "namespace": trigger.get("Namespace"),
        "metric": trigger.get("MetricName"),
        "region": alarm.get("Region"),
        "account": alarm.get("AWSAccountId"),
    }
    return Alert(
        key=key or hashed_key(first_text(envelope, "Subject")),
        state=state,
        title=first_line(first_text(alarm, "AlarmName"), first_text(envelope, "Subject"), key),
        message=paragraphs(first_text(alarm, "AlarmDescription"), first_text(alarm, "NewStateReason")),
        began_at=any_instant(alarm.get("StateChangeTime")) if state is AlertState.FIRING else None,
        labels=labels_of(fixed, tags_of(list_or_none(trigger.get("Dimensions")))),
    )


def _note(alarm: Mapping[str, object], envelope: Mapping[str, object]) -> Alert:
    """A message to the topic that is no alarm: it is not lost."""
    subject, message = first_text(envelope, "Subject"), any_text(envelope.get("Message"))
    title = first_line(subject, first_text(alarm, "AlarmName"), message)
    if not title:
        raise UnreadablePayload("it is no notification of SNS: it has no Message")
    return Alert(
        key=key_of(title) or hashed_key(title),
        state=AlertState.FIRING,
        title=title,
        message=paragraphs(message),
        labels=labels_of({"topic": envelope.get("TopicArn")}),
    )


KIND = AlertKind(name="cloudwatch", read=read_cloudwatch, severities=())
