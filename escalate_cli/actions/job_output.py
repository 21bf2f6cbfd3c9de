"""The end of what a job wrote, as an incident can hold it: lines that can be read, without secrets,
and not too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from escalate_cli.core.wording.text import printable
from escalate_cli.redaction import Redaction

_LONGEST = 2_000
"""characters of the end"""
_MOST_LINES = 30
_LONGEST_LINE = 400
_STEERING = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours and moves
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles and links of terminals
    r"|\x1b[ -/]*[0-~]"
)
_LEFT_OUT = "[...]"


def readable_end(output: bytes, secrets: Iterable[str], *, is_cut: bool = False) -> str:
    """The last lines of `output`, whole where they are not very long; "" where it says nothing.

    Of a line that was written over again, as bars of progress are, only its last state stays.
    Secrets are hidden before anything is cut. `is_cut`: these bytes are an end already.
    """
    text = output.decode("utf-8", "replace")
    if is_cut:  # its beginning may be the half of anything
        text = text.partition("\n")[2] or text[len(text) // 2 :]
    text = hide_secrets(_STEERING.sub("", text.replace("\r\n", "\n")), secrets)
    lines = [line.rstrip("\r").rpartition("\r")[2].rstrip() for line in text.split("\n")]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    kept: list[str] = []
    room = _LONGEST
    for line in reversed(lines):
        shown = _shortened(printable(line.replace("\t", "    ")))
        room -= len(shown) + 1
        if room < 0 or len(kept) == _MOST_LINES:
            break
        kept.insert(0, shown)
    if is_cut or len(kept) < len(lines):
        kept.insert(0, _LEFT_OUT)
    return "\n".join(kept) if lines else ""


def _shortened(line: str) -> str:
    """Head and end of a line that is very long."""
    if len(line) <= _LONGEST_LINE:
        return line
    half = (_LONGEST_LINE - len(_LEFT_OUT) - 2) // 2
    return f"{line[:half]} {_LEFT_OUT} {line[-half:]}"


def hide_secrets(text: str, secrets: Iterable[str]) -> str:
    """`text` with `***` for each secret, in whatever spelling it stands there."""
    return Redaction("", secrets).hide(text)
