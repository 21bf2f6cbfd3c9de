"""Secrets that somebody wrote into the configuration itself: how to notice them, and how to show
the line without them.
"""

from __future__ import annotations

import re

_REFERENCE = re.compile(r"\$\{[^{}\s]*\}|\{to\}")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_TOKEN = re.compile(
    r"(?=[A-Za-z_]*\d)(?=[\d_]*[A-Za-z])[A-Za-z0-9_]{16,}"
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?:xox[a-z]|sk|pk|ghp)[-_]\w+"
)
_SECRET_KEY = re.compile(r"pass|pwd|token|secret|key|auth|sig|credential", re.IGNORECASE)
_STRING = re.compile(r"""(?P<quote>["'])(?P<body>(?:\\.|(?!(?P=quote)).)*)""")
_BARE = re.compile(r"""(?<==)(\s*)([^\s"'\[{#,][^#,\]}]*)""")
_HARMLESS_KEY = re.compile(r"\s*(?:[\w.-]+\.)?(?:text|timeout|attempts|longest|every)\s*=[^{}]*$")
_TEXT = r"""(?:"[^"\\]*"|'[^']*')"""
_WORD = rf"(?:[\w-]+|{_TEXT})\s*=\s*{_TEXT}\s*"
_OF_A_SOURCE = re.compile(
    rf"""\s*(?:[\w.-]+\.)?(?:
        (?:kind|service|group|over|settle|reopen|grace)\s*=\s*{_TEXT}
        |(?:service|labels)\s*=\s*\[\s*(?:{_TEXT}\s*,\s*)*(?:{_TEXT}\s*)?\]
        |severity\s*=\s*\{{\s*(?:{_WORD},\s*)*(?:{_WORD})?\}}
    )\s*(?:\#.*)?""",
    re.VERBOSE,
)
"""a whole line of a source that says what an alert is taken for"""
_HARMLESS = re.compile(r"full|short|true|false|[\d.]+[wdhms]?|\s*", re.IGNORECASE)
_STRUCTURE = frozenset("/:@?&=#{}[](),;. \t\"'+$-_")


def has_literal_secret(template: str) -> bool:
    """Whether a URL template seems to hold a password or token itself rather than a reference to one."""
    start = _URL.match(template)
    if start is None:
        return False
    rest = _REFERENCE.sub("\0", template[start.end() :])
    address, _, query = rest.partition("?")
    authority = address.split("/", 1)[0]
    user, at, _host = authority.rpartition("@")
    if at and ":" in user and user.split(":", 1)[1].strip("\0"):
        return True
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if _SECRET_KEY.search(name) and value.strip("\0"):
            return True
    return _TOKEN.search(rest) is not None


def mask(line: str, *, suspicious: bool) -> str:
    """`line` with "•" for every character that may belong to a secret. Its length stays, so that a
    caret still fits.

    `suspicious` lines belong to a gateway, a heartbeat or a source, or cannot be understood: all their values
    are masked. In other lines only URLs that seem to hold a secret are.
    """
    url = _URL.search(line)
    if url is not None and (suspicious or has_literal_secret(line[url.start() :].split('"')[0])):
        head = line[: url.start()]
        return (mask(head, suspicious=True) if suspicious else head) + url[0] + _dots(line[url.end() :])
    if not suspicious or line.lstrip().startswith("[") or _is_harmless(line):
        return line
    masked = _STRING.sub(lambda match: match["quote"] + _value(match["body"]), line)
    return _BARE.sub(lambda match: match[1] + _value(match[2]), masked)


def looks_suspicious(line: str) -> bool:
    """Whether a line that nobody could parse may hold a secret."""
    return (
        _URL.search(line) is not None
        or _SECRET_KEY.search(line.partition("=")[0]) is not None
        or "url" in line.lower()
    )


def _is_harmless(line: str) -> bool:
    return _HARMLESS_KEY.match(line) is not None or _OF_A_SOURCE.fullmatch(line) is not None


def _value(text: str) -> str:
    return text if _HARMLESS.fullmatch(text) else _dots(text)


def _dots(text: str) -> str:
    """`text` masked, except for references and punctuation."""
    kept = []
    at = 0
    for match in _REFERENCE.finditer(text):
        kept.append(_hide(text[at : match.start()]) + match[0])
        at = match.end()
    return "".join(kept) + _hide(text[at:])


def _hide(text: str) -> str:
    return "".join(char if char in _STRUCTURE else "•" for char in text)
