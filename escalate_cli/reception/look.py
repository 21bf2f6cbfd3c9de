"""One look at what came back by a gateway."""

from __future__ import annotations

import msgspec

from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import Instant


class Look(msgspec.Struct, frozen=True):
    """What one look brought: what arrived since `place` was written, oldest first, and the place for
    the next look. `gap` says, in a sentence, why answers may have been lost in between (a mailbox was
    made anew, the provider keeps less than the time since the last look); None where none can be.

    A place is the reader's own text (JSON where it has several parts), at most 2,000 characters. It
    holds no secret.
    """

    arrived: tuple[Arrival, ...]
    place: str
    gap: str | None = None


_BEGINS = "@"


def begins_at(moment: Instant) -> str:
    """A place of any reader that has none yet: what has arrived since `moment` (microseconds) and nothing
    older. A page need not wait until its reader has a place, and what is answered at once is not missed.
    """
    return f"{_BEGINS}{moment}"


def beginning_of(place: str | None) -> Instant | None:
    """The moment of a place that was made by `begins_at`; None for any other."""
    if place is None or not place.startswith(_BEGINS) or not place[1:].isdigit():
        return None
    return int(place[1:])


class CannotRead(Exception):
    """Why a look brought nothing. `for_good`: nothing but another configuration helps (a wrong
    password, a folder that is not there). The reason is one line for a person and holds no secret.
    """

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.for_good = reason, for_good


SignedIn = tuple[str, ...]
"""What signing in showed, in short facts for a person, the account or the place first ("INBOX: 120
mails", "hears at once (IDLE)"); a fact that is amiss begins with `AMISS`. No secret is in it.
"""
AMISS = "! "
"""begins a fact that somebody ought to look at ("! its clock is 4 minutes ahead of ours")"""
