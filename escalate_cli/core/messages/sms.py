"""Text for one SMS: in its alphabet, on one line, and cut to what one holds."""

from __future__ import annotations

from escalate_cli.core.wording.fitting import Text, fit_sms
from escalate_cli.core.wording.gsm import is_gsm, with_gsm_letters
from escalate_cli.core.wording.mentions import without_mentions
from escalate_cli.core.wording.text import printable

_MOST_FOREIGN = 4
"""of which every so-manieth letter may be left out of a text before it is no longer the same"""


def words(text: str) -> str:
    """Text from people as an SMS takes it: on one line, quiet, with typographic signs made plain."""
    return without_mentions(Text(with_gsm_letters(printable(" ".join(text[:2000].split()))))).text


def words_beside(first: str, text: str) -> str:
    """`text`, beside one that matters more: a letter that SMS does not know must not take half of
    the room from that. It is left out, and the whole text where there are many.
    """
    tidy = words(text)
    if is_gsm(tidy) or not is_gsm(words(first)):
        return tidy
    known = "".join(letter for letter in tidy if is_gsm(letter))
    is_same = (len(tidy) - len(known)) * _MOST_FOREIGN <= len(tidy)
    return " ".join(known.split()) if is_same else ""


def one_sms(text: Text) -> Text:
    """`text` as one SMS that rings nobody; for a service that takes even less it may be cut further."""
    return fit_sms(without_mentions(text))
