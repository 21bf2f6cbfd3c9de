"""How an answer came, in words."""

from __future__ import annotations

from escalate_cli.core.events import AnswerMeans

_MEANS = {AnswerMeans.REPLY: "reply to", AnswerMeans.BUTTON: "button by"}


def way_in_words(means: AnswerMeans, gateway: str) -> str:
    """ "reply to email", "button by ntfy"; "command" where it came by no gateway."""
    return means.value if means is AnswerMeans.COMMAND else f"{_MEANS[means]} {gateway}"
