"""Marks by which a reader knows again what it has read, short enough to be kept in its place."""

from __future__ import annotations

import base64
import hashlib

_LENGTH = 8


def mark_of(name: str) -> str:
    """Eight characters that stand for a provider's id."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:6]).decode()


def marks_in(text: str) -> tuple[str, ...]:
    """The marks that were written one behind the other."""
    return tuple(text[start : start + _LENGTH] for start in range(0, len(text) - _LENGTH + 1, _LENGTH))
