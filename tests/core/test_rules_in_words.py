"""A rule's condition and action are said in English, whatever they are; nobody is paged in TOML."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.core.calendar.duration import MINUTE, SECOND
from escalate_cli.core.organisation.catalog import Catalog, Channel, Person, Service, Severity, Team, Urgency
from escalate_cli.core.organisation.policy import RuleAction, When, parse_target
from escalate_cli.core.wording.rules import (
    action_in_words,
    condition_in_words,
    question_in_words,
    target_in_words,
)

SEVERITIES = ("minor", "major", "critical")
CATALOG = Catalog(
    severities=tuple(Severity(name, Urgency.HIGH, rank) for rank, name in enumerate(SEVERITIES)),
    services={
        "login": Service("login", "Log in", "identity"),
        "cards": Service("cards", "Card payments", "pay"),
    },
    teams={"identity": Team("identity", "Identity"), "pay": Team("pay", "Payments")},
    people={"cto": Person("cto", "Kim Osei", "UTC")},
    channels={"room": Channel("room", "Identity room")},
)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (When(), "always"),
        (When(severities=("critical",)), "it is critical"),
        (When(severities=("major", "critical")), "it is major or worse"),
        (When(severities=("minor", "major")), "it is major or milder"),
        (When(severities=("minor", "critical")), "it is minor or critical"),
        (When(severities=SEVERITIES, open_for=MINUTE), "open for 1m"),
        (When(no_update_for=90 * SECOND), "no update for 1m30s"),
        (
            When(severities=("major", "critical"), no_update_for=30 * MINUTE),
            "no update for 30m while it is major or worse",
        ),
        (When(unacknowledged_for=10 * MINUTE), "nobody has acknowledged for 10m"),
        (When(severities=("critical",), at_severity_for=MINUTE), "critical for 1m"),
        (
            When(severities=("major", "critical"), at_severity_for=MINUTE),
            "at the same severity for 1m while it is major or worse",
        ),
        (When(raised=True, severities=("critical",)), "the severity has just risen while it is critical"),
        (When(scope_grew=True), "more has just become affected"),
        (
            When(services=("login", "cards"), teams=("pay",)),
            "Log in or Card payments is affected and Payments is involved",
        ),
        (When(labels=(("region", "eu"), ("vip", None))), "the label region is eu and the label vip is set"),
        (When(hours="office"), "it is within office hours"),
        (When(hours="!office", open_for=MINUTE), "open for 1m while it is outside of office hours"),
    ],
)
def test_a_condition_is_a_piece_of_a_sentence(when: When, text: str) -> None:
    assert condition_in_words(when, CATALOG) == text


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("person:cto", "Kim Osei"),
        ("on-call", "whoever is on call"),
        ("on-call:pay", "whoever is on call for Payments"),
        ("lead", "the team's lead"),
        ("lead:pay", "the lead of Payments"),
        ("members", "everybody in the team"),
        ("members:pay", "everybody in Payments"),
        ("channel", "the team's channel"),
        ("channel:room", "Identity room"),
        ("round-robin:pay", "the next in turn of Payments"),
        ("schedule:nights", "whoever is on call in nights"),
        ("incident-lead", "the incident lead"),
    ],
)
def test_a_target_is_whom_people_know(target: str, text: str) -> None:
    assert target_in_words(parse_target(target), CATALOG) == text


def test_an_action_names_everything_that_is_done() -> None:
    action = RuleAction(
        page=(parse_target("person:cto"), parse_target("lead")),
        inform=(parse_target("channel:room"),),
        involve=("pay",),
        raise_to="critical",
    )
    text = "page Kim Osei and the team's lead, bring in Payments, raise it to critical and tell Identity room"
    assert action_in_words(action, CATALOG) == text
    assert question_in_words(action, CATALOG) == "Page" + text[4:] + "?"
    assert action_in_words(RuleAction(), CATALOG) == "do nothing"


spans = st.none() | st.integers(1, 10**6).map(lambda minutes: minutes * MINUTE)
conditions = st.builds(
    When,
    severities=st.none() | st.lists(st.sampled_from(SEVERITIES), unique=True).map(tuple),
    services=st.none() | st.just(("login",)),
    teams=st.none() | st.just(("pay",)),
    labels=st.just(()) | st.just((("region", None),)),
    hours=st.none() | st.just("!office"),
    open_for=spans,
    unacknowledged_for=spans,
    no_update_for=spans,
    at_severity_for=spans,
    raised=st.booleans(),
    scope_grew=st.booleans(),
    text=st.just('severity = ">=major"'),
)
targets = st.lists(
    st.sampled_from(["on-call", "lead:pay", "members", "channel", "person:cto", "round-robin"]).map(
        parse_target
    ),
    max_size=3,
).map(tuple)
actions = st.builds(
    RuleAction,
    page=targets,
    inform=targets,
    involve=st.just(()) | st.just(("pay",)),
    raise_to=st.none() | st.just("critical"),
)


@given(conditions, actions)
def test_whatever_a_rule_is_it_is_said_without_toml(when: When, action: RuleAction) -> None:
    for text in (condition_in_words(when, CATALOG), action_in_words(action, CATALOG)):
        assert text
        assert not re.search(r'[="\[\]{}<>:]|_', text)
