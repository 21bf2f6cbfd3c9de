"""The whole story in under a minute: a command that shows what all the others do."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from escalate_cli.cli.arguments import to_duration
from escalate_cli.cli.output import Answer, say
from escalate_cli.cli.screens.demo import Screen, SilentStage, draw_end
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import SECOND, Span
from escalate_cli.errors import ExitCode, UsageProblem

TIME_TO_READ: Span = 5 * SECOND // 2
_LONGEST_PAUSE: Span = 10 * SECOND


def demo(
    context: Context,
    pause: Annotated[
        str | None,
        typer.Option(
            "--pause",
            metavar="D",
            help='Time to read between scenes, at most "10s"; none unless on a terminal',
        ),
    ] = None,
) -> Answer:
    """The whole story in under a minute, for real: an incident at an invented company, from the
    first report to the lessons.

    It is played by the real engine in a scratch directory, and delivers to a mail and a web server
    that it runs itself on 127.0.0.1. It needs no account and no network, touches nothing of yours,
    and leaves nothing behind.
    """
    from escalate_cli.demo.place import scratch_place
    from escalate_cli.demo.story import Story
    from escalate_cli.views.demo import story_data

    rest = _time_to_read(context, pause)
    with scratch_place(context.environ, context.clock) as place:
        if context.options.json:
            if not context.options.quiet:
                say("the story is being played, about ten seconds …")
            played = Story(place, SilentStage(place), rest).play()
            data = story_data(played, place)
        else:
            live = sys.stdout.isatty() and context.environ.get("TERM") != "dumb"
            with Screen(place, context.options, live=live) as screen:
                screen.open()
                played = Story(place, screen, rest).play()
                data = story_data(played, place)
    if not context.options.json:
        draw_end(played, context.options)
    code = ExitCode.UNDELIVERED if played.undelivered else ExitCode.DONE
    return Answer(data, "", code, played.undelivered if context.options.json else (), acted=True)


def _time_to_read(context: Context, pause: str | None) -> Span:
    if pause is None:
        return TIME_TO_READ if sys.stdout.isatty() and not context.options.json else 0
    length = to_duration("--pause", pause)
    if length > _LONGEST_PAUSE:
        raise UsageProblem("--pause is too long: the story would go on without you", 'write at most "10s"')
    return length
