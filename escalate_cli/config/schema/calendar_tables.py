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
from escalate_cli.config.schema.vocabulary import HoursRef, PersonRef, PositiveSpan, ServiceRef, Text


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

    person: PersonRef
    start: LocalTime = Field(alias="from")
    until: Annotated[LocalTime, AfterValidator(after_start)]


class ScheduleTable(TomlTable):
    """Who is on call when."""

    timezone: Zone | None = None
    rotations: list[RotationTable] = []
    overrides: list[OverrideTable] = []


class HoursTable(TomlTable):
    """Weekly hours in a zone; past midnight when `to` is not after `from`."""

    timezone: Zone | None = None
    days: Annotated[list[Day], AfterValidator(some_days)]
    start: ClockTime = Field(alias="from")
    until: ClockTime = Field(alias="to")
    except_days: list[date] = Field(
        default=[], alias="except", description="dates on which these hours do not apply"
    )


class MaintenanceTable(TomlTable):
    """A planned maintenance: while it lasts, incidents on these services are recorded and page nobody."""

    services: list[ServiceRef] = Field(min_length=1, description="the services that page nobody")
    start: LocalTime = Field(description="local time of its beginning, in the organisation's time zone")
    span: PositiveSpan = Field(alias="for", description="how long it lasts")
    every: Annotated[Every | None, AfterValidator(ends_before_the_next)] = Field(
        default=None, description="comes again: 1d, 1w, 1 months; once otherwise"
    )
    reason: Text | None = Field(default=None, description="why, for people who look")
