"""The benchmarks: one command, one table, every ratio within one run.

    python benchmarks/run.py                  all of it, about eight minutes
    python benchmarks/run.py --quick          a look, about one minute
    python benchmarks/run.py --only wire      one group: start, wire, crowd, open, storm, answers, routing,
                                              learning, check
    python benchmarks/run.py --json           the figures for a program

Everything stays on loopback and in a temporary directory. Exit code 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import (
    crowds,
    finding,
    hearing,
    learning,
    looking_ahead,
    open_incidents,
    starting,
    storms,
    to_the_wire,
)
from benchmarks.figure import Figure, Note

Lines = Iterator[Figure | Note]

HOW = (
    "Each ratio compares what ran in turns in this run on this machine. CPU is user + system of the whole"
    " process with its children, the least of all turns; waiting is the median. The first turn of everything"
    " is not counted: bytecode, the compiled configuration and the kernel's caches are warm for all alike."
    " Ticks that send are the exception: they, and apprise beside them, run once, one after the other, so a"
    " busy machine moves their ratios."
)


GROUPS: dict[str, Callable[..., Lines]] = {
    starting.GROUP: starting.measure,
    to_the_wire.GROUP: to_the_wire.measure,
    crowds.GROUP: crowds.measure,
    open_incidents.GROUP: open_incidents.measure,
    storms.GROUP: storms.measure,
    hearing.GROUP: hearing.measure,
    finding.GROUP: finding.measure,
    learning.GROUP: learning.measure,
    looking_ahead.GROUP: looking_ahead.measure,
}


def main() -> int:
    """Measure, show, judge."""
    parser = argparse.ArgumentParser(description="Benchmarks of escalate: one table, ratios within one run.")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        choices=GROUPS,
        help=f"one group of {', '.join(GROUPS)} (repeatable)",
    )
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    asked = parser.parse_args()
    lines: list[Figure | Note] = []
    for name in asked.only or GROUPS:
        sys.stderr.write(f"measuring: {name} …\n")
        with tempfile.TemporaryDirectory(prefix=f"escalate-benchmark-{name}-") as place:
            lines += GROUPS[name](Path(place), quick=asked.quick)
    figures = [line for line in lines if isinstance(line, Figure)]
    notes = [line for line in lines if isinstance(line, Note)]
    missed = [figure for figure in figures if figure.met is False]
    if asked.json:
        print(
            json.dumps(
                {
                    "figures": [figure.data() for figure in figures],
                    "notes": [note.text for note in notes],
                    "ok": not missed,
                },
                indent=2,
            )
        )
    else:
        show(figures, notes)
    return 1 if missed else 0


def show(figures: list[Figure], notes: list[Note]) -> None:
    """The table for people."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 150)
    table = Table(title="escalate: benchmarks", title_justify="left")
    for heading in ("what", "figure", "against", "its figure", "ratio", "target", "verdict", "note"):
        table.add_column(heading, justify="right" if heading in ("figure", "its figure", "ratio") else "left")
    group = None
    for figure in figures:
        if group not in (None, figure.group):
            table.add_section()
        group = figure.group
        style = {True: "green", False: "bold red", None: ""}[figure.met]
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} ×"
        verdict = f"[{style}]{figure.verdict}[/{style}]" if style else ""
        table.add_row(
            figure.what, figure.shown(figure.value), figure.against or "", figure.shown(figure.peer), ratio,
            figure.target, verdict, figure.note
        )  # fmt: skip
    console.print(table)
    for note in notes:
        console.print(f"{note.group}: {note.text}", markup=False)
    console.print(HOW, style="dim")


if __name__ == "__main__":
    sys.exit(main())
