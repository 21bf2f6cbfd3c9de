"""The figures that a report consists of: their shapes. `statistics.py` counts them.

Spans are microseconds. Nights are 22:00–7:00, weekends Saturday and Sunday, both in the zone of the
person who is paged.
"""

from __future__ import annotations

from datetime import date

import msgspec

from escalate_cli.core.calendar.duration import Span
from escalate_cli.core.incident.record import WayAnswered

NIGHT_FROM, NIGHT_UNTIL = 22, 7
NOT_PAGED = "not paged"
"""acknowledged by people who had not been paged"""
OTHERWISE = "otherwise"
"""acknowledged by people who had been paged, but at no level of the team: for another team, by the
fallback, a rule, or hand
"""


NOT_TOLD = "unknown"
"""the gateway of pages in a history that was imported: nothing is known of how they were answered"""


class Spread(msgspec.Struct, frozen=True):
    """`count` spans, their median and the value that nine of ten stay under; None where there are none."""

    count: int
    median: Span | None
    p90: Span | None


class Times(msgspec.Struct, frozen=True):
    """From the declaration to the first page to a person, to the first acknowledgement, to the end."""

    incidents: int
    page: Spread
    acknowledge: Spread
    resolve: Spread


class LevelFigures(msgspec.Struct, frozen=True):
    """A level of a team: how often it was paged, acknowledged by somebody it reached, or followed
    by the next level. The rest ended otherwise, before the wait was over. `answer` is how long
    those who acknowledged took, counted from their page.
    """

    team: str
    level: int
    paged: int
    answered: int
    unanswered: int
    answer: Spread


class RuleFigures(msgspec.Struct, frozen=True):
    """What became of the nudges of a rule."""

    rule: str
    accepted: int
    declined: int
    expired: int
    open: int

    @property
    def asked(self) -> int:
        """How many nudges there were."""
        return self.accepted + self.declined + self.expired + self.open


class GatewayFigures(msgspec.Struct, frozen=True):
    """Messages through a gateway: `tried` at least once, `sent`, `failed` for good, `retried` (more
    than one attempt), and the causes of failures, the most frequent first."""

    gateway: str
    tried: int
    sent: int
    failed: int
    retried: int
    causes: tuple[tuple[str, int], ...]


class AnswerFigures(msgspec.Struct, frozen=True):
    """Pages through a gateway, one for each paging of a person by it; the acknowledgements that it
    brought (`TracedAck.gateway`), and how long they took from the page.
    """

    gateway: str
    pages: int
    acknowledged: int
    answer: Spread


class PersonFigures(msgspec.Struct, frozen=True):
    """Pages of a person, however many messages each took: in all, at night, on weekends, and at
    either (a night on a weekend counts once). Also in how many incidents, how many they
    acknowledged, and the messages that paged them.
    """

    person: str
    pages: int
    night: int
    weekend: int
    off_hours: int
    incidents: int
    acknowledged: int
    messages: int = 0


class WeekFigures(msgspec.Struct, frozen=True):
    """The week that begins on the Monday `start`, in the organisation's zone: incidents declared,
    and how soon they were acknowledged.
    """

    start: date
    incidents: int
    acknowledge: Spread


class Report(msgspec.Struct, frozen=True):
    """Everything that `report` shows."""

    times: Times
    by_severity: tuple[tuple[str, Times], ...]
    by_team: tuple[tuple[str, Times], ...]
    running: int
    """of the incidents, those that are not resolved"""
    never_paged: int
    """incidents in which no page reached a person"""
    never_acknowledged: int
    acks_by_level: tuple[tuple[str, int], ...]
    acks_by_gateway: tuple[tuple[str, int], ...]
    acks_by_team: tuple[tuple[str, int], ...]
    reached: tuple[tuple[str, int], ...]
    """incidents by the highest level paged: "1", "2", …, "fallback", and "none" """
    levels: tuple[LevelFigures, ...]
    rerouted: tuple[tuple[str, str, int], ...]
    """(from team, to team, incidents)"""
    teams_added: tuple[tuple[str, int], ...]
    raised: tuple[tuple[str, str, int], ...]
    """(from severity, to severity, incidents), by the first and the highest severity of the incident"""
    nudges: tuple[RuleFigures, ...]
    gateways: tuple[GatewayFigures, ...]
    people: tuple[PersonFigures, ...]
    weeks: tuple[WeekFigures, ...]
    hours: tuple[tuple[int, ...], ...]
    """pagings of people by weekday (Monday first) and hour of the day, in the organisation's zone"""
    acks_by_way: tuple[tuple[WayAnswered, int], ...] = ()
    """how they acknowledged; `core.wording.ways` says it"""
    answer_by_gateway: tuple[AnswerFigures, ...] = ()
    """every gateway that paged somebody, also those that nobody answered"""
    answer_by_way: tuple[tuple[WayAnswered, Spread], ...] = ()
    """from the page of somebody until they acknowledged, by how they did"""
    not_yet_acknowledged: int = 0
    """of those never acknowledged, those that still run: somebody may yet"""
