"""What came of a job, as data."""

from __future__ import annotations

from escalate_cli.actions.job import JobOutcome
from escalate_cli.errors import error_data
from escalate_cli.views import Data


def job_data(exit_code: int, signal: str | None, outcome: JobOutcome) -> Data:
    """How it ended, the incident that was declared or has heard of it, the one that is over."""
    declared, resolved = outcome.declared, outcome.resolved
    return {
        "exit_code": exit_code,
        "signal": signal,
        "incident": declared.number if declared is not None else None,
        "created": declared.created if declared is not None else None,
        "resolved": resolved.situations[0].incident.id if resolved is not None else None,
        "problems": [error_data(problem) for problem in outcome.failures],
    }
