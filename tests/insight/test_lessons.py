"""Lessons: every planted fact of the made year is found and nothing else; small organisations learn
from three incidents, not from two.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.year import make_year
from escalate_cli.config.load import load
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.codec import decode
from escalate_cli.insight.lessons.amending import Texts
from escalate_cli.insight.lessons.lessons import ORDER, lessons
from escalate_cli.insight.lessons.proposal import LEAST, Past, Proposal
from escalate_cli.store.store import Store
from tests.cli.conftest import Escalate
from tests.insight.conftest import Year
from tests.organisations import STANDARD
from tests.world import World, WorldClock

# ── the made year ──────────────────────────────────────────────────────────────────────

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
        (proposal["code"], proposal["about"].get("keyword"), *(None if name == "rule" and proposal["code"] == "severity-raised" else proposal["about"].get(name)
         for name in ABOUT)) for proposal in proposals
    }  # fmt: skip


@pytest.fixture(scope="module")
def proposals(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return year.escalate_in(tmp_path_factory.mktemp("lessons"))(
        "lessons", "--since", "2000-01-01", "--json"
    ).json


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


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    here = World(tmp_path)
    yield here
    here.store.close()


def learned(world: World) -> dict[str, Proposal]:
    """Proposals by code; there is one of each in these stories. No service of theirs has a runbook,
    which is another story.
    """
    records, _ = world.store.history.records()
    found = [
        lesson
        for lesson in lessons(Past(records, world.catalog, Texts.at(world.config)))
        if lesson.code != "no-runbook"
    ]
    assert len({one.code for one in found}) == len(found)
    return {one.code: one for one in found}


def bank_transfer(world: World, title: str, *, moved: bool = True) -> None:
    incident = world.declare(title, "login")
    world.advance("1m")
    if moved:
        world.update(incident, add_services=("payments",), drop_services=("login",))
        world.ack("cara", incident)
    else:
        world.ack("ana", incident)
    world.resolve(incident)
    world.advance("1h", every="10m")


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


def unanswered(world: World, times: int) -> None:
    for _ in range(times):
        incident = world.declare("Log in is down", "login")
        world.advance("6m")
        world.ack("bo", incident)
        world.resolve(incident)
        world.advance("2h", every="10m")


OF_ITS_OWN = STANDARD.but("standard", "other") + STANDARD
"""the policy of one team alone"""


def alone(world: World, policies: str = OF_ITS_OWN) -> None:
    text = (world.config / "escalate.toml").read_text().split("\n[policies.")[0]
    head, tail = text.split("[teams.payments]")
    world.configure(policies, organisation=f"{head}[teams.payments]{tail.replace('standard', 'other')}")


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


UNMOVED = {
    "healed in two minutes, reopened, healed again": ["2m", "resolve", "30m", "reopen", "2m", "resolve"],
    "snoozed by the one who was paged": ["1m", "snooze ana", "62m", "ack ana", "resolve"],
    "raised, so that level 1 is paged again, and answered": ["1m", "raise", "1m", "ack ana", "resolve"],
    "to level 2 by hand at once": ["next 2", "1m", "ack bo", "resolve"],
}


@pytest.mark.parametrize("name", UNMOVED)
def test_a_level_is_not_called_unanswered_because_it_was(world: World, name: str) -> None:
    for _ in range(4):
        incident = world.declare("Log in is down", "login", severity="minor")
        for step in UNMOVED[name]:
            verb, _, who = step.partition(" ")
            if verb == "resolve":
                world.resolve(incident)
            elif verb == "reopen":
                world.reopen(incident)
            elif verb == "snooze":
                world.snooze("1h", who, incident)
            elif verb == "ack":
                world.ack(who, incident)
            elif verb == "raise":
                world.update(incident, severity="critical")
            elif verb == "next":
                world.next_level(int(who), incident)
            else:
                world.advance(step)
        world.advance("3h", every="30m")
    assert "unanswered-level" not in learned(world)


def test_a_lesson_that_was_followed_is_not_taught_again_of_another_level(world: World) -> None:
    alone(world)
    unanswered(world, 4)
    made = learned(world)["unanswered-level"]
    assert made.level == 1
    alone(world, OF_ITS_OWN.but('[[policies.standard.levels]]\nnotify = ["on-call"]\nwait = "5m"\n', ""))
    kept = {}
    for one in world.store.history.records()[0]:
        kept[one.config_version] = world.store.ledger.configuration(one.config_version)
    records, _ = world.store.history.records()
    then = {version: decode(document) for version, document in kept.items() if document is not None}
    found = lessons(Past(records, world.catalog, Texts.at(world.config), then=then.get))
    assert [one.code for one in found if one.code == "unanswered-level"] == []


def test_teams_that_were_renamed_since_teach_nothing_and_stop_nothing(world: World) -> None:
    unanswered(world, 5)
    text = (world.config / "escalate.toml").read_text().split("\n[policies.")[0]
    world.configure(
        STANDARD,
        organisation=text.replace("teams.identity]", "teams.access]").replace('"identity"', '"access"'),
    )
    assert "unanswered-level" not in learned(world)


def test_a_nudge_that_acts_when_nobody_answers_is_not_dropped(tmp_path: Path) -> None:
    rule = (
        '[[rules]]\nname = "CTO"\nwhen = { severity = "critical" }\npage = ["person:cto"]\nmode = "nudge"\n'
    )
    rule += 'ask = ["on-call"]\nexpires = "10m"\n'
    # it acts; it is dropped with the incident
    for more, minutes in (('on_expiry = "page"\n', "12m"), ("", "1m")):
        place = tmp_path / minutes
        place.mkdir()
        world = World(place, STANDARD, more=rule + more)
        for _ in range(4):
            incident = world.declare("Log in is down", "login", severity="critical")
            world.ack("ana", incident)
            world.advance(minutes)
            world.resolve(incident)
            world.advance("2h", every="30m")
        assert "nudge-declined" not in learned(world)
        world.store.close()


def test_a_severity_that_a_rule_gave_is_not_what_people_raise_to(tmp_path: Path) -> None:
    rule = '[[rules]]\nname = "Old"\nwhen = { open_for = "10m" }\nraise_to = "critical"\n'
    world = World(tmp_path, STANDARD, more=rule)
    for _ in range(3):
        incident = world.declare("Log in is slow", "login", severity="minor")
        world.update(incident, severity="major", by="ana")
        world.ack("ana", incident)
        world.advance("15m")
        world.resolve(incident)
        world.advance("2h", every="30m")
    assert learned(world)["severity-raised"].changes[0].after["raise_to"] == "major"
    world.store.close()


def test_a_team_that_came_and_went_is_not_brought_in(world: World) -> None:
    for _ in range(3):
        incident = world.declare("Log in is slow", "login")
        world.update(incident, add_services=("auth-db",))
        world.update(incident, drop_services=("auth-db",))
        world.ack("ana", incident, everything=True)
        world.resolve(incident)
        world.advance("2h", every="10m")
    assert "team-added" not in learned(world)


def test_one_bad_hour_of_a_gateway_is_no_lesson(world: World) -> None:
    for number in range(12):
        broken = number in (4, 5, 6)
        world.post.refuse = lambda url, broken=broken: (
            Outcome(OutcomeKind.PERMANENT, "HTTP 503") if broken and "/sms/" in url else None
        )
        incident = world.declare("It is down", "login")
        world.ack("ana", incident)
        world.resolve(incident)
        world.advance("10m" if broken else "2h", every="10m")
    assert "gateway-fails" not in learned(world)


ONE_LINE = """[policies.standard]
levels = [ { notify = ["on-call"], wait = "5m" }, { notify = ["lead"], wait = "10m" } ]
"""
OWN_TABLE = """[services.login.links]
wiki = "https://wiki.example.com"
[services.payments]"""
LAYOUTS = {
    "levels in one line": lambda text: text.replace(STANDARD, ONE_LINE),
    "links in a table of their own": lambda text: text.replace("[services.payments]", OWN_TABLE),
    "an id with a dot": (
        lambda text: text.replace("policies.standard", 'policies."of.all"').replace('"standard"', '"of.all"')
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_whatever_the_layout_the_text_written_where_it_says_is_what_was_tried(
    world: World, name: str
) -> None:
    """The lines that a change names are replaced by its text, as a person would; then the files
    make what was tried.
    """
    file = world.config / "escalate.toml"
    text = LAYOUTS[name](file.read_text())
    file.write_text(text)
    world.catalog = load(world.config).catalog
    unanswered(world, 4)
    records, _ = world.store.history.records()
    texts = Texts.at(world.config)
    proposals = lessons(Past(records, world.catalog, texts))
    assert {proposal.code for proposal in proposals} == {"unanswered-level", "no-runbook"}
    for one in proposals:
        edited = text
        for change in one.changes:
            edited = by_hand(edited, change.toml, change.does)
        file.write_text(edited)
        assert (
            essence(load(world.config).catalog)
            == essence(texts.with_changes(one.changes))
            != essence(world.catalog)
        )


def essence(catalog: Catalog) -> Any:
    """What these proposals are about."""
    levels = {
        name: [(*map(str, level.notify), level.wait) for level in policy.levels]
        for name, policy in catalog.policies.items()
    }
    return levels, {team.id: team.policy for team in catalog.teams.values()}, catalog.services["login"].links


def by_hand(text: str, toml: str, does: str) -> str:
    """Write `toml` into `text` where its header says: a new line under it in place of one with the
    same key; a new block at the end.
    """
    if does == "add":
        return f"{text}\n{toml}\n"
    header, *lines = toml.split("\n")
    header = header.split("  #")[0]
    if does == "remove":
        return text.replace("\n".join([header, *lines]), "", 1)
    start = text.index(f"{header}\n") + len(header) + 1
    end = text.find("\n[", start)
    block = text[start : end if end >= 0 else len(text)].split("\n")
    for line in lines:
        key = line.split(" = ")[0]
        block = [line if one.split(" = ")[0] == key else one for one in block]
        if line not in block:
            block.insert(0, line)
    return text[:start] + "\n".join(block) + (text[end:] if end >= 0 else "")


def test_nothing_to_propose_is_said(escalate: Escalate) -> None:
    ran = escalate("lessons", "--since", "1s")
    assert ran.code == 0
    assert ran.out.startswith("Nothing to propose (0 incidents")
    assert escalate("lessons", "--since", "1s", "--json").json == []


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


def test_two_incidents_of_anything_are_no_lesson(world: World) -> None:
    unanswered(world, 1)
    bank_transfer(world, "bank transfer lost")
    bank_transfer(world, "bank transfer again")
    assert learned(world) == {}


def test_a_rule_is_found_in_its_own_file(tmp_path: Path) -> None:
    """Two files with rules: the number of a rule is one within its file."""
    world = World(tmp_path)
    rule = (
        '[[rules]]\nname = "{}"\nwhen = {{ severity = "critical" }}\npage = ["person:cto"]\nmode = "nudge"\n'
    )
    (world.config / "a.toml").write_text(rule.format("First"))
    (world.config / "z.toml").write_text(rule.format("Other") + rule.format("Wanted"))
    texts = Texts.at(world.config)
    file, place = texts.rule("Wanted")
    made = texts.with_changes([texts.removing(place, file)])
    assert [one.name for one in made.rules] == ["First", "Other"]
    world.store.close()


# ── chance ──────────────────────────────────────────────────────────────────────────

SAID = (
    "customers", "cannot", "see", "page", "slow", "after", "login", "payment", "card", "balance", "statement", "mobile", "website",
    "timeout", "transfer", "branch", "report", "blank",
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
