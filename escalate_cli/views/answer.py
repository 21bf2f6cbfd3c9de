"""What became of an answer, as data."""

from __future__ import annotations

from escalate_cli.actions.answering import AnswerTakenIn
from escalate_cli.views import Data


def taken_in_data(taken: AnswerTakenIn) -> Data:
    """An answer that was handed in: whether it was taken, what it did to which incident, by whom, the
    sentence to send back, and how it was recognised.
    """
    answer = taken.answer
    return {
        "taken": taken.taken,
        "action": answer.action if answer is not None else None,
        "outcome": answer.outcome.value if answer is not None else None,
        "incident": answer.incident_id if answer is not None else None,
        "person": answer.person if answer is not None else None,
        "say": taken.say or None,
        "because": taken.because,
        "again": taken.again,
    }
