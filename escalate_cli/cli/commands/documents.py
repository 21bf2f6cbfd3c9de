"""After the night: the incident as a document that a review can start from; and the past of a team
that comes from another tool.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from escalate_cli.actions import lookup
from escalate_cli.actions.configurations import as_it_was
from escalate_cli.actions.on_record import record_of, timeline_of
from escalate_cli.cli.arguments import IncidentId, incident_number
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.errors import FileRefusal, UsageProblem
from escalate_cli.importers.history import importing
from escalate_cli.importers.history.checking import check
from escalate_cli.importers.history.columns import read_map
from escalate_cli.importers.history.faulty import FaultyHistory
from escalate_cli.importers.history.file import read_history
from escalate_cli.importers.history.past_incident import PastIncident
from escalate_cli.importers.history.severities import ours_of
from escalate_cli.insight.document import document
from escalate_cli.views.document import document_data
from escalate_cli.views.importing import import_data
from escalate_cli.views.markdown.document import document_markdown

FORMATS = ("md", "json")


def export(
    context: Context,
    incident: IncidentId,
    format: Annotated[str, typer.Option("--format", metavar="F", help="md (Markdown) or json")] = "md",
) -> Answer:
    """The incident as a document that a review can start from: facts, who was told when and why,
    what was late, the timeline.

    Times are in your time zone, if the catalog knows you by your login; else in the organisation's.
    """
    if format not in FORMATS:
        raise UsageProblem(f'--format: "{format}" is not a format', "write --format md or --format json")
    zone = lookup.reader_zone(context)
    situation = lookup.find_incident(context, incident_number(incident))
    catalog, _ = as_it_was(context, situation.incident.config_version)
    number = situation.incident.id
    written = document(situation, record_of(context, situation.incident), timeline_of(context, number))
    data = document_data(written, catalog, zone)
    return Answer(data, document_markdown(written, catalog, zone) if format == "md" else None)


# ── import-history ────────────────────────────────────────────────────────────────────


def import_history(
    context: Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help='CSV or JSON; "-" reads stdin')],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be imported; store nothing")
    ] = False,
    keep_unknown: Annotated[
        bool,
        typer.Option(
            "--keep-unknown",
            help="Take services, teams, people, gateways, severities that are not configured as they are",
        ),
    ] = False,
    map: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="THEIRS=OURS",
            help="A column of the file as one of ours; as - it is left out (repeatable)",
        ),
    ] = None,
    dates: Annotated[
        str | None, typer.Option("--dates", metavar="ORDER", help="How 03/04/2026 is meant: dmy or mdy")
    ] = None,
) -> Answer:
    """Past incidents from another tool, so that `report` and `lessons` can learn from them. Pages
    nobody; a second time adds nothing.

    Exports of PagerDuty and Opsgenie are understood as they are.
    """
    if dates not in (None, "dmy", "mdy"):
        raise UsageProblem(f'--dates: "{dates}" is no order', "write --dates dmy or --dates mdy")
    shown = "stdin" if file == "-" else file
    day_first = None if dates is None else dates == "dmy"
    history = read_history(_content(file), read_map(map or ()), day_first=day_first)
    catalog = context.running_catalog
    severities = {} if keep_unknown else ours_of(history.rows, catalog)
    pasts, faults = check(
        history.rows, catalog, context.clock.now(), keep_unknown=keep_unknown, severities=severities
    )
    if history.faults or faults:
        raise FaultyHistory(shown, [*history.faults, *faults])
    brought = (
        importing.ImportResult((), importing.already_there(context, pasts))
        if dry_run
        else importing.bring_in(context, pasts, catalog)
    )
    data = import_data(shown, pasts, brought, history.columns, severities, dry_run=dry_run)
    return Answer(
        data,
        _imported(data, pasts, catalog),
        notes=[
            *_taken("columns", data["columns"]),
            *_taken("severities", severities),
            *(f"warning: {remark}" for remark in history.remarks),
        ],
        acted=not dry_run,
    )


def _taken(what: str, theirs: Mapping[str, str]) -> list[str]:
    """How their words were understood, in a line."""
    listed = ", ".join(f"{name[:60]} = {ours}" for name, ours in theirs.items())
    return [f"{what} taken as: {listed}"] if theirs else []


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no file name"
        kind = FileRefusal if isinstance(error, PermissionError) else UsageProblem
        raise kind(
            f"cannot read {file}: {reason}", "name a CSV or JSON file, or - for stdin", code="cannot-read"
        ) from None


def _imported(data: dict[str, Any], pasts: Sequence[PastIncident], catalog: Catalog) -> str:
    """What was done, or would be, in a few lines."""
    new, there, first = data["new"], data["already_there"], data["first_id"]
    if not pasts:
        return f"{data['file']} holds no incidents."
    before = "" if not there else f" {there:,} {'was' if there == 1 else 'were'} there already."
    if not new:
        return f"Nothing to import:{before}"
    many = "1 incident" if new == 1 else f"{new:,} incidents"
    zone = catalog.settings.timezone
    span = f"{local_time(pasts[0].declared_at, zone)} to {local_time(pasts[-1].declared_at, zone)} ({zone})"
    if data["dry_run"]:
        return f"Would import {many}, declared {span}.{before}\nNothing was stored."
    numbers = f"#{first}" if new == 1 else f"#{first} to #{data['last_id']}"
    return (
        f"Imported {many}, declared {span}: {numbers}.{before}\nNobody was paged. They carry the label"
        " imported."
    )
