"""The files of the repository as texts, for tests that say something of every one of them."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE, TESTS, BENCHMARKS = ROOT / "escalate_cli", ROOT / "tests", ROOT / "benchmarks"


def sources(directory: Path = PACKAGE) -> Iterator[tuple[str, str]]:
    """Every Python file within the directory: its path there, and its text."""
    for path in sorted(directory.rglob("*.py")):
        yield path.relative_to(directory).as_posix(), path.read_text(encoding="utf-8")


@functools.cache
def tree_of(text: str) -> ast.Module:
    """What a file's text says, as a tree; many tests look at each, and none changes any."""
    return ast.parse(text)
