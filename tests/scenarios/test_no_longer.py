"""Promise 23, the other way round: what people heard does not hold any longer, and they hear that."""

from __future__ import annotations

from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import BANK, STANDARD
from tests.world import World

TIMEOUT = STANDARD.but("[policies.standard]\n", '[policies.standard]\nack_timeout = "30m"\n')
EVERYBODY = TIMEOUT.but('notify = ["on-call"]', 'notify = ["members"]')
REFUSED = Outcome(OutcomeKind.TEMPORARY, "busy")


def news(world: World) -> str:
    """The latest note that only tells."""
    return [one.note or "" for one in world.look().notifications if one.kind is NotificationKind.INFORM][-1]


# ── nobody has it any more ────────────────────────────────────────────────────────────


def test_a_forgotten_acknowledgement_is_told_to_whoever_heard_of_it_and_whoever_had_it(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.advance("5m")
    world.ack("bo")
    world.expects("sms to ana", "sms to bo", "inform slack to identity", "inform email to ana")
    world.advance("30m", every="5m")
    world.expects("sms to ana", "inform slack to identity", "inform email to bo")
    assert news(world) == "Bo no longer has it: no update for 30m."
    assert "told Identity room, Bo that Bo no longer has it" in world.timeline()


def test_whom_a_page_reaches_at_that_instant_is_not_told_besides(world_with) -> None:
    world = world_with(EVERYBODY)
    world.declare("down", "login")
    world.ack("ana")
    world.sent()
    world.advance("30m", every="5m")
    world.expects("sms to ana", "sms to bo", "inform slack to identity")


def test_the_message_says_who_is_paged_now_and_who_is_next_and_when(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.ack("ana")
    world.advance("30m", every="5m")
    letter = [one for _, one in world.post.letters if one.kind == "inform"][-1]
    world.sent()
    assert letter.title == "Ana no longer has #1 down"
    assert "Paged now: Ana" in letter.body
    assert "Next:      level 2 of 2 (Bo) at 10:35 GMT, unless someone acknowledges" in letter.body
    assert letter.short == (
        "[major info] #1 down: Ana no longer has it: no update for 30m; paged now: Ana; next: level 2 of 2"
        " (Bo) at 10:35 GMT, unless someone acknowledges"
    )


def test_an_update_since_counts(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.ack("ana")
    world.advance("20m", every="5m")
    world.update(message="still looking")
    world.advance("29m", every="1m")
    assert "no longer" not in news(world)
    world.advance("1m")
    world.sent()
    assert news(world) == "Ana no longer has it: no update for 30m."


def test_who_takes_it_before_that_went_out_is_told_of_alone(world_with) -> None:
    """It lapsed between two ticks, and somebody acknowledges before the next."""
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.ack("ana")
    world.sent()
    world.clock.at += 30 * 60_000_000 + 30_000_000
    world.ack("bo")
    world.expects("inform slack to identity", "inform email to ana")
    assert news(world).startswith("Bo has it")
    assert "told Identity room that Ana no longer has it; called off before it went out" in world.timeline()


def test_a_second_lapse_is_told_to_whoever_heard_of_the_second_taking(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.ack("ana")
    world.advance("30m", every="5m")
    world.ack("bo")
    world.sent()
    world.advance("30m", every="5m")
    world.expects("sms to ana", "inform slack to identity", "inform email to bo")


def test_an_acknowledgement_taken_back_says_by_whom_and_why(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.ack("ana")
    world.sent()
    world.reopen(by="bo", message="not mine alone")
    world.expects("sms to ana", "inform slack to identity")
    assert news(world) == "Ana no longer has it: taken back by Bo.\nnot mine alone"
    assert "acknowledgement taken back: not mine alone" in world.timeline()


def test_who_gives_it_back_is_not_told_of_it(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.ack("bo")
    world.sent()
    world.reopen(by="bo")
    world.expects("sms to ana", "inform slack to identity")
    assert news(world) == "Bo no longer has it: given back."


def test_a_level_asked_for_by_hand_ends_an_acknowledgement_aloud(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.advance("1m")
    world.ack("ana")
    world.sent()
    world.advance("1m")
    world.next_level()
    world.expects("sms to bo", "inform slack to identity", "inform email to ana")
    assert news(world) == "Ana no longer has it: a level was asked for by root."


def test_a_snooze_that_ends_at_its_time_is_no_news_and_one_that_ends_before_it_is(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("slow", "login", severity="minor")
    world.snooze("30m", "ana")
    world.advance("30m", every="5m")
    world.expects("email to ana", "email to ana", "inform slack to identity")
    world.snooze("30m", "ana")
    world.update(severity="critical")
    world.expects(
        "sms to ana", "inform slack to identity", "inform slack to identity", "inform slack to identity"
    )
    assert news(world) == "Ana no longer has it: it got worse while it was put off."


def test_who_heard_of_the_first_taker_hears_when_the_second_has_it_no_longer(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.snooze("20m", "cto")
    world.advance("1m")
    world.ack("ana")
    world.advance("1m")
    world.snooze("20m", "bo")
    world.sent()
    world.advance("1m")
    world.reopen(by="bo")
    world.expects("sms to ana", "inform slack to identity", "inform email to cto")
    assert news(world) == "Bo no longer has it: given back."
    world.advance("1m")
    world.ack("ana")
    world.advance("1m")
    world.sent()
    world.reopen(by="ana")
    world.expects("sms to ana", "inform slack to identity")


def test_who_heard_of_a_snooze_that_has_ended_in_time_hears_nothing_of_who_takes_it_then(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.snooze("3m", "cto")
    world.advance("1m")
    world.snooze("2m", "bo")
    world.advance("4m")
    world.ack("ana")
    world.sent()
    world.advance("1m")
    world.reopen()
    world.expects("sms to ana", "inform slack to identity")


def test_what_another_team_has_is_not_said_to_be_nobodys(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login", "payments")
    world.ack("ana")
    world.advance("4m")
    world.ack("cara")
    world.advance("26m", every="2m")
    assert news(world) == "Ana no longer has it for Identity: no update for 30m."
    world.sent()


def test_in_a_maintenance_nobody_is_paged_and_the_next_step_is_its_end(world_with) -> None:
    world = world_with(TIMEOUT)
    world.declare("down", "login")
    world.ack("ana")
    world.maintenance("login", "1h")
    world.sent()
    world.advance("30m", every="5m")
    world.expects("inform slack to identity", "inform email to ana")
    letter = world.last()
    assert "Paged now" not in letter.body
    assert "level 1 of 2 (Ana) at 11:00 GMT" in letter.body


# ── what was over is open again ───────────────────────────────────────────────────────


def test_a_reopening_is_told_to_the_channel_whoever_heard_the_end_and_the_reporter(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login", tell=("kim@customer.example",))
    world.advance("5m")
    world.page("cto")
    world.resolve(by="bo")
    world.sent()
    world.advance("10m")
    world.reopen(by="bo", message="it is back")
    world.expects(
        "sms to ana",
        "inform slack to identity",
        "inform email to cto",
        "inform email to kim%40customer.example",
    )
    assert "It is open again, reopened by Bo.\nit is back" in world.post.letters[-2][1].body
    reporter = next(one for _, one in reversed(world.post.letters) if "customer" in one.url)
    assert 'You reported "down". It is open again, reopened by Bo.' in reporter.body
    assert "escalate " not in reporter.body + reporter.title
    assert reporter.title == "It is open again: #1 down"
    assert "told Identity room, Cto that it is open again" in world.timeline()
    assert "told kim@customer.example, who reported it, that it is open again" in world.timeline()


def test_the_page_of_a_reopened_incident_says_why(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login", severity="minor")
    world.resolve(by="bo")
    world.advance("10m")
    world.reopen(by="bo", message="it is back")
    page = next(one for _, one in reversed(world.post.letters) if one.kind == "page")
    world.sent()
    assert "it is back" in page.body
    assert "Open again: since 10:10 GMT" in page.body.replace("  ", " ")


def test_an_end_that_has_not_gone_out_is_not_told_after_the_reopening(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.post.refuse = lambda url: REFUSED if "email" in url else None
    world.resolve(by="bo")
    world.expects("sms to ana")
    world.reopen(by="bo")
    world.post.refuse = lambda url: None
    world.advance("3m")
    world.expects("sms to ana", "inform slack to identity")


def test_whom_a_severity_informs_hears_without_commands_that_it_is_open_again(world_with) -> None:
    status = 'id = "critical"\nurgency = "high"\ninform = ["channel:status"]'
    world = world_with(STANDARD, organisation=BANK.but('id = "critical"\nurgency = "high"', status))
    world.declare("down", "login", severity="critical")
    world.resolve(by="bo")
    world.sent()
    world.reopen(by="bo")
    world.expects("sms to ana", "inform slack to identity", "inform slack to status")
    letter = next(one for _, one in reversed(world.post.letters) if one.url.endswith("status"))
    assert "It is open again, reopened by Bo." in letter.body
    assert "escalate " not in letter.body


def test_who_ended_it_hears_that_somebody_else_opened_it_again(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.resolve(by="bo")
    world.sent()
    world.advance("1m")
    world.reopen(by="ana")
    world.expects("sms to ana", "inform slack to identity", "inform email to bo")


# ── pages that no escalation asked for ────────────────────────────────────────────────


def test_a_page_by_hand_says_who_is_next_and_when(world: World) -> None:
    world.declare("down", "login", severity="minor")
    world.page("cto")
    world.expects("email to ana", "email to cto")
    assert "Next:        level 2 of 2 (Bo) at 10:05 GMT, unless someone acknowledges" in world.last().body


def test_a_page_by_hand_says_that_nobody_is_next_where_somebody_has_it(world: World) -> None:
    world.declare("down", "login", severity="minor")
    world.ack("ana")
    world.page("cto")
    world.expects("email to ana", "inform slack to identity", "email to cto")
    assert "Next:         nobody is next: Ana has it" in world.last().body


def test_a_page_by_a_rule_says_who_is_next(world_with) -> None:
    more = '[[rules]]\nname = "long"\nwhen = { open_for = "2m" }\npage = ["person:cto"]\n'
    world = world_with(STANDARD, more=more)
    world.declare("down", "login", severity="minor")
    world.advance("2m")
    world.expects("email to ana", "email to cto")
    assert "level 2 of 2 (Bo) at 10:05 GMT, unless someone acknowledges" in world.last().body
