"""Rounds of faults: which of them are long, their seed, and what they report to the survey."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from typing import Any

import pytest

from tests.faults import survey


def mostly_long(names: Iterable[str | int], *quick: str | int) -> list[Any]:
    """Parameters of a test: those named `quick` always run, the others in the long part only."""
    everything = list(names)
    assert set(quick) <= set(everything), quick
    return [name if name in quick else pytest.param(name, marks=pytest.mark.long) for name in everything]


def report(**numbers: Any) -> None:
    """Numbers of the test that runs, for the survey: rounds, processes killed, messages, lost,
    repeated by reason.
    """
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    survey.write({"test": test, **numbers})


def seeded(name: str) -> random.Random:
    """A source of chance; `ESCALATE_FAULTS_SEED` gives another one."""
    return random.Random(f"{os.environ.get('ESCALATE_FAULTS_SEED', '1')} {name}")
