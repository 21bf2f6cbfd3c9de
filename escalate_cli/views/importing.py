"""What came of an imported past, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalate_cli.core.calendar.moment import iso
from escalate_cli.importers.history.columns import Columns
from escalate_cli.importers.history.importing import ImportResult
from escalate_cli.importers.history.past_incident import PastIncident
from escalate_cli.views import Data


def import_data(
    file: str,
    pasts: Sequence[PastIncident],
    brought: ImportResult,
    columns: Columns | None,
    severities: Mapping[str, str],
    *,
    dry_run: bool,
) -> Data:
    """How many incidents the file has, how many are new, their numbers and times; and how the words
    of the file were understood.
    """
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
        "columns": columns.of_others() if columns is not None else {},
        "unused_columns": list(columns.unused) if columns is not None else [],
        "severities": dict(severities),
    }
