from __future__ import annotations

from tests.cli.conftest import escalate

__all__ = ["escalate"]
