"""What may be sent back to a message whose gateway listens (`answers`): the sentence that says so, the
same in a few words for an SMS, and what stands on buttons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.incident.situation import IncidentStatus, NotificationKind, NudgeStatus
from escalate_cli.core.messages.card import Choice, ToReply
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.organisation.catalog import Catalog, Gateway

EXAMPLE_CODE = "k7m4xq9wbcdf2345vwxz"
"""stands for the code of a message that is not sent: made up"""

_TAKE, _PASS, _DONE = Choice("I have it", "OK"), Choice("Not me", "NO"), Choice("It is over", "DONE")
_TAKE_OVER = Choice("I take it over", "TAKE")
_YES, _NO = Choice("Yes", "YES"), Choice("No", "NO")
_ARRIVED = Choice("It arrived", "OK")
_TAKE_ALL = Choice("I have all of it", "OK ALL")


class _Way(Enum):
    """How somebody answers by a gateway."""

    TYPED = "typed"
    """a reply with a word in it"""
    BUTTONS = "buttons"
    COMMANDS = "commands"
    """words with a slash that are sent by a tap on them"""
    ACKNOWLEDGE = "acknowledge"
    """the service's own button, which says yes alone"""


def _way_of(gateway: Gateway) -> _Way:
    """How somebody answers a message of this gateway, which listens."""
    scheme = (gateway.answers or "").partition(":")[0].lower()
    if scheme in ("ntfy", "ntfys"):
        return _Way.BUTTONS
    if scheme == "pushover":
        return _Way.ACKNOWLEDGE
    if scheme == "telegram":
        sent_by = gateway.url.partition(":")[0].lower()
        return _Way.COMMANDS if sent_by == "tgram" else _Way.BUTTONS
    return _Way.TYPED


def reply_to(occasion: Occasion) -> ToReply | None:
    """What may be sent back to this message; None where nothing can be, or nobody is asked."""
    notification = occasion.notification
    offer = _offer(occasion.catalog, notification.gateway, notification.code)
    if offer is None or not occasion.to_person:
        return None
    if notification.kind is NotificationKind.TEST or occasion.incident.id <= 0:
        return offer.to_test() if notification.kind is NotificationKind.TEST else None
    if notification.kind is NotificationKind.NUDGE:
        nudge = occasion.nudge
        return None if nudge is None or nudge.status is not NudgeStatus.OPEN else offer.to_nudge()
    over = occasion.incident.status is IncidentStatus.RESOLVED
    if notification.kind is not NotificationKind.PAGE or over:
        return None
    return offer.to_take_over() if occasion.is_taken else offer.to_page()


def reply_to_digest(catalog: Catalog, gateway: str, code: str | None) -> ToReply | None:
    """What may be sent back to a digest in which pages wait; `code` is that of the message that leads it."""
    offer = _offer(catalog, gateway, code)
    return None if offer is None else offer.to_digest()


def _offer(catalog: Catalog, gateway: str, code: str | None) -> _Offer | None:
    known = catalog.gateways.get(gateway)
    if known is None or not known.listens or not code:
        return None
    return _Offer(code, _way_of(known), catalog.answers.may)


class _Offer(msgspec.Struct, frozen=True):
    """Writes what is offered; `may` are the actions that answers are allowed (None: all)."""

    code: str
    way: _Way
    may: tuple[str, ...] | None

    def to_page(self) -> ToReply | None:
        whats = {"take": "to take it", "pass": "if it cannot be you", "resolve": "when it is over"}
        choices = self._allowed(("take", _TAKE), ("pass", _PASS), ("resolve", _DONE))
        return self._made(choices, dict(zip((_TAKE, _PASS, _DONE), whats.values(), strict=True)))

    def to_take_over(self) -> ToReply | None:
        choices = self._allowed(("take", _TAKE_OVER), ("resolve", _DONE))
        if self.way in (_Way.ACKNOWLEDGE, _Way.COMMANDS):
            return None if self.way is _Way.ACKNOWLEDGE else self._typed(choices, _AFTER_TAKEN)
        return self._made(choices, _AFTER_TAKEN)

    def to_nudge(self) -> ToReply | None:
        choices = self._allowed(("yes", _YES), ("no", _NO))
        if self.way is _Way.TYPED:
            offered = f"Reply {_either(f'{each.word} {self.short}' for each in choices)}."
            return self._with(choices, offered, f"reply {_either(self._words(choices))}")
        return self._made(choices, {_YES: "for yes", _NO: "for no"})

    def to_test(self) -> ToReply | None:
        return self._made((_ARRIVED,), {_ARRIVED: "to show that answers arrive"})

    def to_digest(self) -> ToReply | None:
        choices = self._allowed(("take", _TAKE_ALL))
        if not choices or self.way is _Way.ACKNOWLEDGE:
            return None
        if self.way is _Way.BUTTONS:
            return self._made(choices, {_TAKE_ALL: "to take all of it"})
        return self._with((_TAKE_ALL,), "Reply OK ALL to take all of it.", "reply OK ALL")

    @property
    def short(self) -> str:
        return short_code(self.code)

    def _allowed(self, *choices: tuple[str, Choice]) -> tuple[Choice, ...]:
        return tuple(choice for action, choice in choices if self.may is None or action in self.may)

    def _made(self, choices: tuple[Choice, ...], what: dict[Choice, str]) -> ToReply | None:
        if not choices:
            return None
        if self.way is _Way.ACKNOWLEDGE:
            first = choices[0]
            if first not in (_TAKE, _YES, _ARRIVED):
                return None
            return self._with((first,), f"Tap Acknowledge {what[first]}.", "tap Acknowledge")
        if self.way is _Way.COMMANDS:
            return self._commands(choices)
        if self.way is _Way.BUTTONS:
            told = ", ".join(f'"{choice.label}" {what[choice]}' for choice in choices)
            labels = _either(f'"{choice.label}"' for choice in choices[:2])
            return self._with(choices, f"Tap {told}.", f"tap {labels}")
        return self._typed(choices, what)

    def _typed(self, choices: tuple[Choice, ...], what: dict[Choice, str]) -> ToReply | None:
        if not choices:
            return None
        main = [choice for choice in choices if choice is not _DONE] or list(choices)
        told = ", ".join(f"{self._word(choice)} {what[choice]}" for choice in main)
        beside = list(self._beside(choices, main))
        more = f" ({'; '.join(beside)}.)" if beside else ""
        return self._with(choices, f"Reply {told}.{more}", f"reply {_either(self._words(main))}")

    def _beside(self, choices: Iterable[Choice], main: list[Choice]) -> Iterator[str]:
        if _DONE in choices and _DONE not in main:
            yield "DONE when it is over"
        if _TAKE in main and (self.may is None or "note" in self.may):
            yield "a line after OK: is a note"

    def _commands(self, choices: tuple[Choice, ...]) -> ToReply | None:
        """Telegram takes 32 characters after the slash."""
        commands = {
            _TAKE: ("Take it", "ok"), _PASS: ("Not me", "no"), _YES: ("Yes", "ok"), _NO: ("No", "no"),
            _ARRIVED: ("It arrived", "ok"), _DONE: ("It is over", "done"),
        }  # fmt: skip
        main = [choice for choice in choices if choice is not _DONE] or list(choices)
        written = [(commands[choice][0], f"/{commands[choice][1]}_{self.code}") for choice in main]
        lines = "\n".join(f"{label}: {command}" for label, command in written)
        return self._with(choices, lines, _either(command for _, command in written))

    def _word(self, choice: Choice) -> str:
        return f"{choice.word} {self.short}" if choice is _TAKE_OVER else choice.word

    def _words(self, choices: Iterable[Choice]) -> Iterator[str]:
        return (f"{choice.word} {self.short}" for choice in choices)

    def _with(self, choices: tuple[Choice, ...], sentence: str, brief: str) -> ToReply | None:
        return ToReply(self.code, sentence, brief, choices) if choices else None


_AFTER_TAKEN = {_TAKE_OVER: "to take it over", _DONE: "when it is over"}


def _either(parts: Iterable[str]) -> str:
    return " or ".join(parts)
