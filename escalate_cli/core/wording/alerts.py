"""The sentences of what monitors say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from escalate_cli.core import events as happened
from escalate_cli.core.events import Event, SeverityFrom
from escalate_cli.core.wording.telling import Telling

_SEVERITY_FROM = {
    SeverityFrom.NAMED: "its `severity` says so",
    SeverityFrom.SAME: "a severity of ours",
    SeverityFrom.RANK: "by rank",
    SeverityFrom.DEFAULT: "the default",
}


def _heard(it: happened.AlertHeard, say: Telling) -> str:
    """Where it comes from, and how its words were understood."""
    word = f'"{it.word}"' if it.word else "no severity"
    parts = [f"from {it.source}: {it.title}" if it.joins else f"from {it.source}"]
    parts.append(f"{word} counts as {it.severity} ({_SEVERITY_FROM[it.severity_from]})")
    if it.service and it.template and it.joins:
        parts.append(f"{it.template} names {say.services([it.service])}")
    if it.service and it.needs:
        parts.append(f"{say.services([it.service])} needs {say.services([it.needs])}: its team is not paged")
    return say.begin("alert", "; ".join(parts))


def _over(it: happened.AlertOver, say: Telling) -> str:
    others = f"; {it.firing} other{'s' if it.firing > 1 else ''} still fire{'s' if it.firing == 1 else ''}"
    return say.begin("alert", f"over, says {it.source}: {it.title}{others if it.firing else ''}")


OF_ALERTS: dict[type[Event], Callable[[Any, Telling], str]] = {
    happened.AlertHeard: _heard,
    happened.AlertOver: _over,
    happened.AcknowledgedThere: lambda it, say: say.begin(
        "alert", f"acknowledged at {it.source} by {it.name}, whom nobody is called here"
    ),
}
