"""A copy of the database as data: the one that was made, the one that was put back, and what putting
one back changes.
"""

from __future__ import annotations

from pathlib import Path

from escalate_cli.store.sqlite.comparing import Comparison, KnownIncident
from escalate_cli.store.sqlite.restoring import Restoration
from escalate_cli.views import Data


def backup_data(path: Path) -> Data:
    """Where the copy is, and its size."""
    return {"file": str(path), "bytes": path.stat().st_size}


def restored_data(path: Path, restored: Restoration) -> Data:
    """The database that was replaced, where it is kept, and what that changed."""
    kept = restored.aside
    return {
        "file": str(path),
        "kept": str(kept) if kept else None,
        "next_incident": next_number(restored),
    } | comparison_data(restored.comparison)


def next_number(restored: Restoration) -> int:
    """The number of the next incident: above every number that was ever given."""
    return restored.comparison.highest["incidents"] + 1


def comparison_data(comparison: Comparison) -> Data:
    """What putting a copy back changes; None for what cannot be known."""
    unreadable = comparison.unreadable or comparison.has_lost_some
    return {
        "not_in_copy": None if unreadable else [_known(incident) for incident in comparison.missing],
        "open_again": None if unreadable else [_known(incident) for incident in comparison.open_again],
        "running_in_copy": [_known(incident) for incident in comparison.running],
    }


def _known(incident: KnownIncident) -> Data:
    return {"id": incident.id, "title": incident.title, "status": incident.status}
