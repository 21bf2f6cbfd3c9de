"""How much room a service has for a message, and a message made to fit there.

What Apprise knows of each service (`body_maxlen`, `title_maxlen`) counts for the text as its plugin
sends it: with the title in front where the service has none, and with what the plugin escapes. So
the plugin is asked: it makes the message, and it is not sent.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import msgspec

from escalate_cli.core.wording.fitting import Text, clip, fit, squeeze
from escalate_cli.core.wording.gsm import utf16_units
from escalate_cli.core.wording.mentions import text_without_mentions, without_mentions
from escalate_cli.delivery.mail.alternative import MAIL
from escalate_cli.delivery.plugins import Plugin

LONGEST_TITLE = 200
"""a longer subject without a space makes mail fail for good"""
_SCANTY = 320
"""a service with less room is for short texts"""
_SPEAKS_MARKUP = frozenset({"twilio"})
"""what begins with "<" goes out as a document that says what a call does: a title could dial a
number of its own
"""
_COUNT_BYTES = frozenset({"ntfy", "wecombot", "wechat", "dingtalk", "feishu", "lark", "irc"})
_LESS_ROOM = {"ntfy": 4000}
"""where the service takes less than Apprise says; ntfy makes an attachment of what is longer"""
_SLACK_BLOCK, _SLACK_HEADER = 3000, 150

Notify = Callable[[str, str], object]
"""have Apprise make and send a message of this title and body"""


class TitledText(msgspec.Struct, frozen=True):
    """What goes out: a title, which may be empty, and a body."""

    title: str
    body: str


class Room(msgspec.Struct, frozen=True):
    """What a service takes. `together`: the title counts, too. `lines`: how many lines it shows, 0
    for any number. `in_parts`: the gateway's URL asks Apprise to send what is longer in several
    messages.
    """

    body: int
    title: int
    together: bool
    lines: int
    in_parts: bool
    measure: Callable[[str], int]

    def has_place_for(self, sent: TitledText) -> bool:
        """Whether it takes this, as the plugin sends it."""
        length = self.measure(sent.body.rstrip()) + (
            self.measure(sent.title) + 2 if self.together and sent.title else 0
        )
        return length <= self.body and (not self.lines or sent.body.count("\n") < self.lines)


def room_of(plugin: Plugin, schema: str, longest: int | None) -> Room:
    """The room of the service behind a plugin; `longest` is what the gateway's owner says of it,
    for title and body together.
    """
    family = schema.removesuffix("s") if schema.removesuffix("s") in _COUNT_BYTES else schema
    measure = (lambda text: len(text.encode())) if family in _COUNT_BYTES else utf16_units
    title = plugin.title_maxlen or LONGEST_TITLE
    body = min(plugin.body_maxlen, _LESS_ROOM.get(family, 1 << 30))
    together = bool(getattr(plugin, "overflow_amalgamate_title", False))
    if getattr(plugin, "use_blocks", False):
        body, title = min(body, _SLACK_BLOCK), min(title, _SLACK_HEADER)
    body -= len(" ".join(getattr(plugin, "ping", None) or ())) * 2  # Discord's own, added to what is sent
    if longest is not None:
        body, together = longest, True
    in_parts = overflow_of(plugin) == "split"
    return Room(
        body,
        min(title, LONGEST_TITLE, max(body // 4, 20)),
        together,
        plugin.body_max_line_count,
        in_parts,
        measure,
    )


def overflow_of(plugin: Plugin) -> str:
    """What Apprise does with a text that is too long: upstream, truncate or split."""
    return str(getattr(plugin.overflow_mode, "value", plugin.overflow_mode))


def fitted(
    letter: TitledText,
    loose: Text,
    short: Text,
    room: Room,
    as_sent: Callable[[TitledText], list[TitledText]],
) -> TitledText:
    """`letter`, whose body is `loose`, made to fit: what may be cut first; else the short text
    where there is little room; else its middle is left out.
    """
    title = clip(letter.title, room.title)

    def fits(body: str) -> bool:
        if not room.in_parts and room.measure(body.rstrip()) > room.body:
            return False  # whatever the plugin escapes only adds to it
        return all(room.has_place_for(part) for part in as_sent(TitledText(title, body)))

    cut = fit(loose, fits)
    if cut is not None:
        return TitledText(title, cut.text)
    if short.text and (room.body < _SCANTY or room.lines):
        title = ""
        cut = fit(short, fits)
        return TitledText(title, squeeze(short.text, fits) if cut is None else cut.text)
    return TitledText(title, squeeze(loose.text, fits))


def quieted(title: str, body: Text, short: Text, schema: str) -> tuple[str, Text, Text]:
    """The same without a mention that rings, or anything that the plugin would take for more than text."""
    if schema in MAIL:  # it rings nobody by a name in its text, and shows it as it was written
        return title, body, short
    if schema in _SPEAKS_MARKUP:
        body, short = _no_markup(body), _no_markup(short)
    return text_without_mentions(title), without_mentions(body), without_mentions(short)


def _no_markup(text: Text) -> Text:
    return Text("- ") + text if text.text.lstrip().startswith("<") else text


def sent_by(plugin: Plugin, notify: Notify) -> Callable[[TitledText], list[TitledText]]:
    """A function that says what `plugin` sends for a letter. The plugin is for this alone: it sends
    nothing any more.
    """
    calls: list[TitledText] = []

    def record(body: str = "", title: str = "", **_: object) -> bool:
        calls.append(TitledText(title or "", body or ""))
        return True

    for name in dir(plugin):
        if name.startswith("send") and callable(getattr(plugin, name)):
            setattr(plugin, name, record)
    may_be_asked = all(
        getattr(type(plugin), name).__module__ == "apprise.plugins.base"
        for name in ("notify", "async_notify")
    )

    def as_sent(letter: TitledText) -> list[TitledText]:
        calls.clear()
        if may_be_asked:
            with suppress(Exception):
                notify(letter.title, letter.body)
        return list(calls) or [_joined(plugin, letter)]

    return as_sent


def _joined(plugin: Plugin, letter: TitledText) -> TitledText:
    """What a plugin that cannot be asked sends, as far as is known."""
    if plugin.title_maxlen or not letter.title:
        return letter
    return TitledText("", f"{letter.title}\r\n{letter.body}")
