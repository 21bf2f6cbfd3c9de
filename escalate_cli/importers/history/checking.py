"""Rows of a file of past incidents are checked: what a row means in this organisation, and everything
that is wrong with it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from escalate_cli.actions.lookup import find
from escalate_cli.core.calendar.duration import MINUTE, Instant, Span, parse_duration
from escalate_cli.core.organisation.catalog import Catalog, Gateway, Person, Service, Severity, Team
from escalate_cli.errors import Unknown
from escalate_cli.importers.history.columns import LABEL, LEFT_OUT, written_map
from escalate_cli.importers.history.consistency import inconsistencies
from escalate_cli.importers.history.past_incident import PagedPerson, PastIncident
from escalate_cli.importers.history.rows import Fault, HistoryRow
from escalate_cli.importers.history.times import (
    HOW_TO_WRITE_TIMES,
    NotATime,
    is_bare_number,
    past_instant,
    past_span,
    shown,
)
from escalate_cli.insight.document import IMPORTED

_PAGED = re.compile(r"(.+?)\s*(?:@\s*(\d{1,2}))?\s*(?:\+\s*(\d[\dwdhms]*))?", re.ASCII | re.DOTALL)
"""somebody, perhaps an address such as +447700900123 or ana+oncall@example.com, their level, the
time after the first page
"""
_LONGEST_ID = 200
_LONGEST_TEXT = 1_000_000
_LONGEST_TITLE = 120
"""characters of a title that is made from a message"""
_AHEAD = MINUTE
"""so far another machine's clock may be ahead"""


def check(
    rows: Sequence[HistoryRow],
    catalog: Catalog,
    now: Instant,
    *,
    keep_unknown: bool = False,
    severities: Mapping[str, str] | None = None,
) -> tuple[list[PastIncident], list[Fault]]:
    """The past incidents that these rows tell of, oldest first, and everything that is wrong with them.

    `severities` are words of other tools as ours (`severities.ours_of`).
    """
    reader = _Reader(catalog, now, keep_unknown, severities or {})
    pasts = [past for row in rows if (past := reader.past(row)) is not None]
    return sorted(pasts, key=lambda past: past.declared_at), reader.faults


class _Reader:
    """Reads rows one after the other; faults gather in `faults`."""

    def __init__(
        self, catalog: Catalog, now: Instant, keep_unknown: bool, severities: Mapping[str, str]
    ) -> None:
        self.catalog = catalog
        self._severities = severities
        self.now = now
        self.keep_unknown = keep_unknown
        self.faults: list[Fault] = []
        self._row = HistoryRow("", {})
        self._declared_at: Instant | None = None
        self._seen: dict[str, str] = {}
        self._meant: dict[tuple[str, str], str | Unknown] = {}
        """the id that a word means, by its kind: a file says the same names over and over"""

    def past(self, row: HistoryRow) -> PastIncident | None:
        """The incident of this row; None when something is wrong with it."""
        before, self._row = len(self.faults), row
        for column, text in row.cells.items():
            if len(text) > _LONGEST_TEXT:
                hint = f"at most {_LONGEST_TEXT:,} are taken"
                self._fault(column, f"it has {len(text):,} characters", hint)
        title, services = self._title(), self._services("service")
        declared_at = self._declared_at = self._time("declared_at")
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
            first_services=self._services("first_service"),
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
        zone = self.catalog.settings.timezone
        self.faults += inconsistencies(row, past if declared_at is not None else None, zone, self.now)
        return past if len(self.faults) == before else None

    def _fault(self, column: str | None, message: str, hint: str = "", *, is_unknown: bool = False) -> None:
        head = self._row.heads.get(column, column) if column is not None else None
        self.faults.append(Fault(self._row.where, head, message, hint, is_unknown))

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
            at = self._instant(column, text)
        except NotATime as problem:
            self._fault(column, problem.message, problem.hint)
            return None
        if at is None:  # so long after a declaration whose time is a fault already
            return None
        if at > self.now + _AHEAD:
            hint = "history is over; declare what is going on with `escalate declare`"
            self._fault(column, f"{shown(text)} is still to come", hint)
            return None
        return at

    def _instant(self, column: str, text: str) -> Instant | None:
        """A time, or how long after the declaration it was."""
        unit = self._row.units.get(column)
        span = past_span(text, unit) if unit is not None and is_bare_number(text) else None
        if span is None:
            try:
                return past_instant(text, self.catalog.settings.timezone, day_first=self._row.day_first)
            except NotATime:
                span = past_span(text, unit) if column != "declared_at" else None
                if span is None and is_bare_number(text) and column != "declared_at":
                    write = written_map(self._row.heads.get(column, column), f"{column}:minutes")
                    hint = f"say what it counts: {write}, or :seconds, :hours, :ms"
                    raise NotATime(f"{shown(text)} has no unit", hint) from None
                if span is None:
                    raise
        return self._declared_at + span if self._declared_at is not None else None

    def _known(self, column: str, kind: str, text: str | None = None) -> str | None:
        """The id that a cell, or this part of it, means."""
        word = (text if text is not None else self._row.cells.get(column, "")).strip()
        if not word:
            return None
        if (kind, word) not in self._meant:
            self._meant[kind, word] = self._look_up(kind, word)
        meant = self._meant[kind, word]
        if isinstance(meant, str):
            return meant
        if self.keep_unknown:
            return word
        head = self._row.heads.get(column)
        leave = f"; or leave the column out: {written_map(head, LEFT_OUT)}" if head is not None else ""
        hint = f"{meant.hint} (--keep-unknown takes it as it is){leave}"
        self._fault(column, meant.message, hint, is_unknown=True)
        return None

    def _look_up(self, kind: str, word: str) -> str | Unknown:
        person = self.catalog.person_by_login(word) or self._by_address(word) if kind == "person" else None
        try:
            return person.id if person else find(kind, word, self._section(kind)).id
        except Unknown as problem:
            if kind == "severity" and word.casefold() in self._severities:
                return self._severities[word.casefold()]
            first, *others = (part.strip() for part in re.split("[;,]", word, maxsplit=1))
            # of several people or teams the first was it
            several = bool(others) and bool(first) and kind in ("person", "team")
            meant = self._look_up(kind, first) if several else problem
            return meant if isinstance(meant, str) else problem

    def _section(self, kind: str) -> Mapping[str, Service | Team | Person | Gateway | Severity]:
        catalog = self.catalog
        sections: dict[str, Mapping[str, Service | Team | Person | Gateway | Severity]] = {
            "service": catalog.services,
            "team": catalog.teams,
            "person": catalog.people,
            "gateway": catalog.gateways,
            "severity": {severity.id: severity for severity in catalog.severities},
        }
        return sections[kind]

    def _by_address(self, word: str) -> Person | None:
        """Other tools know people by their mail addresses: the one person who has this address."""
        people = [
            person
            for person in self.catalog.people.values()
            if word.casefold() in map(str.casefold, person.contact.values())
        ]
        return people[0] if len(people) == 1 else None

    def _services(self, column: str) -> tuple[str, ...]:
        parts = (part for part in self._row.cells.get(column, "").split(";") if part.strip())
        services = (self._known(column, "service", part) for part in parts)
        return tuple(dict.fromkeys(service for service in services if service is not None))

    def _reporter(self) -> str | None:
        """A person where one is meant, any other name as it is."""
        name = self._row.cells.get("declared_by", "").strip()
        person = self.catalog.people.get(name) or self.catalog.person_by_login(name)
        return person.id if person else name or None

    def _paged(self) -> tuple[PagedPerson, ...]:
        paged = (self._paged_person(part) for part in self._row.cells.get("paged", "").split(";"))
        return tuple(person for person in paged if person is not None)

    def _paged_person(self, part: str) -> PagedPerson | None:
        """One of the people paged: `bo@2+6m`. None of nothing, as between two semicolons."""
        match = _PAGED.fullmatch(" ".join(part.split()))
        if match is None:
            return None
        person = self._known("paged", "person", match[1])
        level = int(match[2]) if match[2] else None
        if level == 0:
            self._fault("paged", f"{shown(part)}: levels count from 1", "write it like ana@1;bo@2")
        after = self._after(match[3]) if match[3] else None
        if after is not None and (level or 1) == 1 and "first_service" not in self._row.cells:
            message = f"{shown(part)}: level 1 is paged at first_paged_at"
            self._fault("paged", message, "a time belongs to a later level: bo@2+6m")
        return PagedPerson(person, level, after) if person is not None else None

    def _after(self, text: str) -> Span | None:
        try:
            return parse_duration(text)
        except ValueError as problem:
            self._fault("paged", str(problem), "write it like bo@2+6m: six minutes after the first page")
            return None

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
            message = "this label says that an incident was imported, and as what"
            self._fault(f"{LABEL}{IMPORTED}", message, "call it something else")
        return labels

    def _identity(self, title: str, services: tuple[str, ...], declared_at: Instant | None) -> str:
        """Its id, else a digest; no other row has it."""
        own = self._row.cells.get("id", "").strip()
        if len(own) > _LONGEST_ID:
            self._fault("id", f"it has {len(own):,} characters", f"at most {_LONGEST_ID} are taken")
        if not own and not (title and services and declared_at):
            return ""  # told already
        identity = own or _digest(title, services, declared_at)
        other = self._seen.setdefault(identity, self._row.where)
        if other is not self._row.where and own:
            message = f"{shown(own)} is the id of {other} as well"
            self._fault("id", message, "give each incident an id of its own")
        elif other is not self._row.where:
            message = f"it says the same as {other}: title, services and time"
            self._fault(None, message, "leave one out, or give them ids")
        return identity


def _digest(title: str, services: tuple[str, ...], declared_at: Instant | None) -> str:
    text = "\0".join((title, *services, str(declared_at)))
    return f"row-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
