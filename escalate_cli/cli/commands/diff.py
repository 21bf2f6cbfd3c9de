"""What a change of the configuration changes for people."""

from __future__ import annotations

from typing import Annotated

import typer

from escalate_cli.actions.configurations import named_configuration
from escalate_cli.cli.arguments import one_answer
from escalate_cli.cli.output import Answer
from escalate_cli.cli.screens import difference as difference_screen
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE
from escalate_cli.errors import ExitCode, UsageProblem
from escalate_cli.foresight.difference import difference, telling_moments
from escalate_cli.health.warnings import unusable_warning
from escalate_cli.views.difference import difference_data
from escalate_cli.views.markdown import difference as for_a_review


def diff(
    context: Context,
    config_a: Annotated[
        str | None, typer.Argument(metavar="CONFIG_A", help="A directory, a file, or a git revision")
    ] = None,
    config_b: Annotated[
        str | None, typer.Argument(metavar="[CONFIG_B]", help="The same; else the configuration in use")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Answer in Markdown, for a pull request")
    ] = False,
) -> Answer:
    """What changes for people from A to B: who is reached earlier, later, no longer, for the first
    time. Exit code 1 when anything does.
    """
    one_answer(context, markdown=markdown)
    if config_a is None:
        raise UsageProblem(
            "nothing to compare with",
            "name what the configuration is to be compared with: `escalate diff HEAD` shows what you have"
            " changed since the last commit; a directory or a file is good, too",
        )
    now = context.clock.now()
    now -= now % MINUTE
    old = named_configuration(context, config_a)
    new = named_configuration(context, config_b) if config_b is not None else context.catalog
    notes: list[str] = []
    changes = difference(old, new, now, notes.append)
    warnings = (note.text for catalog in (old, new) for note in unusable_warning(catalog, now))
    notes = list(dict.fromkeys([*warnings, *notes]))
    moments = telling_moments(old, new, now)
    data = difference_data(changes)
    code = ExitCode.NO if changes else ExitCode.DONE
    if markdown:
        return Answer(data, for_a_review.difference_markdown(changes, moments, old, new), code, notes)
    return Answer(
        data,
        lambda console: difference_screen.draw_difference(console, changes, moments, old, new),
        code,
        notes,
    )
