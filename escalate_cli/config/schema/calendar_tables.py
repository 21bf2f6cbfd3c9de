"""The tables of times: who is on call when, weekly hours, planned maintenances.

Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field  # noqa: TID253

from escalate_cli.config.schema.moments import (
    ClockTime,
    Day,
    Every,
    LocalTime,
    Zone,
    after_start,
    ends_before_the_next,
    some_days,
    some_members,
)
from escalate_cli.config.schema.table import TomlTable
from escalate_cli.config.schema.vocabulary import HoursRef, PersonRef, PlainText, PositiveSpan, ServiceRef


class RotationTable(TomlTable):
    """People taking turns; later rotations win over earlier ones where they apply."""

    members: Annotated[list[PersonRef], AfterValidator(some_members)] = Field(
        description="in the order of their turns"
    )
    start: LocalTime = Field(description="local time of the first handoff")
    every: Every = Field(description="how long a turn lasts: N d, w or months")
    hours: HoursRef | None = Field(default=None, description="applies only within these hours")


class OverrideTable(TomlTable):
    """Someone takes the schedule for a while."""

    person: PersonRef = Field(description="who takes it")
    start: LocalTime = Field(alias="from", description="local time")
    until: Annotated[LocalTime, AfterValidator(after_start)] = Field(description="local time, not included")


class ScheduleTable(TomlTable):
    """Who is on call when."""

    timezone: Zone | None = Field(default=None, description="[settings].timezone otherwise")
    rotations: list[RotationTable] = Field(
        default=[], description="later ones win over earlier ones where they apply"
    )
    overrides: list[OverrideTable] = Field(
        default=[], description="win over all rotations; `escalate override` appends them"
    )


class HoursTable(TomlTable):
    """Weekly hours in a zone; past midnight when `to` is not after `from`."""

    timezone: Zone | None = Field(default=None, description="[settings].timezone otherwise")
    days: Annotated[list[Day], AfterValidator(some_days)] = Field(description="days on which they begin")
    start: ClockTime = Field(alias="from", description="when they begin")
    until: ClockTime = Field(alias="to", description="when they end; not after `from`: past midnight")
    except_days: list[date] = Field(
        default=[],
        alias="except",
        description="dates on which they do not apply; past midnight: do not begin",
    )


class MaintenanceTable(TomlTable):
    """A planned maintenance: while it lasts, incidents on these services are recorded and page nobody."""

    services: list[ServiceRef] = Field(min_length=1, description="the services that page nobody")
    start: LocalTime = Field(description="local time of its beginning, in the organisation's time zone")
    span: PositiveSpan = Field(alias="for", description="how long it lasts; shorter than `every`")
    every: Annotated[Every | None, AfterValidator(ends_before_the_next)] = Field(
        default=None, description="comes again: 1d, 1w, 1 months; once otherwise"
    )
    reason: PlainText | None = Field(default=None, description="why, for people who look")
