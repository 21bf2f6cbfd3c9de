"""What has one place in the package: sentences are read nowhere, HTML stands in templates, Typer in cli,
SQL in store.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys

from tests.sentences import makers, takes_apart
from tests.sources import PACKAGE, ROOT, sources, tree_of

READERS_OF_TEXT = {
    "store/migrations/old_timelines.py": "reads, once, what version 0.1.0 wrote",
    "store/migrations/old_reasons.py": "reads, once, what version 0.1.0 wrote",
    "config/toml/positions.py": "the text is TOML",
    "config/toml/parsing.py": "TOML, and what Python's reader of it says, which has no values",
    "config/compile/gathering.py": "the text is TOML",
    "config/problems.py": "a line of TOML that is shown under a problem",
    "guide/topics.py": "the text is the guide, which is searched",
    "cli/screens/demo.py": "the text is a message as it arrived, which is shown",
    "core/changes/on_paper.py": "what two looks at one thing say is said once",
    "core/routing/leanings.py": "what was typed is quoted in a reason: it is not quoted twice",
    "delivery/exchange.py": "the message is a service's answer",
    "delivery/plugins.py": "the text is the source of Apprise",
    "store/sqlite/database.py": "what SQLite says, which has no values",
    "store/sqlite/soundness.py": "what SQLite says, which has no values",
    "store/sqlite/restoring.py": "the path of a copy stands for ours in what is shown",
    "reception/telegram.py": "the message is Telegram's JSON",
}


def test_nobody_takes_a_sentence_apart() -> None:
    """What happened and why are values (core/events, core/events/reasons.py): sentences are written
    for people, and read by nobody else.
    """
    made = makers()
    found = [
        f"{name}:{node.lineno}: {ast.unparse(node)[:80]}"
        for name, text in sources()
        if name not in READERS_OF_TEXT
        for node in ast.walk(tree_of(text))
        if takes_apart(node, made)
    ]
    assert found == []


def test_what_finds_a_sentence_taken_apart_finds_it() -> None:
    taken_apart = (
        'entry.text.partition(": ")',
        '"by hand" in one.text',
        'one.because == "named directly"',
        're.search("x", entry.text)',
        '"time zone" in text',
        "way.replace('button by', 'a button of')",
        're.findall(r"([^a-z]+)([a-z]*)", span(value))',
        'way == f"button by {gateway}"',
        "way.how.startswith('reply')",
        '"nobody" in why',
        'str(problem).partition(": ")[0]',
        "local_time(at, zone)[4:14]",
        "SHAPE.fullmatch(show_duration(span))",
    )
    made = makers()
    assert [line for line in taken_apart if not _any_takes_apart(line, made)] == []
    left_whole = (
        "print(entry.text)",
        "one.text in texts",
        "one.text == other.text",
        'name.partition(":")',
        'text.partition(":")',
        '"at" in text',
        "way.how is AnswerMeans.REPLY",
        'word in ("two words", "three words here")',
        "names[4:14]",
        "msgspec.structs.replace(event, text=text)",
    )
    assert [line for line in left_whole if _any_takes_apart(line, made)] == []


def _any_takes_apart(line: str, made: set[str]) -> bool:
    return any(takes_apart(node, made) for node in ast.walk(ast.parse(line)))


def test_only_the_recipient_knows_how_it_is_written() -> None:
    """Whoever wants to know whether it is a person, or which, asks `Recipient`."""
    knows = ("core/organisation/recipient.py", "store/migrations/old_timelines.py")
    assert [
        f"{name}:{node.lineno}"
        for name, text in sources()
        if name not in knows
        for node in ast.walk(tree_of(text))
        if isinstance(node, ast.Constant) and node.value in ("person:", "channel:", "reporter:")
    ] == []


def test_only_the_catalog_says_what_stands_for_a_name() -> None:
    """`Catalog.name_of` and its neighbours: a name, or the id of what is gone."""
    found = [
        f"{name}:{node.lineno}: {ast.unparse(node)[:80]}"
        for name, text in sources()
        if name != "core/organisation/catalog.py"
        for node in ast.walk(tree_of(text))
        if isinstance(node, ast.IfExp)
        and re.fullmatch(r"[\w.]*catalog\.\w+\[.*\]\.name", ast.unparse(node.body))
        and re.search(r" in [\w.]*catalog\.", ast.unparse(node.test))
    ]
    assert found == []


TAG = re.compile(
    r"(?<!\?P)</?(a|b|bdi|br|body|button|circle|code|details|div|dd|dl|dt|em|footer|form|g|h[1-6]|head|header"
    r"|hr|html|i|iframe|img|input|label|li|line|link|main|meta|nav|ol|option|p|path|pre|rect|script|section"
    r"|select|small|span|strong|style|sub|summary|sup|svg|table|tbody|td|text|textarea|th|thead|title|tr|u"
    r"|ul)(?=[\s/>]|$)|<!doctype",
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
        for node in ast.walk(tree_of(text))
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


KNOW_THE_STORE = {
    "cli/completing.py": "a shell waits: what it is shown needs no configuration and no Context",
    "cli/screens/restore.py": "the types of what it shows, which actions/copies.py gives",
    "cli/commands/test_page.py": "the type of what it shows, which passes/way_back.py gives",
    "cli/commands/setup.py": "`init` asks for the database, which creates it, and reads nothing",
}


def test_commands_and_screens_fetch_nothing_from_the_store() -> None:
    """What they show is given by actions, insight and views. No module of cli acts by the engine, either."""
    command_line = {name: tree_of(text) for name, text in sources() if name.startswith("cli/")}
    reaching = [
        name for name, tree in command_line.items() if any(map(_reaches_into_the_store, ast.walk(tree)))
    ]
    assert sorted(reaching) == sorted(KNOW_THE_STORE)
    acting = [name for name, tree in command_line.items() if any(map(_names_the_engine, ast.walk(tree)))]
    assert acting == []


def test_what_finds_a_look_into_the_store_finds_it() -> None:
    reaching = (
        "from escalate_cli.store.trials import AddressTrial",
        "from escalate_cli import store",
        "import escalate_cli.store.store",
        "context.store.situations.running()",
        "self._context.store",
    )
    assert all(any(map(_reaches_into_the_store, ast.walk(ast.parse(line)))) for line in reaching)
    sound = ("from escalate_cli.actions.on_record import timeline_of", "store = 1")
    assert not any(_reaches_into_the_store(node) for line in sound for node in ast.walk(ast.parse(line)))
    assert any(map(_names_the_engine, ast.walk(ast.parse("Engine.on(context)"))))


def _reaches_into_the_store(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    elif isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    else:
        return isinstance(node, ast.Attribute) and node.attr == "store"
    return any(f"{module}.".startswith("escalate_cli.store.") for module in modules)


def _names_the_engine(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "Engine"


def test_answers_as_data_are_made_in_views() -> None:
    """A web page has the same as `--json`, without a command line."""
    assert [
        f"{name}: {node.name}"
        for name, text in sources()
        if name.startswith("cli/")
        for node in ast.walk(tree_of(text))
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_data")
    ] == []


def test_no_command_makes_its_answer_of_data_itself() -> None:
    """A dictionary whose keys are written there is an answer as data: views/ makes it."""
    made = [
        f"{name}:{node.lineno}: {ast.unparse(node)[:80]}"
        for name, text in sources()
        if name.startswith("cli/commands/")
        for node in ast.walk(tree_of(text))
        if _makes_data(node)
    ]
    assert made == []


def test_what_finds_data_made_in_a_command_finds_it() -> None:
    made = ('Answer({"file": path}, text)', 'Answer(data | {"kept": 1})', 'data = {"ok": True}')
    assert all(any(_makes_data(node) for node in ast.walk(ast.parse(line))) for line in made)
    taken = ("Answer(backup_data(path), text)", 'columns = {"team": "id"}', "Answer({}, page)")
    assert not any(_makes_data(node) for line in taken for node in ast.walk(ast.parse(line)))


def _makes_data(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Answer":
        values: list[ast.AST] = list(node.args[:1])
    elif isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "data" for target in node.targets
    ):
        values = [node.value]
    else:
        return False
    dictionaries = (part for value in values for part in ast.walk(value) if isinstance(part, ast.Dict))
    return any(isinstance(key, ast.Constant) for each in dictionaries for key in each.keys)


def test_no_command_loads_templates_before_a_page_is_made() -> None:
    pages = ("cli.commands.report", "cli.commands.check", "views.html.report", "views.html.week")
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
