"""The sentences of events about single messages: sent, tried again, given up, held back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import show_about
from escalate_cli.core.events import Event
from escalate_cli.core.wording.kinds import message_in_words
from escalate_cli.core.wording.telling import Telling


def _message(it: happened.Attempt, say: Telling) -> str:
    shared = (
        f", in a digest of {it.digest_of}"
        if it.digest_of
        else ", in the same message"
        if it.beside_another
        else ""
    )
    what = it.what if say.formerly else message_in_words(it.what)
    return f"{what} to {say.names([it.recipient])} by {it.gateway}{shared}"


def _sent(it: happened.Sent, say: Telling) -> str:
    return _message(it, say) + ("" if say.beside_kind else ": sent")


def _ended(it: happened.Ended, say: Telling) -> str:
    return f"{it.recipient}: {it.status} ({it.why})"  # it may be the name that cannot be told


def _hurried(it: happened.LaterStepsHurried, say: Telling) -> str:
    steps = ", ".join(f"{say.names([recipient])} by {gateway}" for recipient, gateway in it.steps)
    return f"the addresses tried first failed for good: {steps} at once"


def _held_back(it: happened.HeldBack, say: Telling) -> str:
    who = say.names([it.recipient])
    text = f"back by [limits]: {who} by {it.gateway}, for a digest in {show_about(it.until - say.at)}"
    return say.begin("held", text)


OF_MESSAGES: dict[type[Event], Callable[[Any, Telling], str]] = {
    happened.Sent: _sent,
    happened.Retrying: lambda it, say: f"{_message(it, say)}: {it.reason}",
    happened.GivenUp: lambda it, say: f"{_message(it, say)}: {it.reason}",
    happened.CalledOff: lambda it, say: f"{_message(it, say)}: no longer needed ({it.reason})",
    happened.Ended: _ended,
    happened.HeldBack: _held_back,
    happened.LaterStepsHurried: _hurried,
    happened.MailboxSays: lambda it, say: f"{say.person(it.person)}'s mailbox says: {it.text}",
}
