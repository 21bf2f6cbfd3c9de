"""PastIncident incidents from a file: every row is checked, every problem told, and then all of
them are stored or none.

What is stored is over: nothing of it is due, nobody is paged, and it counts against nobody's
`[limits]`. The label `imported` holds a row's identity (its `id`, else a digest of what it says),
so that importing it again adds nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from escalate_cli.actions.lookup import find
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE, Instant, parse_duration
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog, Person
from escalate_cli.errors import Unknown, UsageProblem
from escalate_cli.importers.history.file import LABEL, Fault, Row
from escalate_cli.importers.history.past import situation_of
from escalate_cli.importers.history.past_incident import Paged, PastIncident
from escalate_cli.importers.history.times import HOW_TO_WRITE_TIMES, NotATime, past_instant, shown
from escalate_cli.insight.document import IMPORTED

_PAGED = re.compile(r"(.+?)\s*(?:@\s*(\d{1,2}))?\s*(?:\+\s*(\d[\dwdhms]*))?", re.ASCII | re.DOTALL)
"""somebody, perhaps an address such as +447700900123 or ana+oncall@example.com, their level, the
time after the first page
"""
_LONGEST_ID = 200
_LONGEST_TEXT = 1_000_000
_MOST_TOLD = 1000
"""lines that people get; JSON has them all"""
_LONGEST_TITLE = 120
"""characters of a title that is made from a message"""
_AHEAD = MINUTE
"""so far another machine's clock may be ahead"""


class FaultyHistory(UsageProblem):
    """The file cannot be taken as it is; every problem is told, in the order of the file."""

    code = "bad-history"

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        many = "a problem" if len(faults) == 1 else f"{len(faults):,} problems"
        kept = any("--keep-unknown" in fault.hint for fault in faults)
        more = "; or take what the configuration does not know as it is: --keep-unknown" if kept else ""
        super().__init__(
            f"{file} has {many}; nothing was imported", f"put that right and import it again{more}"
        )
        faults = sorted(faults, key=_number)
        told = [_line(file, fault) for fault in faults[:_MOST_TOLD]]
        self.details = (
            *told,
            *([f"… and {len(faults) - len(told):,} more"] if len(faults) > len(told) else []),
        )
        problems = [
            {
                "where": fault.where or None,
                "column": fault.column,
                "message": fault.message,
                "hint": fault.hint or None,
            }
            for fault in faults
        ]
        self.more = {"problems": problems}


def _number(fault: Fault) -> int:
    return int("".join(filter(str.isdigit, fault.where)) or 0)


def _line(file: str, fault: Fault) -> str:
    """`history.csv:12: resolved_at: it is before declared_at; hint`, with as much of the place as
    there is.
    """
    number = fault.where.removeprefix("line ")
    place = f"{file}:{number}" if number.isdigit() else f"{file}: {fault.where}" if fault.where else file
    column = f"{fault.column}: " if fault.column else ""
    hint = f"; {fault.hint}" if fault.hint else ""
    return f"{place}: {column}{fault.message}{hint}"


# ── checking ──────────────────────────────────────────────────────────────────────────


def check(
    rows: Sequence[Row], catalog: Catalog, now: Instant, *, keep_unknown: bool = False
) -> tuple[list[PastIncident], list[Fault]]:
    """The past incidents that these rows tell of, oldest first, and everything that is wrong with them."""
    reader = _Reader(catalog, now, keep_unknown)
    pasts = [past for row in rows if (past := reader.past(row)) is not None]
    return sorted(pasts, key=lambda past: past.declared_at), reader.faults


class _Reader:
    """Reads rows one after the other; faults gather in `faults`."""

    def __init__(self, catalog: Catalog, now: Instant, keep_unknown: bool) -> None:
        self.catalog = catalog
        self.now = now
        self.keep_unknown = keep_unknown
        self.faults: list[Fault] = []
        self._row = Row("", {})
        self._seen: dict[str, str] = {}
        self._found: dict[tuple[str, str], str | Unknown] = {}

    def past(self, row: Row) -> PastIncident | None:
        """The incident of this row; None when something is wrong with it."""
        before, self._row = len(self.faults), row
        for column, text in row.cells.items():
            if len(text) > _LONGEST_TEXT:
                self._fault(
                    column, f"it has {len(text):,} characters", f"at most {_LONGEST_TEXT:,} are taken"
                )
        title = self._title()
        services = self._several("service")
        declared_at = self._time("declared_at")
        if "service" not in row.cells:
            self._fault("service", "it is empty", "say which service it was in the end")
        if declared_at is None and "declared_at" not in row.cells:
            self._fault("declared_at", "it is empty", HOW_TO_WRITE_TIMES)
        past = PastIncident(
            identity=self._identity(title, services, declared_at),
            title=title,
            message=row.cells.get("message"),
            severity=self._known("severity", "severity") or self.catalog.settings.default_severity,
            first_severity=self._known("first_severity", "severity"),
            severity_changed_at=self._time("severity_changed_at"),
            services=services,
            first_services=self._several("first_service"),
            rerouted_at=self._time("rerouted_at"),
            team=self._known("team", "team"),
            declared_at=declared_at or 0,
            declared_by=self._reporter(),
            first_paged_at=self._time("first_paged_at"),
            paged=self._paged(),
            gateway=self._known("gateway", "gateway"),
            acknowledged_at=self._time("acknowledged_at"),
            acknowledged_by=self._known("acknowledged_by", "person"),
            acknowledged_level=self._level(),
            resolved_at=self._time("resolved_at"),
            labels=self._labels(),
        )
        if declared_at is not None:
            self._in_order(past)
        self._complete()
        return past if len(self.faults) == before else None

    def _fault(self, column: str | None, message: str, hint: str = "") -> None:
        self.faults.append(Fault(self._row.where, column, message, hint))

    def _title(self) -> str:
        title = self._row.cells.get("title")
        message = self._row.cells.get("message", "")
        if title is None and not message:
            self._fault("title", "it is empty, and there is no message", "say in a few words what was broken")
        return title.strip() if title is not None else message.strip().split("\n")[0][:_LONGEST_TITLE].strip()

    def _time(self, column: str) -> Instant | None:
        text = self._row.cells.get(column)
        if text is None:
            return None
        try:
            at = past_instant(text, self.catalog.settings.timezone)
        except NotATime as problem:
            self._fault(column, problem.message, problem.hint)
            return None
        if at > self.now + _AHEAD:
            self._fault(
                column,
                f"{shown(text)} is still to come",
                "history is over; declare what is going on with `escalate declare`",
            )
            return None
        return at

    def _known(self, column: str, kind: str, text: str | None = None) -> str | None:
        """The id that a cell, or this part of it, means."""
        word = (text if text is not None else self._row.cells.get(column, "")).strip()
        if not word:
            return None
        if (kind, word) not in self._found:
            self._found[kind, word] = self._look_up(kind, word)
        meant = self._found[kind, word]
        if isinstance(meant, str):
            return meant
        if self.keep_unknown:
            return word
        self._fault(column, meant.message, f"{meant.hint} (--keep-unknown takes it as it is)")
        return None

    def _look_up(self, kind: str, word: str) -> str | Unknown:
        things: Any = {
            "service": self.catalog.services,
            "team": self.catalog.teams,
            "person": self.catalog.people,
            "gateway": self.catalog.gateways,
            "severity": {severity.id: severity for severity in self.catalog.severities},
        }[kind]
        person = self.catalog.person_by_login(word) or self._by_address(word) if kind == "person" else None
        try:
            return person.id if person else str(find(kind, word, things).id)
        except Unknown as problem:
            return problem

    def _by_address(self, word: str) -> Person | None:
        """Other tools know people by their mail addresses: the one person who has this address."""
        people = [
            person
            for person in self.catalog.people.values()
            if word.casefold() in map(str.casefold, person.contact.values())
        ]
        return people[0] if len(people) == 1 else None

    def _several(self, column: str) -> tuple[str, ...]:
        parts = (part for part in self._row.cells.get(column, "").split(";") if part.strip())
        services = (self._known(column, "service", part) for part in parts)
        return tuple(dict.fromkeys(service for service in services if service is not None))

    def _reporter(self) -> str | None:
        """A person where one is meant, any other name as it is."""
        name = self._row.cells.get("declared_by", "").strip()
        person = self.catalog.people.get(name) or self.catalog.person_by_login(name)
        return person.id if person else name or None

    def _paged(self) -> tuple[Paged, ...]:
        people = []
        for part in self._row.cells.get("paged", "").split(";"):
            match = _PAGED.fullmatch(" ".join(part.split()))
            if match is None:  # nothing between two semicolons
                continue
            person = self._known("paged", "person", match[1])
            level = int(match[2]) if match[2] else None
            if level == 0:
                self._fault("paged", f"{shown(part)}: levels count from 1", "write it like ana@1;bo@2")
            after = None
            if match[3]:
                try:
                    after = parse_duration(match[3])
                except ValueError as problem:
                    self._fault(
                        "paged", str(problem), "write it like bo@2+6m: six minutes after the first page"
                    )
            if after is not None and (level or 1) == 1 and "first_service" not in self._row.cells:
                self._fault(
                    "paged",
                    f"{shown(part)}: level 1 is paged at first_paged_at",
                    "a time belongs to a later level: bo@2+6m",
                )
            if person is not None:
                people.append(Paged(person, level, after))
        return tuple(people)

    def _level(self) -> int | None:
        text = self._row.cells.get("acknowledged_level", "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= 99):
            self._fault("acknowledged_level", f"{shown(text)} is no level", "write a number from 1 to 99")
            return None
        return int(text)

    def _labels(self) -> dict[str, str]:
        labels = {
            name[len(LABEL) :]: text for name, text in self._row.cells.items() if name.startswith(LABEL)
        }
        if IMPORTED in labels:
            self._fault(
                f"{LABEL}{IMPORTED}",
                "this label says that an incident was imported, and as what",
                "call it something else",
            )
        return labels

    def _in_order(self, past: PastIncident) -> None:
        """Nothing is before the declaration, and nothing after the end."""
        zone = self.catalog.settings.timezone
        for column in (
            "severity_changed_at",
            "rerouted_at",
            "first_paged_at",
            "acknowledged_at",
            "resolved_at",
        ):
            at = getattr(past, column)
            if at is None:
                continue
            if at < past.declared_at:
                told = (
                    f"{local_time(at, zone)} is before declared_at, {local_time(past.declared_at, zone)}"
                    f" ({zone})"
                )
                self._fault(
                    column, told, "look at the offsets; times without one are in the organisation's time zone"
                )
            elif past.resolved_at is not None and at > past.resolved_at:
                told = (
                    f"{local_time(at, zone)} is after resolved_at, {local_time(past.resolved_at, zone)}"
                    f" ({zone})"
                )
                self._fault(
                    column, told, "look at the offsets; times without one are in the organisation's time zone"
                )

        for paged in past.paged:
            at = (past.first_paged_at or 0) + (paged.after or 0)
            if paged.after is not None and at > (past.resolved_at or self.now):
                self._fault(
                    "paged",
                    f"{paged.person} would have been paged after it was over",
                    "the time counts from first_paged_at",
                )

    def _complete(self) -> None:
        """What belongs together is there together."""
        cells = self._row.cells
        if "acknowledged_at" not in cells:
            for column in ("acknowledged_by", "acknowledged_level"):
                if column in cells:
                    self._fault(column, "there is no acknowledged_at", "say when, or leave it empty")
        if "first_paged_at" not in cells:
            for column in ("paged", "gateway", "acknowledged_level"):
                if column in cells:
                    hint = "say when (declared_at, if pages went out at once), or leave it empty"
                    self._fault(column, "there is no first_paged_at", hint)
        if "acknowledged_level" in cells and "acknowledged_by" not in cells:
            self._fault("acknowledged_level", "there is no acknowledged_by", "say who, or leave it empty")
        for column, first in (("rerouted_at", "first_service"), ("severity_changed_at", "first_severity")):
            if column in cells and first not in cells:
                self._fault(
                    column, f"there is no {first}", f"say what it was before in {first}, or leave it empty"
                )

    def _identity(self, title: str, services: tuple[str, ...], declared_at: Instant | None) -> str:
        """Its id, else a digest; no other row has it."""
        own = self._row.cells.get("id", "").strip()
        if len(own) > _LONGEST_ID:
            self._fault("id", f"it has {len(own):,} characters", f"at most {_LONGEST_ID} are taken")
        if not own and not (title and services and declared_at):
            return ""  # told already
        identity = own or _digest(title, services, declared_at)
        other = self._seen.setdefault(identity, self._row.where)
        if other is not self._row.where:
            message = (
                f"{shown(own)} is the id of {other} as well"
                if own
                else f"it says the same as {other}: title, services and time"
            )
            self._fault(
                "id" if own else None,
                message,
                "give each incident an id of its own" if own else "leave one out, or give them ids",
            )
        return identity


def _digest(title: str, services: tuple[str, ...], declared_at: Instant | None) -> str:
    text = "\0".join((title, *services, str(declared_at)))
    return f"row-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


# ── storing ───────────────────────────────────────────────────────────────────────────


class Brought(msgspec.Struct, frozen=True):
    """What an import has done: the ids of the new incidents, and how many were there before."""

    new: tuple[int, ...]
    already_there: int


def bring_in(context: Context, pasts: Sequence[PastIncident], catalog: Catalog) -> Brought:
    """Store those that are not there yet, in one transaction."""
    situations = context.store.situations
    there = situations.with_label(IMPORTED)
    ready = [(past.identity, situation_of(past, catalog)) for past in pasts if past.identity not in there]
    with context.store.transaction():
        there = situations.with_label(IMPORTED)  # another import may have been quicker
        new = tuple(situations.add(situation) for identity, situation in ready if identity not in there)
    return Brought(new, len(pasts) - len(new))


def already_there(context: Context, pasts: Sequence[PastIncident]) -> int:
    """How many of these have been imported before."""
    there = context.store.situations.with_label(IMPORTED)
    return sum(past.identity in there for past in pasts)
