"""The reserve in the database file from which pages go on while the disk is full."""

from __future__ import annotations

from escalate_cli.context import Context
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.health.warnings import disk_warning


def top_up_reserve(context: Context, report: PassReport) -> None:
    """Fill the reserve up again, and warn while the disk is full. The numbers of incidents are
    noted beside the database, in case it is lost.
    """
    database = context.store.database
    context.store.situations.note_numbers()
    if not database.top_up_reserve() or database.disk_is_full():
        report.warn(disk_warning(database.path))
