"""Is the configuration right, and would somebody be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.cli.arguments import one_answer
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import ExitCode, UsageProblem
from escalate_cli.views.problem import check_data
from escalate_cli.views.sarif import sarif_data

if TYPE_CHECKING:
    from rich.console import Console

    from escalate_cli.foresight.look_ahead import Forecast

from escalate_cli.cli.output import written
from escalate_cli.cli.screens import check as check_screens
from escalate_cli.cli.screens import heat_map as week
from escalate_cli.cli.screens import style
from escalate_cli.config.files.find import cache_dir
from escalate_cli.config.load import load
from escalate_cli.config.problems import InvalidConfiguration
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import Problem
from escalate_cli.health.doctor.exposure import exposure_problems


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
    one_answer(context, heatmap=heatmap)
    if heatmap and sarif:
        raise UsageProblem("--heatmap and --sarif are two answers", "leave one of them out")
    length = _weeks(weeks)
    if no_coverage and (heatmap or html):
        raise UsageProblem("there is no picture of the week without coverage", "leave out --no-coverage")
    path, catalog, sound = context.config_path, None, None
    try:
        # kept: what takes long to read is used from now on without reading it again
        loaded = load(path, cache_dir(context.environ), anew=True)
        catalog, configured = loaded.catalog, list(loaded.problems)
        sound = catalog
    except InvalidConfiguration as error:
        configured, sound = list(error.problems), error.sound
    outlook = None
    if catalog is not None and not no_coverage:
        outlook = check_screens.forecast(catalog, context.clock.now(), length, quiet=context.options.quiet)
    tried, notes = (
        check_screens.address_problems(sound, context.environ, path) if sound is not None else ([], [])
    )
    taken = _turn_problems(context, catalog) if catalog is not None else []
    exposed = exposure_problems(context, catalog)
    foreseen = tried + taken + exposed + (list(outlook.findings) if outlook else [])
    problems = configured + foreseen
    code = check_screens.verdict(configured, foreseen, strict=strict)
    notes += [_write_page(html, outlook, catalog)] if html and outlook and catalog else []
    if sarif:
        return Answer(sarif_data(problems, path), None, code, notes)
    data = check_data(problems, ok=code is ExitCode.DONE)
    text = check_screens.text(problems, path)

    def screen(console: Console) -> None:
        if outlook and catalog:
            week.draw_week(console, outlook.coverage, catalog)
            console.print()
        console.print(style.piece(text, lines=True), soft_wrap=True)

    return Answer(data, screen if heatmap else text, code, notes)


def _turn_problems(context: Context, catalog: Catalog) -> list[Problem]:
    from escalate_cli.health.doctor.turns import turn_problems

    return turn_problems(context, catalog)


def _weeks(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 53):
        raise UsageProblem(
            f'--weeks: "{text[:20]}" is not a number of weeks from 1 to 53', 'write it like "--weeks 8"'
        )
    return int(text)


def _write_page(file: str, outlook: Forecast, catalog: Catalog) -> str:
    from escalate_cli.views.html import week

    return written(file, week.week_page(outlook.coverage, catalog))
