"""What every mail says of itself in its head: who sends it, how loud it is, that a program wrote it,
that no program is to answer, and which incident it belongs to.
"""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Protocol, cast

from escalate_cli.delivery.envelope import AnswerMarks
from escalate_cli.delivery.plugins import Plugin

SENDER = "escalate"
"""the name that mails come from, unless the gateway's URL has one"""
_OURS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "x-ms-reactions": "disallow"}
"""RFC 3834 for absence notes everywhere; Exchange's word for its own; and no 👍 in Outlook that
nobody would see
"""
_URGENT = {
    "X-Priority": "1 (Highest)", "X-MSMail-Priority": "High", "Importance": "high", "Priority": "urgent",
}  # fmt: skip
"""the same in the words of Thunderbird and Apple, of Outlook, and of RFC 2156"""
_ONCE = frozenset(
    {
        "from",
        "to",
        "subject",
        "message-id",
        "date",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    }
)
"""what every mail has by itself: servers refuse one that has a second of them"""
_SENDERS = ("from_addr", "from_email")


_NO_MARKS = AnswerMarks()
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_MARK = "X-Escalate"
"""by which another escalate knows that a program wrote it, whatever servers on the way have changed"""


class _MailPlugin(Plugin, Protocol):
    """One that sends mail and takes headers."""

    headers: dict[str, str]


def mark_mail(plugin: Plugin, thread: str, *, urgent: bool = False, marks: AnswerMarks = _NO_MARKS) -> None:
    """Set these headers on a plugin that sends mail and can carry headers; any other plugin stays as it is.

    `thread` names what the mails of one incident have in common, "" where there is nothing:
    `References` then makes mail programs show them together. What the gateway's URL sets itself
    (`+Header=value`, `name=`, `reply=`) wins; each goes out once. Of the headers that say how loud a
    mail is, one of the URL's own leaves out all of ours, so that they do not contradict each other.
    """
    address = _sender(plugin)
    if address is None:
        return
    mail = cast("_MailPlugin", plugin)
    # by the name in lower case: another spelling of a name would go out as a second header
    kept: dict[str, tuple[str, str]] = {}
    for name, value in mail.headers.items():
        kept.setdefault(name.strip().lower(), (name, value))
    _name_sender(mail, parseaddr(kept.get("from", ("", ""))[1])[0])
    _set_reply_to(mail, address, own="reply-to" in kept)
    if marks.code and marks.plus:
        _set_code_in_reply_to(mail, marks.code)
    ours = _ours(address, thread, urgent=urgent and not kept.keys() & _lower(_URGENT))
    for name, value in (ours | _of_answers(address, thread, marks)).items():
        kept.setdefault(name.lower(), (name, value))
    mail.headers = dict(header for name, header in kept.items() if name not in _ONCE)


def _ours(address: str, thread: str, *, urgent: bool) -> dict[str, str]:
    headers = dict(_OURS)
    if thread:
        headers["References"] = f"<{thread}@{_domain(address)}>"
    return {**headers, **_URGENT} if urgent else headers


def _of_answers(address: str, thread: str, marks: AnswerMarks) -> dict[str, str]:
    """The code as a second reference: replies and bounces bring it back. What answers a mail refers to it."""
    if marks.code:
        root = f"<{thread}@{_domain(address)}> " if thread else ""
        number = [*thread.split("."), "", ""][1] or "0"
        return {"References": f"{root}<{number}.{marks.code}@escalate.{_domain(address)}>", _MARK: "asks"}
    if not marks.answers:
        return {}
    answering = {"Auto-Submitted": "auto-replied", _MARK: "answers"}
    if _MESSAGE_ID.fullmatch(marks.answers):
        answering |= {"In-Reply-To": marks.answers, "References": marks.answers}
    return answering


def _set_code_in_reply_to(plugin: _MailPlugin, code: str) -> None:
    """Replies go to `user+CODE@host`, unless the address has a plus already."""
    addresses = getattr(plugin, "reply_to", None)
    if not isinstance(addresses, set):
        return
    for given in tuple(addresses):
        name, address = given if isinstance(given, tuple) else (False, given)
        user, _, host = str(address).rpartition("@")
        if user and "+" not in user:
            coded = f"{user}+{code}@{host}"
            addresses.discard(given)
            addresses.add((name, coded) if isinstance(given, tuple) else coded)


def where_answers_go(plugin: Plugin) -> str:
    """The address that a mail of this plugin is answered at; "" where it is not known."""
    addresses = getattr(plugin, "reply_to", None)
    for given in sorted(addresses, key=str) if isinstance(addresses, set) else ():
        address = given[1] if isinstance(given, tuple) else given
        if isinstance(address, str) and "@" in address:
            return address
    return _sender(plugin) or ""


def _lower(names: dict[str, str]) -> set[str]:
    return {name.lower() for name in names}


def _name_sender(plugin: _MailPlugin, own: str) -> None:
    """Have the mail come from somebody with a name, `own` where it is not empty, where the plugin
    keeps a pair of name and address.
    """
    pair = getattr(plugin, "from_addr", None)
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return
    name = own or pair[0] or SENDER
    vars(plugin)["from_addr"] = (name, pair[1])
    names = getattr(plugin, "names", None)
    if isinstance(names, dict):
        names[pair[1]] = name


def _set_reply_to(plugin: _MailPlugin, address: str, *, own: bool) -> None:
    """Answers go to the sender where the URL says nothing; where it has a header for it, that is the
    only one.
    """
    addresses = getattr(plugin, "reply_to", None)
    if isinstance(addresses, set):
        if own:
            addresses.clear()
        elif not addresses:
            addresses.add(address)


def _sender(plugin: Plugin) -> str | None:
    """The address that a mail plugin sends from; None of any other plugin, and of one that takes no
    headers.
    """
    if not isinstance(getattr(plugin, "headers", None), dict):
        return None
    for name in _SENDERS:
        address = getattr(plugin, name, None)
        if isinstance(address, list | tuple) and address:
            address = address[-1]
        if isinstance(address, str) and "@" in address:
            return address
    return None


def _domain(address: str) -> str:
    domain = address.rpartition("@")[2].strip(" >").lower()
    return domain if re.fullmatch(r"[a-z0-9.-]+", domain) else "escalate.invalid"
