"""A whole keyword that stands there word by word counts whatever surrounds it: words that are only like a
part of another's keyword neither beat it nor bring doubt; only all the words of a longer one do.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import routing as benchmark
from escalate_cli.config.english.reading import meanings
from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.router import Match, Router
from escalate_cli.core.routing.vocabulary import is_common
from escalate_cli.core.routing.words import stem, thesaurus, tokens
from tests.core.test_routing import HOSPITAL

BANK = (
    Service("login", "Log in", "identity", keywords=("log in", "sign in", "password", "2FA")),
    Service("payments", "Card payments", "payments", keywords=("card declined", "card payments", "checkout")),
    Service("web", "Online banking website", "platform", keywords=("website", "home page", "app")),
    Service("accounts", "Balances", "accounts", keywords=("balance", "overdraft")),
    Service("ledger", "Ledger", "core", keywords=("balance cache", "double entry")),
)
ROUTER = Router(BANK, meanings)

NEUTRAL = (
    "in eu-west", "for two customers", "for spanish customers", "since monday", "please hurry", "again",
    "at noon", "in Leeds", "on the third floor", "is broken", "does not work", "says Kim",
)  # fmt: skip
WHAT_CAME_OF_IT = ("refused", "rejected", "denied")


@pytest.mark.parametrize(
    ("typed", "service"),
    [
        ("password refused", "login"),
        ("2FA refused", "login"),
        ("password refused for all customers", "login"),
        ("2FA code refused in eu-west", "login"),
        ("app refused", "web"),
        ("app refused in eu-west for two customers", "web"),
        ("balance in eu-west for two customers", "accounts"),
        ("overdraft refused, says the desk", "accounts"),
        ("balance cache in eu-west for two customers", "ledger"),
        ("card got refused at the till", "payments"),
    ],
)
def test_a_whole_keyword_is_sure_whatever_is_like_a_part_of_another(typed: str, service: str) -> None:
    routing = ROUTER.route(typed)
    assert (routing.match, routing.service) == (Match.CONFIDENT, service), routing.candidates
    assert routing.candidates[0].service == service


@pytest.mark.parametrize("typed", ["password card refused", "2FA and checkout", "balance and password"])
def test_two_keywords_of_two_services_leave_doubt(typed: str) -> None:
    assert ROUTER.route(typed).service is None


def test_what_came_of_it_points_at_nothing_by_itself() -> None:
    assert all(candidate.score < 0.4 for candidate in ROUTER.route("refused").candidates)
    assert ROUTER.route("refused").service is None


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("card got refused at the till", "'card … refused' is like 'card declined' (keyword)"),
        ("they declined my new card", "matched 'declined … card' (keyword)"),
        ("the cache has the wrong balance", "matched 'cache … balance' (keyword)"),
        ("declines of each card", "matched 'declines … card' (keyword)"),
    ],
)
def test_a_keyword_that_was_said_in_pieces_is_a_reason(typed: str, because: str) -> None:
    assert because in ROUTER.route(typed).candidates[0].because


def test_a_likeness_makes_nothing_sure_against_a_whole_keyword_of_another() -> None:
    router = Router(
        (
            Service("tokens", "Token service", "a", keywords=("jwks", "access token")),
            Service("partners", "Partner API", "b", keywords=("api key", "integration", "webhook")),
        ),
        meanings,
    )
    assert router.route("JWKS endpoint returns old keys").service in ("tokens", None)
    assert router.route("jwks rejected").service == "tokens"


def _parts_only(services: Iterable[Service]) -> dict[str, frozenset[str]]:
    """English words that this catalog does not have, and that are like nothing but a part of a longer
    keyword or name of it; with the services of these.
    """
    services = tuple(services)
    parts: dict[str, set[str]] = {}
    wholes: set[str] = set()
    for service in services:
        wholes.update(map(stem, tokens(service.description)))
        for text in (service.id, service.name, *service.keywords):
            stems = [stem(word) for word in tokens(text)]
            wholes.update(stems if len(stems) == 1 else ["".join(stems)])
            for base in stems:
                parts.setdefault(base, set()).add(service.id)
    return {
        word: frozenset(id for base in others & set(parts) for id in parts[base])
        for word, others in ((word, set(like)) for word, like in thesaurus().items())
        if others & set(parts) and not others & wholes and word not in wholes | set(parts)
    }


@cache
def _sayings() -> list[tuple[Router, str, str, str]]:
    """A router, a keyword that is sure (no everyday word, which needs company), its service, and words that
    belong to no service or are only like a part of another's keyword.
    """
    sayings = []
    same = thesaurus()
    for services in (BANK, HOSPITAL, tuple(benchmark.services())):
        router = Router(services, meanings)
        like = _parts_only(services)
        words_of = {
            one.id: set(map(stem, tokens(" ".join((one.id, one.name, *one.keywords, one.description)))))
            for one in services
        }
        for service in services:
            for keyword in service.keywords:
                if is_common(keyword) or router.route(f"{keyword} again").service != service.id:
                    continue
                said = set(map(stem, tokens(keyword)))
                said = said.union(*(same.get(base, ()) for base in said))
                others = [
                    word
                    for word, ids in like.items()
                    if not any(id == service.id or said & words_of[id] for id in ids)
                ]
                others += [word for word in WHAT_CAME_OF_IT if stem(word) in others]
                sayings += [(router, keyword, service.id, word) for word in (*NEUTRAL, *others)]
    return sayings


@settings(max_examples=300, deadline=None)
@given(st.data(), st.booleans(), st.sampled_from(("", " in eu-west", " for two customers")))
def test_words_of_no_service_never_turn_a_whole_keyword(data: st.DataObject, before: bool, tail: str) -> None:
    router, keyword, service, word = data.draw(st.sampled_from(_sayings()))
    typed = f"{word} {keyword}" if before else f"{keyword} {word}"
    routing = router.route(typed + tail)
    assert routing.service == service, (typed + tail, routing.match, routing.candidates[:2])
