"""What is said to whoever acknowledges an incident that nobody is paged for any more: who has it, and
since when.
"""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.incident.holding import holders
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog


class LateAcknowledgement(msgspec.Struct, frozen=True):
    """An incident that is acknowledged already, as `who` acknowledges it; `is_reader`: they read this
    themselves."""

    situation: Situation
    who: str
    is_reader: bool

    def told(self, catalog: Catalog, now: Instant) -> str:
        """`you have had incident 12 since 04:58`, or who else has it, and how to take it over."""
        incident, zone = self.situation.incident, catalog.settings.timezone
        have = {
            holding.person: ""
            if holding.since is None
            else f" since {named_wall_time(holding.since, zone, now)}"
            for holding in holders(self.situation)
        }
        own = have.pop(self.who, None)
        others = " and ".join(
            f"{catalog.person_name(holder)} has it{since and ','}{since}" for holder, since in have.items()
        )
        take_over = f"to take it over: escalate ack {incident.id} --all"
        if own is None:
            others = others or "somebody has it"
            return f"incident {incident.id} is acknowledged already: {others}; {take_over}"
        has = "you have" if self.is_reader else f"{catalog.person_name(self.who)} has"
        text = f"{has} had incident {incident.id}{own}"
        return f"{text}; for another team {others}; {take_over}" if others else text
