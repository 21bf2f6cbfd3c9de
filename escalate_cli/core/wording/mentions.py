"""Mentions made harmless: text from people or monitors must not ring a whole room.

A space goes between the sign and the name: "@ everyone". A space is in every alphabet, and no
service takes this for a mention. In an address ("ana@example.com") a letter or digit stands before
the sign. Addresses and links stay as they are, unless they hold a name that rings everybody
wherever it stands.
"""

from __future__ import annotations

import re

from escalate_cli.core.wording.fitting import Text

_RINGS = re.compile(
    r"""(?P<link> \bhttps?://\w[^\s<>"]* )
    | @ (?= (?: everyone | here ) )                       # Discord: also within a word
    | @ (?= room \b )                                     # Matrix: at the beginning of any word
    | @ (?= (?: all | channel ) \b (?! \.\w ) )         # most chats: "disk5@all", not "x@all.example.com"
    | (?<! [^\W_] ) @ (?= [^\s@] )                       # most chats, Discord <@1>; also "-@ana", "_@ana"
    | < (?= [!@] | users/ | /? at \b | spark-mention )   # Slack, Google Chat, Teams, Feishu, Webex
    | \( (?= (?: met | rol ) \) )                  # Kook (met)all(met)
    | \[ (?= CQ: )                                 # OneBot [CQ:at,qq=all]
    | twist (?= -mention: )                        # Twist
    """,
    re.IGNORECASE | re.VERBOSE,
)
_RINGS_IN_LINKS = re.compile(
    r"@ (?= (?: everyone | here | channel | all | room ) \b )", re.IGNORECASE | re.VERBOSE
)


def without_mentions(text: Text) -> Text:
    """`text` in which nothing mentions anybody, on any service. What is quiet already stays as it is."""
    return text.inserting(_places(text.text), " ")


def text_without_mentions(text: str) -> str:
    """The same for a text that is not to be cut."""
    return without_mentions(Text(text)).text


def _places(text: str) -> list[int]:
    """Before which characters a space belongs."""
    places: list[int] = []
    for ringing in _RINGS.finditer(text):
        if ringing["link"] is not None:
            places += [ringing.start() + within.end() for within in _RINGS_IN_LINKS.finditer(ringing["link"])]
        else:
            places.append(ringing.end())
    return places
