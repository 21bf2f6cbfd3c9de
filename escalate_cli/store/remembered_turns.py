"""What the database remembers about turns that an edited configuration has taken from somebody.

As long as such a turn would last, its schedule is compared with the configuration from before the
edit, however often it is edited meanwhile. So an edit that gives the turn back is no finding. And
when a pass adopts the edit, `check` does not forget it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import NamedTuple

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.codec import decode
from escalate_cli.core.organisation.turns import TakenTurn, message_of, taken_turns
from escalate_cli.store.ledger import Ledger

_FACT = "turns_taken"


class Before(NamedTuple):
    """What a schedule is compared with: the configuration from before the edit, when the edit was
    noticed, whether a pass has reported it, and until when the turn would have lasted.
    """

    version: str
    at: Instant
    told: bool = False
    until: Instant | None = None


def turns_taken(ledger: Ledger, catalog: Catalog, now: Instant) -> dict[str, tuple[Before, list[TakenTurn]]]:
    """The turns under way that `catalog` takes from somebody, by schedule. Writes nothing. What
    cannot be compared is left out, such as a configuration that cannot be read any more or an
    unknown zone: paging never waits for this, and such things have findings of their own.
    """
    known = _remembered(ledger)
    last = ledger.last_version
    taken_by_schedule: dict[str, tuple[Before, list[TakenTurn]]] = {}
    catalogs: dict[str, Catalog | None] = {}
    for schedule in catalog.schedules:
        before = known.get(schedule)
        if before is not None and before.until is not None and before.until <= now:
            before = None
        if before is None and last is not None and last != catalog.version:
            before = Before(last, now)
        if before is None:
            continue
        if before.version not in catalogs:
            catalogs[before.version] = _catalog(ledger, before.version)
        old = catalogs[before.version]
        with suppress(Exception):
            taken = [] if old is None else taken_turns(old, catalog, schedule, before.at, now)
            if taken:
                ends = [turn.until for turn in taken]
                until = None if None in ends else max(end for end in ends if end is not None)
                taken_by_schedule[schedule] = before._replace(until=until), taken
    return taken_by_schedule


def note_taken(ledger: Ledger, catalog: Catalog, now: Instant) -> None:
    """Remember what `catalog`, which is about to be adopted, takes from whom. Inside a transaction."""
    _remember(
        ledger, {schedule: before for schedule, (before, _) in turns_taken(ledger, catalog, now).items()}
    )


def say_taken(ledger: Ledger, catalog: Catalog, now: Instant) -> list[str]:
    """The lines about taken turns that no pass has reported yet. From now on they count as
    reported. Inside a transaction.
    """
    known = _remembered(ledger)
    if all(before.told for before in known.values()):
        return []
    taken_by_schedule = turns_taken(ledger, catalog, now)
    _remember(
        ledger, {schedule: before._replace(told=True) for schedule, (before, _) in taken_by_schedule.items()}
    )
    lines = []
    for before, taken in taken_by_schedule.values():
        for turn in [] if before.told else taken:
            message, hint = message_of(turn, catalog, now)
            lines.append(f"warning: {turn.source}: {message}; {hint}")
    return lines


def anything_to_say(ledger: Ledger) -> bool:
    """Whether `say_taken` may have something to report: a quick look, before a transaction is begun."""
    return any(not before.told for before in _remembered(ledger).values())


def _catalog(ledger: Ledger, version: str) -> Catalog | None:
    document = ledger.configuration(version)
    with suppress(ValueError):
        return None if document is None else decode(document)
    return None


def _remembered(ledger: Ledger) -> dict[str, Before]:
    with suppress(ValueError, TypeError, AttributeError):
        value = ledger.fact(_FACT)
        remembered = {name: Before(*before) for name, before in json.loads(value).items()} if value else {}
        if all(
            isinstance(before.version, str)
            and type(before.at) is int
            and type(before.until) in (int, type(None))
            for before in remembered.values()
        ):
            return remembered
    return {}


def _remember(ledger: Ledger, known: dict[str, Before]) -> None:
    if known or ledger.fact(_FACT):
        ledger.remember(
            _FACT, json.dumps({name: list(before) for name, before in known.items()}) if known else ""
        )
