"""One attempt, inside the child process that makes it: build the plugin, send, judge what happened."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from escalate_cli.core.attempt import Outcome, OutcomeKind
from escalate_cli.delivery.exchange import MAY_HAVE_ARRIVED, judge
from escalate_cli.delivery.last_look import Withdrawn, look
from escalate_cli.delivery.mail import mark_mail
from escalate_cli.delivery.plugins import find_plugin_modules, make_plugin, schema_of, speaks_on_the_wire
from escalate_cli.delivery.redaction import Redaction
from escalate_cli.delivery.wire import Wire

_LONGEST_TITLE = 200
"""a longer subject without a space makes mail fail for good (facts.md)"""
_LOOKS = {"page": "failure", "nudge": "warning", "inform": "info", "resolved": "success", "test": "failure"}
"""Apprise's type by notification kind; a test goes the way of a page"""
_SILENT_ON_INFO = frozenset({"opsgenie", "jira"})
"""alerting services for which "info" is a note on an alert that we never opened, so nothing would be sent"""


def attempt(envelope: dict[str, Any], modules: list[tuple[str, bool]], on_sent: Callable[[], None]) -> Outcome:
    """Make the attempt that `envelope` (url, secrets, title, body, kind, thread, timeout in seconds) describes, and say how it ended.

    Whatever a plugin raises is an outcome. Nothing in the outcome is a secret.
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
    from apprise import Apprise, AppriseAsset

    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    url = envelope["url"]
    if not schema_of(url):
        return Outcome(OutcomeKind.PERMANENT, "the gateway's URL has no schema that Apprise knows")
    try:
        plugin = make_plugin(url, _asset(AppriseAsset), modules or find_plugin_modules(schema_of(url)))
    except (ImportError, MemoryError, OSError) as problem:
        return Outcome(OutcomeKind.TEMPORARY, f"the plugin cannot be loaded ({type(problem).__name__}: {problem})", local=True)
    except Exception as problem:
        return Outcome(OutcomeKind.PERMANENT, f"the gateway's URL is not valid: {heard.words() or problem}")
    if plugin is not None and not plugin.enabled:
        return Outcome(OutcomeKind.TEMPORARY, f"the plugin for {schema_of(url)}:// lacks a library here", local=True)
    apprise = Apprise()
    if plugin is None or not apprise.add(plugin):
        return Outcome(OutcomeKind.PERMANENT, f"Apprise does not accept the gateway's URL: {heard.words() or 'unknown or unusable schema'}")
    # Set on the instance, since the URL may say otherwise. The queue retries; a fresh plugin has no one to be gentle with.
    plugin.retry, plugin.optional, plugin.redirects, plugin.request_rate_per_sec = 0, False, False, 0
    mark_mail(plugin, envelope.get("thread", ""))
    wire.watch()
    look(envelope.get("look"))  # also for the few that do not speak HTTP or SMTP, where no byte is seen leaving
    schema, kind = schema_of(url), _LOOKS.get(envelope["kind"], "info")
    answer = apprise.notify(
        body=sound_text(envelope["body"]) or " ",
        title=sound_text(envelope["title"]).replace("\n", " ")[:_LONGEST_TITLE],
        notify_type="warning" if kind == "info" and schema in _SILENT_ON_INFO else kind,
        body_format="text",
    )
    return judge(bool(answer), wire.exchanges, heard.words(), on_the_wire=speaks_on_the_wire(plugin))


def sound_text(text: str) -> str:
    """`text` as every provider can take it: lone surrogates and control characters become U+FFFD; tabs and line ends stay."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("\ufffd" if _unsound(character) else character for character in normal)


def _unsound(character: str) -> bool:
    code = ord(character)
    return (code < 32 and character not in "\n\t") or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


def _asset(kind: Any) -> Any:
    """Apprise's settings: nothing on disk, no thread, no redirect, no second try; those that this version of Apprise knows."""
    asset = kind(storage_mode="memory", async_mode=False)
    for name, value in {"http_redirects": False, "default_service_retry": 0, "_service_timeout": 0.0, "_allow_templates": False}.items():
        if hasattr(asset, name):
            setattr(asset, name, value)
    return asset


def _after_exception(problem: BaseException, wire: Wire) -> Outcome:
    told = f"the plugin failed ({type(problem).__name__}: {problem})" if str(problem) else f"the plugin failed ({type(problem).__name__})"
    if any(exchange.sent for exchange in wire.exchanges):
        return Outcome(OutcomeKind.UNKNOWN, f"{told}; {MAY_HAVE_ARRIVED}")
    return Outcome(OutcomeKind.TEMPORARY, told)


class _Heard(logging.Handler):
    """The last warning that a plugin logged: often the only place where it says why. Bounded; redacted by who uses it."""

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
