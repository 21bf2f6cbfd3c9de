"""The worst and unanswered first, everywhere."""

from __future__ import annotations

import pytest

from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.incident.worst_first import Standing, worst_first
from escalate_cli.core.organisation.catalog import Catalog, Severity, Urgency

CATALOG = Catalog(
    severities=(
        Severity("minor", Urgency.LOW, 0),
        Severity("major", Urgency.HIGH, 1),
        Severity("critical", Urgency.HIGH, 2),
    )
)
OPEN, TAKEN, OVER = IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED, IncidentStatus.RESOLVED


@pytest.mark.parametrize(
    ("first", "then", "why"),
    [
        (Standing(1, "critical", OPEN, 0), Standing(2, "minor", OPEN, 9), "worse, though older"),
        (Standing(1, "critical", TAKEN, 0), Standing(2, "major", OPEN, 9), "worse, though somebody has it"),
        (Standing(1, "major", OPEN, 0), Standing(2, "major", TAKEN, 9), "nobody has it, though it is older"),
        (Standing(1, "major", OPEN, 9), Standing(2, "major", OPEN, 0), "newer, though its number is lower"),
        (Standing(2, "major", OPEN, 9), Standing(1, "major", OPEN, 9), "newer by its number"),
        (Standing(1, "minor", OPEN, 0), Standing(2, "critical", OVER, 9), "what is over comes last"),
        (Standing(1, "minor", OVER, 9), Standing(2, "critical", OVER, 0), "of what is over the newer"),
        (Standing(1, "sev0", OPEN, 0), Standing(2, "critical", OPEN, 9),
         "an unknown severity is the gravest"),
    ],
)  # fmt: skip
def test_the_order(first: Standing, then: Standing, why: str) -> None:
    assert worst_first([first, then], CATALOG) == [first, then], why
    assert worst_first([then, first], CATALOG) == [first, then], why
