"""The configuration as it is written, and as it would be with amendments: the exact TOML, and the
catalog that results.

An amendment is applied to the data of the files, which is then compiled like any configuration. So
what is tried out is what the TOML says.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from escalate_cli.config.files.sources import find_sources, read
from escalate_cli.config.load import compile_parsed
from escalate_cli.config.toml.parsing import ParsedFile
from escalate_cli.core.organisation.catalog import Catalog

_Place = tuple[str | int, ...]
"""tables and keys by name, items of an array by number: ("policies", "standard", "levels", 0, "wait")"""


class Amendment(msgspec.Struct, frozen=True):
    """One edit of a file. `after` replaces what is at `place`; None removes it. `before` is what is
    there now; None for nothing. `source` is where, as "policies.toml:12". `toml` is what to
    write there: the header of the table and the line; for a removal, what to delete.
    """

    file: str
    source: str
    place: _Place
    before: object
    after: object
    toml: str
    does: str
    """set, add or remove"""


class Texts:
    """The files of a configuration."""

    def __init__(self, files: Sequence[ParsedFile]) -> None:
        self._files = files

    @classmethod
    def at(cls, path: Path) -> Texts:
        """Those at `path`, a directory or a file."""
        return cls([ParsedFile(read(source)) for source in find_sources(path)])

    def value(self, place: _Place, file_name: str | None = None) -> object:
        """What is written at `place`; None where nothing is."""
        return _at(self._file(place, file_name).data, place)

    def table(self, place: _Place, file_name: str | None = None) -> dict[str, Any]:
        """The table at `place`; an empty one where nothing is."""
        value = self.value(place, file_name)
        return value if isinstance(value, dict) else {}

    def rule(self, name: str) -> tuple[str, _Place]:
        """The file and the place of the rule with this name."""
        return next(
            (file.name, ("rules", number))
            for file in self._files
            for number, rule in enumerate(file.data.get("rules", ()))
            if rule.get("name") == name
        )

    def headed(self, place: _Place, file_name: str | None = None) -> bool:
        """Whether the table at `place` has a header of its own, so that lines can be written under it."""
        return _headed(self._file(place, file_name), place)

    def setting(self, place: _Place, after: object, file_name: str | None = None) -> Amendment:
        """Put `after` at `place`. `file_name` tells apart arrays of tables that are spread over
        several files.
        """
        file = self._file(place, file_name)
        before = _at(file.data, place)
        return Amendment(
            file.name, file.source(place), place, before, after, _shown(file, place, after), "set"
        )

    def adding(
        self, place: _Place, tables: Sequence[tuple[str, Mapping[str, object]]], after: object
    ) -> Amendment:
        """Add something new: `after` at `place` (one more item if `place` is an array of tables),
        written as `tables`: headers and their lines.
        """
        file = self._file(place).name
        toml = "\n\n".join("\n".join([header, *_lines(keys)]) for header, keys in tables)
        return Amendment(file, file, place, None, after, toml, "add")

    def removing(self, place: _Place, file_name: str | None = None) -> Amendment:
        """Remove what is at `place`. `toml` is what to delete; if it has no line of its own, what
        is left of the line ("set").
        """
        file = self._file(place, file_name)
        before = _at(file.data, place)
        if not _headed(file, place if isinstance(before, dict) else place[:-1]):
            return self.setting(place, None, file_name)
        if isinstance(before, dict):
            own = {name: value for name, value in before.items() if not _is_tables(value)}
            lines = [_header(place), *_lines(own)]
        else:
            lines = [_header(place[:-1]), *_lines({str(place[-1]): before})]
        return Amendment(file.name, file.source(place), place, before, None, "\n".join(lines), "remove")

    def with_changes(self, amendments: Sequence[Amendment]) -> Catalog:
        """The catalog that the files make with these; `InvalidConfiguration` when they make none."""
        data = {file.name: copy.deepcopy(dict(file.data)) for file in self._files}
        # later items first, so that a removal does not move what is still to be changed
        for amendment in sorted(amendments, key=_in_order, reverse=True):
            _apply(amendment, data[amendment.file])
        return compile_parsed([file.holding(data[file.name]) for file in self._files], version="").catalog

    def _file(self, place: _Place, name: str | None = None) -> ParsedFile:
        """The file that has `place`, or the longest part of the way there."""
        return max(self._files, key=lambda file: (file.name == name, _depth(file.data, place)))


def _in_order(amendment: Amendment) -> list[tuple[bool, str | int]]:
    return [(isinstance(step, int), step) for step in amendment.place]


def _at(data: object, place: _Place) -> object:
    for step in place:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data


def _depth(data: object, place: _Place) -> int:
    """How many steps of `place` there are."""
    return max(steps for steps in range(len(place) + 1) if steps == 0 or _at(data, place[:steps]) is not None)


def _headed(file: ParsedFile, place: _Place) -> bool:
    """Whether the file has a header for the table at `place`; everything else stands inside of
    another value.
    """
    return place in file.positions.headers


def _shown(file: ParsedFile, place: _Place, after: object) -> str:
    """`after` at `place` as TOML: the nearest header above it, and the whole key under it that has
    it inside.
    """
    data = copy.deepcopy(dict(file.data))
    _apply(Amendment(file.name, "", place, None, after, "", "set"), data)
    for cut in range(len(place) - 1, -1, -1):
        above, name = place[:cut], place[cut]
        if isinstance(name, str) and (not above or _headed(file, above)):
            (line,) = _lines({name: _at(data, (*above, name))})
            return f"{_header(above)}\n{line}" if above else line
    return ""


def _apply(amendment: Amendment, file: dict[str, Any]) -> None:
    *way, last = amendment.place
    data: Any = file
    for step in way:
        data = data.setdefault(step, {}) if isinstance(step, str) else data[step]
    if amendment.after is None:
        del data[last]
    elif amendment.does == "add" and isinstance(data.get(last), list):
        data[last].append(amendment.after)
    elif amendment.does == "add" and last in ("rules", "expect"):
        data[last] = [amendment.after]
    else:
        data[last] = amendment.after


def _header(place: _Place) -> str:
    """The header under which a key stands, with a word on which one of an array it is."""
    names = ".".join(key(step) for step in place if isinstance(step, str))
    number = next((step for step in reversed(place) if isinstance(step, int)), None)
    return f"[{names}]" if number is None else f"[[{names}]]  # number {number + 1}"


def key(name: str) -> str:
    """A key as TOML writes it: bare where it can be."""
    import tomlkit

    return tomlkit.key(name).as_string()


def _lines(keys: Mapping[str, object]) -> list[str]:
    return [f"{key(name)} = {_written(value)}" for name, value in keys.items()]


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _written(value: object) -> str:
    """A value as TOML writes it, in one line."""
    import tomlkit

    if isinstance(value, list):
        items = ", ".join(map(_written, value))
        return f"[ {items} ]" if _is_tables(value) else f"[{items}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(_lines(value))} }}"
    return tomlkit.item(value).as_string()
