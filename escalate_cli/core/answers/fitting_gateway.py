"""Whether answers can come by the way that a gateway pages: its `answers` against its `url`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from escalate_cli.core.answers.address import BY_COMMAND, AnswersAddress, is_unknown

_ANYTHING = ("json", "jsons", "form", "forms", "xml", "xmls", "apprise", "apprises")
"""ways of Apprise to a program of your own, which may send what it likes"""
_MAIL = (
    *("mailto", "mailtos", "ses", "sendgrid", "mailgun", "sparkpost", "smtp2go", "resend", "brevo"),
    *("o365", "azure", "postmark", "mailersend", "groundmail"),
)
_SERVICES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "imap": (_MAIL, "mail"),
    "telegram": (("tgram",), "Telegram"),
    "ntfy": (("ntfy", "ntfys"), "ntfy"),
    "twilio": (("twilio",), "Twilio"),
    "pushover": (("pover",), "Pushover"),
    "matrix": (("matrix", "matrixs"), "Matrix"),
}
"""what pages by the service whose answers a scheme reads, and the service's name"""
_FROM_HOST = ("twilio", "vonage", "nexmo", "sinch", "signalwire", "bulkvs")
"""services whose URL has the sender where others have a host"""
_SMS = (*_FROM_HOST, "msgbird", "plivo", "d7sms", "bulksms", "clicksend", "smsmgr", "46elks", "elks", "sms")
_HOSTS = {"api.telegram.org": "telegram", "api.twilio.com": "twilio", "api.pushover.net": "pushover"}
"""services to which a form or JSON can be sent without a plugin"""
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)[^?#]*(?:\?([^#]*))?", re.DOTALL)


def why_unfit(answers: AnswersAddress, url: str) -> str | None:
    """Why nothing that `url` (as the configuration has it) sends can be answered where `answers`
    reads, in a sentence; None where it can, or where that cannot be seen.
    """
    if answers.scheme == BY_COMMAND:
        return None
    match = _matched(url)
    if match is None:
        return None
    schema, authority, query = match[1].lower(), match[2], match[3] or ""
    schemas, service = _SERVICES[answers.scheme]
    if schema in _ANYTHING:
        known = _HOSTS.get(authority.rpartition("@")[2].partition(":")[0].lower())
        if known in (None, answers.scheme):
            return None
        return f"{_SERVICES[known or answers.scheme][1]} pages, and {service} is read: no answer can come"
    if schema not in schemas:
        return f"{schema}:// pages, and {service} is read: no answer can come by {answers.scheme}://"
    if answers.scheme == "twilio":
        return _other_number(answers.host, authority, query)
    if answers.scheme == "pushover":
        return _no_button(query)
    return None


def why_not_replied_to(answers: AnswersAddress, url: str) -> str | None:
    """Why people who get what `url` sends can hardly reply to it, in a sentence; None where they can, or
    where that cannot be seen.
    """
    match = _matched(url)
    if match is None:
        return None
    schema, authority, options = match[1].lower(), match[2], _query(match[3] or "")
    sender = options.get("from") or options.get("source") or ""
    if schema == "twilio" and options.get("method", "").startswith("c"):
        return "it calls, and only speaks: what may be texted back is heard by nobody who is called"
    if schema in _FROM_HOST and not sender:
        sender = _plain(authority.rpartition("@")[2])
    if schema in _SMS and not is_unknown(sender) and re.search(r"[^\W\d_]", sender):
        return "nobody can reply to what pages: a sender of letters only speaks"
    if schema in _MAIL and not options.get("reply") and answers.options.get("plus") != "yes":
        address = sender.rpartition("<")[2].strip("> ")
        local = re.sub(r"[^a-z]", "", address.partition("@")[0].lower())
        if local in ("noreply", "donotreply", "nichtantworten") and answers.user != address:
            return "people do not reply to an address that asks for no reply, and another mailbox is read"
    return None


def why_not_tagged(answers: AnswersAddress, url: str) -> str | None:
    """Why replies cannot be asked to come to an address with a code behind a plus (`plus=yes`), in a
    sentence; None where they can, where it is not wanted, or where that cannot be seen.
    """
    match = _matched(url)
    if match is None or answers.options.get("plus") != "yes":
        return None
    options = _query(match[3] or "")
    senders = (options.get("reply"), options.get("from"), answers.user)
    for sender in filter(None, senders):
        local = sender.rpartition("<")[2].rpartition("@")[0]
        if not is_unknown(local) and "+" in local:
            return "plus=yes puts the code behind a plus, and the address that pages has one already"
    return None


def _matched(url: str) -> re.Match[str] | None:
    return _URL.match(re.sub(r"\$\{[^{}\s]*\}", lambda mark: mark[0].translate(_VEIL), url))


_VEIL = {ord(character): 0xE000 + number for number, character in enumerate("/?#@:&=")}
_UNVEIL = {hidden: chr(shown) for shown, hidden in _VEIL.items()}


def _other_number(listens: str, authority: str, query: str) -> str | None:
    options = _query(query)
    sender = options.get("from") or options.get("source") or _plain(authority.rpartition("@")[2])
    if is_unknown(sender) or is_unknown(listens):
        return None
    if not re.fullmatch(r"\+?[-0-9 ().]{5,}", sender):
        return "nobody can reply to what pages: its sender is no number"
    if re.sub(r"\D", "", sender) != re.sub(r"\D", "", listens):
        return "another number pages than the one whose answers are read: replies go to the number that pages"
    return None


def _no_button(query: str) -> str | None:
    priority = _query(query).get("priority", "").lower()
    if is_unknown(priority) or priority[:1] == "e" or priority == "2":
        return None
    return "Pushover has its button for emergencies only: add priority=emergency to the url"


def _query(query: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in query.split("&"))
    return {_plain(name).lower(): _plain(value) for name, _, value in pairs}


def _plain(text: str) -> str:
    return unquote(text).translate(_UNVEIL).strip()
