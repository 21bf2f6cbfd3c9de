"""What `doctor` found, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalate_cli.views import Data

if TYPE_CHECKING:
    from escalate_cli.health.doctor.diagnosis import Diagnosis


def diagnosis_data(diagnosis: Diagnosis) -> Data:
    """What `doctor` found."""
    return {
        "ok": diagnosis.well,
        "findings": [
            {
                "level": finding.level.value,
                "code": finding.code,
                "message": finding.message,
                "hint": finding.hint or None,
            }
            for finding in diagnosis.findings
        ],
    }
