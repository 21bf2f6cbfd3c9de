"""Text that comes from people and may be hostile, made harmless for terminals and messages."""

from __future__ import annotations

import re

# C0, DEL and C1; bidirectional overrides, isolates and marks; zero-width and line separators; tags; lone
# surrogates. A joiner is kept after a letter or picture that has a use for it (emoji, Persian, Hindi) and
# shown where it could only deceive.
LIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]|(?<![^\x00-\u024f])[\u200c\u200d]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _visible(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def printable(text: object, *, lines: bool = False) -> str:
    """`text` with every character that could steer a terminal, hide or reorder text written out:
    `\\x1b`, `\\u202e`.

    With `lines`, line ends stay line ends (for prose); without, the result is one line (for a cell
    of a table).
    """
    if lines:
        return "\n".join(LIVE.sub(_visible, line) for line in str(text).replace("\r\n", "\n").split("\n"))
    return LIVE.sub(_visible, str(text))
