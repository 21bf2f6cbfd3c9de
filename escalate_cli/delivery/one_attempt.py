"""One attempt, inside the child process that makes it: build the plugin, send, judge what happened."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.wording.fitting import Text
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.exchange import MAY_HAVE_ARRIVED, may_be_for_length, outcome_of
from escalate_cli.delivery.kept_words import decoded_forms, kept_words
from escalate_cli.delivery.last_look import Withdrawn, last_look
from escalate_cli.delivery.mail.alternative import page_beside, wants_text_alone
from escalate_cli.delivery.mail.headers import SENDER, mark_mail, where_answers_go
from escalate_cli.delivery.mail.page import page_of
from escalate_cli.delivery.plugins import (
    Plugin,
    PluginModule,
    find_plugin_modules,
    make_plugin,
    schema_of,
    speaks_on_the_wire,
)
from escalate_cli.delivery.process.construction import examine
from escalate_cli.delivery.room_for_text import TitledText, fitted, overflow_of, quieted, room_of, sent_by
from escalate_cli.delivery.wire import Wire
from escalate_cli.redaction import Redaction

if TYPE_CHECKING:
    from apprise import Apprise, AppriseAsset, NotifyBase

_LOOKS = {"page": "failure", "nudge": "warning", "inform": "info", "resolved": "success", "test": "info"}
"""Apprise's type by notification kind: how bad a service shows it; only a page is a failure"""
_SILENT_ON_INFO = frozenset({"opsgenie", "jira"})
"""alerting services for which "info" is a note on an alert that we never opened, so nothing would be sent"""


def attempt(envelope: Envelope, modules: list[PluginModule], on_sent: Callable[[], None]) -> Outcome:
    """Make the attempt that `envelope` describes, and say how it ended.

    A message that was refused, perhaps for its length, is tried once more with the short text:
    nobody has had it yet. Whatever a plugin raises is an outcome. Nothing in the outcome is a
    secret.
    """
    redaction = Redaction(envelope.url, envelope.secrets)

    def first_byte() -> None:
        last_look(envelope.look)
        on_sent()

    wire = Wire(envelope.seconds + 1.0, first_byte)
    heard = _Heard()
    try:
        outcome = _send(envelope, modules, wire, heard)
    except Withdrawn as reason:
        # not the provider's doing: whoever claims it next has the same right to try, and as often
        outcome = Outcome(OutcomeKind.TEMPORARY, f"{reason}; nothing was sent", local=True)
    except _NoPlugin as problem:
        outcome = problem.outcome
    except BaseException as problem:
        outcome = _after_exception(problem, wire)
    if outcome.kind is OutcomeKind.PERMANENT and not _answered(wire) and not _is_the_address(envelope):
        # a variable may be wrong in this process only: nobody who could know has refused it
        outcome = replace(outcome, kind=OutcomeKind.TEMPORARY, local=True)
    named = outcome.external_id
    if named is not None and named[0] != "<" and redaction.line(named) != named:
        named = None  # a secret is in it; a Message-ID stands in every copy of the mail
    return replace(outcome, detail=told_detail(outcome.detail, redaction), external_id=named)


def _answered(wire: Wire) -> bool:
    """Whether a provider has said anything of the message."""
    return any(exchange.status is not None for exchange in wire.exchanges)


def _is_the_address(envelope: Envelope) -> bool:
    """Whether it is for good that nothing left: nothing of this process's surroundings is in the URL, or the
    plugin takes that, and does not take the address.
    """
    borrowed = envelope.borrowed
    if borrowed is None:
        return True
    asked = {
        "url": borrowed.url,
        "bare": borrowed.url,
        "secrets": envelope.secrets,
        "unknown": [],
        "references": [],
        "addresses": [borrowed.address],
    }
    try:
        told = examine(asked)
    except (Exception, SystemExit):  # a plugin is other people's code; what nobody knows is not given up
        return False
    return told["refused"] is None and borrowed.address in told["addresses"]


def told_detail(detail: str, redaction: Redaction) -> str:
    """What is kept of how an attempt ended: of a provider's words only what is plain words, and
    nothing that repeats a secret, however it is coded.
    """
    line = redaction.line(kept_words(redaction.line(detail, 2000)))
    head, colon, rest = line.partition(":")
    if colon and any(redaction.repeats(form) for form in decoded_forms(rest)):
        return f"{head} (the answer repeats a secret)"
    return line


def _send(envelope: Envelope, modules: list[PluginModule], wire: Wire, heard: _Heard) -> Outcome:
    logging.getLogger("apprise").addHandler(heard)
    service = _Service(envelope, modules, heard)
    plugin = service.plugin()
    letter, short = service.letters(plugin)
    page = service.page(plugin)
    wire.watch()
    if speaks_on_the_wire(plugin):
        last_look(envelope.look)
    else:
        wire.leaves_unseen()
    outcome = service.send(plugin, letter, wire, page)
    if service.no_page:
        outcome = replace(outcome, detail=f"{outcome.detail} (without its HTML part: {service.no_page})")
    if (
        short is None
        or len(short.body) >= len(letter.title) + len(letter.body)
        or not may_be_for_length(outcome, wire.exchanges)
    ):
        return outcome
    try:
        again = service.plugin()
    except _NoPlugin:
        return outcome
    return service.send(again, short, wire)


def as_it_leaves(envelope: Envelope) -> TitledText | None:
    """The title and the text of this message as its service takes it; None where no plugin can be made
    for it. Nothing is sent.
    """
    service = _Service(envelope, [], _Heard())
    try:
        return service.letters(service.plugin())[0]
    except _NoPlugin:
        return None


class _NoPlugin(Exception):
    """There is nothing to send with; `outcome` says why."""

    def __init__(self, kind: OutcomeKind, detail: str, *, local: bool = False) -> None:
        super().__init__(detail)
        self.outcome = Outcome(kind, detail, local=local)


class _Service:
    """The service behind an envelope's URL; each plugin made for it is for one message."""

    def __init__(self, envelope: Envelope, modules: list[PluginModule], heard: _Heard) -> None:
        self._envelope, self._modules, self._heard = envelope, modules, heard
        self._schema = schema_of(envelope.url)
        self.no_page = ""
        """why there is no page, though there should be"""

    def plugin(self) -> Plugin:
        """A plugin; `_NoPlugin` where there can be none."""
        plugin = self._made()
        if plugin is not None and not plugin.enabled:
            raise _NoPlugin(
                OutcomeKind.TEMPORARY, f"the plugin for {self._schema}:// lacks a library here", local=True
            )
        if plugin is None or _apprise_with(plugin) is None:
            words = self._heard.words() or "unknown or unusable schema"
            raise _NoPlugin(OutcomeKind.PERMANENT, f"Apprise does not accept the gateway's URL: {words}")
        # Set on the instance, since the URL may say otherwise. The queue retries; a fresh plugin has no one
        # to be gentle with.
        plugin.retry, plugin.optional, plugin.redirects, plugin.request_rate_per_sec = 0, False, False, 0
        envelope = self._envelope
        mark_mail(plugin, envelope.thread, urgent=envelope.urgent, marks=envelope.marks)
        if overflow_of(plugin) == "truncate":
            plugin.overflow_mode = "upstream"  # it would lose the last lines
        return plugin

    def _made(self) -> Plugin | None:
        """What Apprise makes of the URL."""
        if not self._schema:
            raise _NoPlugin(OutcomeKind.PERMANENT, "the gateway's URL has no schema that Apprise knows")
        try:
            modules = self._modules or find_plugin_modules(self._schema)
            return make_plugin(self._envelope.url, _asset(), modules)
        except (ImportError, MemoryError, OSError) as problem:
            detail = f"the plugin cannot be loaded ({type(problem).__name__}: {problem})"
            raise _NoPlugin(OutcomeKind.TEMPORARY, detail, local=True) from None
        except Exception as problem:
            detail = f"the gateway's URL is not valid: {self._heard.words() or problem}"
            raise _NoPlugin(OutcomeKind.PERMANENT, detail) from None

    def letters(self, plugin: Plugin) -> tuple[TitledText, TitledText | None]:
        """The message as the service takes it, and the short one, for when it does not take that."""
        envelope = self._envelope
        title = sound_text(envelope.title).replace("\n", " ")
        title, body, short = quieted(
            title,
            sound(Text(envelope.body, envelope.loose)),
            sound(Text(envelope.short, envelope.short_loose)),
            self._schema,
        )
        room = room_of(plugin, self._schema, envelope.longest)
        measured = self.plugin()
        as_sent = sent_by(measured, lambda title, body: self._notify(measured, TitledText(title, body)))
        letter = fitted(TitledText(title, body.text), body, short, room, as_sent)
        if not short.text:
            return letter, None
        return letter, fitted(TitledText("", short.text), short, Text(), room, as_sent)

    def page(self, plugin: Plugin) -> str:
        """The page beside the text; "" where there is none. One that cannot be made stops no message."""
        card = self._envelope.card
        if card is None or wants_text_alone(plugin):
            return ""
        try:
            return page_of(card, where_answers_go(plugin))
        except Exception as problem:
            self.no_page = type(problem).__name__
            return ""

    def send(self, plugin: Plugin, letter: TitledText, wire: Wire, page: str = "") -> Outcome:
        """Send it and judge what came of it."""
        already = len(wire.exchanges)
        with page_beside(plugin, letter.body, page):
            done = self._notify(plugin, letter)
        return outcome_of(
            done, wire.exchanges[already:], self._heard.words(), on_the_wire=speaks_on_the_wire(plugin)
        )

    def _notify(self, plugin: Plugin, letter: TitledText) -> bool:
        kind = _LOOKS.get(self._envelope.kind, "info")
        apprise = _apprise_with(plugin)
        return apprise is not None and bool(
            apprise.notify(
                body=letter.body or " ",
                title=letter.title,
                notify_type="warning" if kind == "info" and self._schema in _SILENT_ON_INFO else kind,
                body_format="text",
            )
        )


def _apprise_with(plugin: Plugin) -> Apprise | None:
    """Apprise that tells this plugin alone; None where it does not take it."""
    from apprise import Apprise

    apprise = Apprise()
    return apprise if apprise.add(cast("NotifyBase", plugin)) else None


def sound_text(text: str) -> str:
    """`text` as every provider can take it: lone surrogates and control characters become U+FFFD;
    tabs and line ends stay.
    """
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("\ufffd" if _unsound(character) else character for character in normal)


def sound(text: Text) -> Text:
    """The same for a text that may be cut: one letter for one, so that its stretches stay where they are."""
    if not text.loose:
        return Text(sound_text(text.text))
    return Text("".join("\ufffd" if _unsound(letter) else letter for letter in text.text), text.loose)


def _unsound(character: str) -> bool:
    code = ord(character)
    return (code < 32 and character not in "\n\t") or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


def _asset() -> AppriseAsset:
    """Apprise's settings: our name as the sender's where a service shows one, nothing on disk, no
    thread, no redirect, no second try; those that this version of Apprise knows.
    """
    from apprise import AppriseAsset

    asset = AppriseAsset(app_id=SENDER, app_desc=SENDER, storage_mode="memory", async_mode=False)
    for name, value in {
        "http_redirects": False,
        "default_service_retry": 0,
        "_service_timeout": 0.0,
        "_allow_templates": False,
    }.items():
        if hasattr(asset, name):
            setattr(asset, name, value)
    return asset


def _after_exception(problem: BaseException, wire: Wire) -> Outcome:
    told = (
        f"the plugin failed ({type(problem).__name__}: {problem})"
        if str(problem)
        else f"the plugin failed ({type(problem).__name__})"
    )
    if any(exchange.sent for exchange in wire.exchanges):
        return Outcome(OutcomeKind.UNKNOWN, f"{told}; {MAY_HAVE_ARRIVED}")
    return Outcome(OutcomeKind.TEMPORARY, told)


class _Heard(logging.Handler):
    """The last warning that a plugin logged: often the only place where it says why. Bounded;
    redacted by who uses it.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._last = ""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._last = record.getMessage()[:2000]
        except Exception:  # a plugin's malformed log call must not decide about a page
            self._last = str(record.msg)[:2000]

    def words(self) -> str:
        return self._last
