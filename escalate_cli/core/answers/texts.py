"""ReadText what somebody sent back: the answer stands alone on its line, above our own text.

From the top down: a line that is an answer ends the search with it; a line with which somebody
else's words begin (ours, a quotation, a signature, the head of the message that was answered) ends
it without one; every other line is passed over, such as a mail filter's "CAUTION: external email".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import msgspec

from escalate_cli.core.answers.words import BUILT_IN, Reply, Word, as_seen, read_line

MOST_LINES = 60
"""an answer that stands farther down is not looked for: what is up there is no answer to a page"""

_LONGEST_HEAD = 500
"""characters; what is longer leads to nobody's words, and takes no time"""
_QUOTED = re.compile(r"\s*(?:>|\|)")
_RULE = re.compile(r"\s*(?:[-_=*]{2,}\s*\S.*[-_]{2,}|[-_=–—]{5,}|--)\s*")
"""`-----Original Message-----`, a line of dashes, and the two dashes above a signature"""
_HEAD = re.compile(r"\s*\*?(?P<name>[^\W\d_][\w .'-]{0,24}?)\s?\*?\s?[:\uff1a]\*?\s")
_BY_ADDRESS = re.compile(r"\s*\*?[^\W\d_][^:\uff1a@<>]{0,30}[:\uff1a].*\S@\S")
"""`Odesílatel: On-call <oncall@example.com>`: such a head is one in every language"""
_FORWARDED = re.compile(
    r".*(?:forward|weitergeleitet|weiterleit|transf[eé]r|reenviad|reenvia|inoltrat|doorgestuurd|reencaminhad|"
    r"encaminhad|vidarebefordra|videresend|välitet|przekaz|przesłan|přeposl|továbbít|ilet|переадрес|переслан|"
    r"転送|转发|轉寄|轉發|전달).*[:\uff1a]\s*",
    re.IGNORECASE,
)
"""`Begin forwarded message:` in the languages of the world"""
_PGP = re.compile(r"\s*-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:\w[\w-]*: .*\r?\n)*")
"""what stands above a text that is signed within itself (RFC 9580 §7)"""
_HEADS = re.compile(
    r"from|sent|to|cc|subject|date|reply-to|von|gesendet|an|betreff|datum|de|envoyé|à|"
    r"objet|da|inviato|oggetto|van|verzonden|aan|onderwerp|od|wysłano|do|temat|från|"
    r"skickat|till|ämne|fra|sendt|til|emne|lähettäjä|lähetetty|vastaanottaja|aihe|enviado|"
    r"para|asunto|assunto|feladó|elküldve|címzett|tárgy|kimden|gönderilen|gönderme|kime|"
    r"konu|от|отправлено|кому|тема|发件人|发送时间|收件人|主题|差出人|送信日時|宛先|件名|보낸|보낸사람"
)
"""how the head of an answered message begins in the clients of the world, in small letters"""
_LABELS = re.compile(
    r"severity|affected|declared|reported|since|had it|open again|why you|told so far|paged now|next|"
    r"next word|working on it|proposed|rule|acknowledge|acknowledge all of it|take it over|details"
)
"""how lines of our own messages begin, whosever they are and wherever their code has gone"""
_WROTE = re.compile(r".*(?:\S@\S|\d{4}|\d{1,2}[:.h]\d{2}).*[:\uff1a]\s*")
"""`On 27 Nov 2026 at 04:53, On-call <oncall@example.com> wrote:` in any language"""
_SUBJECT_PREFIX = re.compile(r"\s*(?:[^\W\d_]{1,4}|回复|答复|返信|回覆)\s?(?:\[\d+\])?\s?[:\uff1a]\s*")


class ReadText(msgspec.Struct, frozen=True):
    """What a text holds: an answer, or, without one, the first line that somebody wrote: it is shown
    to whoever asks why nothing was done. "" where they wrote nothing.
    """

    answer: Reply | None
    first_line: str = ""


def read_text(text: str, codes: Collection[str] = (), words: Mapping[str, Word] = BUILT_IN) -> ReadText:
    """Read a text. `codes` are those of the messages that may have been answered, long or short: a
    line with one of them that is no answer is ours.
    """
    first = ""
    text = text[signed.end() :] if (signed := _PGP.match(text)) else text
    lines = [line for line in text.splitlines() if line.strip()]
    for place, line in enumerate(lines[:MOST_LINES]):
        if _QUOTED.match(line):
            break
        answer = read_line(line, words)
        if answer is not None:
            return ReadText(answer, line.strip())
        if begins_elsewhere(line, codes) or _wrote_over_two(line, lines[place + 1 : place + 2]):
            break
        if first and line.rstrip().endswith((":", "\uff1a")):
            break  # a line below that leads to something else; at the top it may greet
        first = first or line.strip()
    return ReadText(None, first)


def begins_elsewhere(line: str, codes: Collection[str] = ()) -> bool:
    """Whether somebody else's words begin with this line, or whoever writes has signed."""
    line = as_seen(line)
    if _QUOTED.match(line):
        return True
    leads = any(shape.fullmatch(line[:_LONGEST_HEAD]) for shape in (_RULE, _WROTE, _FORWARDED))
    if leads or _BY_ADDRESS.match(line[:_LONGEST_HEAD]):
        return True
    head = _HEAD.match(line[:_LONGEST_HEAD] + " ")
    name = head["name"].casefold().strip() if head else ""
    if _HEADS.fullmatch(name) or _LABELS.fullmatch(name):
        return True
    parts = set(re.findall(r"[a-z0-9]+", line.lower()))
    return any(code.lower() in parts for code in codes)


def _wrote_over_two(line: str, following: list[str]) -> bool:
    """ "On Fri, 27 Nov 2026 at 04:53, On-call" and, on the next line, "<oncall@example.com> wrote:"."""
    both = f"{line} {following[0]}" if following else ""
    return len(both) <= _LONGEST_HEAD and bool(_WROTE.fullmatch(both)) and _dated(line)


def _dated(line: str) -> bool:
    return bool(re.search(r"\d{4}|\d{1,2}[:.h]\d{2}", line))


def read_subject(subject: str, words: Mapping[str, Word] = BUILT_IN) -> Reply | None:
    """The answer that a subject is, as a whole, without "Re:" and what stands for it elsewhere: what
    a link in our mail writes, "OK k7m4".
    """
    answer = read_line(subject, words)
    while answer is None:
        match = _SUBJECT_PREFIX.match(subject)
        if match is None or not match.end():
            return None
        subject = subject[match.end() :]
        answer = read_line(subject, words)
    return answer
