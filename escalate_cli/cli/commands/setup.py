"""Setting escalate up: the starter, the schema, completions, and what makes the clock tick."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from escalate_cli.cli.output import Answer
from escalate_cli.config.files.find import find_config
from escalate_cli.config.files.sources import find_sources
from escalate_cli.config.schema.json_schema import json_schema
from escalate_cli.context import Context
from escalate_cli.errors import ConfigurationProblem, UsageProblem
from escalate_cli.setup.installation import crontab, installation_steps, local_zone, this_command, units
from escalate_cli.setup.shells import SHELLS, InstalledCompletion, completion_script, install_completion
from escalate_cli.setup.starter import starter_files
from escalate_cli.views.setup import clock_data, completion_data, starter_data

_ELSEWHERE = "name a directory that you may write to: escalate init DIR"


def init(
    context: Context,
    directory: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="Where; your configuration directory otherwise")
    ] = None,
) -> Answer:
    """Write a starter configuration, with comments, and create the database. What exists is never
    overwritten.
    """
    place = Path(directory) if directory else find_config(context.options.config, context.environ)
    existing = _existing(place, named=directory is not None)
    # A file that stands beside others is read together with them: a starter added to somebody's own
    # configuration would break it.
    written = [] if existing else _write(place, starter_files(local_zone(context.environ)))
    context.config_path = place  # which may name the database
    database = context.database_path
    context.store.close()  # asking for it has created it
    lines = (
        [f"written   {path}" for path in written]
        + [f"left as it is   {path}" for path in existing]
        + [f"database  {database}"]
    )
    named = f" --config {place}" if directory else ""
    lines += [
        "",
        "Next:",
        f"  1. put your people, teams and services into {place}",
        f"  2. escalate check{named}",
        (
            f"  3. escalate cron{named}    what to install so that time passes: without it nobody is"
            " escalated to"
        ),
        f'  4. escalate route "cannot log in"{named}    who would be paged',
    ]
    return Answer(starter_data(place, written, existing, database), "\n".join(lines), acted=True)


def _existing(place: Path, *, named: bool) -> list[Path]:
    """What there is of a configuration."""
    try:
        if named and place.is_file() and place.suffix != ".toml":
            raise ConfigurationProblem(f"{place} is not a directory", _ELSEWHERE, code="cannot-write")
        return sorted(place.glob("*.toml")) if place.is_dir() else [place] if place.exists() else []
    except OSError as error:
        raise ConfigurationProblem(
            f"cannot look at {place}: {error.strerror}", _ELSEWHERE, code="cannot-write"
        ) from None


def _write(place: Path, texts: dict[str, str]) -> list[Path]:
    try:
        place.mkdir(parents=True, exist_ok=True)
        written = []
        for name, text in texts.items():
            with open(place / name, "x", encoding="utf-8") as file:
                file.write(text)
            written.append(place / name)
    except OSError as error:
        raise ConfigurationProblem(
            f"cannot write {error.filename or place}: {error.strerror}", _ELSEWHERE, code="cannot-write"
        ) from None
    return written


def schema(context: Context) -> Answer:
    """Print the JSON Schema of the configuration, for editors that check TOML as you type."""
    return Answer(json_schema())


def completion(
    context: Context,
    shell: Annotated[
        str | None, typer.Argument(metavar="[SHELL]", help="bash, zsh or fish; the one you use otherwise")
    ] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Put it where the shell finds it, and say where")
    ] = False,
) -> Answer:
    """Complete commands, incidents, people … with the Tab key. Prints the script of a shell; with
    --install, puts it in its place.
    """
    named = shell or os.path.basename(context.environ.get("SHELL", ""))
    if named not in SHELLS:
        raise UsageProblem(
            f'no completion for the shell "{named}"' if named else "which shell?",
            "there is bash, zsh and fish",
        )
    if not install:
        script = completion_script(named)
        return Answer(completion_data(named, script), script)
    try:
        installed = install_completion(named, context.environ)
    except OSError as error:
        raise ConfigurationProblem(
            f"cannot write {error.filename or 'the completion'}: {error.strerror}",
            f"print it, and put it elsewhere: escalate completion {named}",
            code="cannot-write",
        ) from None
    return Answer(
        completion_data(named, completion_script(named), installed), _installed(named, installed), acted=True
    )


def _installed(shell: str, installed: InstalledCompletion) -> str:
    if not installed.changed:
        return f"{shell} completes escalate already: {installed.script}; nothing to do."
    lines = [f"wrote {installed.script}"] if installed.script in installed.changed else []
    if installed.start_up in installed.changed:
        lines.append(f"added to {installed.start_up}: {installed.line}")
    return "\n".join([*lines, f"Open a new {shell}, type `escalate ack ` and press the Tab key."])


def cron(context: Context) -> Answer:
    """Print what to install so that time passes: a crontab line, or systemd units for `watch` or
    for `tick`.
    """
    paths = ("--config", str(context.config_path.absolute()), "--db", str(context.database_path.absolute()))
    command = [*this_command(), *paths]
    line, services = crontab(command), units(command)
    try:
        find_sources(context.config_path)
        notes = []
    except ConfigurationProblem as problem:
        notes = [
            f"warning: {problem.message}; what is printed here will work when there is one: `escalate init`"
            " writes a starter"
        ]
    return Answer(clock_data(line, services), installation_steps(line, services), notes=notes)
