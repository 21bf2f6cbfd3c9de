"""Output that nobody reads: nothing that is said or drawn stands in the way of what pages, or of the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.cli.outlet import ROOM, Outlet
from tests.delivery.processes import until
from tests.faults.harness import CLOCK, Installation, crew, installation
from tests.faults.rounds import mostly_long
from tests.terminal import Terminal, fill

CREW = crew(1, ("a",))
CTRL_S, CTRL_Q = b"\x13", b"\x11"


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with Terminal() as made:
        yield made


@pytest.fixture
def stuck() -> Iterator[int]:
    """The end to write into of a pipe that nobody reads."""
    reader, writer = os.pipe()
    fill(writer)
    yield writer
    os.close(writer)
    os.close(reader)


def begin(
    place: Installation, *words: str, stdout: int, stderr: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "escalate_cli", *words]
    environ = {**place.environ, "TERM": "xterm"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environ, cwd=place.place
    )
    place.begun.append(process)
    return process


def ends(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM) -> float:
    """How many seconds it takes to end well when it is asked to."""
    began = CLOCK.monotonic()
    process.send_signal(by)
    assert process.wait(30) == 0
    return CLOCK.monotonic() - began


@pytest.mark.parametrize("why", mostly_long(["nobody reads", "Ctrl-S"], "Ctrl-S"))
@pytest.mark.long
def test_a_watch_on_a_terminal_that_stands_still_pages_draws_anew_when_it_goes_on_and_ends_when_told(
    tmp_path, web, terminal, why
):
    with installation(tmp_path, web, CREW) as place:
        watch = begin(place, "watch", "--interval", "1s", stdout=terminal.inner)
        until(lambda: terminal.shows("Nothing is open."), 30)
        if why == "Ctrl-S":
            os.write(terminal.outer, CTRL_S)
        else:
            terminal.is_full()
        for number in range(1, 4):
            place.declare_quietly(f"no {number}")
            web.wait_for(number)
        os.write(terminal.outer, CTRL_Q)
        terminal.seen = b""
        until(lambda: terminal.shows("no 1", "no 2", "no 3", "#3", "page to P0 by a: sent"), 30)
        terminal.is_full()
        place.declare_quietly("no 4")
        web.wait_for(4)
        assert ends(watch) < 6
        assert place.statuses() == {"sent": 4}


def test_a_terminal_that_is_read_again_within_the_long_rest_of_a_watch_shows_the_newest_board(
    tmp_path, web, terminal
):
    with installation(tmp_path, web, CREW) as place:
        terminal.is_full()
        place.declare_quietly("no 1")
        watch = begin(place, "watch", "--interval", "1h", stdout=terminal.inner)
        web.wait_for(1)
        until(lambda: terminal.shows("no 1"), 30)
        assert ends(watch, signal.SIGINT) < 6
        assert terminal.shows("\x1b[?1049l", "\x1b[?25h"), "the terminal is put back"


@pytest.mark.parametrize("words", [(), pytest.param(("--json",), marks=pytest.mark.long)])
def test_a_watch_whose_lines_and_troubles_nobody_reads_pages_and_ends_when_told(tmp_path, web, stuck, words):
    with installation(tmp_path, web, CREW + f'[metrics]\ntextfile = "{tmp_path}/nowhere/x.prom"\n') as place:
        watch = begin(place, *words, "watch", "--interval", "1s", stdout=stuck, stderr=stuck)
        for number in range(1, 4):
            place.declare_quietly(f"no {number}")
            web.wait_for(number)
        assert ends(watch) < 6


def test_a_tick_whose_troubles_nobody_reads_pages_first_and_waits_then(tmp_path, web, stuck):
    with installation(tmp_path, web, CREW + f'[metrics]\ntextfile = "{tmp_path}/nowhere/x.prom"\n') as place:
        place.declare_quietly()
        tick = begin(place, "tick", stdout=subprocess.DEVNULL, stderr=stuck)
        until(lambda: place.statuses() == {"sent": 1}, 30)
        assert tick.poll() is None
        assert place("tick").code == 0, "it holds up no other"


@pytest.mark.long
def test_a_demo_on_a_terminal_that_nobody_reads_ends_when_told_and_leaves_nothing(tmp_path, web, terminal):
    with installation(tmp_path / "place", web, CREW) as place:
        place.environ["TMPDIR"] = str(tmp_path / "scratch")
        Path(place.environ["TMPDIR"]).mkdir()
        terminal.is_full()
        demo = begin(place, "demo", stdout=terminal.inner)
        until(lambda: list((tmp_path / "scratch").glob("escalate-demo-*/escalate.db")), 30)
        began = CLOCK.monotonic()
        demo.terminate()
        assert demo.wait(30) == 128 + signal.SIGTERM
        assert CLOCK.monotonic() - began < 8
        assert list((tmp_path / "scratch").iterdir()) == []


def test_lines_beyond_the_room_are_left_out_and_counted_and_the_newest_picture_is_the_one_that_is_seen():
    reader, writer = os.pipe()
    fill(writer)
    outlet = Outlet(writer)
    line = "x" * 1000
    for _ in range(2 * ROOM // 1000):
        outlet.say(line)
    for number in range(1000):
        outlet.show(b"picture %d\n" % number)
    said = b""
    while b"picture" not in said:
        said += os.read(reader, 100_000)
    assert said.endswith(b"lines that nobody read are left out here\npicture 999\n")
    left_out = int(said.split(b" lines that nobody")[0].rpartition(b"\n")[2])
    assert said.count(line.encode()) + left_out == 2 * ROOM // 1000
    outlet.close(None)
    outlet.say("and on")
    outlet.close(None)
    assert os.read(reader, 100) == b"and on\n"
    os.close(reader)
    os.close(writer)
