"""Whoever reads a time of day reads in which zone it is: an organisation in India with a schedule of
New York.
"""

from __future__ import annotations

import re

import pytest

from tests.loopback import Bank, bank

ZONES = re.compile(r"\b(IST|EST|EDT|UTC)\b|Asia/Kolkata|America/New_York")
TIME = re.compile(r"(?<![\d:T.])\d{1,2}:\d\d(?![\d:])")
TYPED = re.compile(r"""escalate \S.*$|"[^"]*"|--(at|from|until) \S+""", re.M)
"""what is typed, or quoted from what somebody has written"""

GAPS = """
[schedules.nights]
timezone = "America/New_York"
[[schedules.nights.rotations]]
members = ["ana"]
start = 2026-01-05T09:00:00
every = "1w"
hours = "desk"
[[schedules.nights.rotations]]
members = ["ana"]
start = 2026-01-05T09:00:00
every = "1w"
hours = "sundays"

[hours.desk]
timezone = "America/New_York"
days = ["mon", "tue", "wed", "thu", "fri"]
from = "09:00"
to = "17:00"

[hours.sundays]
days = ["sun"]
from = "09:00"
to = "17:00"

[teams.desk]
name = "Desk"
members = ["ana"]
on_call = "nights"
policy = "standard"

[services.phones]
name = "Phones"
team = "desk"
"""

ACTS = (
    ("declare", "Nobody can sign in", "-s", "login", "--severity", "critical"),
    ("page", "1", "person:bo"), ("ack", "1", "--by", "ana"), ("ack", "1", "--by", "ana"),
    ("ack", "1", "--by", "cy"), ("maintenance", "phones", "--for", "2h"),
    ("snooze", "1", "20h", "--by", "ana"), ("show", "1"), ("list",), ("explain", "1"), ("explain", "1", "cy"),
    ("timeline", "1"), ("nudge",), ("oncall",), ("oncall", "nights"), ("oncall", "ana"),
    ("override", "nights", "bo", "--from", "+1h", "--until", "+9d"), ("team", "show", "desk"),
    ("team", "list"), ("service", "show", "phones"), ("person", "show", "ana"), ("check",),
    ("route", "phones", "--at", "sun 03:00"),
    ("simulate", "--service", "phones", "--severity", "critical", "--at", "sun 03:00"), ("replay", "1"),
    ("tick", "--dry-run"), ("override", "nights", "--end"), ("resolve", "1", "--by", "ana"),
    ("resolve", "1", "--by", "ana"), ("show", "1"), ("reopen", "1"), ("report",), ("export", "1"),
    ("lessons",), ("doctor",),
)  # fmt: skip


def without_zone(text: str) -> list[str]:
    """The lines with a time whose zone neither they nor the screen around them names."""
    text = TYPED.sub("", text)
    return [] if ZONES.search(text) else [line for line in text.splitlines() if TIME.search(line)]


@pytest.fixture(scope="module")
def abroad(web, tmp_path_factory) -> Bank:
    made = bank(tmp_path_factory.mktemp("abroad"), web)
    catalog = made.config / "catalog.toml"
    text = re.sub(r'timezone = "[^"]*"', 'timezone = "Asia/Kolkata"', catalog.read_text("utf-8"))
    catalog.write_text(text, encoding="utf-8")
    made.configure(GAPS)
    return made


@pytest.mark.long
def test_every_screen_and_every_note_names_the_zone_of_its_times(abroad):
    """A note on stderr, and a finding, stands alone: its own line names it."""
    missing, timed = [], set()
    for words in ACTS:
        ran = abroad.here(*words)
        assert ran.code in (0, 1, 5, 6), (words, ran.err)
        if TIME.search(TYPED.sub("", ran.out + ran.err)):
            timed.add(words[0])
        alone = [*ran.err.splitlines(), *(ran.out.splitlines() if words[0] in ("check", "doctor") else ())]
        missing += [(" ".join(words), line) for text in (ran.out, *alone) for line in without_zone(text)]
    assert not missing, "\n".join(map(str, missing))
    assert {"ack", "check", "explain", "oncall", "override", "resolve", "show", "simulate"} <= timed


def test_what_looks_for_zones_finds_where_one_is_missing():
    assert without_zone("Ana has it, since 04:58")
    assert without_zone("declared at Mon 2026-11-23 03:04")
    assert not without_zone("Ana has it, since 04:58 IST")
    assert not without_zone("times in Asia/Kolkata\n 04:58  declared")
    assert not without_zone('try: escalate oncall nights --at "2026-11-23 03:04"')
