"""CloudWatch, Datadog, Zabbix and Sentry: what each does that is easily misread."""

from __future__ import annotations

import json

import pytest

from escalate_cli.alerts.cloudwatch import subscription
from escalate_cli.alerts.payload import Payload
from escalate_cli.core.alerts.alert import AlertState
from tests.alerts.sending import read, read_only, sample


def test_a_subscription_is_confirmed_at_sns_only():
    document = json.loads(sample("cloudwatch", "subscription-confirmation.json"))
    assert subscription(Payload(body=json.dumps(document).encode())) == document["SubscribeURL"]
    for address in (
        "http://sns.eu-west-2.amazonaws.com/?a",
        "https://sns.eu-west-2.amazonaws.com.evil.example/?a",
        "https://sns.eu-west-2.amazonaws.com@evil.example/?a",
        "https://evil.example/sns.eu-west-2.amazonaws.com/",
        "https://sns.a.b.amazonaws.com/",
        "https://s3.eu-west-2.amazonaws.com/",
        "https://sns.eu-west-2.amazonaws.com\\@evil.example/",
        "https://sns.eu-west-2.amazonaws.com:8443/",
        "https://sns.eu-west-2.amazonaws.com/\n",
        None,
        7,
    ):
        sent = json.dumps(document | {"SubscribeURL": address}).encode()
        assert subscription(Payload(body=sent)) is None
    assert subscription(Payload(body=sample("cloudwatch", "notification.json"))) is None
    assert subscription(Payload(body=b"nothing")) is None


def test_an_alarm_is_read_without_its_envelope_and_a_note_is_not_lost():
    whole = json.loads(sample("cloudwatch", "notification.json"))
    bare = read_only("cloudwatch", whole["Message"].encode(), headers={"content-type": "text/plain"})
    assert bare.key == read_only("cloudwatch", whole).key
    note = read_only("cloudwatch", whole | {"Message": "Disk of db-1\nis full", "Subject": None})
    assert (note.state, note.title) == (AlertState.FIRING, "Disk of db-1")


def test_an_older_alarm_has_a_key_of_account_region_and_name():
    whole = json.loads(sample("cloudwatch", "notification.json"))
    older = {name: value for name, value in json.loads(whole["Message"]).items() if name != "AlarmArn"}
    assert read_only("cloudwatch", older).key == "123456789012:EU (London):example-cloudwatch-alarm"


@pytest.mark.parametrize(
    ("transition", "state"),
    [
        *(("Triggered", "firing"), ("Re-Triggered", "firing"), ("Warn", "firing"), ("No Data", "firing")),
        *(("Renotify", "firing"), ("Recovered", "over"), ("Warn Recovered", "over"), ("Muted", "news")),
        ("$ALERT_TRANSITION", "firing"),
    ],
)
def test_a_transition_of_datadog_says(transition, state):
    assert read_only("datadog", {"alert_id": 1, "alert_transition": transition}).state.value == state


def test_datadog_is_read_by_its_own_names_too_and_what_is_not_filled_says_nothing():
    event = {
        "ALERT_ID": "7",
        "ALERT_SCOPE": "$ALERT_SCOPE",
        "EVENT_TITLE": "[Triggered] CPU",
        "TAGS": "$TAGS",
    }
    alert = read_only("datadog", event)
    assert (alert.key, alert.labels) == ("7", {"alert_id": "7"})


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ({"event_value": "1"}, "firing"),
        ({"event_value": 0}, "over"),
        ({"event_value": "1", "event_update_status": "1", "event_ack": "No"}, "news"),
        ({"event_value": "1", "event_update_status": "1", "event_ack": "Yes"}, "acknowledged"),
        ({"event_value": "0", "event_update_status": "1", "event_ack": "Yes"}, "over"),
        ({"event_value": "{EVENT.VALUE}"}, "firing"),
        ({"EVENT.VALUE": "0"}, "over"),
    ],
)
def test_an_event_of_zabbix_says(event, state):
    assert read_only("zabbix", {"event_id": "1", "event_name": "x", **event}).state.value == state


def test_an_update_of_zabbix_tells_who_and_what():
    alert = read_only("zabbix", sample("zabbix", "acknowledged.json"))
    assert (alert.by, alert.message) == ("Ana", "I look at it")
    assert alert.labels == {"host": "web-1", "trigger_id": "13491"}


def test_tags_of_zabbix_come_as_json_too():
    tags = '[{"tag": "service", "value": "shop"}, {"tag": "urgent", "value": ""}]'
    alert = read_only("zabbix", {"event_id": "1", "event_name": "x", "event_tags_json": tags})
    assert alert.labels == {"service": "shop", "tags": "urgent"}


@pytest.mark.parametrize(
    ("action", "state"),
    [("resolved", "over"), ("created", "news"), ("assigned", "news"), ("archived", "news")],
)
def test_an_issue_of_sentry_ends_by_its_own_hook(action, state):
    document = json.loads(sample("sentry", "issue-resolved.json")) | {"action": action}
    alert = read_only("sentry", document, headers={"sentry-hook-resource": "issue"})
    assert (alert.state.value, alert.by) == (state, "Ana")


def test_other_hooks_of_sentry_are_no_alerts():
    hook = {"action": "created", "data": {"installation": {"uuid": "x"}}}
    assert read("sentry", hook, headers={"sentry-hook-resource": "installation"}) == []
    assert read("sentry", {"action": "created", "installation": {}}) == []
