"""What the last passes and deliveries could not do properly. It is remembered for `doctor`, which
cannot see it otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from escalate_cli.core.calendar.duration import HOUR, MINUTE, Instant
from escalate_cli.store.ledger import Ledger

_FACT = "troubles"
_PUT_OFF = "put_off_until"
_MOST = 20
"""how many lines are kept; further troubles mostly have the same cause"""
_LONGEST = 500
"""characters of a line"""
KEPT_FOR = HOUR
"""how long a trouble is reported that no pass has met again"""
PUT_OFF_FOR = MINUTE
"""after what time something that failed is tried again; it stops nothing else meanwhile"""


class Troubles(NamedTuple):
    """The lines of the last pass or delivery that had trouble, and when that was."""

    at: Instant
    lines: tuple[str, ...]
    heeded: bool
    """whether a pass has sent no heartbeat because of them"""


def remember_troubles(ledger: Ledger, at: Instant, lines: Sequence[str], *, heeded: bool = False) -> None:
    """Remember these, inside a transaction. A pass without trouble erases nothing."""
    if lines:
        kept = [line[:_LONGEST] for line in dict.fromkeys(lines)][:_MOST]
        ledger.remember(_FACT, json.dumps([at, kept, heeded]))


def remembered_troubles(ledger: Ledger, now: Instant) -> Troubles | None:
    """Those that are recent enough to report; None where there are none, or they cannot be read."""
    with suppress(ValueError, TypeError):
        at, lines, heeded = json.loads(ledger.fact(_FACT) or "null")
        if now - int(at) < KEPT_FOR:
            return Troubles(int(at), tuple(str(line) for line in lines), bool(heeded))
    return None


def put_off(ledger: Ledger, now: Instant) -> Instant:
    """Until when to put off something that failed; this is remembered. Inside a transaction."""
    until = now + PUT_OFF_FOR
    ledger.remember(_PUT_OFF, str(until))
    return until


def is_put_off(ledger: Ledger, now: Instant) -> bool:
    """Whether anything is put off, so that nobody is paged for it meanwhile. A time from before the
    clock was set back does not count.
    """
    until = ledger.fact(_PUT_OFF)
    return until is not None and now < int(until) <= now + PUT_OFF_FOR
