"""What an answer is about, by what is quoted, and what our own button writes."""

from __future__ import annotations

import pytest

from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.answers.outcomes import AnswerOutcome
from escalate_cli.core.events import Acknowledged, AnswerMeans, AnswerWay
from escalate_cli.core.incident.situation import IncidentStatus
from tests.organisations import STANDARD
from tests.scenarios.test_answers import ANA, BO, CARA, LISTENS, answer, code_of
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


def test_19_what_is_not_understood_when_somebody_has_it_is_answered_once(night: World) -> None:
    night.declare("down", "login")
    answer(night, "OK")
    taken = answer(night, "its fixed now")
    assert taken.answer is not None
    assert taken.answer.outcome is AnswerOutcome.NOT_UNDERSTOOD
    assert taken.say == (
        "I did not understand. Nothing was changed: Ana has had #1 down since 10:00 GMT."
        " Reply DONE when it is over, NOTE: and your words to add them, WHO to ask how it stands."
    )
    assert answer(night, "really fixed").say == ""
    night.advance("61m")
    assert answer(night, "and still fixed").say.startswith("I did not understand.")
    night.sent()


def test_19_what_is_not_understood_when_it_is_over_is_answered_once(night: World) -> None:
    night.declare("down", "login")
    answer(night, "DONE")
    assert answer(night, "thanks everybody").say == (
        "I did not understand. Nothing was changed: #1 down was resolved at 10:00 GMT by Ana. Nothing to do."
        " Reply UNDO to take back what you answered last, WHO to ask how it stands."
    )
    assert answer(night, "thanks again").say == ""


def test_18_what_is_no_answer_to_us_is_not_answered_when_somebody_has_it(night: World) -> None:
    """A robot, a stranger, whoever was never paged, a mail about something else, a group."""
    night.declare("down", "login")
    answer(night, "OK")
    for sender, more in (
        (ANA, {"robot": "an absence note"}), ("+999", {}), (CARA, {}),
        (ANA, {"subject": "lunch"}), (ANA, {"shared": True}),
    ):  # fmt: skip
        taken = answer(night, "its fixed now", sender, **more)
        assert (taken.answer, taken.say) == (None, "")


def test_a_reply_to_a_page_that_is_not_understood_says_no_more_that_paging_goes_on(night: World) -> None:
    night.declare("down", "login")
    code = code_of(night, "ana")
    assert answer(night, "hm", codes=(code,)).say.startswith("I did not understand. Nothing was changed and")
    night.advance("1m")
    answer(night, "OK")
    assert "since 10:01 GMT" in answer(night, "hm", codes=(code,)).say


@pytest.mark.parametrize("reply", [False, True])
def test_20_the_person_paged_hears_of_a_stranger_once_and_the_stranger_nothing(
    night: World, reply: bool
) -> None:
    night.declare("down", "login")
    before, codes = len(night.post.letters), (code_of(night, "ana"),)
    for text in ("OK", "DONE"):
        assert answer(night, text, "+999", codes=codes, reply=reply).say == ""
    assert [envelope.url.endswith("%2B1") for _, envelope in night.post.letters[before:]] == [True]
    assert answer(night, "OK", "+888", codes=codes, reply=reply).say == ""
    assert len(night.post.letters) == before + 2
