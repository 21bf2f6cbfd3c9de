"""Runs every test behind "What it survives" in the guide, the long ones too, and prints its table
with the numbers of this run.

    python -m tests.faults.survey            # more than half an hour on two quiet cores
    python -m tests.faults.survey 1 2 3      # only these situations
    python -m tests.faults.survey --of FILE  # the table of a run that has noted itself in FILE:
                                             # ESCALATE_FAULTS_REPORT=FILE pytest -p tests.faults.survey ...

The situations are in situations.toml; a test may serve several of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[2]
REPORT = "ESCALATE_FAULTS_REPORT"
WANTED = "ESCALATE_FAULTS_TESTS"


@dataclass(frozen=True)
class Row:
    """A situation: its number, what is injected, and the tests that do it, as "file::beginning of
    the name".
    """

    number: int
    situation: str
    injected: str
    tests: tuple[str, ...]


def _rows() -> Iterator[Row]:
    import tomllib

    with open(Path(__file__).with_name("situations.toml"), "rb") as file:
        for row in tomllib.load(file)["situations"]:
            yield Row(row["number"], row["situation"], row["injected"], tuple(row["tests"]))


ROWS = tuple(_rows())


@dataclass
class Sum:
    """What the tests of a row reported."""

    rounds: int = 0
    lost: int = 0
    repeated: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)


def add_up(rows: Iterable[Row], lines: Iterable[dict[str, Any]]) -> dict[int, Sum]:
    """The numbers of each row. A test that says nothing of its rounds is one round."""
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    ended: dict[str, bool] = {}
    for line in lines:
        if "passed" in line:
            ended[line["test"]] = line["passed"]
        else:
            said[line["test"]].append(line)
    sums = {}
    for row in rows:
        total = sums[row.number] = Sum()
        for test in (name for name in ended if name.startswith(row.tests)):
            total.rounds += max(sum(line.get("rounds", 0) for line in said[test]), 1)
            total.lost += sum(line.get("lost", 0) for line in said[test])
            for line in said[test]:
                total.repeated.update(line.get("repeated", {}))
            if not ended[test]:
                total.failed.append(test)
    return sums


def table(rows: Iterable[Row], sums: dict[int, Sum]) -> Iterable[str]:
    yield "| | situation | what is done to it | rounds | lost | repeated |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        total = sums[row.number]
        repeated = str(total.repeated.total())
        yield (
            f"| {row.number} | {row.situation} | {row.injected} | {total.rounds:,} | {total.lost} |"
            f" {repeated} |"
        )


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """pytest's hook: only the tests of the rows that are asked for."""
    if WANTED in os.environ:
        items[:] = [item for item in items if item.nodeid.startswith(tuple(os.environ[WANTED].split()))]


def pytest_runtest_logreport(report: Any) -> None:
    """pytest's hook (this file is a plugin then): note how each test ended."""
    if (
        report.when == "call"
        and REPORT in os.environ
        and "PYTEST_XDIST_WORKER" not in os.environ
        and not report.skipped
    ):
        write({"test": report.nodeid, "passed": report.passed})


def write(line: dict[str, Any]) -> None:
    """Add a line to the report, if somebody wants one."""
    if REPORT in os.environ:
        with open(os.environ[REPORT], "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def wanted(words: list[str]) -> tuple[list[Row], str | None]:
    """The situations that a line asks for, all where it names none, and the file of a run that is
    over; ends with help, or where there is no such situation.
    """
    reads = argparse.ArgumentParser(
        prog="python -m tests.faults.survey",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    reads.add_argument("number", nargs="*", type=int, help="situations to run; all if left out")
    reads.add_argument("--of", metavar="FILE", help="run nothing; this is what a run has noted")
    asked = reads.parse_args(words)
    numbers = asked.number
    unknown = sorted(set(numbers) - {row.number for row in ROWS})
    if unknown:
        reads.error(f"no such situation: {', '.join(map(str, unknown))}")
    return [row for row in ROWS if not numbers or row.number in numbers], asked.of


def main(words: list[str]) -> int:
    rows, noted = wanted(words)
    if noted is not None:
        with open(noted, encoding="utf-8") as report:
            show(rows, add_up(rows, map(json.loads, report)))
        return 0
    files = sorted({test.partition("::")[0] for row in rows for test in row.tests})
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as report:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.faults.survey",
            "-m",
            "long or not long",
            *files,
        ]
        environ = {
            **os.environ,
            REPORT: report.name,
            WANTED: " ".join(test for row in rows for test in row.tests),
        }
        ran = subprocess.run(command, cwd=HERE, env=environ, stdout=sys.stderr, check=False)
        show(rows, add_up(rows, map(json.loads, report)))
    return ran.returncode


def show(rows: list[Row], sums: dict[int, Sum]) -> None:
    """The table, the reasons of what came twice, and what failed."""
    print("\n".join(table(rows, sums)))
    reasons = sum((total.repeated for total in sums.values()), Counter[str]())
    print(
        "\nRepeated, because: "
        + ("; ".join(f"{reason} ({count})" for reason, count in reasons.most_common()) or "nothing was")
    )
    for test in sorted({test for total in sums.values() for test in total.failed}):
        print(f"failed: {test}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
