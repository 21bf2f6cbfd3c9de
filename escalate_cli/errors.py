"""The one error a user is meant to see: a line, a hint, an exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """What the shell is told, and when."""

    DONE = 0
    """done; also: nothing to do, already so"""
    NO = 1
    """the answer is no: no clear match, nobody on call or reached, a change, an expectation that failed"""
    USAGE = 2
    """the command line cannot be understood"""
    CONFIGURATION = 3
    """the configuration is invalid or missing"""
    UNKNOWN = 4
    """no such incident, service, team, person, schedule, policy, severity, target, nudge or topic"""
    CONFLICT = 5
    """conflict: already resolved, or the key is in use for another service"""
    UNDELIVERED = 6
    """stored, but something could not be delivered; the output says whether it will be retried"""
    DATABASE = 7
    """the database cannot be used: locked, full, damaged, of a newer version; or a named file is not yours"""
    BUG = 70
    """a bug in escalate"""


class EscalateError(Exception):
    """Base of every expected failure: one line of what and where, one hint of what to do instead.

    `code` is a stable machine word ("no-such-incident"); `exit_code` is what the process ends with.
    """

    exit_code: ExitCode = ExitCode.USAGE
    code: str = "usage"
    details: Sequence[str] = ()
    """lines that people see before the message"""
    more: Mapping[str, Any] = {}
    """what JSON says beside the message"""

    def __init__(self, message: str, hint: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code


class UsageProblem(EscalateError):
    """The command line, or a value on it, cannot be understood."""


class ConfigurationProblem(EscalateError):
    """The configuration is missing or invalid."""

    exit_code = ExitCode.CONFIGURATION
    code = "configuration"


class FileRefusal(EscalateError):
    """A file that this user may not read or write."""

    exit_code = ExitCode.DATABASE


class Unknown(EscalateError):
    """No such incident, service, team, person, schedule, policy or nudge."""

    exit_code = ExitCode.UNKNOWN
    code = "unknown"


class Conflict(EscalateError):
    """The world is not in the state that the request assumes."""

    exit_code = ExitCode.CONFLICT
    code = "conflict"


class DatabaseProblem(EscalateError):
    """The database cannot be used."""

    exit_code = ExitCode.DATABASE
    code = "database"


class DamagedRow(DatabaseProblem):
    """One record that cannot be read; the others can."""

    code = "database-damaged"

    def __init__(self, message: str) -> None:
        super().__init__(
            message, "restore the last good backup with `escalate restore FILE`; keep the damaged file"
        )


def error_data(error: EscalateError) -> dict[str, Any]:
    """An error as JSON carries it."""
    return {"code": error.code, "message": error.message, "hint": error.hint or None}


def place_of(error: BaseException) -> str:
    """Where in this program an error happened: " at escalate_cli/plan.py:12"; "" where that is not
    known. What a foreign error says may hold a secret: its kind and its place are told instead.
    """
    place, trace = "", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "escalate_cli" in file:
            place = f" at {file[file.rindex('escalate_cli') :]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
