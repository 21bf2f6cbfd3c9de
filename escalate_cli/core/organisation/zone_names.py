"""What people write in place of an IANA time zone (abbreviations, cities, offsets), and the name to
write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from escalate_cli.core.organisation.catalog import did_you_mean

FIXED: dict[str, str] = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}
"""names that exist but stand for a fixed offset, and the place that is most likely meant"""

_ABBREVIATIONS: dict[str, str] = {
    "America/Los_Angeles": "PST PDT PT PACIFIC",
    "America/Denver": "MDT MT MOUNTAIN",
    "America/Chicago": "CST CDT CT CENTRAL",
    "America/New_York": "EDT ET EASTERN",
    "America/Anchorage": "AKST AKDT",
    "America/Halifax": "AST ADT",
    "America/St_Johns": "NST NDT",
    "America/Sao_Paulo": "BRT BRST",
    "America/Argentina/Buenos_Aires": "ART",
    "America/Bogota": "COT",
    "America/Lima": "PET",
    "Europe/London": "BST UK",
    "Europe/Berlin": "CEST MEZ MESZ MEST",
    "Europe/Athens": "EEST",
    "Europe/Lisbon": "WEST",
    "Europe/Moscow": "MSK",
    "Europe/Istanbul": "TRT",
    "Africa/Johannesburg": "SAST",
    "Africa/Lagos": "WAT",
    "Africa/Nairobi": "EAT",
    "Africa/Maputo": "CAT",
    "Asia/Kolkata": "IST",
    "Asia/Jerusalem": "IDT",
    "Asia/Dubai": "GST",
    "Asia/Karachi": "PKT",
    "Asia/Kathmandu": "NPT",
    "Asia/Bangkok": "ICT",
    "Asia/Jakarta": "WIB",
    "Asia/Singapore": "SGT",
    "Asia/Manila": "PHT",
    "Asia/Hong_Kong": "HKT",
    "Asia/Shanghai": "CHINA",
    "Asia/Tokyo": "JST",
    "Asia/Seoul": "KST",
    "Australia/Perth": "AWST",
    "Australia/Adelaide": "ACST ACDT",
    "Australia/Sydney": "AEST AEDT",
    "Pacific/Auckland": "NZST NZDT",
    "UTC": "Z ZULU",
}
_MEANT = {word: place for place, words in _ABBREVIATIONS.items() for word in words.split()} | FIXED
_OTHERS = {
    "IST": ' ("Europe/Dublin" for Ireland, "Asia/Jerusalem" for Israel)',
    "CST": ' ("Asia/Shanghai" for China)',
}
_OFFSET = re.compile(r"(?:utc|gmt)?\s*[+-]\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE | re.ASCII)


def zone_hint(asked: str, known: Iterable[str]) -> str:
    """What to write instead of a zone that does not exist; `known` are the names that this machine has."""
    word = asked.strip()
    names = set(known)
    place = _MEANT.get(word.upper())
    if place in names:
        return f'did you mean "{place}"?{_OTHERS.get(word.upper(), "")}'
    if _OFFSET.fullmatch(word):
        return 'an offset knows no summer time: name a place, like "Europe/London"'
    spelt = re.sub(r"[\s_-]+", "_", word).casefold()
    for name in sorted(names, key=lambda name: (name.count("/"), name)):
        if spelt in (name.casefold(), name.rpartition("/")[2].casefold()):
            return f'did you mean "{name}"?'
    # among names of three letters everything resembles everything
    guess = did_you_mean(word, names) if len(word) > 4 else None
    return f'did you mean "{guess}"?' if guess else 'write it like "Europe/London"'
