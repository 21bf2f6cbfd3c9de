"""Icinga 2 and Nagios: the environment of a notification command, or the same names in JSON or a form.

The key is the host and its service. Only names that are known are read: the environment of a command
holds more than what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from escalate_cli.alerts.bodies import fields_in_body
from escalate_cli.alerts.fields import (
    any_text,
    first_line,
    first_text,
    key_of,
    line_of,
    paragraphs,
    person_or_none,
    severity_of,
    squeezed,
)
from escalate_cli.alerts.labels import labels_of, links_by_name
from escalate_cli.alerts.payload import AlertKind, Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState

_STATES = {
    "problem": AlertState.FIRING,
    "recovery": AlertState.OVER,
    "acknowledgement": AlertState.ACKNOWLEDGED,
    **dict.fromkeys(("flappingstart", "flappingstop", "flappingend", "flappingdisabled"), AlertState.NEWS),
    **dict.fromkeys(
        ("downtimestart", "downtimeend", "downtimeremoved", "downtimecancelled"), AlertState.NEWS
    ),
    "custom": AlertState.NEWS,
}
_OVER = ("ok", "up")
_UNFILLED = re.compile(r"\$[\w.:-]+\$", re.ASCII)
"""a macro as it was written: "$SERVICEDESC$", "$service.name$"."""
_TELL = ("NOTIFICATIONTYPE", "SERVICESTATE", "HOSTSTATE", "HOSTALIAS")
_OF_OTHERS = ("HOST", "SERVICE", "STATE", "TYPE", "OUTPUT", "LONGOUTPUT", "COMMENT", "AUTHOR")
"""names that are read where they are posted: in an environment they are of something else"""
_PREFIXES = ("NAGIOS_", "ICINGA_")
_HOST = ("hostname", "hostalias", "host", "hostdisplayname", "hostaddress")


def read_icinga(delivery: Payload) -> Sequence[Alert]:
    """The notification of a command, or each that is posted."""
    around = _of_command(delivery.environ)
    if any(line_of(around.get(name)) for name in _TELL):
        return [_alert(squeezed(around, _UNFILLED))]
    if delivery.environ and not delivery.body:
        raise UnreadablePayload("the environment has no NOTIFICATIONTYPE")
    return [_alert(squeezed(each, _UNFILLED)) for each in fields_in_body(delivery)]


def _of_command(environ: Mapping[str, str]) -> dict[str, object]:
    """What a monitor sets, without the prefix that Nagios gives it. It goes before what has none."""
    plain: dict[str, object] = {
        name: text for name, text in environ.items() if name.isupper() and name not in _OF_OTHERS
    }
    for prefix in _PREFIXES:
        plain |= {
            name.removeprefix(prefix): text for name, text in environ.items() if name.startswith(prefix)
        }
    named = any(f"{prefix}HOSTNAME" in environ for prefix in _PREFIXES)
    if not named and (plain.get("HOSTALIAS") or plain.get("HOSTDISPLAYNAME")):
        plain.pop("HOSTNAME", None)  # it may be the shell's: the machine that this runs on
    return plain


def _alert(values: Mapping[str, object]) -> Alert:
    host = line_of(first_text(values, *_HOST))
    service = line_of(first_text(values, "servicedesc", "servicename", "service", "servicedisplayname"))
    kind = "service" if service else "host"
    key = key_of(host, service)
    if not key:
        raise UnreadablePayload("it names neither a host nor a service")
    condition = line_of(first_text(values, f"{kind}state", "state"))
    type_ = line_of(first_text(values, "notificationtype", "type"))
    state = _STATES.get(_word(type_))
    if state is None:
        state = AlertState.OVER if condition.lower() in _OVER else AlertState.FIRING
    output = first_text(values, f"{kind}output", "output")
    news = state in (AlertState.NEWS, AlertState.ACKNOWLEDGED)
    comment = first_text(values, "notificationcomment", f"{kind}ackcomment", "comment")
    author = first_text(values, "notificationauthorname", "notificationauthor", f"{kind}ackauthor", "author")
    shown = line_of(first_text(values, "servicedisplayname")) or service
    where = line_of(first_text(values, "hostdisplayname")) or host
    thing = f"{shown} on {where}" if shown and where else shown or where
    groups = {name: any_text(values.get(f"{name}s")) for name in ("hostgroupname", "servicegroupname")}
    fixed = {"host": host, "service": service, "address": values.get("hostaddress"), "state": condition}
    return Alert(
        key=key,
        state=state,
        title=f"{thing}: {first_line(output, condition, type_, state.value)}",
        message=paragraphs(
            comment if news else "", output, first_text(values, f"long{kind}output", "longoutput")
        ),
        severity=severity_of(condition if condition.lower() not in _OVER else ""),
        labels=labels_of(fixed, groups),
        links=links_by_name(
            runbook=values.get(f"{kind}notesurl"),
            source=values.get(f"{kind}actionurl") or values.get("icingaweburl"),
        ),
        by=person_or_none(author) if news else None,
    )


def _word(type_: str) -> str:
    word = "".join(character for character in type_.lower() if character.isalpha())
    return "custom" if word.startswith("custom") else word


KIND = AlertKind(
    name="icinga", read=read_icinga, severities=(("warning", "unknown"), ("critical", "down", "unreachable"))
)
