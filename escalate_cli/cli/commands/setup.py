"""Setting escalate up: the starter, the check, the schema, completions, and what makes the clock tick."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.cli.arguments import one_answer
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import ConfigurationProblem, ExitCode, UsageProblem
from escalate_cli.views.problem import problem_data
from escalate_cli.views.sarif import sarif_data

if TYPE_CHECKING:
    from rich.console import Console

    from escalate_cli.core.organisation.catalog import Catalog

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
    from escalate_cli.config.files.find import find_config
    from escalate_cli.setup.installation import local_zone
    from escalate_cli.setup.starter import starter_files

    place = Path(directory) if directory else find_config(context.options.config, context.environ)
    existing = _existing(place, named=directory is not None)
    # A file that stands beside others is read together with them: a starter added to somebody's own
    # configuration would break it.
    written = [] if existing else _write(place, starter_files(local_zone(context.environ)))
    context.config_path = place  # which may name the database
    database = context.database_path
    context.store.close()  # asking for it has created it
    data = {
        "directory": str(place),
        "written": [str(path) for path in written],
        "existing": [str(path) for path in existing],
        "database": str(database),
    }
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
    return Answer(data, "\n".join(lines), acted=True)


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


def check(
    context: Context,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are failures too")] = False,
    weeks: Annotated[str, typer.Option("--weeks", metavar="N", help="How far to look ahead")] = "8",
    no_coverage: Annotated[bool, typer.Option("--no-coverage", help="Do not look ahead")] = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Answer as SARIF 2.1.0, for code review")] = False,
    heatmap: Annotated[
        bool, typer.Option("--heatmap", help="Show the week: how long until the first person")
    ] = False,
    html: Annotated[
        str | None,
        typer.Option("--html", metavar="FILE", help="Write the week as a page, every service and severity"),
    ] = None,
) -> Answer:
    """Every problem of the configuration with its place; then who would be reached in the coming
    weeks, and your expectations.

    Exit code 3 when the configuration has errors, 1 when it is valid but somebody would not be
    reached or an expectation fails.
    """
    from escalate_cli.cli.screens import check as check_screens
    from escalate_cli.config.load import load
    from escalate_cli.config.problems import InvalidConfiguration
    from escalate_cli.health.doctor.exposure import exposure_problems

    one_answer(context, heatmap=heatmap)
    if heatmap and sarif:
        raise UsageProblem("--heatmap and --sarif are two answers", "leave one of them out")
    length = _weeks(weeks)
    if no_coverage and (heatmap or html):
        raise UsageProblem("there is no picture of the week without coverage", "leave out --no-coverage")
    path, catalog = context.config_path, None
    try:
        loaded = load(path)
        catalog, configured = loaded.catalog, list(loaded.problems)
    except InvalidConfiguration as error:
        configured = list(error.problems)
    outlook = None
    if catalog is not None and not no_coverage:
        outlook = check_screens.forecast(catalog, context.clock.now(), length, quiet=context.options.quiet)
    tried, notes = (
        check_screens.address_problems(catalog, context.environ, path) if catalog is not None else ([], [])
    )
    taken = check_screens.turn_problems(context, catalog) if catalog is not None else []
    exposed = exposure_problems(context, catalog)
    foreseen = tried + taken + exposed + (list(outlook.findings) if outlook else [])
    problems = configured + foreseen
    code = check_screens.verdict(configured, foreseen, strict=strict)
    notes += [_write_page(html, outlook, catalog)] if html and outlook and catalog else []
    if sarif:
        return Answer(sarif_data(problems, path), None, code, notes)
    data = {"ok": code is ExitCode.DONE, "problems": [problem_data(problem) for problem in problems]}
    text = check_screens.text(problems, path)

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import heat_map as week
        from escalate_cli.cli.screens import style

        if outlook and catalog:
            week.draw_week(console, outlook.coverage, catalog)
            console.print()
        console.print(style.piece(text, lines=True), soft_wrap=True)

    return Answer(data, screen if heatmap else text, code, notes)


def _weeks(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 53):
        raise UsageProblem(
            f'--weeks: "{text[:20]}" is not a number of weeks from 1 to 53', 'write it like "--weeks 8"'
        )
    return int(text)


def _write_page(file: str, outlook: Any, catalog: Catalog) -> str:
    from escalate_cli.cli.output import written
    from escalate_cli.views.html import week

    return written(file, week.page(outlook.coverage, catalog))


def schema(context: Context) -> Answer:
    """Print the JSON Schema of the configuration, for editors that check TOML as you type."""
    from escalate_cli.config.schema.json_schema import json_schema

    return Answer(json_schema())


def completion(
    context: Context, shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish")]
) -> Answer:
    """Print the completion script of a shell. For bash: eval "$(escalate completion bash)" in ~/.bashrc."""
    from escalate_cli.setup.installation import completion_script

    try:
        script = completion_script(shell)
    except KeyError:
        raise UsageProblem(f'no completion for the shell "{shell}"', "there is bash, zsh and fish") from None
    return Answer({"shell": shell, "script": script}, script)


def cron(context: Context) -> Answer:
    """Print what to install so that time passes: a crontab line, or systemd units for `watch` or
    for `tick`.
    """
    from escalate_cli.config.files.sources import find_sources
    from escalate_cli.setup.installation import crontab, installation_steps, this_command, units

    paths = ("--config", str(context.config_path.absolute()), "--db", str(context.database_path.absolute()))
    command = [*this_command(), *paths]
    data: dict[str, Any] = {"crontab": crontab(command), "systemd": units(command)}
    try:
        find_sources(context.config_path)
        notes = []
    except ConfigurationProblem as problem:
        notes = [
            f"warning: {problem.message}; what is printed here will work when there is one: `escalate init`"
            " writes a starter"
        ]
    return Answer(data, installation_steps(data["crontab"], data["systemd"]), notes=notes)
