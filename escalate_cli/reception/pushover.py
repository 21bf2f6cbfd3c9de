"""Answers by Pushover: its own button "Acknowledge" on messages of priority emergency. Each such message
has a receipt, and is asked for by it.

The place holds the receipts that are open (`receipts`); whoever looks has put those of our messages into
it. The button says yes and nothing else. A receipt is asked for at most once in five seconds.
"""

from __future__ import annotations

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.reception.json_parts import seconds_in, text_in, whole_number
from escalate_cli.reception.look import AMISS, CannotRead, Look, SignedIn
from escalate_cli.reception.marks import mark_of
from escalate_cli.reception.provider import Provider, Refusal
from escalate_cli.reception.receipts import Receipts, receipts_in

_SERVER = "https://api.pushover.net"
_PAUSE = 6.0
"""seconds before receipts are asked for again. Then a wait ends, since pages may have gone out meanwhile"""
_FEW = 100
"""messages that are left for the month and ought to be told"""
_TOO_MANY = 429


def look(address: AnswersAddress, place: str | None) -> Look:
    """Which of the receipts in `place` have been acknowledged since, as far as there is time to ask."""
    receipts = receipts_in(place)
    provider = _provider(address)
    asked: list[str] = []
    done: list[str] = []
    arrived: list[Arrival] = []
    for receipt in receipts.open:
        try:
            state = _state(provider, address, receipt)
        except CannotRead as problem:
            if not asked or problem.for_good:
                raise
            break
        asked.append(receipt)
        if state is None or whole_number(state.get("expired")) == 1:
            done.append(mark_of(receipt))
        if state is not None and whole_number(state.get("acknowledged")) == 1:
            arrived.append(_arrived(receipt, state))
            done.append(mark_of(receipt))
    late = [each for each in receipts.open if each not in asked]
    still = [each for each in asked if mark_of(each) not in done]
    after = Receipts((*late, *still), tuple(dict.fromkeys((*receipts.done, *done))))
    return Look(tuple(sorted(arrived, key=lambda each: each.sent_at or 0)), after.place)


def wait(address: AnswersAddress, place: str | None, seconds: float) -> Look:
    """As `look`, after a pause. It waits no longer than that: a page that has gone out meanwhile has a
    receipt that is not in `place`.
    """
    Clock().sleep(round(min(seconds, _PAUSE) * SECOND))
    return look(address, place)


def sign_in(address: AnswersAddress) -> SignedIn:
    """What `doctor` tells of the application."""
    provider = _provider(address)
    limits = _asked(provider, address, "/1/apps/limits.json")
    limit, left = whole_number(limits.get("limit")), whole_number(limits.get("remaining"))
    facts = ["receipts of messages of priority emergency can be read"]
    if limit is not None and left is not None:
        amiss = AMISS if left < _FEW else ""
        facts.append(f"{amiss}{left} of {limit} messages of this month are left")
    return (*facts, *provider.amiss())


def _provider(address: AnswersAddress) -> Provider:
    return Provider(address.options.get("server", _SERVER), address.secrets)


def _state(provider: Provider, address: AnswersAddress, receipt: str) -> dict[str, object] | None:
    """What has become of a message; None where Pushover does not know it (any more)."""
    try:
        return _asked(provider, address, f"/1/receipts/{receipt}.json")
    except Refusal as problem:
        if "receipt" in problem.told.lower():
            return None
        raise


def _asked(provider: Provider, address: AnswersAddress, path: str) -> dict[str, object]:
    try:
        answer = provider.ask(path, {"token": address.password})
    except Refusal as problem:
        if "token" not in problem.told.lower() or problem.status == _TOO_MANY:
            raise
        raise CannotRead(problem.reason, for_good=True) from None
    if whole_number(answer.get("status")) != 1:
        raise CannotRead(f"{provider.host} does not answer as Pushover does")
    return answer


def _arrived(receipt: str, state: dict[str, object]) -> Arrival:
    return Arrival(
        external_id=receipt,
        sender=text_in(state.get("acknowledged_by"))[:100],
        text="OK",
        sent_at=seconds_in(state.get("acknowledged_at")),
        answered=(receipt,),
    )
