"""The days of the week, from Monday (0) to Sunday (6)."""

from __future__ import annotations

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

DAYS = tuple(name[:3] for name in WEEKDAYS)
"""as the configuration writes them: mon, tue, …"""


def weekday(word: str) -> int | None:
    """The day whose name begins with the word, of three letters at least: "mon", "tues", "sunday"."""
    matching = [day for day, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    return matching[0] if matching else None
