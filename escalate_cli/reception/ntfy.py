"""Answers by ntfy: the buttons of a page publish to a topic, and this reads it.

A button sends `{"code": "…", "word": "OK"}`. What people write themselves counts by a long code only:
ntfy does not say who wrote it.

The place is the id of the last message, when it was looked at, and when reading began.
"""

from __future__ import annotations

import contextlib
from urllib.parse import quote

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.codes import long_codes
from escalate_cli.core.calendar.duration import HOUR, SECOND, Instant
from escalate_cli.reception.json_parts import object_in, seconds_in, text_in, whole_number
from escalate_cli.reception.look import AMISS, CannotRead, Look, SignedIn, beginning_of
from escalate_cli.reception.provider import Provider, Refusal, basic, bearer, root_of

_KEPT = 12 * HOUR
"""how long ntfy keeps what was published, unless its operator says otherwise"""
_MOST = 200
"""messages of one look"""
_LONGEST = 4096
"""characters of a message, as ntfy has them"""
_AGAIN = 60.0
"""seconds after which the stream is begun anew: a connection may be dead without a sign"""
_PAUSE = 5.0
"""seconds before a stream that ended early is begun anew"""
_MAY_NOT = (401, 403, 404)


class _Place(msgspec.Struct, frozen=True):
    """`since` is what ntfy is asked for: an id, or seconds since the epoch; `first` is when reading
    began and `at` when it was last looked at, in seconds.
    """

    since: str
    first: int
    at: int


def look(address: AnswersAddress, place: str | None) -> Look:
    """What has arrived since `place`; without one, the place from which to look."""
    return _look(_provider(address, address.password), address, _read_place(place), Clock().now())


def wait(address: AnswersAddress, place: str | None, seconds: float) -> Look:
    """As `look`, but until something has arrived or `seconds` have passed."""
    clock = Clock()
    end = clock.monotonic() + seconds
    looked = look(address, place)
    while not looked.arrived and looked.gap is None and (left := end - clock.monotonic()) > 0:
        if not _is_told(address, looked.place, min(left, _AGAIN)):
            pause = min(_PAUSE, end - clock.monotonic())
            clock.sleep(round(max(pause, 0) * SECOND))
        looked = look(address, looked.place)
    return looked


def sign_in(address: AnswersAddress) -> SignedIn:
    """What `doctor` tells of the topic."""
    provider = _provider(address, address.password)
    _poll(provider, address, _seconds(Clock().now()))
    facts = [f"topic {address.topic} at {address.host}: can be read", *provider.amiss()]
    write = address.options.get("write")
    if address.password and _may_read(address, ""):
        facts.append(f"{AMISS}anybody can read the topic, without a token")
    elif write and _may_read(address, write):
        facts.append(f"{AMISS}the token of the option write can read as well: whoever has a page has it")
    elif write:
        facts.append("the token that goes out with pages cannot read")
    if not address.password:
        facts.append(f"{AMISS}it is read without a token: anybody can read the answers")
    return tuple(facts)


def _provider(address: AnswersAddress, token: str) -> Provider:
    user = address.user if token == address.password else ""
    headers = {} if not token else basic(user, token) if user else bearer(token)
    return Provider(root_of(address.tls, address.host, address.port), address.secrets, headers)


def _may_read(address: AnswersAddress, token: str) -> bool:
    try:
        _poll(_provider(address, token), address, _seconds(Clock().now()))
    except Refusal as problem:
        if problem.status in _MAY_NOT:
            return False
        raise
    return True


def _read_place(place: str | None) -> _Place | None:
    begins = beginning_of(place)
    if begins is not None:
        seconds = begins // SECOND
        return _Place(str(seconds), seconds, seconds)
    kept = object_in(place)
    if kept is None:
        return None
    since, first, at = (
        text_in(kept.get("since")),
        whole_number(kept.get("first")),
        whole_number(kept.get("at")),
    )
    return _Place(since, first, at) if since and first is not None and at is not None else None


def _seconds(now: Instant) -> str:
    return str(now // SECOND)


def _path(address: AnswersAddress) -> str:
    return f"/{quote(address.topic, safe='')}/json"


def _poll(provider: Provider, address: AnswersAddress, since: str) -> list[dict[str, object]]:
    events = []
    for event in provider.lines(_path(address), {"poll": 1, "since": since}):
        if event.get("event") == "message" and text_in(event.get("id")):
            events.append(event)
        if len(events) == _MOST:
            break
    return events


def _look(provider: Provider, address: AnswersAddress, before: _Place | None, now: Instant) -> Look:
    events = _poll(provider, address, before.since if before else _seconds(now))
    seconds = (provider.now_there or now) // SECOND
    if before is None:
        return Look((), _written(_Place(str(seconds), seconds, now // SECOND)))
    arrived = {text_in(event["id"]): _arrived(event) for event in events}
    fresh = [each for each in arrived.values() if (each.sent_at or now) >= before.first * SECOND]
    since = text_in(events[-1]["id"]) if events else before.since
    gap = None
    if now - before.at * SECOND > _KEPT:
        gap = "ntfy keeps answers for 12 hours, and it was not read for longer: some may be lost"
    ordered = sorted(fresh, key=lambda each: each.sent_at or 0)
    return Look(provider.by_our_clock(ordered), _written(_Place(since, before.first, now // SECOND)), gap)


def _is_told(address: AnswersAddress, place: str, seconds: float) -> bool:
    """Wait for a message, at most so long. False where the stream ended too early to tell."""
    provider, clock = _provider(address, address.password), Clock()
    until = clock.monotonic() + seconds
    before = _read_place(place)
    provider.end_after(seconds)
    with contextlib.suppress(CannotRead):  # the next look says what is wrong
        for event in provider.lines(_path(address), {"since": before.since if before else "all"}):
            if event.get("event") == "message":
                return True
    return clock.monotonic() >= until - 0.1


def _written(place: _Place) -> str:
    return msgspec.json.encode(place).decode()


def _arrived(event: dict[str, object]) -> Arrival:
    message = text_in(event.get("message"))[:_LONGEST]
    button = object_in(message) or {}
    code, word = text_in(button.get("code")), text_in(button.get("word"))
    return Arrival(
        external_id=text_in(event.get("id"))[:500],
        sender="",
        text=word if button else message,
        sent_at=seconds_in(event.get("time")),
        codes=long_codes(code if button else message),
    )
