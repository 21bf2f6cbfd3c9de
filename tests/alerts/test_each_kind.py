"""What holds for every kind alike: an alert fires, fires again, and is over, in any order; whatever its
severity, its length, its characters.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from escalate_cli.alerts.kinds import ALERT_KINDS, kind_named
from escalate_cli.alerts.payload import Payload, UnreadablePayload
from escalate_cli.core.alerts.alert import Alert, AlertState
from tests.alerts.sending import FORM


def _alertmanager(text: str, severity: str, over: bool) -> Payload:
    labels = {"alertname": "Down", "severity": severity}
    status = "resolved" if over else "firing"
    alert = {"status": status, "labels": labels, "annotations": {"summary": text}, "fingerprint": "f1"}
    return _json({"status": status, "alerts": [alert], "groupKey": "g", "receiver": "r"})


def _pagerduty(text: str, severity: str, over: bool) -> Payload:
    action = "resolve" if over else "trigger"
    payload = {"summary": text, "severity": severity}
    return _json({"routing_key": "k", "dedup_key": "d", "event_action": action, "payload": payload})


def _opsgenie(text: str, severity: str, over: bool) -> Payload:
    body = {} if over else {"alias": "a", "message": text, "priority": severity}
    return Payload(body=json.dumps(body).encode(), path="/a/close" if over else "")


def _zabbix(text: str, severity: str, over: bool) -> Payload:
    value = "0" if over else "1"
    return _json(
        {"event_id": "1", "event_value": value, "event_name": text, "event_nseverity": severity, "x": 1}
    )


def _icinga(text: str, severity: str, over: bool) -> Payload:
    type_, condition = ("RECOVERY", "OK") if over else ("PROBLEM", severity)
    around = {"HOSTALIAS": "h", "SERVICEDESC": "s", "SERVICEOUTPUT": text, "SERVICESTATE": condition}
    return Payload(environ={**around, "NOTIFICATIONTYPE": type_})


def _cloudwatch(text: str, severity: str, over: bool) -> Payload:
    value = "OK" if over else "ALARM"
    alarm = {"AlarmArn": "arn", "AlarmName": text, "NewStateValue": value, "AlarmDescription": severity}
    return _json({"Type": "Notification", "Message": json.dumps(alarm)})


def _datadog(text: str, severity: str, over: bool) -> Payload:
    transition = "Recovered" if over else "Triggered"
    said = {"alert_id": "1", "title": text, "alert_transition": transition, "alert_priority": severity}
    return _json(said)


def _sentry(text: str, severity: str, over: bool) -> Payload:
    if over:
        return _json({"action": "resolved", "data": {"issue": {"id": "1", "title": text}}})
    event = {"issue_id": "1", "title": text, "level": severity}
    return _json({"action": "triggered", "data": {"event": event}})


def _uptime_kuma(text: str, severity: str, over: bool) -> Payload:
    tags = [{"name": "severity", "value": severity}]
    heartbeat = {"status": 1 if over else 0, "msg": "200 - OK"}
    return _json({"heartbeat": heartbeat, "monitor": {"id": 1, "tags": tags}, "msg": text})


def _healthchecks(text: str, severity: str, over: bool) -> Payload:
    said = {"code": "c", "title": text, "status": "up" if over else "down", "severity": severity}
    return _json(said)


def _plain(text: str, severity: str, over: bool) -> Payload:
    said = {"key": "k", "title": text, "status": "resolved" if over else "firing", "severity": severity}
    return _json(said)


def _json(value: object) -> Payload:
    return Payload(body=json.dumps(value).encode(), headers={"content-type": "application/json"})


SENDERS: dict[str, Callable[[str, str, bool], Payload]] = {
    "alertmanager": _alertmanager,
    "grafana": _alertmanager,
    "pagerduty": _pagerduty,
    "opsgenie": _opsgenie,
    "zabbix": _zabbix,
    "icinga": _icinga,
    "cloudwatch": _cloudwatch,
    "datadog": _datadog,
    "sentry": _sentry,
    "uptime-kuma": _uptime_kuma,
    "healthchecks": _healthchecks,
    "json": _plain,
}
every_kind = pytest.mark.parametrize("kind", SENDERS)


def _sent(kind: str, text: str = "Disk full", severity: str = "P2", *, over: bool = False) -> Alert:
    (alert,) = kind_named(kind).read(SENDERS[kind](text, severity, over))
    return alert


def test_every_kind_is_among_them():
    assert list(SENDERS) == list(ALERT_KINDS)
    assert [kind_named(name).name for name in ALERT_KINDS] == list(ALERT_KINDS)
    with pytest.raises(KeyError):
        kind_named("nagios-3")


@every_kind
def test_it_fires_repeats_and_is_over_by_one_key(kind):
    firing, again, over = _sent(kind), _sent(kind), _sent(kind, over=True)
    assert firing == again
    assert (firing.state, over.state, over.key) == (AlertState.FIRING, AlertState.OVER, firing.key)


@every_kind
def test_its_key_stays_while_what_it_says_changes(kind):
    assert _sent(kind, "Disk 97 % full").key == _sent(kind, "Disk 98 % full", "P1").key


@every_kind
def test_a_severity_that_nobody_knows_is_kept_as_its_word(kind):
    expected = None if kind == "cloudwatch" else "Ragnarök"
    assert _sent(kind, severity="Ragnarök").severity == expected


@every_kind
def test_severities_are_words_in_lower_case_each_once(kind):
    words = [word for rank in kind_named(kind).severities for word in rank]
    assert words == [word.lower() for word in words]
    assert len(words) == len(set(words))


@every_kind
def test_a_text_of_a_megabyte_is_read(kind):
    alert = _sent(kind, "Disk full " * 100_000)
    assert alert.title.startswith("Disk full" if kind != "icinga" else "s on h: Disk full")
    assert alert.key == _sent(kind).key
    assert all(len(text) <= 1000 for text in alert.labels.values())


@every_kind
@pytest.mark.parametrize("text", ["a\x00b", "\ud800x", "\u202ex", "‰🔴", "\x1b[31mx", "'\"<script>", "$NAME"])
def test_any_character_is_read_and_can_be_stored(kind, text):
    alert = _sent(kind, text + " Disk full")
    assert all("\x00" not in part and part.encode() for part in _texts(alert))
    assert "Disk full" in alert.title


@every_kind
def test_a_title_is_one_line(kind):
    assert "\n" not in _sent(kind, "Disk\r\nfull").title


@every_kind
@pytest.mark.parametrize(
    "body", [b"{", b'{"a": ', b"[1", b"{]", b'{"a": 1} and more', b"[" * 10_000, b'{"a":' * 10_000, b"[{"]
)
def test_broken_json_is_unreadable(kind, body):
    for headers in ({}, {"content-type": "application/json"}, FORM):
        if kind in ("json", "healthchecks", "zabbix") and body == b"[1" and "json" not in str(headers):
            continue  # a text
        with pytest.raises(UnreadablePayload) as refused:
            kind_named(kind).read(Payload(body=body, headers=headers))
        assert len(str(refused.value)) < 120


@every_kind
def test_nothing_at_all_is_unreadable(kind):
    for body in (b"", b"  \n", b"\xef\xbb\xbf", b"\x00", b"{}", b"null", b"[null, 7]"):
        if kind in ("json", "healthchecks", "zabbix") and b"null" in body:
            continue  # a text
        with pytest.raises(UnreadablePayload):
            kind_named(kind).read(Payload(body=body))


@every_kind
def test_an_empty_list_says_nothing(kind):
    assert list(kind_named(kind).read(Payload(body=b" [ ] "))) == []


@every_kind
def test_a_byte_order_mark_and_other_codings_are_read(kind):
    delivery = SENDERS[kind]("Müll 🔴", "P2", False)
    plain = kind_named(kind).read(delivery)
    if kind == "icinga":
        return
    text = delivery.body.decode()
    for coding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert kind_named(kind).read(_with(delivery, text.encode(coding))) == plain


@every_kind
def test_what_is_json_twice_is_opened(kind):
    delivery = SENDERS[kind]("Disk full", "P2", False)
    if kind == "icinga":
        return
    twice = _with(delivery, json.dumps(delivery.body.decode()).encode())
    assert kind_named(kind).read(twice) == kind_named(kind).read(delivery)


@every_kind
def test_no_number_and_no_double_name_stops_it(kind):
    delivery = SENDERS[kind]("Disk full", "P2", False)
    if kind == "icinga":
        return
    more = b', "n": NaN, "i": -Infinity, "b": 1e999, "l": ' + b"9" * 4000 + b', "n": "t\tt", "s": "\\ud800"}'
    assert kind_named(kind).read(_with(delivery, delivery.body[:-1] + more))[0].title == "Disk full"


def _with(delivery: Payload, body: bytes) -> Payload:
    return Payload(body=body, headers=delivery.headers, path=delivery.path)


def _texts(alert: Alert) -> list[Any]:
    several = [*alert.labels, *alert.labels.values(), *alert.links, *alert.links.values()]
    return list(filter(None, [alert.key, alert.title, alert.message, alert.severity, alert.group, *several]))
