"""`escalate help`: the guide in a terminal and in a pipe, a topic by its name, a word by what has it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from escalate_cli.cli.index import COMMANDS, FAMILIES
from escalate_cli.guide.topics import TOPICS, page, title
from tests.command import Escalate
from tests.terminal import Terminal


def on_a_terminal(
    escalate: Escalate, *arguments: str, height: int = 5000, width: int = 80, **more: str
) -> list[str]:
    """The lines that `escalate help …` shows on a terminal."""
    with Terminal(width, height) as terminal:
        command = [sys.executable, "-m", "escalate_cli", "help", *arguments]
        environ = {**escalate.environ, "TERM": "xterm", **more}
        with subprocess.Popen(command, stdin=terminal.inner, stdout=terminal.inner, env=environ) as process:
            while process.poll() is None:
                terminal.shows()
        terminal.shows()
        return [line.rstrip() for line in terminal.lines]


def test_without_a_topic_it_lists_them_in_a_line_each(escalate: Escalate) -> None:
    rows = [re.split(r" {2,}", line) for line in escalate("help").out.splitlines()[2:]]
    assert {row[0]: row[1] for row in rows[: len(TOPICS)]} == TOPICS
    assert escalate("help", "--json").json == [
        {"topic": topic, "about": about} for topic, about in TOPICS.items()
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_no_topic_is_a_command(topic: str) -> None:
    assert topic not in COMMANDS
    assert topic not in FAMILIES


def test_a_pipe_gets_the_markdown_with_links_as_what_to_type(escalate: Escalate) -> None:
    ran = escalate("help", "schedules")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == page("schedules")
    assert escalate("help", "schedules", "--json").json == {
        "topic": "schedules",
        "about": TOPICS["schedules"],
        "text": page("schedules"),
    }


@pytest.mark.parametrize("topic", TOPICS)
def test_no_link_is_left_that_a_terminal_cannot_follow(topic: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", re.sub(r"^```.*?^```$", "", page(topic), flags=re.M | re.S)):
        raise AssertionError(link)
    for named in re.findall(r"`escalate help ([\w-]+)`", page(topic)):
        assert named in TOPICS


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("before-the-night", "before-the-night"),
        ("before the night", "before-the-night"),
        ("Reaching People", "reaching-people"),
        ("schedules.md", "schedules"),
        ("before", "before-the-night"),
        ("what-it", "what-it-survives"),
    ],
)
def test_a_topic_may_be_called_with_blanks_or_by_its_beginning(
    escalate: Escalate, words: str, topic: str
) -> None:
    assert escalate("help", *words.split(), "--json").json["topic"] == topic


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("scheduels", 'did you mean "schedules"?'),
        ("declair", 'did you mean "declare"?'),
        ("setgid", "see `escalate help sharing`; `escalate help --search setgid` shows every line with it"),
        (
            "alertmanager",
            "see `escalate help alerts`; `escalate help --search alertmanager` shows every line with it",
        ),
        ("xyzzy", "run `escalate help` to see the topics"),
    ],
)
def test_what_is_no_topic_has_a_hint(escalate: Escalate, words: str, hint: str) -> None:
    ran = escalate("help", words)
    error, said = ran.err.splitlines()
    assert (ran.code, ran.out, error) == (4, "", f'escalate: error: no such topic or command: "{words}"')
    assert said == f"hint: {hint}"
    assert escalate("help", words, "--json").err.count("no-such-topic") == 1


@pytest.mark.parametrize("words", ["ack", "service", "service show", "help", "import-history"])
def test_a_command_is_explained_as_by_its_own_help(escalate: Escalate, words: str) -> None:
    assert escalate("help", *words.split()) == escalate(*words.split(), "--help")


def test_a_command_as_data(escalate: Escalate) -> None:
    ack = escalate("help", "ack", "--json").json
    assert (ack["command"], ack["usage"]) == (
        "ack",
        escalate("ack", "--help").out.split("escalate ")[1][:0] + ack["usage"],
    )
    assert ack["about"] == COMMANDS["ack"][2]
    assert {
        name: value
        for option in ack["options"]
        if option["names"] == ["--all"]
        for name, value in option.items()
        if name in ("names", "value")
    } == {"names": ["--all"], "value": None}
    assert escalate("--json", "help", "service").json["commands"] == [
        "service list",
        "service show",
        "service add",
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_called_by_its_title_in_any_case_with_or_without_quotes(
    escalate: Escalate, topic: str
) -> None:
    if title(topic).lower() in COMMANDS:
        return
    for words in (title(topic).split(), [title(topic)], title(topic).upper().split()):
        assert escalate("help", *words, "--json").json["topic"] == topic


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("policies and", "policies"),
        ("one installation", "sharing"),
        ("One", "sharing"),
        ("how it", "promises"),
        ("words", "routing"),
        ("what messages", "messages"),
        ("what-messages", "messages"),
        ("how_it_behaves", "promises"),
    ],
)
def test_a_title_may_be_called_by_a_beginning_that_no_other_has(
    escalate: Escalate, words: str, topic: str
) -> None:
    assert escalate("help", *words.split(), "--json").json["topic"] == topic


def test_a_beginning_that_two_have_is_no_topic(escalate: Escalate) -> None:
    assert escalate("help", "what").code == 4, "What messages say, What it survives"


def test_search_names_topic_heading_and_line(escalate: Escalate) -> None:
    passages = escalate("help", "--search", "setgid", "--json").json
    assert passages
    for passage in passages:
        lines = page(passage["topic"]).splitlines()
        assert passage["text"] == lines[passage["line"] - 1].strip()
        assert "setgid" in passage["text"].lower()
        titles = [line for line in lines[: passage["line"]] if re.match(r"#+ ", line)]
        assert any(title.lstrip("# ") == passage["heading"] for title in titles)
    shown = escalate("help", "--search", "SETGID").out
    assert all(f"{passage['topic']}: {passage['heading']}\n" in shown for passage in passages)
    assert all(f"  {passage['text']}\n" in shown for passage in passages)


def test_several_words_stand_in_the_same_line(escalate: Escalate) -> None:
    both = escalate("help", "--search", "cron", "secrets.env", "--json").json
    assert both
    assert all("cron" in passage["text"] and "secrets.env" in passage["text"] for passage in both)
    assert escalate("help", "--search", "cron secrets.env", "--json").json == both


def test_a_word_that_nothing_has_is_a_no(escalate: Escalate) -> None:
    ran = escalate("help", "--search", "xyzzy")
    assert (ran.code, ran.out) == (1, 'Nothing in the guide has "xyzzy"\n')
    assert escalate("help", "--search", "xyzzy", "--json").json == []


def test_a_terminal_has_it_drawn_within_its_width(escalate: Escalate) -> None:
    lines = on_a_terminal(escalate, "schedules")
    assert max(len(line) for line in lines if not line.startswith("    ")) <= 80
    assert "# Schedules" not in lines
    assert "Take turns" in lines
    assert "    [teams.shop]" in lines
    assert not any("```" in line or "](" in line for line in lines)


@pytest.mark.parametrize("width", [44, 80, 120])
def test_no_cell_of_a_table_is_cut_off(escalate: Escalate, width: int) -> None:
    drawn = "".join("".join(on_a_terminal(escalate, "reaching-people", width=width)).split())
    urls = re.findall(r"^\| [^|]+ \| `([^`]+)` \|", page("reaching-people"), re.M)
    assert len(urls) > 20
    assert [url for url in urls if url not in drawn] == []


def test_what_is_code_is_on_a_line_of_its_own_however_long(escalate: Escalate) -> None:
    [line] = [
        line for line in page("reaching-people").splitlines() if line.startswith('contact = { email = "ana@')
    ]
    assert len(line) > 100
    assert f"    {line}" in on_a_terminal(escalate, "reaching-people")


def test_what_does_not_fit_goes_through_the_pager(escalate: Escalate) -> None:
    lines = on_a_terminal(escalate, "schedules", height=24, PAGER="sed s/^/page:/")
    assert lines
    assert all(line.startswith("page:") for line in lines)
    assert on_a_terminal(escalate, "schedules", height=24, PAGER="/no/such/pager")[0].startswith("Schedules")
    assert not any(
        line.startswith("page:") for line in on_a_terminal(escalate, height=60, PAGER="sed s/^/page:/")
    )


def test_help_loads_the_renderer_only_where_something_is_drawn(escalate: Escalate) -> None:
    ran = escalate.python(
        "import sys, os; from escalate_cli.cli.run import run; run(['help', 'schedules'], os.environ)\n"
        "print(*[name for name in sys.modules if name.startswith(('rich.markdown', 'markdown_it', 'sqlite3',"
        " 'apprise'))], file=sys.stderr)"
    )
    assert ran.err == "\n"
