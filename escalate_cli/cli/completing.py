"""The answer to a shell that asks how a word may go on: commands, options, and what is known of the
installation. Quick, silent about everything that goes wrong, and without Typer.

A shell asks by the environment: `_ESCALATE_COMPLETE=complete_bash`, COMP_WORDS (the words, a line each),
COMP_CWORD (the number of the one to be completed). bash gets a candidate a line; zsh and fish get
what it stands for, too, behind a tab.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from escalate_cli.cli.index import COMMANDS, FAMILIES
from escalate_cli.config.compile.cache_file import cache_file, cached_body, read_safely
from escalate_cli.config.files.find import cache_dir, database_of, find_config, find_db
from escalate_cli.core.calendar.weekdays import DAYS
from escalate_cli.core.wording.text import printable
from escalate_cli.store.glance import glance_at_incidents, glance_at_nudges

COMPLETE = "_ESCALATE_COMPLETE"
_TABLE = Path(__file__).with_name("completion_table.txt")
_GUIDE = Path(__file__).parents[1] / "guide"
_LONGEST_LINE = 60
_TOLD_IN_BASH = ("incidents", "latest", "nudges", "keys")
"""what is not understood without its title, also where a shell shows no explanations"""

_INCIDENTS = ("incidents", "latest")

_INSERTED_WHOLE = ("37", "42")
"""how bash says that each candidate in turn is put on the line: `menu-complete`, `insert-completions`"""

_Candidate = tuple[str, str]
"""what to type, and what it stands for"""


class Parameters(NamedTuple):
    """What a command takes: the kinds of its arguments in order, and its options with the kind of
    their value (None: a flag) and their line of help."""

    arguments: list[tuple[str, ...]]
    repeats: bool
    options: dict[str, tuple[tuple[str, ...] | None, str]]


def answer_shell(environ: Mapping[str, str]) -> str:
    """What to print: nothing where nothing is known."""
    try:
        words = environ.get("COMP_WORDS", "").split("\n")
        index = int(environ.get("COMP_CWORD") or len(words) - 1)
        typed = words[index] if index < len(words) else ""
        current = typed.lstrip("\"'#").replace("\\", "")  # as it was begun: `"mon`, `mon\\ 0`, `#1`
        current = "" if current == "=" else current
        candidates, kinds = _complete(words[1:index], current, environ)
        lines = dict.fromkeys(candidate for candidate in candidates if candidate[0].startswith(current))
        if environ.get(COMPLETE) == "complete_bash":
            inserted_whole = environ.get("COMP_TYPE") in _INSERTED_WHOLE
            told = len(lines) > 1 and not inserted_whole and any(kind in _TOLD_IN_BASH for kind in kinds)
            return "".join(_for_bash(lines, typed[:1], told=told))
        return "".join(f"{value}\t{_line(line)}\n" for value, line in lines if value == printable(value))
    except Exception:  # a completion has nobody to complain to
        return ""


def _for_bash(candidates: Iterable[_Candidate], quote: str, *, told: bool) -> Iterator[str]:
    """A line a candidate, with what it stands for if that is `told`. bash puts what it gets on the command
    line as it is: no word may mean anything there, whoever has made it up (a key, a name). `quote`
    is what the word began with, if that is a quote."""
    for value, line in candidates:
        if value != printable(value) or (quote == "'" and quote in value):
            continue
        live = '["$`\\\\]' if quote == '"' else "[^A-Za-z0-9_@%+=:,./#-]"
        word = value if quote == "'" else re.sub(live, r"\\\g<0>", value)
        yield f"{word}  ({_line(line)})\n" if told and line else f"{word}\n"


def _line(text: str) -> str:
    return printable(" ".join(text.split()))[:_LONGEST_LINE]


def _complete(
    before: Sequence[str], current: str, environ: Mapping[str, str]
) -> tuple[list[_Candidate], Sequence[str]]:
    """The candidates, and of which kinds they are."""
    table = _table()
    command, typed, place = _read_line(before, table)
    parameters = table[command] if command in table else table[""]
    last = typed[-1] if typed else ""
    options = table[""].options | parameters.options
    if last in options and options[last][0] is not None:
        kinds = options[last][0] or ()
        return _values(kinds, current, environ, place), kinds
    name, equals, begun = current.partition("=")
    if equals and name in options and options[name][0] is not None:  # zsh and fish leave it together
        kinds = options[name][0] or ()
        return [(f"{name}={value}", line) for value, line in _values(kinds, begun, environ, place)], kinds
    if current.startswith("-"):
        used = _names_of_options(typed)
        named = ((name, line) for name, (_, line) in options.items())
        return [(name, line) for name, line in named if name not in used or "(repeatable)" in line], ()
    if command in table and command:
        arguments = _arguments(typed, options)
        kinds = _kinds_of_next(arguments, parameters, named="--key" in _names_of_options(typed))
        values = _values(kinds, current, environ, place)
        return [(value, line) for value, line in values if value not in arguments], kinds
    return _commands(command), ()


def _kinds_of_next(arguments: Sequence[str], parameters: Parameters, *, named: bool) -> tuple[str, ...]:
    """What may stand behind these arguments. `named`: the incident is named by an option already."""
    places = parameters.arguments
    number = len(arguments)
    may_be_left_out = len(places) > 1 and set(places[1]) < set(places[0])
    if may_be_left_out and arguments and not arguments[0].removeprefix("#").isdigit():
        number += 1
    if not places or (number >= len(places) and not parameters.repeats):
        return ()
    kinds = places[min(number, len(places) - 1)]
    return tuple(kind for kind in kinds if not (named and kind in _INCIDENTS))


def _commands(family: str) -> list[_Candidate]:
    if family in FAMILIES:
        rest = {name.removeprefix(f"{family} "): line for name, (_, _, line, _) in COMMANDS.items()}
        return [(name, line) for name, line in rest.items() if f"{family} {name}" in COMMANDS]
    if family:
        return []
    first = {name.partition(" ")[0]: line for name, (_, _, line, _) in COMMANDS.items()}
    return [*(first | FAMILIES).items()]


def _read_line(
    before: Sequence[str], table: Mapping[str, Parameters]
) -> tuple[str, list[str], dict[str, str]]:
    """The command that is asked for ("" for none yet, a family, or what is no command), the words
    behind it, and what `--config` and `--db` say."""
    command, typed, place = "", [], dict[str, str]()
    words = iter(before)
    for word in words:
        options = table[""].options | (table[command].options if command in table else {})
        if word.startswith("-"):
            name, equals, value = word.partition("=")
            typed.append(word)
            if name in options and options[name][0] is not None and not equals:
                following = next(words, None)
                if following == "=":  # bash takes `--by=ana` apart
                    following = next(words, None)
                if following is None:
                    break
                typed.append(following)
                value = following
            if name in ("--config", "--db"):
                place[name] = value
        elif command in table and command:
            typed.append(word)
        else:
            command = f"{command} {word}".strip()
            typed = []
    return command, typed, place


def _arguments(typed: Sequence[str], options: Mapping[str, tuple[tuple[str, ...] | None, str]]) -> list[str]:
    """Those of the words behind a command that are its arguments."""
    arguments, skip = [], False
    for word in typed:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in options and options[word][0] is not None
        else:
            arguments.append(word)
    return arguments


def _names_of_options(typed: Sequence[str]) -> set[str]:
    return {word.partition("=")[0] for word in typed if word.startswith("-")}


def _table() -> dict[str, Parameters]:
    """What every command takes; that of "" are the global options."""
    table = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        command, arguments, *options = line.split("\t")
        kinds = [
            tuple(kind.split(",")) if kind != "-" else () for kind in arguments.rstrip("*").split(" ") if kind
        ]
        table[command] = Parameters(kinds, arguments.endswith("*"), _options(options))
    return table


def _options(fields: Sequence[str]) -> dict[str, tuple[tuple[str, ...] | None, str]]:
    options: dict[str, tuple[tuple[str, ...] | None, str]] = {}
    for field in fields:
        names, _, line = field.partition(" ")
        spellings, equals, kinds = names.partition("=")
        for name in spellings.split("|"):
            options[name] = (tuple(filter(None, kinds.split(","))) if equals else None, line)
    return options


# ── values ─────────────────────────────────────────────────────────────────────────────


def _values(
    kinds: Sequence[str], current: str, environ: Mapping[str, str], place: Mapping[str, str]
) -> list[_Candidate]:
    values: list[_Candidate] = []
    for kind in kinds:
        try:
            values += _VALUES[kind](environ, place) if kind in _VALUES else _known(kind, environ, place)
        except Exception:  # noqa: S112 - what else there is may still help
            continue
    return values


def _config(environ: Mapping[str, str], place: Mapping[str, str]) -> Path:
    return find_config(Path(place["--config"]) if place.get("--config") else None, environ)


def _catalog(environ: Mapping[str, str], place: Mapping[str, str]) -> Mapping[str, Any]:
    """The configuration; it is compiled where it never was, or was edited since."""
    path, cache = _config(environ, place), cache_dir(environ)
    file = cache_file(cache, path) if cache is not None else ""
    if not file or not _is_current(file, path):
        from escalate_cli.config.load import load

        load(path, cache)
    catalog: Mapping[str, Any] = json.loads(cached_body(read_safely(file)))[0]
    return catalog


def _is_current(file: str, path: Path) -> bool:
    """Whether everything of the configuration is older than what was compiled of it. Clocks of file
    systems tick each few milliseconds: what is as old may be younger.
    """
    try:
        compiled = os.stat(file).st_mtime_ns
        sources = [path, *path.glob("*.toml")] if path.is_dir() else [path]
        return all(os.stat(source).st_ctime_ns < compiled for source in sources)
    except OSError:
        return False


def _known(kind: str, environ: Mapping[str, str], place: Mapping[str, str]) -> list[_Candidate]:
    section = _catalog(environ, place).get(kind, {})
    entries = section.values() if isinstance(section, dict) else section
    return [(entry["id"], entry.get("name") or entry.get("description") or "") for entry in entries]


def _database(environ: Mapping[str, str], place: Mapping[str, str]) -> Path:
    named = Path(place["--db"]) if place.get("--db") else None
    if named is not None or environ.get("ESCALATE_DB"):
        return find_db(named, environ)
    text = _catalog(environ, place).get("settings", {}).get("database")
    return find_db(None, environ, database_of(_config(environ, place), text) if text else None)


def _incidents(
    environ: Mapping[str, str], place: Mapping[str, str], *, resolved_too: bool = False
) -> list[_Candidate]:
    rows = glance_at_incidents(_database(environ, place), resolved_too=resolved_too)
    return [
        (str(number), f"{severity}{'' if status == 'open' else ', ' + status}: {title}")
        for number, title, severity, status, _ in rows
    ]


def _latest(environ: Mapping[str, str], place: Mapping[str, str]) -> list[_Candidate]:
    return _incidents(environ, place, resolved_too=True)


def _keys(environ: Mapping[str, str], place: Mapping[str, str]) -> list[_Candidate]:
    return [(key, title) for _, title, _, _, key in glance_at_incidents(_database(environ, place)) if key]


def _nudges(environ: Mapping[str, str], place: Mapping[str, str]) -> list[_Candidate]:
    rows = glance_at_nudges(_database(environ, place))
    return [(str(number), f"#{incident}: {action}") for number, incident, action in rows]


def _topics(environ: Mapping[str, str], place: Mapping[str, str]) -> list[_Candidate]:
    return [*((page.stem, "") for page in sorted(_GUIDE.glob("*.md"))), *_commands("")]


def _fixed(*candidates: _Candidate) -> Callable[[Mapping[str, str], Mapping[str, str]], list[_Candidate]]:
    return lambda environ, place: list(candidates)


_VALUES: Mapping[str, Callable[[Mapping[str, str], Mapping[str, str]], list[_Candidate]]] = {
    "incidents": _incidents,
    "latest": _latest,
    "keys": _keys,
    "nudges": _nudges,
    "moments": _fixed(
        ("now", ""),
        ("+30m", "half an hour from now"),
        ("+2h", "two hours from now"),
        ("today 18:00", ""),
        ("tomorrow 09:00", ""),
        *((f"{day} 09:00", f"the next {day}") for day in DAYS),
    ),
    "durations": _fixed(("15m", ""), ("30m", ""), ("1h", ""), ("2h", ""), ("8h", ""), ("1d", ""), ("1w", "")),
    "statuses": _fixed(("open", ""), ("acknowledged", ""), ("resolved", "")),
    "answers": _fixed(("yes", "do it"), ("no", "leave it")),
    "topics": _topics,
    "shells": _fixed(("bash", ""), ("zsh", ""), ("fish", "")),
}
