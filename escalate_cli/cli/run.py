"""The frame around every command: parse, call, show; and the one place where errors become a line
and an exit code.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from escalate_cli import files
from escalate_cli.cli import output as render
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.errors import (
    ConfigurationProblem,
    DamagedRow,
    DatabaseProblem,
    EscalateError,
    ExitCode,
    UsageProblem,
    place_of,
)

if TYPE_CHECKING:
    from escalate_cli.core.wording.problem import Problem
    from escalate_cli.delivery.process.worker_link import WorkerLink

_INTERRUPTED = 130


def run(arguments: Sequence[str], environ: Mapping[str, str], worker: WorkerLink | None = None) -> int:
    """Do what the command line asks and return the exit code of the process. `worker` is loading
    already, if something will be sent.
    """
    options = _guessed(arguments, environ)
    try:
        from escalate_cli.cli.parser import parse

        try:
            call = parse(arguments, environ)
        except OSError as error:  # a page of help on a full disk
            render.lost(error, options)
            return int(ExitCode.NO)
        if isinstance(call, int):
            return call if render.write(b"", options) else int(ExitCode.NO)
        options = replace(call.options, color=False) if environ.get("NO_COLOR") else call.options
        context = Context(options, environ, Clock(), worker)
        try:
            answer = _with_warning(call.function(context, **call.values), context)
        except DamagedRow as problem:
            from escalate_cli.store.sqlite.failures import damaged

            raise damaged(context.store.database.path, f": {problem.message}") from None
        finally:
            context.close()
        return render.deliver(answer, options)
    except EscalateError as error:
        return _expected(error, options)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as error:
        ordinary = _ordinary(error)
        return _expected(ordinary, options) if ordinary is not None else _bug(error, options)
    except Exception as error:
        return _bug(error, options)


def _ordinary(error: OSError) -> EscalateError | None:
    """What this machine or its owner does not allow is no bug: which file, and why; None for
    anything else.
    """
    refused = (
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.ENAMETOOLONG,
        errno.ELOOP,
        errno.ENOTDIR,
    )
    if error.errno not in refused or error.filename is None:
        return None
    name = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "a file"
    kind = ConfigurationProblem if name.endswith(".toml") else DatabaseProblem
    return kind(
        f"{name}: {error.strerror}", "check the path, who owns it and who may use it", code="not-allowed"
    )


def _with_warning(answer: render.Answer, context: Context) -> render.Answer:
    """The answer, with a note where the last valid configuration stood in for a broken one, and one
    for each time zone, schedule or hours that cannot be used, if the command has not said so
    itself."""
    from escalate_cli.health.warnings import warnings_met

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


def _expected(error: EscalateError, options: Options) -> int:
    """A failure that a user is meant to see. An invalid configuration shows each of its problems."""
    if options.debug:
        _traceback(error)
    problems: Sequence[Problem] = getattr(error, "problems", ())
    if not problems:
        render.fail(error, options, details=error.details, more=dict(error.more))
    elif options.json:
        render.fail(error, options, more={"problems": [problem_data(problem) for problem in problems]})
    else:
        from escalate_cli.config.problems import InvalidConfiguration
        from escalate_cli.config.problems import render as rendered
        from escalate_cli.core.wording.problem import ERROR
        from escalate_cli.health.warnings import check_command

        count = sum(problem.level == ERROR for problem in problems)
        invalid = error if isinstance(error, InvalidConfiguration) else InvalidConfiguration
        remedy = invalid.remedy.replace("`escalate check`", check_command(options.config))
        short = EscalateError(f"{invalid.where} has {count} error{'s' * (count != 1)}", remedy)
        render.fail(short, options, details=[rendered(problem) + "\n" for problem in problems])
    return int(error.exit_code)


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem of the configuration as JSON carries it."""
    return {
        "file": problem.place.file,
        "line": problem.place.line or None,
        "column": problem.place.column or None,
        "level": problem.level.value,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint or None,
    }


def _bug(error: Exception, options: Options) -> int:
    """A failure that nobody foresaw. Its text may hold anything, secrets too: only its kind and
    place are told.
    """
    if options.debug:
        _traceback(error)
    hint = "please report it" if options.debug else "please report it, with what --debug prints"
    bug = EscalateError(f"a bug in escalate: {type(error).__name__}{place_of(error)}", hint, code="bug")
    render.fail(bug, options)
    return int(ExitCode.BUG)


def _traceback(error: BaseException) -> None:
    """Where the error and what led to it happened. What a foreign error says is left out: it may
    hold a secret.
    """
    import traceback

    led_to_it = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if led_to_it is not None:
        _traceback(led_to_it)
        render.say("which led to")
    for entry in traceback.extract_tb(error.__traceback__).format():
        for line in entry.splitlines():
            render.say(line)
    render.say(
        f"{type(error).__name__}: {error.message}"
        if isinstance(error, EscalateError)
        else type(error).__name__
    )


def interactive() -> bool:
    """Whether somebody can be asked: stdin and stderr are terminals (questions go to stderr,
    answers stay clean).
    """
    return sys.stdin.isatty() and sys.stderr.isatty()


def choose(question: str, choices: Sequence[str]) -> int | None:
    """Ask which of `choices` is meant; its index, or None for none of them. Only when `interactive()`."""
    render.say(question)
    for number, choice in enumerate(choices, start=1):
        render.say(f"  {number}  {choice}")
    while True:
        sys.stderr.write(f"1–{len(choices)}, or Enter for none of these: ")
        sys.stderr.flush()
        said = sys.stdin.readline()
        if not said.strip():
            return None
        if said.strip().isdigit() and 1 <= int(said) <= len(choices):
            return int(said) - 1


def moment(context: Context, text: str, now: int, zone: str | None = None) -> int:
    """The instant that an option such as `--at` names, in `zone` or the organisation's time zone;
    `UsageProblem` with a hint if none.

    `now` is the command's one reading of the clock, so that two options agree on it.
    """
    from escalate_cli.core.calendar.moment import NotAMoment, parse_moment

    try:
        return parse_moment(text, now, zone or context.catalog.settings.timezone)
    except NotAMoment as error:
        raise UsageProblem(str(error), error.hint) from None


def one_answer(context: Context, **asked: bool) -> None:
    """Refuse options of which each asks for another answer on stdout, `--json` among them; nothing
    is dropped in silence.
    """
    given = [name for name, wanted in {**asked, "json": context.options.json}.items() if wanted]
    if len(given) > 1:
        raise UsageProblem(f"--{given[0]} and --{given[1]} are two answers", "leave one of them out")


def written(file: str, text: str) -> str:
    """Write `text` into `file`; the sentence that says so."""
    try:
        files.write(file, text.encode())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise EscalateError(
            f"cannot write {file}: {reason}", "name a file that you may write", code="cannot-write"
        ) from None
    return f"wrote {file}"


def span(option: str, text: str, *, some: bool = False) -> int:
    """The duration that an option names, in microseconds; `UsageProblem` if none. `some`: nothing
    at all is too short.
    """
    from escalate_cli.core.calendar.duration import parse_duration

    try:
        length = parse_duration(text)
    except ValueError as error:
        message, _, hint = str(error).partition(": ")
        raise UsageProblem(f"{option}: {message}", hint) from None
    if some and not length:
        raise UsageProblem(f"{option} is too short", 'write at least "1s"')
    return length
