"""The frame around every command: parse, call, show; and the one place where errors become a line
and an exit code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from escalate_cli.cli.failures import tell_failure
from escalate_cli.cli.output import Answer, lost, show_answer, write_out
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Inheritance, Options
from escalate_cli.errors import DamagedRow, ExitCode
from escalate_cli.health.warnings import warnings_met

if TYPE_CHECKING:
    from escalate_cli.cli.parser import Call
    from escalate_cli.delivery.process.worker_link import WorkerLink

_INTERRUPTED = 130


def run(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    worker: WorkerLink | None = None,
    inherited: Inheritance = Inheritance(),  # noqa: B008 - a value that nobody can change
) -> int:
    """Do what the command line asks and return the exit code of the process. `worker` is loading
    already, if something will be sent.
    """
    options = _guessed(arguments, environ)
    try:
        from escalate_cli.cli.parser import parse_line  # Typer: what fails while it loads is told, too

        try:
            call = parse_line(arguments, environ)
        except OSError as error:  # a page of help on a full disk
            lost(error, options)
            return int(ExitCode.NO)
        if isinstance(call, int):
            return call if write_out(b"", options) else int(ExitCode.NO)
        options = replace(call.options, color=False) if environ.get("NO_COLOR") else call.options
        return show_answer(_answer(call, Context(options, environ, Clock(), worker, inherited)), options)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        return tell_failure(error, options)


def _answer(call: Call, context: Context) -> Answer:
    try:
        return _with_warnings(call.function(context, **call.values), context)
    except DamagedRow as problem:
        raise context.damage(f": {problem.message}") from None
    finally:
        context.close()


def _with_warnings(answer: Answer, context: Context) -> Answer:
    """The answer, with a note where the last valid configuration stood in for a broken one, and one
    for each time zone, schedule or hours that cannot be used, if the command has not said so
    itself."""
    noted = "\n".join(answer.notes)
    missing = [note.text for note in warnings_met(context) if note.text not in noted]
    return replace(answer, notes=[*missing, *answer.notes]) if missing else answer


def _guessed(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """The global options as far as they matter to an error in the command line itself, which cannot
    be parsed.
    """
    before = list(arguments)[: arguments.index("--")] if "--" in arguments else list(arguments)
    return Options(
        json="--json" in before,
        debug="--debug" in before,
        color=not environ.get("NO_COLOR") and "--no-color" not in before,
    )
