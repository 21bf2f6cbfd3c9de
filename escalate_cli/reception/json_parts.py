"""Parts of what a provider says in JSON, whatever it says: what has another type than it should is
as if it were not there.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import msgspec

from escalate_cli.core.calendar.duration import SECOND, Instant


def fields(value: object) -> dict[str, object]:
    """An object of JSON; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """A list of JSON; an empty one where it is something else."""
    return value if isinstance(value, list) else []


def text_in(value: object) -> str:
    """A text of JSON, or a number as one; "" where it is something else."""
    return value if isinstance(value, str) else "" if whole_number(value) is None else str(value)


def whole_number(value: object) -> int | None:
    """A whole number of JSON; None where it is something else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def seconds_in(value: object) -> Instant | None:
    """The time that stands there in seconds since the epoch; None where it cannot be meant."""
    seconds = whole_number(value)
    return seconds * SECOND if seconds is not None and 0 < seconds < 1 << 36 else None


def date_in(value: object) -> Instant | None:
    """The time of a date as mails and HTTP have it ("Sat, 28 Nov 2026 05:00:00 +0000")."""
    try:
        return int(parsedate_to_datetime(text_in(value)).timestamp()) * SECOND
    except (ValueError, TypeError, OverflowError):
        return None


def object_in(text: str | bytes | None) -> dict[str, object] | None:
    """The object of JSON that a text is; None where it is none."""
    try:
        value = msgspec.json.decode(text or "")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
