"""Whether the mail server that took a mail in found it to be from whom it says (RFC 8601, DMARC).

Anybody may write an `Authentication-Results` of their own into a mail. A server puts its own on top,
under its own name: only the topmost of that name counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy

_DMARC = re.compile(r"dmarc\s*(?:/\s*[0-9]+\s*)?=\s*([a-z]+)", re.IGNORECASE)


def is_verified(raw: bytes, server: str) -> bool:
    """Whether the topmost result of `server` (its authserv-id) in a mail says dmarc=pass."""
    heads = message_from_bytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=policy.compat32)
    for value in heads.get_all("Authentication-Results", []):
        name, *results = _clauses(" ".join(str(value).split()))
        if name.partition(" ")[0].lower() != server.lower():
            continue
        verdicts = [match[1].lower() for result in results if (match := _DMARC.match(result))]
        return verdicts == ["pass"]
    return False


def _clauses(value: str) -> list[str]:
    """What stands between the semicolons, without comments and without what is in quotes: both may
    hold what the sender likes.
    """
    return [clause.strip() for clause in "".join(_bare(value)).split(";")]


def _bare(value: str) -> Iterator[str]:
    depth, quoted, escaped = 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
            yield "" if quoted else "_"
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth and not quoted:
            depth -= 1
        elif not depth and not quoted:
            yield character
