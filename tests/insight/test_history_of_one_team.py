"""An imported incident whose services changed within one team: it went on, and every figure of
`report` is what a hand counts.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.cli.run import run
from tests.organisations import BANK, STANDARD

SERVICES = """
[services.sso]
name = "Single sign-on"
team = "identity"
[services.vip]
name = "Log in of the few"
team = "identity"
policy = "vip"
[policies.vip]
[[policies.vip.levels]]
notify = ["lead"]
wait = "5m"
"""
Brought = Callable[..., Any]


@pytest.fixture
def command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Brought:
    """Runs a command on an installation of its own; the answer as JSON."""
    (tmp_path / "escalate.toml").write_text(BANK + STANDARD + SERVICES)
    environ = {
        "ESCALATE_CONFIG": str(tmp_path / "escalate.toml"),
        "ESCALATE_DB": str(tmp_path / "escalate.db"),
        "HOME": str(tmp_path),
    }

    def call(*arguments: str) -> Any:
        code = run([*arguments, "--json"], environ)
        said = capfd.readouterr()
        assert int(code) == 0, said.err
        return json.loads(said.out)

    return call


@pytest.fixture
def history(command: Brought, tmp_path: Path) -> Brought:
    """Imports these rows."""

    def call(*rows: dict[str, str]) -> Any:
        file = tmp_path / "history.csv"
        with file.open("w", newline="") as sheet:
            writer = csv.DictWriter(sheet, list(dict.fromkeys(name for row in rows for name in row)))
            writer.writeheader()
            writer.writerows(rows)
        return command("import-history", str(file))

    return call


def row(number: int, first: str, service: str, **more: str) -> dict[str, str]:
    """Ana is paged at once, Bo after five minutes; Ana has it after seven; the services change
    after three.
    """
    day = f"2026-0{number}-04"
    return {
        "id": str(number),
        "title": f"down {number}",
        "first_service": first,
        "service": service,
        "declared_at": f"{day} 10:00",
        "rerouted_at": f"{day} 10:04",
        "first_paged_at": f"{day} 10:01",
        "paged": "ana@1;bo@2+5m",
        "acknowledged_at": f"{day} 10:08",
        "acknowledged_by": "ana",
        "acknowledged_level": "1",
        "resolved_at": f"{day} 11:00",
        **more,
    }


def paged(show: Any) -> list[tuple[list[str], int]]:
    return [
        (one["data"]["recipients"], one["data"]["level"])
        for one in show["timeline"]
        if one["kind"] == "level"
    ]


CHANGES = [
    ("login", "sso"),
    ("login", "login;sso"),
    ("login;sso", "sso"),
    ("login;sso", "sso;login"),
    ("vip", "login"),
    ("login", "vip"),
]


@pytest.mark.parametrize(("first", "last"), CHANGES)
@pytest.mark.parametrize("rerouted", ["2026-01-04 10:04", "2026-01-04 10:00", "2026-01-04 10:30", ""])
def test_another_service_of_the_same_team_makes_up_no_page_and_stops_nothing(
    command: Brought, history: Brought, first: str, last: str, rerouted: str
) -> None:
    history(row(1, first, last, rerouted_at=rerouted))
    show = command("show", "1")
    assert paged(show) == [(["person:ana"], 1), (["person:bo"], 2)]
    assert len(show["notifications"]) == 2
    escalations = [
        (one["text"].split(":")[0], one["data"]["team"])
        for one in show["timeline"]
        if one["kind"] == "escalation"
    ]
    policy = "vip" if first == "vip" else "standard"
    assert escalations == [(f"escalation to Identity by policy {policy}", "identity")]
    assert show["services"] == last.split(";")
    answers = command("export", "1", "--format", "json")["acknowledgements"]
    assert [(answer["by"], answer["level"], answer["after_page_seconds"]) for answer in answers] == [
        ("ana", 1, 420)
    ]


def test_of_several_teams_those_that_stay_go_on_and_the_others_come_and_go(
    command: Brought, history: Brought
) -> None:
    history(row(1, "login;auth-db", "sso;payments", paged="ana@1;eve@1;cara@1+4m;bo@2+5m"))
    lines = [
        (one["data"]["team"], one["text"].split(":")[0])
        for one in command("show", "1")["timeline"]
        if one["kind"] == "escalation"
    ]
    assert lines == [
        ("identity", "escalation to Identity by policy standard"),
        ("platform", "escalation to Platform by policy standard"),
        ("platform", "escalation to Platform stopped"),
        ("payments", "escalation to Payments by policy standard"),
    ]
    levels = [one["data"] for one in command("show", "1")["timeline"] if one["kind"] == "level"]
    assert [(level["team"], level["level"], level["recipients"]) for level in levels] == [
        ("identity", 1, ["person:ana"]),
        ("platform", 1, ["person:eve"]),
        ("payments", 1, ["person:cara"]),
        ("identity", 2, ["person:bo"]),
    ]


def test_the_team_that_a_row_names_goes_on_whatever_its_services_are(
    command: Brought, history: Brought
) -> None:
    history(row(1, "login", "payments", team="identity"))
    assert {one["team"] for one in command("report", "--since", "2026-01-01")["by_team"]} == {
        "identity",
        "payments",
    }
    assert paged(command("show", "1")) == [(["person:ana"], 1), (["person:bo"], 2)]


def test_an_answer_before_the_re_routing_is_of_those_who_were_paged_by_then(
    command: Brought, history: Brought
) -> None:
    """Ana has it at 10:03; at 10:04 it turns out to be the payments', who are paged from then on."""
    history(row(1, "login", "payments", acknowledged_at="2026-01-04 10:03", paged="ana@1;cara@1+4m"))
    taken = command("export", "1", "--format", "json")["acknowledgements"]
    assert [(one["by"], one["team"], one["level"], one["after_page_seconds"]) for one in taken] == [
        ("ana", "identity", 1, 120)
    ]


def test_a_history_in_which_services_change_within_the_team_is_counted_as_by_hand(
    command: Brought, history: Brought
) -> None:
    history(
        *(row(number, "login", "sso") for number in (1, 2, 3)),
        *(row(number, "login", "login;sso") for number in (4, 5)),
        row(6, "login", "login;payments", paged="ana@1;bo@2+5m;cara@1+3m"),
        row(7, "login", "payments", paged="ana@1;cara@1+4m", acknowledged_by="cara", acknowledged_level="1"),
        row(8, "login", "login"),
    )
    report = command("report", "--since", "2026-01-01")
    assert (report["incidents"], report["never_paged"], report["never_acknowledged"]) == (8, 0, 0)
    assert report["to_first_page"] == {"count": 8, "median_seconds": 60, "p90_seconds": 60}
    assert report["to_acknowledge"] == {"count": 8, "median_seconds": 480, "p90_seconds": 480}
    assert report["acknowledgements"] == {
        "by_level": {"1": 8}, "by_gateway": {"unknown": 8}, "by_team": {"identity": 7, "payments": 1},
        "by_way": {},
    }  # fmt: skip
    assert report["levels_reached"] == {"1": 1, "2": 7}
    assert report["rerouted"] == [{"from": "identity", "to": "payments", "incidents": 1}]
    assert report["teams_added"] == [{"team": "payments", "incidents": 1}]
    levels = {
        (one["team"], one["level"]): (one["paged"], one["answered"], one["unanswered"])
        for one in report["levels"]
    }
    assert levels == {("identity", 1): (8, 7, 0), ("identity", 2): (7, 0, 0), ("payments", 1): (2, 1, 0)}
    people = {
        one["person"]: (one["pages"], one["incidents"], one["acknowledged"]) for one in report["people"]
    }
    assert people == {"ana": (8, 8, 7), "bo": (7, 7, 0), "cara": (2, 2, 1)}


def test_lessons_see_a_wait_that_is_too_short_though_the_services_changed(
    command: Brought, history: Brought
) -> None:
    """Ana answers seven minutes after her page, when Bo has been woken after five."""
    history(*(row(number, "login", "sso" if number % 2 else "login;sso") for number in range(1, 7)))
    lessons = command("lessons", "--since", "2025-12-01")
    found = next(lesson for lesson in lessons if lesson["code"] == "short-wait")
    assert (found["about"]["policy"], found["about"]["level"], found["count"], found["of"]) == (
        "standard",
        1,
        6,
        6,
    )
