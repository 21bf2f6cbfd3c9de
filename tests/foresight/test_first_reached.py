"""Whoever is first written to after how long is what `simulate` says over the same four days,
minute by minute.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from escalate_cli.core.calendar.duration import HOUR, Instant, Span
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.difference import difference
from escalate_cli.foresight.first_reached import FOLLOWED_FOR, first_reached
from escalate_cli.foresight.simulation import simulate
from tests.faults.rounds import mostly_long
from tests.foresight.drawn import Night, nights
from tests.foresight.test_difference import INVOLVED, NOW, PLAIN, catalog
from tests.world import instant

FOLLOWS = PLAIN.replace('page = ["person:ops"]', 'page = ["schedule:night"]')
NIGHT = """
[schedules.night]
timezone = "Europe/London"
[[schedules.night.rotations]]
members = ["eve", "cara", "dan"]
start = 2026-11-02T06:00:00
every = "1d"
"""
AT_HOURS = NIGHT + 'hours = "office"\n'
DRAGS_ON = (
    '[[rules]]\nname = "Drags on"\nwhen = { open_for = "3h" }\npage = ["schedule:night"]\nevery = "70m"\n'
)
OFFICE_ONLY = '[[rules]]\nname = "By day"\nwhen = { hours = "office" }\ninform = ["schedule:night"]\n'
CHAIN = (
    '[[rules]]\nname = "Worse"\nwhen = { open_for = "5h", severity = "major" }\nraise_to ='
    ' "critical"\n[[rules]]\nname = "Worst"\nwhen = { at_severity_for = "7h", severity = "critical" }\npage ='
    ' ["person:dan"]\n'
)
NUDGES = (
    '[[rules]]\nname = "Ask"\nwhen = { open_for = "2h" }\npage = ["person:cto"]\nmode = "nudge"\nexpires ='
    ' "9h"\non_expiry = "page"\n'
)
NO_FALLBACK = PLAIN.replace('page = ["person:ops"]\n', "").replace(
    'on_call = "identity-primary"', 'on_call = "night"'
)
WEEKDAY_LEVEL = FOLLOWS.replace('notify = ["on-call"]', 'notify = ["on-call"]\nduring = "office"')


def minute_by_minute(organisation: Catalog, service: str, severity: str, at: Instant) -> dict[str, Span]:
    """The same by `simulate` alone, without any short cut."""
    reached: dict[str, Span] = {}
    for message in simulate(
        Declaration("-", severity, (service,)), organisation, at, at + FOLLOWED_FOR
    ).messages:
        if message.person is not None and message.kind in (
            NotificationKind.PAGE,
            NotificationKind.NUDGE,
            NotificationKind.INFORM,
        ):
            reached.setdefault(message.person, message.after)
    return reached


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        FOLLOWS + NIGHT,
        FOLLOWS + AT_HOURS,
        FOLLOWS.replace('every = "15m"', 'every = "7h"') + NIGHT,
        PLAIN.replace('page = ["person:ops"]', 'page = ["on-call:platform", "lead:payments"]') + NIGHT,
        PLAIN + DRAGS_ON + NIGHT,
        FOLLOWS + DRAGS_ON + INVOLVED + NIGHT,
        PLAIN + OFFICE_ONLY + NIGHT,
        PLAIN + CHAIN,
        FOLLOWS + NUDGES + CHAIN + NIGHT,
        NO_FALLBACK + NIGHT,
        WEEKDAY_LEVEL + AT_HOURS,
    ],
    ids=[
        "a-person", "a-schedule", "a-schedule-with-gaps", "seldom", "a-team", "a-rule-again-and-again",
        "a-rule-and-teams", "a-rule-by-day", "rules-in-a-chain", "a-nudge-expires", "no-fallback",
        "held-levels",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "at", mostly_long(["2026-11-23T10:00:00", "2026-11-29T03:00:00"], "2026-11-29T03:00:00")
)
@pytest.mark.long
def test_whoever_is_reached_within_four_days_is_found_at_the_very_instant(
    tmp_path: Path, text: str, at: str
) -> None:
    organisation = catalog(tmp_path, text)
    for severity in ("major", "critical"):
        expected = minute_by_minute(organisation, "login", severity, instant(at))
        assert first_reached(organisation, "login", severity, instant(at)) == expected


@pytest.mark.long
def test_whom_a_later_page_of_the_fallback_reaches_comes_earlier_or_later_and_is_not_gone(
    tmp_path: Path,
) -> None:
    """On Thursday at 03:00 the fallback has Dan until its handoff, then Eve, and on Friday Cara."""
    at_six, at_four = (catalog(tmp_path, FOLLOWS + NIGHT.replace("T06", hour)) for hour in ("T06", "T04"))
    night = instant("2026-11-26T03:00:00")

    def of_that_night(before: Catalog, after: Catalog) -> dict[str, tuple[Span | None, Span | None]]:
        changes = difference(before, after, NOW)
        return {
            change.person: (change.before, change.after)
            for change in changes
            if night in change.moments and (change.service, change.severity) == ("login", "major")
        }

    assert of_that_night(at_six, at_four) == {"eve": (3 * HOUR, HOUR), "cara": (27 * HOUR, 25 * HOUR)}
    assert of_that_night(at_four, at_six) == {"eve": (HOUR, 3 * HOUR), "cara": (25 * HOUR, 27 * HOUR)}


@given(nights())
@settings(max_examples=4)
@pytest.mark.long
def test_of_any_organisation_nobody_is_missed(night: Night) -> None:
    expected = minute_by_minute(night.catalog, night.services[0], night.severity, night.start)
    assert first_reached(night.catalog, night.services[0], night.severity, night.start) == expected


def test_a_long_look_ahead_costs_no_walk_through_each_of_its_rounds(tmp_path: Path) -> None:
    """Four days of a page a minute are 5,760 rounds: they are not walked."""
    often = FOLLOWS.replace('every = "15m"', 'every = "1m"') + NIGHT
    reached = first_reached(catalog(tmp_path, often), "login", "major", NOW)
    assert {"eve", "cara", "dan"} <= set(reached)
