"""Exports of other tools are imported as they are: PagerDuty's and Opsgenie's, as CSV and as their APIs
answer; what they call otherwise is said by `--map`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.insight.history.histories import bring
from tests.loopback import Bank

PAGERDUTY_CSV = """\
id,incident_number,description,service_id,service_name,escalation_policy_name,created_on,resolved_on,\
seconds_to_first_ack,seconds_to_resolve,auto_resolved,acknowledged_by_user_names,resolved_by_user_name,urgency
PT4K,101,customers cannot sign in,PS1,Log in,Standard,2026-03-02T02:10:00-05:00,2026-03-02T03:10:00-05:00,\
340,3600,false,"Bo Chen, Ana Ruiz",Bo Chen,high
PT4L,102,slow pages,PS1,Log in,Standard,2026-03-03T02:10:00-05:00,2026-03-03T03:10:00-05:00,,3600,true,,,low
"""

PAGERDUTY_INSIGHTS = """\
Incident Number,Description,Service Name,Priority Name,Urgency,Created At,Resolved At,\
Seconds to First Ack,Status
101,customers cannot sign in,Log in,P1,high,2026-03-02 07:10:00 UTC,2026-03-02 08:10:00 UTC,340,resolved
102,slow pages,Log in,,low,2026-03-03 07:10:00 UTC,2026-03-03 08:10:00 UTC,,resolved
"""

PAGERDUTY_REST = {
    "incidents": [
        {
            "id": "PT4K",
            "type": "incident",
            "summary": "[#101] customers cannot sign in",
            "incident_number": 101,
            "title": "customers cannot sign in",
            "description": "customers cannot sign in",
            "created_at": "2026-03-02T07:10:00Z",
            "status": "resolved",
            "pending_actions": [],
            "service": {"id": "PS1", "type": "service_reference", "summary": "Log in"},
            "assignments": [],
            "acknowledgements": [
                {"at": "2026-03-02T07:15:40Z", "acknowledger": {"id": "PU1", "summary": "Bo Chen"}}
            ],
            "last_status_change_at": "2026-03-02T08:10:00Z",
            "priority": {"id": "PP1", "summary": "P1"},
            "urgency": "high",
            "alert_counts": {"all": 1, "triggered": 0},
        }
    ],
    "limit": 25,
    "more": False,
}

OPSGENIE_CSV = """\
Alert ID,Alias,TinyID,Message,Description,Status,IsSeen,Acknowledged,CreatedAt,CreatedAtDate,AckTime,\
CloseTime,Acknowledged By,Priority,Source,Service
9f-1,x,7,customers cannot sign in,since the release,closed,true,true,1772435400000,02/03/2026 07:10:00,\
340000,3600000,bo@example.com,P1,Prometheus,Log in
"""

OPSGENIE_API = {
    "data": [
        {
            "id": "9f-1",
            "tinyId": "7",
            "alias": "x",
            "message": "customers cannot sign in",
            "status": "closed",
            "acknowledged": True,
            "isSeen": True,
            "tags": ["eu", "web"],
            "createdAt": "2026-03-02T07:10:00.000Z",
            "priority": "P1",
            "service": "Log in",
            "responders": [{"type": "team", "id": "4513"}],
            "integration": {"id": "1", "name": "API", "type": "API"},
            "report": {"ackTime": 340000, "closeTime": 3600000, "acknowledgedBy": "bo@example.com"},
        }
    ],
    "took": 0.3,
}

SPREADSHEET = """\
What broke;Where;When;Who;Back after
customers cannot sign in;Log in;25.03.2026 07:10;Bo Chen;1h
"""

FIRST = {
    "title": "customers cannot sign in",
    "services": ["login"],
    "declared_at": "2026-03-02T07:10:00Z",
    "acknowledged_at": "2026-03-02T07:15:40Z",
    "acknowledged_by": "bo",
    "resolved_at": "2026-03-02T08:10:00Z",
}


def imported(here: Bank, content: str | dict[str, Any], *options: str) -> dict[str, Any]:
    text = content if isinstance(content, str) else json.dumps(content)
    ran = bring(here, text, *options)
    assert ran.code == 0, ran.err
    assert (ran.code, here.here("list", "--json").json) == (0, [])
    return dict(here.show(1))


@pytest.mark.parametrize(
    ("content", "severity"),
    [
        (PAGERDUTY_CSV, "major"),
        (PAGERDUTY_REST, "critical"),
        (OPSGENIE_CSV, "critical"),
        (OPSGENIE_API, "critical"),
        (PAGERDUTY_CSV.replace(",", "\t").replace("Chen\t", "Chen,"), "major"),
    ],
    ids=["PagerDuty, CSV", "PagerDuty, API", "Opsgenie, CSV", "Opsgenie, API", "PagerDuty, TSV"],
)
def test_an_export_is_understood_as_it_is(here: Bank, content: Any, severity: str) -> None:
    shown = imported(here, content)
    assert {name: shown[name] for name in FIRST} == FIRST
    assert shown["severity"] == severity
    assert "imported" in shown["labels"]


def test_what_is_empty_in_one_column_is_taken_from_another(here: Bank) -> None:
    shown = imported(here, PAGERDUTY_INSIGHTS)
    assert (shown["severity"], shown["acknowledged_at"]) == ("critical", "2026-03-02T07:15:40Z")
    assert shown["acknowledged_by"] is None
    assert here.show(2)["severity"] == "minor"


def test_how_it_was_understood_is_said_and_what_is_not_used_is_listed(here: Bank) -> None:
    ran = bring(here, PAGERDUTY_CSV, "--dry-run")
    lines = ran.err.splitlines()
    assert lines[0].startswith(
        "columns taken as: description = title, urgency = severity, service_name = service"
    )
    assert "created_on = declared_at" in lines[0]
    assert "incident_number" not in lines[0]
    assert lines[1] == "severities taken as: high = major, low = minor"
    assert "columns that are not used: service_id, escalation_policy_name" in lines[2]
    data = bring(here, PAGERDUTY_CSV, "--dry-run", "--json").json
    assert data["columns"]["created_on"] == "declared_at"
    assert "service_id" in data["unused_columns"]


def test_other_names_are_said_by_map_whatever_their_spelling(here: Bank) -> None:
    options = (
        "what-broke=title",
        "Where=service",
        "WHEN=declared_at",
        "Back After=resolved_at",
        "who=label.who",
    )
    shown = imported(here, SPREADSHEET, *(word for text in options for word in ("--map", text)))
    assert shown["title"] == "customers cannot sign in"
    assert (shown["declared_at"], shown["resolved_at"]) == ("2026-03-25T07:10:00Z", "2026-03-25T08:10:00Z")
    assert shown["labels"]["who"] == "Bo Chen"


def test_map_goes_before_what_is_known_and_leaves_out(here: Bank) -> None:
    text = "title,service,created_at,started_at,team\nx,login,2026-03-02 07:10,2026-03-02 07:00,nosuch\n"
    assert bring(here, text).code == 2
    shown = imported(here, text, "--map", "started_at=declared_at", "--map", "team=-")
    assert shown["declared_at"] == "2026-03-02T07:00:00Z"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--map", "What=title"), 'the file has no column "What"; '),
        (("--map", "Where=sevice"), 'there is no column "sevice" here\nhint: did you mean "service"?'),
        (("--map", "Where"), '"Where" is no map'),
        (("--map", "When=declared_at:weeks"), '"declared_at:weeks" has no unit that can be used'),
        (("--dates", "ymd"), '--dates: "ymd" is no order'),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_a_map_that_means_nothing_is_refused(here: Bank, options: tuple[str, ...], problem: str) -> None:
    ran = bring(here, SPREADSHEET, *options)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err.replace("\nhint: the", "; the").replace("; the columns", "; the columns")


@pytest.mark.parametrize(
    ("options", "month"), [(("--dates", "dmy"), "2026-04-03"), (("--dates", "mdy"), "2026-03-04")]
)
def test_a_date_that_may_be_two_is_asked_for(here: Bank, options: tuple[str, ...], month: str) -> None:
    text = "title,service,created\nx,login,03/04/2026 10:00\n"
    assert bring(here, text).code == 2
    assert imported(here, text, *options)["declared_at"].startswith(month)


def test_one_date_that_can_be_meant_in_one_way_tells_for_the_others(here: Bank) -> None:
    text = "title,service,created\nx,login,03/04/2026 10:00\ny,login,25/04/2026 10:00\n"
    assert imported(here, text)["declared_at"].startswith("2026-04-03")


@pytest.mark.parametrize(
    ("head", "text", "minutes"),
    [
        ("Time to Resolve", "1h 20m", 80),
        ("TTR (min)", "80", 80),
        ("Time to Resolve", "01:20:00", 80),
        ("duration", "PT1H20M", 80),
        ("Duration", "1 hour, 20 minutes", 80),
        ("seconds_to_resolve", "4800", 80),
        ("minutes to resolve", "80.5", 80.5),
        ("Close Time", "4800000", 80),
        ("closed_at", "1772440200", 80),
    ],
)
def test_an_end_may_be_how_long_it_took(here: Bank, head: str, text: str, minutes: float) -> None:
    options = ("--map", "TTR (min)=resolved_at:minutes") if "(" in head else ()
    shown = imported(here, f'title,service,created,{head}\nx,login,1772435400,"{text}"\n', *options)
    assert shown["declared_at"] == "2026-03-02T07:10:00Z"
    took = here.here("export", "1", "--format", "json").json["durations"]["to_resolve_seconds"]
    assert took == 60 * minutes
