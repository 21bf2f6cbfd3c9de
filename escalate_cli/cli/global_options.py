"""What every command takes, before its name and after it."""

from pathlib import Path
from typing import Annotated

import typer

from escalate_cli.context import Options

_PANEL = "Global options"


class VersionAsked(Exception):
    """Raised by `--version`, which is answered whatever else is missing from the line."""


def _ask_version(ctx: typer.Context, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        raise VersionAsked


def _show_help(ctx: typer.Context, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        typer.echo(ctx.get_help())
        raise typer.Exit


def global_options(
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            metavar="PATH",
            help="Configuration: a directory or a file ($ESCALATE_CONFIG)",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    db: Annotated[
        str | None,
        typer.Option("--db", metavar="PATH", help="Database ($ESCALATE_DB)", rich_help_panel=_PANEL),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer as JSON", rich_help_panel=_PANEL)] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Answers and errors only, no talk", rich_help_panel=_PANEL)
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours ($NO_COLOR)", rich_help_panel=_PANEL)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Tell more when something fails", rich_help_panel=_PANEL)
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Say which version this is",
            is_eager=True,
            callback=_ask_version,
            rich_help_panel=_PANEL,
        ),
    ] = False,
    help: Annotated[
        bool,
        typer.Option(
            "--help",
            "-h",
            help="Show this message and exit.",
            is_eager=True,
            callback=_show_help,
            rich_help_panel=_PANEL,
        ),
    ] = False,
) -> Options:
    """The options as a command works with them; `version` and `help` are answered before that."""
    return Options(
        config=Path(config) if config else None,
        db=Path(db) if db else None,
        json=json,
        quiet=quiet,
        color=not no_color,
        debug=debug,
    )
