"""Caring for an installation: does a page arrive, and is anything wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import ExitCode, UsageProblem
from escalate_cli.views.doctor import diagnosis_data

if TYPE_CHECKING:
    from rich.console import Console


def test_page(
    context: Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help='Whom: "ana", "on-call:payments", "channel:status"',
            autocompletion=known("people", "channels", "teams"),
        ),
    ],
) -> Answer:
    """Send a marked test message to every address of a person, a channel, a team's on-call … Stores
    nothing. Exit code 6 if one fails.
    """
    from escalate_cli.actions import lookup as meaning
    from escalate_cli.actions.test_page import rehearse
    from escalate_cli.core.organisation.policy import TargetKind
    from escalate_cli.views.incident import notification_data

    catalog = context.catalog
    meant = meaning.find_target(target, catalog)
    if meant.kind is TargetKind.INCIDENT_LEAD:
        raise UsageProblem("there is no incident that could have a lead", "name a person or a team")
    if meant.name is None:
        raise UsageProblem(f'"{target}" of which team?', f"write {target}:TEAM")
    login = meaning.os_user(context.environ)
    person = catalog.person_by_login(login)
    found = rehearse(context, meant, person.name if person else login)
    notes = [f"not reached: {one}" for one in found.unreached]
    for one in found.notifications:
        if one.error:
            gateway = catalog.gateways.get(one.gateway)
            where = f", {gateway.source}" if gateway and gateway.source else ""
            notes.append(f"not delivered: to {one.recipient} by {one.gateway} ({one.error}{where})")

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import style

        rows = [
            (
                catalog.name_of(notification.recipient),
                notification.gateway,
                notification.address,
                style.state(notification.status.value),
                notification.error or "",
            )
            for notification in found.notifications
        ]
        console.print(style.table(("who", "by", "address", "", "why"), rows, wrap=("why",)))

    code = ExitCode.DONE if found.well else ExitCode.UNDELIVERED
    return Answer(
        [notification_data(notification) for notification in found.notifications],
        screen if found.notifications else "",
        code,
        notes,
        acted=True,
    )


def doctor(context: Context) -> Answer:
    """What is wrong with this installation: configuration, database, ticks, incidents, people,
    secrets, gateways. Changes nothing.

    Exit code: 0 nothing is an error, 1 something is, 3 there is no configuration to page by, 7 the
    database cannot be used.
    """
    from escalate_cli.core.wording.problem import ERROR, OK, WARNING
    from escalate_cli.health.doctor.diagnosis import diagnose

    found = diagnose(context)

    def screen(console: Console) -> None:
        from rich.text import Text

        from escalate_cli.cli.screens import style

        for one in found.findings:
            well = one.level is OK
            mark = style.piece(f"{one.level.value:<8} ", "dim" if well else style.STYLES[one.level.value])
            _draw_indented(console, mark, style.piece(one.message, "dim" if well else ""))
            if one.hint:
                _draw_indented(console, Text(" " * 9), style.piece(one.hint, "cyan"))
        counts = [
            (sum(finding.level is level for finding in found.findings), level.value)
            for level in (ERROR, WARNING)
        ]
        said = ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in counts if count)
        console.print()
        console.print(style.piece(said or "Nothing is wrong.", "bold" if said else "bold green"))

    return Answer(diagnosis_data(found), screen, found.exit_code)


def _draw_indented(console: Console, mark: Any, text: Any) -> None:
    from rich.table import Table

    line = Table.grid(padding=0)
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(mark, text)
    console.print(line)


def backup(
    context: Context,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="Where to; else where `tick` keeps the daily ones")
    ] = None,
) -> Answer:
    """Write a sound copy of the database, also while it is in use. `tick` makes one a day and keeps seven."""
    from pathlib import Path

    from escalate_cli.health.backups import back_up

    path, note = back_up(context, Path(file) if file else None)
    notes = [note] if note else []
    return Answer(
        {"file": str(path), "bytes": path.stat().st_size}, f"copied to {path}", notes=notes, acted=True
    )


def restore(
    context: Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The copy to put back")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask: put it back, whatever that changes")
    ] = False,
) -> Answer:
    """Put a copy of the database back, once you have agreed to what that changes. The present one
    is kept beside it; a copy that is damaged or of a newer version changes nothing. Numbers are not
    used again.
    """
    from pathlib import Path

    from escalate_cli.cli.screens import restore as restore_screen
    from escalate_cli.store.sqlite.restoring import restore as put_back

    path = context.database_path
    done = put_back(
        Path(file),
        path,
        context.clock,
        None if yes else lambda comparison: restore_screen.agree(context, comparison, file),
    )
    aside, next_number = done.aside, done.comparison.highest["incidents"] + 1
    kept = f"; what was there is now {aside}" if aside else ""
    data = {"file": str(path), "kept": str(aside) if aside else None, "next_incident": next_number}
    text = f"{path} is as {file} was{kept}; the next incident is #{next_number}"
    notes = restore_screen.lines(done.comparison) if yes else []
    if done.rebuilt is not None:
        notes.append(f"an index of {file} was damaged ({done.rebuilt}): it was rebuilt from its table")
    return Answer(data | restore_screen.data(done.comparison), text, notes=notes, acted=True)
