"""Uptime Kuma, Healthchecks, Icinga and Nagios: templates, forms, environments."""

from __future__ import annotations

import json

import pytest

from escalate_cli.alerts.payload import UnreadablePayload
from escalate_cli.core.alerts.alert import AlertState
from tests.alerts.sending import FORM, read, read_only, sample


def test_uptime_kuma_is_read_as_a_form_in_parts_and_as_a_query():
    down = sample("uptime-kuma", "down.json")
    expected = read_only("uptime-kuma", down)
    parts = b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n' + down + b"\r\n--x--\r\n"
    multipart = {"content-type": "multipart/form-data; boundary=x"}
    assert read_only("uptime-kuma", parts, headers=multipart) == expected
    assert read_only("uptime-kuma", b"", query={"data": down.decode()}) == expected
    flat = {"monitorID": "12", "status": "1", "msg": "[Shop] [Up] 200 - OK"}
    assert read_only("uptime-kuma", b"", query=flat).state is AlertState.OVER


@pytest.mark.parametrize(("status", "state"), [(0, "firing"), (1, "over"), (2, "news"), (3, "news")])
def test_a_heartbeat_of_uptime_kuma_says(status, state):
    document = {"heartbeat": {"status": status}, "monitor": {"id": 3, "name": "Shop"}, "msg": "x"}
    assert read_only("uptime-kuma", document).state.value == state


def test_a_certificate_that_ends_soon_is_no_test():
    warning = json.loads(sample("uptime-kuma", "certificate.json"))
    alert = read_only("uptime-kuma", warning)
    later = warning | {"msg": warning["msg"].replace("14", "7")}
    assert alert.state is AlertState.FIRING
    assert read_only("uptime-kuma", later).key == alert.key


def test_severity_may_be_a_tag():
    monitor = {
        "id": 1,
        "name": "Shop",
        "tags": [{"name": "P1", "value": ""}, {"name": "team", "value": "web"}],
    }
    alert = read_only("uptime-kuma", {"heartbeat": {"status": 0}, "monitor": monitor, "msg": "x"})
    assert (alert.severity, alert.labels["team"]) == ("P1", "web")
    check = {"name": "Backup", "code": "c", "status": "down", "tags": "prod critical team=web"}
    alert = read_only("healthchecks", check)
    assert (alert.severity, alert.labels["team"], alert.labels["tags"]) == (
        "critical",
        "web",
        "prod, critical",
    )


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (b"code=c&status=up&name=Backup", {}),
        (b"", {"code": "c", "status": "up", "name": "Backup"}),
        (b'{"code": "c", "status": "up", "name": "Backup", "check": "$JSON"}', {}),
        (b"Backup is UP", {"code": "c", "status": "up"}),
        (b'{"name": "$NAME", "check": {"name": "Backup", "unique_key": "c", "status": "up"}}', {}),
    ],
)
def test_healthchecks_is_read_whatever_its_template(body, query):
    alert = read_only("healthchecks", body, query=query)
    assert (alert.key, alert.state) == ("c", AlertState.OVER)


def test_a_plain_line_of_healthchecks_has_one_key():
    down, up = read_only("healthchecks", b"Backup is DOWN"), read_only("healthchecks", b"Backup is UP")
    assert (down.state, up.state, down.title) == (AlertState.FIRING, AlertState.OVER, "Backup is DOWN")
    assert down.key == up.key


SERVICE = {
    "NOTIFICATIONTYPE": "PROBLEM",
    "HOSTALIAS": "web-1",
    "HOSTADDRESS": "192.0.2.10",
    "SERVICEDESC": "http",
    "SERVICEDISPLAYNAME": "Shop over HTTP",
    "SERVICESTATE": "CRITICAL",
    "SERVICEOUTPUT": "HTTP CRITICAL: 502 Bad Gateway",
    "NOTIFICATIONAUTHORNAME": "Ana",
    "NOTIFICATIONCOMMENT": "I look",
    "HOSTNAME": "monitor-1",
    "SECRET": "geheim",
    "HOST": "geheim",
    "STATE": "geheim",
}


@pytest.mark.parametrize(
    ("type_", "condition", "state"),
    [
        *(("PROBLEM", "CRITICAL", "firing"), ("RECOVERY", "OK", "over"), ("CUSTOM", "CRITICAL", "news")),
        *(("ACKNOWLEDGEMENT", "CRITICAL", "acknowledged"), ("FLAPPINGSTART", "WARNING", "news")),
        *(("FLAPPINGSTOP", "OK", "news"), ("DOWNTIMESTART", "CRITICAL", "news")),
        *(("DOWNTIMEREMOVED", "OK", "news"), ("", "OK", "over"), ("", "WARNING", "firing")),
        ("$NOTIFICATIONTYPE$", "OK", "over"),
    ],
)
def test_a_notification_of_icinga_says(type_, condition, state):
    said = {**SERVICE, "NOTIFICATIONTYPE": type_, "SERVICESTATE": condition}
    alert = read_only("icinga", environ=said)
    assert (alert.key, alert.state.value) == ("web-1:http", state)
    assert "geheim" not in repr(alert)
    assert "monitor-1" not in repr(alert)


def test_icinga_tells_what_and_by_whom():
    problem = read_only("icinga", environ=SERVICE)
    assert problem.title == "Shop over HTTP on web-1: HTTP CRITICAL: 502 Bad Gateway"
    assert (problem.severity, problem.by) == ("CRITICAL", None)
    taken = read_only("icinga", environ={**SERVICE, "NOTIFICATIONTYPE": "ACKNOWLEDGEMENT"})
    assert (taken.by, taken.message) == ("Ana", "I look\n\nHTTP CRITICAL: 502 Bad Gateway")


def test_a_host_of_nagios_is_read_with_the_prefix_and_as_a_form():
    host = {"NAGIOS_NOTIFICATIONTYPE": "PROBLEM", "NAGIOS_HOSTNAME": "web-1", "NAGIOS_HOSTSTATE": "DOWN"}
    alert = read_only(
        "icinga", environ={**host, "NAGIOS_HOSTOUTPUT": "PING CRITICAL", "HOSTNAME": "monitor-1"}
    )
    assert (alert.key, alert.severity, alert.title) == ("web-1", "DOWN", "web-1: PING CRITICAL")
    form = b"NOTIFICATIONTYPE=RECOVERY&HOSTNAME=web-1&HOSTSTATE=UP&HOSTOUTPUT=PING+OK"
    over = read_only("icinga", form, headers=FORM)
    assert (over.key, over.state) == ("web-1", AlertState.OVER)


def test_a_host_of_icinga_has_no_service_of_the_environment():
    around = {"HOSTALIAS": "web-1", "HOSTSTATE": "DOWN", "SERVICE": "systemd", "SERVICEDESC": ""}
    alert = read_only("icinga", environ={**around, "NOTIFICATIONTYPE": "PROBLEM"})
    assert (alert.key, alert.title) == ("web-1", "web-1: DOWN")


def test_the_sample_of_icinga():
    lines = sample("icinga", "icinga2-environment.txt").decode().splitlines()
    said = dict(line.split("  ")[0].strip().split("=", 1) for line in lines)
    assert read_only("icinga", environ=said).key == "web-1:http"


def test_an_environment_without_a_notification_is_unreadable():
    with pytest.raises(UnreadablePayload):
        read("icinga", environ={"PATH": "/bin", "HOSTNAME": "web-1"})
