"""What every mail says of itself in its head: that a program wrote it, that no program is to
answer, and which incident it belongs to.
"""

from __future__ import annotations

import re
from typing import Protocol, cast

from escalate_cli.delivery.plugins import Plugin

_OURS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "x-ms-reactions": "disallow"}
"""RFC 3834 for absence notes everywhere; Exchange's word for its own; and no 👍 in Outlook that
nobody would see
"""
_SENDERS = ("from_addr", "from_email")


class _MailPlugin(Plugin, Protocol):
    """One that sends mail and takes headers."""

    headers: dict[str, str]


def mark_mail(plugin: Plugin, thread: str) -> None:
    """Set these headers on a plugin that sends mail and can carry headers; any other plugin stays as it is.

    `thread` names what the mails of one incident have in common, "" where there is nothing:
    `References` then makes mail programs show them together. A header that the gateway's URL sets
    itself (`+Header=value`) wins; each goes out once.
    """
    sender = _sender(plugin)
    if sender is None:
        return
    ours = dict(_OURS)
    if thread:
        ours["References"] = f"<{thread}@{_domain(sender)}>"
    # by the name in lower case: another spelling of a name would go out as a second header
    kept: dict[str, tuple[str, str]] = {}
    mail = cast("_MailPlugin", plugin)
    for name, value in [*mail.headers.items(), *ours.items()]:
        kept.setdefault(name.strip().lower(), (name, value))
    mail.headers = dict(kept.values())


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
