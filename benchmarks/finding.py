"""How often plain words find their service, next to SQLite's full-text search over the same words,
and how long it takes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, Note

GROUP = "routing"
FTS5 = "SQLite FTS5, porter"


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """Shares in per cent of the phrases people type (`routing.py` tells more), and milliseconds for
    one phrase in a running process.
    """
    try:
        from benchmarks import routing
    except ImportError as problem:
        yield Note(GROUP, f"left out: {problem}")
        return
    if not (routing.DATA / "phrases-dev.tsv").exists():
        yield Note(GROUP, f"left out: there are no phrases to try at {routing.DATA}")
        return
    from escalate_cli.config.english.reading import meanings
    from escalate_cli.core.routing.router import Router

    services, said = routing.services(), routing.phrases()
    router = Router(services, meanings)
    ours, theirs = (
        routing.judge(said, routing.by_router(router)),
        routing.judge(said, routing.by_fts5(services)),
    )
    # written without the keywords, but known to whoever wrote the router
    of = f"{len(said)} development phrases"
    yield Figure(
        GROUP,
        "routing: the right service comes first",
        ours.top1 * 100,
        "%",
        FTS5,
        theirs.top1 * 100,
        note=of,
    )
    yield Figure(
        GROUP,
        "routing: the right service is among three",
        ours.top3 * 100,
        "%",
        FTS5,
        theirs.top3 * 100,
        note=of,
    )
    sure = f"{of}; sure of one that fits nothing: {ours.sure_of_nothing:.0%}"
    yield Figure(GROUP, "routing: is sure of one", ours.dares * 100, "%", note=sure)
    yield Figure(GROUP, "routing: is right when it is sure", ours.sure_right * 100, "%", note=of)
    began = time.perf_counter()
    Router(services, meanings)
    built = (time.perf_counter() - began) * 1000
    times = []
    for phrase in said:
        began = time.perf_counter()
        router.route(phrase.text)
        times.append((time.perf_counter() - began) * 1000)
    yield Figure(
        GROUP,
        "routing: one phrase (wall, median)",
        statistics.median(times),
        "ms",
        note=f"once before it: {built:.1f} ms",
    )
