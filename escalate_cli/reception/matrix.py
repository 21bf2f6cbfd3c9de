"""Answers by Matrix: what people write in the rooms of the account that pages, replies to its messages, and
reactions to them, fetched by `/sync`.

The place is the token of the last sync, whose the account is, and when it was looked at. What was fetched is
given again to whoever asks with the same token, so a crash between two looks loses nothing. What is written
in an encrypted room cannot be read; reactions there can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant
from escalate_cli.reception.json_parts import fields, items, object_in, seconds_in, text_in, whole_number
from escalate_cli.reception.look import AMISS, CannotRead, Look, SignedIn, beginning_of
from escalate_cli.reception.provider import PATIENCE_WITH_PROVIDER, Provider, Refusal, bearer, root_of

_API = "/_matrix/client/v3"
_LONGEST_POLL = 30
"""seconds"""
_KINDS = ("m.room.message", "m.reaction", "m.room.encrypted")
_OF_A_ROOM, _OF_A_PAGE, _MOST_PAGES = 20, 100, 3
"""events of one room in a sync, and in each further question for older ones"""
_OVERLAP = 2 * MINUTE
_MOST_ROOMS = 20
"""of which it is told whether they are encrypted"""
_LONGEST = 4096
_QUOTE = re.compile(r"(?:^> ?.*\n)+\n?", re.MULTILINE)
"""with which older clients begin a reply"""
_UNREADABLE = (
    "something was written in an encrypted room, and cannot be read: react with 👍, or `escalate ack`"
)
_TOO_MANY = "more was written in a room than is read at once: older answers may be lost"


class _Place(msgspec.Struct, frozen=True):
    since: str
    me: str
    at: int
    """in seconds since the epoch"""


class _Event(msgspec.Struct, frozen=True):
    """What somebody else than the account has sent to a room."""

    room: str
    name: str
    kind: str
    sender: str
    sent_at: Instant | None
    content: dict[str, object]


def look(address: AnswersAddress, place: str | None) -> Look:
    """What has arrived since `place`; without one, the place from which to look."""
    return _look(address, place, 0)


def wait(address: AnswersAddress, place: str | None, seconds: float) -> Look:
    """As `look`, but until something has arrived or `seconds` have passed."""
    clock = Clock()
    end = clock.monotonic() + seconds
    while True:
        begun, left = clock.monotonic(), end - clock.monotonic()
        looked = _look(address, place, 0 if object_in(place) is None else min(left, _LONGEST_POLL))
        left = end - clock.monotonic()
        if looked.arrived or looked.gap or left <= 0:
            return looked
        if object_in(place) is not None and clock.monotonic() - begun < 1:
            clock.sleep(round(min(left, 1) * SECOND))  # it has told of what is nobody's answer
        place = looked.place


def sign_in(address: AnswersAddress) -> SignedIn:
    """What `doctor` tells of the account."""
    provider = _provider(address)
    me = _who_am_i(provider)
    rooms = [text_in(each) for each in items(provider.ask(f"{_API}/joined_rooms").get("joined_rooms"))]
    facts = [me, "in 1 room" if len(rooms) == 1 else f"in {len(rooms)} rooms"]
    encrypted = [room for room in rooms[:_MOST_ROOMS] if provider.left > 1 and _is_encrypted(provider, room)]
    if encrypted:
        told = ", ".join(encrypted[:3]) + (f" and {len(encrypted) - 3} more" if len(encrypted) > 3 else "")
        facts.append(f"{AMISS}what is written in an encrypted room cannot be read, only reactions: {told}")
    return (*facts, *provider.amiss())


def _provider(address: AnswersAddress) -> Provider:
    root = root_of(address.tls, address.host, address.port)
    return Provider(root, address.secrets, bearer(address.password))


def _who_am_i(provider: Provider) -> str:
    me = text_in(provider.ask(f"{_API}/account/whoami").get("user_id"))
    if not me.startswith("@"):
        raise CannotRead(f"{provider.host} does not answer as Matrix does")
    return me[:255]


def _is_encrypted(provider: Provider, room: str) -> bool:
    try:
        provider.ask(f"{_room(room)}/state/m.room.encryption/")
    except Refusal as problem:
        if problem.status in (403, 404):
            return False
        raise
    return True


def _room(room: str) -> str:
    return f"{_API}/rooms/{quote(room, safe='')}"


def _read_place(place: str | None) -> _Place | None:
    kept = object_in(place) or {}
    since, me, at = text_in(kept.get("since")), text_in(kept.get("me")), seconds_in(kept.get("at"))
    return _Place(since, me, at // SECOND) if since and me and at is not None else None


def _look(address: AnswersAddress, place: str | None, seconds: float) -> Look:
    provider, before, begins = _provider(address), _read_place(place), beginning_of(place)
    provider.end_after(PATIENCE_WITH_PROVIDER + max(seconds, 0))
    if before is not None:
        try:
            return _Sync(provider, before.me, since=before).look(seconds)
        except Refusal as problem:
            if problem.status != 400:
                raise
            begins = before.at * SECOND - _OVERLAP
    return _Sync(provider, before.me if before else _who_am_i(provider), begins=begins).look(0)


class _Sync:
    """One sync: from a place on, or from a moment on (`begins`); with neither, nothing is read."""

    def __init__(
        self, provider: Provider, me: str, since: _Place | None = None, begins: Instant | None = None
    ) -> None:
        self._provider, self._me, self._since, self._begins = provider, me, since, begins
        self._reads = since is not None or begins is not None
        self._gaps: list[str] = []
        self._alone: dict[str, bool] = {}

    def look(self, seconds: float) -> Look:
        """What came; the server waits so many seconds for something."""
        query: dict[str, str | int] = {"filter": self._filter(), "timeout": round(max(seconds, 0) * 1000)}
        if self._since is not None:
            query["since"] = self._since.since
        answer = self._provider.ask(f"{_API}/sync", query)
        following = text_in(answer.get("next_batch"))
        if not following:
            raise CannotRead(f"{self._provider.host} does not answer as Matrix does")
        events: dict[str, _Event] = {}
        for room, joined in fields(fields(answer.get("rooms")).get("join")).items() if self._reads else ():
            events |= {
                each.name: each for each in self._of_room(room, fields(fields(joined).get("timeline")))
            }
        arrived = [each for each in map(self._arrived, events.values()) if each is not None]
        now = self._provider.now_there or Clock().now()
        after = _Place(following, self._me, now // SECOND)
        ordered = sorted(arrived, key=lambda each: each.sent_at or 0)
        gap = "; ".join(dict.fromkeys(self._gaps)) or None
        return Look(self._provider.by_our_clock(ordered), msgspec.json.encode(after).decode(), gap)

    def _filter(self) -> str:
        nothing = {"not_types": ["*"]}
        timeline = {**self._wanted(), "limit": _OF_A_ROOM if self._reads else 1}
        room = {"timeline": timeline, "state": nothing, "ephemeral": nothing, "account_data": nothing}
        return msgspec.json.encode({"room": room, "presence": nothing, "account_data": nothing}).decode()

    def _wanted(self) -> dict[str, object]:
        return {"types": _KINDS, "not_senders": [self._me]}

    def _of_room(self, room: str, timeline: Mapping[str, object]) -> Iterator[_Event]:
        """What was sent to a room since; where it was more than a sync tells, older ones are asked for."""
        listed = items(timeline.get("events"))
        start = text_in(timeline.get("prev_batch"))
        if timeline.get("limited") is True and start and not self._is_older(listed):
            listed = [*self._older(room, start), *listed]
        for each in listed:
            event = self._event(room, fields(each))
            if event is not None and not self._is_before(event.sent_at):
                yield event

    def _older(self, room: str, start: str) -> list[object]:
        query: dict[str, str | int] = {
            "dir": "b",
            "limit": _OF_A_PAGE,
            "filter": msgspec.json.encode(self._wanted()).decode(),
        }
        if self._since is not None:
            query["to"] = self._since.since
        older: list[object] = []
        for _ in range(_MOST_PAGES):
            answer = self._provider.ask(f"{_room(room)}/messages", {**query, "from": start})
            page, start = items(answer.get("chunk")), text_in(answer.get("end"))
            older = [*reversed(page), *older]
            if not page or not start or self._is_older(page):
                return older
        self._gaps.append(_TOO_MANY)
        return older

    def _is_older(self, listed: list[object]) -> bool:
        """Whether these reach back beyond what is looked for."""
        begins = self._begins
        if begins is None and self._since is not None:
            begins = self._since.at * SECOND - _OVERLAP
        moments = [_moment(fields(each).get("origin_server_ts")) for each in listed]
        return begins is None or any(moment is not None and moment < begins for moment in moments)

    def _is_before(self, sent_at: Instant | None) -> bool:
        return self._begins is not None and (sent_at is None or sent_at < self._begins)

    def _event(self, room: str, event: Mapping[str, object]) -> _Event | None:
        name, kind, sender = (text_in(event.get(part)) for part in ("event_id", "type", "sender"))
        if not name or kind not in _KINDS or not sender or sender == self._me:
            return None
        sent_at = _moment(event.get("origin_server_ts"))
        return _Event(room, name[:255], kind, sender[:255], sent_at, fields(event.get("content")))

    def _arrived(self, event: _Event) -> Arrival | None:
        if event.kind == "m.room.encrypted":
            self._gaps.append(_UNREADABLE)
            return None
        relation = fields(event.content.get("m.relates_to"))
        return (
            self._reacted(event, relation) if event.kind == "m.reaction" else self._written(event, relation)
        )

    def _reacted(self, event: _Event, relation: Mapping[str, object]) -> Arrival | None:
        """The emoji; one that was taken back has lost its content. It is to its message, and to no other:
        `shared` even where two are alone.
        """
        key, answered = text_in(relation.get("key"))[:100], text_in(relation.get("event_id"))
        if not key or not answered or relation.get("rel_type") != "m.annotation":
            return None
        return Arrival(event.name, event.sender, key, event.sent_at, answered=(answered,), shared=True)

    def _written(self, event: _Event, relation: Mapping[str, object]) -> Arrival | None:
        """A text; an edit of one is none, and what a bot writes is said to be one's."""
        kind, text = text_in(event.content.get("msgtype")), text_in(event.content.get("body"))
        if kind not in ("m.text", "m.notice") or relation.get("rel_type") == "m.replace":
            return None
        answered = _answered(relation)
        if answered:
            text = _QUOTE.sub("", text, count=1) if text.startswith(">") else text
        return Arrival(
            event.name,
            event.sender,
            text[:_LONGEST],
            event.sent_at,
            answered=answered,
            robot="a bot wrote it" if kind == "m.notice" else None,
            shared=self._shared(event.room),
        )

    def _shared(self, room: str) -> bool:
        """Whether others than the account and one person are in a room; so, where that cannot be seen."""
        if room not in self._alone:
            try:
                members = fields(self._provider.ask(f"{_room(room)}/joined_members").get("joined"))
            except CannotRead:
                members = {}
            self._alone[room] = 0 < len(members) <= 2
        return not self._alone[room]


def _answered(relation: Mapping[str, object]) -> tuple[str, ...]:
    """What a text answers, the nearest first: the message that was replied to, and the one with which its
    thread began. Within a thread, clients name the latest message to those that know no threads.
    """
    replied = text_in(fields(relation.get("m.in_reply_to")).get("event_id"))
    root = text_in(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else ""
    if root and relation.get("is_falling_back") is True:
        replied = ""
    return tuple(dict.fromkeys(name for name in (replied, root) if name))


def _moment(value: object) -> Instant | None:
    """A time of Matrix, in thousandths of a second."""
    number = whole_number(value)
    return number * 1000 if number is not None and 0 < number < 1 << 46 else None
