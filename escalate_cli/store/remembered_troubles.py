"""What the last passes and deliveries could not do as they should: remembered for `doctor`, which
cannot see it by looking.
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
"""lines that are kept; what else is wrong is so for the same reason more often than not"""
_LONGEST = 500
"""characters of a line"""
KEPT_FOR = HOUR
"""how long a trouble that no pass has met again is told of"""
PUT_OFF_FOR = MINUTE
"""what cannot be dealt with is tried again so much later, and stops nothing else meanwhile"""


class Troubles(NamedTuple):
    """The lines of the last pass or delivery that had any, and when that was."""

    at: Instant
    lines: tuple[str, ...]
    heeded: bool
    """whether a pass has sent no heartbeat for them"""


def remember_troubles(ledger: Ledger, at: Instant, lines: Sequence[str], *, heeded: bool = False) -> None:
    """Remember these. Inside a transaction; nothing is forgotten by a pass without any."""
    if lines:
        kept = [line[:_LONGEST] for line in dict.fromkeys(lines)][:_MOST]
        ledger.remember(_FACT, json.dumps([at, kept, heeded]))


def remembered_troubles(ledger: Ledger, now: Instant) -> Troubles | None:
    """Those that are not too old to be told of; None where there are none, or they cannot be read."""
    with suppress(ValueError, TypeError):
        at, lines, heeded = json.loads(ledger.fact(_FACT) or "null")
        if now - int(at) < KEPT_FOR:
            return Troubles(int(at), tuple(str(line) for line in lines), bool(heeded))
    return None


def put_off(ledger: Ledger, now: Instant) -> Instant:
    """Until when something that cannot be dealt with is put off; that it is, is remembered. Inside
    a transaction.
    """
    until = now + PUT_OFF_FOR
    ledger.remember(_PUT_OFF, str(until))
    return until


def is_put_off(ledger: Ledger, now: Instant) -> bool:
    """Whether anything is, so that nobody is paged for it meanwhile. What a clock that was set back
    says has no meaning.
    """
    until = ledger.fact(_PUT_OFF)
    return until is not None and now < int(until) <= now + PUT_OFF_FOR
