"""Wall clocks and opening hours: when a local time happens, and when hours such as "office" are
open.

One rule turns a local time into an instant, for handoffs, overrides and hours alike. A time that
the clock shows twice means its first showing. A time that the clock skips means the first instant
after the gap.

The rule keeps local times in order. So windows that touch on the wall never overlap and never leave
a hole, whatever the clocks do.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from escalate_cli.core.calendar.duration import DAY, SECOND, Instant

_HORIZON_DAYS = 400  # longer than a year, so that what comes once a year is seen
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (the zero of wall clocks, which have no zone)
_EPOCH = _NAIVE_EPOCH.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ONE_DAY = timedelta(days=1)

# Instants outside these years are read as the nearest one inside. So no date arithmetic can leave the
# calendar.
_FIRST = (datetime(3, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(9998, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


# UTC as a file of RFC 8536: one type of local time, no transition. It works on a machine without a time
# zone database, too.
_UTC_FILE = b"TZif" + bytes(16) + bytes(19) + b"\1" + bytes(3) + b"\4" + bytes(6) + b"UTC\0"
_UTC = ZoneInfo.from_file(io.BytesIO(_UTC_FILE), key="UTC")


class Hours(msgspec.Struct, frozen=True):
    """Weekly opening hours in a zone. `days` are 0 (Monday) to 6; `start` to `until` half-open;
    past midnight when `until` <= `start`.
    """

    id: str
    timezone: str
    days: tuple[int, ...]
    start: time
    until: time
    except_days: tuple[date, ...] = ()
    source: str = ""


def zone(name: str) -> ZoneInfo:
    """The time zone with this IANA name. `ValueError`, with a message that can be shown, when this
    machine does not have it.
    """
    known = _have(name)
    if known is not None:
        return known
    if _have("Europe/Berlin") is None and _have("Etc/UTC") is None:
        raise ValueError("this machine has no time zone database: install the package tzdata")
    raise ValueError(f'unknown time zone "{name[:60]}": write an IANA name such as "Europe/Berlin"')


@lru_cache(maxsize=256)
def _have(name: str) -> ZoneInfo | None:
    """Looked up once per process, since finding out that there is none takes long."""
    try:
        return ZoneInfo(name)
    except Exception:  # a folder such as "Europe" is an OSError, and a damaged file may raise anything
        return _UTC if name == "UTC" else None


def zone_or_utc(name: str) -> ZoneInfo:
    """The time zone with this name; UTC when this machine does not have it, for instance after an
    upgrade. `zone_trouble` says why.
    """
    return _have(name) or _UTC


def zone_trouble(name: str) -> str:
    """Why UTC is used in place of this zone, as a sentence; "" when the zone is there."""
    return (
        ""
        if _have(name)
        else f'the time zone "{name[:60]}" cannot be used on this machine: times are taken as UTC'
    )


def instant_to_local(at: Instant, in_zone: str | ZoneInfo) -> datetime:
    """What calendar and clock in the zone show at `at`, as an aware datetime; in UTC if the zone
    cannot be had.
    """
    tz = zone_or_utc(in_zone) if isinstance(in_zone, str) else in_zone
    return (_EPOCH + timedelta(microseconds=min(max(at, _FIRST), _LAST))).astimezone(tz)


def local_to_instant(naive: datetime, in_zone: str | ZoneInfo) -> Instant:
    """The instant at which the clock in the zone first shows `naive`; if the clock skips it, the
    first instant after the gap. In UTC when the zone is not there.
    """
    tz = zone_or_utc(in_zone) if isinstance(in_zone, str) else in_zone
    wall = (naive - _NAIVE_EPOCH) // _MICROSECOND
    first = naive.replace(tzinfo=tz, fold=0)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    if before is None or after is None:
        raise ValueError(f'the time zone "{tz.key}" has no offset at {naive}')
    if before >= after:  # no gap; for fold=0 PEP 495 gives the first showing
        return wall - before // _MICROSECOND
    return _leap(tz, wall - after // _MICROSECOND, wall - before // _MICROSECOND)


def _leap(tz: ZoneInfo, before: Instant, after: Instant) -> Instant:
    """The instant in (`before`, `after`] at which the clock jumps forward. Zones change at whole
    seconds.
    """
    low, high = before // SECOND, -(-after // SECOND)
    offset = instant_to_local(low * SECOND, tz).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if instant_to_local(middle * SECOND, tz).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high * SECOND


def day_is_skipped(day: date, in_zone: str | ZoneInfo) -> bool:
    """Whether the zone's calendar skips this day, as Apia skipped 2011-12-30."""
    midnight = datetime.combine(day, datetime.min.time())
    return local_to_instant(midnight, in_zone) == local_to_instant(midnight + _ONE_DAY, in_zone)


def is_open(hours: Hours, at: Instant) -> bool:
    """Whether `at` lies in a window of `hours`.

    Every day in `days` that is not in `except_days` opens one window, from `start` to `until`,
    half-open; it reaches past midnight when `until` is not after `start` (24 hours when they are
    equal), and belongs to the day it starts on.
    """
    day = instant_to_local(at, hours.timezone).date()
    # The day after counts too: where clocks go back at 00:01, 23:30 comes again after the next day has begun.
    return any(start <= at < until for start, until in _windows(hours, day - _ONE_DAY, 1, 3))


def next_open(hours: Hours, at: Instant) -> Instant | None:
    """The first instant from `at` on at which `hours` are open: `at` itself when they are; None if
    not within 400 days.
    """
    return at if is_open(hours, at) else next_change(hours, at)


def next_change(hours: Hours, at: Instant) -> Instant | None:
    """The first instant strictly after `at` at which `hours` open or close; None if not within 400 days."""
    if _never_closed(hours):
        return None
    day = instant_to_local(at, hours.timezone).date()
    change: Instant | None = None
    for start, until in _windows(hours, day - _ONE_DAY, 1, _HORIZON_DAYS + 3):
        if until <= at:
            continue
        if change is None and start > at:
            change = start
            break
        if change is not None and start > change:
            break
        change = until  # open at `at`; windows that touch are one
    return change if change is not None and change <= at + _HORIZON_DAYS * DAY else None


def last_change(hours: Hours, at: Instant) -> Instant | None:
    """The last instant up to and including `at` at which `hours` opened or closed; None if not
    within 400 days.
    """
    if _never_closed(hours):
        return None
    day = instant_to_local(at, hours.timezone).date()
    change: Instant | None = None
    for start, until in _windows(hours, day + _ONE_DAY, -1, _HORIZON_DAYS + 3):
        if start > at:
            continue
        if change is None and until <= at:
            change = until
            break
        if change is not None and until < change:
            break
        change = start
    return change if change is not None and change >= at - _HORIZON_DAYS * DAY else None


def _never_closed(hours: Hours) -> bool:
    return hours.start == hours.until and not hours.except_days and len(set(hours.days)) == 7


def _windows(hours: Hours, first: date, step: int, count: int) -> Iterator[tuple[Instant, Instant]]:
    """The windows of `count` days from `first` on, forwards (`step` 1) or backwards (-1), in order.
    Windows that fall wholly into a gap of the clock are left out.
    """
    tz = zone_or_utc(hours.timezone)
    past_midnight = _ONE_DAY if hours.until <= hours.start else timedelta(0)
    for number in range(count):
        day = first + timedelta(days=number * step)
        if day.weekday() not in hours.days or day in hours.except_days:
            continue
        start = local_to_instant(datetime.combine(day, hours.start), tz)
        until = local_to_instant(datetime.combine(day + past_midnight, hours.until), tz)
        if start < until:
            yield start, until
