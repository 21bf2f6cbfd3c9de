"""What `diff` shows on a terminal: by person and by service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.difference import Change
from escalate_cli.views.difference import (
    changes_for,
    people_and_verdicts,
    people_of,
    person_name,
    rows_of,
    service_name,
    services_of,
)

if TYPE_CHECKING:
    from rich.console import Console


def draw_difference(
    console: Console, changes: Sequence[Change], moments: Sequence[Instant], old: Catalog, new: Catalog
) -> None:
    """Person by person: what is new for them; then which services it is about."""
    zone = new.settings.timezone
    if not changes:
        console.print("Nothing changes for anybody.")
    for person in people_of(changes):
        style.heading(console, person_name(person, old, new), above=person != people_of(changes)[0])
        rows = rows_of(changes_for(changes, person), len(moments), zone, old, new)
        console.print(
            style.table(
                ("service", "severity", "before", "after", "", "when"),
                rows,
                wrap=("service", "severity", "when"),
            )
        )
    if changes:
        style.heading(console, "By service")
        rows_of_services = [
            (service_name(service, old, new), people_and_verdicts(changes, service, old, new))
            for service in services_of(changes)
        ]
        console.print(
            style.table(("service", "changes for"), rows_of_services, wrap=("service", "changes for"))
        )
    looked = ", ".join(local_time(moment, zone) for moment in moments)
    console.print()
    console.print(style.piece(f"Looked at {looked} ({zone}).", "dim"))
