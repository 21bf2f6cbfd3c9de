"""The page beside the text of a mail: both in one message (RFC 2046 §5.1.4), so that whoever reads it in a
terminal has the text, and everybody else the page.

Apprise makes a mail of one text. It is asked for that text, and where it makes the MIME part of it, the
part becomes two. So its headers, signatures and encryption stay as they are. Of the services that send mail
by HTTP, some take both, and for them it makes HTML of the text: that is the page then. Others take one of
both, and for those it makes HTML, too: they get the page alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

from escalate_cli.delivery.plugins import Plugin, schema_of

if TYPE_CHECKING:
    from email.mime.multipart import MIMEMultipart
    from email.mime.nonmultipart import MIMENonMultipart

MAIL = frozenset({"mailto", "mailtos"})
"""the schemas of mail by SMTP"""
_BY_HTTP = frozenset({
    "azure", "brevo", "mailersend", "mailgun", "o365", "postmark", "resend", "sendgrid", "ses", "smtp2go",
    "sparkpost",
})  # fmt: skip


def shows_pages(url: str) -> bool:
    """Whether a gateway's URL sends mails, which may have a page."""
    return schema_of(url) in MAIL | _BY_HTTP


def wants_text_alone(plugin: Plugin) -> bool:
    """Whether the gateway's URL says `format=text` (or `markdown`): then there is no page."""
    asked = vars(plugin).get("_format_override") or vars(plugin).get("notify_format") or ""
    return _name(asked) in ("text", "markdown")


def _name(word: object) -> str:
    """A word of Apprise's, whether it is an enum's member or plain."""
    return str(getattr(word, "value", word))


@contextmanager
def page_beside(plugin: Plugin, text: str, page: str) -> Iterator[None]:
    """While this lasts, a mail of `text` that `plugin` makes has `page` beside it, or in place of it;
    nothing changes where `page` is "", or the plugin makes mails in no way that is known.
    """
    if not page:
        yield
        return
    ours = {"MIMEText": _two_parts(text, page), "convert_between": _page_for_html(page)}
    replaceable = ((name, module) for name in ours if (module := _module_with(name, plugin)))
    name, module = next(replaceable, ("", None))  # the plugin of mail by SMTP knows both names
    if module is None:
        _send_page(plugin, page)
        yield
        return
    vars(plugin)["notify_format"] = "text"  # else `format=html` has Apprise make a page of the text
    before = vars(module)[name]
    setattr(module, name, ours[name])
    try:
        yield
    finally:
        setattr(module, name, before)


def _module_with(name: str, plugin: Plugin) -> ModuleType | None:
    """The module of the plugin that uses this name."""
    modules = (sys.modules.get(kind.__module__) for kind in type(plugin).__mro__)
    ours = (module for module in modules if module and module.__name__ != "apprise.plugins.base")
    return next((module for module in ours if name in vars(module)), None)


def _two_parts(text: str, page: str) -> Callable[..., MIMENonMultipart | MIMEMultipart]:
    """In place of `MIMEText`."""
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

    return both


def _page_for_html(page: str) -> Callable[..., str]:
    """In place of `convert_between`, in the plugins that make the HTML of a mail of its text."""

    def convert(source: str, target: str, body: str, **_: object) -> str:
        return page if _name(target) == "html" else body

    return convert


def _send_page(plugin: Plugin, page: str) -> None:
    """Have a plugin that takes HTML alone send the page, unless it sends in several messages."""
    given = vars(plugin).get("notify_format") or getattr(type(plugin), "notify_format", "")
    send = getattr(plugin, "send", None)
    if _name(given) != "html" or send is None or _name(plugin.overflow_mode) == "split":
        return

    def send_page(body: str = "", **more: object) -> object:
        return send(body=page, **more)

    vars(plugin)["send"] = send_page
