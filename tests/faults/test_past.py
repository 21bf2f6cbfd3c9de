"""Scenario 12: what is long over costs those who are paged tonight nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from benchmarks import storms
from benchmarks.stage import add_past
from tests.faults.harness import Installation, crew, installation
from tests.faults.rounds import report
from tests.servers import HttpServer

PAST, OPEN, TURNS = 100_000, 50, 7
COMMANDS = (("tick",), ("list",), ("list", "--json"), ("show", str(PAST + 1)))


def spent(place: Installation, db: os.PathLike[str], words: tuple[str, ...]) -> tuple[float, int]:
    """What a command costs: seconds of CPU with all its children, and its largest resident memory in KiB."""
    process = subprocess.Popen(
        [sys.executable, "-m", "escalate_cli", *words],
        env={**place.environ, "ESCALATE_DB": str(db)},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


@pytest.mark.long
def test_a_watch_needs_no_more_memory_after_thousands_of_passes(tmp_path):
    """As the benchmark has it for 100,000."""
    figure = storms.memory(tmp_path, 5000)
    assert figure.met, figure
    report(rounds=5000)


@pytest.mark.long
def test_a_hundred_thousand_past_incidents_with_a_million_attempts_cost_a_tick_and_a_list_nothing(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        place.declare_quietly("long ago")
        assert place("tick").code == 0
        place("resolve", "1")
        place.settle()
        short, long = tmp_path / "short.db", tmp_path / "long.db"
        for db, past in ((short, 1), (long, PAST)):
            shutil.copy(place.db, db)
            if past > 1:
                add_past(db, past)
            elsewhere = Installation(place.place, {**place.environ, "ESCALATE_DB": str(db)}, web, 0)
            for number in range(OPEN):
                elsewhere.declare_quietly(f"tonight {number}")
            assert elsewhere("tick").code == 0  # sends, makes the day's copy and the reserve
        with Installation(place.place, {**place.environ, "ESCALATE_DB": str(long)}, web, 0).sql() as raw:
            counts = [
                raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("incidents", "attempts")
            ]
        assert counts[0] == PAST + OPEN
        assert counts[1] >= 10 * PAST
        for words in COMMANDS:
            there = (*words[:1], "2") if words[0] == "show" else words
            turns = [(spent(place, short, there), spent(place, long, words)) for _ in range(TURNS)]
            (quick, small), (slow, large) = (
                tuple(map(min, zip(*[turn[which] for turn in turns], strict=True))) for which in (0, 1)
            )
            assert slow < 1.2 * quick + 0.01, f"{words}: {slow:.3f} s of CPU instead of {quick:.3f} s"
            assert large < 1.1 * small, f"{words}: {large} KiB instead of {small} KiB"
        report(rounds=2 * TURNS * len(COMMANDS))
        shutil.rmtree(tmp_path)  # half a gigabyte: pytest would keep it for a while
