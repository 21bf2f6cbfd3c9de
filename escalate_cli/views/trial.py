"""A test message and what came back to it, as data."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.incident.situation import Notification
from escalate_cli.store.trials import AddressTrial
from escalate_cli.views import Data
from escalate_cli.views.incident import notification_data


def trial_data(notification: Notification, trial: AddressTrial | None, *, waits: bool) -> Data:
    """A test message; where answers were waited for (`waits`), whether its gateway listens and what came
    back: `answered` is null where no answer was understood. Its code is its person's.
    """
    data = notification_data(notification)
    if not waits:
        return data
    answered = trial is not None and trial.answered_at is not None
    began = trial.sent_at or trial.created_at if trial is not None else 0
    return data | {
        "listens": trial is not None,
        "answered_at": iso(trial.answered_at) if trial is not None else None,
        "answered_after_seconds": (
            round(max((trial.answered_at or began) - began, 0) / SECOND, 3) if trial and answered else None
        ),
        "line": (trial.line or None) if trial is not None else None,
        "heard": (trial.heard or None) if trial is not None else None,
    }
