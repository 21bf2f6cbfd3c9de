"""What `diff` answers as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.text import printable
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


def difference_markdown(
    changes: Sequence[Change], moments: Sequence[Instant], old: Catalog, new: Catalog
) -> str:
    """The changes for a pull request: a table person by person, and one service by service."""
    zone = new.settings.timezone
    if not changes:
        return "**Who is paged:** nothing changes for anybody.\n"
    people = len(people_of(changes))
    lines = [
        f"**Who is paged:** {'changes for one person' if people == 1 else f'changes for {people} people'}.",
        "",
    ]
    lines += ["| person | service | severity | before | after | | when |", "|---|---|---|---|---|---|---|"]
    for person in people_of(changes):
        for row in rows_of(changes_for(changes, person), len(moments), zone, old, new):
            lines.append(
                "| " + " | ".join(_cell(cell) for cell in (person_name(person, old, new), *row)) + " |"
            )
    lines += ["", "| service | changes for |", "|---|---|"]
    for service in services_of(changes):
        people_shown = people_and_verdicts(changes, service, old, new)
        lines.append(f"| {_cell(service_name(service, old, new))} | {_cell(people_shown)} |")
    looked = ", ".join(local_time(moment, zone) for moment in moments)
    return "\n".join(
        [
            *lines,
            "",
            f"<sub>Times count from the declaration, if nobody answers. Looked at {looked} ({zone}).</sub>",
            "",
        ]
    )


def _cell(text: object) -> str:
    shown = printable(str(text))
    for mark in "\\|`*_<[":
        shown = shown.replace(mark, "\\" + mark)
    return shown
