"""From a command line to a call: Typer parses it, and only the module of the asked command is imported.

Typer loads pydantic to learn that a word is a word: 75 ms of every process. What a command takes are words,
lists of words and flags, which are values already: `_take` puts them where Typer would.
"""

# mypy: disable-error-code="override"
# Its documentation says `typer.Context`, its classes a class of its private copy of Click.

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from inspect import get_annotations
from typing import cast

import msgspec
import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from escalate_cli import __version__
from escalate_cli.cli.global_options import VersionAsked, global_options
from escalate_cli.cli.index import COMMANDS, FAMILIES, WRAPPING
from escalate_cli.cli.output import Answer
from escalate_cli.context import Options
from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.core.wording.text import printable
from escalate_cli.errors import UsageProblem

_ABOUT = "Declare an incident, and the people who can help are paged until someone takes it."

Value = str | list[str] | bool | None


class Call(msgspec.Struct, frozen=True):
    """What a command line asks for: the function of a command, its values, and the global options."""

    function: Callable[..., Answer]
    options: Options
    values: Mapping[str, Value]


def parse_line(arguments: Sequence[str], environ: Mapping[str, str]) -> Call | int:
    """The call that `arguments` make; an exit code when all has been said already (help).

    `UsageProblem` when they make no sense.
    """
    root = _group("", _ABOUT, global_parameters())
    try:
        call = root.main(args=[*arguments], prog_name="escalate", standalone_mode=False)
    except VersionAsked:
        return Call(_version, Options(json="--json" in arguments), {})
    except typer.Abort:
        return 130
    except SystemExit as done:  # the reader of the help went away
        return done.code if isinstance(done.code, int) else 0
    return call if isinstance(call, Call) else int(call or 0)


def _version(context: object) -> Answer:
    return Answer({"version": __version__}, f"escalate {__version__}")


def global_parameters() -> list[TyperOption]:
    """The parameters of `global_options`."""
    parameters = _read_by_typer("global", global_options).params
    spare = ("install_completion", "show_completion")  # `escalate completion` does what they would
    return [option for option in parameters if isinstance(option, TyperOption) and option.name not in spare]


# ── commands ───────────────────────────────────────────────────────────────────────────


def command_for(name: str, function: Callable[..., Answer], shared: Sequence[TyperOption]) -> Command:
    """The Typer command that turns a command line into a `Call` of `function`.

    Its parameters are those of `function`, and the global ones, except where `function` has its own
    of the same name (`replay --config`).
    """
    command = _read_by_typer(name, function)
    own = command.params[1:]  # the first is the context, which nobody types
    names = [parameter.name for parameter in own]
    command.params = [*own, *(option for option in shared if option.name not in names)]
    command.function, command.own = function, names
    command.allow_interspersed_args = name not in WRAPPING
    return command


def _read_by_typer(name: str, function: Callable[..., object]) -> Command:
    function.__annotations__ = get_annotations(function, eval_str=True)  # once; Typer would, four times
    app = typer.Typer(add_completion=False)
    app.command(name, cls=Command, add_help_option=False)(function)
    command = cast("Command", get_command(app))
    for parameter in command.params:
        if isinstance(parameter, TyperArgument):  # behind its name, Typer would write <list[str]>
            parameter.display_type_rich = lambda ctx: None  # type: ignore[method-assign]
        elif isinstance(parameter, TyperOption) and parameter.is_flag:  # and here <bool>
            parameter.metavar = ""
    return command


class Command(TyperCommand):
    """A command that is not run: what it gives back is the call that a line makes."""

    function: Callable[..., Answer]
    own: Sequence[str]
    """the names of the parameters that are not global options"""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        return _take(self, ctx, args, super().parse_args)

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:
        """As the guide writes them: TITLE, [DIR], [SERVICE…]."""
        arguments = [argument for argument in self.params if isinstance(argument, TyperArgument)]
        return ["[OPTIONS]", *usage_of(arguments)]

    def invoke(self, ctx: typer.Context) -> Call:
        given = {name: value for name, value in ctx.params.items() if value and name not in self.own}
        level = ctx.parent
        while level is not None:  # what stands further behind counts
            given = {name: value for name, value in level.params.items() if value} | given
            level = level.parent
        return Call(self.function, global_options(**given), {name: ctx.params[name] for name in self.own})


class Commands(TyperGroup):
    """Commands that are known by name, and imported when one is asked for. The name of the group is
    the word before theirs ("service"), or "".
    """

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        return _take(self, ctx, args if args or ctx.resilient_parsing else ["--help"], super().parse_args)

    def resolve_command(
        self, ctx: typer.Context, args: list[str]
    ) -> tuple[str | None, Command | Commands | None, list[str]]:
        name, *rest = args
        if name == "help" and rest[:1] and rest[0] in self.commands and not _asks_json(ctx, rest):
            name, *rest = [*rest, "--help"]  # `help ack` is `ack --help`
        if name in self.commands:
            return name, self._import(name), rest
        if ctx.resilient_parsing:
            return None, None, rest
        raise self._no_such_command(ctx, args)

    def _import(self, name: str) -> Command | Commands:
        shared = cast("list[TyperOption]", self.params)
        if not self.name and name in FAMILIES:
            return _group(name, FAMILIES[name], shared)
        module, function, _, _ = COMMANDS[f"{self.name} {name}".lstrip()]
        commands = import_module(f"escalate_cli.cli.commands.{module}")
        return command_for(name, getattr(commands, function), shared)

    def invoke(self, ctx: typer.Context) -> object:
        if not ctx.args:
            raise UsageProblem("missing command", f"run `{ctx.command_path} --help`")
        name, command, rest = self.resolve_command(ctx, ctx.args)
        if command is None:
            return None
        return command.invoke(cast("typer.Context", command.make_context(name, rest, parent=ctx)))

    def _no_such_command(self, ctx: typer.Context, args: list[str]) -> UsageProblem:
        name = args[0]
        see = f"run `{ctx.command_path} --help` to see them all"
        if name.startswith("-"):
            return UsageProblem(f'no such option "{name}"', see)
        if name == "version" and not self.name:
            return UsageProblem('no such command "version"', "run `escalate --version`")
        family = f"{self.name} " if self.name else ""
        meant = did_you_mean(name, self.commands)
        return UsageProblem(
            f'no such command "{family}{name}"', f'did you mean "{family}{meant}"?' if meant else see
        )


def usage_of(arguments: Iterable[TyperArgument]) -> Iterator[str]:
    """What is typed behind a command: TITLE, [DIR]."""
    for argument in arguments:
        name = str(argument.metavar or argument.name)
        yield name if argument.required or name.startswith("[") else f"[{name}]"


def _asks_json(ctx: typer.Context, rest: Sequence[str]) -> bool:
    return "--json" in rest or bool(ctx.params.get("json"))


def _group(family: str, about: str, shared: Sequence[TyperOption]) -> Commands:
    """What can follow the word `family`, or stand first if that is "": a name and a line of help each."""
    commands = [
        TyperCommand(name, help=line, rich_help_panel=heading)
        for name, (line, heading) in _lines(family).items()
    ]
    return Commands(name=family, help=about, commands=commands, params=[*shared], add_help_option=False)


def _lines(family: str) -> dict[str, tuple[str, str]]:
    """Name, line of help and heading of what can follow `family`."""
    if family:
        return {
            name.removeprefix(f"{family} "): (line, "Commands")
            for name, (_, _, line, _) in COMMANDS.items()
            if name.startswith(f"{family} ")
        }
    first_words = (
        (name.partition(" ")[0], line, heading) for name, (_, _, line, heading) in COMMANDS.items()
    )
    return {word: (FAMILIES.get(word, line), heading) for word, line, heading in first_words}


# ── values ─────────────────────────────────────────────────────────────────────────────


def _take(
    command: Command | Commands,
    ctx: typer.Context,
    args: list[str],
    typers_way: Callable[[typer.Context, list[str]], list[str]],
) -> list[str]:
    """Put the values that a line gives into `ctx.params`, and return the words that are left over.

    `UsageProblem` when the line makes no sense. Typer's own way is for a shell that asks for
    completions, and for `--help` and `--version`.
    """
    try:
        given, rest, _ = command.make_parser(ctx).parse_args([*args])
        if ctx.resilient_parsing or given.get("help") or given.get("version"):
            return typers_way(ctx, args)
    except typer.TyperException as error:
        raise _usage_problem(error, ctx) from None
    for parameter in command.params:
        value = given.get(parameter.name)
        if value is None and parameter.required:
            name = parameter.metavar or parameter.name
            raise UsageProblem(f"missing argument '{name}'", f"run `{ctx.command_path} --help`")
        taken = [*value] if isinstance(value, tuple) else value
        ctx.params[parameter.name] = parameter.default if value is None else taken
    if rest and not command.allow_extra_args:
        raise _left_over(printable(" ".join(rest)), ctx)
    ctx.args = rest
    return rest


def _usage_problem(error: typer.TyperException, ctx: typer.Context) -> UsageProblem:
    """What Typer says of a command line, in the house's shape."""
    see = f"run `{ctx.command_path} --help`"
    option = getattr(error, "option_name", None)
    if option is not None and hasattr(error, "possibilities"):  # there is no such option
        spellings = [name for parameter in ctx.command.params for name in parameter.opts]
        meant = did_you_mean(option, [name for name in spellings if name.startswith("--")])
        return UsageProblem(f'no such option "{option}"', f'did you mean "{meant}"?' if meant else see)
    message = error.format_message().rstrip(".")
    return UsageProblem(message[:1].lower() + message[1:], see)


def _left_over(words: str, ctx: typer.Context) -> UsageProblem:
    takes_message = any("--message" in parameter.opts for parameter in ctx.command.params)
    return UsageProblem(
        f"got unexpected extra argument(s) ({words})",
        f'a text goes behind --message: --message "{words}"'
        if takes_message
        else f"run `{ctx.command_path} --help`",
    )
