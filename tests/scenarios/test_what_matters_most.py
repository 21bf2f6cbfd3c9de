"""What matters most comes first: `[limits]` in a storm, digests, one message to one person."""

from __future__ import annotations

import pytest

from escalate_cli.core.calendar.duration import MINUTE, SECOND
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import BANK, STANDARD

QUIET = STANDARD.but('"5m"', '"4w"')
"""nobody but the first level, so that only declarations page"""


@pytest.fixture
def storm(world_with):
    """At most four messages in five minutes: three come as they are, the fourth gathers for 75 s."""
    return world_with(QUIET, organisation=BANK.but("messages = 1000", 'messages = 4\nper = "5m"'))


FULL_WINDOW = (
    BANK.but("messages = 1000", 'messages = 4\nper = "5m"')
    .but('members = ["cara"]\nstart', 'members = ["ana"]\nstart')
    .but('members = ["eve"]\nstart', 'members = ["ana"]\nstart')
)


def fill(world, severity: str = "major", many: int = 6) -> None:
    """More than the limit allows."""
    for number in range(many):
        world.declare(f"storm {number}", "login", severity=severity)
    world.sent()


# ── what is never held back ───────────────────────────────────────────────────────────


def test_4_15_a_page_more_severe_than_everything_told_goes_at_once(storm) -> None:
    fill(storm)
    number = storm.declare("the database is gone", "login", severity="critical")
    storm.expects("sms to ana")
    assert f"#{number} the database is gone" in storm.last().body
    assert "held back" not in storm.timeline(number)


def test_4_15_a_page_more_severe_goes_at_once_though_the_window_is_full_to_the_brim(storm) -> None:
    fill(storm)
    storm.advance("80s", every="10s")
    storm.sent()
    storm.declare("storm again", "login")
    storm.expects_nothing()
    storm.declare("the database is gone", "login", severity="critical")
    storm.expects("sms to ana")


def test_4_15_a_second_page_as_severe_as_one_told_of_waits_like_the_others(storm) -> None:
    fill(storm)
    storm.declare("the database is gone", "login", severity="critical")
    second = storm.declare("the other database is gone", "login", severity="critical")
    storm.expects("sms to ana")
    assert "held back by [limits]" in storm.timeline(second)


@pytest.fixture
def ten_in_five_minutes(world_with):
    return world_with(QUIET, organisation=BANK.but("messages = 1000", 'messages = 10\nper = "5m"'))


def later(world, since: int) -> list[tuple[int, str]]:
    """What was sent after that instant, with the seconds that have passed."""
    return [((at - since) // SECOND, one.body) for at, one in world.post.letters if at > since]


def test_4_15_a_page_that_is_spared_takes_no_digest_s_place(ten_in_five_minutes) -> None:
    """Eleven majors and two criticals, a second apart: the second critical and the majors that were
    held back come with the digest, 30 s after the first of them."""
    world = ten_in_five_minutes
    for number in range(11):
        world.declare(f"storm {number}", "login")
        world.clock.at += SECOND
    assert len(world.sent()) == 9
    first_held = world.clock.at - 2 * SECOND
    for name in ("database", "other database"):
        world.declare(f"the {name} is gone", "login", severity="critical")
        world.clock.at += SECOND
    world.expects("sms to ana")
    world.advance("60s", every="5s")
    world.expects("sms to ana")
    [(_, alone), (seconds, digest)] = later(world, first_held)
    assert "#12 the database is gone" in alone
    assert seconds <= 35
    assert ": critical #13 the other database is gone, major #10-#11 - " in digest


def test_4_15_a_page_graver_than_a_digest_has_told_of_waits_seconds(ten_in_five_minutes) -> None:
    world = ten_in_five_minutes
    for number in range(11):
        world.declare(f"storm {number}", "login")
    world.advance("35s", every="5s")
    assert len(world.sent()) == 10
    told_at = world.clock.at
    for number in range(3):
        world.declare(f"database {number} is gone", "login", severity="critical")
    world.expects("sms to ana")
    world.advance("60s", every="5s")
    world.expects("sms to ana")
    [(seconds, digest)] = later(world, told_at)
    assert seconds <= 30
    assert ": critical #13 database 1 is gone, critical #14 - escalate ack 13 14" in digest
    world.declare("storm again", "login")
    world.declare("a fourth database is gone", "login", severity="critical")
    world.advance("2m", every="5s")
    world.expects_nothing()


@pytest.mark.parametrize("messages", [1, 2, 3])
def test_4_15_a_page_graver_than_most_waits_seconds_also_where_the_limit_is_tight(
    world_with, messages
) -> None:
    limits = f'messages = {messages}\nper = "1h"'
    world = world_with(QUIET, organisation=BANK.but("messages = 1000", limits))
    for number in range(5):
        world.declare(f"storm {number}", "login")
    told_at = world.clock.at
    for number in range(2):
        world.declare(f"database {number} is gone", "login", severity="critical")
    world.sent()
    world.advance("40s", every="5s")
    world.expects("sms to ana")
    assert [seconds <= 30 for seconds, _ in later(world, told_at)] == [True]


def test_4_15_a_digest_that_gathers_is_not_put_off_by_what_keeps_coming(storm) -> None:
    """Declarations look at what is due, too: one between two ticks must not push away what waits."""
    for number in range(4):
        storm.declare(f"storm {number}", "login")
    held_at = storm.clock.at
    storm.sent()
    for number in range(4):
        storm.clock.at += 76 * SECOND
        storm.declare(f"storm again {number}", "login")
    assert later(storm, held_at)[0][0] == 76
    storm.advance("10m", every="10s")
    storm.sent()


def test_4_15_beyond_the_limit_there_are_two_messages_of_each_severity_at_most(world_with) -> None:
    organisation = BANK.but("messages = 1000", 'messages = 4\nper = "5m"').but(
        'low = [ { via = ["email"] } ]', 'low = [ { via = ["sms"] } ]'
    )
    world = world_with(QUIET, organisation=organisation)
    for number in range(90):
        world.declare(f"storm {number}", "login", severity=("minor", "major", "critical")[number // 20 % 3])
        world.advance("10s")
    world.advance("20m", every="10s")
    world.sent()
    sms = [at for at, letter in world.post.letters if letter.url.endswith("/sms/%2B1")]
    assert max(sum(since < at <= since + 5 * MINUTE for at in sms) for since in sms) <= 4 + 2 * 2


def test_4_15_what_fails_has_told_nobody_and_holds_nothing_else_back(storm) -> None:
    """Both are on their way to Ana in one pass, and the second waits for the first: until that fails."""
    storm.maintenance("auth-db", "30m")
    storm.maintenance("payments", "30m")
    fill(storm)
    storm.configure(QUIET, organisation=FULL_WINDOW)
    storm.advance("29m")
    fill(storm)
    first = storm.declare("the database is gone", "auth-db", severity="critical")
    second = storm.declare("the other database is gone", "payments", severity="critical")
    storm.expects_nothing()
    storm.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
    storm.advance("1m")
    tried = [
        (notification.recipient, notification.attempts)
        for number in (first, second)
        for notification in storm.look(number).notifications
    ]
    assert tried == [("person:ana", 1), ("person:ana", 1)]


def test_4_15_what_counts_is_how_severe_it_was_when_the_person_was_told(storm) -> None:
    """The first was told as a major; that it is critical by now, nobody has paged Ana with."""
    fill(storm)
    storm.update(1, severity="critical")
    storm.sent()
    storm.declare("the database is gone", "login", severity="critical")
    storm.expects("sms to ana")


def test_4_15_a_held_page_that_becomes_more_severe_than_everything_told_goes_at_once(storm) -> None:
    fill(storm, many=8)
    assert "held back" in storm.timeline(7)
    storm.update(7, severity="critical")
    storm.expects("sms to ana", "inform slack to identity")
    page = next(one for _, one in reversed(storm.post.letters) if "/sms/" in one.url)
    assert ": critical #7 storm 6, major #4-#6, #8 - escalate ack 4 5 6 7 8" in page.body
    storm.advance("10m", every="10s")
    storm.sent()
    assert {
        notification.status.value
        for number in range(1, 9)
        for notification in storm.look(number).notifications
        if notification.kind.value == "page"
    } == {"sent"}


def test_4_15_of_what_is_due_at_once_the_worst_goes_first(world_with) -> None:
    world = world_with(QUIET, organisation=BANK.but("messages = 1000", 'messages = 3\nper = "5m"'))
    world.maintenance("login", "10m")
    for severity in ("major", "major", "major", "major", "critical", "major"):
        world.declare("while nobody is paged", "login", severity=severity)
    world.expects_nothing()
    world.sleep("11m")
    first, *_ = world.post.letters
    assert "critical" in first[1].body
    world.sent()


# ── what uses up no page's budget ─────────────────────────────────────────────────────

NUDGES = """
[[rules]]
name = "Shall the boss know"
when = { severity = "major" }
page = ["person:cto"]
mode = "nudge"
ask = ["person:ana"]
"""
INFORMS = """
[[rules]]
name = "Ana hears"
when = { severity = "major" }
inform = ["person:ana"]
"""


@pytest.mark.parametrize("more", [NUDGES, INFORMS], ids=["nudges", "informs"])
def test_4_15_neither_nudges_nor_informs_use_up_a_page_budget(world_with, more) -> None:
    organisation = BANK.but("messages = 1000", 'messages = 5\nper = "5m"')
    world = world_with(QUIET, more=more, organisation=organisation)
    for _ in range(6):
        world.declare("cards are declined", "payments")
    world.sent()
    for _ in range(4):
        world.declare("nobody can log in", "login")
    assert [one for one in world.sent() if one == "sms to ana"] == ["sms to ana"] * 4


def test_4_15_ends_use_up_no_page_budget(world_with) -> None:
    world = world_with(QUIET, organisation=BANK.but("messages = 1000", 'messages = 9\nper = "5m"'))
    for number in range(4):
        world.declare("nobody can log in", "login")
        world.resolve(number + 1)
    for _ in range(4):
        world.declare("nobody can log in again", "login")
    assert [one for one in world.sent() if one == "sms to ana"] == ["sms to ana"] * 8


def test_4_15_what_waits_is_never_dropped_whatever_its_kind(world_with) -> None:
    organisation = BANK.but("messages = 1000", 'messages = 3\nper = "5m"')
    world = world_with(QUIET, more=INFORMS, organisation=organisation)
    for number in range(12):
        world.declare("nobody can log in", "login", "payments")
        if number % 3 == 0:
            world.resolve(number + 1)
        world.advance("20s", every="10s")
    world.advance("30m", every="10s")
    world.sent()
    left = [
        notification.status.value
        for number in range(1, 13)
        for notification in world.look(number).notifications
    ]
    assert not {"pending", "sending", "retrying"} & set(left)
    sms = [at for at, letter in world.post.letters if letter.url.endswith("/sms/%2B1")]
    assert all(
        sum(since < at <= since + 5 * MINUTE for at in sms) <= 6
        for since in range(sms[0] - 1, sms[-1], 10 * SECOND)
    )
