"""The guide as data: its topics, the lines that have a word, a command and what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from escalate_cli.guide.topics import TOPICS, Passage
from escalate_cli.views import Data


class Option(msgspec.Struct, frozen=True):
    """An option of a command. `value` is what stands behind it, None for a flag."""

    names: Sequence[str]
    value: str | None
    repeatable: bool
    about: str


class CommandHelp(msgspec.Struct, frozen=True):
    """A command: how it is typed, what it does, its own arguments (name, about) and options."""

    command: str
    about: str
    usage: str
    text: str
    arguments: Sequence[tuple[str, str]]
    options: Sequence[Option]


def topics_data() -> list[Data]:
    """Every topic with its line."""
    return [{"topic": topic, "about": about} for topic, about in TOPICS.items()]


def topic_data(topic: str, text: str) -> Data:
    """A topic with its text."""
    return {"topic": topic, "about": TOPICS[topic], "text": text}


def passages_data(passages: Iterable[Passage]) -> list[Data]:
    """Lines of the guide, each with its place."""
    return [msgspec.structs.asdict(passage) for passage in passages]


def command_help_data(command: CommandHelp) -> Data:
    """A command and what it takes."""
    return msgspec.structs.asdict(command) | {
        "arguments": [{"name": name, "about": about} for name, about in command.arguments],
        "options": [msgspec.structs.asdict(option) for option in command.options],
    }


def family_data(family: str, about: str, commands: Iterable[str]) -> Data:
    """A word that several commands begin with."""
    return {"command": family, "about": about, "commands": list(commands)}
