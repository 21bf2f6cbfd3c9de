"""Promise 23, somebody has it: people hear. Who, by which way, and who does not."""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.errors import UsageProblem
from tests.organisations import BANK, IN_TWO_STEPS, STANDARD
from tests.world import World

PAT = '[people.pat]\nname = "Pat"\ncontact = { sms = "+8", email = "pat@example.com" }\n'
STATUS = 'id = "critical"\nurgency = "high"\ninform = ["channel:status", "person:cto"]'
REFUSED = Outcome(OutcomeKind.TEMPORARY, "busy")
EVERYBODY = STANDARD.but('notify = ["on-call"]', 'notify = ["members"]')
EACH = EVERYBODY.but('wait = "5m"', 'wait = "5m"\nacks = "all"')


def told_in(world: World, kind: NotificationKind) -> list[str]:
    """The distinct notes of this kind, in order."""
    notes = [
        notification.note or "" for notification in world.look().notifications if notification.kind is kind
    ]
    return list(dict.fromkeys(notes))


def news(world: World) -> list[str]:
    return told_in(world, NotificationKind.INFORM)


# ── an acknowledgement ────────────────────────────────────────────────────────────────


def test_an_acknowledgement_is_told_to_the_channel_and_quietly_to_whoever_was_paged(world: World) -> None:
    world.declare("down", "login")
    world.advance("5m")
    world.expects("sms to ana", "sms to bo")
    world.advance("3m")
    world.ack("bo")
    world.expects("inform slack to identity", "inform email to ana")
    assert news(world) == ["Bo has it, 3m after the page."]
    assert "told Identity room, Ana that Bo has it" in world.timeline()


def test_an_acknowledgement_that_is_repeated_is_nothing_new(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.sent()
    world.ack("ana")
    world.ack("bo")
    world.expects_nothing()


def test_who_acts_without_a_page_counts_from_the_first(world: World) -> None:
    world.declare("down", "login")
    world.advance("2m")
    world.ack("bo")
    world.expects("sms to ana", "inform slack to identity", "inform email to ana")
    assert news(world) == ["Bo has it, 2m after the first page."]


def test_whom_no_page_has_reached_yet_is_not_told(world_with) -> None:
    world = world_with(EVERYBODY)
    world.post.refuse = lambda url: REFUSED if url.endswith("%2B2") else None
    world.declare("down", "login")
    world.ack("ana")
    world.expects("sms to ana", "inform slack to identity")


def test_a_person_whose_low_urgency_leads_nowhere_hears_by_what_has_reached_them(world_with) -> None:
    world = world_with(
        EVERYBODY, organisation=BANK.but('{ sms = "+1", email = "ana@example.com" }', '{ sms = "+1" }')
    )
    world.declare("down", "login")
    world.ack("bo")
    world.expects("sms to ana", "sms to bo", "inform slack to identity", "inform sms to ana")


def test_the_teams_that_are_still_paged_are_named_and_hear_it_too(world: World) -> None:
    world.declare("down", "login", "payments")
    world.ack("ana")
    world.expects("sms to ana", "sms to cara", "inform slack to identity", "inform email to cara")
    assert news(world) == ["Ana has it, right after the page. Still paged: Payments."]


def test_one_acknowledgement_of_several_is_told_and_so_is_the_last(world_with) -> None:
    world = world_with(EACH)
    world.declare("down", "login")
    world.ack("ana")
    world.expects("sms to ana", "sms to bo", "inform slack to identity", "inform email to bo")
    world.advance("1m")
    world.ack("bo")
    world.expects("inform slack to identity")
    assert news(world) == [
        "Ana has acknowledged it, right after the page. It still waits for Bo.",
        "Bo has it, 1m after the page.",
    ]


def test_whoever_was_paged_besides_and_acknowledges_is_told_of(world_with) -> None:
    world = world_with(STANDARD, organisation=IN_TWO_STEPS)
    world.declare("down", "login")
    world.ack("ana")
    world.page("cto")
    world.expects("sms to ana", "inform slack to identity", "sms to cto")
    world.advance("90s")
    world.ack("cto")
    world.expects("inform slack to identity")
    assert news(world)[-1] == "Cto has acknowledged it, too, 1m30s after the page."


# ── put off, taken over, led ──────────────────────────────────────────────────────────


def test_a_snooze_is_told_with_its_end_and_whoever_is_paged_then_counts_anew(world_with) -> None:
    world = world_with(EVERYBODY)
    world.declare("down", "login")
    world.advance("1m")
    world.snooze("30m", "ana")
    world.expects("sms to ana", "sms to bo", "inform slack to identity", "inform email to bo")
    world.advance("30m", every="5m")
    world.expects("sms to ana", "sms to bo")
    world.advance("2m")
    world.ack("ana")
    world.expects("inform slack to identity", "inform email to bo")
    assert news(world) == [
        "Ana has it for 30m, 1m after the page. Then it is paged again.",
        "Ana has it, 2m after the page.",
    ]


def test_taking_over_is_asked_for_and_told_to_whoever_had_it(world: World) -> None:
    world.declare("down", "login")
    world.ack("ana")
    world.expects("sms to ana", "inform slack to identity")
    world.ack("bo")
    world.expects_nothing()
    situation = world.ack("bo", everything=True)
    world.expects("inform slack to identity", "inform email to ana")
    assert news(world)[-1] == "Bo has it now, taken over from Ana."
    assert situation.incident.acknowledged_by == "bo"
    assert "taken over by Bo from Ana for Identity" in world.timeline()
    world.ack("bo", everything=True)
    world.expects_nothing()


def test_a_new_lead_is_told_to_whoever_was_paged_and_not_to_who_says_so(world: World) -> None:
    world.declare("down", "login")
    world.update(lead="bo", by="bo")
    world.expects("sms to ana", "inform slack to identity", "inform email to ana")
    assert news(world) == ["Lead is now Bo (by Bo).", "Bo leads it now."]
    world.update(lead="cto", by="ana")
    world.expects("inform slack to identity", "inform sms to cto", "inform email to bo")


# ── what has changed ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"severity": "critical"}, "Severity raised from major to critical (by Ana)."),
        ({"severity": "minor"}, "Severity lowered from major to minor (by Ana)."),
        ({"add_services": ("payments",)}, "Now also Card payments (by Ana)."),
    ],
)
def test_what_has_changed_is_told_to_the_channels_without_a_message(world: World, change, told: str) -> None:
    world.declare("down", "login")
    world.update(by="ana", **change)
    assert "inform slack to identity" in world.sent()
    assert news(world) == [told]


def test_who_says_so_is_not_told_as_one_of_those_who_hear_of_the_severity(world_with) -> None:
    world = world_with(STANDARD, organisation=BANK.but('id = "critical"\nurgency = "high"', STATUS))
    world.declare("down", "login", severity="critical", by="cto")
    world.expects("sms to ana", "inform slack to status")
    world.update(message="restarting", by="cto")
    world.expects("inform slack to status", "inform slack to identity")
    world.update(message="still", by="ana")
    world.expects("inform slack to status", "inform slack to identity", "inform sms to cto")
    world.sent()


# ── the end ───────────────────────────────────────────────────────────────────────────


def test_the_end_says_by_whom_and_after_how_long_quietly_and_not_to_who_ended_it(world_with) -> None:
    world = world_with(EVERYBODY)
    world.declare("down", "login")
    world.expects("sms to ana", "sms to bo")
    world.ack("ana")
    world.expects("inform slack to identity", "inform email to bo")
    world.advance("42m", every="10m")
    world.resolve(by="ana", message="It was DNS")
    world.expects("resolved slack to identity", "resolved email to bo")
    assert told_in(world, NotificationKind.RESOLVED) == ["It is over after 42m, ended by Ana.\nIt was DNS"]


def test_the_end_the_old_way_comes_by_what_reached_people(world_with) -> None:
    world = world_with(EVERYBODY, organisation=BANK.but("[settings]", '[settings]\nend_urgency = "high"'))
    world.declare("down", "login")
    world.resolve(by="ana")
    world.expects("sms to ana", "sms to bo", "resolved sms to bo")


def test_the_end_reaches_a_person_who_has_no_address_for_low_urgency(world_with) -> None:
    world = world_with(
        STANDARD, organisation=BANK.but('{ sms = "+1", email = "ana@example.com" }', '{ sms = "+1" }')
    )
    world.declare("down", "login")
    world.resolve(by="bo")
    world.expects("sms to ana", "resolved sms to ana")


# ── the reporter ──────────────────────────────────────────────────────────────────────


def test_a_reporter_of_the_catalog_hears_that_somebody_has_it_and_that_it_is_over(world_with) -> None:
    world = world_with(STANDARD, more=PAT)
    world.declare("customers cannot log in", "login", by="pat")
    world.ack("ana")
    world.expects("sms to ana", "inform slack to identity", "inform email to pat")
    assert news(world)[-1] == 'You reported "customers cannot log in". Ana is working on it.'
    world.snooze("10m", "ana")
    world.expects("inform slack to identity")  # the reporter has heard
    world.resolve(by="ana")
    world.expects("resolved slack to identity", "resolved email to pat")
    assert told_in(world, NotificationKind.RESOLVED)[-1].startswith(
        'You reported "customers cannot log in". It is over'
    )


def test_a_reporter_who_is_in_the_middle_of_it_hears_it_once(world: World) -> None:
    world.declare("down", "login", by="ana")
    world.ack("bo")
    world.expects("sms to ana", "inform slack to identity", "inform email to ana")
    world.resolve(by="bo")
    world.expects("resolved slack to identity", "resolved email to ana")


def test_a_reporter_who_does_it_is_not_told(world_with) -> None:
    world = world_with(STANDARD, more=PAT)
    world.declare("down", "login", by="pat")
    world.ack("pat")
    world.resolve(by="pat")
    world.expects(
        "sms to ana",
        "inform slack to identity",
        "inform email to ana",
        "resolved slack to identity",
        "resolved email to ana",
    )


def test_an_address_given_with_the_declaration_hears_in_plain_words(world: World) -> None:
    world.declare("customers cannot log in", "login", by="Kim", tell=("kim@customer.example",))
    world.ack("ana")
    world.expects("sms to ana", "inform slack to identity", "inform email to kim%40customer.example")
    letter = world.last()
    assert "Ana is working on it" in letter.body
    world.resolve(by="ana")
    world.expects("resolved slack to identity", "resolved email to kim%40customer.example")
    over = world.last()
    assert "It is over" in over.body
    assert not any(
        "escalate " in text for one in (letter, over) for text in (one.title, one.body, one.short or "")
    )
    assert "told kim@customer.example, who reported it, that it is over" in world.timeline()


def test_after_a_reopening_the_reporter_hears_again(world: World) -> None:
    world.declare("down", "login", tell=("+44 20 7946 0000",))
    world.resolve(by="ana")
    world.expects("sms to ana", "resolved sms to %2B442079460000")
    world.reopen()
    world.expects("sms to ana", "inform slack to identity", "inform sms to %2B442079460000")
    world.ack("ana")
    world.expects("inform slack to identity", "inform sms to %2B442079460000")


@pytest.mark.parametrize(
    ("address", "gateway", "kept"),
    [
        ("kim@customer.example", "email", "kim@customer.example"),
        ("+44 7700 900-123", "sms", "+447700900123"),
        ("slack:@kim", "slack", "@kim"),
        ("sms:+4479", "sms", "+4479"),
    ],
)
def test_the_gateway_is_named_or_fits_the_address(
    world: World, address: str, gateway: str, kept: str
) -> None:
    world.declare("down", "login", tell=(address,))
    to = world.look().incident.tell[0]
    assert (to.gateway, to.address) == (gateway, kept)
    world.sent()


@pytest.mark.parametrize("address", ["kim", "", "fax:12", "@kim", "email:"])
def test_an_address_that_no_gateway_fits_is_refused_before_anything_is_stored(
    world: World, address: str
) -> None:
    with pytest.raises(UsageProblem, match="no gateway fits the address"):
        world.declare("down", "login", tell=(address,))
    assert world.store.situations.load(1) is None


def test_the_same_key_again_with_an_address_tells_that_one_too(world: World) -> None:
    world.declare("down", "login", key="k", tell=("kim@customer.example",))
    world.declare("down", "login", key="k", tell=("lee@customer.example",))
    world.declare("down", "login", key="k", tell=("lee@customer.example",))
    world.resolve(by="ana")
    world.expects(
        "sms to ana", "resolved email to kim%40customer.example", "resolved email to lee%40customer.example"
    )


def test_whoever_acted_before_it_was_over_hears_who_takes_it_when_it_is_open_again(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("down", "login")
    world.advance("1m")
    world.ack("ana")
    world.resolve()
    world.advance("1m")
    world.reopen()
    world.sent()
    world.advance("1m")
    world.ack("bo")
    world.expects("inform slack to identity", "inform email to ana")
