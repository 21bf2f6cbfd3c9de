"""One outage, one page: what suffers from an open incident joins it (product.md §10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.actions.splitting import split
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.errors import Conflict, UsageProblem
from tests.alert_world import AlertWorld, firing, over
from tests.organisations import BANK
from tests.world import World

PROMETHEUS = """
[sources.prometheus]
kind = "alertmanager"
service = ["{labels.service}"]
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AlertWorld]:
    """The auth database is down, and Eve is paged for it."""
    here = AlertWorld(tmp_path, more=PROMETHEUS)
    here.declare("auth-db is down", "auth-db")
    here.expects("sms to eve")
    yield here
    here.expects_nothing()
    here.store.close()


def test_a_declaration_on_what_needs_it_joins_and_its_own_team_is_not_paged(world: AlertWorld) -> None:
    assert world.declare("customers cannot log in", "login", severity="critical", message="since ten") == 1
    incident = world.look(1).incident
    assert incident.services == ("auth-db",)
    assert incident.latest_update == "also: Log in: customers cannot log in\nsince ten"
    assert incident.severity == "critical"
    assert incident.suggestion is None  # it is a part of this: nobody is to add it
    assert "declared also: customers cannot log in; Log in needs Auth database" in world.timeline()
    assert world.sent() == []  # no room of Platform's; Eve has been paged at the same urgency


def test_what_is_routed_by_its_title_joins_too_and_a_guess_does_not(world: AlertWorld) -> None:
    assert world.declare("sign in is broken") == 1
    assert world.declare("everything is slow") == 2
    world.expects("sms to eve")


def test_said_again_it_changes_nothing(world: AlertWorld) -> None:
    for _ in range(3):
        world.declare("no log in", "login", key="K")
    assert world.timeline().count("declared also") == 1


def test_never_is_an_incident_of_its_own_and_a_number_joins_whatever_it_needs(world: AlertWorld) -> None:
    assert world.declare("no log in", "login", join="never") == 2
    world.expects("sms to ana")
    assert world.declare("cards fail", "payments", join="#1") == 1
    assert world.look(1).incident.services == ("auth-db", "payments")
    world.expects("sms to cara")


def test_what_is_over_cannot_be_joined(world: AlertWorld) -> None:
    world.resolve(1)
    world.sent()
    with pytest.raises(Conflict):
        world.declare("no log in", "login", join="1")
    assert world.declare("no log in", "login") == 2
    world.expects("sms to ana")


def test_what_a_maintenance_keeps_quiet_is_not_joined_for_nobody_knows_of_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.maintenance("auth-db", "1h")
    world.declare("auth-db is down", "auth-db")
    world.expects_nothing()
    assert world.declare("no log in", "login") == 2
    world.expects("sms to ana")
    world.store.close()


def test_without_join_in_the_settings_nothing_joins(tmp_path: Path) -> None:
    world = World(tmp_path, organisation=BANK.but("[fallback]", "join = false\n[fallback]"))
    world.declare("auth-db is down", "auth-db")
    world.declare("no log in", "login")
    world.expects("sms to eve", "sms to ana")
    world.store.close()


def test_it_is_split_off_and_pages_its_own_team(world: AlertWorld) -> None:
    world.declare("no log in", "login", severity="minor", message="since ten")
    assert split(world.context, 1, "Log in", "eve") == 2
    world.engine().deliver(2)
    world.expects("email to ana")
    incident = world.look(2).incident
    assert (incident.title, incident.severity, incident.services) == ("no log in", "minor", ("login",))
    assert "Log in split off: #2" in world.timeline(1)
    with pytest.raises(UsageProblem):
        split(world.context, 1, "login", "eve")


def test_a_service_in_scope_is_split_off_and_the_other_goes_on(world: AlertWorld) -> None:
    world.update(1, add_services=("payments",))
    world.expects("sms to cara")
    assert split(world.context, 1, "payments", None) == 2
    world.engine().deliver(2)
    world.expects("sms to cara")
    assert world.look(1).incident.services == ("auth-db",)
    with pytest.raises(UsageProblem, match="about Auth database alone"):
        split(world.context, 1, "auth-db", None)


def test_alerts_that_were_split_off_end_the_new_incident(world: AlertWorld) -> None:
    world.hears(firing("a"))
    number = split(world.context, 1, "login", None)
    world.hears(over("a"))
    assert world.look(number).incident.status is IncidentStatus.RESOLVED
    assert world.look(1).incident.status is IncidentStatus.OPEN
    world.sent()
