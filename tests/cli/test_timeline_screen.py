"""The timeline as people read it: who only hears is told, not paged; nothing is said twice; names, not ids;
the words of whoever reported it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from escalate_cli.cli.screens.timeline import draw_timeline
from escalate_cli.core.wording.events import shown_kind
from escalate_cli.views.incident import entry_data
from tests.loopback import ME
from tests.organisations import BANK, STANDARD
from tests.world import World

MESSAGE = "Everybody gets error 500 since the release"
MORE = """
[[rules]]
name = "Ask first"
when = { severity = ">=critical" }
page = ["person:cto"]
mode = "nudge"
ask = ["person:ana"]
expires = "20m"
[[rules]]
name = "Status hears"
when = { severity = ">=major" }
inform = ["channel:status"]
[[rules]]
name = "Operations"
when = { open_for = "2m" }
page = ["person:eve"]
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, more=MORE)
    yield made
    made.sent()


def story(world: World) -> None:
    """A night with much of what can happen."""
    world.declare("Customers cannot sign in", "login", severity="critical", message=MESSAGE, by="cara")
    world.advance("3m")
    world.update(add_services=("payments",), by="ana")
    world.update(message="rolled back", by="ana")
    world.nudge("no", "ana")
    world.page("person:cto", message="have a look")
    world.advance("3m")
    world.ack("ana")
    world.ack("cara", everything=True)
    world.update(severity="major", by="ana")
    world.snooze("1h", "bo")
    world.update(drop_services=("payments",), by="ana")
    world.resolve(message="restarted it", by="bo")
    world.reopen()


def drawn(world: World, width: int = 200) -> list[str]:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=width, color_system=None)
    entries = world.store.situations.timeline(1)
    draw_timeline(console, world.look(), entries, world.catalog, world.clock.now())
    shown: str = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in shown.splitlines()]


def rows(world: World) -> list[tuple[str, str]]:
    """(kind, sentence) of each line."""
    timed = (re.match(r"\d\d:\d\d:\d\d +(\S+) +(.*)", line) for line in drawn(world))
    return [(match[1], match[2]) for match in timed if match]


def test_who_only_hears_is_told_and_not_paged(world):
    story(world)
    kinds = {sentence: kind for kind, sentence in rows(world)}
    assert kinds['Status: rule "Status hears"'] == "told"
    assert any(kind == "told" and text.endswith("that Ana has it") for text, kind in kinds.items())
    assert kinds['Eve: rule "Operations"'] == "paged"
    assert kinds[f"by hand: Cto (have a look) ({ME})"] == "paged"


def test_the_json_keeps_the_kinds_that_it_had(world):
    story(world)
    told = [entry for entry in world.store.situations.timeline(1) if shown_kind(entry.event) == "told"]
    assert {entry_data(entry)["kind"] for entry in told} == {"paged"}
    assert {entry_data(entry)["data"]["event"] for entry in told} == {"informed", "told-who-has-it"}


def test_no_sentence_says_again_what_its_kind_says(world):
    story(world)
    told = rows(world)
    assert len({kind for kind, _ in told}) > 8
    for kind, sentence in told:
        first = re.findall(r"\w+", sentence)[:1]
        assert first != [kind], (kind, sentence)
        assert not sentence.endswith(f": {kind}"), (kind, sentence)


def test_a_message_is_called_by_plain_words_also_one_that_an_earlier_version_wrote_down(world):
    story(world)
    told = [sentence for kind, sentence in rows(world) if kind == "sent"]
    assert any(sentence.startswith("news to Status by slack") for sentence in told)
    assert any(sentence.startswith("news of the end to ") for sentence in told)
    assert not any(sentence.startswith(("inform ", "resolved ")) for sentence in told)
    entries = world.store.situations.timeline(1)
    news = next(entry for entry in entries if entry.text.startswith("news to Status by slack"))
    formerly = replace(news, text=news.text.replace("news", "inform", 1))
    assert formerly.beside_kind(world.catalog) == news.beside_kind(world.catalog)


def test_alone_a_sentence_says_everything(world):
    story(world)
    texts = world.timeline()
    for text in (
        "page to Ana by sms: sent",
        "acknowledged by Ana for Identity",
        "declared: Customers",
        "resolved: restarted it",
    ):
        assert text in texts


def test_no_id_stands_where_there_is_a_name(world):
    story(world)
    names = {"identity", "login", "ana", "bo", "cara", "eve", "cto", "ops", "status"}
    for kind, sentence in rows(world):
        words = set(re.findall(r"(?<![-\w])[a-z-]+", sentence))
        assert not words & names, (kind, sentence)


def test_the_words_of_whoever_reported_it_are_there(world):
    story(world)
    assert ("declared", f'Customers cannot sign in: "{MESSAGE}" (Cara)') in rows(world)
    assert f'declared: Customers cannot sign in: "{MESSAGE}"' in world.timeline()


def test_who_has_left_since_keeps_the_name_that_the_sentence_had(world):
    story(world)
    before = rows(world)
    world.configure(STANDARD, more=MORE, organisation=BANK.replace('name = "Ana"', 'name = "Anna"'))
    after = rows(world)
    assert ("level", "Identity: 1 of 2 of policy standard: paged Ana") in before
    assert ("level", "Identity: level 1 of 2 of policy standard: paged Ana") in after


def test_at_44_columns_a_sentence_has_the_whole_width(world):
    story(world)
    lines = drawn(world, 44)
    at = next(number for number, line in enumerate(lines) if line.startswith("10:00:00  declared"))
    assert lines[at + 1 : at + 3] == [
        '  Customers cannot sign in: "Everybody gets',
        '  error 500 since the release" (Cara)',
    ]
    assert max(map(len, lines)) <= 44
