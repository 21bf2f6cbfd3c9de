"""Who has an incident, and since when: after a take-over, after a lapse, where several teams have it."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.core.incident.holding import holders
from tests.organisations import STANDARD
from tests.scenarios.test_messages import EVERYWHERE, letters
from tests.unaligned import unaligned

LAPSING = STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "10m"')


def test_whoever_took_it_over_has_it_since_then(world_with) -> None:
    world = world_with(STANDARD, organisation=EVERYWHERE)
    world.declare("down", "login")
    world.advance("1m")
    world.ack("ana")
    world.advance("4m")
    world.ack("bo", everything=True)
    assert "Has it: Bo, since 10:05 GMT" in unaligned(letters(world)["inform email to ana"].body)


def test_after_a_lapsed_time_out_whoever_takes_it_has_it_since_then(world_with) -> None:
    world = world_with(LAPSING, organisation=EVERYWHERE)
    world.declare("down", "login")
    world.advance("1m")
    world.ack("ana")
    world.advance("13m")
    letters(world)
    world.ack("bo")
    assert "Has it: Bo, since 10:14 GMT" in unaligned(letters(world)["inform email to ana"].body)
    world.advance("12m")
    world.ack("ana")
    assert "Has it: Ana, since 10:26 GMT" in unaligned(letters(world)["inform slack to identity"].body)


def test_where_each_team_has_somebody_each_is_named_with_their_own_time(world_with) -> None:
    world = world_with(STANDARD, organisation=EVERYWHERE)
    world.declare("down", "login", "payments")
    world.advance("1m")
    world.ack("ana")
    world.advance("2m")
    world.ack("dan", everything=True)
    letters(world)
    world.page("person:cto")
    body = unaligned(letters(world)["email to cto"].body)
    assert "Has it: Ana, since 10:01 GMT, and Dan, since 10:03 GMT" in body


def test_the_incident_names_who_has_it_now_and_when_it_was_first_acknowledged(world_with) -> None:
    world = world_with(LAPSING)
    began = world.clock.at
    world.declare("down", "login")
    world.ack("ana")
    world.advance("12m")
    for taken in (
        world.ack("bo"),
        world.snooze("5m", "ana"),
        world.ack("bo", everything=True),
        world.ack("cara", everything=True),
    ):
        (holding,) = holders(taken)
        assert taken.incident.acknowledged_by == holding.person
        assert (taken.incident.acknowledged_at, holding.since) == (began, world.clock.at)
    assert (taken.incident.acknowledged_by, world.clock.at) == ("cara", began + 12 * MINUTE)
    world.sent()


def test_whoever_still_has_a_part_is_named_when_the_other_s_has_lapsed(world_with) -> None:
    world = world_with(LAPSING)
    world.declare("down", "login", "payments")
    world.ack("ana")
    world.advance("5m")
    world.ack("dan", everything=True)
    assert world.look().incident.acknowledged_by == "ana", "who has a part of it goes on being named"
    world.advance("6m")
    assert world.look().incident.acknowledged_by == "dan"
    world.sent()


def test_the_end_says_who_had_it(world_with) -> None:
    world = world_with(LAPSING, organisation=EVERYWHERE)
    world.declare("down", "login")
    world.advance("1m")
    world.ack("ana")
    world.sent()
    letters(world)
    world.resolve(by="ana")
    ends = [unaligned(letter.body) for way, letter in letters(world).items() if way.startswith("resolved")]
    assert ends
    assert all("Had it: Ana, from 10:01 GMT" in body and "Has it" not in body for body in ends)
