"""Telling people something that belongs to no incident: stored first, then sent at once, and by later
passes until it was taken or is given up.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import msgspec

from escalate_cli.context import Context
from escalate_cli.core.notification.memo import memos_to
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.engine.engine import Engine
from escalate_cli.errors import DatabaseProblem


class MemosSent(msgspec.Struct, frozen=True):
    """Whom a memo has reached, and what did not go as it should, as sentences."""

    told: tuple[Recipient, ...] = ()
    names: tuple[str, ...] = ()
    """theirs"""
    troubles: tuple[str, ...] = ()


def tell_people(context: Context, title: str, texts: Mapping[Recipient, str]) -> MemosSent:
    """Tell each recipient its text, by its addresses for low urgency."""
    catalog, now = context.running_catalog, context.clock.now()
    ids = iter(lambda: uuid.uuid4().hex, "")
    by_recipient = {
        recipient: memos_to(recipient, title, text, catalog, now, ids) for recipient, text in texts.items()
    }
    troubles = [
        f"not told: {catalog.name_of(recipient)} has no address for low urgency"
        for recipient, memos in by_recipient.items()
        if not memos
    ]
    fresh = [memo for memos in by_recipient.values() for memo in memos]
    try:
        with context.store.transaction():
            for memo in fresh:
                context.store.memos.keep(memo)
        attempts = Engine.on(context).deliver_memos()
    except DatabaseProblem as problem:
        return MemosSent(troubles=(*troubles, f"people may not have been told: {problem.message}"))
    own = {memo.id for memo in fresh}
    failed = [(memo, why) for memo, why in attempts.failed if memo.id in own]
    troubles += [
        f"not delivered: to {catalog.name_of(memo.recipient)} by {memo.gateway} ({why})"
        for memo, why in failed
    ]
    reached = {memo.recipient for memo in attempts.sent if memo.id in own}
    told = tuple(recipient for recipient in texts if recipient in reached)
    return MemosSent(told, tuple(str(catalog.name_of(recipient)) for recipient in told), tuple(troubles))
