"""Why a process to send with cannot be started, in words, and what to do about it."""

from __future__ import annotations

import errno
import os
import sys

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind

_CAUSES = {
    errno.EAGAIN: "there are too many processes: end some, or allow more (ulimit -u; TasksMax in systemd)",
    errno.ENOMEM: "no memory is left: end other programs, or allow more (ulimit -v; MemoryMax in systemd)",
    errno.EMFILE: "too many files are open: allow more (ulimit -n; LimitNOFILE in systemd)",
    errno.ENFILE: "too many files are open on this machine: end programs, or raise fs.file-max",
}
_OF_PYTHON = frozenset({errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOEXEC, errno.ENOTDIR, errno.EISDIR})


def cannot_start(problem: OSError) -> Outcome:
    """The outcome of an attempt for which no process could be started: it is tried again."""
    number = problem.errno or 0
    if number in _OF_PYTHON:
        why = f"the Python that runs escalate ({sys.executable}) cannot be run: install escalate again"
    else:
        why = _CAUSES.get(number) or (os.strerror(number) if number else str(problem) or "no reason given")
    return Outcome(OutcomeKind.TEMPORARY, f"the sending process cannot be started: {why}", local=True)
