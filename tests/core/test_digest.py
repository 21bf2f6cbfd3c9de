"""A digest is worst first, with severities and one line that acknowledges all of it; what has no
room is counted.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.core.incident.situation import Incident, IncidentStatus, NotificationKind
from escalate_cli.core.messages.digest import Part, digest
from escalate_cli.core.messages.message import Message
from escalate_cli.core.organisation.catalog import Catalog, Severity, Urgency
from escalate_cli.core.wording.fitting import Text, fit
from escalate_cli.core.wording.gsm import is_one_sms

PAGE = frozenset({NotificationKind.PAGE})
INFORM = frozenset({NotificationKind.INFORM})
RANKED = Catalog(
    severities=tuple(
        Severity(name, Urgency.HIGH, rank) for rank, name in enumerate(("minor", "major", "critical"))
    )
)


def pages(numbers: list[int], **severities: list[int]) -> list[Part]:
    """Pages about majors, but for those named."""
    of = {number: severity for severity, some in severities.items() for number in some}
    return [
        Part(Incident(number, f"storm {number}", of.get(number, "major"), 0, 0), PAGE) for number in numbers
    ]


def short(parts: list[Part], *, messages: int = 60, unsure: bool = False) -> str:
    return digest(parts, messages, RANKED, short=True, unsure=unsure).body


def full(parts: list[Part]) -> Message:
    return digest(parts, 60, RANKED, short=False)


@pytest.mark.parametrize(
    ("parts", "repeat", "says"),
    [
        (pages([7]), False, "60 more messages about 1 incident: major #7 storm 7 - escalate ack 7"),
        (
            pages([10, 11, 12], critical=[12]),
            False,
            (
                "60 more messages about 3 incidents: critical #12 storm 12, major #10-#11 - escalate ack 10"
                " 11 12"
            ),
        ),
        (
            pages([9, 4, 5, 3], minor=[3, 9]),
            True,
            (
                "(repeat) 60 more messages about 4 incidents: major #4 storm 4, major #5, minor #3, #9 -"
                " escalate ack 3 4 5 9"
            ),
        ),
        (
            pages([*range(3, 80), 90], critical=[90]),
            False,
            "60 more messages about 78 incidents: critical #90 storm 90, major #3-#79 - escalate ack 3-79 90",
        ),
        (
            pages([*range(5, 80, 2)], critical=[77]),
            False,
            (
                "38 incidents, worst critical #77 - escalate ack 5 7 9 11 13 15 17 19 21 23 25 27 29 31 33 35"
                " 37 39 41 43 45 47 49 51 53 55 57 59 61 63 65 67 69 71 73 75 77 79"
            ),
        ),
        (
            pages([*range(1001, 1201, 2)], critical=[1199]),
            False,
            (
                "100 incidents, worst critical #1199 - escalate ack 1001 1003 1005 1007 1009 1011 1013 1015"
                " 1017 1019 1021 1023 1025 1027 1029 1031 1199 +83 more: escalate list"
            ),
        ),
        (
            [Part(page.incident, INFORM) for page in pages([4, 5])],
            False,
            "60 more messages about 2 incidents: major #4 storm 4, major #5 - escalate list",
        ),
    ],
)
def test_a_short_digest_says(parts, repeat, says):
    assert short(parts, unsure=repeat) == says


@given(
    st.sets(
        st.one_of(st.integers(1, 99), st.integers(990, 1_100), st.integers(1, 10**10)),
        min_size=1,
        max_size=200,
    ),
    st.booleans(),
)
def test_a_short_digest_fits_names_the_worst_and_acknowledges_or_counts_every_incident(numbers, repeat):
    worst = max(numbers)
    text = short(pages([*numbers], critical=[worst]), messages=10_000, unsure=repeat)
    assert is_one_sms(text)
    assert f"critical #{worst}" in text
    found = re.fullmatch(r".* - escalate ack ([\d -]*\d)(?: \+(\d+) more: escalate list)?", text)
    assert found is not None, text
    named: set[int] = set()
    for stretch in found[1].split():
        first, _, last = stretch.partition("-")
        named.update(range(int(first), int(last or first) + 1))
    assert worst in named <= numbers
    assert len(named) + int(found[2] or 0) == len(numbers)


def test_a_title_that_would_make_a_text_message_longer_than_it_looks_is_left_out():
    part = Part(Incident(7, "db łost", "major", 0, 0), PAGE)
    assert short([part]) == "60 more messages about 1 incident: major #7 - escalate ack 7"


def test_a_full_digest_names_them_all_with_their_titles():
    text = full(pages([*range(1, 600, 2)])).body
    assert all(
        f"[major] #{number} storm {number} (open): escalate ack {number}\n" in text
        for number in range(1, 600, 2)
    )


def test_a_full_digest_is_worst_first_and_one_line_acknowledges_all_of_it():
    message = full(
        [*pages([10, 11, 12], critical=[12], minor=[10]), Part(Incident(9, "hear", "major", 0, 0), INFORM)]
    )
    assert message.title == "60 more messages about 4 incidents, worst: [critical] #12 storm 12"
    assert re.findall(r"^\[.*", message.body, re.MULTILINE) == [
        "[critical] #12 storm 12 (open): escalate ack 12",
        "[major] #11 storm 11 (open): escalate ack 11",
        "[major] #9 hear (open): for information",
        "[minor] #10 storm 10 (open): escalate ack 10",
    ]
    assert message.body.endswith(
        "\n\nAcknowledge all of it: escalate ack 10 11 12\nAll of them: escalate list\n"
    )


def test_what_is_over_comes_last_and_asks_nobody_to_act():
    over = Part(
        Incident(3, "gone", "critical", 0, 0, status=IncidentStatus.RESOLVED),
        frozenset({NotificationKind.RESOLVED}),
    )
    text = full([over, *pages([4])]).body
    assert text.index("[major] #4") < text.index("[critical] #3 gone (resolved)\n")
    assert "Acknowledge all of it: escalate ack 4\n" in text


@given(st.integers(1, 400), st.integers(600, 5_000))
@settings(max_examples=25)
@pytest.mark.long
def test_a_full_digest_is_cut_to_any_length_and_counts_the_rest(many, limit):
    message = full(pages([*range(1, 2 * many, 2)], critical=[2 * many - 1]))
    fitted = fit(Text(message.body, message.loose), lambda text: len(text) <= limit)
    assert fitted is not None
    text = fitted.text
    assert len(text) <= limit
    assert f"#{2 * many - 1} storm" in text
    more = re.search(r"^and (\d+) more$", text, re.MULTILINE)
    assert text.count(" (open): ") + int(more[1] if more else 0) == many
    assert text.endswith("\nAll of them: escalate list\n")


def test_4_17_a_long_title_is_cut_in_a_short_digest_and_never_left_out():
    title = "the database of the payments service refuses every connection since the deploy of this morning"
    parts = [Part(Incident(number, title, "major", 0, 0), PAGE) for number in (2, 3, 4, 5)]
    text = short(parts, messages=4)
    assert text.startswith("4 incidents: major #2 the database of the payments service refuses every")
    assert text.endswith("..., major #3-#5 - escalate ack 2 3 4 5")
    assert is_one_sms(text)
