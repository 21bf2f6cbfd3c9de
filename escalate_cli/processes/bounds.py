"""What a process of our own does first, what bounds its children, and how they end.

A child is ended by whoever forked it; when that one is gone, it ends by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal


def settle() -> tuple[int, int]:
    """Away from the terminal, its signals and every inherited file; returns where requests
    come from and answers go.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        # a service manager signals everyone; who ends is the parent's decision
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        os.setsid()
    requests, answers = os.dup(0), os.dup(1)  # at least 3: the parent fills 0, 1 and 2
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # whatever a plugin prints goes nowhere, so no secret in it does
        os.dup2(nothing, stream)
    os.closerange(max(requests, answers) + 1, 65536)
    os.umask(0o077)
    try:
        os.getcwd()
    except OSError:
        os.chdir("/")  # ours was deleted, and Apprise asks for it
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold secrets
    os.set_blocking(requests, False)
    os.set_blocking(answers, False)
    return requests, answers


def bound_memory(more: int) -> None:
    """Let this process have `more` bytes than it has now: what a provider or a plugin makes of it ends
    there, and not with the machine's memory.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        with open("/proc/self/statm", "rb") as file:
            now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        hardest = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = now + more
        resource.setrlimit(
            resource.RLIMIT_AS,
            (wanted if hardest == resource.RLIM_INFINITY else min(wanted, hardest), hardest),
        )


def die_with(lifeline: int) -> None:
    """End this process and what it started as soon as nobody holds the other end of the pipe
    `lifeline`: then nobody waits for its outcome any more.
    """
    import threading

    def watch() -> None:
        with contextlib.suppress(OSError):
            os.read(lifeline, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def kill(pid: int) -> None:
    """End a child with everything that it started."""
    for end in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            end(pid, signal.SIGKILL)


def gone(pid: int) -> bool:
    """Whether a child has ended; then it is buried."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
