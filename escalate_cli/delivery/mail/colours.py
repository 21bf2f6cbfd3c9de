"""The colours of a mail: a name for what each is for, and its value in the light and in the dark."""

from __future__ import annotations

from escalate_cli.core.messages.card import DigestEntry, HowItStands, MessageCard, MessageKind

LIGHT = {
    "page": "#f6f7f9",
    "card": "#ffffff",
    "line": "#dfe3e9",
    "ink": "#14181f",
    "soft": "#5b6472",
    "accent": "#1f5fd6",
    "critical": "#b3161b",
    "major": "#b45309",
    "minor": "#4b6078",
    "answered": "#1b7a45",
}
DARK = {
    "page": "#0f1216",
    "card": "#171b21",
    "line": "#2a313b",
    "ink": "#e9edf3",
    "soft": "#98a3b3",
    "accent": "#7aa8ff",
    "critical": "#ff7a7d",
    "major": "#f0a54a",
    "minor": "#9fb3c8",
    "answered": "#5fd08f",
}
_BY_RANK = ("critical", "major")
"""the gravest severity, and the next one; all others are minor"""


def severity_colour(thing: MessageCard | DigestEntry, ranks: int) -> str:
    """The colour of a severity: of its own name where it has one of those, else by its rank among `ranks`."""
    if thing.severity in (*_BY_RANK, "minor"):
        return thing.severity
    above = max(ranks - 1 - thing.rank, 0)
    return _BY_RANK[above] if above < len(_BY_RANK) else "minor"


def bar_colour(thing: MessageCard | DigestEntry, ranks: int) -> str:
    """The colour of the bar at the left: whether somebody has it, else how bad it is."""
    if isinstance(thing, MessageCard) and thing.kind is MessageKind.TEST:
        return "minor"
    return "answered" if thing.standing is not HowItStands.UNANSWERED else severity_colour(thing, ranks)
