"""Durations as people write them (`90s`, `15m`, `1h30m`, `2d`, `1w`) and instants as the core counts them.

An `Instant` is an integer: microseconds since 1970-01-01T00:00:00Z. A `Span` is an integer too:
elapsed microseconds. Elapsed time is added to instants only, never to wall-clock times.
"""

from __future__ import annotations

import re

Instant = int
Span = int

SECOND: Span = 1_000_000
MINUTE: Span = 60 * SECOND
HOUR: Span = 60 * MINUTE
DAY: Span = 24 * HOUR
WEEK: Span = 7 * DAY

_UNITS = {"w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
_SHAPE = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_LONGEST = 3650 * DAY


class NotADuration(ValueError):
    """The text names no duration: what is wrong with it, and what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}: {hint}" if hint else message)
        self.message, self.hint = message, hint


def parse_duration(text: str) -> Span:
    """The span that `text` names, in microseconds, or `NotADuration`.

    Units go from large to small, each at most once: `1w2d3h4m5s`. A bare number is refused, since
    nobody can know its unit.
    """
    shown = text if len(text) <= 40 else text[:40] + "…"
    tight = text.replace(" ", "").lower() if isinstance(text, str) else ""
    if tight.isascii() and tight.isdigit():
        raise NotADuration(f'"{shown}" has no unit', f'write "{shown}s", "{shown}m" or "{shown}h"')
    match = _SHAPE.fullmatch(tight)
    if not tight or match is None or len(tight) > 40:
        raise NotADuration(
            f'"{shown}" is not a duration', 'write it like "90s", "15m", "1h30m", "2d" or "1w"'
        )
    total = sum(
        int(count) * unit for count, unit in zip(match.groups(), _UNITS.values(), strict=True) if count
    )
    if total > _LONGEST:
        raise NotADuration(f'"{shown}" is longer than ten years')
    return total


def duration_parts(span: Span) -> list[tuple[int, str]]:
    """`span` in numbers and units, the largest first, rounded to seconds: 1 h, 30 m; 0 s. The first number
    has the sign.
    """
    seconds = round(abs(span) / SECOND)
    parts: list[tuple[int, str]] = []
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size // SECOND)
        if count:
            parts.append((-count if span < 0 and not parts else count, unit))
    return parts or [(0, "s")]


def show_duration(span: Span) -> str:
    """`span` as a person writes it, rounded to seconds: `1h30m`, `45s`, `0s`."""
    return "".join(f"{count}{unit}" for count, unit in duration_parts(span))


def show_about(span: Span) -> str:
    """`span` in its two largest units, for reading at a glance: `3h12m`, `2d4h`, `41s`."""
    return "".join(f"{count}{unit}" for count, unit in duration_parts(span)[:2])
