"""`help`: the guide in the terminal, and a word looked up in it."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer
from typer.core import TyperArgument, TyperOption

from escalate_cli.cli.completion import known
from escalate_cli.cli.index import COMMANDS, FAMILIES
from escalate_cli.cli.output import Answer
from escalate_cli.cli.parser import command_for, usage_of
from escalate_cli.cli.screens.guide import draw_passages, draw_topic, draw_topics
from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.errors import ExitCode, Unknown
from escalate_cli.guide.topics import TOPICS, page, search, topic_called
from escalate_cli.views.guide import (
    CommandHelp,
    Option,
    command_help_data,
    family_data,
    passages_data,
    topic_data,
    topics_data,
)


def read_guide(
    context: Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOPIC|COMMAND]", help="What about", autocompletion=known("topics")),
    ] = None,
    search_for: Annotated[
        str | None, typer.Option("--search", metavar="WORD", help="The lines that have this word")
    ] = None,
) -> Answer:
    """Read the guide, without a network. Without a topic: what there is. A command's name shows that
    command's options.
    """
    if search_for is not None:
        return _found([*search_for.split(), *(words or ())])
    if not words:
        return Answer(topics_data(), lambda console: draw_topics(console, TOPICS))
    command = " ".join(words)
    if command in COMMANDS or command in FAMILIES:
        return _of_command(command)
    topic = _topic(words)
    text = page(topic)
    return Answer(topic_data(topic, text), lambda console: draw_topic(console, text), paged=True)


def _found(words: Sequence[str]) -> Answer:
    passages = search(words)
    data = passages_data(passages)
    if not passages:
        return Answer(data, f'Nothing in the guide has "{" ".join(words)}"', ExitCode.NO)
    return Answer(data, lambda console: draw_passages(console, passages, words), paged=True)


def _of_command(command: str) -> Answer:
    """For `--json`; people get what `--help` says."""
    if command in FAMILIES:
        names = [name for name in COMMANDS if name.startswith(f"{command} ")]
        return Answer(family_data(command, FAMILIES[command], names))
    return Answer(command_help_data(explained(command)))


def explained(command: str) -> CommandHelp:
    """How a command is typed, what it does, and what it takes beside the global options."""
    module, function, about, _ = COMMANDS[command]
    parsed = command_for(command, getattr(import_module(f"escalate_cli.cli.commands.{module}"), function), [])
    arguments = [parameter for parameter in parsed.params if isinstance(parameter, TyperArgument)]
    options = [parameter for parameter in parsed.params if isinstance(parameter, TyperOption)]
    return CommandHelp(
        command,
        about,
        " ".join([command, *usage_of(arguments)]),
        inspect.cleandoc(parsed.help or ""),
        [(str(argument.metavar or argument.name), argument.help or "") for argument in arguments],
        [
            Option(
                [*option.opts], None if option.is_flag else option.metavar, option.multiple, option.help or ""
            )
            for option in options
        ],
    )


def _topic(words: Sequence[str]) -> str:
    """The topic that was meant: its name or its title, or a beginning that no other has."""
    typed = " ".join(words)
    topic = topic_called(typed)
    if topic is not None:
        return topic
    asked = typed.casefold()
    told_in = Counter(passage.topic for passage in search(words) if passage.topic != "reference")
    meant = did_you_mean(asked, [*TOPICS, *COMMANDS, *FAMILIES])
    if told_in:
        [(topic, _)] = told_in.most_common(1)
        hint = f"see `escalate help {topic}`; `escalate help --search {typed}` shows every line with it"
    elif meant:
        hint = f'did you mean "{meant}"?'
    else:
        hint = "run `escalate help` to see the topics"
    raise Unknown(f'no such topic or command: "{typed}"', hint, code="no-such-topic")
