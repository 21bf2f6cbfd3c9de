"""What the kinds of alerts share: values of JSON and of forms, read whatever they are.

A sender that changes, a template with a mistake, a number where a text should be: what can be read
is read, and the rest is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone

from escalate_cli.core.calendar.duration import SECOND, Instant

USUAL_SEVERITIES = (
    ("none", "debug", "info", "informational", "information", "notice", "p5", "sev5"),
    ("low", "minor", "p4", "sev4"),
    ("warning", "warn", "medium", "moderate", "average", "p3", "sev3"),
    ("error", "err", "high", "major", "p2", "sev2"),
    (
        "critical",
        "crit",
        "page",
        "fatal",
        "disaster",
        "emergency",
        "urgent",
        "blocker",
        "highest",
        "p1",
        "sev1",
    ),
)
"""what people call it where the monitor leaves it to them, least first"""

_LONGEST_NAME = 200
_LONGEST_KEY = 500
_SECRET = re.compile(
    r"token|passw|secret|authori[sz]ation|credential|cookie"
    r"|(access|api|routing|service|integration|private)[ _-]?key",
    re.IGNORECASE,
)
_ZONED = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+", re.ASCII)
_DIGITS = re.compile(r"\d{1,19}(\.\d{1,9})?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 253_402_300_800 * SECOND
"""the end of the year 9999"""


def object_or_none(value: object) -> dict[str, object]:
    """An object of JSON; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def list_or_none(value: object) -> list[object]:
    """A list of JSON; an empty one where it is something else."""
    return value if isinstance(value, list) else []


def any_text(value: object) -> str:
    """Any value as text: a number in digits, a list joined by ", ", an object as JSON; "" for nothing.
    There is no NUL in it and no half of a character.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _sound(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    try:
        if isinstance(value, list):
            return ", ".join(filter(None, map(_scalar_or_json, value)))
        if isinstance(value, dict):
            return _json(value) if value else ""
        return str(value)
    except (RecursionError, ValueError):  # deeply nested; or a number that is too long to write
        return ""


def line_of(value: object) -> str:
    """Any value as one line."""
    return " ".join(any_text(value).split())


def first_text(values: Mapping[str, object], *names: str) -> str:
    """The first of these that says something, as text."""
    texts = (any_text(values.get(name)) for name in names)
    return next((text for text in texts if text.strip()), "")


def first_line(*texts: str) -> str:
    """The first line of the first text that has any."""
    lines = (" ".join(text.strip().split("\n", 1)[0].split()) for text in texts)
    return next(filter(None, lines), "")


def whole_if_longer(text: str) -> str:
    """A text of several lines, of which a title has the first; "" where that is all of it."""
    return text if "\n" in text.strip() else ""


def squeezed(values: Mapping[str, object], unfilled: re.Pattern[str] | None = None) -> dict[str, object]:
    """The same by names in lower case, letters and digits only: "EVENT.ID", "event_id" and "eventId" are
    one. The first that says something counts. What is `unfilled`, a placeholder as it stands in a
    template, says nothing.
    """
    short: dict[str, object] = {}
    for name, value in values.items():
        if unfilled and isinstance(value, str) and unfilled.fullmatch(value[:200].strip()):
            continue
        plain = re.sub(r"[\W_]+", "", name.lower())
        if plain and short.get(plain) in (None, ""):
            short[plain] = value
    return short


def key_of(*parts: object) -> str:
    """A key of these parts, "" where they say nothing. Where it is too long, its end is a hash of it all."""
    key = ":".join(filter(None, map(line_of, parts)))
    return key if len(key) <= _LONGEST_KEY else f"{key[: _LONGEST_KEY - 65]}…{_hash(key)}"


def hashed_key(*parts: object) -> str:
    """A key where there is none: a hash of what does not change while it lasts. It is never empty."""
    return _hash("\x00".join(map(line_of, parts)))[:32]


def severity_of(*values: object) -> str | None:
    """The first of these that says something, as a word."""
    words = (line_of(value)[:100] for value in values)
    return next(filter(None, words), None)


def severity_among(words: Iterable[str]) -> str | None:
    """The first of these words that is usual for a severity."""
    usual = {word for rank in USUAL_SEVERITIES for word in rank}
    return next((word for word in words if word.lower() in usual), None)


def person_or_none(value: object) -> str | None:
    """The name of who did something; None where there is none."""
    return line_of(value)[:200] or None


def decoded(text: str) -> str:
    """What is percent-encoded, as text."""
    return _sound(_ENCODED.sub(_bytes_of, text))


def any_instant(value: object) -> Instant | None:
    """A time: RFC 3339 with any zone (UTC where it has none), or seconds or milliseconds (microseconds,
    nanoseconds) since the epoch. None where it is none, and for the year 1, which stands for none.
    """
    if isinstance(value, str):
        written = value[:50].strip()
        return _number_of_seconds(float(written)) if _DIGITS.fullmatch(written) else _zoned(written)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _number_of_seconds(value)


def object_texts(value: object) -> Iterator[tuple[str, str]]:
    """The names and texts of an object, nothing where it is none."""
    return ((line_of(name), line_of(part)) for name, part in object_or_none(value).items())


def is_secret(name: str) -> bool:
    """Whether what has this name may be a secret: it is shown nowhere."""
    return _SECRET.search(name[:_LONGEST_NAME]) is not None


def paragraphs(*texts: str) -> str | None:
    """The texts that say something, each once, with a blank line between them; None where none does."""
    whole = dict.fromkeys(text for text in texts if text.strip())
    return "\n\n".join(whole) or None


def _bytes_of(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "replace")


def _scalar_or_json(value: object) -> str:
    return _json(value) if isinstance(value, list | dict) else any_text(value)


def _json(value: object) -> str:
    return _sound(json.dumps(_open(value), ensure_ascii=False, sort_keys=True))


def _open(value: object) -> object:
    """The same without what may be a secret."""
    if isinstance(value, dict):
        return {name: _open(part) for name, part in value.items() if not is_secret(name)}
    return [_open(part) for part in value] if isinstance(value, list) else value


def _sound(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _number_of_seconds(number: float) -> Instant | None:
    """Whole numbers are seconds up to the year 5138, then milliseconds, microseconds, nanoseconds."""
    if not 0 < number < 1e20:  # NaN neither
        return None
    while number >= 1e11:
        number /= 1000
    return round(number * SECOND)


def _zoned(written: str) -> Instant | None:
    match = _ZONED.fullmatch(written)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    micros = int(f"{match[7] or '0':0<6}"[:6])
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59), micros, _zone(match[8] or "Z"))
    except ValueError:
        return None
    at = (local - _EPOCH) // timedelta(microseconds=1)
    return at if 0 < at < _LATEST else None


def _zone(written: str) -> timezone:
    if written[0] not in "+-":
        return UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
