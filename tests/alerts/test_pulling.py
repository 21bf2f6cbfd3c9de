"""A monitor is asked for its alerts: what was missed comes, and what it no longer has is over, in time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.alerts.pulling import pull_address
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.passes.pulling_alerts import pull_alerts
from tests.alert_world import AlertWorld
from tests.bad_servers import closed_port
from tests.servers import Answer, HttpServer

SOURCE = """
[sources.prometheus]
kind = "alertmanager"
pull = "http://:s3cret-token@127.0.0.1:PORT"
service = ["{labels.service}"]
"""


def active(*keys: str, state: str = "active") -> Answer:
    alerts = [
        {
            "fingerprint": key,
            "labels": {"alertname": key, "service": "login"},
            "annotations": {"summary": f"alert {key}"},
            "startsAt": "2026-11-23T09:00:00Z",
            "endsAt": "2026-11-23T10:05:00Z",
            "status": {"state": state, "silencedBy": [], "inhibitedBy": []},
        }
        for key in keys
    ]
    return Answer(200, json.dumps(alerts), {"Content-Type": "application/json"})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AlertWorld]:
    made = AlertWorld(tmp_path)
    yield made
    made.store.close()


def ask(world: AlertWorld, web: HttpServer | None, minutes: int = 1) -> list[str]:
    """One pass's question, `minutes` later; the troubles."""
    port = web.port if web is not None else closed_port()
    world.configure("", more=SOURCE.replace("PORT", str(port)) + POLICY)
    world.clock.at += minutes * MINUTE
    report = PassReport(world.clock.now())
    pull_alerts(world.context, report)
    world.tick()
    return list(report.troubles)


POLICY = """
[policies.standard]
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
"""


def test_what_was_missed_comes_and_is_declared_once(world: AlertWorld) -> None:
    with HttpServer(active("a"), active("a")) as web:
        assert ask(world, web) == []
        assert ask(world, web) == []
        request = web.wait_for(2)[0]
        assert request.path.startswith("/api/v2/alerts?active=true&silenced=false")
        assert request.headers["Authorization"] == "Bearer s3cret-token"
    assert world.sent()[0] == "sms to ana"
    assert world.look(1).incident.title == "alert a"
    assert world.store.situations.load(2) is None


def test_what_it_no_longer_has_is_over_once_it_has_answered_for_five_minutes_without_it(
    world: AlertWorld,
) -> None:
    with HttpServer(active("a"), active()) as web:
        ask(world, web)
        for _ in range(4):
            ask(world, web)
            assert world.look(1).incident.status is IncidentStatus.OPEN
        ask(world, web, 2)
        assert world.look(1).incident.status is IncidentStatus.RESOLVED


def test_a_monitor_that_was_gone_and_is_begun_anew_ends_nothing_at_once(world: AlertWorld) -> None:
    with HttpServer(active("a")) as web:
        ask(world, web)
    assert "cannot be asked for: 127.0.0.1" in ask(world, None, 60)[0]
    with HttpServer(active()) as web:
        ask(world, web)
        assert world.look(1).incident.status is IncidentStatus.OPEN
        ask(world, web, 6)
        assert world.look(1).incident.status is IncidentStatus.RESOLVED


def test_what_is_silenced_there_is_neither_declared_nor_over(world: AlertWorld) -> None:
    with HttpServer(active("a"), active("a", state="suppressed")) as web:
        ask(world, web)
        for _ in range(8):
            ask(world, web)
    assert world.look(1).incident.status is IncidentStatus.OPEN


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(500), "HTTP 500"),
        (Answer(302, headers={"Location": "file:///etc/passwd"}), "HTTP 302"),
        (Answer(200, "<html>"), ""),
        (Answer(trick="reset"), "127.0.0.1"),
    ],
)
def test_what_answers_something_else_is_a_trouble_without_a_secret(
    world: AlertWorld, answer: Answer, why: str
) -> None:
    with HttpServer(answer) as web:
        (trouble,) = ask(world, web)
    assert why in trouble
    assert "s3cret" not in trouble


def test_where_the_alerts_are() -> None:
    assert pull_address("alertmanager", "http://a:9093/") == (
        "http://a:9093/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=true"
    )
    assert pull_address("grafana", "https://g/sub").startswith(
        "https://g/sub/api/alertmanager/grafana/api/v2/alerts?"
    )
    assert (
        pull_address("alertmanager", "http://a/x/api/v2/alerts?filter=b")
        == "http://a/x/api/v2/alerts?filter=b"
    )
