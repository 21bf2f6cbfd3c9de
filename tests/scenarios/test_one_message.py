"""One incident reaches one person once at a time: whoever is meant twice in one pass gets one
message with both reasons.
"""

from __future__ import annotations

import pytest

from escalate_cli.core.calendar.duration import MINUTE, SECOND
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import BANK, STANDARD
from tests.unaligned import unaligned

LEAD_TOO = """
[[rules]]
name = "Critical reaches the lead"
when = { severity = ">=critical" }
page = ["lead"]
"""
ON_CALL_LEADS = BANK.but('lead = "bo"', 'lead = "ana"')


@pytest.fixture
def world(world_with):
    """Ana is on call and leads her team; a rule pages the lead of what is critical."""
    return world_with(STANDARD, more=LEAD_TOO, organisation=ON_CALL_LEADS)


def test_4_24_a_level_and_a_rule_that_page_one_person_become_one_message_with_both_reasons(world) -> None:
    both_ways = ON_CALL_LEADS.but('high = [ { via = ["sms"] } ]', 'high = [ { via = ["email", "sms"] } ]')
    world.configure(STANDARD, more=LEAD_TOO, organisation=both_ways)
    world.declare("Log in is broken", "login", severity="critical")
    world.expects("sms to ana", "email to ana")
    mail = next(letter for _, letter in world.post.letters if "email" in letter.url)
    assert (
        "Why you: on call for Identity; level 1 of 2 of policy standard; also lead of Identity; rule"
        in unaligned(mail.body)
    )


def test_4_24_two_teams_that_page_one_person_become_one_message(world_with) -> None:
    one_for_both = BANK.but('members = ["cara"]\nstart', 'members = ["ana"]\nstart')
    world = world_with(STANDARD, organisation=one_for_both)
    world.declare("Everything is broken", "login", "payments")
    world.expects("sms to ana")
    assert [notification.status.value for notification in world.look().notifications] == ["sent", "sent"]
    assert {notification.escalation_id for notification in world.look().notifications} == {
        escalation.id for escalation in world.look().escalations
    }


def test_4_24_an_acknowledgement_of_one_team_leaves_what_the_other_asks_for(world_with) -> None:
    """Ana is on call for two teams, by SMS and two minutes later by mail. Bo takes it for his team;
    hers is still asked.
    """
    steps = 'high = [ { via = ["sms"] }, { via = ["email"], after = "2m" } ]'
    both = BANK.but('members = ["cara"]\nstart', 'members = ["ana"]\nstart').but(
        'high = [ { via = ["sms"] } ]', steps
    )
    world = world_with(STANDARD, organisation=both)
    world.declare("Everything is broken", "login", "payments")
    world.expects("sms to ana")
    world.ack("bo")
    world.advance("2m")
    world.expects("email to ana", "inform slack to identity", "inform email to ana")
    page = next(letter for _, letter in reversed(world.post.letters) if letter.kind == "page")
    assert "Why you: on call for Payments" in unaligned(page.body)
    assert "Identity; level" not in world.last().body


def test_4_24_a_level_whose_only_person_was_in_another_message_has_reached_somebody(world_with) -> None:
    both = BANK.but('members = ["cara"]\nstart', 'members = ["ana"]\nstart')
    world = world_with(STANDARD, organisation=both)
    world.declare("Everything is broken", "login", "payments")
    world.expects("sms to ana")
    world.advance("4m")
    world.expects_nothing()
    world.advance("1m")
    world.expects("sms to bo", "sms to dan")


def test_4_24_what_fails_for_good_has_failed_for_every_level_it_was_for(world_with) -> None:
    both = BANK.but('members = ["cara"]\nstart', 'members = ["ana"]\nstart')
    world = world_with(STANDARD, organisation=both)
    world.post.refuse = lambda url: (
        Outcome(OutcomeKind.PERMANENT, "HTTP 404") if url.endswith("/sms/%2B1") else None
    )
    world.declare("Everything is broken", "login", "payments")
    world.expects("sms to bo", "sms to dan")


def test_4_24_a_message_that_failed_is_tried_again_as_one(world_with) -> None:
    both = BANK.but('members = ["cara"]\nstart', 'members = ["ana"]\nstart')
    world = world_with(STANDARD, organisation=both)
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
    world.declare("Everything is broken", "login", "payments")
    world.post.refuse = lambda url: None
    world.advance("15s", every="15s")
    world.expects("sms to ana")


def test_4_24_whoever_leads_and_is_paged_hears_both_in_one_message(world_with) -> None:
    world = world_with(STANDARD)
    world.declare("Log in is broken", "login", lead="ana")
    assert sorted(world.sent()) == ["sms to ana"]
    world.configure(
        STANDARD, organisation=BANK.but('high = [ { via = ["sms"] } ]', 'high = [ { via = ["email"] } ]')
    )
    world.declare("Log in is broken", "login", lead="ana")
    world.expects("email to ana")
    assert world.last().body.startswith("You lead this incident now.")
    assert "Acknowledge: escalate ack 2" in world.last().body


def test_4_24_one_message_counts_once_against_the_limits(world_with) -> None:
    organisation = ON_CALL_LEADS.but("messages = 1000", 'messages = 5\nper = "5m"')
    world = world_with(STANDARD.but('"5m"', '"4w"'), more=LEAD_TOO, organisation=organisation)
    for _ in range(5):
        world.declare("Log in is broken", "login", severity="critical")
    world.expects(*["sms to ana"] * 4)
    world.advance("2m", every="10s")
    world.expects("sms to ana")
    assert "critical L1] #5" in world.last().body


def test_4_24_the_next_page_of_the_same_person_is_a_message_of_its_own(world) -> None:
    world.declare("Log in is broken", "login", severity="critical")
    world.expects("sms to ana")
    world.advance("5m")
    world.expects("sms to ana")


def test_4_24_the_timeline_and_explain_tell_of_both_reasons_and_one_message(world) -> None:
    from escalate_cli.foresight.case import Case
    from escalate_cli.foresight.explanation import links_of

    world.declare("Log in is broken", "login", severity="critical")
    world.sent()
    assert world.timeline().count("page to Ana by sms: sent") == 1
    assert world.timeline().count("page to Ana by sms, in the same message: sent") == 1
    links = links_of(Case(world.look(), world.store.situations.timeline(1), world.catalog), "ana")
    said = "\n".join(f"{link.what} {link.because}" for link in links)
    assert all(words in said for words in ("on call for Identity", "lead of Identity", "in the same message"))


def test_4_24_report_counts_one_message(world) -> None:
    world.declare("Log in is broken", "login", severity="critical")
    world.sent()
    (record,), _ = world.store.history.records()
    assert [(page.person, page.team, page.level) for page in record.pages] == [("ana", "identity", 1)]
    assert [(delivery.team, delivery.tried, delivery.sent) for delivery in record.deliveries] == [
        ("identity", 1, 1)
    ]


def test_4_24_simulate_tells_of_one_message_with_both_reasons(world) -> None:
    from escalate_cli.core.calendar.duration import MINUTE
    from escalate_cli.core.changes.declare import Declaration
    from escalate_cli.foresight.simulation import simulate

    said = Declaration("Log in is broken", "critical", ("login",))
    foreseen = simulate(said, world.catalog, world.clock.at, world.clock.at + 4 * MINUTE)
    (only,) = foreseen.messages
    assert (only.person, only.gateway, only.team, only.level, only.digest_of) == (
        "ana",
        "sms",
        "identity",
        1,
        1,
    )
    assert "also lead of Identity" in only.because


def test_4_24_a_pass_counts_messages_and_not_what_they_carry(world) -> None:
    """A level and a rule page Ana in one message: it is one that was sent, one that is tried again,
    one that is given up.
    """
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "HTTP 500")
    world.declare("Log in is broken", "login", severity="critical")
    world.advance("14s", every="14s")
    world.clock.at += SECOND
    report = world.tick()
    assert (report.messages_sent, report.failed, report.retrying, len(report.undelivered)) == (0, 0, 1, 2)
    world.post.refuse = lambda url: Outcome(OutcomeKind.PERMANENT, "HTTP 404")
    world.clock.at += 45 * SECOND
    report = world.tick()
    assert (report.failed, report.retrying) == (3, 0)  # to Ana, to Bo at once, and to the fallback
    world.post.refuse = lambda url: None
    world.declare("Log in is broken again", "login", severity="critical")
    world.advance("15m")
    world.sent()


def test_4_24_a_pass_that_sends_two_notifications_in_one_message_has_sent_one(world) -> None:
    world.maintenance("login", "10m")
    world.declare("Log in is broken", "login", severity="critical")
    world.sent()
    world.clock.at += 10 * MINUTE
    report = world.tick()
    assert (report.messages_sent, report.notifications_sent) == (1, len(world.look().notifications))
    world.expects("sms to ana")
