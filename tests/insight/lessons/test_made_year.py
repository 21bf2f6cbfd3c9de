"""In a made year every planted fact is learned and nothing else; chance teaches next to nothing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks.year import make_year
from escalate_cli.config.load import load
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.insight.lessons.amending import Texts
from escalate_cli.insight.lessons.lessons import ORDER, lessons
from escalate_cli.insight.lessons.proposal import LEAST, Past, Proposal
from escalate_cli.store.store import Store
from tests.command import Escalate
from tests.insight.conftest import Year
from tests.organisations import STANDARD
from tests.world import World, WorldClock

# ── the made year ─────────────────────────────────────────────────────────────────────


SAME = {"person-at-night": "paged-at-night"}
"""planted facts whose proposal has another name"""
ABOUT = ("service", "person", "policy", "level", "rule", "gateway")


def planted(facts: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """What `lessons` should say: kind and subject."""
    found = set()
    for fact in facts:
        about = {name: fact.get(name) for name in ABOUT}
        if fact["kind"] in ("person-at-night", "gateway-fails", "severity-raised"):
            about |= {
                "service": fact.get("service") if fact["kind"] == "severity-raised" else None,
                "policy": None,
            }
        found.add((SAME.get(fact["kind"], fact["kind"]), fact.get("words"), *about.values()))
    return found


def told(proposals: Any) -> set[tuple[Any, ...]]:
    return {
        (
            proposal["code"],
            proposal["about"].get("keyword"),
            *(
                None
                if name == "rule" and proposal["code"] == "severity-raised"
                else proposal["about"].get(name)
                for name in ABOUT
            ),
        )
        for proposal in proposals
    }


def test_every_planted_fact_is_found_and_nothing_else(year: Year, proposals: Any) -> None:
    assert told(proposals) == planted(year.planted["facts"])


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_of_five_thousand_incidents_every_planted_fact_is_found_and_nothing_else(
    seed: int, tmp_path: Path
) -> None:
    facts = make_year(tmp_path, seed=seed)["facts"]
    found = _learn(tmp_path / "config", tmp_path / "escalate.db")
    subjects = [
        {"code": one.code, "about": {name: getattr(one, name) for name in (*ABOUT, "keyword")}}
        for one in found
    ]
    assert told(subjects) == planted(facts)


def test_each_proposal_has_at_least_three_incidents_and_counts_that_are_theirs(proposals: Any) -> None:
    for proposal in proposals:
        assert len(set(proposal["incidents"])) >= LEAST, proposal["title"]
        assert proposal["count"] <= proposal["of"], proposal["title"]
        assert proposal["code"] in ORDER
        assert proposal["evidence"]


def test_the_evidence_is_in_the_record(year: Year, proposals: Any) -> None:
    keyword = next(proposal for proposal in proposals if proposal["code"] == "keyword")
    for incident in keyword["incidents"]:
        ((title, services),) = year.sql("SELECT title, services FROM incidents WHERE id = ?", incident)
        assert keyword["about"]["keyword"] in title.lower()
        assert keyword["about"]["service"] in services
    night = next(proposal for proposal in proposals if proposal["code"] == "paged-at-night")
    paged = year.sql(
        "SELECT incident_id FROM notifications WHERE recipient = ?", f"person:{night['about']['person']}"
    )
    assert set(night["incidents"]) <= {incident for (incident,) in paged}


def _learn(config: Path, db: Path) -> tuple[Proposal, ...]:
    store = Store(db, WorldClock())
    records, damaged = store.history.records()
    store.close()
    assert damaged == ()
    return lessons(Past(records, load(config).catalog, Texts.at(config)))


def test_the_toml_of_every_proposal_is_a_configuration_that_is_valid_and_ends_the_lesson(year: Year) -> None:
    found = _learn(year.config, year.db)
    texts = Texts.at(year.config)
    for one in found:
        if not one.changes:
            continue
        made = texts.with_changes(one.changes)
        assert made != load(year.config).catalog, one.title
    every = texts.with_changes([change for one in found for change in one.changes])
    store = Store(year.db, WorldClock())
    records, _ = store.history.records()
    store.close()
    codes = {one.code for one in found}
    assert {"no-runbook", "nudge-accepted", "nudge-declined"} <= codes
    again = {lesson.code for lesson in lessons(Past(records, every, texts))}
    # what the configuration alone answers
    assert not again & {"no-runbook", "nudge-accepted", "nudge-declined", "keyword"}


def test_the_toml_is_what_is_tried(year: Year, tmp_path: Path) -> None:
    """The text of a change says what the change that was tried does."""
    import tomllib

    for one in _learn(year.config, year.db):
        for change in one.changes:
            if change.does == "set":
                written = tomllib.loads(change.toml)
                for step in change.place[:-1]:
                    written = written[step] if isinstance(step, str) else written[0]
                assert written[change.place[-1]] == change.after
            elif change.does == "add":
                assert tomllib.loads(change.toml)["rules"][0] == change.after


@pytest.mark.long
def test_replays_show_what_past_incidents_would_have_looked_like(escalate: Escalate) -> None:
    ran = escalate("lessons", "--since", "2000-01-01", "--replay", "--json")
    assert ran.code == 0, ran.err
    replays = {one["code"]: one["replay"] for one in ran.json}
    unanswered = replays["unanswered-level"]["incidents"]
    assert unanswered
    earlier = [one for one in unanswered if one["was_seconds"] and one["becomes_seconds"] is not None]
    assert earlier
    assert all(one["becomes_seconds"] < one["was_seconds"] for one in earlier)
    assert sum(replay["calls_become"] for replay in replays["short-wait"]["incidents"]) < sum(
        replay["calls_were"] for replay in replays["short-wait"]["incidents"]
    )
    assert "routed right" in replays["keyword"]["text"]
    assert replays["gateway-fails"] is None


def test_the_screen_says_what_to_write(escalate: Escalate) -> None:
    shown = escalate("lessons", "--since", "2000-01-01")
    assert '\n    [services.bank-transfers]\n    keywords = ["transfer", ' in shown.out
    assert shown.out.startswith("600 incidents, ")


# ── small organisations ───────────────────────────────────────────────────────────────


def test_nothing_to_propose_is_said(escalate: Escalate) -> None:
    ran = escalate("lessons", "--since", "1s")
    assert ran.code == 0
    assert ran.out.startswith("Nothing to propose (0 incidents")
    assert escalate("lessons", "--since", "1s", "--json").json == []


# ── chance ────────────────────────────────────────────────────────────────────────────


SAID = (
    "customers", "cannot", "see", "page", "slow", "after", "login", "payment", "card", "balance", "statement",
    "mobile", "website", "timeout", "transfer", "branch", "report", "blank",
)  # fmt: skip


@pytest.mark.long
def test_histories_without_a_pattern_teach_next_to_nothing(tmp_path: Path) -> None:
    """Forty histories of ten to forty incidents in which everything is left to chance: at most
    three in forty make a proposal.
    """
    taught = []
    for seed in range(40):
        place = tmp_path / str(seed)
        place.mkdir()
        world, dice = World(place, STANDARD), random.Random(seed)
        world.post.refuse = lambda url, dice=dice: (
            Outcome(OutcomeKind.PERMANENT, "HTTP 400") if dice.random() < 0.02 else None
        )
        for _ in range(dice.randint(10, 40)):
            service = dice.choice(["login", "login", "payments", "auth-db"])
            incident = world.declare(
                " ".join(dice.sample(SAID, 4)), service, severity=dice.choice(["minor", "major", "critical"])
            )
            if dice.random() < 0.12:
                other = dice.choice([one for one in ("login", "payments", "auth-db") if one != service])
                world.update(
                    incident, add_services=(other,), drop_services=(service,) if dice.random() < 0.5 else ()
                )
            if dice.random() < 0.1:
                world.update(incident, severity="critical", by="ana")
            world.advance(f"{1 + int(dice.expovariate(1 / 4))}m")
            people = (
                notification.recipient
                for notification in world.look(incident).notifications
                if notification.recipient.startswith("person:")
            )
            paged = [person.removeprefix("person:") for person in people]
            world.ack(dice.choice(paged) if paged else "ops", incident, everything=True)
            world.resolve(incident)
            world.sleep(f"{dice.randint(3, 90)}h")
        records, _ = world.store.history.records()
        past = Past(records, world.catalog, Texts.at(world.config), world.clock.at)
        taught += [
            (seed, lesson.code, lesson.evidence) for lesson in lessons(past) if lesson.code != "no-runbook"
        ]
        world.store.close()
    assert len({seed for seed, _, _ in taught}) <= 3, taught
