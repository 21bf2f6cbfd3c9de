"""What can happen to an incident: one type for each thing, with its facts.

The timeline stores events as they are, told apart by their tag, and whoever wants to know something
asks their type and their fields. The sentence of each is made in `core.wording.events` and read
back by nobody. Instants and spans are microseconds, people and channels "person:ana" and
"channel:ops" where they are recipients, and bare ids elsewhere. `source` is the `file:line` that
asked for it.
"""

from __future__ import annotations

from escalate_cli.core.events.acts import (
    Acknowledged,
    AcknowledgedBesides,
    AcknowledgedInPart,
    BesidesTakenBack,
    LabelsSet,
    LeadChanged,
    MessageAdded,
    PagedByHand,
    Passed,
    PassedBesides,
    PassTakenBack,
    PolicyReloaded,
    Reopened,
    Resolved,
    ScopeChanged,
    SeverityChanged,
    Snoozed,
    TakenOver,
    TitleChanged,
)
from escalate_cli.core.events.alerts import AcknowledgedThere, AlertHeard, AlertOver, SeverityFrom
from escalate_cli.core.events.beginnings import (
    AcknowledgementForgotten,
    Declared,
    DeclaredAgain,
    DeclaredAlso,
    EscalationStarted,
    EscalationStopped,
    GoneOnByHand,
    LevelsWalkedAgain,
    Restated,
    RestEnded,
    Routed,
    SnoozeOver,
    SplitOff,
    Way,
)
from escalate_cli.core.events.event import (
    AnswerMeans,
    AnswerWay,
    EntryKind,
    Event,
    OfTeam,
    Reaching,
    TeamReaching,
)
from escalate_cli.core.events.messages import (
    Attempt,
    CalledOff,
    Ended,
    GivenUp,
    HeldBack,
    LaterStepsHurried,
    MailboxSays,
    Retrying,
    Sent,
    Unclassified,
)
from escalate_cli.core.events.pagings import (
    DoneWithout,
    Exhausted,
    FallbackPaged,
    FallbackReachedNoPerson,
    LevelFailed,
    LevelHeld,
    LevelLeftOut,
    LevelOwed,
    LevelPaged,
    NobodyToPage,
    PagedByEveryAddress,
)
from escalate_cli.core.events.rules import (
    Informed,
    MaintenanceBegan,
    MaintenanceOver,
    NobodyToAsk,
    NotToldOfRise,
    NudgeAnswered,
    NudgeAsked,
    NudgeDropped,
    NudgeExpired,
    PagedByRule,
    ReporterTold,
    RuleFired,
    RuleMissed,
    SoundsLike,
    ToldNobodyHasIt,
    ToldOfRise,
    ToldOpenAgain,
    ToldWhoHasIt,
)

SomebodyReached = Reaching | TeamReaching
"""for `isinstance`"""

AnyEvent = (
    Declared | DeclaredAgain | DeclaredAlso | Routed | SplitOff
    | EscalationStarted | EscalationStopped | AcknowledgementForgotten | SnoozeOver | RestEnded
    | GoneOnByHand | LevelsWalkedAgain
    | LevelPaged | LevelHeld | LevelLeftOut | LevelOwed | LevelFailed
    | Exhausted | NobodyToPage | FallbackPaged | FallbackReachedNoPerson | PagedByEveryAddress | DoneWithout
    | Acknowledged | TakenOver | AcknowledgedInPart | AcknowledgedBesides | Passed | PassedBesides
    | PassTakenBack | BesidesTakenBack | Snoozed | Resolved | Reopened
    | SeverityChanged | ScopeChanged | TitleChanged | LabelsSet | LeadChanged | MessageAdded
    | PolicyReloaded | PagedByHand
    | RuleFired | PagedByRule | RuleMissed | NudgeAsked | NobodyToAsk | NudgeAnswered | NudgeExpired
    | NudgeDropped
    | Informed | ToldWhoHasIt | ToldNobodyHasIt | ToldOpenAgain | ReporterTold | ToldOfRise | NotToldOfRise
    | MaintenanceBegan | MaintenanceOver | SoundsLike
    | AlertHeard | AlertOver | AcknowledgedThere
    | Sent | Retrying | GivenUp | CalledOff | Ended | HeldBack | LaterStepsHurried | MailboxSays
    | Unclassified
)  # fmt: skip
"""every event that can be stored"""

__all__ = [
    "Acknowledged",
    "AcknowledgedBesides",
    "AcknowledgedInPart",
    "AcknowledgedThere",
    "AcknowledgementForgotten",
    "AlertHeard",
    "AlertOver",
    "AnswerMeans",
    "AnswerWay",
    "AnyEvent",
    "Attempt",
    "BesidesTakenBack",
    "CalledOff",
    "Declared",
    "DeclaredAgain",
    "DeclaredAlso",
    "DoneWithout",
    "Ended",
    "EntryKind",
    "EscalationStarted",
    "EscalationStopped",
    "Event",
    "Exhausted",
    "FallbackPaged",
    "FallbackReachedNoPerson",
    "GivenUp",
    "GoneOnByHand",
    "HeldBack",
    "Informed",
    "LabelsSet",
    "LaterStepsHurried",
    "LeadChanged",
    "LevelFailed",
    "LevelHeld",
    "LevelLeftOut",
    "LevelOwed",
    "LevelPaged",
    "LevelsWalkedAgain",
    "MailboxSays",
    "MaintenanceBegan",
    "MaintenanceOver",
    "MessageAdded",
    "NobodyToAsk",
    "NobodyToPage",
    "NotToldOfRise",
    "NudgeAnswered",
    "NudgeAsked",
    "NudgeDropped",
    "NudgeExpired",
    "OfTeam",
    "PagedByEveryAddress",
    "PagedByHand",
    "PagedByRule",
    "PassTakenBack",
    "Passed",
    "PassedBesides",
    "PolicyReloaded",
    "Reaching",
    "Reopened",
    "ReporterTold",
    "Resolved",
    "RestEnded",
    "Restated",
    "Retrying",
    "Routed",
    "RuleFired",
    "RuleMissed",
    "ScopeChanged",
    "Sent",
    "SeverityChanged",
    "SeverityFrom",
    "SnoozeOver",
    "Snoozed",
    "SomebodyReached",
    "SoundsLike",
    "SplitOff",
    "TakenOver",
    "TeamReaching",
    "TitleChanged",
    "ToldNobodyHasIt",
    "ToldOfRise",
    "ToldOpenAgain",
    "ToldWhoHasIt",
    "Unclassified",
    "Way",
]
