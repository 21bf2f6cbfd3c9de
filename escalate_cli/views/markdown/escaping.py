"""Any text as Markdown that shows it as it is, and does nothing else."""

from __future__ import annotations

import re

from escalate_cli.core.wording.text import printable

_MARKS = re.compile(r"([\\`*_\[\]<>&|~#!$^{}])")
_AT_THE_START = re.compile(r"^(\s*)([-+=:]|\d{1,9}(?=[.)]))", re.ASCII)


def escaped(text: object) -> str:
    """Text as one line of Markdown that shows just this text: in a cell of a table, in a heading,
    in a sentence.
    """
    lines = [line.strip(" \t") for line in str(text).replace("\r\n", "\n").strip(" \t\n").split("\n")]
    return _MARKS.sub(r"\\\1", printable(" ↵ ".join(lines)))


def quoted(text: str) -> str:
    """Text of several lines as a block quote: line by line as it was written, with its indentation."""
    lines = []
    for line in text.replace("\r\n", "\n").strip("\n").split("\n"):
        line = printable(line.expandtabs(4).rstrip(" "))
        shown = line.lstrip(" ")
        marked = _MARKS.sub(r"\\\1", shown)
        marked = _AT_THE_START.sub(_escape_the_start, marked)
        lines.append("\u00a0" * (len(line) - len(shown)) + marked)
    # A backslash at the end of a line is a line break; before an empty line it would be shown.
    breaks = ["\\" if line and after else "" for line, after in zip(lines, [*lines[1:], ""], strict=True)]
    return "\n".join(f"> {line}{end}".rstrip(" ") for line, end in zip(lines, breaks, strict=True))


def _escape_the_start(match: re.Match[str]) -> str:
    """`- `, `+ `, `=`, `1.` begin lists, rules and tables at the start of a line."""
    spaces, mark = match[1], match[2]
    if mark.isdigit():
        return f"{spaces}{mark}\\"
    return f"{spaces}\\{mark}"
