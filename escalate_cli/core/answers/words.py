"""The words that people may send back, and the one line that may hold them: a word, perhaps a code,
perhaps a text, and nothing else.

What is not exactly that is no answer: "NO, I am on a plane" may come from a robot, and "ok, but
call me" from somebody who does not mean it. In doubt nothing changes and paging goes on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum

import msgspec

from escalate_cli.core.answers.codes import is_code
from escalate_cli.core.calendar.duration import Span, parse_duration


class Word(str, Enum):
    """What somebody wants. On a nudge TAKE means yes and PASS means no."""

    TAKE = "take"
    PASS = "pass"  # noqa: S105 (no password)
    DONE = "done"
    NOTE = "note"
    LATER = "later"
    UNDO = "undo"
    WHO = "who"


BUILT_IN: dict[str, Word] = {
    **dict.fromkeys(("ok", "okay", "ack", "acknowledge", "take", "yes", "y", "1"), Word.TAKE),
    **dict.fromkeys(("👍", "✅", "✔", "👌", "🆗"), Word.TAKE),
    **dict.fromkeys(("no", "n", "pass", "next", "2", "👎", "❌"), Word.PASS),
    **dict.fromkeys(("done", "resolve", "resolved", "fixed", "over", "3"), Word.DONE),
    **dict.fromkeys(("note",), Word.NOTE),
    **dict.fromkeys(("later", "snooze"), Word.LATER),
    **dict.fromkeys(("undo",), Word.UNDO),
    **dict.fromkeys(("who", "who?", "?"), Word.WHO),
}
"""what is understood everywhere. Words that end a subscription (STOP, END, CANCEL, QUIT …) belong to
the carriers and mean nothing here."""

_TAKE_OVER = "take"
_DIGITS = ("1", "2", "3")
"""the same in every language; alone only, never with a text"""
_LABELS = ("next", "acknowledge")
"""also what lines of our own messages begin with: with a text behind them they are no answer"""

LONGEST_WORD = 40
LONGEST_NOTE = 2_000

_UNSEEN = dict.fromkeys(
    [
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A),
        0xFEFF, 0xFE0E, 0xFE0F, 0x00AD, *range(0x1F3FB, 0x1F400),
    ]
)  # fmt: skip
"""marks that nobody sees: directions, joiners, how an emoji is drawn, the colour of its skin"""
_AROUND = " \t\"'`´‘’‚‛“”„‟«»‹›*_()[]{}.,!…·。、！．"
_ALL = ("all", "all of them")
_NUMBER = re.compile(r"#([1-9][0-9]{0,17})")
_UNITS = (
    (re.compile(r"(?<=[0-9])\s*(?:seconds|second|secs|sec)\b"), "s"),
    (re.compile(r"(?<=[0-9])\s*(?:minutes|minute|mins|min)\b"), "m"),
    (re.compile(r"(?<=[0-9])\s*(?:hours|hour|hrs|hr|std)\b"), "h"),
    (re.compile(r"(?<=[0-9])\s*(?:days|day)\b"), "d"),
)


class Reply(msgspec.Struct, frozen=True):
    """What one line says.

    `code` is the code that was typed, in small letters; `number`, the incident that was named
    (#12); `everything`, whether ALL was said; `text`, what stands after a colon; `span`, for how
    long (LATER), in microseconds. `anyway`: even if somebody else has it (TAKE). Each is None, or false,
    where it was not said.
    """

    word: Word
    code: str | None = None
    number: int | None = None
    everything: bool = False
    text: str | None = None
    span: Span | None = None
    anyway: bool = False


def vocabulary(own: Mapping[str, tuple[str, ...]]) -> dict[str, Word]:
    """The built-in words and those of the organisation, by what is compared; `own` is by the value
    of a `Word`. A word of the organisation wins; one that is nothing but punctuation is none.
    """
    compared = ((as_compared(text), Word(word)) for word, texts in own.items() for text in texts)
    return BUILT_IN | {text: word for text, word in compared if text}


def as_seen(text: str) -> str:
    """A text without the marks that nobody sees."""
    return text.translate(_UNSEEN)


def as_compared(text: str) -> str:
    """A text as words are compared: without marks that nobody sees, without quotes and full stops
    around it, in small letters, one space between words.
    """
    shown = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).casefold()
    return " ".join(shown.split()).strip(_AROUND)


def read_line(line: str, words: Mapping[str, Word] = BUILT_IN) -> Reply | None:
    """What a line says; None where it is not a word with what may follow it, and nothing else."""
    head, _, rest = line.translate(_UNSEEN).replace("：", ":").partition(":")
    text = _tidy(rest) or None
    if len(head) > LONGEST_WORD + 40:
        return None
    answer = _read_head(as_compared(head), words)
    if answer is None:
        return None
    if answer.word is Word.NOTE:
        return msgspec.structs.replace(answer, text=text) if text else None
    if text is not None and (as_compared(head).split() or [""])[0] in (*_DIGITS, *_LABELS):
        return None
    if text is not None and answer.word in (Word.WHO, Word.UNDO):
        return None
    if answer.word is Word.LATER and answer.span is None:
        return None
    return msgspec.structs.replace(answer, text=text)


def _tidy(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NOTE]


def _read_head(head: str, words: Mapping[str, Word]) -> Reply | None:
    """The word, and behind it at most a code or a number, ALL and, after LATER, how long."""
    longest = max((length for length in range(1, 5) if _first(head, length) in words), default=0)
    if not longest:
        word = words.get(_once(head))
        return Reply(word) if word is not None else None
    word = words[_first(head, longest)]
    answer = Reply(word, anyway=word is Word.TAKE and _first(head, 1) == _TAKE_OVER)
    rest = " ".join(head.split()[longest:])
    if word is Word.LATER:
        return _read_later(answer, rest)
    for part in rest.split():
        taken = _with(answer, part.strip(_AROUND))
        if taken is None:
            return None
        answer = taken
    return answer


def _first(head: str, length: int) -> str:
    parts = head.split()
    return " ".join(parts[:length]).strip(_AROUND + ",;") if len(parts) >= length else ""


def _once(head: str) -> str:
    """A sign that is repeated ("👍👍") as it stands once."""
    return head[0] if head and len(set(head)) == 1 and not head[0].isalnum() else ""


def _with(answer: Reply, part: str) -> Reply | None:
    """The answer with one more part: a code, a number or ALL, each at most once."""
    named = answer.code is not None or answer.number is not None or answer.everything
    if named:
        return None
    if part in _ALL:
        return msgspec.structs.replace(answer, everything=True)
    if is_code(part):
        return msgspec.structs.replace(answer, code=part)
    number = _NUMBER.fullmatch(part)
    return msgspec.structs.replace(answer, number=int(number.group(1))) if number else None


def _read_later(answer: Reply, rest: str) -> Reply | None:
    """LATER takes how long ("30m", "1 hour"), before or after the code."""
    for unit, short in _UNITS:
        rest = unit.sub(short, rest)
    for part in rest.removeprefix("for ").split():
        if answer.span is None and part[0].isdigit():
            try:
                answer = msgspec.structs.replace(answer, span=parse_duration(part.strip(_AROUND)))
            except ValueError:
                return None
            continue
        taken = _with(answer, part.strip(_AROUND))
        if taken is None:
            return None
        answer = taken
    return answer
