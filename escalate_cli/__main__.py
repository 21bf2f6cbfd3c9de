"""The entry point: makes the surroundings sound, then hands over. It imports next to nothing before
it knows what is asked.
"""

from __future__ import annotations

import io
import os
import sys

# what `typing` needs to load is long enough for a Ctrl-C, which nobody would catch here
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from escalate_cli.delivery.process.worker_link import WorkerLink


def main() -> None:
    """Run `escalate` with the arguments of this process and end it with the right exit code."""
    worker = None
    try:
        open_standard_streams()
        if "_ESCALATE_COMPLETE" in os.environ:
            _answer_shell()
        umask = os.umask(0o077)  # whatever this process creates is its owner's alone
        core_limit = _leave_no_core(sys.argv[1:])
        _load_undisturbed()
        worker = _worker_for(sys.argv[1:])
        from escalate_cli.cli.run import run
        from escalate_cli.context import Inheritance

        code = run(sys.argv[1:], os.environ, worker, Inheritance(umask, core_limit))
    except KeyboardInterrupt:
        code = 130
    finally:
        if worker is not None:
            worker.close()
    sys.exit(code)


def _answer_shell() -> NoReturn:
    """A shell asks how a word may go on. Nothing that could fail, or take time, comes behind the answer."""
    from escalate_cli.cli.completing import answer_shell

    try:
        sys.stdout.write(answer_shell(os.environ))
        sys.stdout.flush()
    except OSError:
        os._exit(1)  # who asked has gone away
    os._exit(0)


def _leave_no_core(arguments: Sequence[str]) -> int | None:
    """The environment holds secrets, and what is sent does: a core file would hold them, too. The
    limit that there was; None where a machine has none, or does not let us.

    A command that is run for somebody gets its limit back, so that only ours is lowered then.
    """
    from escalate_cli.cli.index import WRAPPING

    try:
        import resource

        before, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most if _verb(arguments) in WRAPPING else 0))
    except (ImportError, ValueError, OSError):
        return None
    return before


def _load_undisturbed() -> None:
    """Load what takes an error while it is loaded for something else. A Ctrl-C waits until that is done.

    A KeyboardInterrupt while msgspec 0.22 looks around is swallowed there, and the first decoder
    reads memory that is not its own: the process dies of a segmentation fault. Holding the signal
    back by a mask would not do where another thread can take it.
    """
    import signal

    handler, heard = signal.getsignal(signal.SIGINT), []
    if callable(handler):  # neither ignored nor deadly
        signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    import msgspec  # noqa: F401

    if callable(handler):
        signal.signal(signal.SIGINT, handler)
    if heard:
        raise KeyboardInterrupt


def _worker_for(arguments: Sequence[str]) -> WorkerLink | None:
    """Start loading Apprise, in a process of its own, if the command is one that sends: both take a
    fifth of a second, and whoever is to be paged need not wait for one after the other. A wrong
    guess costs nothing but that.
    """
    from escalate_cli.cli.index import SENDING

    if _verb(arguments) not in SENDING or not {"--help", "--dry-run", "--version"}.isdisjoint(arguments):
        return None
    from escalate_cli.delivery.process.worker_link import WorkerLink

    try:
        return WorkerLink()
    except OSError:
        return None  # the sender tries again, and reports it


def _verb(arguments: Sequence[str]) -> str | None:
    """The first word that is neither an option nor the value of one: which command is asked for."""
    words = [
        word
        for before, word in zip(("", *arguments), arguments, strict=False)
        if before not in ("--config", "--db")
    ]
    return next((word for word in words if not word.startswith("-")), None)


def open_standard_streams() -> None:
    """Give stdin, stdout and stderr something to stand on, and an encoding that can write every character.

    A closed descriptor would be handed to the next file that is opened: the database, of all
    things. Under cron and LANG=C nothing may fail because a name has an accent: ASCII becomes
    UTF-8, and what another encoding cannot say is written as an escape.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            setattr(sys, name, None)
        if getattr(sys, name) is None:
            setattr(
                sys,
                name,
                os.fdopen(descriptor, mode, encoding="utf-8", errors="backslashreplace", closefd=False),
            )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968", "646")
            stream.reconfigure(encoding="utf-8" if ascii_only else stream.encoding, errors="backslashreplace")


if __name__ == "__main__":
    main()
