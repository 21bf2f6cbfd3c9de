"""Rotations, overrides and schedules, written short."""

from __future__ import annotations

from datetime import datetime, time

from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import Override, Rotation, Schedule

WORKDAYS = (0, 1, 2, 3, 4)
EVERY_DAY = tuple(range(7))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def turns(members: str, start: str, every: str, hours: str | None = None, source: str = "") -> Rotation:
    """`turns("ana bo", "2026-01-05T09:00", "1 w")`"""
    count, unit = every.split()
    return Rotation(tuple(members.split()), local(start), int(count), unit, hours, source)


def in_zone(timezone: str, *layers: Rotation | Override) -> Schedule:
    return Schedule(
        "identity-primary",
        timezone,
        tuple(layer for layer in layers if isinstance(layer, Rotation)),
        tuple(layer for layer in layers if isinstance(layer, Override)),
        "catalog.toml:7",
    )


HOURS = {
    "office": Hours("office", "Europe/London", WORKDAYS, time(9), time(17, 30)),
    "night": Hours("night", "Europe/London", EVERY_DAY, time(22), time(2)),
    "always": Hours("always", "Europe/London", EVERY_DAY, time(0), time(0)),
    "never": Hours("never", "Europe/London", (), time(0), time(0)),
    "abroad": Hours("abroad", "America/St_Johns", (5, 6), time(22, 15), time(2, 15)),
    "edge": Hours(
        "edge", "Europe/Berlin", EVERY_DAY, time(2, 30), time(2, 30), (datetime(2026, 10, 24).date(),)
    ),
}
