"""The promises of product.md §4, each by its number and its name, on a virtual clock."""

from __future__ import annotations

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus, NotificationStatus
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import BANK, STANDARD
from tests.world import World

DOWN = Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
GONE = Outcome(OutcomeKind.PERMANENT, "HTTP 404")

THREE_LEVELS = """
[policies.standard]
repeat = 1
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
[[policies.standard.levels]]
notify = ["person:cto"]
wait = "15m"
"""


# ── 1. declare stores the incident and its first notifications before anything is sent ───────────────────────────────


def test_4_1_a_declaration_is_stored_whole_before_anything_is_sent(world: World) -> None:
    declared = declaring.store_declaration(
        world.context, declaring.Request("Nobody can sign in", ("login",)), lambda routing: None
    )
    stored = world.look(declared.situation.incident.id)
    assert [notification.status for notification in stored.notifications] == [NotificationStatus.PENDING]
    assert world.post.letters == []
    world.tick()
    world.expects("sms to ana")


def test_4_1_a_declaration_that_dies_after_storing_is_paged_by_the_next_tick(world: World) -> None:
    declaring.store_declaration(
        world.context, declaring.Request("Nobody can sign in", ("login",)), lambda routing: None
    )
    world.advance("1m")
    world.expects("sms to ana")


# ── 2. each service leads to (team, policy); in doubt the fallback team gets it; nothing is refused ───────────────────


def test_4_2_each_distinct_team_and_policy_starts_one_escalation(world: World) -> None:
    world.declare("Everything is down", "login", "payments", "auth-db")
    assert [escalation.team for escalation in world.look().escalations] == [
        "identity",
        "payments",
        "platform",
    ]
    world.expects("sms to ana", "sms to cara", "sms to eve")


def test_4_2_two_services_of_one_team_start_one_escalation(world_with) -> None:
    world = world_with(STANDARD, more='[services.signup]\nname = "Sign up"\nteam = "identity"\n')
    world.declare("Both are down", "login", "signup")
    assert [escalation.services for escalation in world.look().escalations] == [("login", "signup")]
    world.expects("sms to ana")


def test_4_2_a_title_that_names_a_service_is_routed_and_says_why(world: World) -> None:
    world.declare("card declined")
    assert world.look().incident.services == ("payments",)
    assert "routed by the title" in world.timeline()
    world.expects("sms to cara")


def test_4_2_a_title_that_fits_nothing_goes_to_the_fallback_team_with_the_way_on(world: World) -> None:
    world.declare("the coffee machine hums")
    world.expects("sms to eve")
    world.update(add_services=("login",))
    world.expects("sms to ana", "inform slack to identity")
    assert [escalation.status for escalation in world.look().escalations] == [
        EscalationStatus.STOPPED,
        EscalationStatus.PAGING,
    ]


# ── 3. level after level, repeat, then the fallback again and again ───────────────────────────────────────────────────


def test_4_3_an_unanswered_level_is_followed_by_the_next_after_its_wait(world: World) -> None:
    world.declare("down", "login")
    world.expects("sms to ana")
    world.advance("4m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to bo")


def test_4_3_after_the_last_level_the_policy_repeats_and_then_the_fallback_is_paged_for_ever(
    world_with,
) -> None:
    world = world_with(THREE_LEVELS)
    world.declare("down", "login")
    world.advance("2h")
    walk = [
        (0, "sms to ana"),
        (5, "sms to bo"),
        (15, "sms to cto"),
        (30, "sms to ana"),
        (35, "sms to bo"),
        (45, "sms to cto"),
    ]
    assert world.history() == walk + [(minute, "sms to ops") for minute in (60, 75, 90, 105, 120)]
    assert world.look().escalations[0].status is EscalationStatus.EXHAUSTED
    world.ack("ops")
    world.advance("1h")
    world.sent()
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED


def test_4_3_an_open_incident_always_has_a_next_step(world_with) -> None:
    world = world_with(THREE_LEVELS)
    world.declare("down", "login")
    for _ in range(40):
        assert world.look().incident.next_due_at is not None
        world.advance("7m", every="7m")
    world.sent()


def test_4_3_without_a_fallback_the_policy_starts_again(world_with, tmp_path) -> None:
    organisation = BANK.but('page = ["person:ops"]\n', "")
    world = world_with(STANDARD, organisation=organisation)
    world.declare("down", "login")
    world.advance("31m")
    assert world.history() == [
        (0, "sms to ana"),
        (5, "sms to bo"),
        (15, "sms to ana"),
        (20, "sms to bo"),
        (30, "sms to ana"),
    ]
    world.sent()


# ── 4. a level that reaches nobody costs no waiting ───────────────────────────────────


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        ('["on-call:nobody"]', "nobody is on call in nobody-primary"),
        ('["person:mute"]', "Mute has no address for high urgency"),
        ('["lead:nobody"]', "Nobody has no lead"),
        ('["members:nobody"]', "Nobody has no members"),
    ],
)
def test_4_4_a_level_that_reaches_nobody_costs_no_waiting_and_the_timeline_says_why(
    world_with, level: str, reason: str
) -> None:
    more = """
[teams.nobody]
name = "Nobody"
on_call = "nobody-primary"
policy = "standard"
[schedules.nobody-primary]
[[schedules.nobody-primary.rotations]]
members = ["ana"]
start = 2036-01-05T09:00:00
every = "1w"
[people.mute]
name = "Mute"
contact = { email = "mute@example.com" }
"""
    policies = f"""
[policies.standard]
[[policies.standard.levels]]
notify = {level}
wait = "30m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
"""
    world = world_with(policies, more=more)
    world.declare("down", "login")
    world.expects("sms to bo")
    assert reason in world.timeline()


def test_4_4_a_level_whose_condition_is_false_is_left_out(world_with) -> None:
    world = world_with(
        THREE_LEVELS.replace('notify = ["lead"]', 'when = { severity = ">=critical" }\nnotify = ["lead"]')
    )
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana", "sms to cto")
    assert "level 2 of identity left out: severity is major, not critical" in world.timeline()


def test_4_4_every_address_permanently_failed_means_the_next_level_at_once(world: World) -> None:
    world.post.refuse = lambda url: GONE if "%2B1" in url else None
    world.declare("down", "login")
    world.expects("sms to bo")
    assert "reached nobody: every address failed for good" in world.timeline()


def test_4_4_when_no_level_reaches_anyone_the_fallback_is_paged_at_once(world: World) -> None:
    world.post.refuse = lambda url: None if "%2B6" in url else GONE
    world.declare("down", "login")
    world.expects("sms to ops")


def test_4_4_a_policy_whose_every_address_failed_for_good_is_not_walked_again_at_once(world_with) -> None:
    world = world_with(STANDARD.but("repeat = 0", "repeat = 3"))
    world.post.refuse = lambda url: None if "%2B6" in url else GONE
    world.declare("down", "login")
    world.expects("sms to ops")
    assert len(world.post.tried) == 3


def test_4_4_a_channel_beside_an_absent_person_does_not_count_as_somebody(world_with) -> None:
    policies = STANDARD.but('["on-call"]', '["person:mute", "channel"]')
    world = world_with(policies, more='[people.mute]\nname = "Mute"\ncontact = { email = "m@example.com" }\n')
    world.declare("down", "login")
    world.expects("slack to identity", "sms to bo")


MUTE = '[people.mute]\nname = "Mute"\ncontact = { email = "m@example.com" }\n'


def test_4_4_a_channel_beside_absent_people_is_told_once_however_often_the_policy_repeats(world_with) -> None:
    level = '[[policies.standard.levels]]\nnotify = ["person:mute", "channel"]\nwait = "5m"\n'
    world = world_with(f"[policies.standard]\nrepeat = 100\n{level}", more=MUTE)
    world.declare("down", "login")
    world.expects("slack to identity", "sms to ops")


def test_4_4_when_people_lose_their_addresses_the_channel_hears_of_one_more_round_and_then_the_fallback_is_paged(
    world_with,
) -> None:
    level = '[[policies.standard.levels]]\nnotify = ["person:ann", "channel"]\nwait = "5m"\n'
    policies = f"[policies.standard]\nrepeat = 100\n{level}"
    world = world_with(policies, more='[people.ann]\nname = "Ann"\ncontact = { sms = "ann" }\n')
    world.declare("down", "login")
    world.expects("sms to ann", "slack to identity")
    world.configure(policies, more=MUTE.replace("mute", "ann"))
    world.advance("5m")
    world.expects("slack to identity", "sms to ops")


def test_4_4_a_policy_for_channels_only_is_repeated_at_its_pace(world_with) -> None:
    level = '[[policies.standard.levels]]\nnotify = ["channel"]\nwait = "5m"\n'
    world = world_with(f"[policies.standard]\nrepeat = 1\n{level}")
    world.declare("down", "login")
    world.expects("slack to identity")
    world.advance("5m")
    world.expects("slack to identity")
    world.advance("5m")
    world.expects("sms to ops")


# ── 5. a person along their own rules; a channel once, through every contact ──────────────────────────────────────────

OWN_RULES = """
[people.ann]
name = "Ann"
contact = { email = "ann@example.com", sms = "+44", slack = "ann" }
notify.high = [ { via = ["slack", "email"] }, { via = ["sms"], after = "2m" } ]
notify.low = [ { via = ["email"] } ]
"""
TO_ANN = STANDARD.but('["on-call"]', '["person:ann"]')


def test_4_5_a_person_is_notified_along_their_own_rules_for_the_urgency(world_with) -> None:
    world = world_with(TO_ANN, more=OWN_RULES)
    world.declare("down", "login")
    world.expects("slack to ann", "email to ann")
    world.advance("2m")
    world.expects("sms to %2B44")
    world.declare("slow", "login", severity="minor")
    world.expects("email to ann")


@pytest.mark.parametrize(
    ("steps", "at_once", "a_minute_later"),
    [
        ('{ via = ["slack"], after = "2m" }', ["slack to ann"], []),
        (
            '{ via = ["slack"], after = "2m" }, { via = ["sms"], after = "3m" }',
            ["slack to ann"],
            ["sms to %2B44"],
        ),
        (
            '{ via = ["email"] }, { via = ["sms"], after = "3m" }, { via = ["slack"], after = "2m" }',
            ["slack to ann"],
            ["sms to %2B44"],
        ),
    ],
    ids=["an only step", "two steps that both wait", "a first step without an address"],
)
def test_4_5_the_first_step_that_leads_somewhere_begins_at_once(
    world_with, steps, at_once, a_minute_later
) -> None:
    more = (
        f'[people.ann]\nname = "Ann"\ncontact = {{ sms = "+44", slack = "ann" }}\nnotify.high = [ {steps} ]\n'
    )
    world = world_with(TO_ANN, more=more)
    world.declare("down", "login")
    world.expects(*at_once)
    world.advance("1m")
    world.expects(*a_minute_later)


def test_4_5_later_steps_are_cancelled_by_an_acknowledgement(world_with) -> None:
    world = world_with(TO_ANN, more=OWN_RULES)
    world.declare("down", "login")
    world.ack("ann")
    world.advance("1h")
    world.expects("slack to ann", "email to ann")


def test_4_5_when_every_address_of_a_step_failed_for_good_the_next_step_comes_at_once(world_with) -> None:
    world = world_with(TO_ANN, more=OWN_RULES)
    world.post.refuse = lambda url: None if "/sms/" in url else GONE
    world.declare("down", "login")
    world.expects("sms to %2B44")


def test_4_5_a_channel_is_told_through_every_contact_it_has(world_with) -> None:
    more = '[channels.both]\nname = "Both"\ncontact = { slack = "both", email = "both@example.com" }\n'
    world = world_with(STANDARD.but('["on-call"]', '["channel:both"]'), more=more)
    world.declare("down", "login")
    world.expects("slack to both", "email to both")
    world.advance("4m")
    world.expects_nothing()


# ── 6. ack stops the escalations of one's teams; resolve stops everything ─────────────────────────────────────────────


def test_4_6_an_acknowledgement_stops_the_escalations_of_the_persons_teams_only(world: World) -> None:
    world.declare("down", "login", "payments")
    world.expects("sms to ana", "sms to cara")
    world.ack("bo")
    world.advance("5m")
    world.expects("sms to dan")
    assert world.look().incident.status is IncidentStatus.OPEN


@pytest.mark.parametrize(("by", "everything"), [("cto", False), ("ana", True)])
def test_4_6_an_outsider_or_all_stops_every_escalation(world: World, by: str, everything: bool) -> None:
    world.declare("down", "login", "payments")
    world.ack(by, everything=everything)
    world.advance("2h")
    world.expects("sms to ana", "sms to cara")
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED


def test_4_6_a_member_of_a_team_that_has_already_acknowledged_does_not_silence_the_others(
    world: World,
) -> None:
    world.declare("down", "login", "payments")
    world.ack("ana")
    world.ack("bo")
    world.advance("5m")
    world.expects("sms to ana", "sms to cara", "sms to dan")


def test_4_6_resolve_stops_everything_and_tells_those_who_were_paged(world: World) -> None:
    world.declare("down", "login")
    world.advance("5m")
    world.resolve(message="restarted")
    world.advance("2h")
    world.expects("sms to ana", "sms to bo", "resolved sms to ana", "resolved sms to bo")


def test_4_6_an_acknowledgement_forgotten_for_its_timeout_pages_again_and_says_why(world_with) -> None:
    world = world_with(STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "30m"'))
    world.declare("down", "login")
    world.ack("ana")
    world.advance("29m")
    world.expects("sms to ana")
    world.advance("1m")
    world.expects("sms to ana")
    assert (
        "acknowledged by Ana 30m ago and no update since: paging identity again from level 1"
        in world.timeline()
    )
    assert world.look().incident.status is IncidentStatus.OPEN


def test_4_6_an_acknowledgement_that_was_followed_by_an_update_is_forgotten_from_then_and_says_so(
    world_with,
) -> None:
    world = world_with(STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "30m"'))
    world.declare("down", "login")
    world.ack("ana")
    world.advance("10m")
    world.update(severity="critical")
    world.advance("30m")
    assert (
        "acknowledged by Ana 40m ago, the last update 30m ago: paging identity again from level 1"
        in world.timeline()
    )
    world.sent()


# ── 7. updates ────────────────────────────────────────────────────────────────────────


def test_4_7_a_new_service_starts_its_teams_escalation_though_others_have_acknowledged(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.update(add_services=("payments",))
    world.expects("sms to ana", "sms to cara", "inform slack to identity")
    assert world.look().incident.status is IncidentStatus.OPEN


def test_4_7_a_rise_in_urgency_pages_the_current_level_again_the_new_way_at_once(world: World) -> None:
    world.declare("slow", "login", severity="minor")
    world.advance("5m")
    world.expects("email to ana", "email to bo")
    world.update(severity="critical")
    world.expects("sms to bo", "inform slack to identity")


def test_4_7_a_rise_in_urgency_does_not_delay_the_next_level(world: World) -> None:
    world.declare("slow", "login", severity="minor")
    world.advance("4m")
    world.update(severity="major")
    world.expects("email to ana", "sms to ana", "inform slack to identity")
    world.advance("1m")
    world.expects("sms to bo")


def test_4_7_a_rise_in_severity_without_a_rise_in_urgency_pages_nobody_again(world: World) -> None:
    world.declare("down", "login")
    world.update(severity="critical")
    world.expects("sms to ana", "inform slack to identity")


# ── 8. the policy is fixed at the start, people are looked up at the moment of paging ─────────────────────────────────


def test_4_8_the_levels_are_fixed_when_the_escalation_starts(world: World) -> None:
    world.declare("down", "login")
    world.configure(STANDARD.but('["lead"]', '["person:cto"]'))
    world.advance("5m")
    world.expects("sms to ana", "sms to bo")


def test_4_8_who_is_on_call_is_looked_up_at_the_moment_of_paging(world: World) -> None:
    world.declare("down", "login")
    world.configure(STANDARD, organisation=BANK.but('lead = "bo"', 'lead = "cto"'))
    world.advance("5m")
    world.expects("sms to ana", "sms to cto")


def test_4_8_reload_adopts_an_edited_policy(world: World) -> None:
    world.declare("down", "login")
    world.configure(STANDARD.but('["lead"]', '["person:cto"]'))
    world.reload()
    world.advance("5m")
    world.expects("sms to ana", "sms to cto")


# ── 10. at least once, bounded ────────────────────────────────────────────────────────


def test_4_10_a_message_that_fails_is_tried_again_but_never_more_often_than_attempts(world_with) -> None:
    world = world_with(STANDARD.but('"5m"', '"6h"'))
    world.post.refuse = lambda url: DOWN
    world.declare("down", "login")
    world.advance("20m", every="1s")
    assert [at - world.start_at for at, url in world.post.tried if "%2B1" in url] == [
        0,
        15_000_000,
        60_000_000,
        180_000_000,
    ]
    assert world.look().notifications[0].status is NotificationStatus.FAILED


def test_4_10_a_message_whose_sender_died_is_repeated_and_says_so(world: World) -> None:
    declaring.store_declaration(world.context, declaring.Request("down", ("login",)), lambda routing: None)
    with world.store.transaction():
        assert world.store.outbox.claim(1, "dead", world.clock.at, world.clock.at + 1) is not None
    world.clock.at += 1_000_000
    world.tick()
    assert world.last().body.startswith("(repeat) ")
    assert world.look().notifications[0].attempts == 2
    world.expects("sms to ana")


# ── 11. late ticks ────────────────────────────────────────────────────────────────────


def test_4_11_after_a_gap_the_earliest_level_never_paged_and_the_level_due_now_are_paged_once_each(
    world_with,
) -> None:
    world = world_with(THREE_LEVELS.replace("repeat = 1", "repeat = 5"))
    world.declare("down", "login")
    world.expects("sms to ana")
    world.sleep("20m")  # level 2 was due at 5, level 3 at 15 (until 30)
    world.expects("sms to bo", "sms to cto")
    assert "20m late" not in world.timeline()
    assert "15m late" in world.timeline()
    world.tick()
    world.expects_nothing()
    world.advance("14m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")


def test_4_11_a_gap_of_three_hours_makes_no_burst_and_loses_no_level(world_with) -> None:
    world = world_with(THREE_LEVELS.replace("repeat = 1", "repeat = 0"))
    world.declare("down", "login")
    world.sleep("3h")  # the policy ran out of levels at 30m
    world.expects("sms to ana", "sms to bo", "sms to ops")
    world.advance("14m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to cto", "sms to ops")
    world.advance("15m")
    world.expects("sms to ops")


@pytest.mark.parametrize("every", ["1s", "59s", "61s", "4m"])
def test_4_11_ticks_further_apart_page_the_same_people_in_the_same_order_only_later(
    world_with, every: str
) -> None:
    world = world_with(THREE_LEVELS)
    world.declare("down", "login")
    world.advance("80m", every=every)
    order = [who for _, who in world.history()]
    assert order[:7] == [
        "sms to ana",
        "sms to bo",
        "sms to cto",
        "sms to ana",
        "sms to bo",
        "sms to cto",
        "sms to ops",
    ]
    world.sent()


# ── 12. clocks ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("back", ["1h", "1d", "3000d"])
def test_4_12_a_clock_set_back_stalls_nothing_for_longer_than_the_time_that_passes(
    world: World, back: str
) -> None:
    from escalate_cli.core.calendar.duration import parse_duration

    world.declare("down", "login")
    world.advance("2m")
    world.clock.at -= parse_duration(back)
    world.tick()
    world.expects("sms to ana")
    world.advance("3m")
    world.expects("sms to bo")


def test_4_12_a_clock_set_forward_a_day_and_back_again_bursts_and_stalls_nothing(world: World) -> None:
    world.declare("down", "login")
    world.clock.at += 86_400_000_000
    world.tick()
    world.expects("sms to ana", "sms to bo", "sms to ops")
    world.clock.at -= 86_400_000_000
    world.tick()
    world.expects_nothing()
    world.advance("15m")
    world.expects("sms to ops")


# ── 13. one claim for each notification ───────────────────────────────────────────────


def test_4_13_each_notification_is_claimed_by_one_process(world: World) -> None:
    declaring.store_declaration(world.context, declaring.Request("down", ("login",)), lambda routing: None)
    with world.store.transaction():
        assert world.store.outbox.claim(1, "first", world.clock.at, world.clock.at + 60_000_000) is not None
        assert world.store.outbox.claim(1, "second", world.clock.at, world.clock.at + 60_000_000) is None
    world.tick()
    world.expects_nothing()


def test_4_13_an_idle_tick_does_nothing(world: World) -> None:
    for _ in range(3):
        report = world.tick()
        assert (report.incidents, report.notifications_planned, report.messages_sent, report.lines) == (
            0,
            0,
            0,
            [],
        )


# ── ack, between and after ────────────────────────────────────────────────────────────


def test_an_acknowledgement_during_back_off_cancels_the_retry(world: World) -> None:
    world.post.refuse = lambda url: DOWN
    world.declare("down", "login")
    world.ack("ana")
    world.post.refuse = lambda url: None
    world.advance("1h")
    assert world.look().notifications[0].status is NotificationStatus.CANCELLED
    assert len(world.post.tried) == 1


def test_an_acknowledgement_while_a_message_is_under_way_gives_it_no_further_attempt(world: World) -> None:
    declaring.store_declaration(world.context, declaring.Request("down", ("login",)), lambda routing: None)
    with world.store.transaction():
        world.store.outbox.claim(1, "dead", world.clock.at, world.clock.at + 1)
    world.ack("ana")
    world.clock.at += 60_000_000
    world.tick()
    assert world.look().notifications[0].status is NotificationStatus.CANCELLED


def test_the_message_says_what_who_why_what_next_and_what_to_type(world_with) -> None:
    world = world_with(TO_ANN, more=OWN_RULES)
    world.declare("Customers cannot sign in", "login", message="since the deploy")
    letter = next(envelope for _, envelope in world.post.letters if "email" in envelope.url)
    assert letter.title == "[major] #1 Customers cannot sign in"
    for part in (
        "Log in",
        "since the deploy",
        "Why you: ",
        "level 1 of 2",
        "Next: level 2 of 2 (Bo)",
        "escalate ack 1",
    ):
        assert part in letter.body
    world.sent()


def test_4_2_without_a_fallback_team_whoever_the_fallback_names_is_paged_at_once(world_with) -> None:
    world = world_with(STANDARD, organisation=BANK.but('team = "platform"\npage', "page"))
    world.declare("the coffee machine hums")
    world.expects("sms to ops")
    world.advance("15m")
    world.expects("sms to ops")
