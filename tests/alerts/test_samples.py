"""Every sample of every kind: its key, what it says, how bad it is, its title."""

from __future__ import annotations

import pytest

from escalate_cli.alerts.kinds import ALERT_KINDS
from escalate_cli.alerts.payload import UnreadablePayload
from escalate_cli.core.alerts.alert import AlertState
from tests.alerts.sending import SAMPLES, read, sample

HASH = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
ARN = "arn:aws:cloudwatch:eu-west-2:123456789012:alarm:example-cloudwatch-alarm"
CHECK = "7610d61b-0000-0000-0000-000000000000"
UID = "08d6891a-835c-e661-39fa-96b6a9e26552"
CPU = "High CPU utilization (over 90% for 5m)"

SAID = {
    ("alertmanager", "firing.json"): [
        ("f404ecabc8dd5cd7", "firing", "critical", "Instance web-1 down"),
        ("f8f08d4e32c61a9d", "over", "critical", "Instance web-2 down"),
    ],
    ("alertmanager", "resolved.json"): [("f404ecabc8dd5cd7", "over", "critical", "Instance web-1 down")],
    ("alertmanager", "api-v2-alerts.json"): [
        ("0554ab8314b47809", "firing", "critical", "Instance web-1 down")
    ],
    ("alertmanager", "pulled.json"): [
        ("f404ecabc8dd5cd7", "firing", "critical", "Instance web-1 down"),
        ("a1b2c3d4e5f60718", "news", None, "DiskFull"),
    ],
    ("grafana", "unified.json"): [
        ("c6eadffa33fcdf37", "firing", None, "This alert was triggered for zone us-1")
    ],
    ("grafana", "legacy.json"): [("1:7", "firing", "warning", "[Alerting] Panel Title alert")],
    ("grafana", "legacy-ok.json"): [("1:7", "over", None, "[OK] Panel Title alert")],
    ("grafana", "formatted.json"): [(UID, "firing", None, "The whole system is down")],
    ("grafana", "formatted-ok.json"): [(UID, "over", None, "The whole system is down")],
    ("pagerduty", "trigger-alertmanager.json"): [
        (HASH, "firing", "error", "[FIRING:1] InstanceDown (web-1.example.com:9100 node critical)")
    ],
    ("pagerduty", "trigger-uptime-kuma.json"): [
        (
            *("Uptime Kuma/12", "firing", "critical"),
            "[Uptime Kuma Monitor 🔴 Down] [Shop] Request failed with status code 502",
        )
    ],
    ("pagerduty", "resolve-uptime-kuma.json"): [
        ("Uptime Kuma/12", "over", "critical", "[Uptime Kuma Monitor ✅ Up] [Shop] 200 - OK")
    ],
    ("pagerduty", "v1-healthchecks.json"): [
        (
            *("2a4f9c1d8b7e6f5a4c3b2a1908f7e6d5c4b3a291", "firing", None),
            '"Nightly backup" is DOWN (success signal did not arrive on time, grace time passed).',
        )
    ],
    ("pagerduty", "change.json"): [],
    ("opsgenie", "create-alertmanager.json"): [
        (HASH, "firing", "P1", "[FIRING:1] InstanceDown (web-1.example.com:9100 node critical)")
    ],
    ("zabbix", "problem.json"): [("4711", "firing", "4", CPU)],
    ("zabbix", "recovery.json"): [("4711", "over", "4", CPU)],
    ("zabbix", "acknowledged.json"): [("4711", "acknowledged", "4", CPU)],
    ("zabbix", "script-problem.txt"): [("4711", "firing", "High", CPU)],
    ("zabbix", "script-recovery.txt"): [("4711", "over", "High", CPU)],
    ("cloudwatch", "notification.json"): [(ARN, "firing", None, "example-cloudwatch-alarm")],
    ("cloudwatch", "notification-ok.json"): [(ARN, "over", None, "example-cloudwatch-alarm")],
    ("cloudwatch", "insufficient.json"): [(ARN, "news", None, "example-cloudwatch-alarm")],
    ("cloudwatch", "subscription-confirmation.json"): [],
    ("datadog", "triggered.json"): [
        (
            *("1234567890:host:srv1-eu1-prod", "firing", "P2"),
            "[Triggered on {host:srv1-eu1-prod}] High CPU Usage",
        )
    ],
    ("datadog", "recovered.json"): [
        (
            *("1234567890:host:srv1-eu1-prod", "over", "P2"),
            "[Recovered on {host:srv1-eu1-prod}] High CPU Usage",
        )
    ],
    ("datadog", "event.json"): [("High CPU Usage", "over", None, "[Recovered] High CPU Usage")],
    ("sentry", "issue-alert.json"): [
        ("1117540176", "firing", "error", "ReferenceError: heck is not defined")
    ],
    ("sentry", "issue-resolved.json"): [
        ("1117540176", "over", "error", "ReferenceError: heck is not defined")
    ],
    ("sentry", "metric-alert.json"): [("metric:4", "firing", "critical", "Critical: Too many errors")],
    ("sentry", "metric-resolved.json"): [("metric:4", "over", None, "Resolved: Too many errors")],
    ("uptime-kuma", "down.json"): [
        ("12", "firing", None, "[Shop] [🔴 Down] Request failed with status code 502")
    ],
    ("uptime-kuma", "up.json"): [("12", "over", None, "[Shop] [✅ Up] 200 - OK")],
    ("uptime-kuma", "test.json"): [],
    ("healthchecks", "rendered-down.json"): [(CHECK, "firing", None, "Nightly backup is down")],
    ("healthchecks", "rendered-up.json"): [(CHECK, "over", None, "Nightly backup is up")],
    ("json", "title.json"): [("disk-full-db-1", "over", None, "Disk full on db-1")],
    ("json", "form.txt"): [("disk-full-db-1", "firing", None, "Disk full on db-1")],
    ("json", "goalert.txt"): [("disk-full-db-1", "firing", None, "Disk full")],
    ("json", "goalert-close.txt"): [("disk-full-db-1", "over", None, "Disk full")],
    ("json", "text.txt"): [("Disk full on db-1", "firing", None, "Disk full on db-1")],
}
TEMPLATES = [("datadog", "template.json"), ("healthchecks", "webhook-down.json")]
"""what is to be filled, and says nothing as it is"""
READ_ELSEWHERE = [
    *(("icinga", "icinga2-environment.txt"), ("opsgenie", "close.http"), ("uptime-kuma", "certificate.json")),
    *(("opsgenie", "response-202.json"), ("pagerduty", "response-202.json")),
]


@pytest.mark.parametrize("named", SAID, ids="/".join)
def test_a_sample_says(named):
    alerts = read(named[0], sample(*named))
    assert [(each.key, each.state.value, each.severity, each.title) for each in alerts] == SAID[named]


@pytest.mark.parametrize("named", TEMPLATES, ids="/".join)
def test_a_template_that_is_not_filled_says_nothing(named):
    with pytest.raises(UnreadablePayload):
        read(named[0], sample(*named))


def test_every_kind_and_every_sample_is_among_them():
    lying = {(path.parent.name, path.name) for path in SAMPLES.glob("*/*")}
    assert lying == {*SAID, *TEMPLATES, *READ_ELSEWHERE}
    assert {kind for kind, _ in lying} == set(ALERT_KINDS)


def test_a_repeat_is_the_same_alert():
    assert [named for named in SAID if read(named[0], sample(*named)) != read(named[0], sample(*named))] == []


def test_a_firing_alert_has_a_title_and_every_alert_a_key():
    alerts = [alert for named in SAID for alert in read(named[0], sample(*named))]
    assert all(alert.key for alert in alerts)
    assert all(alert.title for alert in alerts if alert.state is AlertState.FIRING)
    assert all("\n" not in alert.title for alert in alerts)


def test_no_secret_of_a_sample_lands_in_an_alert():
    secret = "00000000000000000000000000000000"
    alerts = [alert for named in SAID for alert in read(named[0], sample(*named))]
    assert secret not in repr(alerts)
