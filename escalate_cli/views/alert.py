"""What became of alerts that were handed in, as data and in words."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.actions.alert_delivery import DeliveryTaken
from escalate_cli.actions.alert_intake import AlertTaken
from escalate_cli.core.alerts.verdict import AlertDeed
from escalate_cli.core.wording.text import printable
from escalate_cli.views import Data

_MOST_LINES = 20
_WORDS = {
    AlertDeed.NOTHING: "nothing new",
    AlertDeed.SETTLE: "fires, and counts once it has fired for long enough",
    AlertDeed.REOPEN: "fires again: incident #{number} is reopened",
    AlertDeed.REPEAT: "still fires: incident #{number}",
    AlertDeed.END: "is over: incident #{number}",
    AlertDeed.ACKNOWLEDGE: "was acknowledged there: incident #{number}",
    AlertDeed.NEWS: "has news: incident #{number}",
}


def delivery_data(taken: DeliveryTaken) -> Data:
    """A delivery: each of its alerts, what was done, and the incident that it is part of; or why it could
    not be read.
    """
    return {
        "source": taken.source,
        "alerts": [
            {
                "key": each.alert.key,
                "state": each.alert.state.value,
                "title": each.title,
                "done": each.done.value,
                "incident": each.incident,
                "created": each.created,
            }
            for each in taken.alerts
        ],
        "unreadable": taken.unreadable,
        "kept_at": taken.kept_at,
    }


def delivery_lines(taken: DeliveryTaken) -> list[str]:
    """The same in words, a line an alert; of many, how many there are."""
    if taken.unreadable is not None:
        where = f"; kept in {taken.kept_at}" if taken.kept_at else ""
        numbers = ", ".join(f"#{each.incident}" for each in taken.alerts if each.incident is not None)
        return [
            f"{taken.source}: this cannot be read ({taken.unreadable}){where}; incident {numbers} says so"
        ]
    if not taken.alerts:
        return [f"{taken.source}: it says nothing of any alert"]
    lines = [f"{taken.source}: {printable(each.title)} {_done(each)}" for each in taken.alerts[:_MOST_LINES]]
    rest = taken.alerts[_MOST_LINES:]
    return [*lines, *([f"and {len(rest)} more: {_counted(rest)}"] if rest else [])]


def _done(taken: AlertTaken) -> str:
    if taken.done is AlertDeed.DECLARE:
        how = "is declared" if taken.created else "has it already; this is an update of it"
        return f"fires: incident #{taken.incident} {how}"
    if taken.incident is None and taken.done is not AlertDeed.SETTLE:
        return "(nothing follows)"
    return _WORDS[taken.done].format(number=taken.incident)


def _counted(alerts: Sequence[AlertTaken]) -> str:
    made = len({each.incident for each in alerts if each.created})
    return f"{made} incidents declared" if made else "no new incident"
