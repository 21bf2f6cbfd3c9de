"""The house in order: floors, types, lint, and README.md in step with the code."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
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

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "escalate_cli"
README = (ROOT / "README.md").read_text(encoding="utf-8")


# ── tools ─────────────────────────────────────────────────────────────────────────────

TOOLS = {
    "the floors hold (import-linter)": [
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ],
    "types are sound (mypy, strict)": ["-m", "mypy"],
    "the code is clean (ruff)": ["-m", "ruff", "check", "escalate_cli", "tests", "examples", "benchmarks"],
    "the code is laid out alike (ruff)": [
        *("-m", "ruff", "format", "--check", "escalate_cli", "tests", "examples", "benchmarks")
    ],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_(tool: str) -> None:
    ran = subprocess.run(
        [sys.executable, *TOOLS[tool]], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, f"\n{ran.stdout}{ran.stderr}"


# ── files ─────────────────────────────────────────────────────────────────────────────


def sources() -> Iterator[tuple[str, str]]:
    """Every Python file of the package: its path inside it, and its text."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")


def test_files_are_short_enough_to_be_about_one_thing() -> None:
    assert [name for name, text in sources() if text.count("\n") > 440] == []


def test_every_file_says_what_it_is_about() -> None:
    assert [name for name, text in sources() if text.strip() and not ast.get_docstring(ast.parse(text))] == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [name for name, text in sources() if later.search(text)] == []
    assert later.search(README) is None


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "base", "handler", "misc", "common"}
    assert [name for name, _ in sources() if set(re.split(r"[/_.]", name)) & vague] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Also not within functions; what is imported for types only does not count."""
    imports = {_module(name): _imported(ast.parse(text)) for name, text in sources()}
    behind: dict[str, set[str]] = {}
    for module in imports:
        seen, left = set[str](), [module]
        while left:
            fresh = {one for one in imports[left.pop()] if one in imports} - seen
            seen |= fresh
            left += fresh
        behind[module] = seen
    assert sorted(module for module in imports if module in behind[module]) == []


def _module(name: str) -> str:
    return ".".join(("escalate_cli", *Path(name).with_suffix("").parts)).removesuffix(".__init__")


def _imported(tree: ast.Module) -> set[str]:
    for_types = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    left_out = {id(node) for block in for_types for node in ast.walk(block)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in left_out:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


SENTENCES = {"text", "because", "note", "sentence"}
"""fields that hold what is said: of an entry, a message, a reason, a finding"""
TAKE_APART = {
    "startswith", "endswith", "partition", "rpartition", "split", "rsplit", "splitlines", "removeprefix", "removesuffix", "find",
    "rfind", "index",
}  # fmt: skip
READERS_OF_TEXT = {
    "store/migrations/old_timelines.py": "reads, once, what version 0.1.0 wrote",
    "store/migrations/old_reasons.py": "reads, once, what version 0.1.0 wrote",
    "config/toml/positions.py": "the text is TOML",
    "config/compile/gathering.py": "the text is TOML",
    "config/problems.py": "a line of TOML that is shown under a problem",
    "cli/screens/demo.py": "the text is a message as it arrived, which is shown",
    "core/changes/on_paper.py": "what two looks at one thing say is said once",
}


def test_nobody_takes_a_sentence_apart() -> None:
    """What happened and why are values (core/events, core/events/reasons.py): sentences are written
    for people, and read by nobody else.
    """
    found = [
        f"{name}:{node.lineno}: {ast.unparse(node)[:80]}"
        for name, text in sources()
        if name not in READERS_OF_TEXT
        for node in ast.walk(ast.parse(text))
        if _takes_apart(node)
    ]
    assert found == []


def test_what_finds_a_sentence_taken_apart_finds_it() -> None:
    taken_apart = (
        'entry.text.partition(": ")',
        '"by hand" in one.text',
        'one.because == "named directly"',
        're.search("x", entry.text)',
    )
    assert all(any(_takes_apart(node) for node in ast.walk(ast.parse(line))) for line in taken_apart)
    left_whole = ("print(entry.text)", "one.text in texts", "one.text == other.text", 'name.partition(":")')
    assert not any(_takes_apart(node) for line in left_whole for node in ast.walk(ast.parse(line)))


def _takes_apart(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        asked = [node.func.value] if node.func.attr in TAKE_APART else []
        asked += (
            node.args[1:2] if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" else []
        )
        return any(map(_is_sentence, asked))
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        within = any(isinstance(how, (ast.In, ast.NotIn)) for how in node.ops) and _is_sentence(sides[-1])
        same = any(isinstance(how, (ast.Eq, ast.NotEq)) for how in node.ops) and any(map(_is_sentence, sides))
        return within or (same and any(isinstance(side, (ast.Constant, ast.JoinedStr)) for side in sides))
    return False


def _is_sentence(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in SENTENCES


TAG = re.compile(
    r"(?<!\?P)</?(a|b|bdi|br|body|button|circle|code|details|div|dd|dl|dt|em|footer|form|g|h[1-6]|head|header|hr|html|i|iframe|img|input"
    r"|label|li|line|link|main|meta|nav|ol|option|p|path|pre|rect|script|section|select|small|span|strong|style|sub|summary|sup|svg|table"
    r"|tbody|td|text|textarea|th|thead|title|tr|u|ul)(?=[\s/>]|$)|<!doctype",
    re.IGNORECASE,
)
WRITERS_OF_TAGS = {
    "views/markdown/difference.py": "Markdown for a review, which has small print in no other way"
}


def test_html_stands_in_templates_and_nowhere_else() -> None:
    found = [
        f"{name}:{node.lineno}: {node.value[:60]!r}"
        for name, text in sources()
        if name not in WRITERS_OF_TAGS
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TAG.search(node.value)
    ]
    assert found == []


def test_what_finds_a_tag_finds_it() -> None:
    assert all(map(TAG.search, ("</div>", "<svg class=", "<td", "<br/>", "<p>", "<H2>", "<!DOCTYPE html>")))
    assert not any(
        map(
            TAG.search,
            ("(?P<body>.*)", "a < b", "<PERSON>", "<1%", "<person>", "<-", "ana <ana@example.com>"),
        )
    )


def test_templates_leave_nothing_unescaped_but_our_own_style_sheets() -> None:
    templates = {
        path.name: path.read_text(encoding="utf-8")
        for path in (PACKAGE / "views" / "html" / "templates").glob("*.html")
    }
    assert len(templates) > 3
    marked = [
        shown for text in templates.values() for shown in re.findall(r"\{\{[^}]*\|\s*safe\b[^}]*\}\}", text)
    ]
    assert [
        shown
        for shown in marked
        if not re.fullmatch(r'\{\{ styles\(("[a-z]+\.css"(, )?)+\)\|safe \}\}', shown)
    ] == []
    assert [
        name
        for name, text in templates.items()
        if len(re.findall(r"\bsafe\b|autoescape", text)) != text.count("styles(")
    ] == []


def test_only_the_command_line_knows_typer_and_rich() -> None:
    knows = [name for name, text in sources() if re.search(r"^\s*(import|from) (typer|rich)\b", text, re.M)]
    assert [name for name in knows if not name.startswith("cli/")] == []


def test_no_command_loads_templates_before_a_page_is_made() -> None:
    pages = ("cli.commands.learning", "cli.commands.setup", "views.html.report", "views.html.week")
    modules = ", ".join(f"escalate_cli.{module}" for module in pages)
    loads = f"import sys, {modules}; print('jinja2' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", loads], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "False"


def test_only_the_clock_reads_the_time_and_nothing_is_sent_outside_of_delivery() -> None:
    apprise = [name for name, text in sources() if re.search(r"^\s*(import|from) apprise", text, re.M)]
    assert all(name.startswith("delivery/") for name in apprise)
    sql = [name for name, text in sources() if re.search(r"^\s*(import|from) sqlite3", text, re.M)]
    asks_what_it_was_given = "delivery/last_look.py"  # one statement of the store's, in the child that sends
    assert all(name.startswith("store/") for name in sql if name != asks_what_it_was_given)


# ── README.md ─────────────────────────────────────────────────────────────────────────


def section(heading: str) -> str:
    """What stands below a heading, with the headings below it."""
    hashes = heading.partition(" ")[0]
    found = README.split(f"\n{heading}\n")
    assert len(found) == 2, f"README.md has {len(found) - 1} headings {heading!r}"
    return re.split(rf"\n#{{1,{len(hashes)}}} ", found[1])[0]


def table(text: str, head: str) -> list[list[str]]:
    """The rows of the table whose first column is called `head`."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {head} |"):
            next(lines)
            rows = []
            for row in lines:
                if not row.startswith("|"):
                    break
                rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip()[1:-1])])
            return rows
    raise AssertionError(f"no table {head!r}")


def ticked(text: str) -> list[str]:
    """The texts in backticks."""
    return re.findall(r"`([^`]+)`", text)


def command_of(usage: str) -> str:
    """The command that a usage begins with: "service show ID" → "service show"."""
    words = usage.split()
    return " ".join(words[:2]) if words[0] in FAMILIES else words[0]


def test_the_table_of_commands_is_the_commands() -> None:
    shown = [command_of(ticked(row[0])[0]) for row in table(section("### Commands"), "command")]
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
        row for row in table(section("### Commands"), "command") if command_of(ticked(row[0])[0]) == name
    )
    shown = {text.split()[0] for text in ticked(row[2]) if text.startswith("--")}
    assert shown == options


def test_the_exit_codes_are_the_exit_codes() -> None:
    rows = table(section("### Exit codes"), "code")
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
    """The heading of the README that explains a table of the schema."""
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
    raise AssertionError(f"README.md needs a heading for {definition}")


def test_the_configuration_keys_are_those_of_the_schema() -> None:
    known = schema()
    wanted: dict[str, set[str]] = {}
    for definition, shape in known["$defs"].items():
        if not definition.endswith("When"):
            wanted.setdefault(heading_of(definition, known), set()).update(shape["properties"])
    shown = {}
    for part in section("### Configuration").split("\n#### ")[1:]:
        shown[part[1 : part.index("`", 1)]] = {ticked(row[0])[0] for row in table(part, "key")}
    assert shown == wanted


def test_the_conditions_are_those_of_the_schema() -> None:
    known = schema()["$defs"]
    rows = table(section("### Conditions"), "key")
    assert {ticked(row[0])[0] for row in rows} == set(known["RuleWhen"]["properties"])
    assert {ticked(row[0])[0] for row in rows if "levels" in row[2]} == set(known["LevelWhen"]["properties"])


def test_the_actions_of_a_rule_are_complete() -> None:
    actions = [ticked(row[0])[0] for row in table(section("### Actions of a rule"), "key")]
    others = {"name", "when", "every", "mode", "ask", "expires", "on_expiry", "source"}
    assert set(actions) == {field for field in Rule.__slots__ if field not in others}


def test_the_targets_are_complete() -> None:
    shown = " ".join(row[0] for row in table(section("### Targets"), "target"))
    assert {text.partition(":")[0] for text in ticked(shown)} == {kind.value for kind in TargetKind}


def test_the_placeholders_are_complete() -> None:
    assert [ticked(row[0])[0] for row in table(section("### Messages"), "placeholder")] == [
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
    row = next(row for row in table(section("### JSON"), "of") if row[0] == of)
    assert ticked(row[1]) == [state.value for state in states]


def promises() -> list[int]:
    """The numbers of what README.md promises, in its order."""
    return [int(number) for number in re.findall(r"^(\d+)\. \*\*", section("## How it behaves"), re.M)]


def test_the_promises_are_numbered_in_order_and_none_is_gone() -> None:
    assert promises() == sorted(set(promises()))
    assert set(promises()) >= set(range(1, 17))


def test_each_promise_has_a_story_of_its_name() -> None:
    text = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    told = {int(number) for number in re.findall(r"^def test_4_(\d+)_\w+\(", text, re.M)}
    assert told >= set(promises()), f"no story for 4.{sorted(set(promises()) - told)}"


def test_every_command_that_the_words_name_exists() -> None:
    """In README.md, the examples, the messages and hints: `escalate VERB` is something that can be typed."""
    places = {"README.md": README} | dict(sources())
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
    rows = table(section("## Inside the house"), "floor")
    shown = [{room.removesuffix(".py").removesuffix("/") for room in ticked(row[1])} for row in rows]
    assert shown == [set(layer.split(" | ")) for layer in layers]


def test_the_links_lead_somewhere() -> None:
    def anchor(heading: str) -> str:
        return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")

    anchors = {anchor(heading) for heading in re.findall(r"^#+ (.*)$", README, re.M)}
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif "://" not in target:
            assert (ROOT / target).exists(), target


def test_ci_runs_the_two_lines_that_the_readme_gives_to_users_and_nothing_else() -> None:
    lines = re.findall(r"```sh\n(python3 -m venv .*)\n```", section("## Set up"))
    assert len(lines) == 2
    long = re.findall(r"```sh\n(.*pytest.*)\n```", section("## Inside the house"))
    assert len(long) == 1
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in script if line and not line.startswith(("#", "set ", "cd ", ".ci/install"))] == [
        lines[1],
        *long,
    ]


def test_the_version_is_in_the_changelog() -> None:
    from escalate_cli import __version__

    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()
