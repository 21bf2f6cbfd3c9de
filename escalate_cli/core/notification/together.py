"""One incident reaches one person once at a time: what goes out in one message, which of it leads,
and what that message says.

Each page stays a notification of its own, with its own escalation and level: whom a level has
reached, what an acknowledgement calls off and what failed for good is never a matter of what shared
a message. Only the message is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from escalate_cli.core.incident.situation import Notification, NotificationKind

_FIRST = (NotificationKind.PAGE, NotificationKind.RESOLVED, NotificationKind.INFORM)
"""what leads a message: what asks somebody to act, then the end"""


def goes_with(first: NotificationKind, other: NotificationKind, recipient: str) -> bool:
    """Whether two that are due now, of one incident for one address, go out in one message: pages
    do; to a person, informs as well.

    A question keeps its message to itself, and so does the end. A channel is not asked to act: each
    piece of news stays one.
    """
    kinds = {first, other}
    return kinds == {NotificationKind.PAGE} or (
        recipient.startswith("person:") and kinds <= {NotificationKind.PAGE, NotificationKind.INFORM}
    )


def leader_first(
    some: Iterable[Notification], rank: Callable[[Notification], int] = lambda one: 0
) -> list[Notification]:
    """These with the one that leads their message in front; the others as they were.

    A page leads before an end, an end before an inform; then the gravest incident's, the latest,
    and what a level asked for.
    """

    def place(one: Notification) -> tuple[int, int, int, bool]:
        return (
            _FIRST.index(one.kind) if one.kind in _FIRST else len(_FIRST),
            -rank(one),
            -one.created_at,
            one.level is None,
        )

    listed = list(some)
    leader = min(listed, key=place)
    return [leader, *(one for one in listed if one is not leader)]


def joined(leader: Notification, others: Sequence[Notification]) -> Notification:
    """The leader of a message about one incident with the reasons and the news of all that it carries."""
    pages = leader.kind is NotificationKind.PAGE
    # taken up again since
    also = [other for other in others if not (pages and other.kind is NotificationKind.RESOLVED)]
    because = "; also ".join(dict.fromkeys(one.because for one in (leader, *also)))
    by_time = sorted((leader, *also), key=lambda one: (one.created_at, one is leader))
    note = "\n".join(dict.fromkeys(one.note for one in by_time if one.note)) or None
    everything = (leader, *others)
    late, unsure = max(one.late for one in everything), any(one.unsure for one in everything)
    return replace(leader, because=because, note=note, late=late, unsure=unsure)
