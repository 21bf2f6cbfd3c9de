"""`escalate run`: the command does not notice that it is there, and nobody else does."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import Escalate
from tests.delivery.processes import until
from tests.terminal import Terminal

EVERY_BYTE = bytes(range(256))


def wrapped(escalate: Escalate, *words: str, **options: object) -> subprocess.Popen[bytes]:
    """A process of the wrapper with such a command, begun."""
    line = [sys.executable, "-m", "escalate_cli", "run", "--service", "login", "--", *words]
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        line, env=escalate.environ, cwd=escalate.place, **options
    )


def test_every_byte_of_stdout_and_stderr_is_passed_on_as_it_is(escalate):
    copy = (
        "import sys; data = bytes(range(256));"
        " sys.stdout.buffer.write(data); sys.stderr.buffer.write(data[::-1])"
    )
    done = wrapped(escalate, sys.executable, "-c", copy, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.communicate(timeout=60) == (EVERY_BYTE, EVERY_BYTE[::-1])
    assert done.returncode == 0


def test_stdin_is_passed_on_and_more_than_a_pipe_holds(escalate):
    done = wrapped(escalate, "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.communicate(EVERY_BYTE * 20_000, timeout=60) == (EVERY_BYTE * 20_000, b"")


def test_lines_come_at_once_and_not_when_it_is_over(escalate):
    running = wrapped(
        escalate, "sh", "-c", "echo begun; read x; echo $x", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert running.stdout is not None
    assert running.stdout.readline() == b"begun\n"
    assert running.poll() is None
    assert running.communicate(b"over\n", timeout=60)[0] == b"over\n"


def test_where_both_lead_to_one_place_the_order_stays(escalate):
    loop = "i=0; while [ $i -lt 300 ]; do echo $i; echo $i >&2; i=$((i+1)); done"
    done = wrapped(escalate, "sh", "-c", loop, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = [str(number // 2) for number in range(600)]
    assert done.communicate(timeout=60)[0].decode().split() == lines


@pytest.mark.long
def test_options_behind_the_first_word_are_the_commands_own(escalate):
    for line in ("-- echo --service x --json -q --help", "echo --service x --json -q --help"):
        assert escalate.script(f"escalate run --service login {line}").out == "--service x --json -q --help\n"
    assert escalate.script("escalate run -- echo a -- b").out == "a -- b\n"


def test_its_surroundings_are_those_that_we_were_given(escalate):
    look = "umask; ulimit -Sc; env | grep -c LC_CTYPE; cat /dev/fd/7; pwd"
    with_us, without = (
        escalate.script(
            f"unset LANG LC_ALL LC_CTYPE; umask 027; ulimit -Sc 64; {way} sh -c '{look}' 7<<<seven"
        )
        for way in ("escalate run --service login --", "")
    )
    assert with_us.out == without.out
    assert with_us.out.split()[:2] == ["0027", "128"]  # units of 512 bytes


def test_a_script_without_a_first_line_is_the_shells(escalate):
    script = escalate.place / "job"
    script.write_text("echo by the shell: $1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    assert escalate("run", "--service", "login", "--", str(script), "one").out == "by the shell: one\n"


def test_what_goes_on_in_the_background_is_not_cut_off_and_not_waited_for(escalate):
    """As without us: the exit code is there at once, and the last line comes when it comes."""
    late = f"(read x < {escalate.place}/go; echo late) & echo early"
    os.mkfifo(escalate.place / "go")
    running = wrapped(escalate, "sh", "-c", late, stdout=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == b"early\n"
    assert running.wait(60) == 0
    (escalate.place / "go").write_text("on\n")
    with running.stdout:
        assert running.stdout.read() == b"late\n"


def test_a_reader_who_has_seen_enough_ends_the_command_as_without_us(escalate):
    assert escalate.script("escalate run --service login -- sh -c 'yes; true' | head -1").out == "y\n"


def test_a_full_disk_under_our_output_does_not_stop_it(escalate):
    ran = escalate.script(
        f"escalate run --service login -- sh -c 'echo x; echo done > {escalate.place}/it' > /dev/full"
    )
    assert ran.code == 0
    assert (escalate.place / "it").read_text() == "done\n"
    assert ran.err == "escalate: not all of its output was passed on: No space left on device\n"


# ── signals ───────────────────────────────────────────────────────────────────────────

TRAPS = "trap 'echo got {name}; exit 0' {name}; echo ready; while :; do sleep 0.02; done"


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "USR1"])
@pytest.mark.long
def test_a_signal_to_us_is_passed_on(escalate, name):
    running = wrapped(escalate, "bash", "-c", TRAPS.format(name=name), stdout=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == b"ready\n"
    running.send_signal(getattr(signal, f"SIG{name}"))
    assert running.communicate(timeout=60)[0] == f"got {name}\n".encode()
    assert running.returncode == 0


def test_a_signal_that_we_were_told_to_ignore_is_ignored(escalate):
    ran = escalate.script(
        "trap '' HUP; escalate run --service login -- sh -c 'kill -HUP $$ $PPID; echo still here'"
    )
    assert (ran.code, ran.out) == (0, "still here\n")


# ── a terminal ────────────────────────────────────────────────────────────────────────

ON_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "escalate_cli", "run", "--service", "login", "--",\
 *sys.argv[1:]])
"""


def at(terminal: Terminal, escalate: Escalate, *words: str) -> subprocess.Popen[bytes]:
    """The wrapper with such a command, in the foreground of a terminal."""
    inner = terminal.inner
    return subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, *words],
        env=escalate.environ,
        cwd=escalate.place,
        stdin=inner,
        stdout=inner,
        stderr=inner,
    )


def test_on_a_terminal_the_command_has_one_of_our_size(escalate):
    look = "test -t 0 && test -t 1 && test -t 2 && stty size <&1 && printf '\\033[31mred\\033[0m\\n'"
    with Terminal(91, 17) as terminal:
        assert at(terminal, escalate, "sh", "-c", look).wait(60) == 0
        until(lambda: terminal.shows("17 91\r\n\x1b[31mred\x1b[0m\r\n"))


def test_a_typed_ctrl_c_reaches_it_once_and_what_is_typed_is_read(escalate):
    counts = "n=0; trap 'n=$((n+1)); echo interrupted $n' INT; echo ready; read x; read y; echo \"$n $x$y\""
    with Terminal() as terminal:
        running = at(terminal, escalate, "bash", "-c", counts)
        until(lambda: terminal.shows("ready"))
        os.write(terminal.outer, b"\x03")
        until(lambda: terminal.shows("interrupted 1"))
        os.write(terminal.outer, b"a\nb\n")
        assert running.wait(60) in (0, 1)  # bash goes on reading after a trap
        until(lambda: terminal.shows("1 ab"))
        assert not terminal.shows("interrupted 2")


def test_an_interrupt_that_somebody_sends_is_passed_on_from_a_terminal_too(escalate):
    with Terminal() as terminal:
        running = at(terminal, escalate, "bash", "-c", TRAPS.format(name="INT"))
        until(lambda: terminal.shows("ready"))
        running.send_signal(signal.SIGINT)
        until(lambda: terminal.shows("got INT"))
        assert running.wait(60) == 0


@pytest.mark.long
def test_nobody_is_left_behind(escalate):
    done = wrapped(escalate, "sh", "-c", "echo $PPID", stdout=subprocess.PIPE)
    parent = int(done.communicate(timeout=60)[0])
    assert not Path(f"/proc/{parent}").exists()
