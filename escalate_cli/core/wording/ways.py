"""How an answer came, in words."""

from __future__ import annotations

from escalate_cli.core.events import AnswerMeans

_MEANS = {AnswerMeans.REPLY: "reply to", AnswerMeans.BUTTON: "a button of"}


def way_in_words(means: AnswerMeans, gateway: str) -> str:
    """ "reply to email", "a button of ntfy"; "command" where it came by no gateway."""
    return means.value if means is AnswerMeans.COMMAND else f"{_MEANS[means]} {gateway}"
