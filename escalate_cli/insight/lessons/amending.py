"""The configuration as it is written, and what it would be with a change: the exact TOML, and the
catalog that it makes.

A change is applied to the data of the files and compiled like any configuration, so that what is
tried out is what the TOML says.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from escalate_cli.config.files.sources import Content, find_sources, read
from escalate_cli.config.load import compile_contents
from escalate_cli.config.toml.parsing import ParsedFile
from escalate_cli.core.organisation.catalog import Catalog

Place = tuple[str | int, ...]
"""tables and keys by name, items of an array by number: ("policies", "standard", "levels", 0, "wait")"""

_HEADER = re.compile(r"^[ \t]*(\[\[?)[ \t]*([^\[\]\n]+?)[ \t]*\]\]?[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Change(msgspec.Struct, frozen=True):
    """One edit. `after` replaces what is at `place`; None takes it out. `before` is what is there
    now; None: nothing yet.

    `source` is where, as "policies.toml:12". `toml` is what to write there: the table's header and
    the line; for something taken out, what to delete.
    """

    source: str
    place: Place
    before: Any
    after: Any
    toml: str
    does: str
    """set, add or remove"""


class Texts:
    """The files of a configuration."""

    def __init__(self, contents: Sequence[Content]) -> None:
        self._contents = contents
        self._files = [ParsedFile(content) for content in contents]

    @classmethod
    def at(cls, path: Path) -> Texts:
        """Those at `path`, a directory or a file."""
        return cls([read(source) for source in find_sources(path)])

    def value(self, place: Place, file_name: str | None = None) -> Any:
        """What is written at `place`; None where nothing is."""
        return _at(self._file(place, file_name).data, place)

    def rule(self, name: str) -> tuple[str, Place]:
        """The file and the place of the rule with this name."""
        found = (
            (file.name, at)
            for file in self._files
            for at, one in enumerate(file.data.get("rules", ()))
            if one.get("name") == name
        )
        file, number = next(found)
        return file, ("rules", number)

    def headed(self, place: Place, file_name: str | None = None) -> bool:
        """Whether the table at `place` has a header of its own, so that lines can be written under it."""
        return _headed(self._file(place, file_name), place)

    def setting(self, place: Place, after: Any, file_name: str | None = None) -> Change:
        """Have `after` at `place`; `file_name` tells arrays of tables apart that several files have
        a part of.
        """
        file = self._file(place, file_name)
        return Change(
            file.source(place), place, _at(file.data, place), after, _shown(file, place, after), "set"
        )

    def adding(self, place: Place, tables: Sequence[tuple[str, Mapping[str, Any]]], after: Any) -> Change:
        """Have something new: `after` at `place` (one more item where `place` is an array of
        tables), written as `tables`: headers and their lines."""
        blocks = [
            "\n".join([header, *(f"{key(name)} = {_written(value)}" for name, value in lines.items())])
            for header, lines in tables
        ]
        return Change(f"{self._file(place).name}", place, None, after, "\n\n".join(blocks), "add")

    def removing(self, place: Place, file_name: str | None = None) -> Change:
        """Have nothing at `place`. `toml` is what to delete; where there is no line of its own,
        what is left ("set").
        """
        file = self._file(place, file_name)
        now = _at(file.data, place)
        if isinstance(now, dict) and _headed(file, place):
            lines = [
                _header(place),
                *(f"{key(name)} = {_written(value)}" for name, value in now.items() if not _is_tables(value)),
            ]
        elif not isinstance(now, dict) and _headed(file, place[:-1]):
            lines = [_header(place[:-1]), f"{key(place[-1])} = {_written(now)}"]
        else:
            return Change(file.source(place), place, now, None, _shown(file, place, None), "set")
        return Change(file.source(place), place, now, None, "\n".join(lines), "remove")

    def with_changes(self, changes: Sequence[Change]) -> Catalog:
        """The catalog that the files make with these changes; `InvalidConfiguration` when they make none."""
        import tomli_w

        made = []
        for content, file in zip(self._contents, self._files, strict=True):
            mine = [one for one in changes if one.source.partition(":")[0] == file.name]
            if not mine:
                made.append(content)
                continue
            data = copy.deepcopy(dict(file.data))
            # Later items first, so that what is taken out moves nothing that is still to be found.
            for one in sorted(
                mine,
                key=lambda change: [(isinstance(step, int), step) for step in change.place],
                reverse=True,
            ):
                _change(data, one)
            made.append(Content(content.name, tomli_w.dumps(data).encode()))
        return compile_contents(made).catalog

    def _file(self, place: Place, name: str | None = None) -> ParsedFile:
        """The file that has `place`, or the most of the way there."""
        return max(self._files, key=lambda file: (file.name == name, _depth(file.data, place)))


def _at(data: Any, place: Place) -> Any:
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _depth(data: Any, place: Place) -> int:
    return next(
        (len(place) - cut for cut in range(len(place)) if _at(data, place[: len(place) - cut]) is not None), 0
    )


def _headed(file: ParsedFile, place: Place) -> bool:
    """Whether the file has a header for the table at `place`; everything else stands inside of
    another value.
    """
    names = tuple(one for one in place if isinstance(one, str))
    numbered = bool(place) and isinstance(place[-1], int)
    return any(names == of and numbered == array for of, array in _headers(file.text))


def _headers(text: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """(names, whether of an array) of each table header."""
    import tomllib

    for match in _HEADER.finditer(text):
        try:
            inner: Any = tomllib.loads(f"[{match[2]}]")
        except tomllib.TOMLDecodeError:
            continue  # a line of a text that only looks like one
        names = []
        while inner:
            ((name, inner),) = inner.items()
            names.append(name)
        yield tuple(names), match[1] == "[["


def _shown(file: ParsedFile, place: Place, after: Any) -> str:
    """`after` at `place` as TOML: the nearest header above it, and the whole key under it that has
    it inside.
    """
    data = copy.deepcopy(dict(file.data))
    _change(data, Change("", place, None, after, "", "set"))
    for cut in range(len(place) - 1, -1, -1):
        above, name = place[:cut], place[cut]
        if isinstance(name, str) and (not above or _headed(file, above)):
            line = f"{key(name)} = {_written(_at(data, (*above, name)))}"
            return f"{_header(above)}\n{line}" if above else line
    return ""


def _change(data: Any, change: Change) -> None:
    *way, last = change.place
    for step in way:
        data = data.setdefault(step, {}) if isinstance(step, str) else data[step]
    if change.after is None:
        del data[last]
    elif change.does == "add" and isinstance(data.get(last), list):
        data[last].append(change.after)
    elif change.does == "add" and last in ("rules", "expect"):
        data[last] = [change.after]
    else:
        data[last] = change.after


def _header(place: Place) -> str:
    """The header under which a key stands, with a word on which one of an array it is."""
    names = ".".join(key(one) for one in place if isinstance(one, str))
    number = next((one for one in reversed(place) if isinstance(one, int)), None)
    if number is None:
        return f"[{names}]"
    return f"[[{names}]]  # number {number + 1}"


def key(name: object) -> str:
    """A key as TOML writes it: bare where it can be."""
    text = str(name)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _written(value: Any) -> str:
    """A value as TOML writes it, in one line."""
    import tomli_w

    if isinstance(value, list):
        return (
            f"[{', '.join(map(_written, value))}]"
            if not _is_tables(value)
            else f"[ {', '.join(map(_written, value))} ]"
        )
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key(name)} = {_written(one)}' for name, one in value.items())} }}"
    return tomli_w.dumps({"k": value}).removeprefix("k = ").rstrip("\n")
