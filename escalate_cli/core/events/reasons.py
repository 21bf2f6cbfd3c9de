"""Why somebody is written to: how they come to be meant, and what the message is for. Values;
`core.wording.reasons` says them.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from escalate_cli.core.organisation.policy import When


class _Value(msgspec.Struct, frozen=True, tag=str.lower, tag_field="is"):
    """A reason, told from the others by its tag."""


# ── how they come to be meant ─────────────────────────────────────────────────────────


class Named(_Value, frozen=True):
    """By their name."""


class OnCallFor(_Value, frozen=True):
    """They are on call for a team; in a record of version 0.1.0 `team` is its name, in later ones its id."""

    team: str


class OnCallIn(_Value, frozen=True):
    """They are on call in a schedule."""

    schedule: str


class LeadOf(_Value, frozen=True):
    """They lead a team."""

    team: str


class MemberOf(_Value, frozen=True):
    """They are a member of a team."""

    team: str


class NextInTurn(_Value, frozen=True):
    """It is their turn in a team."""

    team: str


class ChannelOf(_Value, frozen=True):
    """It is the channel of a team."""

    team: str


class LeadsIncident(_Value, frozen=True):
    """They lead the incident."""


class TookIt(_Value, frozen=True):
    """They acknowledged it; `worse`: and it got worse since."""

    worse: bool = False


class WasTold(_Value, frozen=True):
    """They were told of it before."""


class TakesTurns(_Value, frozen=True):
    """They are in a schedule of which nobody knows who is on call."""

    schedule: str


class BelongsTo(_Value, frozen=True):
    """They are in a team of which everybody is told."""

    team: str


class WasPaged(_Value, frozen=True):
    """They were paged for it, and have not acted."""


class Imported(_Value, frozen=True):
    """An import says that they were told, and not why."""


Meant = (
    Named | OnCallFor | OnCallIn | LeadOf | MemberOf | NextInTurn | ChannelOf
    | LeadsIncident | TookIt | WasTold | WasPaged | TakesTurns | BelongsTo | Imported
)  # fmt: skip
TeamReason = OnCallFor | LeadOf | MemberOf | NextInTurn | ChannelOf
"""meant for a team"""


# ── what the message is for ───────────────────────────────────────────────────────────


class LevelReached(_Value, frozen=True):
    """A level of a policy of so many; `why` where it is more than that it was due."""

    level: int
    levels: int | None
    policy: str
    cycle: int = 0
    why: str = ""
    """a text, as in the event `LevelPaged`"""


class FallbackReached(_Value, frozen=True):
    """The fallback, after the policy of a team."""

    policy: str
    team: str
    why: str
    """a text, as in the event `LevelPaged`"""


class RuleTrue(_Value, frozen=True):
    """A rule's condition holds: `condition` as it is written; version 0.1.0 had no `when`."""

    rule: str
    condition: str
    when: When | None = None


class ByRule(_Value, frozen=True):
    """A rule, whose condition the message says; version 0.1.0 had no `when`."""

    rule: str
    when: When | None = None


class RuleReachedNobody(_Value, frozen=True):
    """A rule reached nobody: the fallback is told."""

    rule: str


class RuleAsks(_Value, frozen=True, tag="asked"):
    """A rule asks whether to do something; version 0.1.0 had no `when`."""

    rule: str
    condition: str
    when: When | None = None


class ByHand(_Value, frozen=True):
    """Somebody asked for it."""

    by: str | None


class Severe(_Value, frozen=True):
    """Of incidents of this severity they hear."""

    severity: str


class Update(_Value, frozen=True):
    """There is news for the teams involved."""


class Taking(str, Enum):
    """How somebody has it."""

    ACKNOWLEDGED = "acknowledged"
    """they have taken it"""
    IN_PART = "in-part"
    """they have acknowledged, and it still waits for others"""
    BESIDES = "besides"
    """they were paged besides, and have acknowledged; no escalation is theirs"""
    SNOOZED = "snoozed"
    """they have put it off for a while"""
    TAKEN_OVER = "taken-over"
    """somebody else had it before"""
    LEADS = "leads"
    """they lead it now"""
    PASSED = "passed"
    """they cannot take it; `waits_for` are the others who were paged with them"""
    GIVEN_BACK = "given-back"
    """they had it, and have it no more: others are paged again"""


class SomebodyHasIt(_Value, frozen=True):
    """Somebody has acted: it is told to the teams' channels, and to whoever was paged and has not."""

    by: str
    how: Taking = Taking.ACKNOWLEDGED


class Lapse(str, Enum):
    """Why nobody has it any more, though it is not over."""

    FORGOTTEN = "forgotten"
    """nobody said anything for the policy's `ack_timeout`"""
    WORSE = "worse"
    """the urgency rose, and nobody who has acknowledged it can be told"""
    SNOOZE_ENDED = "snooze-ended"
    """the urgency rose while it was put off"""
    TAKEN_BACK = "taken-back"
    """somebody took the acknowledgement back"""
    GONE_ON = "gone-on"
    """somebody asked for a level"""


class NobodyHasIt(_Value, frozen=True):
    """Who had it (`had`) has it no longer: whoever heard that they do hears it."""

    had: str
    lapse: Lapse


class OpenAgain(_Value, frozen=True):
    """It was over, and is not: whoever heard its end hears it. `by` took it up again."""

    by: str | None = None


class Over(_Value, frozen=True):
    """It is over; `by` ended it."""

    by: str | None = None


class ForReporter(_Value, frozen=True):
    """Whoever reported it hears that somebody has it, that it is over, or open again: in plain words,
    without commands.
    """

    over: bool = False
    again: bool = False
    """that it is open again, after it was over"""


class UrgencyRose(_Value, frozen=True):
    """It got worse."""


class Said(_Value, frozen=True):
    """Anything else, as it is."""

    text: str


Cause = (
    LevelReached
    | FallbackReached
    | RuleTrue
    | ByRule
    | RuleReachedNobody
    | RuleAsks
    | ByHand
    | Severe
    | Update
    | SomebodyHasIt
    | NobodyHasIt
    | OpenAgain
    | Over
    | ForReporter
    | UrgencyRose
    | Said
)


class Because(msgspec.Struct, frozen=True):
    """The whole reason; `without` is what could not be used on the way, as it is said."""

    meant: Meant | None = None
    cause: Cause | None = None
    without: tuple[str, ...] = ()

    @property
    def stem(self) -> tuple[object, ...]:
        """What makes two messages to somebody the same one again: in which round, and why now, does
        not count.
        """
        cause = self.cause
        if isinstance(cause, LevelReached):
            cause = LevelReached(cause.level, cause.levels, cause.policy)
        return self.meant, cause, self.without
