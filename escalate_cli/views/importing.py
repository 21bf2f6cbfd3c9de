"""What came of an imported past, as data."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.core.calendar.moment import iso
from escalate_cli.importers.history.importing import ImportResult
from escalate_cli.importers.history.past_incident import PastIncident
from escalate_cli.views import Data


def import_data(file: str, pasts: Sequence[PastIncident], brought: ImportResult, *, dry_run: bool) -> Data:
    """How many incidents the file has, how many are new, and their numbers and times."""
    return {
        "file": file,
        "dry_run": dry_run,
        "incidents": len(pasts),
        "new": len(pasts) - brought.already_there,
        "already_there": brought.already_there,
        "first_id": min(brought.new, default=None),
        "last_id": max(brought.new, default=None),
        "from": iso(pasts[0].declared_at) if pasts else None,
        "until": iso(pasts[-1].declared_at) if pasts else None,
    }
