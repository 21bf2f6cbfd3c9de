"""Every situation has tests of its own, and the guide tells of each."""

from __future__ import annotations

import json
import re

import pytest

from tests.faults.guards import GUARDS
from tests.faults.survey import HERE, ROWS, add_up, main, table, wanted
from tests.pages import page


def test_every_situation_is_there_and_every_test_that_it_names():
    numbers = [one.number for one in ROWS]
    assert numbers == sorted(set(numbers)), "each once, in order"
    assert set(range(1, 34)) <= set(numbers)
    for one in ROWS:
        for test in one.tests:
            path, _, name = test.partition("::")
            assert re.search(rf"^def {name or 'test_'}", (HERE / path).read_text(), re.M), (
                f"{one.number}: {test}"
            )


def test_help_and_numbers_that_mean_nothing_start_no_survey(capsys):
    for words, code in ((["--help"], 0), (["-h"], 0), (["9999"], 2), (["seven"], 2)):
        with pytest.raises(SystemExit) as ended:
            wanted(words)
        assert ended.value.code == code
    assert "only these situations" in capsys.readouterr().out
    rows, noted = wanted(["7", "--of", "run.jsonl"])
    assert ([row.number for row in rows], noted) == ([7], "run.jsonl")
    assert wanted([]) == (list(ROWS), None)


def test_the_table_of_a_run_that_is_over_is_made_without_running_anything(tmp_path, capsys):
    row = next(row for row in ROWS if row.number == 7)
    file = tmp_path / "run.jsonl"
    file.write_text(
        json.dumps({"test": row.tests[0], "rounds": 5, "repeated": {"it died": 1}})
        + "\n"
        + json.dumps({"test": row.tests[0], "passed": False})
    )
    assert main(["7", "--of", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "| 5 | 0 | 1 |" in printed
    assert "it died (1)" in printed
    assert f"failed: {row.tests[0]}" in printed


def test_numbers_are_added_up():
    one = next(one for one in ROWS if one.number == 7)
    test = one.tests[0]
    lines = [
        {"test": f"{test}[a]", "rounds": 3, "lost": 0, "repeated": {"it died": 2}},
        {"test": f"{test}[a]", "passed": True},
        {"test": f"{test}[b]", "passed": True},
        {"test": "elsewhere", "passed": True},
    ]
    assert list(table([one], add_up([one], lines)))[2].endswith("| 4 | 0 | 2 |")


def test_the_table_of_the_guide_is_of_these_situations():
    text = page("what-it-survives")
    found = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| ([\d,]+) \| 0 \| \d+ \|$", text, re.M)
    assert [(int(number), situation, injected) for number, situation, injected, _ in found] == [
        (one.number, one.situation, one.injected) for one in ROWS
    ]


def test_the_guide_counts_the_guards():
    text = " ".join(page("what-it-survives").split())
    assert f"each of the {len(GUARDS)} conditions" in text
