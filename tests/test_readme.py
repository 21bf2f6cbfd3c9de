"""README.md and the guide in step with the code: tables, promises, links, the commands they name."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import pytest

from escalate_cli.cli.commands.guide import explained
from escalate_cli.cli.index import COMMANDS
from escalate_cli.config.schema.json_schema import json_schema
from escalate_cli.core.answers.outcomes import AnswerAction, AnswerOutcome, RecordedAnswer
from escalate_cli.core.incident import situation as model
from escalate_cli.core.organisation.catalog import Catalog, Severity, Urgency
from escalate_cli.core.organisation.policy import Rule, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.routing.router import Match
from escalate_cli.core.wording.placeholders import PLACEHOLDERS
from escalate_cli.errors import ExitCode
from escalate_cli.guide.topics import TOPICS, title
from escalate_cli.views.incident import answer_data, notification_data, situation_data, told_data
from tests.pages import PAGES, headings, page, section, table, ticked
from tests.reference_page import reference
from tests.sources import ROOT, sources


def test_the_reference_is_made_from_the_code() -> None:
    assert page("reference") == reference(), "run: python -m tests.reference_page"


def test_the_reference_has_every_command_option_key_and_word() -> None:
    text = page("reference")
    assert all(f"\n`escalate {name}" in text for name in COMMANDS)
    assert all(f"| `{{{name}}}` |" in text for name in PLACEHOLDERS)
    assert all(f"| `{kind.value}` |" in text for kind in TargetKind)
    assert all(f"| {code.value} |" in text for code in ExitCode)
    tables = json_schema()["$defs"].values()
    assert all(f"| `{key}` |" in text for shape in tables for key in shape["properties"])
    options = [option for name in COMMANDS for option in explained(name).options]
    assert len(options) > 80
    assert all(f"`{spelling}" in text for option in options for spelling in option.names)


def test_the_actions_of_a_rule_are_complete() -> None:
    actions = [ticked(row[0])[0] for row in table(section("reference", "## Actions of a rule"), "key")]
    others = {"name", "when", "every", "mode", "ask", "expires", "on_expiry", "source", "resolve"}
    assert set(actions) == {field for field in Rule.__slots__ if field not in others}


@pytest.mark.parametrize(
    ("of", "states"),
    [
        ("incident", model.IncidentStatus),
        ("escalation", model.EscalationStatus),
        ("notification", model.NotificationStatus),
        ("notification's kind", model.NotificationKind),
        ("nudge", model.NudgeStatus),
        ("match", Match),
        ("answer's action", AnswerAction),
        ("answer's outcome", AnswerOutcome),
    ],
)
def test_the_states_are_complete(of: str, states: type[Enum]) -> None:
    row = next(row for row in table(page("json"), "of") if row[0] == of)
    assert ticked(row[1]) == [state.value for state in states]


def test_the_json_page_names_every_field_that_show_answers_with() -> None:
    minor = Catalog(severities=(Severity("minor", Urgency.LOW, 0),))
    situation = model.Situation(model.Incident(1, "down", "minor", 0, 0), ())
    shown = situation_data(situation, minor)
    rows = {row[0].partition(" (")[0]: row[1] for row in table(page("json"), "answer")}
    assert top_fields(rows["incident"]) == set(shown)
    assert top_fields(rows["`show` adds"]) == set(told_data(situation, (), minor, (), "ana")) - set(shown)
    answer = RecordedAnswer("sms", "1", "+1", 0, "OK", AnswerOutcome.DONE)
    assert set(answer_data(answer)) <= set(ticked(rows["`show` adds"]))
    told = model.Notification(1, model.NotificationKind.PAGE, Recipient.person("ana"), "sms", "+1", "", 0)
    assert top_fields(rows["notification"].partition("`test-page")[0]) == set(notification_data(told))


def top_fields(cell: str) -> set[str]:
    """The fields that a cell names, but for those of a field."""
    return {name.rstrip("[]{}") for name in ticked(re.sub(r"\([^()]*\)", "", cell))}


def promises() -> list[int]:
    """The numbers of what the guide promises, in its order."""
    return [int(number) for number in re.findall(r"^(\d+)\. \*\*", page("promises"), re.M)]


def test_the_promises_are_numbered_in_order_and_none_is_gone() -> None:
    assert promises() == sorted(set(promises()))
    assert set(promises()) >= set(range(1, 17))


def test_each_promise_has_a_story_of_its_name() -> None:
    text = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    told = {int(number) for number in re.findall(r"^def test_4_(\d+)_\w+\(", text, re.M)}
    assert told >= set(promises()), f"no story for 4.{sorted(set(promises()) - told)}"


def test_every_command_that_the_words_name_exists() -> None:
    """In README.md, the guide, the examples, the messages and hints: `escalate VERB` is something that can be
    typed.
    """
    places = {name: page(name) for name in PAGES} | dict(sources())
    examples = [path for path in (ROOT / "examples").rglob("*") if path.suffix in (".toml", ".md")]
    places |= {path.name: path.read_text(encoding="utf-8") for path in examples}
    verbs = {name.split()[0] for name in COMMANDS}
    wrong = [
        f"{place}: escalate {verb}"
        for place, text in places.items()
        for verb in re.findall(r"`escalate ([a-z][a-z-]+)\b", text)
        + re.findall(r"^(?:\$ |#? *)escalate ([a-z][a-z-]+)\b", text, re.M)
        if verb not in verbs
    ]
    assert wrong == []


def test_the_floors_of_the_readme_are_those_that_import_linter_holds() -> None:
    import tomllib

    with open(ROOT / "pyproject.toml", "rb") as file:
        layers = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]["layers"]
    rows = table(page("contributing"), "floor")
    shown = [{room.removesuffix(".py").removesuffix("/") for room in ticked(row[1])} for row in rows]
    assert shown == [set(layer.split(" | ")) for layer in layers]


@pytest.mark.parametrize("name", PAGES)
def test_the_links_lead_somewhere(name: str) -> None:
    def anchors(file: Path) -> set[str]:
        titles = [heading.lstrip("#").strip().lower() for heading in headings(file.read_text("utf-8"))]
        return {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}

    for target in re.findall(r"\]\(([^)]+)\)", page(name)):
        if "://" not in target:
            file, _, anchor = target.partition("#")
            place = (PAGES[name].parent / file).resolve() if file else PAGES[name]
            assert place.exists(), target
            assert not anchor or anchor in anchors(place), target


def test_the_readme_is_a_front_page_that_leads_to_every_topic() -> None:
    assert len(page("README").splitlines()) <= 250
    rows = table(section("README", "## Where to read on"), "topic")
    assert [re.findall(r"\((\S+)\.md\)", row[0]) for row in rows] == [
        [f"escalate_cli/guide/{topic}"] for topic in TOPICS
    ]
    assert [row[1] for row in rows] == [*TOPICS.values()]
    assert [re.findall(r"\[(.+)\]", row[0]) for row in rows] == [[title(topic)] for topic in TOPICS]


def test_what_nothing_else_does_is_said_in_six_lines_with_an_output_each() -> None:
    shown = section("README", "## What it does that nothing else does")
    said = re.split(r"^(?=\*\*It )", shown, flags=re.M)[1:]
    assert len(said) == 6
    assert all("```" in text or "\n| " in text for text in said)


def test_what_the_readme_shows_of_other_configurations_stands_in_the_guide_too() -> None:
    guide = "".join(page(topic) for topic in TOPICS)
    shown = section("README", "## What it does that nothing else does")
    code = re.findall(r"^```(\w*)\n((?s:.*?))^```$", shown, re.M)
    blocks = [block for kind, block in code if not kind]
    rows = [line for line in shown.splitlines() if line.startswith("|")]
    assert len(blocks) > 3
    assert len(rows) > 4
    assert [line for block in blocks for line in block.splitlines() if line not in guide] == []
    assert [row for row in rows if row not in guide] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_one_title_and_begins_with_words(topic: str) -> None:
    titles = [heading for heading in headings(page(topic)) if heading.startswith("# ")]
    assert len(titles) == 1
    assert page(topic).startswith(f"{titles[0]}\n\n")
    assert re.match(r"\w", page(topic).split("\n\n")[1])


def test_every_file_of_the_guide_is_a_topic() -> None:
    assert {path.stem for path in PAGES["reference"].parent.glob("*.md")} == set(TOPICS)


def test_ci_runs_the_two_lines_that_the_readme_gives_to_users_and_nothing_else() -> None:
    lines = re.findall(r"```sh\n(python3 -m venv .*)\n```", section("README", "## Set up"))
    assert len(lines) == 2
    long = re.findall(r"```sh\n(.*pytest.*)\n```", section("README", "## For contributors"))
    assert len(long) == 1
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in script if line and not line.startswith(("#", "set ", "cd ", ".ci/install"))] == [
        lines[1],
        *long,
    ]


def test_the_version_is_in_the_changelog() -> None:
    from escalate_cli import __version__

    changes = (ROOT / "CHANGELOG.md").read_text()
    assert f"## [{__version__}] - " in changes


def test_the_changelog_names_the_version_that_grows_and_has_no_line_twice() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## \[(\S+)\] - (.*)$", changes, re.M)
    assert [version for version, _ in versions] == ["0.2.0", "0.1.0"]
    assert all(date == "unreleased" or re.fullmatch(r"\d{4}-\d\d-\d\d", date) for _, date in versions)
    grows = section_of(changes, "## [0.2.0] - unreleased")
    heads = re.findall(r"^### (\w+)$", grows, re.M)
    assert heads == ["Added", "Changed", "Fixed", "Security"]
    lines = re.findall(r"^- (.*(?:\n  .*)*)", grows, re.M)
    assert len(lines) == len(set(lines)) > 100


def section_of(text: str, heading: str) -> str:
    return text.split(f"{heading}\n")[1].partition("\n## ")[0]
