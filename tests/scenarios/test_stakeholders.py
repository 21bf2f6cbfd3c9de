"""Who else is told; what is done by hand; the words of a team of its own."""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus
from tests.organisations import BANK, STANDARD
from tests.world import World

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
    world.expects("resolved slack to status", "resolved slack to identity", "resolved email to ana")


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
    world.expects("sms to ana", "inform sms to cto", "inform slack to identity", "inform email to ana")
    assert world.look().incident.lead == "cto"


def test_dropping_a_service_stops_its_escalation_with_a_reason(world: World) -> None:
    world.declare("down", "login", "payments")
    world.update(drop_services=("payments",))
    world.advance("5m")
    world.expects("sms to ana", "sms to cara", "sms to bo", "inform slack to identity")
    assert "escalation to Payments stopped: no service in scope leads to it any more" in world.timeline()


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
    room = "inform slack to identity"  # somebody has it, and has it no more
    world.expects("sms to ana", "sms to bo", room, room, "inform email to ana")
    assert world.look().incident.status is IncidentStatus.OPEN


def test_reopen_pages_from_the_start(world: World) -> None:
    world.declare("down", "login")
    world.resolve()
    world.expects("sms to ana", "resolved email to ana")
    world.advance("1h", every="10m")
    world.reopen()
    world.expects("sms to ana", "inform slack to identity")
    world.advance("5m")
    world.expects("sms to bo")


# ── templates ─────────────────────────────────────────────────────────────────────────


def test_a_message_template_is_filled_in_and_nothing_in_it_is_code(world_with) -> None:
    more = '[messages]\ntitle = "<{severity}> {title}"\nbody = "{services}; {because}; {ack}"\n'
    world = world_with(STANDARD, more=more)
    world.declare("{id.__class__} %s", "login", severity="minor")
    assert world.last().title == "<minor> {id.__class__} %s"
    assert "escalate ack 1" in world.last().body
    world.sent()
