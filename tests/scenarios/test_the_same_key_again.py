"""The same key again is news, not noise: promise 19 of product.md §4."""

from __future__ import annotations

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.errors import Conflict
from tests.organisations import STANDARD
from tests.world import World


def again(world: World, title: str = "disk", **more) -> list[tuple[str, str]]:
    """Declare with the key; what became of it, as (what, done)."""
    asked = declaring.Request(title, key="K", by="monitor", **more)
    declared = declaring.store_declaration(world.context, asked)
    world.engine().deliver(declared.situation.incident.id)
    assert not declared.created
    assert declared.situation.incident.id == 1
    return [(one.what, one.done) for one in declared.news]


@pytest.fixture
def open_one(world_with) -> World:
    world = world_with(STANDARD)
    world.declare("disk", "login", severity="minor", key="K", message="90 % full", labels=(("host", "a"),))
    world.expects("email to ana")
    return world


def test_4_19_a_higher_severity_raises_it_and_pages_the_new_way(open_one) -> None:
    assert again(open_one, severity="major") == [("severity", "raised")]
    open_one.expects("sms to ana", "inform slack to identity")
    assert any(
        "Severity raised from minor to major (by monitor)." in one.body for _, one in open_one.post.letters
    )
    assert again(open_one, severity="major") == []
    open_one.expects_nothing()


def test_4_19_a_higher_severity_is_told_to_whoever_has_it(open_one) -> None:
    open_one.ack("ana")
    assert again(open_one, severity="major") == [("severity", "raised")]
    open_one.expects("inform sms to ana", "inform slack to identity", "inform slack to identity")
    assert open_one.look().incident.status is IncidentStatus.ACKNOWLEDGED


def test_4_19_a_new_message_is_an_update_and_the_same_one_is_not(open_one) -> None:
    assert again(open_one, message="90 % full") == []
    open_one.expects_nothing()
    assert again(open_one, message="95 % full") == [("message", "added")]
    open_one.expects("inform slack to identity")
    assert open_one.look().incident.latest_update == "95 % full"
    assert again(open_one, message="95 % full") == []
    assert again(open_one, message="90 % full") == [("message", "added")]
    open_one.expects("inform slack to identity")


def test_4_19_new_labels_are_added(open_one) -> None:
    assert again(open_one, labels=(("host", "a"), ("rack", "7"))) == [("labels", "set")]
    assert open_one.look().incident.labels == {"host": "a", "rack": "7"}
    open_one.expects_nothing()


def test_4_19_a_new_label_makes_a_rule_fire(world_with) -> None:
    more = '[[rules]]\nname = "vip"\nwhen = { label = "vip" }\npage = ["person:cto"]\n'
    world = world_with(STANDARD, more=more)
    world.declare("disk", "login", key="K")
    again(world, labels=(("vip", "1"),))
    world.expects("sms to ana", "sms to cto")


def test_4_19_a_lower_severity_and_another_title_are_noted_once(open_one) -> None:
    open_one.update(severity="critical")
    open_one.sent()
    before = open_one.look().incident
    for _ in range(3):
        assert again(open_one, "disk on host a", severity="minor") == [
            ("severity", "noted"),
            ("title", "noted"),
        ]
    open_one.expects_nothing()
    assert open_one.look().incident == before
    assert open_one.timeline().count("declared again as minor: it stays critical") == 1
    assert open_one.timeline().count("declared again with another title: disk on host a") == 1


def test_4_19_a_severity_that_is_not_named_changes_nothing(open_one) -> None:
    assert again(open_one) == [], "major is the default, and nobody said it"
    assert open_one.look().incident.severity == "minor"


def test_4_19_a_service_beside_one_in_scope_joins_it(open_one) -> None:
    assert again(open_one, services=("login", "payments")) == [("services", "added")]
    open_one.expects("email to cara", "inform slack to identity")
    assert open_one.look().incident.services == ("login", "payments")


def test_4_19_a_service_is_taken_where_none_is_known_yet(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("hum", key="K")
    world.expects("sms to eve")
    assert again(world, "hum", services=("login",)) == [("services", "added")]
    world.expects("sms to ana", "inform slack to identity")


def test_4_19_a_key_in_use_for_another_service_is_a_conflict(open_one) -> None:
    with pytest.raises(Conflict, match="in use by incident 1"):
        again(open_one, services=("payments",), severity="critical")
    assert open_one.look().incident.severity == "minor"


def test_4_19_a_lead_is_taken_where_there_is_none_and_noted_where_there_is(open_one) -> None:
    assert again(open_one, lead="bo") == [("lead", "set")]
    assert again(open_one, lead="cto") == [("lead", "noted")]
    assert open_one.look().incident.lead == "bo"
    assert "declared again with Cto as lead: Bo stays" in open_one.timeline()
    open_one.expects("inform email to bo", "inform slack to identity", "inform email to ana")


def test_4_19_everything_at_once_is_one_message_to_the_channel(open_one) -> None:
    assert again(open_one, severity="critical", message="full", labels=(("host", "b"),)) == [
        ("severity", "raised"), ("labels", "set"), ("message", "added"),
    ]  # fmt: skip
    open_one.expects("sms to ana", "inform slack to identity")


def test_4_19_what_has_lapsed_is_done_before_the_news(open_one) -> None:
    open_one.clock.at += 5 * 60_000_000 + 30_000_000
    again(open_one, labels=(("rack", "7"),))
    open_one.expects("email to bo")


def test_4_19_after_the_end_the_same_key_is_a_new_incident(open_one) -> None:
    open_one.resolve()
    assert open_one.declare("disk", "login", key="K") == 2
    open_one.sent()
