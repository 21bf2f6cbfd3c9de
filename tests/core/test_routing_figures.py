"""How well plain words find their service in a bank: what was promised and reached is held."""

from __future__ import annotations

from benchmarks import routing as benchmark
from escalate_cli.config.english.reading import meanings
from escalate_cli.core.routing.router import Router


def test_the_phrases_of_a_bank_find_their_service_as_often_as_promised() -> None:
    figures = benchmark.judge(
        benchmark.phrases(), benchmark.by_router(Router(benchmark.services(), meanings))
    )
    assert figures.top1 >= 0.75, figures
    assert figures.top3 >= 0.88, figures
    assert figures.dares >= 0.45, figures
    assert figures.sure_right >= 0.97, figures
    assert figures.sure_of_nothing == 0, figures
    own = benchmark.judge(
        benchmark.own_phrases("own"), benchmark.by_router(Router(benchmark.services(), meanings))
    )
    assert own.top1 >= 0.93, own
    assert own.top3 >= 0.98, own
    assert own.dares >= 0.75, own
    assert own.sure_right >= 0.98, own
    assert own.sure_of_nothing == 0, own
    indirect = benchmark.judge(
        benchmark.own_phrases("indirect"), benchmark.by_router(Router(benchmark.services(), meanings))
    )
    assert indirect.top1 >= 0.47, indirect
    assert indirect.top3 >= 0.68, indirect
