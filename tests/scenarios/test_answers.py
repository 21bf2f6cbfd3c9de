"""Answers from where the page arrived: who, about what, which word; what is done, said and put on record."""

from __future__ import annotations

import itertools

import pytest

from escalate_cli.actions.answering import MOST_REPLIES, AnswerTakenIn, take_in_answer
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.codes import is_code, short_code
from escalate_cli.core.answers.outcomes import AnswerOutcome
from escalate_cli.core.calendar.duration import DAY, parse_duration
from escalate_cli.core.incident.situation import IncidentStatus, NudgeStatus
from tests.organisations import BANK, STANDARD
from tests.world import World

LISTENS = BANK.but('text = "short"', 'text = "short"\nanswers = "by-command"')
ANA, BO, CARA = "+1", "+2", "+3"
_numbers = itertools.count()


@pytest.fixture
def night(world_with) -> World:
    return world_with(STANDARD, organisation=LISTENS)


def answer(
    world: World,
    text: str,
    sender: str = ANA,
    *,
    gateway: str = "sms",
    reply: bool = False,
    ago: str = "0s",
    **more: object,
) -> AnswerTakenIn:
    """Somebody's answer, taken in and delivered."""
    arrived = Arrival(
        more.pop("id", None) or f"id-{next(_numbers)}",
        sender,
        text,
        world.clock.at - parse_duration(ago),
        **more,
    )
    taken = take_in_answer(world.context, gateway, arrived, reply=reply)
    if taken.answer is not None and taken.answer.incident_id is not None:
        world.engine().deliver(taken.answer.incident_id)
    world.engine().deliver_memos()
    world.sent()
    return taken


def code_of(world: World, person: str, incident: int = 1) -> str:
    codes = [
        each.code
        for each in world.look(incident).notifications
        if each.recipient == f"person:{person}" and each.code
    ]
    return str(codes[-1])


def test_17_ok_acknowledges_as_ack_does_and_the_person_hears_it(night: World) -> None:
    night.declare("down", "login")
    taken = answer(night, "Ok.")
    situation = night.look()
    assert (situation.incident.status, situation.incident.acknowledged_by) == (
        IncidentStatus.ACKNOWLEDGED,
        "ana",
    )
    assert taken.say == (
        "You have it: #1 down. Bo is not paged. DONE when it is over, UNDO if that was a mistake."
    )
    assert "acknowledged by Ana for Identity, by reply to sms (page of 10:00 GMT)" in night.timeline()


def test_17_of_several_teams_whoever_answers_hears_which_part_is_theirs(night: World) -> None:
    night.declare("down", "login")
    night.update(add_services=("payments",))
    assert answer(night, "OK").say == (
        "You have it for Identity: #1 down. Bo is not paged. Still paged: Payments. DONE when it is over,"
        " UNDO if that was a mistake."
    )
    assert answer(night, "OK", CARA).say == (
        "You have it for Payments: #1 down. Dan is not paged. DONE when it is over, UNDO if that was a"
        " mistake."
    )
    assert answer(night, f"OK {code_of(night, 'cara')[:4]}", CARA).say.startswith(
        "You have had #1 down since"
    )


def test_17_no_passes_on_and_the_person_hears_who_is_next(night: World) -> None:
    night.declare("down", "login")
    assert answer(night, "NO").say == "Passed on: Bo is paged now for #1 down."
    assert night.look().escalations[0].level == 2


def test_17_a_code_is_random_and_of_one_notification(night: World) -> None:
    night.declare("down", "login")
    night.declare("down too", "login")
    codes = [
        each.code
        for number in (1, 2)
        for each in night.look(number).notifications
        if each.recipient == "person:ana"
    ]
    assert all(code and is_code(code) and len(code) == 20 for code in codes)
    assert len({short_code(code or "") for code in codes}) == len(codes)
    assert all(each.code is None for each in night.look().notifications if not each.recipient.is_person)
    night.sent()


def test_19_in_doubt_nothing_changes_and_the_person_is_told_what_may_be_said(night: World) -> None:
    night.declare("down", "login")
    before = night.look()
    for text in ("NO, I am on a plane", "ok, but call me", "Liked “Reply OK”", "who is this?"):
        taken = answer(night, text)
        assert taken.answer is not None
        assert taken.answer.outcome is AnswerOutcome.NOT_UNDERSTOOD
        assert taken.say.startswith("I did not understand. Nothing was changed and paging goes on.")
    assert night.look() == before


def test_20_a_sender_whom_nobody_knows_is_not_answered_and_leaves_no_trace(night: World) -> None:
    night.declare("down", "login")
    taken = answer(night, "OK", "+999")
    assert (taken.answer, taken.say, taken.nobody) == (None, "", True)
    assert night.look().incident.status is IncidentStatus.OPEN


def test_20_of_a_strangers_answer_with_a_known_code_the_person_paged_hears(night: World) -> None:
    night.declare("down", "login")
    before = len(night.post.letters)
    taken = answer(night, "OK", "+999", codes=(code_of(night, "ana"),), reply=True)
    assert night.look().incident.status is IncidentStatus.OPEN
    assert taken.say == "", "whoever called may send it back: to the stranger"
    ((_, letter),) = night.post.letters[before:]
    assert letter.url.endswith("%2B1")
    assert (
        letter.body == '+999 answered "OK" to your page. That address is nobody\'s here, so nothing was done.'
    )


def test_20_a_code_of_another_persons_page_counts_for_whoever_has_it(night: World) -> None:
    night.declare("down", "login")
    answer(night, "OK", BO, codes=(code_of(night, "ana"),))
    assert night.look().incident.acknowledged_by == "bo"


def test_20_a_short_code_counts_only_from_the_address_that_was_paged(night: World) -> None:
    night.declare("down", "login")
    night.declare("slow", "login")
    taken = answer(night, f"OK {short_code(code_of(night, 'ana', 2))}", CARA)
    assert taken.answer is not None
    assert taken.answer.outcome is AnswerOutcome.UNKNOWN
    answer(night, f"ok {short_code(code_of(night, 'ana', 2)).upper()}")
    assert [night.look(number).incident.status.value for number in (1, 2)] == ["open", "acknowledged"]


def test_20_of_several_pages_a_bare_ok_is_asked_about_and_ok_all_means_each(night: World) -> None:
    night.declare("down", "login")
    night.declare("slow", "login")
    taken = answer(night, "OK")
    short = [short_code(code_of(night, "ana", number)) for number in (1, 2)]
    assert taken.say == (
        f"Which one? OK {short[0]}: #1 down. OK {short[1]}: #2 slow. OK ALL: all of them."
        " Nothing was changed yet."
    )
    answer(night, "OK ALL")
    assert [night.look(number).incident.status.value for number in (1, 2)] == ["acknowledged", "acknowledged"]


def test_20_an_answer_without_a_code_that_is_older_than_the_page_is_not_to_it(night: World) -> None:
    night.declare("down", "login")
    taken = answer(night, "OK", ago="10m")
    assert taken.answer is not None
    assert taken.answer.outcome is AnswerOutcome.NOTHING_WAITS
    assert night.look().incident.status is IncidentStatus.OPEN


def test_20_a_code_never_reopens_what_is_over_and_explains_for_seven_days(night: World) -> None:
    night.declare("down", "login")
    code = code_of(night, "ana")
    night.resolve(by="bo")
    taken = answer(night, f"OK {code}")
    assert taken.say == "#1 down was resolved at 10:00 GMT by Bo. Nothing to do."
    night.clock.at += 8 * DAY
    assert answer(night, f"OK {code}").answer.outcome is AnswerOutcome.UNKNOWN  # type: ignore[union-attr]
    assert night.look().incident.status is IncidentStatus.RESOLVED


def test_21_what_comes_twice_is_done_once(night: World) -> None:
    night.declare("down", "login")
    answer(night, "OK", id="SM1")
    night.reopen()
    taken = answer(night, "OK", id="SM1")
    assert taken.again
    assert night.look().incident.status is IncidentStatus.OPEN


def test_whoever_answers_second_hears_who_has_it_and_take_takes_it_over(night: World) -> None:
    night.declare("down", "login")
    code = short_code(code_of(night, "ana"))
    night.ack("bo")
    taken = answer(night, "OK")
    assert taken.say == (
        f"Bo has had #1 down since 10:00 GMT (yours was sent 10:00 GMT). Reply TAKE {code} to take it over."
    )
    assert night.look().incident.acknowledged_by == "bo"
    answer(night, f"TAKE {code}")
    assert night.look().incident.acknowledged_by == "ana"


def test_done_resolves_with_its_text_note_adds_later_snoozes_who_asks(night: World) -> None:
    night.declare("down", "login")
    assert answer(night, "WHO").say == "Nobody has #1 down yet. Next: level 2 of 2 (Bo) at 10:05 GMT."
    answer(night, "NOTE: looking at the database")
    assert "looking at the database (by reply to sms, page of 10:00 GMT)" in night.timeline()
    answer(night, "LATER 30m")
    assert night.look().escalations[0].snoozed_until == night.clock.at + parse_duration("30m")
    answer(night, "DONE: restarted it")
    assert "restarted it (by reply to sms, page of 10:00 GMT)" in night.timeline()


def test_undo_takes_the_last_answer_back_for_ten_minutes(night: World) -> None:
    night.declare("down", "login")
    answer(night, "OK")
    answer(night, "undo")
    assert night.look().incident.status is IncidentStatus.OPEN
    answer(night, "OK")
    night.clock.at += parse_duration("10m1s")
    assert answer(night, "UNDO").say.startswith("There is nothing to take back")
    assert night.look().incident.status is IncidentStatus.ACKNOWLEDGED


def test_undo_takes_an_end_and_a_pass_back(world_with) -> None:
    night = world_with(STANDARD.but('notify = ["on-call"]', 'notify = ["members"]'), organisation=LISTENS)
    night.declare("down", "login")
    answer(night, "NO")
    assert night.look().escalations[0].passed == ("ana",)
    answer(night, "UNDO")
    assert night.look().escalations[0].passed == ()
    answer(night, "DONE")
    answer(night, "UNDO")
    assert night.look().incident.status is IncidentStatus.OPEN
    night.sent()


def test_yes_and_no_answer_a_nudge(world_with) -> None:
    rule = (
        '[[rules]]\nname = "long"\nwhen = { unacknowledged_for = "1m" }\nmode = "nudge"\n'
        'ask = ["person:ana"]\npage = ["person:cto"]\n'
    )
    night = world_with(STANDARD, organisation=LISTENS, more=rule)
    night.declare("down", "login")
    night.advance("2m")
    nudge = next(each for each in night.look().notifications if each.nudge_id is not None)
    taken = answer(night, f"NO {short_code(nudge.code or '')}")
    assert night.look().nudges[0].status is NudgeStatus.DECLINED
    assert taken.answer is not None
    assert taken.answer.action == "no"
    assert answer(night, f"YES {short_code(nudge.code or '')}").say.startswith("That question is declined")


def test_may_leaves_out_what_answers_must_not_do(world_with) -> None:
    night = world_with(STANDARD, organisation=LISTENS + '\n[answers]\nmay = ["take", "pass"]\n')
    night.declare("down", "login")
    taken = answer(night, "DONE")
    assert taken.answer is not None
    assert taken.answer.outcome is AnswerOutcome.NOT_ALLOWED
    assert night.look().incident.status is IncidentStatus.OPEN
    answer(night, "OK")
    assert night.look().incident.status is IncidentStatus.ACKNOWLEDGED


def test_words_of_the_organisation_count_too(world_with) -> None:
    night = world_with(STANDARD, organisation=LISTENS + '\n[answers.words]\ntake = ["übernehme"]\n')
    night.declare("down", "login")
    answer(night, "Übernehme!")
    assert night.look().incident.status is IncidentStatus.ACKNOWLEDGED


def test_18_a_robot_is_never_answered_and_leaves_no_trace(night: World) -> None:
    night.declare("down", "login")
    taken = answer(night, "OK", robot="Auto-Submitted: auto-replied", codes=(code_of(night, "ana"),))
    assert (taken.answer, taken.say) == (None, "")
    assert night.look().incident.status is IncidentStatus.OPEN


def test_30_sentences_back_end_after_six_in_ten_minutes(night: World) -> None:
    night.declare("down", "login")
    said = [answer(night, f"what? {number}", reply=True).say for number in range(MOST_REPLIES + 3)]
    assert [bool(text) for text in said] == [True] * MOST_REPLIES + [False] * 3


def test_30_what_is_not_understood_is_told_once_in_the_same_words_of_one_page(night: World) -> None:
    """A robot repeats itself; what was said of its words has been said."""
    night.declare("down", "login")
    said = [answer(night, text, reply=True).say for text in ("what?", "what?", "I am busy", "what?")]
    assert [bool(text) for text in said] == [True, False, True, False]
    assert answer(night, "OK").say
    night.resolve()
    night.declare("slow", "login")
    assert answer(night, "what?", reply=True).say


def test_a_sentence_back_goes_to_the_configured_address_by_the_gateway_it_came_by(world_with) -> None:
    night = world_with(
        STANDARD,
        organisation=LISTENS.but(
            'sms = "+1", email = "ana@example.com" }',
            'sms = "+1", email = "ana@example.com" }\nanswers_from = ["+77"]',
        ),
    )
    night.declare("down", "login")
    answer(night, "OK", "+77", reply=True)
    assert night.look().incident.acknowledged_by == "ana"
    assert night.post.letters[-1][1].url.endswith("%2B1")
    assert "You have it" in night.post.letters[-1][1].body
