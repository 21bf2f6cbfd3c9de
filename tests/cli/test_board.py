"""The board of `watch` fits any terminal: the worst incidents, every trouble and the last line are
always on it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.cli.screens.board_layout import BoardRow, Picture, lay_out
from escalate_cli.cli.screens.style import piece
from tests.delivery.processes import until
from tests.loopback import Bank, bank, server
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS
from tests.terminal import Terminal

SIZES = [(80, 24), (120, 40), (44, 40), (80, 30)]


def row(number: int, severity: str, title: str = "Nobody can sign in and nobody knows why") -> BoardRow:
    cells = {
        "id": f"#{number}", "severity": severity, "status": "open", "for": "12m", "next": "in 2m: Ana Ruiz, in 5m: Bo Chen", "title": title,
    }  # fmt: skip
    return BoardRow({name: piece(text) for name, text in cells.items()}, severity)


def picture(
    *,
    critical: int = 0,
    minor: int = 0,
    events: int = 12,
    troubles: int = 0,
    title: str = "Nobody can sign in",
) -> Picture:
    rows = [row(200 + number, "critical", title) for number in range(critical)] + [
        row(number, "minor", title) for number in range(minor)
    ]
    return Picture(
        piece("escalate watch   10:00 Europe/London"),
        rows,
        {"critical": critical, "minor": minor},
        [piece(f"10:{number:02}  #{number} page to Ana Ruiz by sms: sent") for number in range(events)],
        [
            piece(f"10:00  trouble {number}: " + "the gateway cannot be reached at all " * 4)
            for number in range(troubles)
        ],
    )


def drawn(shown: Picture, width: int, height: int) -> list[str]:
    from rich.console import Console

    return [
        line.plain.rstrip() for line in lay_out(shown, width, height, Console(width=width, height=height))
    ]


def wide(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_an_open_critical_below_many_minors_is_on_the_board_and_the_rest_is_counted(width, height):
    lines = drawn(picture(critical=1, minor=60, troubles=1), width, height)
    assert len(lines) <= height
    assert all(wide(line) <= width for line in lines)
    assert next(line for line in lines if line.startswith("#")).startswith("#200 critical")
    shown = sum(line.startswith("#") for line in lines)
    assert f"and {61 - shown} more, {61 - shown} minor" in "\n".join(lines)
    assert "trouble 0" in "\n".join(lines)
    assert lines[-1].endswith(("Ctrl-C ends this", "finished first"))
    assert "10:11  #11" in "\n".join(lines), "the newest event"
    assert "10:00  #0" not in "\n".join(lines), "the oldest events gave way"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_critical_that_has_no_line_is_counted_as_one(width, height):
    lines = drawn(picture(critical=60, minor=3), width, height)
    shown = sum(line.startswith("#") for line in lines)
    assert f"and {63 - shown} more, {60 - shown} critical, 3 minor"[: width - 1] in "\n".join(lines)
    assert shown >= height - 7, "the gravest take the place of events"


def test_where_there_is_room_everything_is_shown():
    lines = drawn(picture(critical=1, minor=3, troubles=2), 120, 40)
    text = "\n".join(lines)
    assert text.count("page to Ana Ruiz by sms: sent") == 12
    assert "more" not in text
    assert "in 2m: Ana Ruiz, in 5m: Bo Chen" in text
    assert text.count("trouble") == 2


def test_when_nothing_is_open_it_says_so():
    assert "Nothing is open." in drawn(picture(), 80, 24)


@given(
    st.integers(20, 200),
    st.integers(3, 70),
    st.integers(0, 80),
    st.integers(0, 120),
    st.integers(0, 40),
    st.integers(0, 4),
    st.text(max_size=60),
)
def test_it_fits_every_terminal_and_never_loses_a_trouble_or_the_last_line(
    width, height, critical, minor, events, troubles, title
):
    title = "".join(one for one in title if one.isprintable())
    lines = drawn(
        picture(critical=critical, minor=minor, events=events, troubles=troubles, title=title), width, height
    )
    assert len(lines) <= height
    assert all(wide(line) <= width for line in lines)
    assert lines[-1].startswith(("Ctrl-C", "escalate"))
    if height > troubles + 1:
        assert sum(line.startswith("10:00  tr") for line in lines) == troubles
    if height >= 12 and critical:
        assert any(line.startswith("#200") for line in lines)


# ── the real board ────────────────────────────────────────────────────────────────────


@pytest.fixture
def escalate(tmp_path) -> Iterator[Bank]:
    quiet = "[limits]\nmessages = 1000\n"
    with server() as web:
        yield bank(tmp_path, web, ("all.toml", LOOPBACK + quiet), ("gateways.toml", LOOPBACK_GATEWAYS))


def test_the_real_board_shows_an_open_critical_below_26_newer_minors_in_80_by_24(escalate):
    escalate.here("declare", "The database is gone", "-s", "login", "--severity", "critical")
    for number in range(26):
        escalate.here("declare", f"a nuisance {number}", "-s", "login", "--severity", "minor")
    command = [sys.executable, "-m", "escalate_cli", "watch", "--interval", "1m"]
    environ = {name: text for name, text in escalate.environ.items() if name != "COLUMNS"}
    with Terminal(80, 24) as terminal:
        watching = subprocess.Popen(
            command, stdin=terminal.inner, stdout=terminal.inner, env={**environ, "TERM": "xterm"}
        )
        try:
            until(lambda: terminal.shows("escalate ack ID"), 30)
        finally:
            watching.send_signal(signal.SIGTERM)
            watching.wait(20)
        terminal.shows()
        lines = [line.rstrip() for line in terminal.lines]
    [critical] = [line for line in lines if "The database is gone" in line][:1]
    assert critical.startswith("#1 ")
    newest = next(line for line in lines if "a nuisance 25" in line)
    assert lines.index(critical) < lines.index(newest)
    assert any(line.strip().startswith("and ") and " more" in line and "minor" in line for line in lines)
    assert any("page to Ana Ruiz by email: sent" in line for line in lines), "what happened last"
    assert max(len(line) for line in lines) <= 80
