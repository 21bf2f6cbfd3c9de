"""The story: customers can't log in. Every command is run as typed; what is told of it is read back
from the record and the inbox.

Time passes for real: while the story waits, passes are made whenever something comes due, as
`escalate watch` would make them.
"""

from __future__ import annotations

from collections.abc import Callable

from escalate_cli.actions import lookup as meaning
from escalate_cli.core.calendar.duration import SECOND, Instant, Span
from escalate_cli.core.escalation.upcoming import next_of
from escalate_cli.core.events import EntryKind
from escalate_cli.core.incident.situation import (
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.demo.inbox import PUSH, MessageButton, ReceivedMessage
from escalate_cli.demo.lessons import Lessons, learn
from escalate_cli.demo.place import ScratchPlace
from escalate_cli.demo.scenes import ArrivedMessage, Performance, Scene, SentBack, Stage, StoryEvent, Tap
from escalate_cli.engine.engine import Engine

AWAY = "ines"
"""whose mailbox answers by itself"""
_NOTE = "vacation-note.eml"
_VACATION = """\
From: {name} <{address}>
To: escalate@puffin.example
Subject: Automatic reply: {subject}
Message-ID: <away@puffin.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

OK, thank you for your message! I am away until Monday.
"""
INCIDENT = 1
"""the number of the first incident in a new database"""
_BLINK: Span = SECOND // 10
_LONGEST_WAIT: Span = 15 * SECOND
"""nothing in the story is further away than a few seconds; what has not come by then has gone
wrong, and the record says how
"""


class Story:
    """Plays the story once, with `pause` microseconds between scenes to read in."""

    def __init__(self, place: ScratchPlace, stage: Stage, pause: Span) -> None:
        self._place, self._stage, self._pause = place, stage, pause
        self._context = place.context
        self._engine = Engine.on(place.context)
        self._scenes: list[Scene] = []
        self._told_entries = 0
        self._told: dict[int, ArrivedMessage] = {}
        self._unclaimed: list[ReceivedMessage] = []
        self._collected = 0

    def play(self) -> Performance:
        """From the first report to the lessons."""
        began_at = self._context.clock.monotonic()
        self._context.sender.warm()
        self._engine.tick()
        self._rest()
        self._declare()
        self._no_answer()
        self._severity_rises()
        self._somebody_is_away()
        self._nudge()
        self._acknowledge()
        self._resolve()
        self._look_back()
        took = round((self._context.clock.monotonic() - began_at) * SECOND)
        lessons = self._learn()
        return Performance(
            tuple(self._scenes), self._situation(), self._timeline(), lessons, self._undelivered(), took
        )

    # ── the scenes ─────────────────────────────────────────────────────────────────────

    def _declare(self) -> None:
        self._begin(
            "declare",
            "Something is broken",
            "A support agent types what customers say. Whose it is, the catalog knows.",
        )
        self._run("""escalate declare "customers can't log in" """)

    def _no_answer(self) -> None:
        self._begin("no-answer", "No answer", "Whoever is on call sleeps through it. The policy does not.")
        self._wait(lambda now: self._situation().escalations[0].level > 1, self._until_next_level)
        self._rest()

    def _severity_rises(self) -> None:
        self._begin(
            "severity",
            "It is worse than it looked",
            "Support reports more and more calls. A rule brings in whoever must know.",
        )
        self._run(
            f'escalate update {INCIDENT} --severity critical --message "Nobody can sign in, in any country"'
        )

    def _somebody_is_away(self) -> None:
        self._begin(
            "away",
            "An answer that is none",
            "Her mailbox answers by itself. That takes nothing, and nothing stops for it.",
        )
        chief = self._catalog.people[AWAY]
        self._wait(lambda now: self._mail_to(AWAY) is not None, lambda now: "A mail is under way …")
        about = self._mail_to(AWAY)
        (self._place.path / _NOTE).write_text(
            _VACATION.format(name=chief.name, address=chief.contact["email"], subject=about or ""),
            encoding="utf-8",
        )
        self._run(f"escalate answer --mail < {_NOTE}", show=True)
        self._rest()

    def _nudge(self) -> None:
        self._begin(
            "nudge",
            "A question to a human",
            "Some things want a human's yes: this rule asks before it wakes another team.",
        )
        self._wait(lambda now: bool(self._situation().nudges), lambda now: "The rules watch the incident …")
        self._rest()
        for nudge in self._situation().nudges:
            if nudge.status is NudgeStatus.OPEN:
                self._run(f"escalate nudge {nudge.id} yes --by {_id(nudge.asked[0])}")
        self._rest()

    def _acknowledge(self) -> None:
        self._begin(
            "acknowledge",
            "Somebody has it",
            "A tap under the page, no shell; the next pass reads it, and nobody else is woken up.",
        )
        for escalation in self._situation().escalations:
            who = self._last_paged(escalation.id)
            button = self._button_for(who)
            if button is not None:
                self._place.inbox.tap(button)
                self._happened(Tap(self._context.clock.now(), who, button.label))
        self._run("escalate tick")
        if self._situation().incident.status is not IncidentStatus.ACKNOWLEDGED:  # a page did not arrive
            self._run(f"escalate ack {INCIDENT} --all --by {self._last_paged()}")
        self._rest()

    def _resolve(self) -> None:
        who = self._situation().incident.acknowledged_by or self._last_paged()
        self._begin("resolve", "It is over", "All who were told hear that it is, where they were told.")
        self._run(f'escalate resolve {INCIDENT} --message "Rolled back the sign-in release" --by {who}')
        self._rest()

    def _look_back(self) -> None:
        self._begin("timeline", "What happened, and why", "It was all written down as it happened.")
        self._run(f"escalate timeline {INCIDENT}", show=True)
        self._rest()

    def _learn(self) -> Lessons:
        self._begin("lessons", "What the record shows", "")
        lessons = learn(self._situation(), self._timeline(), self._catalog)
        self._stage.learn(lessons)
        return lessons

    # ── how a scene is played ──────────────────────────────────────────────────────────

    @property
    def _catalog(self) -> Catalog:
        return self._context.running_catalog

    def _situation(self) -> Situation:
        return meaning.find_incident(self._context, INCIDENT)

    def _timeline(self) -> tuple[Entry, ...]:
        return self._context.store.situations.timeline(INCIDENT)

    def _begin(self, name: str, title: str, prose: str) -> None:
        self._scenes.append(Scene(name, title, prose))
        self._stage.begin(self._scenes[-1])

    def _run(self, command: str, *, show: bool = False) -> None:
        self._scenes[-1].commands.append(command.strip())
        self._stage.run(command.strip(), show=show)
        self._tell_news()

    def _rest(self) -> None:
        """Time to read; the incident does not stand still meanwhile."""
        until = self._context.clock.monotonic() + self._pause / SECOND
        while self._context.clock.monotonic() < until:
            self._pass_time()

    def _wait(self, come: Callable[[Instant], bool], say: Callable[[Instant], str]) -> None:
        until = self._context.clock.monotonic() + _LONGEST_WAIT / SECOND
        while not come(self._context.clock.now()) and self._context.clock.monotonic() < until:
            self._stage.wait(say(self._context.clock.now()))
            self._pass_time()

    def _pass_time(self) -> None:
        due = self._context.store.situations.next_due_at()
        if due is not None and due <= self._context.clock.now():
            self._engine.tick()
            self._tell_news()
        else:
            self._context.clock.sleep(_BLINK)

    def _until_next_level(self, now: Instant) -> str:
        situation = self._situation()
        escalation = situation.escalations[0]
        upcoming = next_of(escalation, situation, self._catalog, now)
        silent = f"No answer for {(now - situation.incident.declared_at) // SECOND} s …"
        if upcoming is None:
            return silent
        return f"{silent} {upcoming.text} in {max(upcoming.at - now + SECOND - 1, 0) // SECOND} s"

    def _last_paged(self, escalation: int | None = None) -> str:
        """The person whom the latest level of an escalation paged, or of the first."""
        situation = self._situation()
        first = escalation or situation.escalations[0].id
        pages = [
            notification
            for notification in situation.notifications
            if notification.escalation_id == first and notification.recipient.is_person
        ]
        return _id(max(pages, key=lambda page: (page.level or 0, page.id)).recipient)

    def _button_for(self, person: str) -> MessageButton | None:
        """The first button under the latest page that has arrived on their phone."""
        buttons = [
            arrived.received.buttons[0]
            for arrived in self._told.values()
            if arrived.notification.kind is NotificationKind.PAGE
            and arrived.notification.recipient == Recipient.person(person)
            and arrived.received is not None
            and arrived.received.buttons
        ]
        return buttons[-1] if buttons else None

    def _mail_to(self, person: str) -> str | None:
        """The subject of the latest mail to them."""
        address = self._catalog.people[person].contact["email"]
        subjects = [received.title for received in self._place.inbox.received if received.to == address]
        return subjects[-1] if subjects else None

    # ── what is told: the record, and the inbox ────────────────────────────────────────

    def _tell_news(self) -> None:
        """Tell what is new on the timeline and in the inbox, in the order in which it happened."""
        situation = self._situation()
        entries = self._timeline()
        news: list[tuple[Instant, int, StoryEvent]] = [
            # the message itself is shown
            (entry.at, 0, entry)
            for entry in entries[self._told_entries :]
            if entry.kind is not EntryKind.SENT
        ]
        self._told_entries = len(entries)
        self._collect()
        sent = [
            notification
            for notification in situation.notifications
            if notification.status is NotificationStatus.SENT
            and notification.id not in self._told
            and notification.bundled_with is None  # it is in the message of another
        ]
        for notification in sorted(
            sent, key=lambda notification: (notification.sent_at or 0, notification.id)
        ):
            self._told[notification.id] = ArrivedMessage(notification, self._claim(notification))
            news.append((notification.sent_at or 0, 1, self._told[notification.id]))
        for received in [received for received in self._unclaimed if received.gateway == PUSH]:
            self._unclaimed.remove(received)
            news.append((received.at, 2, SentBack(received)))
        for at, _, happening in sorted(news, key=lambda scene: scene[:2]):
            self._happened(happening, at - situation.incident.declared_at)

    def _happened(self, happening: StoryEvent, after: Span | None = None) -> None:
        if isinstance(happening, Tap):
            after = happening.at - self._situation().incident.declared_at
        self._scenes[-1].happenings.append(happening)
        self._stage.tell(happening, after or 0)

    def _collect(self) -> None:
        received = self._place.inbox.received
        self._unclaimed += received[self._collected :]
        self._collected = len(received)

    def _claim(self, notification: Notification) -> ReceivedMessage | None:
        claimed = next(
            (
                received
                for received in self._unclaimed
                if (received.gateway, received.to) == (notification.gateway, notification.address)
            ),
            None,
        )
        if claimed is not None:
            self._unclaimed.remove(claimed)
        return claimed

    def _undelivered(self) -> tuple[str, ...]:
        """Whatever was tried and is not in the inbox, also where the end of the incident called off
        a further attempt.
        """
        all_of_them = self._situation().notifications
        wanted = [
            notification
            for notification in all_of_them
            if notification.bundled_with is None
            and (notification.status is not NotificationStatus.CANCELLED or notification.attempts)
        ]
        lost = [
            notification
            for notification in wanted
            if notification.id not in self._told or self._told[notification.id].received is None
        ]
        return tuple(
            f"not delivered: {notification.kind.in_words} to {notification.recipient}"
            f" by {notification.gateway} ({notification.error or 'it is not in the inbox'})"
            for notification in lost
        )


def _id(recipient: Recipient) -> str:
    return recipient.id
