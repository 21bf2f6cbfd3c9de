"""A small model of one incident of one team without rules, written from the promises of product.md
§4 and nothing of the code.

It says which level is next and when, who has acknowledged, and which messages must have gone out.
An instant is a count of microseconds since the declaration. Everybody has an SMS and, two minutes
later, a mail at high urgency; a mail at low urgency.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SECOND = 1_000_000
MINUTE = 60 * SECOND
LEVELS = (("ana", 5), ("bo", 10), ("cto", 15))
REPEAT, ACK_TIMEOUT, FALLBACK_EVERY = 1, 30, 15
STEPS = {"high": (("sms", 0), ("email", 2)), "low": (("email", 0),)}
URGENCY = {"minor": "low", "major": "high", "critical": "high"}
RANK = ("minor", "major", "critical")
ROOM = ("slack", "identity")


@dataclass
class Letter:
    """A message that is planned. `cause`: a level (or the fallback, in its place), a hand, the news
    that it got worse, that somebody has it, or has it no more, or that it is open again.
    """

    due: int
    cause: str
    way: str
    who: str
    written: int = 0  # when it was planned


@dataclass
class Model:
    """One incident, declared at 0."""

    severity: str = "major"
    status: str = "open"
    level: int = 0
    cycle: int = 0
    exhausted: bool = False
    next_at: int | None = 0
    heard: str = ""
    """the urgency that those who were paged, or have it, know"""
    takers: list[str] = field(default_factory=list)
    snoozed: bool = False
    was_snoozed: bool = False
    """before the last look"""
    quiet_until: int | None = None
    muted: bool = False
    waiting: list[Letter] = field(default_factory=list)
    reached: dict[str, set[str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    said: str | None = None
    """the latest message"""
    paged: dict[str, int] = field(default_factory=dict)
    """whom a page has reached since it opened, and when the latest was written"""
    by_hand: dict[str, int] = field(default_factory=dict)
    acted: dict[str, int] = field(default_factory=dict)
    """like `paged`: by hand; and who has answered that, and when last"""
    taken_at: int = 0
    heard_who: set[str] = field(default_factory=set)
    """who has heard that somebody has it, and not since that nobody has"""
    asked: str | None = None
    """whom the level (or the fallback) was for that was paged last"""
    passed: set[str] = field(default_factory=set)
    """who of them has passed it on"""
    heard_end: set[str] = field(default_factory=set)
    """who has heard that it is over"""

    @property
    def urgency(self) -> str:
        return URGENCY[self.severity]

    @property
    def looks_at(self) -> int | None:
        """When it has to be looked at next."""
        looks = [one for one in (self.next_at, self.quiet_until) if one is not None]
        return min(looks) if looks and self.status != "resolved" else None

    # ── what time does (3, 6, 7, 11, 18) ───────────────────────────────────────────────

    def tick(self, now: int) -> None:
        self.plan(now)
        self.deliver(now)

    def catch_up(self, now: int) -> None:
        """3: an act first brings the incident up to date; on the dot has nothing lapsed."""
        due = self.looks_at
        if due is not None and due < now:
            self.plan(now - 1)

    def plan(self, now: int) -> None:
        if self.status == "resolved":
            return
        had, known = self.takers if self.status == "acknowledged" else [], list(self.waiting)
        hearers = self.heard_who | set(had)
        lapses = self.next_at is not None and self.next_at <= now
        self._go_on(now)
        if had and self.status == "open" and not (self.was_snoozed and lapses):
            self._unsay(now, hearers, known)  # the end of a snooze was said with it

    def _go_on(self, now: int) -> None:
        self.was_snoozed = self.snoozed
        came_due = now
        if self.quiet_until is not None and self.quiet_until <= now:
            self.quiet_until, came_due = None, self.quiet_until
        if self.status == "acknowledged" and self.next_at is not None and self.next_at <= now:
            self._start_over(now)  # 6: nobody said anything for the time-out, or the snooze is over
        if self.quiet_until is not None:
            if self.status == "open":
                self._keep_quiet()
            return
        if self.muted:
            self.muted, self.next_at = False, came_due
        self._heed(now)
        if self.status == "open" and self.next_at is not None and self.next_at <= now:
            self._step(now)

    def _unsay(self, now: int, hearers: set[str], known: list[Letter]) -> None:
        """23: what they heard does not hold any more: the channel hears it, and by mail whoever heard it,
        unless a page was written to them now.
        """
        paged = {one.who for one in self.waiting if one.cause == "level" and one not in known}
        self.heard_who = set()
        self.waiting.append(Letter(now, "unsaid", *ROOM, now))
        self.waiting += [Letter(now, "unsaid", "email", who, now) for who in hearers - paged - {ROOM[1]}]

    def _start_over(self, now: int) -> None:
        self.status, self.level, self.cycle, self.exhausted, self.next_at = "open", 0, 0, False, now
        self.takers, self.snoozed = [], False

    def _keep_quiet(self) -> None:
        """18: what is still open when it ends then pages, from the start."""
        self.muted, self.level, self.cycle, self.exhausted, self.next_at = True, 0, 0, False, self.quiet_until
        self.waiting = [one for one in self.waiting if one.cause != "level"]

    def _heed(self, now: int) -> None:
        """7: a rise in urgency pages the current level again, or tells whoever has it; a snooze
        ends with it.
        """
        rose, self.heard = (self.heard, self.urgency) == ("low", "high"), self.urgency
        if not rose:
            return
        if self.status == "acknowledged" and not self.snoozed:
            for who in self.takers:
                self._write(now, "worse", who)
            return
        if self.status == "acknowledged":
            self.status, self.takers, self.snoozed = "open", [], False
            self.next_at = (
                now + LEVELS[self.level - 1][1] * MINUTE if self.level and not self.exhausted else now
            )
        if self.exhausted:
            self.next_at = now
        elif self.level:
            self._page(now, LEVELS[self.level - 1][0])

    def _step(self, now: int) -> None:
        if not self.exhausted and self.level == len(LEVELS) and self.cycle < REPEAT:
            self.level, self.cycle = 0, self.cycle + 1
        if self.exhausted or self.level == len(LEVELS):
            self.exhausted = True
            self._page(now, "ops")
            self.next_at = now + FALLBACK_EVERY * MINUTE
            return
        who, wait = LEVELS[self.level]
        self.level += 1
        self._page(now, who)
        self.next_at = now + wait * MINUTE

    # ── who is told (5, 7, 24) ─────────────────────────────────────────────────────────

    def _page(self, now: int, who: str, cause: str = "level") -> None:
        if cause == "level":
            self.heard, self.asked, self.passed, self.heard_who = self.urgency, who, set(), set()
            self.waiting = [
                one for one in self.waiting if (one.cause, one.who) != (cause, who) or one.due < now
            ]
        self._write(now, cause, who)

    def _write(self, now: int, cause: str, who: str) -> None:
        steps = STEPS[self.urgency]
        self.waiting += [Letter(now + after * MINUTE, cause, way, who, now) for way, after in steps]

    def deliver(self, now: int) -> None:
        """24: what is due for one person by one gateway is one message; a page, where one of them is."""
        due = [one for one in self.waiting if one.due <= now]
        self.waiting = [one for one in self.waiting if one.due > now]
        for way, who in dict.fromkeys((one.way, one.who) for one in due):
            pages = [
                one for one in due if (one.way, one.who) == (way, who) and one.cause in ("level", "hand")
            ]
            news = not pages
            if pages:
                self.paged[who] = max(self.paged.get(who, 0), *(one.written for one in pages))
                hand = [one.written for one in pages if one.cause == "hand"]
                if hand:
                    self.by_hand[who] = max(self.by_hand.get(who, 0), *hand)
            self._tell(way, who, "inform " if news else "")

    def _tell(self, way: str, who: str, kind: str = "") -> None:
        self.told.append(f"{kind}{way} to {who}")
        self.reached.setdefault(who, set()).add(way)

    def _hear(self, who: str, now: int, had: list[str]) -> None:
        """23: the channel, and by mail whoever was paged and has not acted, or had it before; not
        who did it.
        """
        self._tell(*ROOM, "inform ")
        hearers = (self._silent() | set(had)) - {who}
        self.heard_who = (self.heard_who | hearers) - {who}
        self.waiting += [Letter(now, "taken", "email", one) for one in hearers]

    def _silent(self) -> set[str]:
        """Who was paged and has not acted."""
        acted = {one for one, at in self.acted.items() if self.paged.get(one, 0) <= at}
        return set(self.paged) - self.passed - set(self.takers) - acted

    # ── what people do (5, 6, 7, 18, 19) ───────────────────────────────────────────────

    def ack(self, who: str, now: int) -> None:
        """6: anybody takes it, a member or not, be it put off or not. 5: where somebody has it
        already, only the own page stops.
        """
        if self.status == "open" or self.snoozed:
            had = self.takers
            self.status, self.next_at, self.takers, self.muted = (
                "acknowledged",
                now + ACK_TIMEOUT * MINUTE,
                [who],
                False,
            )
            self.snoozed, self.taken_at = False, now
            self.waiting = [one for one in self.waiting if one.cause == "worse" and one.who != who]
            self._hear(who, now, had)
        elif any(one.who == who for one in self.waiting) or self._unanswered(who):
            self.waiting = [one for one in self.waiting if one.who != who]
            self.acted[who] = now
            heard = self.heard_who & {who}  # who has it: whoever had heard that hears when nobody has
            self._hear(who, now, [])
            self.heard_who |= heard

    def _unanswered(self, who: str) -> bool:
        """5: paged by hand since somebody has it, or while nobody has, and it is not theirs."""
        at = self.by_hand.get(who, -1)
        own = who in self.takers or (self.status != "open" and at < self.taken_at)
        return not own and at > self.acted.get(who, -1)

    def snooze(self, who: str, minutes: int, now: int) -> None:
        self.status, self.snoozed, self.muted = "acknowledged", True, False
        self.next_at = now + minutes * MINUTE
        had, self.takers, self.taken_at = self.takers, [who], now
        self.waiting = [one for one in self.waiting if one.cause == "worse"]
        self._hear(who, now, had)

    def pass_on(self, who: str, now: int) -> None:
        """9: it ends the own part of this level; the next one comes now, as nobody else is left of it. What
        has come to the fallback goes no further. Whoever has it gives it back. Else only the own page stops.
        """
        has = self.status == "acknowledged" and self.takers == [who]
        theirs = self.status == "open" and self.asked == who and who not in self.passed
        kept = [one for one in self.waiting if one.who != who]
        if not has and not theirs and kept == self.waiting and not self._unanswered(who):
            return
        self.waiting = kept
        if has or theirs:
            self.passed.add(who)
        else:
            self.acted[who] = now
        if has:
            self.status, self.takers, self.snoozed = "open", [], False
        if has or (theirs and not self.exhausted):
            self.next_at = now
        heard = self.heard_who if has else set()
        hearers = (self._silent() | heard) - {who}
        self._tell(*ROOM, "inform ")
        self.waiting += [Letter(now, "passed", "email", one) for one in hearers]
        if has:
            self.heard_who = set()

    def page(self, who: str, now: int) -> None:
        self._page(now, who, "hand")

    def update(self, now: int, *, severity: str | None = None, message: str | None = None) -> None:
        """7, 23: the channel hears what has changed. Any update restarts the time-out of an
        acknowledgement, and makes no snooze longer.
        """
        changed = severity is not None and severity != self.severity
        if severity is not None and changed:
            self.severity = severity
            if self.urgency == "low":
                self.heard = "low"
        if changed or message:
            self._tell(*ROOM, "inform ")
        if message:
            self.said = message
        if self.status == "acknowledged" and not self.snoozed:
            self.next_at = now + ACK_TIMEOUT * MINUTE

    def declare_again(self, now: int, severity: str, message: str | None, *, label: bool) -> None:
        """19: a higher severity raises, a message other than the latest is an update, a label is
        added. A lower severity is noted.
        """
        higher = RANK.index(severity) > RANK.index(self.severity)
        fresh = message if message != self.said else None
        if higher or fresh or label:
            self.update(now, severity=severity if higher else None, message=fresh)

    def next_level(self, now: int) -> None:
        """By hand: what would come next comes now, though somebody has it, and what this level had still to
        send does not.
        """
        had = self.takers if self.status == "acknowledged" else []
        hearers, known = self.heard_who | set(had), list(self.waiting)
        self.status, self.takers, self.snoozed, self.next_at = "open", [], False, now
        self.waiting = [one for one in self.waiting if one.cause != "level" or one.due <= now]
        self.plan(now)
        if had:
            self._unsay(now, hearers, known)

    def begin_maintenance(self, minutes: int, now: int) -> None:
        self.quiet_until = now + minutes * MINUTE

    def end_maintenance(self, now: int) -> None:
        self.quiet_until = now if self.quiet_until is not None else None

    def resolve(self) -> None:
        """6, 23: everyone who was told hears of the end, people as for low urgency."""
        self.heard_end = set(self.reached)
        self.status, self.next_at, self.waiting, self.muted = "resolved", None, [], False
        self.told += [f"resolved {'slack' if who in ROOM else 'email'} to {who}" for who in self.reached]

    def reopen(self, now: int) -> None:
        """23: whoever heard that it is over, or that somebody has it, hears that it is not so."""
        hearers = self.heard_end if self.status == "resolved" else self.heard_who | set(self.takers)
        if self.status == "resolved":
            self.paged = {who: at for who, at in self.paged.items() if at >= now}
            self.asked, self.passed, self.heard_who = None, set(), set()
            self.by_hand, self.acted = {who: at for who, at in self.by_hand.items() if at >= now}, {}
        known = list(self.waiting)
        self._start_over(now)
        self.plan(now)
        self._unsay(now, hearers, known)
