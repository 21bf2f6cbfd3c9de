"""A text that is read from stdin, where `-` stands for it: `some-command | escalate update 12 -m -`."""

from __future__ import annotations

import os
import sys

from escalate_cli.actions.lookup import LARGEST_TEXT
from escalate_cli.errors import UsageProblem

_MOST_BYTES = 4 * LARGEST_TEXT
"""what so many characters take at most"""
_TYPE_IT = 'write it on the line, --message "…", or pipe it in'


def typed_or_piped(text: str | None, *, option: str = "--message") -> str | None:
    """The text behind `--message`: what stdin has, without blank ends, where it is `-`.

    `UsageProblem` where stdin is a terminal, has nothing, too much, or what is no UTF-8.
    """
    if text != "-":
        return text
    data = _stdin(option)
    if len(data) > _MOST_BYTES:
        raise UsageProblem(
            f"{option} -: stdin has more than {LARGEST_TEXT:,} characters",
            "send the last lines: | tail -n 50",
        )
    try:
        piped = data.decode("utf-8").strip()
    except UnicodeDecodeError as problem:
        raise UsageProblem(
            f"{option} -: stdin is not UTF-8 (byte {problem.start + 1:,})", "convert it: | iconv -t UTF-8"
        ) from None
    if not piped:
        raise UsageProblem(f"{option} -: nothing came on stdin", _TYPE_IT)
    return piped


def declared_message(text: str | None) -> tuple[str | None, list[str]]:
    """The same for a declaration, which is never refused for what was piped in: its message, as far
    as it can be used, and what is to be said of it. Only at a terminal, where somebody sees it,
    `UsageProblem`.
    """
    if text != "-":
        return text, []
    data, notes = _stdin("--message"), []
    piped = data[:_MOST_BYTES].decode("utf-8", "backslashreplace").strip()
    if not piped:
        notes.append("warning: --message -: nothing came on stdin; it is declared without a message")
    if len(piped) > LARGEST_TEXT or len(data) > _MOST_BYTES:
        piped = piped[:LARGEST_TEXT]
        notes.append(f"warning: --message -: only the first {LARGEST_TEXT:,} characters were taken")
    return piped or None, notes


def _stdin(option: str) -> bytes:
    """At most a byte more than is taken."""
    if sys.stdin.isatty():
        raise UsageProblem(f"{option} - reads from a pipe, and stdin is a terminal", _TYPE_IT)
    try:
        return _read(sys.stdin.fileno())
    except OSError as problem:
        raise UsageProblem(f"{option} -: stdin cannot be read: {problem.strerror}", _TYPE_IT) from None


def _read(descriptor: int) -> bytes:
    parts, left = [], _MOST_BYTES + 1
    while left and (part := os.read(descriptor, min(left, 1 << 16))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
