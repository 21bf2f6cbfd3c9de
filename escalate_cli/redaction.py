"""Keeping secrets out of what is said about an attempt."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from functools import cached_property
from html import escape
from urllib.parse import quote, quote_plus, unquote

HIDDEN = "***"
_SHORTEST = 3
"""shorter values are not secrets, and hiding them would eat ordinary words"""
_WINDOW = 12
"""so many characters in common with any coding of a secret are too many"""
_SHORTEST_PIECE = 8
"""plugins split a token at its slashes and dashes and complain about one piece"""
_OURS = re.compile(r"(?:HTTP|SMTP) \d{3}|accepted")
_PASSWORD = re.compile(r"^[^:/?#]+://([^/?#]*)@", re.DOTALL)
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\s]+")


class Redaction:
    """What must not be said: every secret of an attempt, in every spelling that a plugin or a
    provider may repeat it in.

    The known spellings are hidden where they stand. What else is in common with a secret, in
    whatever coding and however it is cut into lines or escaped, makes the rest of the line be left
    out.
    """

    def __init__(self, url: str, secrets: Iterable[str]) -> None:
        self._url, self._given = url, secrets

    @cached_property
    def _secrets(self) -> list[str]:
        return [secret for secret in (*self._given, *_credentials(self._url)) if len(secret) >= _SHORTEST]

    @cached_property
    def _known(self) -> re.Pattern[str] | None:
        spellings = {spelling for secret in self._secrets for spelling in _spellings(secret)}
        ordered = sorted((text for text in spellings if len(text) >= _SHORTEST), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE) if ordered else None

    @cached_property
    def _traces(self) -> frozenset[str]:
        codings = (code for secret in self._secrets for code in _codings(secret))
        return frozenset(
            trace for code in codings for form in (_bare(code), code.lower()) for trace in _pieces(form)
        )

    def line(self, text: str, longest: int = 240) -> str:
        """`text` as one showable line of at most `longest` characters, with no secret in it.

        Hidden before cut: half a secret is one too. Hidden again after the white space is settled,
        since that may join what was apart.
        """
        if _OURS.fullmatch(text):  # nearly every message: nobody else's word is in it
            return text
        tidy = _UNSHOWABLE.sub(" ", self.hide(text[:20_000])).strip()
        tidy = self.hide(tidy)
        if self._echoes(tidy):  # the head is ours ("HTTP 400"), what follows is the provider's
            tidy = (
                f"{head} (the answer repeats a secret)"
                if not self._echoes(head := tidy.partition(":")[0])
                else HIDDEN
            )
        return tidy if len(tidy) <= longest else tidy[: longest - 1] + "…"

    def repeats(self, text: str) -> bool:
        """Whether `text` has something in common with a secret, as it is or in a known coding."""
        return self.hide(text) != text or self._echoes(text)

    def _echoes(self, text: str) -> bool:
        sizes = {len(trace) for trace in self._traces}
        return any(
            form[at : at + size] in self._traces
            for form in (_bare(text), text.lower())
            for size in sizes
            for at in range(len(form))
        )

    def hide(self, text: str) -> str:
        """`text` with its known spellings hidden, and else as it is."""
        return text if self._known is None else self._known.sub(HIDDEN, text)


def _credentials(url: str) -> list[str]:
    """The password in `url`, and what HTTP makes of user and password."""
    match = _PASSWORD.match(url)
    user, colon, password = match[1].rpartition(":") if match else ("", "", "")
    if not colon:
        return []
    pair = f"{unquote(user)}:{unquote(password)}"
    coded = {base64.b64encode(pair.encode(name, "replace")).decode() for name in ("utf-8", "latin-1")}
    return [password, unquote(password), pair, *sorted(coded)]


def _bare(text: str) -> str:
    """The letters and digits of `text`, in lower case: what escapes, padding and line breaks leave
    as it was.
    """
    return "".join(filter(str.isalnum, text)).lower()


def _codings(secret: str) -> set[str]:
    """A secret as it is and in the codings that servers echo requests in: base64 from each of three
    bytes, hex, percent, JSON in JSON.
    """
    codings = {
        secret,
        secret[::-1],
        json.dumps(secret),
        json.dumps(json.dumps(secret)),
        quote(secret.encode("utf-8", "replace"), safe=""),
    }
    for name in ("utf-8", "latin-1", "utf-16-le"):
        data = secret.encode(name, "replace")
        codings |= {
            data.hex(),
            "".join(f"%{byte:02x}" for byte in data),
            "".join(f"&#{byte};" for byte in data),
        }
        # The first and last characters of each shifted coding belong to the bytes beside it too.
        codings |= {
            base64.b64encode(bytes(shift) + data).decode()[(shift * 8 + 5) // 6 :][: len(data) * 8 // 6]
            for shift in range(3)
        }
        codings |= {base64.b32encode(data).decode().rstrip("="), base64.b85encode(data).decode()}
    return codings


def _pieces(form: str) -> set[str]:
    """Every stretch of `_WINDOW` characters; the whole of what is shorter, where it is no ordinary word."""
    if len(form) < _WINDOW:
        return {form} if len(form) >= _SHORTEST_PIECE else set()
    return {form[at : at + _WINDOW] for at in range(len(form) - _WINDOW + 1)}


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
