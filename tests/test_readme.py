"""README.md and the guide in step with the code: tables, promises, links, the commands they name."""

from __future__ import annotations

import inspect
import re
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.cli.index import COMMANDS, FAMILIES
from escalate_cli.core.incident import situation as model
from escalate_cli.core.organisation.policy import Rule, TargetKind
from escalate_cli.core.routing.router import Match
from escalate_cli.core.wording.placeholders import PLACEHOLDERS
from escalate_cli.errors import ExitCode
from escalate_cli.guide.topics import TOPICS
from tests.pages import PAGES, headings, page, section, table, ticked
from tests.sources import PACKAGE, ROOT, sources


def command_of(usage: str) -> str:
    """The command that a usage begins with: "service show ID" → "service show"."""
    words = usage.split()
    return " ".join(words[:2]) if words[0] in FAMILIES else words[0]


def test_the_table_of_commands_is_the_commands() -> None:
    shown = [command_of(ticked(row[0])[0]) for row in table(section("reference", "## Commands"), "command")]
    assert sorted(shown) == sorted(COMMANDS)
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_exists_and_its_options_are_in_the_table(name: str) -> None:
    import typer

    module, function, _, _ = COMMANDS[name]
    found = getattr(import_module(f"escalate_cli.cli.commands.{module}"), function)
    options: set[str] = set()
    for parameter in inspect.signature(found, eval_str=True).parameters.values():
        for extra in getattr(parameter.annotation, "__metadata__", ()):
            if type(extra) is type(typer.Option()):
                # Typer takes the first name for a default until it reads the signature
                options.update(
                    str(one)
                    for one in (extra.default, *(extra.param_decls or ()))
                    if str(one).startswith("--")
                )
    row = next(
        row
        for row in table(section("reference", "## Commands"), "command")
        if command_of(ticked(row[0])[0]) == name
    )
    shown = {text.split()[0] for text in ticked(row[2]) if text.startswith("--")}
    assert shown == options


def test_the_exit_codes_are_the_exit_codes() -> None:
    rows = table(section("reference", "## Exit codes"), "code")
    assert [int(row[0]) for row in rows] == [code.value for code in ExitCode]
    text = (PACKAGE / "errors.py").read_text()
    for code, (_, when) in zip(ExitCode, rows, strict=True):
        said = re.search(rf'    {code.name} = .*\n    """(.*)"""', text)
        assert said is not None
        meant = set(re.findall(r"\w{4,}", said[1].lower()))
        assert len(meant & set(re.findall(r"\w{4,}", when.lower()))) >= 0.6 * len(meant), (
            f"{code}: {said[1]!r} / {when!r}"
        )


def schema() -> dict[str, Any]:
    from escalate_cli.config.schema.json_schema import json_schema

    return json_schema()


HEADINGS = {  # tables of the schema that are explained under another one's heading
    "Step": "[notify]",
    "Notify": "[notify]",
    "Rotation": "[schedules.ID]",
    "Override": "[schedules.ID]",
    "Level": "[policies.ID]",
}


def heading_of(definition: str, known: dict[str, Any]) -> str:
    """The heading of the reference that explains a table of the schema."""
    if definition in HEADINGS:
        return HEADINGS[definition]
    for name, value in known["properties"].items():
        text = str(value)
        if f"'#/$defs/{definition}'" in text:
            return (
                f"[[{name}]]"
                if value.get("type") == "array"
                else f"[{name}.ID]"
                if "additionalProperties" in value
                else f"[{name}]"
            )
    raise AssertionError(f"the reference needs a heading for {definition}")


def test_the_configuration_keys_are_those_of_the_schema() -> None:
    known = schema()
    wanted: dict[str, set[str]] = {}
    for definition, shape in known["$defs"].items():
        if not definition.endswith("When"):
            wanted.setdefault(heading_of(definition, known), set()).update(shape["properties"])
    shown = {}
    for part in section("reference", "## Configuration").split("\n### ")[1:]:
        shown[part[1 : part.index("`", 1)]] = {ticked(row[0])[0] for row in table(part, "key")}
    assert shown == wanted


def test_the_conditions_are_those_of_the_schema() -> None:
    known = schema()["$defs"]
    rows = table(section("reference", "## Conditions"), "key")
    assert {ticked(row[0])[0] for row in rows} == set(known["RuleWhen"]["properties"])
    assert {ticked(row[0])[0] for row in rows if "levels" in row[2]} == set(known["LevelWhen"]["properties"])


def test_the_actions_of_a_rule_are_complete() -> None:
    actions = [ticked(row[0])[0] for row in table(section("reference", "## Actions of a rule"), "key")]
    others = {"name", "when", "every", "mode", "ask", "expires", "on_expiry", "source"}
    assert set(actions) == {field for field in Rule.__slots__ if field not in others}


def test_the_targets_are_complete() -> None:
    shown = " ".join(row[0] for row in table(section("reference", "## Targets"), "target"))
    assert {text.partition(":")[0] for text in ticked(shown)} == {kind.value for kind in TargetKind}


def test_the_placeholders_are_complete() -> None:
    assert [ticked(row[0])[0] for row in table(section("reference", "## Messages"), "placeholder")] == [
        f"{{{name}}}" for name in PLACEHOLDERS
    ]


@pytest.mark.parametrize(
    ("of", "states"),
    [
        ("incident", model.IncidentStatus),
        ("escalation", model.EscalationStatus),
        ("notification", model.NotificationStatus),
        ("notification's kind", model.NotificationKind),
        ("nudge", model.NudgeStatus),
        ("match", Match),
    ],
)
def test_the_states_are_complete(of: str, states: type[Enum]) -> None:
    row = next(row for row in table(page("json"), "of") if row[0] == of)
    assert ticked(row[1]) == [state.value for state in states]


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
    """In README.md, the guide, the examples, the messages and hints: `escalate VERB` is something that can be typed."""
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

    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()
