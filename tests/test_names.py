"""Names: a public one means one thing, a type is a noun, and tests use what is public."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.sources import BENCHMARKS, TESTS, sources, tree_of


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for name, text in sources():
        yield name, tree_of(text)


ALIKE = {"reception": ("look", "wait", "sign_in"), "alerts": ("KIND", "reply", "routing_key")}


def test_a_public_name_means_one_thing() -> None:
    """A constant and a named type, too. The functions of commands are called as what is typed; all
    readers of answers have three alike, and so have all kinds of alerts.
    """
    places: dict[str, set[str]] = {}
    for name, tree in parsed():
        for public in public_names(tree, functions=not name.startswith("cli/commands/")):
            room = name.partition("/")[0]
            alike = public in ALIKE.get(room, ())
            places.setdefault(public, set()).add(room if alike else name)
    assert {public: names for public, names in places.items() if len(names) > 1} == {}


NO_NOUNS = re.compile(
    r"[A-Z][a-z]*ed|Became|Begun|Held|Kept|Made|Meant|Paid|Read|Said|Sent|Taken|Told|Understood|Written"
)
PARTICIPLES = {"core/answers/recognise.py": "how an answer is heard: a case each of one union"}


def test_a_type_is_a_noun() -> None:
    """No participle alone names a type, but an exception. Events and reasons are called what happened."""
    assert [
        f"{name}:{node.lineno}: {node.name}"
        for name, tree in parsed()
        if not name.startswith("core/events/") and name not in PARTICIPLES
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and NO_NOUNS.fullmatch(node.name)
    ] == []


def public_names(tree: ast.Module, *, functions: bool = True) -> Iterator[str]:
    """What a file defines for others: functions, types, constants, also several in one line."""
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef) or (functions and isinstance(node, ast.FunctionDef)):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = (part for target in targets for part in ast.walk(target))
            names += [
                part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            ]
    return (name for name in names if not name.startswith("_"))


def test_what_looks_for_public_names_finds_them() -> None:
    public = "A, _B = 1, 2\nC: int = 3\nD = list[int]\ndef e(): F = 4\nclass G: H = 5\nI[J] = 6\n"
    assert list(public_names(ast.parse(public))) == ["A", "C", "D", "e", "G"]
    assert list(public_names(ast.parse(public), functions=False)) == ["A", "C", "D", "G"]


def test_what_looks_for_participles_finds_them() -> None:
    assert all(map(NO_NOUNS.fullmatch, ("Performed", "Kept", "Told")))
    assert not any(map(NO_NOUNS.fullmatch, ("PlannedMaintenance", "Claim", "MemosSent")))


def test_tests_use_what_is_public() -> None:
    """No name of the code that begins with an underscore, be it in a text, for `monkeypatch` or a process."""
    assert [
        f"{name}:{line}: {what}"
        for directory in (TESTS, BENCHMARKS)
        for name, text in sources(directory)
        for line, what in private_names(tree_of(text))
    ] == []


PRIVATE = re.compile(r"_[A-Za-z]\w*")
PRIVATE_WITHIN_TEXT = re.compile(
    r"escalate_cli[.\w]*\._[A-Za-z]\w*|^from escalate_cli.* import .*\b_[A-Za-z]\w*", re.M
)


def private_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from ((node.lineno, name) for name in names if PRIVATE.fullmatch(name))
        elif isinstance(node, ast.Attribute) and PRIVATE.fullmatch(node.attr):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if not own and ast.unparse(node) != "os._exit":  # documented, for all its name
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "getattr")):
            texts = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            yield from ((node.lineno, text) for text in texts if PRIVATE.fullmatch(text))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, match[0]) for match in PRIVATE_WITHIN_TEXT.finditer(node.value))


def test_what_looks_for_private_names_finds_them() -> None:
    lines = (
        "from escalate_cli.clock import ~now",
        "from escalate_cli.~hidden import now",
        "sender.~link.pid",
        'monkeypatch.setattr(clock, "~now", None)',
        'monkeypatch.setattr(clock, "~PATIENCE", 0.3)',
        'monkeypatch.setattr("escalate_cli.clock.~now", None)',
        'SCRIPT = "import sys\\nfrom escalate_cli.clock import SECOND, ~now\\n"',
    )
    assert [line for line in lines if not list(private_names(ast.parse(line.replace("~", "_"))))] == []
    sound = ("self._link.pid", "clock.__dict__", 'x["_at"]', "from __future__ import annotations")
    assert [line for line in sound if list(private_names(ast.parse(line)))] == []
