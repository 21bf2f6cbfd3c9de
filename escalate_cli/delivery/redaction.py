"""Keeping secrets out of what is said about an attempt."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote, quote_plus, unquote

HIDDEN = "***"
_SHORTEST = 3
"""shorter values are not secrets, and hiding them would eat ordinary words"""
_SHORTEST_PIECE = 8
"""plugins split a token at its slashes and dashes and complain about one piece"""
_PASSWORD = re.compile(r"^[^:/?#]+://([^/?#]*)@", re.DOTALL)
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\s]+")


class Redaction:
    """What must not be said: every secret of an attempt, in every spelling that a plugin or a provider may repeat it in."""

    __slots__ = ("_known",)

    def __init__(self, url: str, secrets: Iterable[str]) -> None:
        spellings = {spelling for secret in (*secrets, *_credentials(url)) for spelling in _spellings(secret)}
        ordered = sorted((text for text in spellings if len(text) >= _SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE) if ordered else None

    def line(self, text: str, longest: int = 240) -> str:
        """`text` as one showable line of at most `longest` characters, with no secret in it.

        Hidden before cut: half a secret is one too. Hidden again after the white space is settled, since that may join what was apart.
        """
        tidy = _UNSHOWABLE.sub(" ", self._hide(text[:20_000])).strip()
        tidy = self._hide(tidy)
        return tidy if len(tidy) <= longest else tidy[: longest - 1] + "…"

    def _hide(self, text: str) -> str:
        return text if self._known is None else self._known.sub(HIDDEN, text)


def _credentials(url: str) -> list[str]:
    """The password in `url`, and what HTTP makes of user and password."""
    found = _PASSWORD.match(url)
    user, colon, password = found.group(1).rpartition(":") if found else ("", "", "")
    if not colon:
        return []
    pair = f"{unquote(user)}:{unquote(password)}".encode("utf-8", "replace")
    return [password, unquote(password), base64.b64encode(pair).decode()]


def _spellings(secret: str) -> set[str]:
    pieces = {piece for piece in re.split(r"[^A-Za-z0-9]+", secret) if len(piece) >= _SHORTEST_PIECE}
    sound = secret.encode("utf-8", "replace").decode()
    return pieces | {
        secret,
        secret.strip(),
        unquote(sound),
        quote(sound),
        quote(sound, safe=""),
        quote_plus(sound),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        escape(secret),
        base64.b64encode(sound.encode()).decode(),
    }
