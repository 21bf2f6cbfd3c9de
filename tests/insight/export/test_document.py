"""`export`: the document that a review asks for, in which what people typed is never markup."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from escalate_cli.clock import Clock
from escalate_cli.config.load import load
from escalate_cli.core.wording.text import printable
from escalate_cli.insight.document import document
from escalate_cli.store.store import Store
from escalate_cli.views.markdown.document import document_markdown
from escalate_cli.views.markdown.escaping import escaped, quoted
from tests.insight.conftest import Year
from tests.insight.export.documents import made, parse, shown, story, table_rows, tables
from tests.loopback import CANARY, ISO, Bank, bank
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS
from tests.servers import HttpServer
from tests.world import World

HEADINGS = [
    ("h2", "Facts"),
    ("h2", "What was reported"),
    ("h2", "Who was told, when and why"),
    ("h2", "Acknowledgements"),
    ("h2", "What changed"),
    ("h2", "Nudges"),
    ("h2", "Delays"),
    ("h2", "Undelivered"),
    ("h2", "Timeline"),
    ("h2", "Review"),
    ("h3", "What went well"),
    ("h3", "What went badly"),
    ("h3", "Where we were lucky"),
    ("h3", "Actions"),
]
TEXT = {"text", "text_special", "softbreak", "hardbreak"}
"""what a text may be made of; a link, an image, code, HTML or emphasis is none of it"""


def headings(tokens: list[Token]) -> list[tuple[str, str]]:
    return [(one.tag, shown(after)) for one, after in pairwise(tokens) if one.type == "heading_open"]


def structure(tokens: list[Token]) -> list[tuple[str, int]]:
    return [(token.type, token.level) for token in tokens]


# ── a real incident ───────────────────────────────────────────────────────────────────


HOSTILE = (
    (
        "# Nobody | can `sign` in <script>alert(1)</script> [x](javascript:alert) ![i](http://e/p.png)"
        " \x1b[31m *now* #"
    ),
    "---\n===\n\n    | a | b |\n```\n<!--",
    (
        "1. ~~~\r\n- [ ] task\n> quote\n\n\n</details> &lt; $x$ \\| **b** __c__ \u202e <https://e.example>"
        " [ref]: /x"
    ),
    "```\n# The end\n| --- | --- |\n\n\tcode",
)


def test_the_document_has_what_a_review_asks_for(tame: Bank) -> None:
    ran = tame("export", "1")
    assert (ran.code, ran.err) == (0, "")
    assert headings(parse(ran.out)) == [("h1", "Incident 1: Nobody can sign in!"), *HEADINGS]
    found = tables(ran.out)
    facts = {row["fact"]: row["value"] for row in found["Facts"]}
    time = r"[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(r"critical: declared major, critical after .* by Bo Chen", facts["severity"])
    assert facts["services"] == "Log in (login), Mail (mail)"
    assert facts["teams"] == "Identity, Mail"
    assert (facts["lead"], facts["labels"], facts["key"]) == (
        "Cy Łódź",
        "where=all of Europe",
        "Nobody can sign in",
    )
    assert re.fullmatch(rf"{time} [+-]\d\d:\d\d by desk", facts["declared"])
    assert re.fullmatch(rf"{time} [+-]\d\d:\d\d by Ana Ruiz", facts["acknowledged"])
    # sent side by side: either may be recorded first
    first = r"Ana Ruiz by sms, level 1 of Identity|Bo Chen by email, level 2 of Mail"
    assert re.fullmatch(rf".* \(({first})\)", facts["to the first page"])
    assert re.fullmatch(r".* \(Ana Ruiz, paged at level 1\)", facts["to acknowledge"])

    page = next(row for row in found["Who was told, when and why"] if row["who"] == "Ana Ruiz")
    line = int(page["line"].removeprefix("catalog.toml:"))
    assert (tame.config / "catalog.toml").read_text().splitlines()[line - 1] == "[[policies.standard.levels]]"
    assert (page["by"], page["kind"], page["level"]) == ("sms", "page", "1")
    assert page["because"] == "on call for Identity; level 1 of 2 of policy standard"
    assert [(row["who"], row["for"], row["paged at level"]) for row in found["Acknowledgements"]] == [
        ("Ana Ruiz", "Identity", "1"), ("Bo Chen", "Mail", "2"),
    ]  # fmt: skip
    assert [row["what"] for row in found["What changed"]] == ["severity", "message", "title", "lead"]
    assert [(row["asked"], row["outcome"]) for row in found["Nudges"]] == [
        ("Ana Ruiz", "accepted by Ana Ruiz")
    ]
    assert [(row["who"], row["by"], row["status"], row["cause"]) for row in found["Undelivered"]] == [
        ("Gil", "gone", "failed", "HTTP 404")
    ]
    entries = tame.here("timeline", "1", "--json").json
    told = {"informed", "told-who-has-it", "reporter-told", "told-of-rise"}
    kinds = ["told" if entry["data"]["event"] in told else entry["kind"] for entry in entries]
    assert [row["what"] for row in found["Timeline"]] == kinds


@pytest.mark.long
def test_what_people_typed_shows_as_they_typed_it_and_is_never_markup(
    tame: Bank, web: HttpServer, tmp_path: Path
) -> None:
    hostile = bank(tmp_path / "bank", web)
    names = {
        "Ana Ruiz": "| **Ana** <b> `",
        "Log in": "# Log - in |",
        "Identity room": "[room](x)",
        "Critical may need Cy": "a|b # c",
    }
    text = LOOPBACK
    for before, after in names.items():
        text = text.but(f'"{before}"', f'"{after}"')
    hostile.configure(text, "catalog.toml")
    story(hostile, *HOSTILE)
    out, plainly = hostile("export", "1").out, tame("export", "1").out
    above, _, rest = out.partition("\n## Facts\n")
    tokens = parse(f"{above}\n## Facts\n{rest}")
    assert headings(tokens)[1:] == HEADINGS
    # but for the paragraphs of the two reports, the same tokens in the same order: no more tables, rows,
    # cells, lists than without
    quote = re.compile(r"(?:^>.*\n)+", re.M)
    assert structure(parse(quote.sub("> x\n", out))) == structure(parse(quote.sub("> x\n", plainly)))
    assert {child.type for token in tokens for child in token.children or ()} <= TEXT
    assert {token.type for token in tokens if token.level and "quote" not in token.type} & {
        "fence",
        "html_block",
        "hr",
        "list_item_open",
    } == set()
    assert "\x1b" not in out
    assert "\u202e" not in out
    facts = {row["fact"]: row["value"] for row in tables(out)["Facts"]}
    assert facts["key"] == printable(HOSTILE[0])
    assert (
        shown(next(token for token in tokens if token.type == "inline"))
        == f"Incident 1: {printable(HOSTILE[0])}!"
    )
    assert facts["services"].startswith("# Log - in | (login)")


MARKS = "\\`*_{}[]()<>#+-.!|~=:&;$^\"'/ \t\n\r1aé\u00a0\u202e\x1b"
BLOCKS = [
    "---",
    "===",
    "# a",
    "- b",
    "1. c",
    "```",
    "| d |",
    "|-|",
    ":-:",
    "> e",
    "    f",
    "<g>",
    "[h]: i",
    "",
]
typed = st.one_of(
    st.text(alphabet=MARKS, max_size=40),
    st.lists(st.sampled_from(BLOCKS), max_size=8).map("\n".join),
    st.text(max_size=20),
)


@given(typed)
@pytest.mark.long
def test_any_text_in_a_cell_is_that_text(text: str) -> None:
    tokens = parse(f"| a | b |\n|---|---|\n| {escaped(text)} | end |\n")
    rows = list(table_rows(tokens))
    assert [len(row) for row in rows] == [2, 2]
    assert {child.type for child in rows[1][0].children or ()} <= TEXT
    said = " ↵ ".join(line.strip(" \t") for line in text.replace("\r\n", "\n").strip(" \t\n").split("\n"))
    assert shown(rows[1][0]).strip() == printable(said).strip()
    assert shown(rows[1][1]) == "end"


@given(typed)
def test_any_text_in_a_quote_is_that_text_line_by_line(text: str) -> None:
    tokens = parse(f"# Before\n\n{quoted(text)}\n\n# After\n")
    assert headings(tokens) == [("h1", "Before"), ("h1", "After")]
    inside = tokens[3:-3]
    assert {one.type for one in inside} <= {
        "blockquote_open",
        "blockquote_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
    }
    assert {child.type for one in inside for child in one.children or ()} <= TEXT
    lines = [
        line.strip() for line in "\n".join(shown(one) for one in inside if one.type == "inline").split("\n")
    ]
    said = [printable(line.expandtabs(4)).strip() for line in text.replace("\r\n", "\n").split("\n")]
    assert [line for line in lines if line] == [line for line in said if line]


def test_what_is_redirected_into_a_file_is_clean(tame: Bank) -> None:
    ran = tame.script("escalate export 1 > review.md && cat review.md", FORCE_COLOR="1", COLUMNS="40")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == tame("export", "1", COLUMNS="200").out
    assert "\x1b" not in ran.out
    assert ran.out.endswith("### Actions\n")
    assert all(line.endswith("|") for line in ran.out.splitlines() if line.startswith("|"))


def test_it_holds_no_secret_and_no_address(tame: Bank) -> None:
    for out in (tame("export", "1", OPEN_TOKEN=CANARY).out, tame("export", "1", "--format", "json").out):
        assert CANARY not in out
        assert "json://" not in out
        assert "127.0.0.1" not in out
    assert not any(
        address in tame("export", "1").out for address in ("ana@example.com", "+447700900123", "#identity")
    )


def test_as_json(tame: Bank) -> None:
    found: Any = tame("export", "1", "--format", "json").json
    assert found == tame.here("export", "#1", "--json").json
    assert (
        " ".join(found)
        == "incident zone imported severities durations first_page routing told undelivered missed"
        " acknowledgements changes nudges delays timeline"
    )
    show = tame.here("show", "1", "--json").json
    assert found["incident"] == {
        name: value for name, value in show.items() if name not in ("notifications", "timeline", "answers")
    }
    assert found["timeline"] == show["timeline"]
    sent = [one["id"] for one in show["notifications"] if one["status"] == "sent"]
    assert sorted(one["id"] for one in found["told"]) == sent
    assert found["durations"].keys() == {
        "to_first_page_seconds",
        "to_acknowledge_seconds",
        "to_resolve_seconds",
    }
    assert found["severities"][0] | {"at": None} == {"at": None, "severity": "major", "by": "desk"}
    for kind in ("told", "undelivered", "acknowledgements", "changes", "delays"):
        for one in found[kind]:
            assert all(
                value is None or ISO.fullmatch(value)
                for name, value in one.items()
                if name in ("at", "sent_at", "due_at")
            )


@pytest.mark.parametrize("command", [("export", "1"), ("timeline", "1")])
def test_times_are_those_of_the_reader(
    tame: Bank, command: tuple[str, ...], tmp_path: Path, web: HttpServer
) -> None:
    assert "Europe/London" in tame.here(*command).out
    far = bank(
        tmp_path / "far",
        web,
        ("catalog.toml", LOOPBACK.but('login = ["ME"]', 'login = ["ME"]\ntimezone = "Asia/Kathmandu"')),
    )
    far.configure(LOOPBACK_GATEWAYS, "gateways.toml")
    far.environ["ESCALATE_DB"] = str(tame.db)
    there = far.here(*command).out
    assert "Asia/Kathmandu" in there
    assert "Europe/London" not in there
    if command[0] == "export":
        assert "(UTC+05:45)" in there
        assert re.search(r"\| declared \| .* \+05:45 by desk \|", there)


def test_a_document_across_a_change_of_the_clocks_says_the_offset_of_every_time(tmp_path: Path) -> None:
    world = World(tmp_path)
    # 2027-03-28 00:58 UTC: the clocks go forward at 01:00
    world.clock.at += 124 * 86_400_000_000 + 14 * 3600_000_000 + 58 * 60_000_000
    world.declare("Log in is broken", "login")
    world.advance("6m")
    text = document_markdown(made(world), world.catalog, "Europe/London")
    assert "Times are in Europe/London (UTC+00:00, UTC+01:00)." in text
    times = [row["time"] for row in tables(text)["Who was told, when and why"]]
    assert times == ["Sun 2027-03-28 00:58:00 +00:00", "Sun 2027-03-28 02:03:00 +01:00"]
    world.store.close()


# ── what was late ─────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_every_incident_of_a_year_makes_a_sound_document(year: Year) -> None:
    catalog = load(year.config).catalog
    store = Store(year.db, Clock())
    ids = [one for (one,) in year.sql("SELECT id FROM incidents")]
    for incident in random.Random(6).sample(ids, 20):
        situation = store.situations.load(incident)
        assert situation is not None
        at = situation.incident.declared_at
        record = next(one for one in store.history.records(at, at + 1)[0] if one.id == incident)
        text = document_markdown(
            document(situation, record, store.situations.timeline(incident)), catalog, "Europe/London"
        )
        tokens = parse(text)
        assert headings(tokens)[1:] == HEADINGS
        assert {child.type for token in tokens for child in token.children or ()} <= TEXT
        told = tables(text).get("Who was told, when and why", [])
        assert [(len(told),)] == year.sql(
            "SELECT count(*) FROM notifications WHERE incident_id = ? AND status = 'sent'", incident
        )
    store.close()
