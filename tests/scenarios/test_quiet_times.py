"""A maintenance keeps quiet; an acknowledgement that is forgotten pages again."""

from __future__ import annotations

from escalate_cli.core.incident.situation import IncidentStatus
from tests.organisations import STANDARD
from tests.world import World

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
    assert "the snooze by Ana is over: paging Identity again from level 1" in world.timeline()
    world.expects("sms to ana", "sms to ana", "inform slack to identity")


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
    world.expects("resolved email to cara")


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
    world.expects("sms to ana", "inform slack to identity", "inform slack to identity")
    world.advance("29m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to ana", "inform slack to identity")


def test_a_snooze_overrides_the_timeout(world_with) -> None:
    world = world_with(FORGETFUL)
    world.declare("down", "login")
    world.ack("ana")
    world.snooze("2h", "ana")
    world.advance("1h59m", every="10m")
    world.expects("sms to ana", "inform slack to identity", "inform slack to identity")
    world.advance("1m")
    world.expects("sms to ana")


def test_a_snooze_without_a_timeout_pages_again_too(world: World) -> None:
    world.declare("down", "login")
    world.snooze("1h", "ana")
    assert world.look().incident.status is IncidentStatus.ACKNOWLEDGED
    world.advance("1h")
    world.expects("sms to ana", "sms to ana", "inform slack to identity")


def test_an_old_incident_says_why_it_pages_again_after_four_months(world_with) -> None:
    world = world_with(FORGETFUL)
    world.declare("down", "login")
    world.ack("ana")
    world.sleep("120d")
    assert "acknowledged by Ana" in world.timeline()
    assert "and no update since" in world.last().body or "ago and no update since" in world.timeline()
    world.expects("sms to ana", "sms to ana", *["inform slack to identity"] * 2)


def test_resolve_ends_the_waiting_for_an_update(world_with) -> None:
    world = world_with(FORGETFUL)
    world.declare("down", "login")
    world.ack("ana")
    world.resolve()
    world.advance("2h", every="10m")
    world.expects(
        "sms to ana", "inform slack to identity", "resolved email to ana", "resolved slack to identity"
    )
