"""What the words lean to, by hints and by nearness, sets the order and is explained, and is never enough
to be sure; a shop and a school, so that nothing can be known beforehand.
"""

from __future__ import annotations

import pytest

from benchmarks.meanings import hints
from escalate_cli.config.english.reading import HINTS, VECTORS, WORDS, meanings
from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.nearness import DIMENSIONS, nearness
from escalate_cli.core.routing.router import Match, Router
from escalate_cli.core.routing.words import tokens

PLACES = Router(
    (
        Service("parcels", "Parcel delivery", "depot", "Couriers and their vans.", keywords=("courier",)),
        Service("catalogue", "Product catalogue", "shop", "Photographs and sizes of what is on sale."),
        Service("orchestra", "School orchestra", "music", "Plays concerts.", keywords=("concert",)),
        Service("gym", "Sports hall", "sports", "Football and athletics.", keywords=("sports hall",)),
        Service("payslips", "Payroll", "people", "Salaries of the teachers.", keywords=("salary",)),
    ),
    meanings,
)


def test_the_list_of_hints_is_the_one_that_was_written() -> None:
    assert HINTS.read_text("utf-8") == hints()


def test_every_word_has_its_row_and_can_be_looked_up() -> None:
    words = WORDS.read_text("utf-8").splitlines()
    assert words == sorted(set(words))
    assert len(VECTORS.read_bytes()) == len(words) * DIMENSIONS // 2


def test_the_longest_expression_counts_and_each_word_once() -> None:
    typed = [hint.typed for hint in meanings().hints.among(tokens("charged twice by the gym"))]
    assert typed[0] == "charged twice"
    assert {"charged", "twice"}.isdisjoint(typed)
    assert meanings().hints.among(tokens("is it not")) == []


def test_words_that_are_near_have_nearly_one_direction() -> None:
    direction = meanings().vectors.direction
    violin, piano, printer = (direction({word: 1.0}) for word in ("violin", "piano", "printer"))
    assert nearness(violin, violin) == pytest.approx(1)
    assert nearness(violin, piano) > nearness(violin, printer) + 0.3
    assert direction({"qzqz": 1.0}) == ()
    assert nearness(violin, ()) == 0


@pytest.mark.parametrize(
    ("typed", "service", "because"),
    [
        ("my package has no tracking", "parcels", "hints at"),
        ("the paycheck was short", "payslips", "hints at"),
        ("trumpet and violin rehearsal", "orchestra", "in meaning"),
        ("soccer coach", "gym", "in meaning"),
    ],
)
def test_what_the_words_lean_to_comes_first_and_is_explained(typed: str, service: str, because: str) -> None:
    routing = PLACES.route(typed)
    assert routing.candidates[0].service == service
    assert any(because in reason for reason in routing.candidates[0].because), routing.candidates[0]


@pytest.mark.parametrize("typed", ["trumpet and violin rehearsal", "paycheck wages payday", "soccer coach"])
def test_leanings_alone_are_never_sure(typed: str) -> None:
    assert PLACES.route(typed).match in (Match.AMBIGUOUS, Match.NONE)
    assert PLACES.route(typed).service is None
