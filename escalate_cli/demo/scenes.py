"""What the story is made of: its scenes, what happened in them, and where it is played."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.incident.situation import Notification, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.demo.inbox import ReceivedMessage
from escalate_cli.demo.lessons import Lessons


class ArrivedMessage(msgspec.Struct, frozen=True):
    """A notification that was sent, and the message as it arrived: None when the inbox knows
    nothing of it.
    """

    notification: Notification
    received: ReceivedMessage | None


class Tap(msgspec.Struct, frozen=True):
    """Somebody tapped a button under a message, on their phone."""

    at: Instant
    person: str
    label: str


class SentBack(msgspec.Struct, frozen=True):
    """What somebody heard of their answer, by the way it came: no notification of the incident."""

    received: ReceivedMessage


StoryEvent = Entry | ArrivedMessage | Tap | SentBack


@dataclass(slots=True)
class Scene:
    """One part of the story, with what happened in it."""

    name: str
    title: str
    prose: str
    commands: list[str] = field(default_factory=list)
    happenings: list[StoryEvent] = field(default_factory=list)


class Performance(msgspec.Struct, frozen=True):
    """The whole story as it went. `undelivered` names what should have arrived and did not, one line each."""

    scenes: tuple[Scene, ...]
    situation: Situation
    timeline: tuple[Entry, ...]
    lessons: Lessons
    undelivered: tuple[str, ...]
    took: Span


class Stage(Protocol):
    """Where the story is played; the command line puts it on a screen."""

    def begin(self, scene: Scene) -> None:
        """A scene begins."""

    def run(self, command: str, *, show: bool = False) -> None:
        """Show a command line and run it; `show` its answer, too."""

    def tell(self, happening: StoryEvent, after: Span) -> None:
        """Something happened, `after` microseconds into the incident."""

    def wait(self, text: str) -> None:
        """Time passes; called again and again with what there is to say about it."""

    def learn(self, lessons: Lessons) -> None:
        """The incident is over: this is what its record shows."""
