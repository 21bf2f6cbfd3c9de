"""The house in order: floors, types, lint; files, names and imports as the house wants them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rounds import mostly_long
from tests.pages import PAGES, page
from tests.sources import BENCHMARKS, ROOT, TESTS, sources, tree_of

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


@pytest.mark.parametrize("tool", mostly_long(TOOLS, *(name for name in TOOLS if "mypy" not in name)))
def test_(tool: str) -> None:
    ran = subprocess.run(
        [sys.executable, *TOOLS[tool]], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, f"\n{ran.stdout}{ran.stderr}"


# ── files ─────────────────────────────────────────────────────────────────────────────


def test_files_are_short_enough_to_be_about_one_thing() -> None:
    read_once = "store/migrations/old_timelines.py"  # a reader for each kind of entry of version 0.1.0
    assert [name for name, text in sources() if text.count("\n") >= 350 and name != read_once] == []


def test_files_of_tests_and_benchmarks_likewise() -> None:
    every = [*sources(TESTS), *sources(BENCHMARKS)]
    assert [name for name, text in every if text.count("\n") >= 350] == []


def test_every_file_says_what_it_is_about() -> None:
    every = [*sources(), *sources(TESTS), *sources(BENCHMARKS)]
    assert [name for name, text in every if text.strip() and not ast.get_docstring(tree_of(text))] == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [name for name, text in sources() if later.search(text)] == []
    assert [name for name in PAGES if later.search(page(name))] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "base", "handler", "misc", "common"}
    assert [name for name, _ in sources() if set(re.split(r"[/_.]", name)) & vague] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Also not within functions; what is imported for types only does not count."""
    imports = {_module(name): _imported(tree_of(text)) for name, text in sources()}
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


AROUND_CORE = {
    *("asyncio", "fcntl", "glob", "importlib", "linecache", "logging", "mmap", "multiprocessing", "os"),
    *("pathlib", "pkgutil", "random", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl"),
    *("subprocess", "tempfile", "threading", "time", "urllib.request", "uuid"),
}
"""modules that read, write, wait, listen, or tell the time or chance"""
ASKS_AROUND = {
    *("breakpoint", "getenv", "input", "now", "open", "print", "read_bytes", "read_text", "today", "utcnow"),
    *("write_bytes", "write_text"),
}


def test_core_neither_reads_nor_writes_nor_asks_the_time() -> None:
    """What it needs to know is handed to it: it holds code alone, and no data lies beside it."""
    assert [
        f"{name}:{line}: {what}"
        for name, tree in parsed()
        if name.startswith("core/")
        for line, what in around(tree)
    ] == []
    core = ROOT / "escalate_cli" / "core"
    lying = [path for path in core.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert [path.name for path in lying if path.suffix != ".py"] == []


def around(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What reaches out of the process, or to its clock."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        yield from ((node.lineno, name) for name in names if {name, name.split(".")[0]} & AROUND_CORE)
        if isinstance(node, ast.Call):
            called = node.func
            if (isinstance(called, ast.Name) and called.id in ASKS_AROUND - {"read_text", "now"}) or (
                isinstance(called, ast.Attribute) and called.attr in ASKS_AROUND
            ):
                yield node.lineno, ast.unparse(node)


def test_what_looks_for_things_around_core_finds_them() -> None:
    """Among it what core once did: a list of words read from beside the module, and `importlib.resources`."""
    reaching = (
        "from pathlib import Path",
        "import importlib.resources",
        "from importlib import resources",
        'words = beside("hints.txt").read_text("utf-8")',
        "rows = file.read_bytes()",
        "with open(name) as stream: pass",
        "at = datetime.now(UTC)",
        "import os.path",
    )
    assert [line for line in reaching if not list(around(ast.parse(line)))] == []
    sound = (
        "reading = read_text(arrived.text)",
        "import re",
        "now = decision.now",
        "from datetime import date",
    )
    assert [line for line in sound if list(around(ast.parse(line)))] == []


# ── names, types and imports ──────────────────────────────────────────────────────────


VAGUE = {"one", "found", "said", "some", "here", "them"}
"""what a variable or parameter is not called: it takes the noun of what it holds"""


def parsed() -> Iterator[tuple[str, ast.Module]]:
    """Every file of the package, as its syntax tree."""
    for name, text in sources():
        yield name, tree_of(text)


def test_variables_and_parameters_have_the_name_of_what_they_hold() -> None:
    assert [f"{name}:{line}: {word}" for name, tree in parsed() for line, word in vague_names(tree)] == []


def vague_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in VAGUE:
            yield node.lineno, node.id
        elif isinstance(node, ast.arg) and node.arg in VAGUE:
            yield node.lineno, node.arg


def test_signatures_say_what_they_take_and_give() -> None:
    """`Any` stands within a type at most: in a document of JSON, in a row."""
    assert [
        f"{name}:{node.lineno}: {node.name}"
        for name, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and takes_or_gives_anything(node)
    ] == []


def takes_or_gives_anything(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = [node.annotation for node in ast.walk(function.args) if isinstance(node, ast.arg)]
    return any(isinstance(type_, ast.Name) and type_.id == "Any" for type_ in (*arguments, function.returns))


LOADED_LATE = {
    "__main__.py": "streams are made sound, and the worker is started, before anything else is loaded",
    "context.py": "a command that needs no database and sends nothing loads neither",
    "cli/completing.py": "a configuration that is compiled needs no msgspec: a shell waits for the answer",
    "cli/run.py": "the parser is loaded where errors become a line",
    **dict.fromkeys(
        ("cli/commands/check.py", "cli/commands/report.py"),
        "a page, and what a database remembers, are for those who ask",
    ),
    **dict.fromkeys(
        (
            *("cli/commands/copies.py", "cli/commands/demo.py", "cli/commands/doctor.py"),
            *("cli/commands/test_page.py", "cli/commands/ticking.py"),
        ),
        "completion and --help load no database, no Apprise, no board",
    ),
    "actions/lookup.py": "`route` loads no database",
    "actions/kept_declarations.py": "a pass that has nothing to take in needs no routing",
    "passes/tick.py": "an organisation in which no gateway listens needs no reader",
    "cli/output.py": "only what is long needs a pager",
    "core/notification/attempt.py": "the process that sends knows outcomes only",
    "config/load.py": "a configuration that has not changed needs no TOML and no pydantic",
    "config/places.py": "the same",
    "config/schema/json_schema.py": "the same",
    "processes/process_link.py": "what the parent loads while the worker starts costs no time",
    "delivery/sender.py": "what is needed when an outcome comes is loaded while it is waited for",
    "store/sqlite/migrating.py": "what reads a database of version 0.1.0 is needed once",
    "store/store.py": "statistics, answers and test messages are for those who ask; an idle pass needs none",
}
"""files that import of our own package within a function, and why"""


def test_imports_stand_at_the_top() -> None:
    """Within a function stands only what is foreign and heavy; for anything else there is a reason."""
    late = {name: list(late_imports(tree)) for name, tree in parsed()}
    assert [name for name in LOADED_LATE if not late[name]] == []
    assert [
        f"{name}:{line}: {module}"
        for name, imports in late.items()
        if name not in LOADED_LATE
        for line, module in imports
    ] == []


def late_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in (node for function in functions for node in ast.walk(function)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("escalate_cli"):
            yield node.lineno, node.module or ""


def test_what_looks_for_habits_finds_what_breaks_them() -> None:
    broken = "def f(one, *said):\n for found in one: pass\n [some for some, here in (them := one)]\n"
    assert sorted(word for _, word in vague_names(ast.parse(broken))) == sorted(VAGUE)
    assert list(vague_names(ast.parse("def one(record): return found(record.said, some=1)"))) == []
    anything = [
        ast.parse(f"def f({head}: pass").body[0]
        for head in ("a: Any)", "*, a: Any)", "**a: Any)", ") -> Any")
    ]
    assert all(isinstance(node, ast.FunctionDef) and takes_or_gives_anything(node) for node in anything)
    late = "import a\nfrom escalate_cli import b\ndef f():\n import c\n from escalate_cli.d import e\n"
    assert list(late_imports(ast.parse(late))) == [(5, "escalate_cli.d")]
