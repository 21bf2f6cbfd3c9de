"""Reads what routing knows of the meaning of English words, from the files beside this one, which
`python -m benchmarks.meanings` writes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from escalate_cli.core.routing.hints import Hints
from escalate_cli.core.routing.leanings import Meanings
from escalate_cli.core.routing.nearness import Vectors

HINTS = Path(__file__).with_name("hints.txt")
WORDS = Path(__file__).with_name("vectors.words")
VECTORS = Path(__file__).with_name("vectors.bin")


@cache
def meanings() -> Meanings:
    """Hints and vectors. The files are read when it is first asked: words that name a service exactly need
    none of it.
    """
    return Meanings(
        Hints(HINTS.read_text("utf-8").splitlines()),
        Vectors(WORDS.read_text("utf-8").splitlines(), VECTORS.read_bytes()),
    )
