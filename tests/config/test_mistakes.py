"""Bad configurations, and what is said about them: code, place, hint."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from escalate_cli.config.load import LoadedConfiguration, load
from escalate_cli.config.problems import InvalidConfiguration, render
from escalate_cli.core.wording.problem import ERROR, Place, Problem
from escalate_cli.errors import ConfigurationProblem
from tests.config import mistakes
from tests.config.source_mistakes import SOURCE_MISTAKES
from tests.organisations import SMALLEST

MISTAKES = [*mistakes.MISTAKES, *SOURCE_MISTAKES]


def problems_of(directory: Path, **files: str) -> tuple[Problem, ...]:
    for name, text in files.items():
        (directory / f"{name}.toml").write_text(text)
    try:
        return load(directory).problems
    except InvalidConfiguration as invalid:
        return invalid.problems


def test_the_base_of_the_table_is_sound(tmp_path: Path) -> None:
    assert problems_of(tmp_path, base=SMALLEST) == ()


@pytest.mark.parametrize(
    ("about", "text", "level", "code", "place", "hint"), MISTAKES, ids=[row[0] for row in MISTAKES]
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, about: str, text: str, level: str, code: str, place: str, hint: str
) -> None:
    found = [
        each
        for each in problems_of(tmp_path, base=SMALLEST, more=text)
        if each.code == code and each.place.file == "more.toml"
    ]
    assert found, problems_of(tmp_path)
    problem = found[0]
    assert (problem.level, f"{problem.place.line}:{problem.place.column}") == (level, place)
    assert hint in problem.hint
    shown = render(problem).splitlines()
    assert shown[0].startswith(f"more.toml:{place}: {level}[{code}]: ")
    assert shown[2].strip() == "^"


def test_one_mistake_causes_no_second_complaint(tmp_path: Path) -> None:
    for about, text, *_ in MISTAKES:
        errors = [each for each in problems_of(tmp_path, base=SMALLEST, more=text) if each.level == "error"]
        assert len(errors) <= 1, (about, errors)


def test_everything_is_told_at_once_and_across_files(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path,
        a='[services.web]\nteam = "opps"\ntier = "1"\nkeyword = []\n[teams.ops]\nmembers = []\n',
        b='[policies.p]\nlevels = [ { notify = ["oncall"], wait = 5 } ]\n'
        "[schedules.s]\nrotations = [ { members = [] } ]\n",
        c="broken = ",
    )
    assert {each.code for each in problems} >= {
        "unknown-reference",
        "wrong-type",
        "unknown-key",
        "bad-target",
        "bad-duration",
        "syntax",
        "empty-rotation",
    }
    assert [(each.place.file, each.place.line, each.place.column) for each in problems] == sorted(
        (each.place.file, each.place.line, each.place.column) for each in problems
    )


def test_what_a_broken_file_seems_to_define_is_not_missed_elsewhere(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path, a='[services.web]\nteam = "ops"\n', b='[teams.ops]\npolicy = "p"\n[people.ana]\nname = "A'
    )
    assert [each.code for each in problems] == ["syntax"]


def test_an_id_defined_twice_names_both_places(tmp_path: Path) -> None:
    problem = next(
        each
        for each in problems_of(tmp_path, base=SMALLEST, extra="\n[people.ana]\ncontact = {}")
        if each.code == "duplicate"
    )
    assert (problem.place.file, problem.place.line) == ("extra.toml", 2)
    assert "base.toml:11" in problem.message


def test_the_summary_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[services.a]\nteam = "x"\ntier = "1"\n')
    with pytest.raises(
        InvalidConfiguration, match=r"^a\.toml:2:8: there is no team \"x\" \(and 1 more\)$"
    ) as raised:
        load(tmp_path)
    assert raised.value.exit_code == 3


@pytest.mark.parametrize("text", ['url = "mailto://u:{}@h', "[gateways.g]\nurl = mailto://u:{}@h?to={{to}}",
                                  '[gateways.g]\npasword = "{}"\nurl = "json://h/{{to}}"',
                                  '[gateways]\ng = {{ url = "json://u:{}@h", txt = "short" }}',
                                  '[gateways.g]\nurl = "json://u:{}@h/{{to}}/${{"',
                                  "[gateways.g]\nurl = ['{}']", '[heartbeat]\nurl = "ftp://h/{}"',
                                  '[gateways.g]\ntoken = {}',
                                  '[sources.s]\nkind = "json"\ntoken = "{}"',
                                  '[sources.s]\nkind = "jason"\ntoken = "{}"',
                                  '[sources.s]\nkind = "json"\ntokn = "{}"',
                                  '[sources]\ns = {{ kind = "jsn", token = "{}" }}',
                                  '[sources.s]\nkind = "json"\ntoken = "{}${{"',
                                  '[sources.s]\nkind = "json"\ntoken = ["{}"]',
                                  '[sources.s]\nkind = "json"\ntoken = {}',
                                  '[sources.s]\nkind = "json"\npull = "http://u:{}@h"',
                                  '[sources.s]\nkind = "grafana"\npull = "{}"',
                                  '[sources.s]\nkind = "grafana"\npull = "ftp://h/{}"',
                                  '[gateways.g]\nurl = "json://u:{}@h/{{to}}"'])  # fmt: skip
def test_a_secret_written_into_a_gateway_is_not_printed(tmp_path: Path, text: str) -> None:
    canary = "Kanarienvogel77x"
    problems = problems_of(tmp_path, a=text.format(canary))
    assert problems
    for problem in problems:
        assert canary not in render(problem) + repr(problem)


def test_a_line_that_would_harm_the_terminal_is_shown_harmlessly(tmp_path: Path) -> None:
    text = '[services.a]\nteam = "x\\u001b" # \u202e \x9b \u200b\tß 語 \u2028'
    problem = next(each for each in problems_of(tmp_path, a=text) if each.code == "unknown-reference")
    shown = render(problem)
    assert "\\u202e \\x9b \\u200b ß 語 \\u2028" in shown
    assert all(char == "\n" or char.isprintable() for char in shown)
    assert render(Problem(ERROR, "x", "\ud800", "\x07", Place("\udcff.toml", 1, 2, "語語x"))).encode()


BYTES: list[tuple[str, bytes, str | None]] = [
    ("a byte order mark", b"\xef\xbb\xbf" + SMALLEST.encode(), None),
    ("CRLF", SMALLEST.replace("\n", "\r\n").encode(), None),
    ("Latin-1", b'[services.a]\nname = "caf\xe9"\n', "a.toml:2:12: not-utf8"),
    ("UTF-16", "x = 1\n".encode("utf-16"), "a.toml:1:1: not-utf8"),
    ("NUL", b"x = \0", "a.toml:1:5: syntax"),
    ("deep lists", b"x = " + b"[" * 100_000, "a.toml:1:37: too-deep"),
    ("deep tables", b"x = " + b"{a=" * 100_000, "a.toml:1:101: too-deep"),
    ("huge", b"#" * (5 * 1024 * 1024 + 1), "a.toml:0:0: too-large"),
    ("a merge conflict", b"<<<<<<< HEAD\n", "a.toml:1:1: syntax"),
]


@pytest.mark.parametrize(("about", "data", "expected"), BYTES, ids=[row[0] for row in BYTES])
def test_any_bytes_are_understood_or_refused(
    tmp_path: Path, about: str, data: bytes, expected: str | None
) -> None:
    (tmp_path / "a.toml").write_bytes(data)
    errors = [each for each in problems_of(tmp_path) if each.level == "error"]
    assert [f"{each.place.file}:{each.place.line}:{each.place.column}: {each.code}" for each in errors] == (
        [] if expected is None else [expected]
    )


def test_an_emptied_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    with pytest.raises(InvalidConfiguration, match="the configuration is empty"):
        load(tmp_path)


def test_a_configuration_of_little_is_fine_and_warned_about(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    (tmp_path / "b.toml").write_text('[gateways.g]\nurl = "json://h/{to}"\n')
    loaded = load(tmp_path)
    assert isinstance(loaded, LoadedConfiguration)
    assert [each.code for each in loaded.problems] == ["fallback-missing"]
    assert [each.id for each in loaded.catalog.severities] == ["minor", "major", "critical"]
    assert loaded.catalog.settings.default_severity == "major"


def test_what_is_not_a_file_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(SMALLEST)
    os.mkfifo(tmp_path / "fifo.toml")
    (tmp_path / "directory.toml").mkdir()
    (tmp_path / ".hidden.toml").write_text("broken =")
    assert [(each.place.file, each.code, each.level) for each in problems_of(tmp_path)] == [
        ("directory.toml", "not-a-file", "warning"), ("fifo.toml", "not-a-file", "warning")]  # fmt: skip
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "nowhere")
    assert ("dangling.toml", "unreadable", "error") in [
        (each.place.file, each.code, each.level) for each in problems_of(tmp_path)
    ]


def test_nothing_to_read_says_where_and_what_to_do(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigurationProblem, match=re.escape(str(path))) as raised:
            load(path)
        assert "escalate init" in raised.value.hint
    with pytest.raises(ConfigurationProblem):
        load(tmp_path / "a\0b")


def test_no_more_than_a_thousand_of_what_every_incident_is_held_against_are_read(tmp_path: Path) -> None:
    rule = '[[rules]]\nname = "r{}"\nwhen = {{ severity = "major" }}\ninform = ["lead"]\n'
    texts = {
        "a": SMALLEST + "".join(rule.format(number) for number in range(600)),
        "b": "".join(rule.format(number) for number in range(600, 1000)),
    }
    assert [each for each in problems_of(tmp_path, **texts) if each.level == "error"] == []
    texts["b"] += rule.format("one more")
    (found,) = [each for each in problems_of(tmp_path, **texts) if each.level == "error"]
    assert (found.place.file, found.place.line, found.code) == ("b.toml", 1601, "too-many")
