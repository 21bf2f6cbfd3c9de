"""Answers by mail, read from a mailbox by IMAP. The mailbox is left as it was: it is opened
read-only, no flag is set, nothing is moved, and no mail is read that was there before.

The place is, for each folder, its UIDVALIDITY and the first UID that has not been looked at; and when
that was: a mail that was not there then has arrived later, whatever the mailbox's clock says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import AnswersAddress
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.calendar.duration import DAY, MINUTE, SECOND, Instant, show_duration
from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.reception.imap_client import PATIENCE, HungUp, Mailbox, TooMuch, signed_in
from escalate_cli.reception.imap_mails import (
    REST,
    MailPart,
    arrival_in,
    fetch_arrivals,
    fetch_parts,
    lacks_its_text,
    read_fetched,
)
from escalate_cli.reception.look import AMISS, CannotRead, Look, SignedIn, beginning_of

MOST_MAILS = 200
"""of one look"""
_ENOUGH = 5.0
"""seconds after which a look begins nothing more: it has a limit, and what was read shall count"""
_LATEST = 7.0
"""seconds from its beginning within which a look has to end: mails that are slow to take apart last longer
still on a busy machine, and a look that is cut off comes no further
"""
_MOST_TEXT = 1_000_000
"""characters in all mails of a look"""
_WINDOW = 50_000
"""UIDs that one search covers, so that its line is bounded"""
_DATES = 1000
"""mails that are asked together when they arrived"""
_AGAIN = 60.0
"""seconds after which IDLE is begun anew: some servers fall silent"""
_POLL = 10.0
"""seconds between two looks at a server that does not tell by itself"""
_LOOKED_AT = ""
"""stands in a place for when all was read that was there, as no folder's name"""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Place(msgspec.Struct, frozen=True):
    """How far a folder has been read; UIDVALIDITY 0 where there was no such folder."""

    validity: int
    following: int


def look(address: AnswersAddress, place: str | None) -> Look:
    """What has arrived since `place`; without one, the place from which to look."""
    clock = Clock()
    begun = clock.monotonic()
    with signed_in(address) as mailbox:
        return _Round(mailbox, address, clock, begun, _looked_at(place)).look(
            _places(place), beginning_of(place)
        )


def wait(address: AnswersAddress, place: str | None, seconds: float) -> Look:
    """As `look`, but until something has arrived or `seconds` have passed."""
    clock = Clock()
    begun = clock.monotonic()
    end = begun + seconds
    with signed_in(address) as mailbox:
        idles = mailbox.idles
        while True:
            this = _Round(mailbox, address, clock, begun, _looked_at(place))
            looked = this.look(_places(place), beginning_of(place))
            left = end - clock.monotonic()
            if looked.arrived or looked.gap or left <= 0:
                return looked
            place = looked.place
            idles = idles and mailbox.wait_for_news(min(left, _AGAIN), clock)
            if not idles:
                clock.sleep(round(min(left, _POLL) * SECOND))
            begun = clock.monotonic()


def sign_in(address: AnswersAddress) -> SignedIn:
    """What `doctor` tells of the mailbox."""
    clock = Clock()
    with signed_in(address) as mailbox:
        facts, missing = [], []
        newest: Instant | None = None
        for folder in address.folders:
            state = mailbox.look_into(folder)
            if state is None:
                missing.append(folder)
                continue
            _, following, count = state
            facts.append(f"{folder}: {count} {'mail' if count == 1 else 'mails'}")
            if following is None:
                facts.append(f"{AMISS}{folder} does not say its next UID: the last mail stands for it")
            newest = max(filter(None, (newest, _last_arrival(mailbox, count))), default=None)
        facts += [_missing(mailbox, folder, facts) for folder in missing]
        heard = "it tells at once what arrives (IDLE)"
        facts.append(heard if mailbox.idles else f"{AMISS}it has no IDLE: asked every {_POLL:g} seconds")
        if not address.tls and mailbox.in_the_clear:
            facts.append(f"{AMISS}the password goes there in the clear: no TLS")
        if newest is not None and (ahead := newest - clock.now()) > 2 * MINUTE:
            facts.append(
                f"{AMISS}its clock is at least {show_duration(ahead // MINUTE * MINUTE)} ahead of ours"
            )
        return (address.host, *facts)


def _missing(mailbox: Mailbox, folder: str, facts: list[str]) -> str:
    """That a folder is not there; an error where none of them is."""
    there = [info.name for info in mailbox.folder.list()][:1000]
    guess = did_you_mean(folder, there)
    told = f'there is no folder "{folder}"' + (f': did you mean "{guess}"?' if guess else "")
    if not facts:
        raise CannotRead(told, for_good=True)
    return AMISS + told


def _last_arrival(mailbox: Mailbox, count: int) -> Instant | None:
    if not count:
        return None
    _, answer = mailbox.connection.fetch(str(count), "(INTERNALDATE)")
    return arrival_in(b" ".join(piece for piece in answer if isinstance(piece, bytes)))


def _written(place: str | None) -> dict[str, str]:
    try:
        return msgspec.json.decode(place or "{}", type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _places(place: str | None) -> dict[str, _Place]:
    written = {folder: text for folder, text in _written(place).items() if folder != _LOOKED_AT}
    try:
        pairs = {folder: text.split(":") for folder, text in written.items()}
        return {folder: _Place(int(first), int(second)) for folder, (first, second) in pairs.items()}
    except ValueError:
        return {}


def _looked_at(place: str | None) -> Instant | None:
    moment = _written(place).get(_LOOKED_AT, "")
    return int(moment) if moment.isdecimal() else None


class _Round:
    """One look through all folders. The first is the last, so that it is open when one waits."""

    def __init__(
        self, mailbox: Mailbox, address: AnswersAddress, clock: Clock, begun: float, looked_at: Instant | None
    ) -> None:
        self._looked_at, self._now = looked_at, clock.now()
        self._mailbox, self._address, self._clock = mailbox, address, clock
        self._connection = mailbox.connection
        self._until, self._end, self._longest = begun + _ENOUGH, begun + _LATEST, 0.0
        self._connection.deadline = begun + PATIENCE
        self._arrived: list[Arrival] = []
        self._text, self._broken, self._left = 0, False, False
        self._gaps: list[str] = []

    def look(self, before: Mapping[str, _Place], since: Instant | None) -> Look:
        """Look into each folder; into one that has no place, for what has arrived after `since`. Once
        something has arrived, a failure ends the look and no more: what was read counts, and the next
        look will say what is wrong.
        """
        places = dict(before)
        folders = self._address.folders
        for folder in reversed(folders):
            if self._broken:
                break
            state = self._mailbox.look_into(folder)
            if state is None:
                places[folder] = self._no_folder(folder, before)
                continue
            places[folder] = self._folder(folder, before.get(folder), *state[:2], since)
        if not any(folder in places and places[folder].validity for folder in folders):
            named = " and ".join(f'"{folder}"' for folder in folders)
            raise CannotRead(f"there is no folder {named} at {self._address.host}", for_good=True)
        looked_at = self._looked_at if self._left else self._now
        written = {} if looked_at is None else {_LOOKED_AT: str(looked_at)}
        written |= {
            folder: f"{places[folder].validity}:{places[folder].following}"
            for folder in folders
            if folder in places
        }
        ordered = sorted(self._arrived, key=lambda mail: mail.sent_at or 0)
        return Look(tuple(ordered), msgspec.json.encode(written).decode(), "; ".join(self._gaps) or None)

    def _no_folder(self, folder: str, before: Mapping[str, _Place]) -> _Place:
        """Told once: when it is first looked for, or is not there any more."""
        if folder not in before or before[folder].validity:
            self._gaps.append(f'there is no folder "{folder}": what arrives there is not read')
        return _Place(0, 0)

    def _folder(
        self, folder: str, before: _Place | None, validity: int, announced: int | None, since: Instant | None
    ) -> _Place:
        following = announced if announced is not None else self._after_the_last()
        if before is None or not before.validity:
            if since is None:
                return _Place(validity, following)
            return self._read_from(validity, iter([self._arrived_on(since)]), following, since)
        if before.validity == validity and before.following <= following:
            unread = self._unread(before.following, following)
            return self._read_from(validity, unread, following, not_before=self._looked_at)
        self._gaps.append(
            f'the folder "{folder}" was made anew: answers may be lost; mail of the last day was read again'
        )
        yesterday = self._clock.now() - DAY
        return self._read_from(validity, iter([self._arrived_on(yesterday)]), following, yesterday)

    def _after_the_last(self) -> int:
        uids = self._mailbox.uids("UID *", charset=None)
        return max(map(int, uids), default=0) + 1

    def _unread(self, first: int, following: int) -> Iterator[list[int]]:
        for start in range(first, following, _WINDOW):
            end = min(start + _WINDOW, following) - 1
            uids = map(int, self._mailbox.uids(f"UID {start}:{end}", charset=None))
            yield sorted(uid for uid in uids if start <= uid <= end)

    def _arrived_on(self, moment: Instant) -> list[int]:
        """The mails that have arrived since `moment`. Nothing of older ones is read but when that was. A day
        is one of the server's zone: the search begins a day before.
        """
        day = datetime.fromtimestamp((moment - DAY) / SECOND, UTC)
        since = f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
        uids = sorted(map(int, self._mailbox.uids(f"SINCE {since}", charset=None)))
        batches = (uids[start : start + _DATES] for start in range(0, len(uids), _DATES))
        arrivals = {uid: at for batch in batches for uid, at in fetch_arrivals(self._mailbox, batch)}
        return [uid for uid in uids if arrivals.get(uid, moment) >= moment]

    def _read_from(
        self,
        validity: int,
        windows: Iterator[list[int]],
        following: int,
        since: Instant = 0,
        not_before: Instant | None = None,
    ) -> _Place:
        reached = self._read(windows, following, since, not_before)
        self._left = self._left or reached < following
        return _Place(validity, reached)

    def _read(
        self, windows: Iterator[list[int]], following: int, since: Instant, not_before: Instant | None
    ) -> int:
        """Read the mails of these UIDs, the first first; returns the first UID that is left. Those
        that arrived before `since` are left out; none was there before `not_before`.
        """
        together, uid = 2, following
        try:
            for window in windows:
                while window:
                    uid = window[0]
                    if self._is_enough():
                        return uid
                    size = min(together, MOST_MAILS - len(self._arrived))
                    batch, window = window[:size], window[size:]
                    for mail in fetch_parts(self._mailbox, batch):
                        if self._is_enough():
                            return mail.uid
                        wanted = mail.arrived_at is None or mail.arrived_at >= since
                        if wanted and not self._take(mail, not_before):
                            return mail.uid
                    together = min(together * 2, 32)
                    uid = window[0] if window else batch[-1] + 1
        except (OSError, TooMuch, HungUp, self._connection.error):
            if not self._arrived:
                raise
            self._broken = True
            return uid
        return following

    def _take(self, mail: MailPart, not_before: Instant | None) -> bool:
        """Whether it was taken in: not if no time was left for its text, and another was before it."""
        server, begun = self._address.options.get("authserv"), self._clock.monotonic()
        arrived = read_fetched(mail, server, not_before)
        until = self._until if self._arrived else self._end - 1
        while lacks_its_text(mail, arrived):
            if self._clock.monotonic() >= until:
                if self._arrived:
                    return False
                break
            more = fetch_parts(self._mailbox, [mail.uid], len(mail.raw), REST)
            if not more or not more[0].raw:
                break
            mail.raw += more[0].raw
            arrived = read_fetched(mail, server, not_before)
        self._longest = max(self._longest, self._clock.monotonic() - begun)
        self._arrived.append(arrived)
        self._text += len(arrived.text) + len(arrived.subject)
        return True

    def _is_enough(self) -> bool:
        now = self._clock.monotonic()
        late = now >= self._until or now + self._longest >= self._end
        return len(self._arrived) >= MOST_MAILS or self._text >= _MOST_TEXT or (bool(self._arrived) and late)
