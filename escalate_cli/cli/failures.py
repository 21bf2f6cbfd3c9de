"""What a command could not do, told in a line and an exit code."""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Sequence

from escalate_cli.cli.output import fail, say
from escalate_cli.config.problems import InvalidConfiguration, render
from escalate_cli.context import Options
from escalate_cli.core.wording.problem import ERROR, Problem
from escalate_cli.errors import ConfigurationProblem, DatabaseProblem, EscalateError, ExitCode, place_of
from escalate_cli.health.warnings import check_command
from escalate_cli.views.problem import problem_data


def tell_failure(error: Exception, options: Options) -> int:
    """Say what went wrong; the exit code of the process."""
    if isinstance(error, OSError):
        error = _ordinary(error) or error
    return _expected(error, options) if isinstance(error, EscalateError) else _bug(error, options)


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


def _expected(error: EscalateError, options: Options) -> int:
    """A failure that a user is meant to see. An invalid configuration shows each of its problems."""
    if options.debug:
        _traceback(error)
    problems: Sequence[Problem] = getattr(error, "problems", ())
    if not problems:
        fail(error, options, details=error.details, more=dict(error.more))
    elif options.json:
        fail(error, options, more={"problems": [problem_data(problem) for problem in problems]})
    else:
        count = sum(problem.level == ERROR for problem in problems)
        invalid = error if isinstance(error, InvalidConfiguration) else InvalidConfiguration
        remedy = invalid.remedy or f"put that right, then run {check_command(options.config)}"
        short = EscalateError(f"{invalid.where} has {count} error{'s' * (count != 1)}", remedy)
        fail(short, options, details=[render(problem) + "\n" for problem in problems])
    return int(error.exit_code)


def _bug(error: Exception, options: Options) -> int:
    """A failure that nobody foresaw. Its text may hold anything, secrets too: only its kind and
    place are told.
    """
    if options.debug:
        _traceback(error)
    hint = "please report it" if options.debug else "please report it, with what --debug prints"
    bug = EscalateError(f"a bug in escalate: {type(error).__name__}{place_of(error)}", hint, code="bug")
    fail(bug, options)
    return int(ExitCode.BUG)


def _traceback(error: BaseException) -> None:
    """Where the error and what led to it happened. What a foreign error says is left out: it may
    hold a secret.
    """
    led_to_it = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if led_to_it is not None:
        _traceback(led_to_it)
        say("which led to")
    for entry in traceback.extract_tb(error.__traceback__).format():
        for line in entry.splitlines():
            say(line)
    say(
        f"{type(error).__name__}: {error.message}"
        if isinstance(error, EscalateError)
        else type(error).__name__
    )
