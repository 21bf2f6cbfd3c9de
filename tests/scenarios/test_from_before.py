"""What was written before a page is no answer to it, unless it says so by a code or as a reply."""

from __future__ import annotations

import pytest

from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.answers.outcomes import AnswerOutcome
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.incident.situation import IncidentStatus
from tests.organisations import STANDARD
from tests.scenarios.test_answers import LISTENS, answer, code_of
from tests.world import World


@pytest.fixture
def night(world_with) -> World:
    made = world_with(STANDARD, organisation=LISTENS)
    made.declare("down", "login")
    return made


def stands(world: World) -> IncidentStatus:
    return world.look().incident.status


@pytest.mark.parametrize("text", ["OK", "NO", "DONE", "OK ALL", "LATER 1h", "NOTE: mine"])
@pytest.mark.parametrize("ago", ["1s", "20s", "90s", "30m"])
def test_20_a_bare_word_from_before_the_page_changes_nothing(night: World, text: str, ago: str) -> None:
    before = night.look().incident
    taken = answer(night, text, ago=ago)
    assert taken.answer is not None
    assert taken.answer.outcome is AnswerOutcome.NOTHING_WAITS
    assert night.look().incident == before


def test_19_whoever_wrote_it_just_before_hears_how_to_say_it(night: World) -> None:
    code = short_code(code_of(night, "ana"))
    taken = answer(night, "OK", ago="40s")
    assert taken.say == (
        "Yours was sent 40s before the page of 10:00 GMT about #1 down: nothing was changed and paging goes"
        f" on. Reply OK {code} if you meant it."
    )
    assert taken.because == "it is from before the page that waits"
    assert answer(night, "words", ago="40s").answer is None


def test_20_a_slow_clock_loses_no_answer_that_says_what_it_is_about(world_with) -> None:
    for more in ({"text": "OK {code}"}, {"text": "OK", "codes": True}, {"text": "OK", "answered": True}):
        world = world_with(STANDARD, organisation=LISTENS)
        world.declare("down", "login")
        code = code_of(world, "ana")
        marks = {"codes": (code,)} if {"codes", "answered"} & set(more) else {}
        answer(world, str(more["text"]).format(code=short_code(code)), ago="90s", **marks)
        assert stands(world) is IncidentStatus.ACKNOWLEDGED


def test_26_what_a_mailbox_had_before_the_page_is_not_read(night: World) -> None:
    earlier = night.clock.at - 40 * SECOND
    for text in ("OK", "DONE", "hello"):
        taken = answer(night, text, ago="40s", arrived_at=earlier)
        assert (taken.answer, taken.say) == (None, "")
    assert stands(night) is IncidentStatus.OPEN
    answer(night, "OK", arrived_at=night.clock.at)
    assert stands(night) is IncidentStatus.ACKNOWLEDGED


def test_an_answer_within_the_second_of_the_page_is_to_it(night: World) -> None:
    planned = night.look().notifications[0].created_at
    night.clock.at = planned // SECOND * SECOND  # as a provider tells it
    answer(night, "OK")
    assert stands(night) is IncidentStatus.ACKNOWLEDGED


def test_undo_means_the_answer_before_whatever_was_paged_since(night: World) -> None:
    answer(night, "DONE")
    night.advance("1m")
    night.declare("slow", "payments")
    assert answer(night, "UNDO", ago="20s").taken
    assert stands(night) is IncidentStatus.OPEN
