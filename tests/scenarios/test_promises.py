"""The promises of the guide, 1 to 4: stored before it is sent, routed, paged level after level."""

from __future__ import annotations

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus, NotificationStatus
from tests.organisations import BANK, STANDARD
from tests.scenarios.policies import GONE, THREE_LEVELS
from tests.world import World

# ── 1. declare stores the incident and its first notifications before anything is sent


def test_4_1_a_declaration_is_stored_whole_before_anything_is_sent(world: World) -> None:
    declared = declaring.store_declaration(world.context, declaring.Request("Nobody can sign in", ("login",)))
    stored = world.look(declared.situation.incident.id)
    assert [notification.status for notification in stored.notifications] == [NotificationStatus.PENDING]
    assert world.post.letters == []
    world.tick()
    world.expects("sms to ana")


def test_4_1_a_declaration_that_dies_after_storing_is_paged_by_the_next_tick(world: World) -> None:
    declaring.store_declaration(world.context, declaring.Request("Nobody can sign in", ("login",)))
    world.advance("1m")
    world.expects("sms to ana")


# ── 2. each service leads to (team, policy); in doubt the fallback team gets it; nothing is refused


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


# ── 3. level after level, repeat, then the fallback again and again ───────────────────


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
    assert "level 2 of Identity left out: severity is major, not critical" in world.timeline()


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


def test_4_4_when_people_lose_addresses_the_channel_hears_of_one_more_round_and_then_the_fallback_is_paged(
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


# ── ack, between and after ────────────────────────────────────────────────────────────


def test_4_2_without_a_fallback_team_whoever_the_fallback_names_is_paged_at_once(world_with) -> None:
    world = world_with(STANDARD, organisation=BANK.but('team = "platform"\npage', "page"))
    world.declare("the coffee machine hums")
    world.expects("sms to ops")
    world.advance("15m")
    world.expects("sms to ops")
