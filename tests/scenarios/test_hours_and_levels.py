"""Holding a level until its hours, waiting for everyone, taking turns, maintenance, stakeholders,
hand-over, forgotten acknowledgements.
"""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus
from tests.organisations import BANK, STANDARD
from tests.world import World, instant, spoken

# ── during ─────────────────────────────────────────────────────────────────────────────

OFFICE_LEAD = """
[policies.standard]
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
during = "office"
"""


def test_a_level_is_held_until_its_hours_begin_and_then_pages_at_once(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant("2026-11-21T03:00:00")  # a Saturday night
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana")
    assert "level 2 of identity held until the hours office begin" in world.timeline()
    assert world.look().incident.next_due_at == instant("2026-11-23T09:00:00")
    world.clock.at = instant("2026-11-23T08:59:00")
    world.tick()
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to bo")


def test_a_level_within_its_hours_is_not_held(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana", "sms to bo")


def test_a_hold_that_ends_while_nothing_runs_pages_at_the_next_tick_within_the_hours(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant("2026-11-23T03:00:00")
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana")
    world.sleep("6h30m")  # 09:35: its own wait ended at 09:10
    world.expects("sms to bo", "sms to ops")


def test_a_hold_slept_through_until_after_the_hours_is_paged_when_they_begin_again(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant("2026-11-23T03:00:00")
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana")
    world.sleep("17h")  # 20:05: the window came and went; the policy has run out
    world.expects("sms to ops")
    assert (
        "level 2 of identity is owed: its hours office passed in a gap without any tick" in world.timeline()
    )
    world.advance("13h", every="15m")
    assert "sms to bo" in world.sent()


@pytest.mark.parametrize(
    ("friday", "opens"),
    [("2026-03-27T20:00:00", "2026-03-30T08:00:00"), ("2026-10-23T20:00:00", "2026-10-26T09:00:00")],
)
def test_hours_are_local_across_the_change_of_clocks(world_with, friday: str, opens: str) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant(friday)
    world.declare("down", "login")
    world.advance("5m")
    world.sent()
    assert world.look().incident.next_due_at == instant(opens)
    world.resolve()
    world.sent()


WHEN_AND_DURING = OFFICE_LEAD.replace(
    'during = "office"', 'during = "office"\nwhen = { severity = ">=major" }'
)
SATURDAY, OPENING = "2026-11-28T10:00:00", "2026-11-30T09:00:00"
ASKED_TWICE = {
    # the severity when it is declared, and from Sunday on; what the timeline says of level 2; who hears on Monday
    "it holds both times": ("major", "major", "held until the hours office begin", "sms to bo"),
    "no longer when the hours begin": ("major", "minor", "left out: severity is minor", None),
    "not yet when the level comes due": ("minor", "major", "left out: severity is minor", None),
}


@pytest.mark.parametrize("case", ASKED_TWICE)
def test_4_3_a_condition_of_a_held_level_is_asked_when_it_comes_due_and_when_its_hours_begin(
    world_with, case: str
) -> None:
    declared, since_sunday, timeline, heard = ASKED_TWICE[case]
    world = world_with(WHEN_AND_DURING)
    world.clock.at = instant(SATURDAY)
    world.declare("down", "login", severity=declared)
    world.advance("1d", every="5m")
    held = "level 2 of identity held until the hours office begin" in world.timeline()
    assert held is (declared == "major"), "asked for the first time"
    if since_sunday != declared:
        world.update(severity=since_sunday)
    world.sent()
    while world.clock.at < instant(OPENING):
        world.sleep("1h")
    at_opening = [spoken(letter) for at, letter in world.post.letters if at == instant(OPENING)]
    assert [one for one in at_opening if one.endswith(" to bo")] == ([heard] if heard else [])
    assert f"level 2 of identity {timeline}" in world.timeline()
    world.sent()


def test_an_acknowledgement_ends_a_hold(world_with) -> None:
    world = world_with(OFFICE_LEAD)
    world.clock.at = instant("2026-11-21T03:00:00")
    world.declare("down", "login")
    world.advance("5m")
    world.ack("ana")
    world.advance("3d", every="1h")
    world.expects("sms to ana")


# ── acks = "all" ──────────────────────────────────────────────────────────────────────

EVERYONE = """
[policies.standard]
[[policies.standard.levels]]
notify = ["members"]
wait = "5m"
acks = "all"
[[policies.standard.levels]]
notify = ["person:cto"]
wait = "10m"
"""


def test_a_level_that_wants_everyone_waits_for_everyone_it_paged(world_with) -> None:
    world = world_with(EVERYONE)
    world.declare("down", "login")
    world.expects("sms to ana", "sms to bo")
    world.ack("ana")
    assert "level 1 still waits for bo" in world.timeline()
    assert world.look().incident.status is IncidentStatus.OPEN
    world.ack("bo")
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED
    world.advance("1h", every="10m")
    world.expects_nothing()


def test_a_level_that_wants_everyone_goes_on_when_one_is_silent(world_with) -> None:
    world = world_with(EVERYONE)
    world.declare("down", "login")
    world.ack("ana")
    world.advance("5m")
    world.expects("sms to ana", "sms to bo", "sms to cto")


# ── round robin ───────────────────────────────────────────────────────────────────────


def test_round_robin_takes_the_members_in_turn_one_an_incident(world_with) -> None:
    world = world_with(STANDARD.but('["on-call"]', '["round-robin"]'))
    for expected in ("ana", "bo", "ana"):
        world.declare("down", "login")
        world.expects(f"sms to {expected}")


def test_the_turn_stays_the_same_within_one_incident(world_with) -> None:
    world = world_with(STANDARD.but('["on-call"]', '["round-robin"]').but("repeat = 0", "repeat = 1"))
    world.declare("down", "login")
    world.advance("15m")
    world.expects("sms to ana", "sms to bo", "sms to ana")


# ── maintenance ───────────────────────────────────────────────────────────────────────


def test_an_incident_in_a_maintenance_is_recorded_and_pages_nobody_until_it_ends(world: World) -> None:
    world.maintenance("login", "1h")
    world.declare("down", "login")
    world.advance("59m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")
    world.advance("5m")
    world.expects("sms to bo")


def test_the_end_of_a_snooze_is_called_one(world: World) -> None:
    world.declare("down", "login")
    world.snooze("1h", "ana")
    world.advance("1h")
    assert "the snooze by Ana is over: paging identity again from level 1" in world.timeline()
    world.expects("sms to ana", "sms to ana")


def test_what_was_resolved_during_the_maintenance_pages_nobody_after_it(world: World) -> None:
    world.maintenance("login", "1h")
    world.declare("down", "login")
    world.resolve()
    world.advance("2h", every="10m")
    world.expects_nothing()


def test_a_maintenance_of_one_service_does_not_silence_the_team_of_another(world: World) -> None:
    world.maintenance("login", "1h")
    world.declare("down", "login", "payments")
    world.expects("sms to cara")
    world.resolve()
    world.expects("resolved sms to cara")


def test_rules_keep_quiet_during_a_maintenance(world_with) -> None:
    world = world_with(
        STANDARD + '[[rules]]\nname = "cto"\nwhen = { severity = "critical" }\npage = ["person:cto"]\n'
    )
    world.maintenance("login", "1h")
    world.declare("down", "login", severity="critical")
    world.expects_nothing()
    world.advance("1h")
    world.expects("sms to ana", "sms to cto")


# ── forgotten acknowledgements ────────────────────────────────────────────────────────

FORGETFUL = STANDARD.but("repeat = 0", 'repeat = 0\nack_timeout = "30m"')


def test_an_update_resets_the_clock_of_a_forgotten_acknowledgement(world_with) -> None:
    world = world_with(FORGETFUL)
    world.declare("down", "login")
    world.ack("ana")
    world.advance("20m")
    world.update(message="still looking")
    world.expects("sms to ana", "inform slack to identity")
    world.advance("29m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana")


def test_a_snooze_overrides_the_timeout(world_with) -> None:
    world = world_with(FORGETFUL)
    world.declare("down", "login")
    world.ack("ana")
    world.snooze("2h", "ana")
    world.advance("1h59m", every="10m")
    world.expects("sms to ana")
    world.advance("1m")
    world.expects("sms to ana")


def test_a_snooze_without_a_timeout_pages_again_too(world: World) -> None:
    world.declare("down", "login")
    world.snooze("1h", "ana")
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED
    world.advance("1h")
    world.expects("sms to ana", "sms to ana")


def test_an_old_incident_says_why_it_pages_again_after_four_months(world_with) -> None:
    world = world_with(FORGETFUL)
    world.declare("down", "login")
    world.ack("ana")
    world.sleep("120d")
    assert "acknowledged by Ana" in world.timeline()
    assert "and no update since" in world.last().body or "ago and no update since" in world.timeline()
    world.expects("sms to ana", "sms to ana")


def test_resolve_ends_the_waiting_for_an_update(world_with) -> None:
    world = world_with(FORGETFUL)
    world.declare("down", "login")
    world.ack("ana")
    world.resolve()
    world.advance("2h", every="10m")
    world.expects("sms to ana", "resolved sms to ana")


# ── stakeholders, lead, scope ─────────────────────────────────────────────────────────

STATUS = 'id = "critical"\nurgency = "high"\ninform = ["channel:status"]'


def test_stakeholders_of_a_severity_hear_of_declaration_changes_updates_and_the_end(world_with) -> None:
    organisation = BANK.but('id = "critical"\nurgency = "high"', STATUS)
    world = world_with(STANDARD, organisation=organisation)
    world.declare("down", "login", severity="critical")
    world.expects("sms to ana", "inform slack to status")
    world.update(message="restarting")
    world.expects("inform slack to status", "inform slack to identity")
    world.update(severity="major")
    world.expects("inform slack to status", "inform slack to identity")
    world.update(severity="critical", message="and now payments")
    world.expects("inform slack to status", "inform slack to identity")
    said = [one.body.splitlines()[:2] for _, one in world.post.letters if "and now payments" in one.body]
    assert said == [["Severity raised from major to critical.", "Update by root: and now payments"]] * 2
    world.resolve()
    world.expects("resolved sms to ana", "resolved slack to status", "resolved slack to identity")


def test_an_update_informs_the_channels_of_the_teams_involved(world: World) -> None:
    world.declare("down", "login")
    world.update(message="we found it", by="ana")
    world.expects("sms to ana", "inform slack to identity")
    assert "Update by Ana: we found it" in world.last().body


def test_whoever_is_paged_later_reads_the_latest_update(world: World) -> None:
    world.declare("down", "login", severity="minor", message="since noon")
    world.update(message="it is the database")
    world.advance("5m")
    assert "since noon" in world.last().body
    assert "Latest update: it is the database" in world.last().body
    world.sent()


def test_a_new_lead_is_told(world: World) -> None:
    world.declare("down", "login")
    world.update(lead="cto")
    world.expects("sms to ana", "inform sms to cto", "inform slack to identity")
    assert world.look().incident.lead == "cto"


def test_dropping_a_service_stops_its_escalation_with_a_reason(world: World) -> None:
    world.declare("down", "login", "payments")
    world.update(drop_services=("payments",))
    world.advance("5m")
    world.expects("sms to ana", "sms to cara", "sms to bo", "inform slack to identity")
    assert "escalation to payments stopped: no service in scope leads to it any more" in world.timeline()


def test_dropping_the_last_service_hands_the_incident_to_the_fallback_team(world: World) -> None:
    world.declare("down", "login")
    world.update(drop_services=("login",))
    world.expects("sms to ana", "sms to eve", "inform slack to identity")
    assert [escalation.status for escalation in world.look().escalations] == [
        EscalationStatus.STOPPED,
        EscalationStatus.PAGING,
    ]


def test_a_title_that_now_sounds_like_another_service_is_offered_and_never_taken(world: World) -> None:
    world.declare("down", "login")
    world.update(title="card declined")
    world.expects("sms to ana")
    assert world.look().incident.services == ("login",)
    assert world.look().incident.suggestion == "payments"
    assert "this sounds like Card payments: escalate update 1 --service payments" in world.timeline()
    world.update(add_services=("payments",))
    world.expects("sms to cara", "inform slack to identity")
    assert world.look().incident.suggestion is None


# ── by hand ───────────────────────────────────────────────────────────────────────────


def test_page_by_hand_leaves_the_escalation_as_it_was(world: World) -> None:
    world.declare("down", "login")
    world.page("cto", message="please join")
    world.expects("sms to ana", "sms to cto")
    world.advance("5m")
    world.expects("sms to bo")


@pytest.mark.parametrize(("level", "expected"), [(None, "sms to bo"), (2, "sms to bo"), (1, "sms to ana")])
def test_next_goes_to_a_level_now(world: World, level: int | None, expected: str) -> None:
    world.declare("down", "login")
    world.expects("sms to ana")
    world.next_level(level)
    world.expects(expected)


def test_next_wakes_an_acknowledged_incident(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.next_level()
    world.expects("sms to ana", "sms to bo")
    assert world.look().incident.status is IncidentStatus.OPEN


def test_reopen_pages_from_the_start(world: World) -> None:
    world.declare("down", "login")
    world.resolve()
    world.expects("sms to ana", "resolved sms to ana")
    world.advance("1h", every="10m")
    world.reopen()
    world.expects("sms to ana")
    world.advance("5m")
    world.expects("sms to bo")


# ── storms ────────────────────────────────────────────────────────────────────────────


def storm(world_with) -> World:
    """At most three messages in five minutes: two come as they are, the third gathers for 100 s."""
    organisation = BANK.but("messages = 1000", 'messages = 3\nper = "5m"')
    return world_with(STANDARD.but('"5m"', '"4w"'), organisation=organisation)


def test_4_15_in_a_storm_the_rest_arrives_as_one_digest_that_names_every_incident(world_with) -> None:
    world = storm(world_with)
    for number in range(20):
        world.declare(f"storm {number}", "login")
    world.expects(*["sms to ana"] * 2)
    assert "held back by [limits]: Ana by sms, for a digest in 1m40s" in world.timeline(3)
    world.advance("100s", every="10s")
    world.expects("sms to ana")
    text = world.last().body
    assert "18 incidents: major #3 storm 2, major #4-#20 - escalate ack 3 4 5" in text
    assert len(text) <= 160
    assert all(
        notification.status.value == "sent"
        for number in range(1, 21)
        for notification in world.look(number).notifications
    )
    world.advance("10m")
    world.expects_nothing()


def test_4_15_a_storm_that_goes_on_never_exceeds_the_limit_and_drops_nothing(world_with) -> None:
    world = storm(world_with)
    for number in range(60):
        world.declare(f"storm {number}", "login")
        world.advance("10s", every="10s")
    world.advance("6m", every="10s")
    at = [when for when, _ in world.post.letters]
    assert all(
        sum(since < when <= since + 300_000_000 for when in at) <= 3
        for since in range(at[0] - 1, at[-1], 10_000_000)
    )
    assert all(
        notification.status.value == "sent"
        for number in range(1, 61)
        for notification in world.look(number).notifications
    )
    world.sent()


def test_4_15_a_full_digest_names_every_incident_with_its_title(world_with) -> None:
    world = storm(world_with)
    for number in range(6):
        world.declare(f"storm {number}", "login", severity="minor")
    world.advance("2m", every="10s")
    assert all(f"#{number} storm {number - 1}" in world.last().body for number in (3, 4, 5, 6))
    world.expects(*["email to ana"] * 3)


def test_4_15_the_limit_is_per_person_and_gateway(world_with) -> None:
    world = storm(world_with)
    for _ in range(2):
        world.declare("storm", "login", "payments")
    world.expects(*["sms to ana", "sms to cara"] * 2)


def test_4_15_an_acknowledged_incident_is_not_in_the_digest(world_with) -> None:
    world = storm(world_with)
    for number in range(5):
        world.declare(f"storm {number}", "login", severity="minor")
    world.ack("ana", 4)
    world.advance("2m", every="10s")
    world.expects(*["email to ana"] * 3)
    assert "storm 4" in world.last().body
    assert "storm 3" not in world.last().body


def test_4_15_a_digest_that_fails_is_tried_again_whole(world_with) -> None:
    from escalate_cli.core.notification.attempt import Outcome, OutcomeKind

    world = storm(world_with)
    for number in range(6):
        world.declare(f"storm {number}", "login")
    world.expects(*["sms to ana"] * 2)
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
    world.advance("100s", every="10s")
    world.expects_nothing()
    world.post.refuse = lambda url: None
    world.advance("20s", every="5s")
    world.expects("sms to ana")
    assert all(
        notification.status.value == "sent"
        for number in range(1, 7)
        for notification in world.look(number).notifications
    )


def test_4_14_a_retry_waits_its_time_though_digests_go_out_meanwhile(world_with) -> None:
    """Down for two and a half minutes: the fourth attempt comes after three, whatever else is tried
    until then.
    """
    from escalate_cli.core.notification.attempt import Outcome, OutcomeKind

    world = storm(world_with)
    for number in range(4):
        world.declare(f"storm {number}", "login")
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
    world.advance("100s", every="5s")
    for number in range(15):
        world.declare(f"storm {4 + number}", "login")
        world.advance("10s", every="5s")
    world.post.refuse = lambda url: None
    world.advance("10m", every="5s")
    assert {
        notification.status.value
        for number in range(1, 20)
        for notification in world.look(number).notifications
    } == {"sent"}
    world.sent()


# ── templates ─────────────────────────────────────────────────────────────────────────


def test_a_message_template_is_filled_in_and_nothing_in_it_is_code(world_with) -> None:
    more = '[messages]\ntitle = "<{severity}> {title}"\nbody = "{services}; {because}; {ack}"\n'
    world = world_with(STANDARD, more=more)
    world.declare("{id.__class__} %s", "login", severity="minor")
    assert world.last().title == "<minor> {id.__class__} %s"
    assert "escalate ack 1" in world.last().body
    world.sent()
