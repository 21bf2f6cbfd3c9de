"""What an answer is about, by what is quoted, and what our own button writes."""

from __future__ import annotations

import pytest

from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.answers.outcomes import AnswerOutcome
from escalate_cli.core.events import Acknowledged, AnswerMeans, AnswerWay
from escalate_cli.core.incident.situation import IncidentStatus
from tests.organisations import STANDARD
from tests.scenarios.test_answers import BO, LISTENS, answer, code_of
from tests.world import World


@pytest.fixture
def night(world_with) -> World:
    return world_with(STANDARD, organisation=LISTENS)


def test_20_a_code_of_another_persons_page_in_what_is_quoted_is_about_no_page_of_mine(night: World) -> None:
    """Bo forwards Ana's page to himself, as it were, while one of his own waits."""
    night.declare("down", "login")
    night.declare("slow", "payments")
    night.page("bo", incident=1)
    theirs = short_code(code_of(night, "cara", 2))
    for text, more in (
        (f"OK\n\n#2 slow · {theirs}", {}),
        ("OK", {"subject": f"Fwd: [major] #2 slow ({theirs})"}),
    ):
        taken = answer(night, text, BO, **more)
        assert taken.answer is not None
        assert taken.answer.outcome is AnswerOutcome.UNKNOWN
    assert [night.look(number).incident.status for number in (1, 2)] == [IncidentStatus.OPEN] * 2


def test_20_of_several_pages_the_one_whose_code_is_quoted_is_meant(night: World) -> None:
    night.declare("down", "login")
    night.declare("slow", "login")
    answer(night, f"OK\n\n#2 slow · {short_code(code_of(night, 'ana', 2))}")
    assert [night.look(number).incident.status.value for number in (1, 2)] == ["open", "acknowledged"]


@pytest.mark.parametrize("body", ["", "\n\nSent from my iPhone\n", "Von meinem Telefon gesendet"])
def test_17_the_button_of_our_mail_counts_whatever_the_phone_adds(night: World, body: str) -> None:
    night.declare("down", "login")
    answer(night, body, subject=f"OK {short_code(code_of(night, 'ana'))}")
    assert night.look().incident.acknowledged_by == "ana"


def test_17_a_subject_that_is_replied_to_is_no_answer_of_its_own(night: World) -> None:
    night.declare("down", "login")
    answer(night, "call me", subject=f"Re: OK {short_code(code_of(night, 'ana'))}")
    assert night.look().incident.status is IncidentStatus.OPEN


@pytest.mark.parametrize(
    ("kept", "means"), [("reply to", AnswerMeans.REPLY), ("button by", AnswerMeans.BUTTON)]
)
def test_how_an_answer_came_is_read_as_it_was_kept_before_0_2_0_was_out(
    night: World, kept: str, means: AnswerMeans
) -> None:
    night.declare("down", "login")
    answer(night, "OK")
    database = night.store.database
    with database.transaction():
        changed = database.change(
            "UPDATE timeline SET data = replace(data, '\"reply\"', ?) WHERE kind = 'acknowledged'",
            (f'"{kept}"',),
        )
    assert changed == 1
    events = [entry.event for entry in night.store.situations.timeline(1)]
    (taken,) = [event for event in events if isinstance(event, Acknowledged)]
    assert isinstance(taken.answered, AnswerWay)
    assert taken.answered.how is means
