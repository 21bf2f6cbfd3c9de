"""A digest names every incident; a short one as many as a text message holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.core.digest import digest
from escalate_cli.core.duration import MINUTE
from escalate_cli.core.message import SHORT_LIMIT
from escalate_cli.core.model import Incident

ODD = "5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45,47,49,51,53,55,57,59,61,63,65,67,69,71,73,75,77,79"


def incidents(numbers: list[int]) -> list[Incident]:
    return [Incident(number, f"storm {number}", "major", 0, 0) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "repeat", "says"),
    [
        ([7], False, "60 more messages about 1 incident: #7 - escalate list"),
        ([9, 4, 5, 3], False, "60 more messages about 4 incidents: #3-#5, #9 - escalate list"),
        ([*range(3, 41), 50], True, "(repeat) 60 more messages about 39 incidents: #3-#40, #50 - escalate list"),
        ([*range(5, 80, 2)], False, f"38 incidents: #{ODD} - escalate list"),
        (
            [*range(1001, 1201, 2)],
            False,
            "100 incidents: #1001,1003,1005,1007,1009,1011,1013,1015,1017,1019,1021,1023,1025,1027,1029,1031,1033,1035,1037,1039,1041"
            ",1043,1045,1047 +76 more: escalate list",
        ),
    ],
)
def test_a_short_digest_says(numbers, repeat, says):
    assert digest(incidents(numbers), 60, 5 * MINUTE, short=True, unsure=repeat).body == says


@given(st.sets(st.one_of(st.integers(1, 99), st.integers(990, 1_100), st.integers(1, 10**10)), min_size=1, max_size=200), st.booleans())
def test_a_short_digest_fits_and_every_incident_is_named_or_counted(numbers, repeat):
    text = digest(incidents([*numbers]), 10_000, 5 * MINUTE, short=True, unsure=repeat).body
    assert len(text) <= SHORT_LIMIT
    found = re.fullmatch(r".* incidents?: #([\d#, -]*\d)(?: - | \+(\d+) more: )escalate list", text)
    assert found is not None, text
    named: set[int] = set()
    for stretch in found[1].replace("#", "").split(","):
        first, _, last = stretch.partition("-")
        named.update(range(int(first), int(last or first) + 1))
    assert named <= numbers
    assert len(named) + int(found[2] or 0) == len(numbers)


def test_a_full_digest_names_them_all_with_their_titles():
    text = digest(incidents([*range(1, 600, 2)]), 300, 5 * MINUTE, short=False).body
    assert all(f"#{number} storm {number} (open): escalate ack {number}\n" in text for number in range(1, 600, 2))
