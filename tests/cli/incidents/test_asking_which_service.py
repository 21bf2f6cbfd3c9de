"""In doubt on a terminal, `declare` asks which service it is: after the incident is stored, so that
nothing that happens to the question loses it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.incidents.answers import ANA, CY, ROOM
from tests.delivery.processes import until
from tests.loopback import bank
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS
from tests.terminal import Terminal

TITLE = "payments or password trouble"
"""fits Card payments and Log in"""


@contextmanager
def asked(escalate, *more: str) -> Iterator[tuple[Terminal, subprocess.Popen[bytes]]]:
    """A declaration that has come to its question."""
    with Terminal() as terminal:
        running = subprocess.Popen(
            [sys.executable, "-m", "escalate_cli", "declare", TITLE, *more],
            stdin=terminal.inner,
            stdout=subprocess.PIPE,
            stderr=terminal.inner,
            env=escalate.environ,
            start_new_session=True,
        )
        try:
            until(lambda: terminal.shows("Enter for none of these"))
            yield terminal, running
        finally:
            running.kill()
            running.communicate()


def number_of(terminal: Terminal, name: str) -> bytes:
    return next(line.split()[0] for line in terminal.lines if name in line and "(" in line).encode()


def test_it_is_stored_before_it_asks_and_the_answer_pages_the_right_team(escalate):
    with asked(escalate) as (terminal, running):
        (stored,) = escalate.here("list", "--json").json
        assert (stored["id"], stored["status"], stored["title"]) == (1, "open", TITLE)
        assert [one["recipient"] for one in escalate.show()["notifications"]] == ["person:cy"]
        assert "#1 is stored" in " ".join(terminal.lines)
        os.write(terminal.outer, b"9\n" + number_of(terminal, "Log in") + b"\n")
        out, _ = running.communicate(timeout=30)
    assert (running.returncode, b"Log in" in out) == (0, True)
    assert sorted(escalate.told) == [ROOM, ANA], "the fallback is not woken for it, and a room hears it once"
    shown = escalate.show()
    assert (shown["services"], shown["teams"]) == (["login"], ["identity"])
    assert [one["status"] for one in shown["notifications"] if one["recipient"] == "person:cy"] == [
        "cancelled"
    ]


@pytest.mark.parametrize("ending", ["Enter", "end of file", "Ctrl-C", "hang-up", "kill"])
def test_whatever_becomes_of_the_question_it_is_paged(escalate, ending):
    with asked(escalate) as (terminal, running):
        if ending == "Enter":
            os.write(terminal.outer, b"\n")
        elif ending == "end of file":
            os.write(terminal.outer, b"\x04")
        else:
            signals = {"Ctrl-C": signal.SIGINT, "hang-up": signal.SIGHUP, "kill": signal.SIGTERM}
            running.send_signal(signals[ending])
        out, _ = running.communicate(timeout=30)
        code = running.returncode
        told = terminal.shows("incident 1 is stored and paged for")
    assert (code, escalate.told) == (0, [CY])
    assert TITLE.encode() in out
    assert told is (ending not in ("Enter", "end of file"))
    assert (escalate.show()["status"], escalate.show()["services"]) == ("open", [])


@pytest.mark.parametrize(("answer", "services"), [("Log in", ["login"]), ("", [])])
def test_what_was_guessed_gives_way_to_the_answer(web, tmp_path, answer, services):
    guessing = LOOPBACK.but("[settings]", '[settings]\nin_doubt = "both"')
    own = bank(tmp_path / "bank", web, ("catalog.toml", guessing), ("gateways.toml", LOOPBACK_GATEWAYS))
    with asked(own) as (terminal, running):
        assert sorted(own.show()["services"]) == ["login", "payments"]
        os.write(terminal.outer, (number_of(terminal, answer) if answer else b"") + b"\n")
        running.communicate(timeout=30)
    assert own.show()["services"] == services
    assert sorted(own.told) == ([ROOM, ANA] if answer else [CY])


def test_a_question_that_is_killed_leaves_the_page_to_the_next_tick(escalate):
    with asked(escalate) as (_, running):
        running.kill()
        running.wait(timeout=30)
    assert escalate.told == []
    escalate.tick_until(1)
    assert escalate.told == [CY]


def test_nobody_is_asked_what_is_sure_or_was_said(escalate):
    for words in (("Nobody can sign in",), (TITLE, "-s", "login"), (TITLE, "--json")):
        with Terminal() as terminal:
            done = subprocess.run(
                [sys.executable, "-m", "escalate_cli", "declare", *words],
                stdin=terminal.inner,
                capture_output=True,
                env=escalate.environ,
                timeout=30,
                check=False,
            )
            assert done.returncode == 0
            assert b"Which service" not in done.stderr


WAITS = """
from escalate_cli.cli.asking import Meanwhile, choose
import sys
print(choose("Which?", ["a", "b"], meanwhile=Meanwhile(0.05, lambda: sys.stderr.write("MEANWHILE\\n"))))
"""


def test_what_waits_for_an_answer_goes_on_without_and_still_takes_it(escalate):
    with Terminal() as terminal:
        running = subprocess.Popen(
            [sys.executable, "-c", WAITS],
            stdin=terminal.inner,
            stdout=subprocess.PIPE,
            stderr=terminal.inner,
            env=escalate.environ,
        )
        until(lambda: terminal.shows("MEANWHILE"))
        until(lambda: terminal.shows() and b"none" in terminal.seen.partition(b"MEANWHILE")[2])
        os.write(terminal.outer, b"2\n")
        out, _ = running.communicate(timeout=30)
    assert (out, terminal.seen.count(b"MEANWHILE")) == (b"1\n", 1)
