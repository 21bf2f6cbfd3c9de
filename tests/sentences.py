"""How a test finds a place in the code that takes a sentence apart."""

from __future__ import annotations

import ast
import re

from tests.sources import sources, tree_of

SENTENCES = {
    "text",
    "because",
    "note",
    "sentence",
    "message",
    "how",
    "why",
    "hint",
    "reason",
    "trouble",
    "remedy",
}
"""what holds what is said: of an entry, a message, a reason, a finding"""
OF_THE_WORLD = {"text", "message"}
"""variables of these names may as well hold what people wrote, or what a service sent"""
TAKE_APART = {
    "startswith", "endswith", "partition", "rpartition", "split", "rsplit", "splitlines", "removeprefix",
    "removesuffix", "find", "rfind", "index", "replace",
}  # fmt: skip
MATCH = {"search", "match", "fullmatch", "findall", "finditer", "sub"}
PHRASE = re.compile(r"[A-Za-z]{2,}[,:;]? [A-Za-z]{2,}")
"""two words side by side: of a sentence, and of nothing that programs write for each other"""
WORD = re.compile(r"[A-Za-z]{3,}")
MAKERS = re.compile(r"core/wording/|core/calendar/(duration|moment)|views/numbers")


def makers() -> set[str]:
    """The functions that make a text of something that is none."""
    functions = (
        node
        for name, text in sources()
        if MAKERS.match(name)
        for node in ast.walk(tree_of(text))
        if isinstance(node, ast.FunctionDef) and node.returns is not None and node.args.args
    )
    return {
        node.name
        for node in functions
        if ast.unparse(node.returns or node) == "str"
        and (node.args.args[0].annotation is None or ast.unparse(node.args.args[0].annotation) not in CLEANED)
    }


CLEANED = {"str", "object"}


def takes_apart(node: ast.AST, made: set[str]) -> bool:
    """Whether a sentence is taken apart there; `made` are the functions that make one."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        words = [part for argument in node.args[:1] for part in _constants(argument)]
        if node.func.attr in TAKE_APART:
            return _is_read(node.func.value, words, made) or any(map(PHRASE.search, words))
        return node.func.attr in MATCH and any(_is_sentence(text, made) for text in node.args[:2])
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice) and _is_made(node.value, made)
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        if any(isinstance(how, (ast.In, ast.NotIn)) for how in node.ops):
            words = _constants(node.left)
            whole = isinstance(sides[-1], (ast.Tuple, ast.Set, ast.List, ast.Dict))
            return not whole and (_is_read(sides[-1], words, made) or any(map(PHRASE.search, words)))
        if any(isinstance(how, (ast.Eq, ast.NotEq)) for how in node.ops):
            words = [word for side in sides if not isinstance(side, ast.Call) for word in _constants(side)]
            read = bool("".join(words)) and any(_is_read(side, words, made) for side in sides)
            return read or any(map(PHRASE.search, words))
    return False


def _is_read(node: ast.AST, words: list[str], made: set[str]) -> bool:
    """Whether it is a sentence; a variable that may hold anything is one if a word is looked for in it."""
    if isinstance(node, ast.Name) and node.id in OF_THE_WORLD:
        return node.id == "text" and any(map(WORD.search, words))
    return _is_sentence(node, made) or (isinstance(node, ast.Name) and node.id in SENTENCES)


def _is_sentence(node: ast.AST, made: set[str]) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr in SENTENCES) or _is_made(node, made)


def _is_made(node: ast.AST, made: set[str]) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    says = node.func.id == "str" and ast.unparse(node.args[0] if node.args else node) in ("problem", "error")
    return says or node.func.id in made


def _constants(node: ast.AST) -> list[str]:
    parts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
    return [part for part in parts if isinstance(part, str)]
