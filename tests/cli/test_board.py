"""The board of `watch` fits any terminal: the worst incidents, every trouble and the last line are
always on it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.actions.declare import Request, store_declaration
from escalate_cli.cli.screens import style
from escalate_cli.cli.screens.board_layout import Picture, lay_out
from escalate_cli.cli.screens.incident_lines import incident_line, lay_out_lines
from escalate_cli.cli.screens.style import piece
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.incident.worst_first import Standing
from escalate_cli.core.organisation.catalog import Catalog, Severity, Urgency
from escalate_cli.views.board import BoardLine, NextPage
from tests.cli.boards import watched
from tests.faults.rounds import mostly_long
from tests.loopback import Bank, bank, server
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS
from tests.terminal import Terminal

SIZES = [(80, 24), (120, 40), (44, 40), (80, 30)]
CATALOG = Catalog(severities=(Severity("minor", Urgency.LOW, 0), Severity("critical", Urgency.HIGH, 1)))
OPEN, TAKEN = IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED
MINUTES = 60_000_000


def line(
    number: int, severity: str, title: str, *, has_it: tuple[str, ...] = (), nudges: tuple[int, ...] = ()
) -> BoardLine:
    pages = (NextPage(2 * MINUTES, ("Ana Ruiz",)), NextPage(5 * MINUTES, ("Bo Chen",)))
    status = TAKEN if has_it else OPEN
    return BoardLine(
        number, title, severity, status, has_it, False, 12 * MINUTES, ("Identity",), pages, nudges
    )


def picture(
    *,
    critical: int = 0,
    minor: int = 0,
    events: int = 12,
    troubles: int = 0,
    title: str = "Nobody can sign in",
) -> Picture:
    shown = [line(200 + number, "critical", title) for number in range(critical)] + [
        line(number, "minor", title) for number in range(minor)
    ]
    return Picture(
        heads=[piece("escalate watch   1 open, 1 unanswered   10:00 Europe/London"), piece("10:00")],
        rows=[incident_line(one, CATALOG, 0) for one in shown],
        running=[Standing(one.id, one.severity, one.status, 0) for one in shown],
        badge=lambda severity: style.badge(severity, CATALOG),
        events=[
            piece(f"10:{number:02}  #{number} page to Ana Ruiz by sms: sent") for number in range(events)
        ],
        troubles=[
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
    assert next(line for line in lines if line.startswith("#")).startswith("#200 CRITICAL")
    shown = sum(line.startswith("#") for line in lines)
    assert f"and {61 - shown} more, {61 - shown} minor: escalate list"[: width - 1] in "\n".join(lines)
    assert "trouble 0" in "\n".join(lines)
    assert lines[-1].endswith(("Ctrl-C ends this", "finished first"))
    assert "10:11  #11" in "\n".join(lines), "the newest event"
    assert "10:00  #0" not in "\n".join(lines), "the oldest events gave way"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_critical_that_has_no_line_is_counted_as_one(width, height):
    lines = drawn(picture(critical=60, minor=3), width, height)
    shown = sum(line.startswith("#") for line in lines)
    taken = sum(line.startswith(("#", "  next in 2m: Ana Ruiz")) for line in lines)
    assert f"and {63 - shown} more, {60 - shown} critical, 3 minor"[: width - 1] in "\n".join(lines)
    assert taken >= height - 7, "the gravest take the place of events"


def test_at_44_columns_the_next_page_and_the_clock_are_on_the_board():
    lines = drawn(picture(critical=1, minor=2), 44, 24)
    assert lines[0] == "10:00", "the time, where there is no room for more"
    assert lines[2:4] == ["#200 CRITICAL Nobody can sign in", "  next in 2m: Ana Ruiz · nobody has it · 12m"]


@pytest.mark.parametrize("height", range(2, 14))
def test_at_44_columns_two_lines_an_incident_fit_any_height(height):
    lines = drawn(picture(critical=2, minor=9, troubles=1), 44, height)
    assert len(lines) <= height
    assert all(wide(line) <= 44 for line in lines)
    assert lines[-1].endswith("Ctrl-C ends this")
    if height > 3:
        assert any(line.startswith("#200 CRITICAL") for line in lines)


def test_where_there_is_room_everything_is_shown():
    lines = drawn(picture(critical=1, minor=3, troubles=2), 120, 40)
    text = "\n".join(lines)
    assert text.count("page to Ana Ruiz by sms: sent") == 12
    assert "more" not in text
    assert "in 2m: Ana Ruiz, in 5m: Bo Chen" in text
    assert text.count("trouble") == 2


@pytest.mark.parametrize("height", [5, 7, 10, 24])
def test_at_any_height_the_open_critical_is_a_line_and_the_others_are_counted(height):
    """Declared first of thirty, so that it would be the last line of a list by number."""
    lines = drawn(picture(critical=1, minor=29, troubles=1), 80, height)
    shown = sum(line.startswith("#") for line in lines)
    assert len(lines) <= height
    assert next(line for line in lines if line.startswith("#")).startswith("#200 CRITICAL nobody")
    assert f"and {30 - shown} more, {30 - shown} minor: escalate list" in lines
    assert any(line.startswith("10:00  trouble 0") for line in lines)
    assert lines[-1].endswith("Ctrl-C ends this")


def test_a_hidden_critical_is_as_loud_as_one_that_has_a_line():
    from rich.console import Console

    shown = picture(critical=30, minor=3)
    [more] = [
        line for line in lay_out(shown, 80, 10, Console(width=80, height=10)) if line.plain.startswith("and ")
    ]
    [badge] = [span for span in more.spans if "on red" in str(span.style)]
    assert more.plain[badge.start : badge.end].endswith(" critical")


def test_events_give_way_oldest_first_and_troubles_never():
    for height in range(6, 40):
        lines = drawn(picture(critical=2, minor=4, events=12, troubles=2), 80, height)
        events = [line[:5] for line in lines if "page to Ana Ruiz by sms" in line]
        assert events == [f"10:{number:02}" for number in range(12 - len(events), 12)]
        assert sum(line.startswith("10:00  tr") for line in lines) == 2
        if events:
            assert sum(line.startswith("#") for line in lines) == 6, "no event instead of an incident"
    assert len(events) == 12


# ── a line ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (140, "id severity who has it for teams next page title"),
        (80, "id severity who has it for next page title"),
        (66, "id severity who has it next page title"),
    ],
)
def test_on_the_board_teams_give_way_first_then_the_time_and_never_the_next_page_nor_the_title(
    width, columns
):
    title = "Nobody in Spain can sign in since the release of this morning"
    rows = [
        incident_line(line(1, "critical", title, nudges=(7,)), CATALOG, 0),
        incident_line(line(12, "minor", title, has_it=("Ana Ruiz",)), CATALOG, 0),
    ]
    lines = [text.plain for text in lay_out_lines(rows, width)]
    assert " ".join(lines[0].split()) == columns
    assert len(lines) == 3
    assert all(wide(text) <= width for text in lines)
    assert "nudge 7" in lines[1]
    assert "in 2m: Ana Ruiz" in lines[1]
    assert title[:4] in lines[1]
    assert title[:4] in lines[2]
    if width == 140:
        assert lines[1].endswith(f" in 2m: Ana Ruiz, in 5m: Bo Chen nudge 7  {title}")
        assert lines[2].startswith("#12 MINOR    Ana Ruiz   12m Identity")


@pytest.mark.parametrize("width", [60, 44, 32, 20])
def test_where_there_is_no_room_for_that_the_next_page_stands_below_the_title(width):
    title = "Nobody in Spain can sign in since the release of this morning"
    rows = [
        incident_line(line(1, "critical", title, nudges=(7,)), CATALOG, 0),
        incident_line(line(12, "minor", title, has_it=("Ana Ruiz",)), CATALOG, 0),
    ]
    lines = [text.plain for text in lay_out_lines(rows, width)]
    assert all(wide(text) <= width for text in lines)
    assert lines[0].startswith(f"#1 CRITICAL {title}"[: width - 1])
    assert lines[1].startswith("  next in 2m: Ana Ruiz"[: width - 1])
    assert ("nudge 7" in lines[1]) == (width >= 32), "before who has it: it waits for somebody"
    assert lines[2].startswith(f"#12 MINOR {title}"[: width - 1])
    assert ("Ana Ruiz has it" in lines[3]) == (width >= 44)
    assert len(lines) == 4


def test_a_long_name_is_cut_there_and_not_left_out():
    one = line(1, "critical", "Nobody can sign in, anywhere", has_it=("Ana Maria Ruiz-Castellanos",))
    rows = [incident_line(one, CATALOG, 0)]
    assert lay_out_lines(rows, 44)[1].plain == "  next in 2m: Ana Ruiz · Ana Maria Ruiz-Cas…"


@given(st.integers(12, 200), st.text(max_size=40), st.text(max_size=60), st.integers(1, 10**9))
def test_a_line_is_one_line_or_two_of_at_most_its_width(width, name, title, number):
    rows = [incident_line(line(number, "critical", title, has_it=(name,)), CATALOG, 0)]
    lines = [text.plain for text in lay_out_lines(rows, width)]
    assert len(lines) == 2, "a head and a line, or two lines"
    assert all(wide(text) <= width and "\n" not in text for text in lines)


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


@pytest.mark.long
def test_thirty_incidents_and_the_oldest_is_the_critical_in_10_lines_in_24_and_in_a_tiny_terminal(escalate):
    context = Context(Options(), escalate.environ, Clock())
    store_declaration(context, Request("The database is gone", ("login",), "critical"))
    for number in range(29):
        store_declaration(context, Request(f"a nuisance {number}", ("vault",), "minor"))
    for height in (10, 24):
        lines = watched(escalate, 80, height, "Ctrl-C ends this")
        [critical] = [line for line in lines if "The database is gone" in line and line.startswith("#")][:1]
        assert critical.startswith("#1  CRITICAL nobody")
        newest = next(line for line in lines if "a nuisance 28" in line and line.startswith("#"))
        assert lines.index(critical) < lines.index(newest)
        assert any(line.startswith("and ") and " more, " in line and "minor" in line for line in lines)
        assert max(len(line) for line in lines) <= 80
    tiny = watched(escalate, 20, 5, "Ctrl-C ends this")
    assert any(line.startswith("#1 CRITICAL") for line in tiny)
    assert max(len(line) for line in tiny) <= 20


@pytest.mark.parametrize("width", mostly_long([20, 44, 80, 120], 44))
def test_on_a_terminal_nothing_is_wider_than_it_and_in_a_pipe_nothing_is_cut(escalate, width):
    title = "Nobody in Spain can sign in since the release of this morning, and nobody knows the reason"
    escalate.here("declare", title, "-s", "login", "--severity", "critical")
    escalate.here("declare", "a nuisance", "-s", "login", "--severity", "minor")
    command = [sys.executable, "-m", "escalate_cli", "list"]
    with Terminal(width, 24) as terminal:
        environ = {name: text for name, text in escalate.environ.items() if name != "COLUMNS"}
        ran = subprocess.run(
            command,
            stdout=terminal.inner,
            stderr=subprocess.PIPE,
            env={**environ, "TERM": "xterm"},
            check=True,
        )
        assert terminal.shows("MINOR"), ran.stderr
        lines = [line.rstrip() for line in terminal.lines]
        assert b"\x1b[1;37;41mCRITICAL" in terminal.seen, "white on red, bold"
    heads = ["id sever"] if width >= 80 else []
    assert [line[:8] for line in lines] == [*heads, "#1 CRITI", "#2 MINOR"]
    assert all(len(line) <= width for line in lines)
    piped = escalate("list", COLUMNS=str(width))
    assert "\x1b" not in piped.out
    assert [title in line for line in piped.out.splitlines()] == [False, True, False]
    assert "identity" in piped.out.lower()
