"""UNDO takes back the last thing that somebody did by answering, or says precisely why it cannot."""

from __future__ import annotations

import pytest

from escalate_cli.core.answers.outcomes import AnswerOutcome
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus
from tests.organisations import STANDARD
from tests.scenarios.test_answers import BO, CARA, LISTENS, answer
from tests.world import World


@pytest.fixture
def night(world_with) -> World:
    made = world_with(STANDARD, organisation=LISTENS)
    made.declare("down", "login")
    made.sent()
    return made


def test_undo_after_the_last_of_a_level_has_passed(night: World) -> None:
    """The next level has been paged, and stays so; whoever passed it on may take it after all."""
    assert "Bo is paged now" in answer(night, "NO").say
    paged = len(night.look().notifications)
    taken = answer(night, "UNDO")
    assert taken.taken
    assert taken.say == "Taken back: #1 down waits for you again, and Bo stays paged. Reply OK to take it."
    assert "Ana may take it for Identity after all" in night.timeline()
    assert (len(night.look().notifications), night.look().escalations[0].level) == (paged, 2)
    assert night.look().escalations[0].next_at is not None
    assert not answer(night, "UNDO").taken
    assert answer(night, "OK").say.startswith("You have it: #1 down.")


def test_undo_of_a_pass_when_somebody_has_it(night: World) -> None:
    answer(night, "NO")
    answer(night, "OK", BO)
    taken = answer(night, "UNDO")
    assert taken.answer is not None
    assert taken.answer.outcome is AnswerOutcome.ALREADY
    assert taken.say.startswith("Bo has had #1 down since 10:00 GMT")
    assert "Reply TAKE to take it over." in taken.say


def test_undo_of_a_pass_when_it_is_over(night: World) -> None:
    answer(night, "NO")
    answer(night, "DONE", BO)
    assert answer(night, "UNDO").say == "#1 down was resolved at 10:00 GMT by Bo. Nothing to do."


def test_undo_of_giving_it_back_has_it_again(night: World) -> None:
    answer(night, "OK")
    answer(night, "NO")
    assert night.look().incident.status is IncidentStatus.OPEN
    assert answer(night, "UNDO").say == "Taken back: #1 down is yours again. DONE when it is over."
    assert night.look().incident.acknowledged_by == "ana"
    assert night.look().escalations[0].status is EscalationStatus.ACKNOWLEDGED


def test_undo_of_a_pass_besides_the_escalations(night: World) -> None:
    night.page("person:cara")
    night.sent()
    answer(night, "NO", CARA)
    assert "cara" in night.look().acted
    again = answer(night, "UNDO", CARA)
    assert again.say == "Taken back: #1 down waits for you again. Reply OK to take it."
    assert "cara" not in night.look().acted
    assert "Cara may take it after all" in night.timeline()


def test_undo_of_what_others_have_a_part_in(world_with) -> None:
    both = STANDARD.but('notify = ["on-call"]', 'notify = ["members"]\nacks = "all"')
    night = world_with(both, organisation=LISTENS)
    night.declare("down", "login")
    night.sent()
    assert answer(night, "OK").say.startswith("Noted. Level 1 still waits for")
    assert answer(night, "UNDO").say == (
        "#1 down is paged on for others, so your OK cannot be undone. Reply NO to give your part back."
    )
    assert answer(night, "NO").taken
    assert night.look().escalations[0].acked_by == ()
    night.sent()


def test_undo_of_an_acknowledgement_that_has_run_out(world_with) -> None:
    short = STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "5m"')
    night = world_with(short, organisation=LISTENS)
    night.declare("down", "login")
    answer(night, "OK")
    night.advance("6m")
    night.sent()
    say = answer(night, "UNDO").say
    assert say == "#1 down is yours no more already: nobody has it, and it is paged. Nothing was changed."


def test_after_ten_minutes_there_is_nothing_to_take_back(night: World) -> None:
    answer(night, "NO")
    night.clock.at += 10 * MINUTE + 1
    assert answer(night, "UNDO").say.startswith("There is nothing to take back")
