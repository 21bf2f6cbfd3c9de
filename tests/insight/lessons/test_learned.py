"""What small organisations learn from a few incidents: keywords, levels, waits, rules, gateways."""

from __future__ import annotations

from pathlib import Path

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.insight.lessons.amending import Texts
from escalate_cli.insight.lessons.lessons import lessons
from escalate_cli.insight.lessons.proposal import Past
from tests.insight.lessons.learning import alone, bank_transfer, learned, unanswered
from tests.organisations import STANDARD
from tests.world import World


def test_three_of_four_who_said_bank_transfer_were_moved_to_payments(world: World) -> None:
    bank_transfer(world, "my bank transfer has not arrived")
    bank_transfer(world, "bank transfer stuck since noon")
    bank_transfer(world, "cannot see a bank transfer", moved=False)
    assert "keyword" not in learned(world)
    bank_transfer(world, "second bank transfer lost")
    found = learned(world)["keyword"]
    assert (found.keyword, found.service, found.count, found.of) == ("bank transfer", "payments", 3, 4)
    assert found.changes[0].toml == '[services.payments]\nkeywords = ["card declined", "bank transfer"]'


def test_a_phrase_is_learned_though_other_incidents_were_moved_too(world: World) -> None:
    for title in ("readers cannot buy", "order status blank", "order status wrong", "order status gone"):
        bank_transfer(world, title)
    assert learned(world)["keyword"].keyword == "order status"


def test_a_keyword_that_is_elsewhere_now_is_taken_from_there(tmp_path: Path) -> None:
    world = World(tmp_path)
    text = (
        (world.config / "escalate.toml")
        .read_text()
        .replace('["sign in", "password"]', '["sign in", "bank transfer"]')
    )
    world.configure("", organisation=text)
    for title in ("my bank transfer has not arrived", "bank transfer stuck", "a bank transfer twice"):
        bank_transfer(world, title)
    changes = learned(world)["keyword"].changes
    assert [change.after for change in changes] == [["card declined", "bank transfer"], ["sign in"]]
    world.store.close()


def test_a_level_that_nobody_answered_three_times(world: World) -> None:
    alone(world)
    unanswered(world, 2)
    assert learned(world) == {}
    unanswered(world, 1)
    found = learned(world)["unanswered-level"]
    assert (found.policy, found.level, found.count, found.of) == ("standard", 1, 3, 3)
    assert [(change.does, change.place) for change in found.changes] == [
        ("remove", ("policies", "standard", "levels", 0))
    ]


def test_a_level_that_one_team_of_several_never_answers_gives_that_team_a_policy_of_its_own(
    world: World,
) -> None:
    for _ in range(4):
        incident = world.declare("Cards declined", "payments")
        world.advance("1m")
        world.ack("cara", incident)
        world.resolve(incident)
        world.advance("2h", every="10m")
    unanswered(world, 5)
    found = learned(world)["unanswered-level"]
    assert found.team == "identity"
    made = Texts.at(world.config).with_changes(found.changes)
    assert made.teams["identity"].policy == "identity-standard"
    assert [
        str(target) for level in made.policies["identity-standard"].levels for target in level.notify
    ] == ["lead"]
    assert (
        made.policies["standard"] == world.catalog.policies["standard"]
        or len(made.policies["standard"].levels) == 2
    )


ONE_LEVEL = STANDARD[: STANDARD.rindex("[[policies")]


def test_where_it_is_the_only_level_those_of_the_fallback_are_paged_with_it(tmp_path: Path) -> None:
    for whose in ("of its own", "shared"):
        (tmp_path / whose).mkdir()
        world = World(tmp_path / whose, ONE_LEVEL)
        if whose == "of its own":
            alone(world, ONE_LEVEL.replace("standard", "other") + ONE_LEVEL)
        for _ in range(3):
            incident = world.declare("Log in is down", "login")
            world.advance("6m")
            world.ack("ops", incident)
            world.resolve(incident)
            world.advance("2h", every="10m")
        made = Texts.at(world.config).with_changes(learned(world)["unanswered-level"].changes)
        identity, payments = (
            made.policies[made.teams[team].policy or ""] for team in ("identity", "payments")
        )
        assert [str(target) for target in identity.levels[0].notify] == ["on-call", "person:ops"]
        assert [str(target) for target in payments.levels[0].notify] == ["on-call"]
        world.store.close()


def test_people_who_answer_after_the_wait_need_a_longer_one(world: World) -> None:
    for _ in range(5):
        incident = world.declare("Log in is down", "login")
        world.advance("7m")
        world.ack("ana", incident)
        world.resolve(incident)
        world.advance("2h", every="10m")
    found = learned(world)["short-wait"]
    assert (found.level, found.count, found.of) == (1, 5, 5)
    assert found.changes[0].toml.endswith('wait = "7m"')


def test_a_rule_that_is_always_answered_yes_is_made_automatic_and_one_that_never_is_goes(
    tmp_path: Path,
) -> None:
    rules = """
[[rules]]
name = "Critical reaches the CTO"
when = { severity = "critical" }
page = ["person:cto"]
mode = "nudge"
ask = ["on-call"]
expires = "10m"
"""
    for answer, code in (("yes", "nudge-accepted"), ("no", "nudge-declined")):
        place = tmp_path / answer
        place.mkdir()
        world = World(place, STANDARD, more=rules)
        for times in range(3):
            assert code not in learned(world), times
            incident = world.declare("Log in is down", "login", severity="critical")
            world.nudge(answer, "ana")
            world.ack("ana", incident)
            world.resolve(incident)
            world.advance("2h", every="10m")
        found = learned(world)[code]
        assert (found.rule, found.count, found.of) == ("Critical reaches the CTO", 3, 3)
        made = Texts.at(world.config).with_changes(found.changes)
        assert [rule.mode.value for rule in made.rules] == (["auto"] if answer == "yes" else [])
        world.store.close()


def test_what_is_declared_minor_and_always_raised_begins_there(world: World) -> None:
    for _ in range(3):
        incident = world.declare("Log in is slow", "login", severity="minor")
        world.update(incident, severity="major", by="ana")
        world.ack("ana", incident)
        world.resolve(incident)
        world.advance("2h", every="10m")
    found = learned(world)["severity-raised"]
    made = Texts.at(world.config).with_changes(found.changes)
    assert [(rule.raise_to, rule.when.text) for rule in made.rules] == [
        ("major", 'service = "login", severity = "minor"')
    ]


def test_a_team_that_is_always_added_later_is_brought_in_from_the_start(world: World) -> None:
    for _ in range(3):
        incident = world.declare("Log in is slow", "login")
        world.update(incident, add_services=("auth-db",))
        world.ack("ana", incident, everything=True)
        world.resolve(incident)
        world.advance("2h", every="10m")
    found = learned(world)["team-added"]
    assert (found.service, found.team) == ("login", "platform")
    made = Texts.at(world.config).with_changes(found.changes)
    assert [rule.involve for rule in made.rules] == [("platform",)]


def test_a_gateway_that_fails_gets_a_second_one_beside_it(world: World) -> None:
    world.post.refuse = lambda url: Outcome(OutcomeKind.PERMANENT, "HTTP 400") if "/sms/" in url else None
    for service, person in (("login", "ana"), ("payments", "cara"), ("auth-db", "eve")):
        incident = world.declare("It is down", service)
        world.ack(person, incident)
        world.resolve(incident)
        world.advance("2h", every="10m")
    found = learned(world)["gateway-fails"]
    assert found.changes[0].toml == '[notify]\nhigh = [ { via = ["sms", "email"] } ]'


def test_an_address_that_fails_is_not_blamed_on_the_gateway(world: World) -> None:
    world.post.refuse = lambda url: (
        Outcome(OutcomeKind.PERMANENT, "HTTP 404") if url.endswith("/sms/%2B1") else None
    )
    for _ in range(4):
        for service, person in (("login", "ana"), ("payments", "cara"), ("auth-db", "eve")):
            incident = world.declare("It is down", service)
            world.ack(person, incident)
            world.resolve(incident)
            world.advance("2h", every="10m")
    found = learned(world)["address-fails"]
    assert (found.person, found.gateway) == ("ana", "sms")
    assert "escalate test-page person:ana" in found.remark


def test_somebody_who_is_paged_in_more_than_an_incident_a_day(world: World) -> None:
    for times in range(45):
        if times in (1, 30):
            assert "paged-often" not in learned(world), times
        incident = world.declare("Cards declined", "payments")
        world.ack("cara", incident)
        world.resolve(incident)
        world.sleep("16h" if times % 3 == 2 else "4h")  # at 10:00, 14:00 and 18:00
    found = learned(world)["paged-often"]
    assert (found.person, found.count) == ("cara", 45)
    assert [change.toml for change in found.changes] == [
        '[[schedules.payments-primary.rotations]]  # number 1\nmembers = ["cara", "dan"]'
    ]


def test_the_services_that_break_most_want_a_runbook(world: World) -> None:
    unanswered(world, 3)
    records, _ = world.store.history.records()
    found = [
        lesson
        for lesson in lessons(Past(records, world.catalog, Texts.at(world.config)))
        if lesson.code == "no-runbook"
    ]
    assert [(one.service, one.count) for one in found] == [("login", 3)]
    assert found[0].changes[0].toml.startswith("[services.login]\nlinks = { runbook = ")
