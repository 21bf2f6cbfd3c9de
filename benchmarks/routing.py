"""How well and how quickly plain words find their service: `python benchmarks/routing.py [DATA]`.

DATA is a directory with `phrases-dev.tsv` (phrase, service ids joined by `|` or `-`, register) and
`thornmere/catalog.toml`; by default this one, with copies of both. SQLite's FTS5 with the porter
tokenizer ranks the same phrases as a peer.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.router import Router
from escalate_cli.core.routing.words import tokens

DATA = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Phrase:
    """What somebody typed, the services that are right (none: no service fits), and the register."""

    text: str
    right: tuple[str, ...]
    register: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a phrase: service ids, best first, and the one that it is sure of."""

    ranked: list[str]
    sure: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1.

    `dares` and `sure_right`: how often it is sure, and right when it is; `sure_of_nothing`: how
    often it is sure where no service fits.
    """

    top1: float
    top3: float
    dares: float
    sure_right: float
    sure_of_nothing: float

    def __str__(self) -> str:
        right = f"{self.sure_right:6.1%}" if self.dares else "     -"
        return (
            f"top-1 {self.top1:6.1%}  top-3 {self.top3:6.1%}  sure {self.dares:6.1%}, then right {right}"
            f"  sure of nothing {self.sure_of_nothing:5.1%}"
        )


def services(data: Path = DATA) -> list[Service]:
    """The services of the catalog, read without the product's own configuration code."""
    import tomllib

    tables = tomllib.loads((data / "thornmere" / "catalog.toml").read_text("utf-8"))["services"]
    return [
        Service(
            id,
            table["name"],
            table["team"],
            table.get("description", ""),
            kind=table.get("kind", "business"),
            keywords=tuple(table.get("keywords", ())),
            depends_on=tuple(table.get("depends_on", ())),
            tier=table.get("tier"),
        )
        for id, table in tables.items()
    ]


def phrases(data: Path = DATA) -> list[Phrase]:
    """The phrases, in the order of the file."""
    return _read(data / "phrases-dev.tsv")


def _read(path: Path) -> list[Phrase]:
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line]
    return [
        Phrase(text, () if right == "-" else tuple(right.split("|")), register)
        for text, right, register in rows
    ]


OWN = Path(__file__).resolve().parents[1] / "tests" / "core" / "phrases"


def own_phrases(name: str) -> list[Phrase]:
    """Phrases of our own about the same organisation: `own` (plain) or `indirect` (without its words).

    Both were written before the routing was changed, but by whoever changed it then, with the catalog
    and the phrases of phrases-dev.tsv in sight: `own` is easy, and neither is a blind test.
    """
    return _read(OWN / f"{name}.tsv")


def judge(said: Iterable[Phrase], answer: Callable[[str], Answer]) -> Figures:
    """The figures of one way to answer."""
    answers = [(phrase, answer(phrase.text)) for phrase in said]
    fitting = [(phrase, found) for phrase, found in answers if phrase.right]
    other = [found for phrase, found in answers if not phrase.right]
    sure = [(phrase, found) for phrase, found in fitting if found.sure]
    return Figures(
        top1=statistics.fmean(
            bool(found.ranked) and found.ranked[0] in phrase.right for phrase, found in fitting
        ),
        top3=statistics.fmean(
            any(one in phrase.right for one in found.ranked[:3]) for phrase, found in fitting
        ),
        dares=len(sure) / len(fitting),
        sure_right=statistics.fmean([found.sure in phrase.right for phrase, found in sure] or [1]),
        sure_of_nothing=statistics.fmean([found.sure is not None for found in other] or [0]),
    )


def by_router(router: Router) -> Callable[[str], Answer]:
    """Our own way."""

    def answer(text: str) -> Answer:
        routing = router.route(text)
        return Answer([candidate.service for candidate in routing.candidates], routing.service)

    return answer


def by_fts5(catalog: Iterable[Service]) -> Callable[[str], Answer]:
    """The peer: SQLite's full-text search, which is never sure."""
    db = sqlite3.connect(":memory:")
    db.execute(
        "CREATE VIRTUAL TABLE service USING fts5(id, name, keywords, description, tokenize = 'porter"
        " unicode61')"
    )
    rows = [(one.id, one.name, " ; ".join(one.keywords), one.description) for one in catalog]
    db.executemany("INSERT INTO service VALUES (?, ?, ?, ?)", rows)

    def answer(text: str) -> Answer:
        words = " OR ".join(f'"{word}"' for word in tokens(text))
        found = (
            db.execute(
                "SELECT id FROM service WHERE service MATCH ? ORDER BY rank LIMIT 5", (words,)
            ).fetchall()
            if words
            else []
        )
        return Answer([id for (id,) in found], None)

    return answer


def many_services(catalog: list[Service], count: int) -> list[Service]:
    """A large organisation made of a small one: every service again and again, with invented words
    of its own.
    """
    dice = random.Random(5)
    syllables = [first + vowel for first in "bdfgklmnprstvw" for vowel in "aeiou"]
    invented = ["".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(count)]
    found = []
    for number in range(count):
        one = catalog[number % len(catalog)]
        own = dice.choices(invented, k=4)
        found.append(
            Service(
                f"{one.id}-{number}",
                f"{one.name} {own[0]}",
                one.team,
                f"{one.description} {own[1]} {own[2]}",
                keywords=(*one.keywords, own[3]),
                tier=one.tier,
            )
        )
    return found


def speed(catalog: list[Service], said: list[Phrase]) -> str:
    """Milliseconds to build the index (least of five) and to look a phrase up (median and 99th
    percentile).
    """
    builds, lookups = [], []
    for _ in range(5):
        before = time.perf_counter()
        router = Router(catalog, meanings)
        builds.append(time.perf_counter() - before)
    for phrase in said:
        before = time.perf_counter()
        router.route(phrase.text)
        lookups.append(time.perf_counter() - before)
    lookups.sort()
    median, nearly_all = statistics.median(lookups), lookups[int(len(lookups) * 0.99)]
    return (
        f"built in {min(builds) * 1e3:.1f} ms, a look-up {median * 1e3:.2f} ms, 99 % within"
        f" {nearly_all * 1e3:.2f} ms"
    )


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    catalog, said = services(data), phrases(data)
    ours = by_router(Router(catalog, meanings))
    print(f"{'escalate':16}{judge(said, ours)}")
    for name in ("own", "indirect"):
        print(f"  {name:14}{judge(own_phrases(name), ours)}")
    print(f"{'FTS5 porter':16}{judge(said, by_fts5(catalog))}")
    for register in dict.fromkeys(phrase.register for phrase in said if phrase.right):
        print(f"  {register:14}{judge([phrase for phrase in said if phrase.register == register], ours)}")
    halves = []
    for seed in range(200):
        shuffled = random.Random(seed).sample(said, len(said))
        halves.append(judge(shuffled[: len(said) // 2], ours))
    worst = Figures(
        top1=min(half.top1 for half in halves),
        top3=min(half.top3 for half in halves),
        dares=min(half.dares for half in halves),
        sure_right=min(half.sure_right for half in halves),
        sure_of_nothing=max(half.sure_of_nothing for half in halves),
    )
    print(f"{'worst of 200 halves':16}\n{'':16}{worst}")
    print(f"{len(catalog)} services: {speed(catalog, said)}")
    print(f"5000 services: {speed(many_services(catalog, 5000), said)}")


if __name__ == "__main__":
    main()
