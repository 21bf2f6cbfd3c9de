"""What is wrong in a file is told with line and column, all at once; whatever is in it, it is read or
refused.
"""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.importers.history.checking import check
from escalate_cli.importers.history.columns import COLUMNS
from escalate_cli.importers.history.faulty import FaultyHistory
from escalate_cli.importers.history.file import read_history
from escalate_cli.importers.history.past import situation_of
from tests.insight.history.histories import FULL, LEAST, NOW, as_csv, bring
from tests.loopback import Bank

GOOD = {**FULL, "paged": "dee@1;bo@2+13m"}
WRONG = [
    (
        {"service": "logn"},
        'service: no such service: "logn"; did you mean "login"? (--keep-unknown takes it as it is)',
    ),
    ({"service": ""}, "service: it is empty; say which service it was in the end"),
    ({"title": "", "message": ""}, "title: it is empty, and there is no message"),
    ({"declared_at": ""}, "declared_at: it is empty; write it like"),
    ({"declared_at": "2.3.26"}, 'declared_at: "2.3.26" is no time; write it like "2026-03-01 14:05"'),
    (
        {"declared_at": "2026-03-29 01:30"},
        "does not exist in Europe/London: the clocks go forward over it; the first moment after it is",
    ),
    ({"resolved_at": "2126-03-02 02:10"}, 'resolved_at: "2126-03-02 02:10" is still to come'),
    (
        {"resolved_at": "2026-03-02 02:05"},
        "resolved_at: Mon 2026-03-02 02:05 is before declared_at, Mon 2026-03-02 02:10 (Europe/London)",
    ),
    ({"acknowledged_at": "2026-03-02 04:05"}, "acknowledged_at: Mon 2026-03-02 04:05 is after resolved_at"),
    ({"severity": "huge"}, 'severity: no such severity: "huge"; known are critical, major, minor'),
    ({"team": "identiy"}, 'team: no such team: "identiy"; did you mean "identity"?'),
    ({"gateway": "smss"}, 'gateway: no such gateway: "smss"; did you mean "sms"?'),
    ({"acknowledged_by": "boo"}, 'acknowledged_by: no such person: "boo"; did you mean "bo"?'),
    ({"acknowledged_level": "two"}, 'acknowledged_level: "two" is no level; write a number from 1 to 99'),
    ({"acknowledged_at": ""}, "acknowledged_by: there is no acknowledged_at; say when, or leave it empty"),
    (
        {"first_paged_at": ""},
        (
            "paged: there is no first_paged_at; say when (declared_at, if pages went out at once), or leave"
            " it empty"
        ),
    ),
    ({"acknowledged_by": ""}, "acknowledged_level: there is no acknowledged_by"),
    ({"first_service": ""}, "rerouted_at: there is no first_service"),
    ({"paged": "nobody"}, 'paged: no such person: "nobody"'),
    ({"paged": "ana@0"}, 'paged: "ana@0": levels count from 1; write it like ana@1;bo@2'),
    ({"paged": "bo;@2"}, 'paged: no such person: "@2"'),
    ({"paged": "bo@2+6"}, 'paged: "6" has no unit'),
    ({"paged": "bo@2+600m"}, "paged: bo would have been paged after it was over"),
    ({"id": "x" * 300}, "id: it has 300 characters; at most 200 are taken"),
    (
        {"label.long": "x" * 100_001 * 11},
        "label.long: it has 1,100,011 characters; at most 1,000,000 are taken",
    ),
    ({"label.imported": "x"}, "label.imported: this label says that an incident was imported"),
]


@pytest.mark.parametrize(("change", "problem"), WRONG, ids=[problem for _, problem in WRONG])
def test_what_is_wrong_is_told_with_line_and_column_and_what_to_do(
    here: Bank, change: dict[str, str], problem: str
) -> None:
    lines = "\n".join(json.dumps(one) for one in (LEAST, {**GOOD, **change}))
    ran = bring(here, lines)
    assert (ran.code, ran.out) == (2, "")
    told = ran.err.splitlines()
    assert any(one.startswith(f"{here.place}/history.csv:2: ") and problem in one for one in told[:-2]), (
        ran.err
    )
    assert told[-2].endswith("; nothing was imported")
    assert told[-1].startswith("hint: ")
    assert here.here("list", "--all", "--json").json == []


FILES: list[tuple[str | bytes, str]] = [
    ("", "the file is empty"),
    (" \n", "the file is empty"),
    (
        "title,declared_at\nx,2026-03-01",
        "history.csv:1: there is no column service; say which it is: --map THEIRS=service; the columns of"
        " the file are title, declared_at",
    ),
    (
        "title,servce,declared_at\nx,login,2026-03-01",
        'there is no column service; is it "servce"? Then write --map servce=service;',
    ),
    (
        "title,service,created_at,created_on\nx,login,2026-03-01,2026-03-01",
        '"created_at" and "created_on" may both be declared_at; say which: --map created_at=declared_at or'
        " --map created_on=declared_at",
    ),
    (
        "title,service,created\nx,login,03/04/2026 10:00",
        'created: "03/04/2026 10:00" may be two dates; say which: --dates dmy',
    ),
    (
        "title,service,created,Duration\nx,login,2026-03-01,340",
        'Duration: "340" has no unit; say what it counts: --map Duration=resolved_at:minutes',
    ),
    (
        '[{"title": "x", "service": "login", "opened": "2026-03-01", "raised_at": "2026-03-01"}]',
        '"opened" and "raised_at" may both be declared_at',
    ),
    ("name,service,declared_at\nx,login,2026-03-01", "there is no column title or message"),
    ("title,title,service,declared_at\nx,x,login,2026-03-01", "title: there are two columns of this name"),
    (
        "title,service,declared_at\nx, y,login,2026-03-01",
        "csv:2: it has 4 cells, but the head names 3 columns; a text with a comma",
    ),
    ('title,service,declared_at\n"x,login,2026-03-01\n', "this is no CSV: unexpected end of data"),
    (
        "title,service,declared_at\nGrö,login,2026-03-01".encode("latin-1"),
        "history.csv:2: the byte 0xf6 is no UTF-8; save it as UTF-8",
    ),
    ("title,service,declared_at\nx,login,2026-03-01".encode("utf-16"), "the file is UTF-16"),
    ('[{"title": "x",}]', "history.csv:1: this is no JSON"),
    ('{"incidents": 3}', '"incidents" is not a list'),
    ('[3, {"title": "x"}]', "history.csv: incident 1: this is not an object"),
    (
        '[{"title": ["x"], "service": "login", "declared_at": "2026-03-01"}]',
        "incident 1: title: this is not a text or a number",
    ),
    ('{"title": "x"}\n{"title": "y"\n', "this is no JSON"),
    ("[" * 100_000, "this is no JSON"),
    (
        as_csv({"id": "7", **LEAST}, {"id": "7", **LEAST}),
        '3: id: "7" is the id of line 2 as well; give each incident an id of its own',
    ),
    (
        as_csv(LEAST, LEAST),
        "3: it says the same as line 2: title, services and time; leave one out, or give them ids",
    ),
]


@pytest.mark.parametrize(("content", "problem"), FILES, ids=[problem for _, problem in FILES])
def test_a_file_that_cannot_be_read_says_where_and_what_to_do(
    here: Bank, content: str | bytes, problem: str
) -> None:
    ran = bring(here, content)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err
    assert ran.err.splitlines()[-2].endswith("; nothing was imported")


def test_every_problem_is_told_at_once_in_the_order_of_the_file(here: Bank) -> None:
    text = as_csv(
        {**GOOD, **dict(WRONG[0][0])},
        {**LEAST, "declared_at": "soon", "severity": "huge"},
        {**GOOD, "id": "2", "gateway": "x"},
    )
    ran = bring(here, text)
    lines = ran.err.splitlines()
    # the message of the first has a line end in it, so that its row takes two lines
    assert [line.removeprefix(f"{here.place}/history.csv:").split(" ")[:2] for line in lines[:-2]] == [
        ["2:", "service:"], ["4:", "declared_at:"], ["4:", "severity:"], ["5:", "gateway:"],
    ]  # fmt: skip
    assert lines[-2] == f"escalate: error: {here.place}/history.csv has 4 problems; nothing was imported"
    as_json = json.loads(bring(here, text, "--json").err)["error"]
    assert (as_json["code"], len(as_json["problems"])) == ("bad-history", 4)
    assert as_json["problems"][0]["where"] == "line 2"


def test_a_column_that_nobody_knows_is_left_out_with_a_warning(here: Bank) -> None:
    ran = bring(here, as_csv({**LEAST, "severty": "minor", "Colour": "red"}))
    assert ran.code == 0
    assert ran.err.splitlines() == [
        'warning: the column "severty" is not known and is left out: did you mean "severity"?',
        'warning: the column "colour" is not known and is left out',
    ]


def test_what_is_not_configured_any_more_is_kept_when_asked(here: Bank) -> None:
    gone = {
        **LEAST,
        "service": "fax;login",
        "severity": "huge",
        "paged": "zoe",
        "first_paged_at": "2026-03-03 09:01",
        "gateway": "pager",
        "acknowledged_at": "2026-03-03 09:02",
        "acknowledged_by": "zoe",
    }
    assert bring(here, as_csv(gone, {**LEAST, "title": "no fax", "service": "fax"})).code == 2
    ran = bring(here, as_csv(gone, {**LEAST, "title": "no fax", "service": "fax"}), "--keep-unknown")
    assert (ran.code, ran.err) == (0, "")
    show = here.show(1)
    assert (show["services"], show["teams"], show["severity"], show["acknowledged_by"]) == (
        ["fax", "login"],
        ["identity"],
        "huge",
        "zoe",
    )
    assert here.show(2)["teams"] == ["unknown"]
    for command in ("show", "timeline", "explain", "replay", "export"):
        assert here.here(command, "1").code == here.here(command, "2").code == 0
    assert here.here("report", "--since", "2026-01-01").code == 0


CELLS = [
    "",
    "login",
    "fax",
    "2026-03-02 02:10",
    "2026-03-02",
    "99999-01-01",
    "1",
    "99",
    "ana@99+1w",
    ";;@+",
    "9" * 30,
    "\0",
    '"',
    "é\n|",
]


@settings(max_examples=200)
@given(
    st.one_of(
        st.binary(max_size=120),
        st.text(alphabet='[]{}",:;\n\t 1a\ufeff\ud7ff', max_size=60).map(str.encode),
        st.lists(
            st.fixed_dictionaries({name: st.sampled_from(CELLS) | st.text(max_size=8) for name in COLUMNS}),
            max_size=2,
        ).map(lambda found: as_csv(*found).encode("utf-8", "replace")),
    ),
    st.booleans(),
)
@pytest.mark.long
def test_whatever_is_in_the_file_it_is_read_or_refused(
    catalog: Catalog, content: bytes, keep_unknown: bool
) -> None:
    found = read_history(content)
    pasts, faults = check(found.rows, catalog, NOW, keep_unknown=keep_unknown)
    assert found.faults or faults or len(pasts) == len(found.rows)
    for past in pasts:
        assert situation_of(past, catalog).incident.next_due_at is None
    assert str(FaultyHistory("x", [*found.faults, *faults]))


@pytest.mark.parametrize("column", ["paged", "declared_at", "acknowledged_level", "service", "title"])
@pytest.mark.parametrize(
    "text", ["2026 " + " " * 900_000 + "x", "a;" * 400_000, "@1+" * 200_000, "1" * 900_000]
)
def test_no_cell_takes_long_to_refuse(catalog: Catalog, column: str, text: str) -> None:
    row = {**LEAST, "first_paged_at": "2026-03-03 09:01", column: text}
    began = time.process_time()
    check(read_history(json.dumps(row).encode()).rows, catalog, NOW)
    assert time.process_time() - began < 5
