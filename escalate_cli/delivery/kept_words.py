"""What is kept of a provider's words: those that are plain words. A secret in whatever coding is none."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import unquote

_LEFT_OUT = "…"
_READ = 2000
"""characters of an answer that are looked at"""
_LONGEST_WORD = 30
_NUMBER = re.compile(r"\W*(?:0x)?[0-9a-f]*\d[0-9a-f]*\W*|\W*(?:0x)?[0-9a-f]{2}\W*", re.IGNORECASE)
_MOST_NUMBERS = 3
"""numbers in a row: a status, a code, a limit"""
_ESCAPE = re.compile(
    r"\\+u\{?[0-9a-f]{2,6}|\\+x[0-9a-f]{2}|\\+[0-7]{3}|&#x?[0-9a-f]+|%[0-9a-f]{2}", re.IGNORECASE
)
_HUMP = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_DEEPEST = 3
_MOST_FORMS = 80


def kept_words(text: str) -> str:
    """`text` without what is no word: letters mixed with digits, escapes, rows of numbers, runs
    without end; "…" stands in the place of each.
    """
    words = text[:_READ].split(" ")
    bad = [_is_no_word(word) for word in words]
    begin = 0
    for at in range(len(words) + 1):
        if at < len(words) and _NUMBER.fullmatch(words[at]):
            continue
        if at - begin > _MOST_NUMBERS:
            bad[begin:at] = [True] * (at - begin)
        begin = at + 1
    shown: list[str] = []
    for word, left_out in zip(words, bad, strict=True):
        if not left_out:
            shown.append(word)
        elif not shown or shown[-1] != _LEFT_OUT:
            shown.append(_LEFT_OUT)
    return " ".join(shown)


def _is_no_word(word: str) -> bool:
    signs = [sign for sign in word if sign.isalnum()]
    digits = sum(sign.isdigit() for sign in signs)
    return (
        len(_ESCAPE.findall(word)) > 1
        or (len(signs) >= 8 and 0 < digits < len(signs))
        or digits > 15
        or word.count(",") > 3
        or any(len(run) > _LONGEST_WORD for run in re.split(r"[^\w]+|_", word))
        or (len(signs) >= 10 and len(_HUMP.findall(word)) > 2)
        or (len(word) >= 8 and 2 * len(signs) < len(word))
        or unicodedata.normalize("NFKC", word) != unicodedata.normalize("NFC", word)
    )


def decoded_forms(text: str) -> Iterator[str]:
    """`text` and what it is when codings are undone, one after the other, a few levels deep."""
    known, level = {text[:_READ]}, [text[:_READ]]
    yield text[:_READ]
    for _ in range(_DEEPEST):
        deeper: list[str] = []
        for form in level:
            for undo in _UNDOING:
                with suppress(Exception):  # what cannot be undone is no such coding; it decides about no page
                    undone = undo(form)
                    if undone and undone not in known and len(known) < _MOST_FORMS:
                        known.add(undone)
                        deeper.append(undone)
                        yield undone
        level = deeper


def _unescaped(text: str) -> str:
    def byte_run(match: re.Match[str]) -> str:
        codes = re.findall(r"\\+(?:u\{?([0-9a-fA-F]{2,6})\}?|x([0-9a-fA-F]{2})|([0-7]{3}))", match[0])
        return "".join(chr(int(u or x, 16) if u or x else int(octal, 8)) for u, x, octal in codes)

    return re.sub(r"(?:\\+(?:u\{?[0-9a-fA-F]{2,6}\}?|x[0-9a-fA-F]{2}|[0-7]{3}))+", byte_run, text)


def _from_numbers(base: int, pattern: str) -> Callable[[str], str]:
    rows = re.compile(pattern, re.IGNORECASE)

    def undo(text: str) -> str:
        codes = [int(number, base) for number in rows.findall(text)]
        return (
            bytes(code for code in codes if code < 256).decode("utf-8", "replace") if len(codes) > 3 else ""
        )

    return undo


def _tokens(decode: Callable[[bytes], bytes], pattern: str) -> Callable[[str], str]:
    runs = re.compile(pattern)

    def undo(text: str) -> str:
        told = []
        for run in runs.findall(text):
            with suppress(ValueError, binascii.Error):
                told.append(decode(run.encode()).decode("utf-8", "replace"))
        return " ".join(told)

    return undo


def _padded(run: bytes) -> bytes:
    return base64.b64decode(run.replace(b"-", b"+").replace(b"_", b"/") + b"=" * (-len(run) % 4))


_UNDOING: tuple[Callable[[str], str], ...] = (
    html.unescape,
    _unescaped,
    unquote,
    lambda text: unicodedata.normalize("NFKC", text),
    lambda text: text.encode("latin-1").decode("utf-8"),
    lambda text: text.encode("ascii").decode("utf-7"),
    lambda text: codecs.encode(text, "rot13"),
    _tokens(_padded, r"[A-Za-z0-9+/_-]{8,}"),
    _tokens(binascii.unhexlify, r"(?:[0-9A-Fa-f]{2}){6,}"),
    _tokens(base64.b85decode, r"[^\s\"',./:\[\\\]]{10,}"),
    _tokens(base64.a85decode, r"[!-u]{10,}"),
    _tokens(binascii.a2b_uu, r"[ -`]{10,}"),
    _from_numbers(16, r"\b(?:0x)?([0-9a-f]{2})\b"),
    _from_numbers(2, r"\b([01]{8})\b"),
    _from_numbers(10, r"\b(\d{2,3})\b"),
    _from_numbers(8, r"\b([0-3][0-7]{2})\b"),
)
