"""Alerts in: what becomes of what monitors say (product.md §10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.actions.signs_of_life import note_sign_of_life
from escalate_cli.core.alerts.alert import Alert, AlertState
from escalate_cli.core.alerts.verdict import AlertDeed
from escalate_cli.core.calendar.duration import HOUR, MINUTE, SECOND
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.organisation.source import Grouping, WhenOver
from escalate_cli.passes.due_alerts import begin_due_alerts
from tests.alert_world import AlertWorld, firing, over, source
from tests.organisations import BANK


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AlertWorld]:
    here = AlertWorld(tmp_path)
    yield here
    here.expects_nothing()
    here.store.close()


def test_an_alert_is_routed_by_its_label_and_pages_who_is_on_call(world: AlertWorld) -> None:
    (taken,) = world.hears(firing("a", "High error rate", severity="page", message="5 % of logins fail"))
    world.expects("sms to ana")
    incident = world.look(1).incident
    assert (taken.incident, taken.created) == (1, True)
    assert (incident.title, incident.services, incident.severity) == (
        "High error rate",
        ("login",),
        "critical",
    )
    assert incident.declared_by == "prometheus"
    assert 'the alert names Log in: {labels.service} is "login"' in world.timeline()
    assert 'alert from prometheus; "page" counts as critical (by rank)' in world.timeline()


def test_a_service_is_named_by_id_name_or_keyword_and_else_the_title_is_routed(world: AlertWorld) -> None:
    named = [
        world.hears(firing(word, labels={"service": word}))[0].incident
        for word in ("payments", "CARD PAYMENTS", "card declined")
    ]
    assert [world.look(number).incident.services for number in named] == [("payments",)] * 3
    world.hears(firing("t", "sign in does not work", labels={}))
    assert world.look(4).incident.services == ("login",)
    world.hears(firing("n", "disk", labels={"service": "no such"}))
    assert world.look(5).escalations[0].team == "platform"
    world.expects("sms to cara", "sms to cara", "sms to cara", "sms to ana", "sms to eve")


def test_a_repeat_changes_nothing_twice(world: AlertWorld) -> None:
    for _ in range(3):
        (taken,) = world.hears(firing("a", began_at=5))
    world.expects("sms to ana")
    assert (taken.done, taken.incident) == (AlertDeed.REPEAT, 1)


def test_a_repeat_that_is_worse_raises_and_other_words_are_an_update(world: AlertWorld) -> None:
    world.hears(firing("a", severity="warning"))
    world.expects("sms to ana")
    world.hears(firing("a", severity="critical"))
    world.expects("inform slack to identity")
    world.hears(firing("a", severity="critical", message="now 90 %"))
    world.expects("inform slack to identity")
    assert world.look().incident.severity == "critical"
    world.hears(firing("a", severity="info", message="now 91.5 %"))
    world.hears(firing("a", severity="info", message="now 1e3 %"))
    world.expects_nothing()  # a number alone is no news
    assert world.look().incident.severity == "critical"


def test_what_is_over_is_resolved_and_nobody_is_paged_any_more(world: AlertWorld) -> None:
    world.hears(firing("a"))
    world.hears(over("a"))
    world.expects("sms to ana", "resolved email to ana")
    assert world.look().incident.status is IncidentStatus.RESOLVED
    assert "over, says prometheus: alert a" in world.timeline()
    assert world.hears(over("a"))[0].done is AlertDeed.NOTHING


def test_an_end_without_a_known_key_is_success_and_a_late_beginning_no_new_episode(world: AlertWorld) -> None:
    assert world.hears(over("a", began_at=7 * MINUTE))[0].done is AlertDeed.NOTHING
    assert world.hears(firing("a", began_at=7 * MINUTE))[0].incident is None
    world.expects_nothing()
    world.hears(firing("a", began_at=8 * MINUTE))
    world.expects("sms to ana")
    assert world.hears(over("a", began_at=7 * MINUTE))[0].done is AlertDeed.NOTHING  # of the episode before
    assert world.look().incident.status is IncidentStatus.OPEN


def test_it_counts_only_once_it_has_fired_for_so_long(world: AlertWorld) -> None:
    world.monitor = source(settle=30 * SECOND)
    assert world.hears(firing("short"))[0].done is AlertDeed.SETTLE
    world.hears(firing("long"))
    world.clock.at += 20 * SECOND
    world.hears(over("short"), firing("long"))
    world.settles()
    world.expects_nothing()
    world.clock.at += 10 * SECOND
    world.settles()
    world.expects("sms to ana")
    assert world.look(1).incident.title == "alert long"
    world.settles()


def test_what_has_to_be_said_again_and_is_not_is_over(world: AlertWorld) -> None:
    until = world.clock.at + 5 * MINUTE
    world.hears(firing("a", until=until))
    world.clock.at += 4 * MINUTE
    world.hears(firing("a", until=until + 4 * MINUTE))
    world.clock.at += 3 * MINUTE
    world.settles()
    assert world.look().incident.status is IncidentStatus.OPEN
    world.clock.at += 2 * MINUTE
    world.settles()
    assert world.look().incident.status is IncidentStatus.RESOLVED
    world.expects("sms to ana", "resolved email to ana")


def test_it_fires_again_within_reopen_and_it_is_the_same_incident(world: AlertWorld) -> None:
    world.hears(firing("a", began_at=1))
    world.hears(over("a", began_at=1))
    world.sent()
    world.clock.at += 9 * MINUTE
    (taken,) = world.hears(firing("a", began_at=2))
    assert (taken.done, taken.incident) == (AlertDeed.REOPEN, 1)
    assert world.look().incident.status is IncidentStatus.OPEN
    assert "sms to ana" in world.sent()
    world.hears(over("a", began_at=2))
    world.clock.at += 11 * MINUTE
    assert world.hears(firing("a", began_at=3))[0].incident == 2
    assert "sms to ana" in world.sent()


def test_what_somebody_ended_by_hand_is_not_declared_by_an_echo(world: AlertWorld) -> None:
    world.hears(firing("a", began_at=1))
    world.resolve(1, by="ana")
    world.sent()
    assert world.hears(firing("a", began_at=1))[0].done is AlertDeed.NOTHING
    world.clock.at += 11 * MINUTE
    assert world.hears(firing("a", began_at=1))[0].incident == 2  # it goes on
    world.expects("sms to ana")


def test_each_alert_is_an_incident_unless_its_source_groups(world: AlertWorld) -> None:
    world.hears(firing("a", group="g"), firing("b", group="g"))
    assert world.sent() == ["sms to ana"] * 2
    world.monitor = source(group=Grouping.SOURCE)
    first, second, other = world.hears(firing("c", group="g"), firing("d", group="g"), firing("e", group="h"))
    assert (first.incident, second.incident, other.incident) == (3, 3, 4)
    world.expects("sms to ana", "sms to ana", "inform slack to identity")
    world.hears(over("c", group="g"))
    assert world.look(3).incident.status is IncidentStatus.OPEN
    assert "over, says prometheus: alert c; 1 other still fires" in world.timeline(3)
    world.hears(over("d", group="g"))
    assert world.look(3).incident.status is IncidentStatus.RESOLVED
    world.sent()


def test_one_open_incident_a_service_whoever_has_declared_it(world: AlertWorld) -> None:
    world.monitor = source(group=Grouping.SERVICE)
    taken = world.hears(*(firing(str(number)) for number in range(200)))
    assert {each.incident for each in taken} == {1}
    assert world.sent().count("sms to ana") == 1
    world.declare("cards are refused", "payments")
    assert world.hears(firing("p", labels={"service": "payments"}))[0].incident == 2
    assert world.sent() == ["sms to cara"]
    world.hears(over("p"))
    assert world.look(2).incident.status is IncidentStatus.OPEN  # alerts have not begun it


def test_what_suffers_from_an_open_incident_joins_it_and_does_not_page_its_own_team(
    world: AlertWorld,
) -> None:
    world.hears(firing("db", "auth-db is down", labels={"service": "auth-db"}))
    world.expects("sms to eve")
    (taken,) = world.hears(firing("a", "logins fail", severity="critical"))
    assert (taken.incident, taken.created) == (1, False)
    incident = world.look(1).incident
    assert incident.services == ("auth-db",)
    assert incident.latest_update == "also: Log in: logins fail"
    assert incident.severity == "critical"
    assert "Log in needs Auth database: its team is not paged" in world.timeline()
    world.sent()
    world.hears(over("a"))
    assert world.look(1).incident.status is IncidentStatus.OPEN
    world.hears(over("db"))
    assert world.look(1).incident.status is IncidentStatus.RESOLVED
    world.sent()


def test_without_join_it_pages_its_own_team(world: AlertWorld) -> None:
    world.configure("", organisation=BANK.but("[fallback]", "join = false\n[fallback]"), more=STANDARD_POLICY)
    world.hears(firing("db", labels={"service": "auth-db"}), firing("a"))
    world.expects("sms to eve", "sms to ana")


STANDARD_POLICY = """
[policies.standard]
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
"""


def test_over_as_a_nudge_asks_whoever_leads_and_a_yes_ends_it(world: AlertWorld) -> None:
    world.monitor = source(over=WhenOver.NUDGE)
    world.hears(firing("a"))
    world.ack("ana")
    world.sent()
    world.hears(over("a"))
    world.expects("nudge sms to ana")
    assert "prometheus says that it is over" in world.timeline()
    assert "whether to resolve it" in world.timeline()
    world.nudge("yes", "ana")
    assert world.look().incident.status is IncidentStatus.RESOLVED
    world.sent()


def test_the_question_whether_it_is_over_goes_when_it_fires_again(world: AlertWorld) -> None:
    world.monitor = source(over=WhenOver.NUDGE)
    world.hears(firing("a"))
    world.ack("ana")
    world.hears(over("a"))
    assert world.open_nudges() == 1
    world.hears(firing("a"))
    assert world.open_nudges() == 0
    world.sent()


def test_over_as_a_note_ends_nothing(world: AlertWorld) -> None:
    world.monitor = source(over=WhenOver.NOTE)
    world.hears(firing("a"), over("a"))
    assert world.look().incident.status is IncidentStatus.OPEN
    world.sent()


def test_whoever_acknowledges_at_the_monitor_has_it_if_we_know_them(world: AlertWorld) -> None:
    world.hears(firing("a"), firing("b"))
    world.sent()
    world.hears(Alert(key="a", state=AlertState.ACKNOWLEDGED, by="Ana"))
    assert world.look(1).incident.acknowledged_by == "ana"
    world.hears(Alert(key="b", state=AlertState.ACKNOWLEDGED, by="Zoe"))
    assert world.look(2).incident.status is IncidentStatus.OPEN
    assert "acknowledged at prometheus by Zoe" in world.timeline(2)
    world.sent()


@pytest.mark.parametrize("title", ["", "x" * 1_000_000, "a\x00b\x1b[31m", "\udcff\ud800", "\n\n", "‮evil"])
def test_an_alert_is_never_refused_for_its_characters_or_length(world: AlertWorld, title: str) -> None:
    (taken,) = world.hears(
        firing(
            "k" * 5000 + title,
            title,
            message=title,
            severity=title or None,
            labels={"service": "login", "x": title},
        )
    )
    world.expects("sms to ana")
    assert taken.created
    assert world.look().incident.title


def test_an_unknown_severity_counts_as_the_default_and_says_so(world: AlertWorld) -> None:
    world.hears(firing("a", severity="apocalyptic"))
    world.expects("sms to ana")
    assert world.look().incident.severity == "major"
    assert '"apocalyptic" counts as major (the default)' in world.timeline()


NIGHTLY = """
[sources.nightly]
kind = "heartbeat"
every = "1d"
grace = "2h"
service = "payments"
"""


def test_a_heartbeat_that_is_late_is_an_incident_and_over_when_it_comes_again(tmp_path: Path) -> None:
    world = AlertWorld(tmp_path, more=NIGHTLY)
    nightly = world.catalog.sources["nightly"]
    begin_due_alerts(world.context)  # from here on it is awaited, though it has never come
    world.clock.at += 25 * HOUR
    note_sign_of_life(world.context, nightly)
    world.clock.at += 26 * HOUR - MINUTE
    begin_due_alerts(world.context)
    world.tick()
    world.expects_nothing()
    world.clock.at += MINUTE
    begin_due_alerts(world.context)
    begin_due_alerts(world.context)
    world.tick()
    world.expects("sms to cara")
    assert world.look().incident.title == "No sign of life from nightly"
    assert "the last word was at Tue 24 Nov 11:00 GMT" in (world.look().incident.message or "")
    note_sign_of_life(world.context, nightly)
    assert world.look().incident.status is IncidentStatus.RESOLVED
    world.clock.at += 26 * HOUR
    begin_due_alerts(world.context)
    world.tick()
    assert world.look(2).incident.status is IncidentStatus.OPEN
    world.store.close()


def test_what_comes_together_is_one_update_and_each_is_on_the_timeline(world: AlertWorld) -> None:
    world.monitor = source(group=Grouping.SERVICE)
    world.hears(firing("first"), *(firing(str(number)) for number in range(30)), over("7"))
    assert world.sent() == ["sms to ana", "inform slack to identity"]
    assert (world.look().incident.latest_update or "").splitlines()[-1] == "and 20 more"
    assert world.timeline().count("alert from prometheus: alert") == 30
    assert "over, says prometheus: alert 7; 30 others still fire" in world.timeline()
