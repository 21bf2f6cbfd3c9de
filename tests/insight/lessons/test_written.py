"""Whatever the layout of the files, the text written where a lesson says it is what was tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from escalate_cli.config.load import load
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.lessons.amending import Texts
from escalate_cli.insight.lessons.lessons import lessons
from escalate_cli.insight.lessons.proposal import Past
from tests.insight.lessons.learning import unanswered
from tests.organisations import STANDARD
from tests.world import World

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
