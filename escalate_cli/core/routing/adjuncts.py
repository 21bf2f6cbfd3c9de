"""What surrounds the subject of a report: greetings, who says it, since when, where, for whom.

It is left out where the words as a whole leave doubt: "wifi is down in eu-west since 10 minutes" is
as much about the wifi as "wifi is down".
"""

from __future__ import annotations

import re
from functools import cache

_REACH = 80
"""how many letters at either end it looks at"""
_MOST_ADJUNCTS = 6


def _any(words: str) -> str:
    """A pattern for one of these expressions in any case; "_" stands for a space."""
    return "(?i:" + "|".join(word.replace("_", r"\s+") for word in words.split()) + ")"


_NAME = r"[A-Z][\w'’-]*"
_GAP = r"[\s,.;:!–—-]+"
_HAIL = _any(
    "hi hello hey dear good_morning good_afternoon good_evening good_day morning afternoon evening greetings"
)
_ALL = _any("all team there folks everyone everybody both guys colleagues support friends")
_GREETING = rf"^\W*{_HAIL}\b(?:\s+{_ALL}\b|(?:\s+{_NAME}){{1,2}}(?=\s*[,:;!.–—-]))?(?:\s*[,:;!.–—-]+\s*|\s+)"
_I_AM = _any("this_is it_is it's i_am i'm my_name_is")
_HERE = _any("here speaking")
_FROM = _any("reported_by raised_by sent_by logged_by forwarded_by from")
_SPEAKER = (
    rf"^\W*(?:(?:{_FROM}|{_I_AM})\s+{_NAME}(?:\s+{_NAME})?(?:\s+{_HERE})?"
    rf"|{_NAME}(?:\s+{_NAME})?\s+{_HERE})\s*[,:;.–—-]\s*"
)

_BYE = _any(
    "thanks thank_you many_thanks thx cheers regards best_regards kind_regards please pls asap urgent"
)
_MUCH = _any("a_lot so_much very_much in_advance all team")
_CLOSING = rf"{_GAP}{_BYE}(?:[\s,]+{_MUCH})?(?:[\s,]+{_NAME}(?:\s+{_NAME})?)?\W*$"

_SINCE = _any("since for from until after before at on about around over within in")
_ABOUT = _any("about around over at_least nearly almost the past last")
_COUNT = rf"(?:\d+|{_any('a an one two three four five ten half_a half_an a_few several')})"
_SPAN = _any(
    "s sec secs second seconds m min mins minute minutes h hr hrs hour hours day days week weeks month months"
)
_AGO = _any("now ago already")
_CLOCK = r"\d{1,2}(?:[:.h]\d\d)?\s*(?i:am|pm)|\d{1,2}[:.h]\d\d(?:\s*(?i:utc|gmt|cet))?"
_DAY = _any(
    "this last yesterday tomorrow today tonight now monday tuesday wednesday thursday friday saturday sunday"
    " mon tue wed thu fri sat sun"
)
_PART = _any("morning afternoon evening night noon week month")
_MOMENT = _any("noon midnight lunch the_weekend again right_now just_now at_the_moment currently already")
_WHEN = (
    rf"{_GAP}(?:{_SINCE}\s+(?:{_ABOUT}\s+)*)?"
    rf"(?:{_COUNT}\s*{_SPAN}(?:\s+{_AGO})?|{_CLOCK}|{_DAY}(?:\s+{_PART})?|{_MOMENT})\W*$"
)

_IN = _any("in at on near across throughout around from")
_OUR = _any("the our all of whole parts")
_KIND = "zone floor room building area region site level wing office offices branch"
_PLACE = rf"{_any(_KIND)}\s+[\w-]{{1,3}}|{_NAME}|[a-z]{{2,}}-[a-z]+(?:-?\d\w*)?"
_WHERE = rf"{_GAP}{_IN}\s+(?:{_OUR}\s+)*(?:{_PLACE})(?:\s+(?:{_NAME}|{_any(_KIND + ' and')}))*\W*$"

_FOR = _any("for to by with affecting hitting")
_HOW_MANY = _any("the our all many most some several a_few lots_of every more")
_PEOPLE = _any(
    "customer customers user users people everyone everybody anyone all all_of_us us me staff colleagues"
    " client clients guests visitors members team teams office offices"
)
_WHOM = rf"{_GAP}{_FOR}\s+(?:{_HOW_MANY}\s+)*{_PEOPLE}\W*$"


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """The patterns for the start and for the end; five milliseconds that a clear report does not cost."""
    return (
        tuple(re.compile(pattern) for pattern in (_GREETING, _SPEAKER)),
        tuple(re.compile(pattern) for pattern in (_CLOSING, _WHEN, _WHERE, _WHOM)),
    )


def without_adjuncts(text: str) -> str:
    """The text without what stands around its subject, from both ends; the whole text if nothing
    would be left.
    """
    at_start, at_end = _compiled()
    kept = text.strip()
    for _ in range(_MOST_ADJUNCTS):
        shorter = kept
        for pattern in at_start:
            shorter = pattern.sub("", shorter[:_REACH], count=1) + shorter[_REACH:]
        for pattern in at_end:
            shorter = shorter[:-_REACH] + pattern.sub("", shorter[-_REACH:], count=1)
        if shorter == kept or not shorter.strip():
            break
        kept = shorter
    return kept or text
