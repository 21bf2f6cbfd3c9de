"""On a narrow terminal nothing is cut away; in a pipe nothing is wrapped and nothing is coloured."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.cli.screens import style
from tests.loopback import Bank, another
from tests.terminal import Terminal

TITLE = "Nobody in Spain can sign in since the release of this morning, and nobody knows the reason for it"
LOOKS = (
    ("show", "1"), ("timeline", "1"), ("explain", "1"),
    ("simulate", "--service", "login", "--severity", "critical", "--for", "20m"), ("route", "login"),
    ("oncall",), ("oncall", "identity", "--until", "+3w"), ("oncall", "ana"), ("service", "list"),
    ("service", "show", "login"), ("team", "list"), ("person", "list"), ("person", "show", "ana"),
    ("policy", "list"), ("policy", "show", "standard"), ("report",), ("nudge",),
)  # fmt: skip


@pytest.fixture(scope="module")
def declared(organisation: Bank, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """A bank with an incident and a nudge."""
    made = another(organisation, tmp_path_factory.mktemp("declared"))
    made.environ = {name: text for name, text in made.environ.items() if name != "COLUMNS"}
    assert made("declare", TITLE, "-s", "login", "--severity", "critical").code == 0
    return made


@pytest.mark.parametrize("words", LOOKS, ids=[" ".join(words) for words in LOOKS])
def test_at_44_columns_no_screen_is_wider_and_none_cuts_a_word_away(declared, words):
    with Terminal(44, 40) as terminal:
        command = [sys.executable, "-m", "escalate_cli", *words]
        environ = {**declared.environ, "TERM": "xterm"}
        ran = subprocess.run(
            command,
            stdout=terminal.inner,
            stderr=subprocess.PIPE,
            env=environ,
            cwd=declared.place,
            check=False,
        )
        assert ran.returncode in (0, 1), ran.stderr
        terminal.shows()
        lines = [line.rstrip() for line in terminal.lines]
    assert max(map(len, lines)) <= 44
    assert "…" not in "".join(lines).replace('--message "…"', "")


def test_the_week_at_a_glance_fits_44_columns(declared):
    with Terminal(44, 40) as terminal:
        command = [sys.executable, "-m", "escalate_cli", "check", "--heatmap"]
        subprocess.run(
            command,
            stdout=terminal.inner,
            stderr=subprocess.PIPE,
            env={**declared.environ, "TERM": "xterm"},
            check=False,
        )
        terminal.shows()
        week = [line.rstrip() for line in terminal.lines if "····" in line or "Mon" in line]
    assert len(week) > 3
    assert max(map(len, week)) <= 44


def test_in_a_pipe_no_line_is_wrapped_and_nothing_is_coloured(declared, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    for words in LOOKS:
        ran = declared.here(*words)
        assert ran.code in (0, 1), ran.err
        assert "\x1b" not in ran.out, words
    assert f"CRITICAL  #1  {TITLE}\n" in declared.here("show", "1").out
    lines = [" ".join(line.split()) for line in declared.here("timeline", "1").out.splitlines()]
    assert any(line.endswith(f" declared {TITLE} (Ana Ruiz)") for line in lines)
    told = declared.here("explain", "1").out
    assert any(TITLE in line and "reported by Ana Ruiz" in line for line in told.splitlines())
    assert max(map(len, declared("show", "1", COLUMNS="60").out.splitlines())) <= 60, "somebody asks for it"


@settings(max_examples=40)
@given(
    st.integers(12, 120),
    st.lists(st.tuples(*[st.text("abc é漢 ", max_size=30)] * 4), min_size=1, max_size=4),
    st.sets(st.sampled_from(["a", "b", "c", "d"])),
    st.sets(st.sampled_from(["a", "b", "c", "d"])),
)
def test_every_table_says_everything_at_any_width(width, rows, wrap, right):
    from rich.console import Console

    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(style.table(("a", "b", "c", "d"), rows, wrap=wrap, right=right))
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    from rich.cells import cell_len

    assert all(cell_len(line.rstrip()) <= width for line in drawn.splitlines())
    for row in rows:
        for cell in row:
            for word in cell.split():
                # a word that is longer than the line is broken
                assert word in drawn or cell_len(word) > 8, (cell, drawn)
