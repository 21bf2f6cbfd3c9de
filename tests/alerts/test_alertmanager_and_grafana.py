"""Alertmanager and Grafana: what is easily misread."""

from __future__ import annotations

import json

import pytest

from escalate_cli.alerts.alertmanager import fingerprint
from escalate_cli.alerts.fields import any_instant
from escalate_cli.core.alerts.alert import AlertState
from tests.alerts.sending import read, read_only, sample

ARRIVED = {"early": any_instant("2026-06-12T08:26:00Z"), "late": any_instant("2026-06-12T08:40:00Z")}


def test_prometheus_posts_an_end_that_lies_ahead_while_it_fires():
    body = sample("alertmanager", "api-v2-alerts.json")
    firing = read_only("alertmanager", body, arrived_at=ARRIVED["early"])
    assert (firing.state, firing.until) == (AlertState.FIRING, any_instant("2026-06-12T08:28:38.326Z"))
    over = read_only("alertmanager", body, arrived_at=ARRIVED["late"])
    assert (over.key, over.state, over.until) == (firing.key, AlertState.OVER, None)


def test_an_alert_has_the_key_that_alertmanager_gives_it_whether_it_is_posted_or_pulled():
    """The number is of the tests of prometheus/common."""
    labels = {"name": "garland, briggs", "fear": "love is not enough"}
    assert int(fingerprint(labels), 16) == 5799056148416392346
    posted = read_only("alertmanager", [{"labels": labels}])
    pulled = read_only("alertmanager", [{"labels": labels, "fingerprint": fingerprint(labels)}])
    assert posted.key == pulled.key == read_only("alertmanager", [{"labels": labels, "x": 1}]).key


def test_what_is_pulled_lapses_by_no_time_and_what_is_silenced_is_news():
    active, silenced = read(
        "alertmanager", sample("alertmanager", "pulled.json"), arrived_at=ARRIVED["early"]
    )
    assert (active.state, active.until) == (AlertState.FIRING, None)
    assert silenced.state is AlertState.NEWS


def test_alerts_that_were_left_out_are_mentioned():
    document = json.loads(sample("alertmanager", "firing.json")) | {"truncatedAlerts": 40}
    alerts = read("alertmanager", document)
    assert all(
        (alert.message or "").endswith("40 more alerts of this group were left out") for alert in alerts
    )


def test_a_group_is_named_by_receiver_and_key():
    first, _ = read("alertmanager", sample("alertmanager", "firing.json"))
    assert first.group == 'escalate:{}:{alertname="InstanceDown"}'


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("{}:{}", None),
        ('{}/{team="x"}:{}', None),
        ('{}:{team="x"}', '1:escalate:{}:{team="x"}'),
        (None, None),
    ],
)
def test_grafana_groups_nothing_by_an_empty_key(key, group):
    document = json.loads(sample("grafana", "unified.json")) | {"groupKey": key}
    assert read_only("grafana", document).group == group


def test_grafana_is_pulled_as_alertmanager_is():
    labels = {"alertname": "High memory", "__alert_rule_uid__": "x", "grafana_folder": "Shop"}
    alert = read_only("grafana", [{"labels": labels, "fingerprint": "c6", "status": {"state": "active"}}])
    assert (alert.key, alert.state) == ("c6", AlertState.FIRING)
    assert alert.labels == {"alertname": "High memory", "grafana_folder": "Shop"}


def test_no_data_of_grafana_fires():
    labels = {"alertname": "DatasourceNoData", "rulename": "High memory"}
    alert = read_only("grafana", {"status": "firing", "alerts": [{"labels": labels}]})
    assert (alert.state, alert.title) == (AlertState.FIRING, "DatasourceNoData")


def test_a_group_without_alerts_is_one_itself():
    alert = read_only("alertmanager", {"status": "resolved", "commonLabels": {"alertname": "Down"}})
    assert (alert.state, alert.title) == (AlertState.OVER, "Down")
