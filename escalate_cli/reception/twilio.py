"""Answers by SMS through Twilio: the texts that have come to the number that pages, listed every few
seconds, and what has become of ours that were not delivered.

The place is the moment from which texts are listed, an hour before the newest one, and marks of those that
have been read since: Twilio lists by the time of sending, and one may come late.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress
from escalate_cli.core.answers.arrived import Arrival, Bounce
from escalate_cli.core.answers.codes import long_codes
from escalate_cli.core.calendar.duration import HOUR, SECOND, Instant
from escalate_cli.reception.json_parts import date_in, fields, items, object_in, seconds_in, text_in
from escalate_cli.reception.look import AMISS, CannotRead, Look, SignedIn, beginning_of
from escalate_cli.reception.marks import mark_of, marks_in
from escalate_cli.reception.provider import Provider, Refusal, basic

_SERVER = "https://api.twilio.com"
_PAUSE = 10.0
"""seconds between two looks of a wait"""
_OVERLAP = HOUR
_PAGE, _MOST_PAGES = 100, 5
_MOST_MARKS = 200
_LONGEST = 1600
"""characters of a text, as Twilio has them"""
_UNDELIVERED = ("undelivered", "failed")
_CARRIERS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "start", "unstop", "help"}
)
"""what Twilio takes for itself: it answers these, and who has stopped it gets nothing more"""


class _Place(msgspec.Struct, frozen=True):
    """`since` in seconds since the epoch: nothing older is an answer; `seen` are marks."""

    since: int
    seen: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        return msgspec.json.encode({"since": self.since, "seen": "".join(self.seen)}).decode()


class _Listed(msgspec.Struct, frozen=True):
    """One message of Twilio's lists, with the moment that it is listed by."""

    sid: str
    sent_at: Instant
    fields: dict[str, object]


def look(address: AnswersAddress, place: str | None) -> Look:
    """What has arrived since `place`; without one, the place from which to look."""
    provider, before = _provider(address), _read_place(place)
    if before is None:
        _page(provider, address, {"To": address.host, "PageSize": 1})
        return Look((), _Place((provider.now_there or Clock().now()) // SECOND).written)
    listed, whole = _list(provider, address, before)
    texts = {each.sid: each for each in listed if each.sent_at >= before.since * SECOND}
    ours: dict[str, _Listed] = {}
    with contextlib.suppress(CannotRead):  # answers come first; the next look asks again
        ours = {f"{each.sid} undelivered": each for each in _undelivered(provider, address, before)}
    known = set(before.seen)
    fresh = [_arrived(each) for name, each in texts.items() if mark_of(name) not in known]
    arrived = [each for each in fresh if each is not None]
    arrived += [_bounced(each) for name, each in ours.items() if mark_of(name) not in known]
    oldest = min((each.sent_at for each in listed), default=0)
    missed = not whole and any(
        mark_of(name) not in known for name, each in texts.items() if each.sent_at == oldest
    )
    gap = "more texts came than Twilio lists at once: older ones were not read" if missed else None
    ordered = sorted(arrived, key=lambda each: each.sent_at or 0)
    return Look(provider.by_our_clock(ordered), _next(before, {**texts, **ours}).written, gap)


def wait(address: AnswersAddress, place: str | None, seconds: float) -> Look:
    """As `look`, but until something has arrived or `seconds` have passed."""
    clock = Clock()
    end = clock.monotonic() + seconds
    looked = look(address, place)
    while not looked.arrived and looked.gap is None and (left := end - clock.monotonic()) > 0:
        clock.sleep(round(min(_PAUSE, left) * SECOND))
        looked = look(address, looked.place)
    return looked


def sign_in(address: AnswersAddress) -> SignedIn:
    """What `doctor` tells of the number."""
    provider = _provider(address)
    _page(provider, address, {"To": address.host, "PageSize": 1})
    facts = [f"texts to {address.host} can be read"]
    if address.host.startswith("+"):
        facts += _about_number(provider, address)
    return (*facts, *provider.amiss())


def _about_number(provider: Provider, address: AnswersAddress) -> Iterator[str]:
    """What is amiss with the number; nothing where the key may not see it."""
    try:
        path = f"{_account(address)}/IncomingPhoneNumbers.json"
        owned = items(provider.ask(path, {"PhoneNumber": address.host}).get("incoming_phone_numbers"))
    except Refusal:
        return
    if not owned:
        yield f"{AMISS}{address.host} is no number of this account: no text can come to it"
    elif fields(fields(owned[0]).get("capabilities")).get("sms") is False:
        yield f"{AMISS}{address.host} takes no texts"


def _provider(address: AnswersAddress) -> Provider:
    user = address.options.get("apikey") or address.user
    server = address.options.get("server", _SERVER)
    return Provider(server, address.secrets, basic(user, address.password))


def _account(address: AnswersAddress) -> str:
    return f"/2010-04-01/Accounts/{quote(address.user, safe='')}"


def _read_place(place: str | None) -> _Place | None:
    begins = beginning_of(place)
    if begins is not None:
        return _Place(max(begins, 0) // SECOND)
    kept = object_in(place) or {}
    since = seconds_in(kept.get("since"))
    return None if since is None else _Place(since // SECOND, marks_in(text_in(kept.get("seen"))))


def _page(
    provider: Provider, address: AnswersAddress, query: dict[str, str | int]
) -> tuple[list[_Listed], dict[str, str | int] | None]:
    """The messages of a page, and what to ask for the next one; None after the last."""
    answer = provider.ask(f"{_account(address)}/Messages.json", query)
    messages = answer.get("messages")
    if not isinstance(messages, list):
        raise CannotRead(f"{provider.host} does not answer as Twilio does")
    following = dict(parse_qsl(urlsplit(text_in(answer.get("next_page_uri"))).query))
    return [each for each in map(_listed, messages) if each is not None], {**following} or None


def _listed(message: object) -> _Listed | None:
    kept = fields(message)
    sid = text_in(kept.get("sid"))
    moments = (date_in(kept.get(name)) for name in ("date_sent", "date_created", "date_updated"))
    sent_at = next((moment for moment in moments if moment is not None), None)
    return _Listed(sid[:100], sent_at, kept) if sid and sent_at is not None else None


def _from_day(before: _Place) -> str:
    return datetime.fromtimestamp(before.since, UTC).strftime("%Y-%m-%d")


def _list(provider: Provider, address: AnswersAddress, before: _Place) -> tuple[list[_Listed], bool]:
    """The texts that came, the newest first, and whether they are all since the place."""
    query: dict[str, str | int] | None = {
        "To": address.host,
        "DateSent>": _from_day(before),
        "PageSize": _PAGE,
    }
    listed: list[_Listed] = []
    for _ in range(_MOST_PAGES):
        messages, query = _page(provider, address, query or {})
        listed += messages
        if query is None or any(each.sent_at < before.since * SECOND for each in messages):
            return listed, True
    return listed, False


def _undelivered(provider: Provider, address: AnswersAddress, before: _Place) -> Iterator[_Listed]:
    """Messages of ours that did not arrive."""
    query: dict[str, str | int] = {"From": address.host, "DateSent>": _from_day(before), "PageSize": _PAGE}
    for each in _page(provider, address, query)[0]:
        if each.fields.get("status") in _UNDELIVERED and each.sent_at >= before.since * SECOND:
            yield each


def _next(before: _Place, read: dict[str, _Listed]) -> _Place:
    newest = sorted(read.items(), key=lambda entry: entry[1].sent_at, reverse=True)
    since = before.since
    if newest:
        since = max(since, (newest[0][1].sent_at - _OVERLAP) // SECOND)
    if len(newest) > _MOST_MARKS:
        since = max(since, newest[_MOST_MARKS][1].sent_at // SECOND + 1)
    kept = [mark_of(name) for name, each in newest if each.sent_at >= since * SECOND]
    return _Place(since, tuple(kept[:_MOST_MARKS]))


def _arrived(listed: _Listed) -> Arrival | None:
    """A text that somebody wrote; None for what is for Twilio."""
    text, sender = text_in(listed.fields.get("body"))[:_LONGEST], text_in(listed.fields.get("from"))
    outbound = text_in(listed.fields.get("direction")).startswith("outbound")
    if outbound or not sender or text.strip().lower() in _CARRIERS:
        return None
    return Arrival(listed.sid, sender[:100], text, listed.sent_at, codes=long_codes(text))


def _bounced(listed: _Listed) -> Arrival:
    why = text_in(listed.fields.get("error_code")) or text_in(listed.fields.get("status"))
    recipient = text_in(listed.fields.get("to"))[:100]
    return Arrival(
        external_id=f"{listed.sid} undelivered",
        sender="",
        text="",
        sent_at=listed.sent_at,
        answered=(listed.sid,),
        bounce=Bounce(True, why, recipient),
    )
