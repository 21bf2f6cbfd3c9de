"""The demonstration as JSON: its scenes, the messages as they arrived, and what the record shows."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import SECOND, Instant, Span
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.demo.inbox import ReceivedMessage
from escalate_cli.demo.lessons import Lessons
from escalate_cli.demo.place import ScratchPlace
from escalate_cli.demo.scenes import ArrivedMessage, Performance, Scene, SentBack, StoryEvent, Tap
from escalate_cli.views import Data
from escalate_cli.views.incident import entry_data, notification_data, situation_data


def story_data(played: Performance, place: ScratchPlace) -> Data:
    """The whole story. `messages` are what the inbox took, in order; `delivered` says whether that
    is all that was sent.
    """
    declared_at = played.situation.incident.declared_at
    catalog = place.context.running_catalog
    return {
        "steps": [_scene(scene, declared_at) for scene in played.scenes],
        "messages": [_received(message) for message in place.inbox.received],
        "incident": situation_data(played.situation, catalog)
        | {"timeline": [entry_data(entry) for entry in played.timeline]},
        "lessons": _lessons(played.lessons),
        "delivered": not played.undelivered,
        "undelivered": list(played.undelivered),
        "took_seconds": played.took / SECOND,
    }


def _received(message: ReceivedMessage) -> Data:
    return {
        "at": iso(message.at),
        "gateway": message.gateway,
        "to": message.to,
        "title": message.title,
        "text": message.text,
    }


def _scene(scene: Scene, declared_at: Instant) -> Data:
    return {
        "step": scene.name,
        "title": scene.title,
        "commands": list(scene.commands),
        "happened": [_happening(happening, declared_at) for happening in scene.happenings],
    }


def _happening(happening: StoryEvent, declared_at: Instant) -> Data:
    """When it was, and what: one of these, the others null."""
    what: Data = {"entry": None, "message": None, "tap": None, "sent_back": None}
    if isinstance(happening, Entry):
        at, told = happening.at, {"entry": entry_data(happening)}
    elif isinstance(happening, Tap):
        at, told = happening.at, {"tap": {"person": happening.person, "label": happening.label}}
    elif isinstance(happening, SentBack):
        at, told = happening.received.at, {"sent_back": _received(happening.received)}
    else:
        at, told = happening.notification.sent_at or declared_at, {"message": _message(happening)}
    return {"after_seconds": (at - declared_at) / SECOND, **what, **told}


def _message(delivery: ArrivedMessage) -> Data:
    """A notification as stored, with the title and text as they arrived; null when they did not."""
    arrived = delivery.received
    return notification_data(delivery.notification) | {
        "title": arrived.title if arrived else None,
        "text": arrived.text if arrived else None,
    }


def _lessons(lessons: Lessons) -> Data:
    def seconds(span: Span | None) -> float | None:
        return None if span is None else span / SECOND

    return {
        "first_page_seconds": seconds(lessons.first_page_after),
        "acknowledged_seconds": seconds(lessons.acknowledged_after),
        "acknowledged_by": lessons.acknowledged_by,
        "answered_level": lessons.answered_level,
        "unanswered": [
            {"team": level.team, "level": level.level, "people": list(level.people)}
            for level in lessons.unanswered
        ],
        "nudges": lessons.nudges,
        "nudges_accepted": lessons.nudges_accepted,
        "resolved_seconds": seconds(lessons.resolved_after),
        "messages": lessons.messages,
        "messages_to_people": lessons.messages_to_people,
        "people": lessons.people,
        "channels": lessons.channels,
    }
