"""The real command, for tests of what looks ahead."""

from __future__ import annotations

from tests.cli.conftest import escalate

__all__ = ["escalate"]
