"""The HTML part of a mail: the page that a card makes. It loads nothing, runs nothing, and is never too long.

What people wrote is escaped, and what could steer or hide is written out. Jinja2 is loaded by the first page
that is made, in the process that sends mails and nowhere else.
"""

from __future__ import annotations

import re
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from escalate_cli.core.messages.card import MessageCard
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.text import printable
from escalate_cli.delivery.mail.colours import DARK, LIGHT, bar_colour, severity_colour

if TYPE_CHECKING:
    from jinja2 import Template

LONGEST_PAGE = 90_000
"""bytes; of a mail over 102 KB Gmail shows the beginning alone"""
_LIMITS = ((20_000, 100), (4_000, 40), (400, 20))
"""characters of a text, and rows of a digest: ever fewer, until the page is short enough"""
_VALUES = {
    **LIGHT,
    **{f"dark-{name}": value for name, value in DARK.items()},
    "sans": "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
    "mono": "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace",
}
"""what stands for `var(--NAME)` of the template: mail programs do not know variables"""
_HEADINGS = {
    "page": "", "inform": "for information", "stakeholders": "for information", "nudge": "your decision",
    "reporter": "", "resolved": "", "test": "", "digest": "",
}  # fmt: skip
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def page_of(card: MessageCard, answer_to: str = "") -> str:
    """The page, of at most `LONGEST_PAGE` bytes; "" where there is no way to make it so short. Its buttons
    begin a mail to `answer_to` with a finished answer; "": it has none.
    """
    pages = (_filled(card, answer_to, longest, most) for longest, most in _LIMITS)
    return next((page for page in pages if len(page.encode()) <= LONGEST_PAGE), "")


@cache
def page_template() -> Template:
    """The template, read and compiled once. A value that it names and nobody gave is an error."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_harmless, trim_blocks=True, lstrip_blocks=True
    )
    text = (files("escalate_cli.delivery.mail") / "page.html").read_text(encoding="utf-8")
    return environment.from_string(re.sub(r"var\(--([a-z-]+)\)", lambda name: _VALUES[name[1]], text))


def _filled(card: MessageCard, answer_to: str, longest: int, most: int) -> str:
    return page_template().render(
        card=card,
        buttons=_buttons(card, answer_to),
        most=most,
        cut=partial(_cut, longest),
        is_link=_is_link,
        severity_colour=partial(severity_colour, ranks=card.ranks),
        bar_colour=partial(bar_colour, ranks=card.ranks),
        headings=_HEADINGS,
        light=LIGHT,
    )


def _buttons(card: MessageCard, answer_to: str) -> list[tuple[str, str]]:
    """What stands on each button and where it leads: a mail that no scanner of links can send."""
    reply = card.reply
    if reply is None or not answer_to:
        return []
    words = (
        (choice.label, choice.word if " " in choice.word else f"{choice.word} {reply.short}")
        for choice in reply.choices
    )
    return [(label, f"mailto:{quote(answer_to, safe='@+')}?subject={quote(word)}") for label, word in words]


def _cut(longest: int, text: str) -> str:
    return clip(text, longest)


def _is_link(text: str) -> bool:
    return _WEB_ADDRESS.fullmatch(text) is not None


def _harmless(value: object) -> object:
    """What people wrote, without characters that steer; what a macro made is made of such text already."""
    return value if hasattr(value, "__html__") else printable(value)
