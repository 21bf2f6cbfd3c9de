"""Zabbix: a webhook that posts its parameters, or a script that is given a subject and a message.

The key is the id of the problem's event, which its updates and its recovery have too. Macros that Zabbix
could not fill stand as they are ("{EVENT.OPDATA}", "*UNKNOWN*"): they say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import fields_in_body, json_of
from escalate_cli.alerts.fields import (
    any_instant,
    any_text,
    first_line,
    first_text,
    hashed_key,
    key_of,
    line_of,
    paragraphs,
    person_or_none,
    severity_of,
    squeezed,
    whole_if_longer,
)
from escalate_cli.alerts.labels import labels_of, links_by_name, tags_of
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_UNFILLED = re.compile(r"|\{[A-Z][A-Z0-9_.:#$]*\}|\*UNKNOWN\*")
_LINE = re.compile(r"([A-Za-z][A-Za-z /]{0,40}):[ \t]*(\S.*)")
_OVER = ("0", "ok", "resolved", "recovered", "up")
_FROM_LINES = {
    "Original problem ID": "eventid",
    "Event ID": "eventid",
    "Problem name": "eventname",
    "Event name": "eventname",
    "Host": "hostname",
    "Severity": "eventseverity",
    "Status": "eventstatus",
    "Tags": "eventtags",
    "Operational data": "eventopdata",
}
_TELL = ("eventid", "eventname", "triggerid", "triggername", "alertsubject", "alertmessage")


def read_zabbix(delivery: Payload) -> Sequence[Alert]:
    """The problem that each event is about."""
    return [_alert(_filled(event)) for event in fields_in_body(delivery, "plain")]


def _filled(event: Mapping[str, object]) -> dict[str, object]:
    values = squeezed(event, _UNFILLED)
    if "plain" in values:
        values["subject"], _, values["message"] = any_text(values["plain"]).partition("\n")
    for name in ("subject", "message"):
        values.setdefault(f"alert{name}", values.get(name))
    lines = (_LINE.fullmatch(line.strip()[:2000]) for line in _first_lines(values))
    for line in filter(None, lines):
        if line[1] in _FROM_LINES:
            values.setdefault(_FROM_LINES[line[1]], line[2])
    return values


def _first_lines(values: Mapping[str, object]) -> list[str]:
    return any_text(values.get("alertmessage"))[:20_000].splitlines()


def _alert(event: Mapping[str, object]) -> Alert:
    if not first_text(event, *_TELL):
        raise UnreadablePayload("it names no event: event_id and event_name are missing")
    host = first_text(event, "hostname", "hosthost", "host")
    subject, name = first_text(event, "alertsubject"), first_text(event, "eventname", "triggername")
    key = key_of(event.get("eventid")) or key_of(event.get("triggerid"), host)
    state = _state(event, subject)
    news = state in (AlertState.NEWS, AlertState.ACKNOWLEDGED)
    fixed = {"host": host, "host_ip": event.get("hostip"), "trigger_id": event.get("triggerid")}
    names = "eventupdateuser", "updateuser", "userfullname", "username"
    return Alert(
        key=key or hashed_key(name or _without_state(subject), host),
        state=state,
        title=first_line(name, subject, key),
        message=paragraphs(
            whole_if_longer(name),
            first_text(event, "eventupdatemessage", "updatemessage") if news else "",
            first_text(event, "alertmessage"),
            first_text(event, "eventopdata", "opdata"),
        ),
        severity=severity_of(*(event.get(name) for name in ("eventnseverity", "eventseverity", "severity"))),
        began_at=any_instant(event.get("eventtimestamp")),
        labels=labels_of(fixed, _tags(event), {"opdata": event.get("eventopdata")}),
        links=links_by_name(source=event.get("eventurl"), runbook=event.get("triggerurl")),
        by=person_or_none(first_text(event, *names)) if news else None,
    )


def _tags(event: Mapping[str, object]) -> Mapping[str, object]:
    written = event.get("eventtagsjson")
    try:
        return tags_of(json_of(written) if isinstance(written, str) else written or event.get("eventtags"))
    except UnreadablePayload:
        return tags_of(event.get("eventtags"))


def _state(event: Mapping[str, object], subject: str) -> AlertState:
    """An end is one whatever else it is; an update never begins anything."""
    values = (line_of(event.get(name)).lower() for name in ("eventvalue", "eventstatus", "triggerstatus"))
    value = next(filter(None, values), "") or _first_word(subject)
    if value in _OVER:
        return AlertState.OVER
    if line_of(event.get("eventupdatestatus")).lower() in ("1", "true", "yes") or value == "updated":
        acknowledged = line_of(event.get("eventack") or event.get("eventackstatus")).lower()
        return AlertState.ACKNOWLEDGED if acknowledged in ("yes", "1", "true") else AlertState.NEWS
    return AlertState.FIRING


def _first_word(subject: str) -> str:
    word = re.match(r"\W*(\w{1,20})", subject)
    return word[1].lower() if word else ""


def _without_state(subject: str) -> str:
    return subject.partition(":")[2] or subject


KIND = AlertKind(
    name="zabbix",
    read=read_zabbix,
    severities=(
        *(("0", "not classified"), ("1", "information"), ("2", "warning")),
        *(("3", "average"), ("4", "high"), ("5", "disaster")),
    ),
)
