"""What is said around the subject, since when, where, for whom, by whom, does not turn a service that
the routing is sure of into none.
"""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks import routing as benchmark
from escalate_cli.config.english.reading import meanings
from escalate_cli.core.routing.router import Router
from tests.faults.rounds import mostly_long

TAILS = (
    " in eu-west", " in eu-west-1", " in us-east", " since 10 minutes", " since 14:05", " since this morning",
    " for the last two hours", " for about an hour", " for customers in France", " for all users",
    " for everybody", " at the Leeds office", " in London", " in Germany", " across the whole of Spain",
    " again", " right now", ", thanks", ", please help", ", thanks a lot, Bill",
    " since 10 minutes for customers in France", " as of 9am", " on Monday", " yesterday evening",
    ", it is urgent", " from our side", " in zone B", " throughout Portugal", " in ap-south-2",
    " since half an hour", " to all members", " from Lyon", " after lunch", " for Kim", " on floor 3",
    " in the Madrid branch",
)  # fmt: skip
HEADS = (
    "Hello, ", "Hi team, ", "Good morning, ", "Hi Anna, ", "Dear colleagues, ", "Kim Lee here: ",
    "This is Bob: ", "Hey all - ", "URGENT: ", "P1: ", "Sorry to bother you, ", "FYI: ", "Hi Bill, ",
    "Priya speaking: ", "Dear Ms Novak, ", "Reported by Jan: ",
)  # fmt: skip


@cache
def routing() -> tuple[Router, dict[str, str]]:
    """The routing of the benchmark, and the service of each of its phrases of which it is sure."""
    router = Router(benchmark.services(), meanings)
    texts = [
        phrase.text
        for data in (benchmark.phrases(), benchmark.own_phrases("own"), benchmark.own_phrases("indirect"))
        for phrase in data
        if phrase.right
    ]
    return router, {text: service for text in texts if (service := router.route(text).service) is not None}


@pytest.mark.parametrize("tail", mostly_long(TAILS, *[*TAILS][::18]))
def test_a_tail_leaves_a_sure_service_sure(tail: str) -> None:
    router, sure = routing()
    lost = [
        text for text, service in sure.items() if router.route(text.rstrip(".!? ") + tail).service != service
    ]
    assert len(lost) <= len(sure) // 50, lost


@pytest.mark.parametrize("head", mostly_long(HEADS, *[*HEADS][::8]))
def test_a_head_leaves_a_sure_service_sure(head: str) -> None:
    router, sure = routing()
    lost = [text for text, service in sure.items() if router.route(head + text).service != service]
    assert len(lost) <= len(sure) // 50, lost
