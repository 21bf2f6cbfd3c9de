"""Answers by Telegram: what people write to the bot that pages, its buttons, and reactions to its
messages, fetched by `getUpdates`.

The place is the number of the next update and when it was looked at. What was fetched is given again
until the next look asks for what follows it, so a crash between two looks loses nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.codes import long_codes
from escalate_cli.core.calendar.duration import HOUR, SECOND, Instant
from escalate_cli.reception.json_parts import fields, items, object_in, seconds_in, text_in, whole_number
from escalate_cli.reception.look import CannotRead, Look, SignedIn, beginning_of
from escalate_cli.reception.provider import PATIENCE_WITH_PROVIDER, Provider, Refusal

_SERVER = "https://api.telegram.org"
_KEPT = 24 * HOUR
"""how long Telegram keeps what was not fetched. After a week without updates it counts from another number"""
_LONGEST_POLL = 50
"""seconds"""
_KINDS = ("message", "callback_query", "message_reaction")
_COMMAND = re.compile(r"/([A-Za-z]+)(?:_([A-Za-z0-9]{20}))?(?:@\w+)?(?=\s|$)")
_PRESSED = re.compile(r"([a-z]{1,16}(?: all)?):([A-Za-z0-9]{20})")
_SOON = 2.0
"""seconds for telling a phone that its button was heard; after some more it would not be told anyway"""
_CONFLICT = 409


def look(address: AnswersAddress, place: str | None) -> Look:
    """What has arrived since `place`; without one, the place from which to look."""
    return _look(address, place, 0)


def wait(address: AnswersAddress, place: str | None, seconds: float) -> Look:
    """As `look`, but until something has arrived or `seconds` have passed."""
    clock = Clock()
    end = clock.monotonic() + seconds
    while True:
        left = end - clock.monotonic()
        looked = _look(address, place, 0 if place is None else max(min(int(left), _LONGEST_POLL), 0))
        left = end - clock.monotonic()
        if looked.arrived or looked.gap or left <= 0:
            return looked
        place = looked.place
        if left < 1:
            clock.sleep(round(left * SECOND))


def sign_in(address: AnswersAddress) -> SignedIn:
    """What `doctor` tells of the bot."""
    provider = _provider(address)
    bot = fields(_call(provider, address, "getMe"))
    name = text_in(bot.get("username"))
    if text_in(fields(_call(provider, address, "getWebhookInfo")).get("url")):
        raise CannotRead(
            f"a webhook is set for @{name}, so nothing can be fetched: call deleteWebhook", for_good=True
        )
    hears = "everything" if bot.get("can_read_all_group_messages") is True else "commands and replies only"
    return (f"@{name}", f"in groups it hears {hears}", *provider.amiss())


def _provider(address: AnswersAddress) -> Provider:
    return Provider(address.options.get("server", _SERVER), address.secrets)


def _call(provider: Provider, address: AnswersAddress, method: str, body: object = None) -> object:
    try:
        answer = provider.ask(f"/bot{address.password}/{method}", body={} if body is None else body)
    except Refusal as problem:
        if problem.status != _CONFLICT:
            raise
        hook = "webhook" in problem.told.lower()
        who = "a webhook is set for this bot: call deleteWebhook" if hook else "another reader fetches them"
        raise CannotRead(f"Telegram gives its updates to somebody else: {who}", for_good=hook) from None
    if answer.get("ok") is not True:
        raise CannotRead(f"{provider.host} does not answer as Telegram does")
    return answer.get("result")


def _look(address: AnswersAddress, place: str | None, seconds: int) -> Look:
    provider, now = _provider(address), Clock().now()
    provider.end_after(PATIENCE_WITH_PROVIDER + seconds)
    begins = beginning_of(place)
    if begins is not None:
        return _from(begins, provider, address, seconds, now)
    kept = object_in(place) or {}
    following, at = whole_number(kept.get("next")), seconds_in(kept.get("at"))
    if following is None or at is None:
        updates = _updates(provider, address, -1, 0)
        return Look((), _place(max((each + 1 for each in updates), default=0), now))
    old = now - at > _KEPT
    updates = _updates(provider, address, 0 if old else following, seconds)
    arrived = [each for name, update in sorted(updates.items()) for each in _arrived(name, update)]
    _tell_phones(provider, address, updates)
    gap = "Telegram keeps answers for a day, and it was not read for longer: some may be lost"
    following = max((each + 1 for each in updates), default=0 if old else following)
    return Look(provider.by_our_clock(arrived), _place(following, now), gap if old else None)


def _from(begins: Instant, provider: Provider, address: AnswersAddress, seconds: int, now: Instant) -> Look:
    """What has been sent since `begins`: all that waits is asked for, and what is older left out."""
    updates = _updates(provider, address, 0, seconds)
    arrived = [each for name, update in sorted(updates.items()) for each in _arrived(name, update)]
    _tell_phones(provider, address, updates)
    timed = provider.by_our_clock(arrived)
    fresh = tuple(each for each in timed if each.sent_at is None or each.sent_at >= begins)
    return Look(fresh, _place(max((each + 1 for each in updates), default=0), now))


def _place(following: int, now: Instant) -> str:
    return msgspec.json.encode({"next": following, "at": now // SECOND}).decode()


def _updates(
    provider: Provider, address: AnswersAddress, offset: int, seconds: int
) -> dict[int, dict[str, object]]:
    asked = {"offset": offset, "timeout": seconds, "limit": 100, "allowed_updates": _KINDS}
    listed = map(fields, items(_call(provider, address, "getUpdates", asked)))
    numbered = ((whole_number(update.get("update_id")), update) for update in listed)
    return {name: update for name, update in numbered if name is not None}


def _tell_phones(provider: Provider, address: AnswersAddress, updates: dict[int, dict[str, object]]) -> None:
    """That a button was heard, so that the phone stops turning its wheel: as far as there is time."""
    pressed = [text_in(fields(update.get("callback_query")).get("id")) for update in updates.values()]
    provider.end_after(_SOON)
    with contextlib.suppress(CannotRead):
        for query in filter(None, pressed[:10]):
            _call(provider, address, "answerCallbackQuery", {"callback_query_id": query})


def _arrived(update_id: int, update: dict[str, object]) -> Iterator[Arrival]:
    for kind, read in (("message", _written), ("callback_query", _pressed), ("message_reaction", _reacted)):
        if isinstance(update.get(kind), dict):
            arrived = read(update_id, fields(update[kind]))
            if arrived is not None and arrived.sender:
                yield arrived


def _shared(message: dict[str, object]) -> bool:
    return fields(message.get("chat")).get("type") != "private"


def _name_of(message: dict[str, object]) -> str:
    """A message's number counts within its chat only."""
    chat, name = text_in(fields(message.get("chat")).get("id")), text_in(message.get("message_id"))
    return f"{chat}:{name}" if chat and name else ""


def _sender(value: object) -> str:
    return text_in(fields(value).get("id"))


def _written(update_id: int, message: dict[str, object]) -> Arrival | None:
    replied = fields(message.get("reply_to_message"))
    text = text_in(message.get("text")) or text_in(message.get("caption"))
    if not text and not replied:
        return None
    text, codes = _command(text)
    quoted = long_codes(text_in(replied.get("text")))
    if not codes and len(quoted) == 1 and fields(replied.get("from")).get("is_bot") is True:
        codes = quoted
    robot = "a bot wrote it" if fields(message.get("from")).get("is_bot") is True else None
    if "forward_origin" in message or "forward_date" in message:
        robot = "it was forwarded"
    answered = _name_of(replied)
    return Arrival(
        external_id=_name_of(message) or f"update {update_id}",
        sender=_sender(message.get("from")),
        text=text,
        sent_at=seconds_in(message.get("date")),
        codes=codes,
        answered=(answered,) if answered else (),
        robot=robot,
        shared=_shared(message),
    )


def _command(text: str) -> tuple[str, tuple[str, ...]]:
    """`/ok_CODE`, also with the bot's name behind it, as a word and its code; other text as it is."""
    match = _COMMAND.match(text.lstrip())
    if match is None:
        return text, ()
    codes = long_codes(match[2] or "")
    if match[2] and not codes:
        return text, ()
    return match[1].upper() + text.lstrip()[match.end() :], codes


def _pressed(update_id: int, query: dict[str, object]) -> Arrival | None:
    message = fields(query.get("message"))
    match = _PRESSED.fullmatch(text_in(query.get("data")))
    codes = long_codes(match[2]) if match else ()
    if match is None or not codes:
        return None
    answered = _name_of(message)
    return Arrival(
        external_id=f"button {text_in(query.get('id')) or update_id}"[:200],
        sender=_sender(query.get("from")),
        text=match[1].upper(),
        codes=codes,
        answered=(answered,) if answered else (),
        shared=_shared(message),
    )


def _reacted(update_id: int, reaction: dict[str, object]) -> Arrival | None:
    """The emoji that is new; one that was taken back says nothing. It is to its message, and to no other:
    `shared` even where two are alone.
    """
    before, after = (_emojis(reaction.get(name)) for name in ("old_reaction", "new_reaction"))
    fresh = [emoji for emoji in after if emoji not in before]
    answered = _name_of(reaction)
    if not fresh or not answered:
        return None
    return Arrival(
        external_id=f"reaction {update_id} {answered}",
        sender=_sender(reaction.get("user")),
        text=fresh[-1],
        sent_at=seconds_in(reaction.get("date")),
        answered=(answered,),
        shared=True,
    )


def _emojis(value: object) -> list[str]:
    return [
        text_in(fields(each).get("emoji")) for each in items(value) if fields(each).get("type") == "emoji"
    ]
