"""How a command line becomes a request: Typer parses it, and only the command that is asked for is
imported.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any

import msgspec
import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as build

from escalate_cli import __version__
from escalate_cli.cli.index import COMMANDS, FAMILIES
from escalate_cli.cli.output import Answer
from escalate_cli.errors import UsageProblem

COMPLETE = "_ESCALATE_COMPLETE"

_GLOBAL = "Global options"
_PLAIN: tuple[Any, ...] = (str, str | None, list[str], list[str] | None, bool)

# Click's error for a command line that makes no sense. Typer carries its own Click, whose names it keeps to
# itself.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


class Request(msgspec.Struct, frozen=True):
    """What a command line asks for: a function of plain values, its values, and the global options
    by name, as given.
    """

    function: Callable[..., Answer]
    options: Mapping[str, Any]
    values: Mapping[str, Any]


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Request | int:
    """The request that `arguments` make; an exit code when everything has been said already (help,
    completion).

    `UsageProblem` when they make no sense.
    """
    try:
        asked = _root(environ).main(
            args=list(arguments), prog_name="escalate", complete_var=COMPLETE, standalone_mode=False
        )
    except _VersionAsked:
        return Request(_version, {"json": "--json" in arguments}, {})
    except typer.Abort:
        return 130
    except _UsageError as error:
        raise _usage_problem(error) from None
    except SystemExit as done:  # the reader of the help went away, or a shell asked for completions
        return done.code if isinstance(done.code, int) else 0
    return asked if isinstance(asked, Request) else int(asked or 0)


class _VersionAsked(Exception):
    """Raised by the eager `--version`, so that it is answered whatever else is missing from the line."""


def _ask_version(ctx: typer.Context, value: bool) -> bool:
    if value and not ctx.resilient_parsing:
        raise _VersionAsked
    return value


def _version(context: object) -> Answer:
    return Answer({"version": __version__}, f"escalate {__version__}")


def _global_parameters() -> list[inspect.Parameter]:
    """The options that every command takes, before and after its name."""

    def option(name: str, kind: Any, *spelled: str, help: str, **more: Any) -> inspect.Parameter:
        info = typer.Option(*spelled, help=help, rich_help_panel=_GLOBAL, **more)
        default = False if kind is bool else None
        return inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info]
        )

    return [
        option(
            "config",
            str | None,
            "--config",
            metavar="PATH",
            help="Configuration: a directory or a file ($ESCALATE_CONFIG)",
        ),
        option("db", str | None, "--db", metavar="PATH", help="Database ($ESCALATE_DB)"),
        option("json", bool, "--json", help="Answer as JSON"),
        option("quiet", bool, "--quiet", "-q", help="Answers and errors only, no talk"),
        option("no_color", bool, "--no-color", help="No colours ($NO_COLOR)"),
        option("debug", bool, "--debug", help="Tell more when something fails"),
        option(
            "version",
            bool,
            "--version",
            help="Say which version this is",
            is_eager=True,
            callback=_ask_version,
        ),
    ]


def _given_before(ctx: typer.Context) -> dict[str, Any]:
    """The global options that stood before the command's name, at whatever level."""
    found: dict[str, Any] = {}
    level = ctx.parent
    while level is not None:
        found = {**level.params, **{name: value for name, value in found.items() if value}}
        level = level.parent
    return found


def command_for(name: str, function: Callable[..., Answer]) -> Any:
    """The Typer command that turns a command line into a `Request` for `function`.

    Its parameters are those of `function` but the first, which is the context, and the global
    options, except where `function` has its own parameter of the same name (`replay --config`).
    """
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    taken = {parameter.name for parameter in own}
    shared = [parameter for parameter in _global_parameters() if parameter.name not in taken]

    def request(ctx: typer.Context, **values: Any) -> Request:
        after = {parameter.name: values.pop(parameter.name) for parameter in shared}
        return Request(
            function, _given_before(ctx) | {key: value for key, value in after.items() if value}, values
        )

    shell = typer.Typer(add_completion=False)
    shell.command(name, cls=PlainCommand, help=inspect.getdoc(function))(_shaped(request, [*own, *shared]))
    return _spare_pydantic(build(shell), own + shared)


def _group(family: str, help: str, *, completing: bool = False) -> Any:
    """The Typer group of the commands that follow the word `family`; "" is the root."""

    def nothing_yet(ctx: typer.Context, **values: Any) -> None:
        """The group's own options are read from its context when a command is reached."""

    shared = _global_parameters()
    shell = typer.Typer(cls=LazyGroup, add_completion=completing, help=help)
    shell.callback()(_shaped(nothing_yet, shared))
    group: Any = build(shell)
    group.params = [
        parameter
        for parameter in group.params
        if parameter.name not in ("install_completion", "show_completion")
    ]
    group.name = family
    group.context_settings["help_option_names"] = ["--help", "-h"]
    group.family = f"{family} " if family else ""
    return _spare_pydantic(group, shared)


def _root(environ: Mapping[str, str]) -> Any:
    help = "Declare an incident, and the people who can help are paged until someone takes it."
    return _group("", help, completing=COMPLETE in environ)


def _shaped(function: Callable[..., Any], parameters: Sequence[inspect.Parameter]) -> Callable[..., Any]:
    """`function`, with the signature that Typer is to read."""
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    keyword = [context, *[parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]]
    function.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]
    function.__annotations__ = {parameter.name: parameter.annotation for parameter in keyword}
    return function


def _spare_pydantic(command: Any, parameters: Sequence[inspect.Parameter]) -> Any:
    """Let the command take strings, lists of strings, flags and absent options as they are.

    Typer 0.29 loads pydantic to learn that a string is a string: 75 ms of every process, more than
    all the rest. A parameter of any other type goes Typer's way.
    """
    for parameter in parameters:
        annotation = parameter.annotation
        kind = annotation.__origin__ if hasattr(annotation, "__metadata__") else annotation
        if kind in _PLAIN:
            for option in command.params:
                if option.name == parameter.name:
                    _take_plainly(option)
    return command


def _take_plainly(parameter: Any) -> None:
    typers_way = parameter.process_value

    def process_value(ctx: Any, value: Any) -> Any:
        if value is None or value is False:  # not given
            if parameter.required:
                return typers_way(ctx, value)
            return () if parameter.multiple or parameter.nargs == -1 else value
        if value is True or (parameter.required and not value):
            return typers_way(ctx, value)
        return value

    parameter.process_value = process_value
    if parameter.param_type_name == "argument":  # Typer 0.29 would write {TITLE}, [[DIR]] and <list[str]>
        parameter.get_usage_pieces = lambda ctx: [_usage_of(parameter)]
        parameter.display_type_rich = lambda ctx: None
    if getattr(parameter, "is_flag", False):
        parameter.metavar = ""  # Typer 0.29 would write <bool> behind every flag


def _usage_of(argument: Any) -> str:
    name: str = argument.display_name_raw
    return name if argument.required or name.startswith("[") else f"[{name}]"


class PlainCommand(TyperCommand):
    """A command whose own `--help` costs nothing until it is asked for (`_spare_pydantic`)."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _of(ctx):
            return super().parse_args(ctx, args)

    def get_help_option(self, ctx: Any) -> Any:
        return _plain_help(super().get_help_option(ctx))


@contextmanager
def _of(ctx: Any) -> Iterator[None]:
    """Usage errors know whose they are: Click's parser does not say it of an option without its value."""
    try:
        yield
    except _UsageError as error:
        if getattr(error, "ctx", None) is None:
            error.ctx = ctx  # type: ignore[attr-defined]
        raise


class PlainGroup(TyperGroup):
    """A group whose own `--help` costs nothing until it is asked for."""

    def get_help_option(self, ctx: Any) -> Any:
        return _plain_help(super().get_help_option(ctx))


def _plain_help(option: Any) -> Any:
    if option is not None and "process_value" not in vars(option):
        _take_plainly(option)
        option.rich_help_panel = _GLOBAL
    return option


class LazyGroup(PlainGroup):
    """Commands that are known by name and imported when asked for. `family` is the word before
    theirs: "service " or "".
    """

    family = ""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_lines(self.family))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if not self.family and cmd_name in FAMILIES:
            return _group(cmd_name, FAMILIES[cmd_name])
        line = COMMANDS.get(self.family + cmd_name)
        if line is None:
            return None
        module, function, _, _ = line
        return command_for(cmd_name, getattr(import_module(f"escalate_cli.cli.commands.{module}"), function))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in _lines(self.family) and not ctx.resilient_parsing:
            from escalate_cli.core.organisation.catalog import did_you_mean

            meant = did_you_mean(name, _lines(self.family))
            see = f"run `{ctx.command_path} --help` to see them all"
            if name.startswith("-"):
                raise UsageProblem(f'no such option "{name}"', see)
            if name in ("help", "version") and not self.family:
                about = [word for word in args[1:2] if word in _lines("")] if name == "help" else []
                raise UsageProblem(
                    f'no such command "{name}"', f"run `{' '.join(['escalate', *about, f'--{name}'])}`"
                )
            raise UsageProblem(
                f'no such command "{self.family}{name}"',
                f'did you mean "{self.family}{meant}"?' if meant else see,
            )
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _of(ctx):
            return super().parse_args(ctx, args if args or ctx.resilient_parsing else ["--help"])

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        ctx.command = self._named()
        return ctx.command.shell_complete(ctx, incomplete)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._named().format_help(ctx, formatter)

    def _named(self) -> PlainGroup:
        """The same group as far as names and lines of help go: for pages and completions, which
        need no command to be imported.
        """
        named: dict[str, Any] = {
            name: TyperCommand(name, help=line, rich_help_panel=heading)
            for name, (line, heading) in _lines(self.family).items()
        }
        return PlainGroup(
            name=self.name, commands=named, params=self.params, help=self.help, epilog=self.epilog
        )


def _lines(family: str) -> dict[str, tuple[str, str]]:
    """Name, line of help and heading of what can follow `family`."""
    found: dict[str, tuple[str, str]] = {}
    for name, (_, _, line, heading) in COMMANDS.items():
        if family:
            if name.startswith(family):
                found[name.removeprefix(family)] = (line, "Commands")
        else:
            first = name.partition(" ")[0]
            found[first] = (FAMILIES.get(first, line), heading)
    return found


def _usage_problem(error: Exception) -> UsageProblem:
    """A usage error of Click's in the house's shape."""
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "escalate"
    see = f"run `{path} --help`"
    wrong = getattr(error, "option_name", None)
    if wrong is not None and type(error).__name__ == "NoSuchOption":
        from escalate_cli.core.organisation.catalog import did_you_mean

        known = (
            [
                name
                for parameter in ctx.command.get_params(ctx)
                for name in parameter.opts
                if name.startswith("--")
            ]
            if ctx
            else []
        )
        meant = did_you_mean(str(wrong), known)
        return UsageProblem(f'no such option "{wrong}"', f'did you mean "{meant}"?' if meant else see)
    message = str(error.format_message()).rstrip(".")  # type: ignore[attr-defined]
    extra = re.fullmatch(r"Got unexpected extra arguments? ?(?:\(s\) )?\((.*)\)", message, re.S)
    if extra and ctx is not None and any("--message" in parameter.opts for parameter in ctx.command.params):
        see = f'a text goes behind --message: --message "{extra[1]}"'
    return UsageProblem(message[:1].lower() + message[1:], see)
