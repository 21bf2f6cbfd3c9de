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


def parse_duration(text: str) -> Span:
    """The span that `text` names, in microseconds; `ValueError` says what is wrong with it and what
    to write instead.

    Units go from large to small, each at most once: `1w2d3h4m5s`. A bare number is refused, since
    nobody can know its unit.
    """
    shown = text if len(text) <= 40 else text[:40] + "…"
    tight = text.replace(" ", "").lower() if isinstance(text, str) else ""
    if tight.isascii() and tight.isdigit():
        raise ValueError(f'"{shown}" has no unit: write "{shown}s", "{shown}m" or "{shown}h"')
    match = _SHAPE.fullmatch(tight)
    if not tight or match is None or len(tight) > 40:
        raise ValueError(f'"{shown}" is not a duration: write it like "90s", "15m", "1h30m", "2d" or "1w"')
    total = sum(
        int(count) * unit for count, unit in zip(match.groups(), _UNITS.values(), strict=True) if count
    )
    if total > _LONGEST:
        raise ValueError(f'"{shown}" is longer than ten years')
    return total


def show_duration(span: Span) -> str:
    """`span` as a person writes it, rounded to seconds: `1h30m`, `45s`, `0s`."""
    seconds = round(abs(span) / SECOND)
    parts = []
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size // SECOND)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if span < 0 and parts else "") + ("".join(parts) or "0s")


def show_about(span: Span) -> str:
    """`span` in its two largest units, for reading at a glance: `3h12m`, `2d4h`, `41s`."""
    text = show_duration(span)
    return "".join(re.findall(r"\d+[wdhms]|-", text)[: 3 if text.startswith("-") else 2])
