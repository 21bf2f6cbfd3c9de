"""The page beside the text of a mail: both in one message (RFC 2046 §5.1.4), so that whoever reads it in a
terminal has the text, and everybody else the page.

Apprise makes a mail of one text. It is asked for that text, and where it makes the MIME part of it, the
part becomes two. So its headers, signatures and encryption stay as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

from escalate_cli.delivery.plugins import Plugin, schema_of

if TYPE_CHECKING:
    from email.mime.nonmultipart import MIMENonMultipart

MAIL = frozenset({"mailto", "mailtos"})
"""the schemas of mail by SMTP"""
_MAKES_PARTS = "MIMEText"


def is_mail(url: str) -> bool:
    """Whether a gateway's URL sends mail by SMTP, which may have a page beside its text."""
    return schema_of(url) in MAIL


def wants_text_alone(plugin: Plugin) -> bool:
    """Whether the gateway's URL says `format=text` (or `markdown`): then there is no page."""
    asked = vars(plugin).get("_format_override") or vars(plugin).get("notify_format") or ""
    return str(getattr(asked, "value", asked)) in ("text", "markdown")


@contextmanager
def page_beside(plugin: Plugin, text: str, page: str) -> Iterator[None]:
    """While this lasts, a mail of `text` that `plugin` makes has `page` beside it; nothing changes where
    `page` is "", or the plugin does not make parts in a way that is known.
    """
    module = _maker(plugin)
    if not page or module is None:
        yield
        return
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    def both(
        body: str, subtype: str = "plain", charset: str | None = None
    ) -> MIMENonMultipart | MIMEMultipart:
        part = MIMEText(body, subtype, charset)
        # another text is a piece of one that goes out in several mails, or a part of an encrypted one
        if subtype != "plain" or body.strip() != text.strip():
            return part
        return MIMEMultipart("alternative", _subparts=(part, MIMEText(page, "html", "utf-8")))

    vars(plugin)["notify_format"] = "text"  # else the URL's `format=html` makes a page of the text
    before = vars(module)[_MAKES_PARTS]
    setattr(module, _MAKES_PARTS, both)
    try:
        yield
    finally:
        setattr(module, _MAKES_PARTS, before)


def _maker(plugin: Plugin) -> ModuleType | None:
    """The module of the plugin that makes the parts of its mails."""
    modules = (sys.modules.get(kind.__module__) for kind in type(plugin).__mro__)
    return next((module for module in modules if module and _MAKES_PARTS in vars(module)), None)
