"""`report` and `lessons` as they are typed: empty, small, hostile, damaged, misspelt."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing

import pytest

from tests.command import Escalate

FORMULAS = ['=HYPERLINK("http://evil","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", " =1+1", "＝1+1"]


def test_a_new_installation_has_nothing_to_report(escalate: Escalate) -> None:
    ran = escalate("report")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "No incidents in this time.")
    figures = escalate("report", "--json").json
    assert figures["incidents"] == 0
    assert figures["to_acknowledge"] == {"count": 0, "median_seconds": None, "p90_seconds": None}
    assert figures["weeks"] == []
    assert escalate("lessons").out.startswith("Nothing to propose")


def test_one_incident_is_a_report(escalate: Escalate) -> None:
    escalate("declare", "Sign in is broken", "--service", "login")
    escalate("ack", "1", "--by", "ana")
    ran = escalate("report")
    assert ran.code == 0, ran.err
    assert "1 incident, 1 still running" in ran.out
    figures = escalate("report", "--json").json
    assert figures["to_acknowledge"]["count"] == 1
    assert [figure["team"] for figure in figures["by_team"]] == ["identity"]


@pytest.mark.long
def test_no_cell_of_a_csv_is_a_formula(escalate: Escalate) -> None:
    for title in FORMULAS:
        escalate("declare", "--service", "login", "--by", "bo", "--", title)
    for more in ((), ("--incidents",)):
        ran = escalate("report", "--csv", *more)
        rows = list(csv.reader(io.StringIO(ran.out)))
        assert len({len(row) for row in rows}) == 1
        assert not [
            cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
        ]
    assert [row[1].lstrip("'").strip() for row in rows[1:]] == [
        title.replace("\t", "\\t").strip() for title in FORMULAS
    ]


def test_figures_as_csv_are_those_of_the_json(escalate: Escalate) -> None:
    escalate("declare", "Sign in is broken", "--service", "login")
    rows = list(csv.DictReader(io.StringIO(escalate("report", "--csv").out)))
    assert {(row["table"], row["measure"]): row["value"] for row in rows}["all", "incidents"] == "1"
    figures = escalate("report", "--json").json
    pages = {
        row["about"]: row["value"] for row in rows if row["table"] == "people" and row["measure"] == "pages"
    }
    assert pages == {figure["person"]: str(figure["pages"]) for figure in figures["people"]}


def test_a_page_is_written_where_it_is_wanted(escalate: Escalate) -> None:
    escalate("declare", "<script>alert(1)</script>", "--service", "login")
    page = escalate.place / "report.html"
    ran = escalate("report", "--html", str(page))
    assert (ran.code, ran.out, ran.err.strip()) == (0, "", f"wrote {page}")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert escalate("report", "--html", str(page), "--json").json["incidents"] == 1


def test_a_damaged_record_is_left_out_and_named(escalate: Escalate) -> None:
    escalate("declare", "Sign in is broken", "--service", "login")
    escalate("declare", "Sign in is broken again", "--service", "login")
    with closing(sqlite3.connect(escalate.place / "escalate.db")) as connection:
        connection.execute("UPDATE incidents SET services = 'nonsense' WHERE id = 1")
        connection.commit()
    ran = escalate("report", "--json")
    assert (ran.code, ran.json["incidents"]) == (0, 1)
    assert ran.err.strip() == "left out, because their record is damaged: #1 (escalate doctor)"


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("report", "--since", "soon"), 2, '--since: "soon" is not a duration'),
        (("report", "--since", "90"), 2, '"90" has no unit'),
        (("report", "--since", "2026-13-01"), 2, "--since"),
        (("report", "--team", "identitty"), 4, 'no such team: "identitty"'),
        (("report", "--service", "logn"), 4, 'no such service: "logn"'),
        (("report", "--incidents"), 2, "--incidents goes with --csv"),
        (("report", "--since", "2100-01-01"), 2, "--since: 2100-01-01 is in the future"),
        (("report", "--html", "/dev/null/page.html"), 2, "cannot write /dev/null/page.html"),
        (("lessons", "--since", "2026-02-30"), 2, "--since"),
    ],
)
def test_what_is_misspelt_is_said_in_one_line(
    escalate: Escalate, typed: tuple[str, ...], code: int, said: str
) -> None:
    ran = escalate(*typed)
    assert (ran.code, ran.out) == (code, "")
    error, hint = ran.err.strip().splitlines()
    assert error.startswith("escalate: error: ")
    assert said in error
    assert hint.startswith("hint: ")


def test_json_and_csv_at_once_are_refused_as_json(escalate: Escalate) -> None:
    ran = escalate("report", "--csv", "--json")
    assert (ran.code, json.loads(ran.err)["error"]["code"]) == (2, "usage")


def test_with_a_broken_configuration_the_report_goes_on_and_lessons_say_what_is_wrong(
    escalate: Escalate,
) -> None:
    escalate("declare", "Sign in is broken", "--service", "login")
    catalog = escalate.config / "catalog.toml" if escalate.config.is_dir() else escalate.config
    catalog.write_text(catalog.read_text(encoding="utf-8") + "\n[services.login]\n", encoding="utf-8")
    assert escalate("report", "--json").json["incidents"] == 1
    assert escalate("lessons").code == 3
