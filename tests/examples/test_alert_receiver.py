"""The receiver of examples/alerts: what Alertmanager and Grafana post becomes incidents, once each,
and is over.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests  # noqa: TID253

from tests.command import Escalate, surroundings
from tests.organisations import BY_HAND
from tests.sources import ROOT

TOKEN = "a-long-random-word"


def alert(fingerprint: str = "9f1c2b", status: str = "firing", **annotations: str) -> dict[str, Any]:
    return {
        "status": status,
        "fingerprint": fingerprint,
        "labels": {"alertname": "Login5xx", "severity": "critical", "service": "login"},
        "annotations": {"summary": "--log in answers 500", **annotations},
    }


@pytest.fixture
def escalate(tmp_path: Path) -> Escalate:
    (tmp_path / "config").mkdir()
    catalog = f'{BY_HAND}\n[[severities]]\nid = "critical"\n'
    (tmp_path / "config" / "catalog.toml").write_text(catalog, encoding="utf-8")
    return Escalate(tmp_path, surroundings(tmp_path))


@pytest.fixture
def address(escalate: Escalate) -> Iterator[str]:
    """Where the receiver listens, without the token."""
    receiver = subprocess.Popen(
        [sys.executable, str(ROOT / "examples" / "alerts" / "receiver.py"), "--port", "0"],
        env={**escalate.environ, "RECEIVER_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert receiver.stdout is not None
    yield receiver.stdout.readline().split()[-1].removesuffix("/TOKEN")
    receiver.terminate()
    receiver.wait(10)
    receiver.stdout.close()


def post(address: str, *alerts: dict[str, Any], token: str = TOKEN, body: str | None = None) -> int:
    document = json.dumps({"alerts": alerts}) if body is None else body
    return requests.post(f"{address}/{token}", document, timeout=60).status_code


def test_an_alert_is_an_incident_once_and_over_when_it_is_over(escalate: Escalate, address: str) -> None:
    assert post(address, alert(description="since 04:40")) == 200
    assert post(address, alert(description="since 04:40")) == 200
    [incident] = escalate("list", "--json").json
    shown = {name: incident[name] for name in ("key", "title", "severity", "services", "message")}
    assert shown == {
        "key": "alert:9f1c2b",
        "title": "--log in answers 500",
        "severity": "critical",
        "services": ["login"],
        "message": "since 04:40",
    }
    assert post(address, alert("other", "resolved"), alert(status="resolved")) == 200
    assert escalate("list", "--json").json == []
    [ended] = [entry for entry in escalate("timeline", "1", "--json").json if entry["kind"] == "resolved"]
    assert ended["by"] == "monitor"


def test_only_who_knows_the_word_declares_and_what_is_no_alert_is_refused(
    escalate: Escalate, address: str
) -> None:
    assert post(address, alert(), token="another-word") == 403
    assert post(address, body="no JSON") == 400
    assert post(address, body='{"alerts": 7}') == 400
    assert escalate("list", "--json").json == []


def test_no_alert_is_lost_for_its_severity_or_its_service(escalate: Escalate, address: str) -> None:
    strange = alert()
    strange["labels"] = {"alertname": "sign in fails", "service": "no-such-service", "severity": "critical"}
    strange["annotations"] = {}
    assert post(address, strange) == 200
    [incident] = escalate("list", "--json").json
    assert (incident["title"], incident["severity"]) == ("sign in fails", "major")


def test_what_could_not_be_stored_is_to_be_sent_again(escalate: Escalate, address: str) -> None:
    (escalate.config / "catalog.toml").write_text("[settings\n")
    assert post(address, alert()) == 500
