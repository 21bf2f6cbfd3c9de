"""What a lesson is made of: a proposal, the incidents behind it, the TOML to change."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant, Span
from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Level
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.insight.lessons.amending import Amendment, Texts
from escalate_cli.insight.lessons.chance import stands_out

LEAST = 3
"""no proposal without so many incidents behind it"""


class Backing(msgspec.Struct, frozen=True):
    """The cases that support a proposal: `count` of the `of` in which it could have shown, and the
    incidents that they belong to.
    """

    incidents: tuple[int, ...]
    count: int
    of: int

    @classmethod
    def by(cls, records: Sequence[Record], of: int) -> Backing:
        """A case for each of these records; one that stands there twice counts twice."""
        return cls(incident_ids(records), len(records), of)

    def stands_out(self, share: float, rate: float, looks: int) -> bool:
        """Whether there are enough incidents, at least this share of all cases, and more than
        chance would bring at this rate with so many looks.
        """
        enough = len(self.incidents) >= LEAST and self.count >= share * self.of
        return enough and stands_out(self.count, self.of, rate, looks)


class Proposal(msgspec.Struct, frozen=True):
    """Something to change, and what speaks for it."""

    code: str
    title: str
    evidence: str
    backing: Backing
    changes: tuple[Amendment, ...] = ()
    remark: str = ""
    """what to do when no line of the configuration can help; or what to watch out for"""
    service: str | None = None
    team: str | None = None
    person: str | None = None
    policy: str | None = None
    level: int | None = None
    rule: str | None = None
    gateway: str | None = None
    keyword: str | None = None

    @property
    def incidents(self) -> tuple[int, ...]:
        """The ids of the incidents that speak for it, in order."""
        return self.backing.incidents

    @property
    def count(self) -> int:
        """In how many cases it showed."""
        return self.backing.count

    @property
    def of(self) -> int:
        """In how many cases it could have shown."""
        return self.backing.of


class Past(msgspec.Struct, frozen=True):
    """What the lessons are drawn from: the records, the configuration as it is compiled and as it
    is written.
    """

    records: Sequence[Record]
    catalog: Catalog
    texts: Texts
    until: Instant | None = None
    """now; else the last declaration"""
    then: Callable[[str], Catalog | None] = lambda version: None
    """the configuration with a version, as far as it was kept"""

    @property
    def length(self) -> Span:
        """From the first declaration until now."""
        if not self.records:
            return 0
        until = self.until if self.until is not None else self.records[-1].declared_at
        return max(0, until - self.records[0].declared_at)

    def level(self, record: Record, policy: str | None, number: int) -> Level | None:
        """The level with this number, if the policy has it and it was the same when the incident
        began; another one teaches nothing.
        """
        now = _level(self.catalog, policy, number)
        if record.config_version in ("", self.catalog.version):
            return now
        was = self.then(record.config_version)
        if was is None or now is None:
            return now
        before = _level(was, policy, number)
        if before is None:
            return None
        same = (before.notify, before.when, before.during) == (now.notify, now.when, now.during)
        return now if same else None

    def team(self, team: str) -> str:
        """The name of a team."""
        return self.catalog.team_name(team)

    def service(self, service: str) -> str:
        """The name of a service."""
        return self.catalog.service_name(service)

    def person(self, person: str) -> str:
        """The name of a person."""
        return self.catalog.name_of(Recipient.person(person))


def _level(catalog: Catalog, policy: str | None, number: int) -> Level | None:
    known = catalog.policies.get(policy or "")
    return known.levels[number - 1] if known is not None and 0 < number <= len(known.levels) else None


def incident_ids(records: Sequence[Record]) -> tuple[int, ...]:
    """The ids of the incidents, each once, in order."""
    return tuple(sorted({record.id for record in records}))


def handy(span: Span) -> Span:
    """`span` rounded up to a wait that somebody would write: half minutes up to five minutes, then
    minutes, then five minutes.
    """
    unit = 30 * SECOND if span <= 5 * MINUTE else MINUTE if span <= 20 * MINUTE else 5 * MINUTE
    return max(unit, math.ceil(span / unit) * unit)
