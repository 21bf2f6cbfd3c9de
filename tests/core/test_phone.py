"""Numbers that the whole world can dial, and what was meant by those that it cannot."""

from __future__ import annotations

import pytest

from escalate_cli.core.organisation.phone import looks_like_number, number_problem

MEANT = {
    "+44 (0)7700 900-123": "+447700900123",
    "+44(0)7700900123": "+447700900123",
    "44 (0) 7700 900123": "+447700900123",
    "+44 7700 900123": "+447700900123",
    "+44-7700-900123": "+447700900123",
    "(+44) 7700 900123": "+447700900123",
    "+44.7700.900123": "+447700900123",
    "+44\u00a07700\u00a0900123": "+447700900123",
    "\u202a+447700900123\u202c": "+447700900123",
    "0044 7700 900123": "+447700900123",
    "447700900123": "+447700900123",
    "+4407700900123": "+447700900123",
    "+44 07700 900123": "+447700900123",
    "004407700900123": "+447700900123",
    "+49 (0) 170 1234567": "+491701234567",
    "1 202 555 0100": "+12025550100",
    "whatsapp:+44 7700 900123": "+447700900123",
}
UNCLEAR = ["07700900123", "0170/1234567", "(0)7700 900123", "2025550100", "4712345678", "+0447700900123"]
WRONG = [
    "+44 7700",
    "12345",
    "+44 7700 900123 7700 900",
    "+447700900123, +447700900124",
    "+447700900123;+447700900124",
    "+10123456789",
]
RIGHT = [
    "+447700900123",
    "+12025550100",
    "+4790000001",
    "+390612345678",
    "+2250712345678",
    "whatsapp:+447700900123",
    "+6831234567",
]


@pytest.mark.parametrize(("written", "meant"), MEANT.items())
def test_what_was_meant_is_said_where_it_is_clear(written: str, meant: str) -> None:
    assert looks_like_number(written)
    problem = number_problem(written)
    assert problem is not None
    assert problem.corrected == meant
    assert meant in problem.hint


@pytest.mark.parametrize("written", [*UNCLEAR, *WRONG])
def test_nothing_is_made_up_where_it_is_not_clear(written: str) -> None:
    assert looks_like_number(written)
    problem = number_problem(written)
    assert problem is not None
    if written in UNCLEAR:
        assert "country" in problem.why + problem.hint
        assert problem.corrected is None


@pytest.mark.parametrize("written", RIGHT)
def test_a_number_with_its_country_is_right(written: str) -> None:
    assert number_problem(written) is None


@pytest.mark.parametrize(
    "address",
    ["ana@example.com", "#oncall", "@ana", "ana", "8", "#12345678", "group-120363025", "u1234567890"],
)
def test_what_is_no_number_is_not_judged_as_one(address: str) -> None:
    assert not looks_like_number(address)
