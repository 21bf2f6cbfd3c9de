"""One attempt, inside the child process that makes it: build the plugin, send, judge what happened."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.wording.fitting import Loose, Text
from escalate_cli.delivery.exchange import MAY_HAVE_ARRIVED, judge, may_be_for_length
from escalate_cli.delivery.fitting import Letter, fitted, quieted, room_of, sent_by
from escalate_cli.delivery.last_look import Withdrawn, look
from escalate_cli.delivery.mail import mark_mail
from escalate_cli.delivery.plugins import find_plugin_modules, make_plugin, schema_of, speaks_on_the_wire
from escalate_cli.delivery.redaction import Redaction
from escalate_cli.delivery.wire import Wire

_LOOKS = {"page": "failure", "nudge": "warning", "inform": "info", "resolved": "success", "test": "failure"}
"""Apprise's type by notification kind; a test goes the way of a page"""
_SILENT_ON_INFO = frozenset({"opsgenie", "jira"})
"""alerting services for which "info" is a note on an alert that we never opened, so nothing would be sent"""


def attempt(
    envelope: dict[str, Any], modules: list[tuple[str, bool]], on_sent: Callable[[], None]
) -> Outcome:
    """Make the attempt that `envelope` (the fields of `sender.Envelope`; `timeout` in seconds)
    describes, and say how it ended.

    A message that was refused, perhaps for its length, is tried once more with the short text:
    nobody has had it yet. Whatever a plugin raises is an outcome. Nothing in the outcome is a
    secret.
    """
    redaction = Redaction(envelope["url"], envelope["secrets"])

    def first_byte() -> None:
        look(envelope.get("look"))
        on_sent()

    wire = Wire(envelope["timeout"] + 1.0, first_byte)
    heard = _Heard()
    try:
        outcome = _send(envelope, modules, wire, heard)
    except Withdrawn as reason:
        outcome = Outcome(OutcomeKind.TEMPORARY, f"{reason}; nothing was sent")
    except BaseException as problem:
        outcome = _after_exception(problem, wire)
    return replace(outcome, detail=redaction.line(outcome.detail))


def _send(envelope: dict[str, Any], modules: list[tuple[str, bool]], wire: Wire, heard: _Heard) -> Outcome:
    logging.getLogger("apprise").addHandler(heard)
    service = _Service(envelope, modules, heard)
    plugin = service.plugin()
    if isinstance(plugin, Outcome):
        return plugin
    letter, short = service.letters(plugin)
    wire.watch()
    look(envelope["look"])  # also for the few that do not speak HTTP or SMTP, where no byte is seen leaving
    outcome = service.send(plugin, letter, wire)
    if (
        short is None
        or len(short.body) >= len(letter.title) + len(letter.body)
        or not may_be_for_length(outcome, wire.exchanges)
    ):
        return outcome
    again = service.plugin()
    return outcome if isinstance(again, Outcome) else service.send(again, short, wire)


class _Service:
    """The service behind an envelope's URL; each plugin made for it is for one message."""

    def __init__(self, envelope: dict[str, Any], modules: list[tuple[str, bool]], heard: _Heard) -> None:
        self._envelope, self._modules, self._heard = envelope, modules, heard
        self._schema = schema_of(envelope["url"])

    def plugin(self) -> Any:
        """A plugin; or the outcome, where there can be none."""
        from apprise import AppriseAsset

        if not self._schema:
            return Outcome(OutcomeKind.PERMANENT, "the gateway's URL has no schema that Apprise knows")
        try:
            modules = self._modules or find_plugin_modules(self._schema)
            plugin = make_plugin(self._envelope["url"], _asset(AppriseAsset), modules)
        except (ImportError, MemoryError, OSError) as problem:
            return Outcome(
                OutcomeKind.TEMPORARY,
                f"the plugin cannot be loaded ({type(problem).__name__}: {problem})",
                local=True,
            )
        except Exception as problem:
            return Outcome(
                OutcomeKind.PERMANENT, f"the gateway's URL is not valid: {self._heard.words() or problem}"
            )
        if plugin is not None and not plugin.enabled:
            return Outcome(
                OutcomeKind.TEMPORARY, f"the plugin for {self._schema}:// lacks a library here", local=True
            )
        if plugin is None or not self._apprise(plugin):
            words = self._heard.words() or "unknown or unusable schema"
            return Outcome(OutcomeKind.PERMANENT, f"Apprise does not accept the gateway's URL: {words}")
        # Set on the instance, since the URL may say otherwise. The queue retries; a fresh plugin has no one
        # to be gentle with.
        plugin.retry, plugin.optional, plugin.redirects, plugin.request_rate_per_sec = 0, False, False, 0
        mark_mail(plugin, self._envelope["thread"])
        if getattr(plugin.overflow_mode, "value", plugin.overflow_mode) == "truncate":
            plugin.overflow_mode = "upstream"  # it would lose the last lines
        return plugin

    def letters(self, plugin: Any) -> tuple[Letter, Letter | None]:
        """The message as the service takes it, and the short one, for when it does not take that."""
        envelope = self._envelope
        loose = tuple(Loose(*one) for one in envelope["loose"])
        title = sound_text(envelope["title"]).replace("\n", " ")
        title, body, short = quieted(
            title, sound(Text(envelope["body"], loose)), sound_text(envelope["short"]), self._schema
        )
        room = room_of(plugin, self._schema, envelope["longest"])
        measured = self.plugin()
        as_sent = sent_by(measured, lambda title, body: self._notify(measured, Letter(title, body)))
        letter = fitted(Letter(title, body.text), body, short, room, as_sent)
        return letter, fitted(Letter("", short), Text(short), "", room, as_sent) if short else None

    def send(self, plugin: Any, letter: Letter, wire: Wire) -> Outcome:
        """Send it and judge what came of it."""
        already = len(wire.exchanges)
        done = self._notify(plugin, letter)
        return judge(
            done, wire.exchanges[already:], self._heard.words(), on_the_wire=speaks_on_the_wire(plugin)
        )

    def _notify(self, plugin: Any, letter: Letter) -> bool:
        kind = _LOOKS.get(self._envelope["kind"], "info")
        return bool(
            self._apprise(plugin).notify(
                body=letter.body or " ",
                title=letter.title,
                notify_type="warning" if kind == "info" and self._schema in _SILENT_ON_INFO else kind,
                body_format="text",
            )
        )

    @staticmethod
    def _apprise(plugin: Any) -> Any:
        from apprise import Apprise

        apprise = Apprise()
        return apprise if apprise.add(plugin) else None


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


def _asset(kind: Any) -> Any:
    """Apprise's settings: nothing on disk, no thread, no redirect, no second try; those that this
    version of Apprise knows.
    """
    asset = kind(storage_mode="memory", async_mode=False)
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
