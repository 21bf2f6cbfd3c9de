"""Looking at processes from outside, and waiting until something is so."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from escalate_cli.clock import Clock

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks at processes through /proc"
)


def until(condition: Callable[[], object], timeout: float = 60.0) -> None:
    """Wait until `condition()` holds; fail after `timeout` seconds."""
    clock = Clock()
    end = clock.monotonic() + timeout
    while not condition():
        assert clock.monotonic() < end, f"not so within {timeout} s"
        clock.sleep(10_000)


def can_be_told_to_end(pid: int) -> bool:
    """Whether a process has come so far that it does something of its own on SIGTERM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False


def of_session(session: int) -> list[int]:
    """The living processes of a worker: itself and its children, by their session."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                state, _, _, owner = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(owner) == session and state != "Z":
                found.append(int(entry))
    return found


def children_of(session: int) -> list[int]:
    """The sending children of a worker."""
    return [pid for pid in of_session(session) if pid != session]


def zombies() -> int:
    """How many dead children of this process nobody has buried."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                state, parent = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            count += state == "Z" and int(parent) == os.getpid()
    return count


def open_files(pid: int | str = "self") -> list[str]:
    """What a process holds open."""
    found = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{fd}"))
        except OSError:
            continue
    return found
