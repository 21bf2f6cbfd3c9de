"""The guide: its topics in the order in which one reads them, their text, and where a word stands in it.

The files are Markdown for a forge. `page` gives a topic as it is read here: a link to another topic
becomes the command that shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

PLACE = Path(__file__).parent

TOPICS = {
    "getting-started": "From nothing to your first page, and the words that are used",
    "reaching-people": "Mail, chat, SMS, phone: gateways, addresses, secrets",
    "messages": "What people read, where they type, your own texts",
    "schedules": "Say who is on call when: turns, hours, swaps",
    "policies": "Say whom to page in what order, and what else happens",
    "routing": "Have the words of a report lead to the right team",
    "answering": "You are paged: take it, pass it on, end it; also from a phone",
    "alerts": "Let Alertmanager, Grafana, cron jobs and scripts declare",
    "sharing": "One installation for everybody in a team",
    "moving-here": "Come over from another tool, with your past incidents",
    "before-the-night": "See who will be woken, and when nobody would be",
    "after-the-night": "See how it went, and what to change",
    "operations": "cron, systemd, backup, upgrade, and what to do when it breaks",
    "promises": "What you may rely on",
    "what-it-survives": "What was broken on purpose, and what came of it",
    "figures": "How fast it is, and how that was measured",
    "reference": "Every command, key, condition, placeholder and exit code",
    "json": "What each command answers with --json",
    "contributing": "How the code is laid out, and where to add what",
}
"""name of a topic: what it is about. The order is the order of `escalate help`"""

_FENCE = re.compile(r"^ *(```|~~~)")
_HEADING = re.compile(r"^#+ +(.*?) *$")
_LINK = re.compile(r"(!|\(?)\[([^\]]+)\]\(([^)\s]+)\)")


class Passage(msgspec.Struct, frozen=True):
    """A line of the guide: its topic, the heading that it stands under, its number in `page(topic)`."""

    topic: str
    heading: str
    line: int
    text: str


def page(topic: str) -> str:
    """The text of a topic, with the links to other topics as what to type."""
    text = (PLACE / f"{topic}.md").read_text(encoding="utf-8")
    return "".join(
        part if code else _LINK.sub(_as_typed, part) for code, part in _fenced(text.splitlines(keepends=True))
    )


def search(words: Sequence[str]) -> list[Passage]:
    """The lines in which words begin with all of these, whatever their case, topic after topic."""
    wanted = [re.compile(beginning(word), re.IGNORECASE) for word in words]
    return [
        passage
        for topic in TOPICS
        for passage in _passages(topic)
        if all(pattern.search(passage.text) for pattern in wanted)
    ]


def beginning(word: str) -> str:
    """The pattern of a word that begins so: "page" is in "paged", not in "homepage"."""
    return (r"\b" if re.match(r"\w", word) else "") + re.escape(word)


def _passages(topic: str) -> Iterator[Passage]:
    heading, number = "", 0
    for code, part in _fenced(page(topic).splitlines(keepends=True)):
        for line in part.splitlines():
            number += 1
            title = None if code else _HEADING.match(line)
            heading = title[1] if title else heading
            if line.strip() and not _FENCE.match(line) and not set(line) <= set("|-: "):
                yield Passage(topic, heading, number, line.strip())


def _fenced(lines: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """The text in pieces, each with whether it is code. A link may go over a line's end, so what is
    not code stays in one piece.
    """
    piece, code = "", False
    for line in lines:
        edge = _FENCE.match(line) is not None
        if edge and not code:
            yield False, piece
            piece, code = line, True
        elif edge:
            yield True, piece + line
            piece, code = "", False
        else:
            piece += line
    yield code, piece


def title(topic: str) -> str:
    """The heading of a topic."""
    with open(PLACE / f"{topic}.md", encoding="utf-8") as file:
        return file.readline().removeprefix("# ").strip()


def topic_called(text: str) -> str | None:
    """The topic that `text` calls: its name or its title, whatever the case and with blanks or dashes;
    else the only one of which either begins so. None where that is none, or several.
    """
    asked = _called(text.removesuffix(".md"))
    names = {topic: (_called(topic), _called(title(topic))) for topic in TOPICS}
    whole = [topic for topic, called in names.items() if asked in called]
    begun = [topic for topic, called in names.items() if any(name.startswith(asked) for name in called)]
    meant = whole or begun
    return meant[0] if asked and len(meant) == 1 else None


def _called(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


def _as_typed(link: re.Match[str]) -> str:
    before, label, target = link.groups()
    if before == "!":
        return f"(a picture, in the guide on the web: {label})"
    topic = target.partition("#")[0].removesuffix(".md")
    if topic in TOPICS and label.casefold() == title(topic).casefold():
        return f"{before}`escalate help {topic}`"
    if topic in TOPICS:
        see = f"`escalate help {topic}`"
        return f"{before}{label}, see {see}" if before else f"{label} ({see})"
    return f"{before}{label} ({target})" if "://" in target and target not in label else before + label
