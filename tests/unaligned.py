"""The text of a message without the spaces that put its values below each other."""

from __future__ import annotations

import re


def unaligned(text: str) -> str:
    """One space after each label."""
    return re.sub(r"(?<=\S) {2,}", " ", text)
