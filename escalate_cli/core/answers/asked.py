"""A message of ours that somebody may answer, as it is known when an answer comes."""

from __future__ import annotations

import msgspec

from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.organisation.recipient import Recipient


class AskedMessage(msgspec.Struct, frozen=True):
    """One message to one person. `standing` is the status of its incident, `nudge_standing` that of the
    nudge that it asks about. `digest` says that it carried messages about other incidents, too.
    `external_ids` are the ids by which its provider knows it, an id for each attempt, each on a line.
    A test message has the number `trial`; its notification and incident are 0.
    """

    notification: int
    incident: int
    title: str
    recipient: Recipient
    gateway: str
    address: str
    kind: str
    standing: str
    created_at: Instant
    sent_at: Instant | None = None
    code: str | None = None
    nudge: int | None = None
    nudge_standing: str | None = None
    external_ids: str | None = None
    digest: bool = False
    trial: int | None = None

    @property
    def short(self) -> str:
        """The part of its code that people may type; "" where it has none."""
        return short_code(self.code) if self.code else ""

    @property
    def known_as(self) -> tuple[str, ...]:
        """The ids by which its provider knows it."""
        return tuple((self.external_ids or "").splitlines())

    @property
    def waits(self) -> bool:
        """Whether an answer to it can still change anything by itself."""
        return self.nudge_standing == "open" if self.nudge is not None else self.standing == "open"

    @property
    def at(self) -> Instant:
        """When it went out, as far as is known."""
        return self.sent_at or self.created_at

    def is_younger_than(self, moment: Instant | None) -> bool:
        """Whether it was not even planned then; moments of providers are whole seconds."""
        return moment is not None and moment < self.created_at // SECOND * SECOND
