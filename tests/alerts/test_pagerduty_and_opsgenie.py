"""PagerDuty and Opsgenie: events without payloads, keys, paths."""

from __future__ import annotations

import json

import pytest

from escalate_cli.alerts import opsgenie, pagerduty
from escalate_cli.alerts.payload import Payload
from tests.alerts.sending import read, read_only, sample


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"event_action": "resolve", "dedup_key": "a"}, ("a", "over", "")),
        ({"event_action": "acknowledge", "dedup_key": "a"}, ("a", "acknowledged", "")),
        ({"event_type": "resolve", "incident_key": "a"}, ("a", "over", "")),
        ({"event_action": "Trigger", "dedup_key": 4711, "payload": None}, ("4711", "firing", "4711")),
        ({"event_type": "trigger", "incident_key": "b", "description": "x"}, ("b", "firing", "x")),
    ],
)
def test_an_event_of_pagerduty_comes_without_its_payload(event, says):
    alert = read_only("pagerduty", event)
    assert (alert.key, alert.state.value, alert.title) == says


def test_a_key_of_pagerduty_is_made_of_what_is_said_and_given_back():
    trigger = {"event_action": "trigger", "payload": {"summary": "Disk full", "source": "db-1"}}
    alert = read_only("pagerduty", trigger)
    assert alert.key == read_only("pagerduty", trigger).key
    assert alert.key != read_only("pagerduty", {**trigger, "payload": {"summary": "Disk ok"}}).key
    status, answer = pagerduty.events_reply([alert])
    assert (status, answer["status"], answer["dedup_key"]) == (202, "success", alert.key)


def test_changes_of_pagerduty_are_no_alerts():
    trigger = sample("pagerduty", "trigger-alertmanager.json")
    assert read("pagerduty", trigger, path="/v2/change/enqueue") == []


def test_a_key_that_names_the_source_is_found_and_shown_nowhere():
    v2 = Payload(body=sample("pagerduty", "trigger-uptime-kuma.json"))
    v1 = Payload(body=sample("pagerduty", "v1-healthchecks.json"))
    assert pagerduty.routing_key(v2) == pagerduty.routing_key(v1) == "0" * 32
    assert pagerduty.routing_key(Payload(body=b"{")) is None
    genie = Payload(headers={"authorization": "GenieKey abc-1"})
    assert opsgenie.genie_key(genie) == "abc-1"
    assert opsgenie.genie_key(Payload(headers={"authorization": "Basic abc-1"})) is None


def test_details_of_pagerduty_are_its_message_without_secrets():
    details = {"cpu": 97, "api_key": "geheim", "deep": {"password": "geheim", "n": 1}, "log": "a\nb"}
    alert = read_only("pagerduty", {"event_action": "trigger", "payload": {"custom_details": details}})
    assert alert.message == 'cpu: 97\ndeep: {"n": 1}\nlog: a\nb'
    assert "geheim" not in repr(alert)
    assert alert.labels["cpu"] == "97"
    assert "log" not in alert.labels


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/disk%20full%2Fdb/close", {}, ("disk full/db", "over", "", None)),
        ("disk full/db/close", {}, ("disk full/db", "over", "", None)),
        ("/v2/alerts/a/acknowledge", {"user": "Ana"}, ("a", "acknowledged", "", None)),
        ("/a/notes", {"note": "I look"}, ("a", "news", "", "I look")),
        ("/a/message", {"message": "New title"}, ("a", "news", "New title", None)),
        ("/a/description", {"description": "more"}, ("a", "news", "", "more")),
        ("/a/close", None, ("a", "over", "", None)),
        ("/", {"message": "Disk full"}, ("Disk full", "firing", "Disk full", None)),
    ],
)
def test_opsgenie_says_in_the_path_what_is_done(path, body, says):
    sent = b"{broken" if body is None else body
    alert = read_only("opsgenie", sent, path=path, query={"identifierType": "alias"})
    assert (alert.key, alert.state.value, alert.title, alert.message) == says


def test_the_end_of_a_sample_of_opsgenie():
    head, _, body = sample("opsgenie", "close.http").partition(b"\n\n")
    path = head.split()[1].decode().removeprefix("/v2/alerts").partition("?")[0]
    alert = read_only("opsgenie", body.strip(), path=path)
    assert (alert.key, alert.state.value) == ("2a4f9c1d8b7e6f5a4c3b2a1908f7e6d5c4b3a291", "over")


def test_a_question_to_opsgenie_says_nothing_of_any_alert():
    assert read("opsgenie", b"", path="/requests/43a29c5c") == []


def test_opsgenie_is_answered_as_it_answers():
    status, answer = opsgenie.genie_reply(read("opsgenie", {"message": "x"}))
    assert status == 202
    assert answer.keys() == json.loads(sample("opsgenie", "response-202.json")).keys()
