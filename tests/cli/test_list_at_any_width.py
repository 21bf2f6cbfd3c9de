"""`list` at any width: a line an incident; teams give way first, then for how long, then the next page,
before a title is cut; an open nudge is marked at every width.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.cli.screens.incident_lines import IncidentLine, incident_line, list_lines
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.organisation.catalog import Catalog, Severity, Urgency
from escalate_cli.views.board import BoardLine, NextPage
from tests.loopback import Bank, another
from tests.terminal import Terminal

CATALOG = Catalog(severities=(Severity("minor", Urgency.LOW, 0), Severity("critical", Urgency.HIGH, 1)))
MINUTES = 60_000_000
TITLE = "Nobody can sign in with their password in any country of Europe"


def line(
    number: int,
    severity: str,
    title: str,
    *,
    has_it: tuple[str, ...] = (),
    nudges: tuple[int, ...] = (),
    in_part: bool = False,
) -> IncidentLine:
    pages = (NextPage(2 * MINUTES, ("Ana Ruiz",)), NextPage(5 * MINUTES, ("Bo Chen",)))
    status = IncidentStatus.ACKNOWLEDGED if has_it and not in_part else IncidentStatus.OPEN
    told = BoardLine(
        number, title, severity, status, has_it, in_part, 12 * MINUTES, ("Identity",), pages, nudges
    )
    return incident_line(told, CATALOG, 0)


ROWS = [line(6, "critical", TITLE, nudges=(1,)), line(12, "minor", "A nuisance", has_it=("Ana Ruiz",))]


def laid(width: int | None, rows: list[IncidentLine] = ROWS) -> list[str]:
    return [text.plain for text in list_lines(rows, width)]


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (None, "id severity who has it for teams next page title"),
        (160, "id severity who has it for teams next page title"),
        (141, "id severity who has it for teams next page title"),
        (140, "id severity who has it for next page title"),
        (116, "id severity who has it for next page title"),
        (115, "id severity who has it next page title"),
        (112, "id severity who has it next page title"),
        (111, "id severity who has it title"),
        (96, "id severity who has it title"),
        (80, "id severity who has it title"),
        (60, "id severity who has it title"),
    ],
)
def test_teams_give_way_first_then_for_how_long_then_the_next_page(width: int | None, columns: str) -> None:
    lines = laid(width)
    assert " ".join([*lines[0].partition(" title")[0].split(), "title"]) == columns
    assert len(lines) == 3


@pytest.mark.parametrize("width", range(96, 160))
def test_no_title_is_cut_while_another_column_is_there(width: int) -> None:
    assert TITLE in laid(width)[1]


@pytest.mark.parametrize("width", range(20, 96))
def test_where_a_title_has_to_be_cut_nothing_that_gives_way_before_it_is_left_in_its_line(width: int) -> None:
    [critical] = [text for text in laid(width) if text.startswith("#6")]
    assert "Identity" not in critical
    assert "12m" not in critical
    assert "in 2m" not in critical
    assert critical.endswith("…")
    assert "Nob" in critical


@pytest.mark.parametrize("width", [*range(20, 130), None])
def test_at_any_width_a_line_each_with_the_nudge_marked_and_whoever_has_it(width: int | None) -> None:
    lines = [text for text in laid(width) if text.startswith("#")]
    assert [text.partition(" ")[0] for text in lines] == ["#6", "#12"]
    assert len(laid(width)) - len(lines) <= 1, "a line of heads at most"
    assert ("nudge 1 " if width is None or width >= 36 else "?1 ") in lines[0]
    if width is None or width >= 30:
        assert "nobody" in lines[0]
        assert " Ana" in lines[1]


def test_a_line_with_a_short_title_keeps_its_next_page_at_the_right_edge() -> None:
    heads, critical, minor = laid(80)
    assert critical.endswith("…")
    assert minor.endswith("  in 2m: Ana Ruiz")
    assert len(minor) == 80
    assert heads.endswith("next page")


def test_where_others_are_still_awaited_a_narrow_list_says_so() -> None:
    rows = [line(1, "critical", TITLE, has_it=("Ana Maria Ruiz-Castellanos",), in_part=True)]
    assert "Ana Maria Ruiz-Castellanos, in part" in laid(None, rows)[1]
    assert "Ana, in part" in laid(60, rows)[1]


@given(
    st.integers(12, 200),
    st.text(max_size=40),
    st.text(max_size=90),
    st.integers(1, 10**9),
    st.lists(st.integers(1, 999), max_size=2),
)
def test_a_line_is_one_line_of_at_most_its_width(width, name, title, number, nudges) -> None:
    from rich.cells import cell_len

    lines = laid(width, [line(number, "critical", title, has_it=(name,), nudges=tuple(nudges))])
    assert len([text for text in lines if text.startswith("#")]) == 1
    assert len(lines) <= 2
    assert all(cell_len(text) <= width and "\n" not in text for text in lines)


# ── the real list ─────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def crowd(organisation: Bank, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    escalate = another(organisation, tmp_path_factory.mktemp("crowd"))
    escalate.environ = {name: text for name, text in escalate.environ.items() if name != "COLUMNS"}
    escalate.declare("A nuisance", "-s", "login", "--severity", "minor")
    escalate.declare("Cards are slow", "-s", "login", "--severity", "major")
    escalate.here("ack", "2")
    escalate.declare(TITLE, "-s", "login", "--severity", "critical")
    return escalate


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (44, 40), (32, 20), (20, 10)])
def test_on_a_terminal_it_is_a_line_each_the_worst_and_unanswered_first(
    crowd: Bank, width: int, height: int
) -> None:
    with Terminal(width, height) as terminal:
        command = [sys.executable, "-m", "escalate_cli", "list"]
        ran = subprocess.run(
            command,
            stdout=terminal.inner,
            stderr=subprocess.PIPE,
            env={**crowd.environ, "TERM": "xterm"},
            check=True,
        )
        assert terminal.shows("#1"), ran.stderr
        lines = [text.rstrip() for text in terminal.lines]
    assert [text.partition(" ")[0] for text in lines if text and not text.startswith("id")] == [
        "#3", "#2", "#1"
    ]  # fmt: skip
    assert all(len(text) <= width for text in lines)
    assert "Nobody"[: max(3, width - 26)] in lines[1 if lines[0].startswith("id") else 0]
