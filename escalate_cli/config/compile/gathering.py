"""Several files read as one: each table with the file it stands in. What is defined twice is
reported with both places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from escalate_cli.config.schema.shape import BY_ID, LISTED, SINGLE
from escalate_cli.config.schema.vocabulary import KnownIds, a_type
from escalate_cli.config.toml.parsing import ParsedFile
from escalate_cli.config.toml.positions import Path
from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.core.wording.problem import ERROR, Problem, ProblemLevel

MOST_LISTED = 1000
"""the most rules, severities, expectations and planned maintenances, each: every incident is
compared with all of them, again and again
"""

_MOST_GUESSES = 200
"""unknown tables for which a known name is looked for"""
DEFAULT_LADDER = (("minor", "low"), ("major", "high"), ("critical", "high"))


@dataclass(frozen=True)
class Item:
    """One table, where it stands, and its path in that file."""

    file: ParsedFile
    path: Path
    raw: Any

    @property
    def source(self) -> str:
        """The place as `policies.toml:12`."""
        return self.file.source(self.path)

    def problem(
        self, loc: Path, level: ProblemLevel, code: str, message: str, hint: str = "", *, key: bool = False
    ) -> Problem:
        """A problem with what stands at `loc` inside the table."""
        return self.file.problem((*self.path, *loc), level, code, message, hint, key=key)


@dataclass
class GatheredTables:
    """Everything the files say, not checked yet. `broken`: a file could not be understood."""

    by_id: dict[str, dict[str, Item]] = field(default_factory=dict)
    single: dict[str, Item] = field(default_factory=dict)
    listed: dict[str, list[Item]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: bool = False
    first_file: str = ""
    ladder: tuple[str, ...] = ()
    known: KnownIds = field(default_factory=KnownIds)


def gather(files: Sequence[ParsedFile]) -> GatheredTables:
    """All tables of `files` by section, and the problems of the sections themselves."""
    gathered = GatheredTables(
        by_id={section: {} for section in BY_ID},
        listed={section: [] for section in LISTED},
        broken=any(file.broken for file in files),
        first_file=files[0].name,
    )
    unsure: set[str] = set()
    for file in files:
        gathered.problems += file.problems
        for section, content in file.data.items():
            if section in BY_ID:
                _add_by_id(gathered, file, section, content, unsure)
            elif section in SINGLE:
                _add_single(gathered, file, section, content)
            elif section in LISTED:
                _add_listed(gathered, file, section, content, unsure)
            else:
                _unknown_section(gathered, file, section)
    gathered.ladder = _ladder(gathered)
    gathered.known = KnownIds(_ids(gathered, files), gathered.ladder, frozenset(unsure | _unreadable(files)))
    return gathered


def _add_by_id(
    gathered: GatheredTables, file: ParsedFile, section: str, content: object, unsure: set[str]
) -> None:
    kind, _ = BY_ID[section]
    if not isinstance(content, dict):
        unsure.add(kind)
        gathered.problems.append(_not_tables(file, section, content, f"[{section}.ID]"))
        return
    for name, raw in content.items():
        item = Item(file, (section, name), raw)
        first = gathered.by_id[section].setdefault(name, item)
        if first is not item:
            gathered.problems.append(_twice(item, first, f'{kind} "{name}"', ()))


def _add_single(gathered: GatheredTables, file: ParsedFile, section: str, content: object) -> None:
    item = Item(file, (section,), content)
    first = gathered.single.setdefault(section, item)
    if first is not item:
        gathered.problems.append(_twice(item, first, f"[{section}]", ()))


def _add_listed(
    gathered: GatheredTables, file: ParsedFile, section: str, content: object, unsure: set[str]
) -> None:
    if not isinstance(content, list):
        if section == "severities":
            unsure.add("severity")
        gathered.problems.append(_not_tables(file, section, content, f"[[{section}]]"))
        return
    items = [Item(file, (section, number), raw) for number, raw in enumerate(content)]
    earlier = gathered.listed[section]
    if (room := MOST_LISTED - len(earlier)) < len(items):
        message = f"more than {MOST_LISTED:,} [[{section}]] are not read"
        gathered.problems.append(
            items[max(room, 0)].problem((), ERROR, "too-many", message, "is this file generated, or damaged?")
        )
        items = items[: max(room, 0)]
    if section == "severities" and earlier and items:
        # their order has a meaning, so it must not depend on the names of files
        gathered.problems.append(
            _twice(items[0], earlier[0], "the list of severities", (), "keep all severities in one file")
        )
    key, what = {"severities": ("id", "severity"), "rules": ("name", "rule")}.get(section, ("", ""))
    names = {name: item for item in reversed(earlier) if key and (name := _get(item, key)) is not None}
    for item in items:
        name = _get(item, key) if key else None
        if name is not None and (first := names.setdefault(name, item)) is not item:
            gathered.problems.append(_twice(item, first, f'{what} "{name}"', (key,)))
        earlier.append(item)


def _get(item: Item, key: str) -> str | None:
    value = item.raw.get(key) if isinstance(item.raw, dict) else None
    return value if isinstance(value, str) else None


def _twice(item: Item, first: Item, what: str, loc: Path, hint: str = "keep one of them") -> Problem:
    return item.problem(
        loc, ERROR, "duplicate", f"{what} is defined twice; the first time at {first.source}", hint
    )


def _not_tables(file: ParsedFile, section: str, content: object, header: str) -> Problem:
    return file.problem(
        (section,),
        ERROR,
        "wrong-type",
        f"`{section}` must hold tables, not {a_type(content)}",
        f"write {header}",
    )


def _unknown_section(gathered: GatheredTables, file: ParsedFile, section: str) -> None:
    sections = [*BY_ID, *SINGLE, *LISTED]
    few = len(gathered.problems) < _MOST_GUESSES
    guess = did_you_mean(section, sections) if few else None
    hint = f'did you mean "{guess}"?' if guess else f"there are: {', '.join(sections)}"
    gathered.problems.append(
        file.problem(
            (section,), ERROR, "unknown-key", f'there is no table or key "{section}"', hint, key=True
        )
    )


def _ladder(gathered: GatheredTables) -> tuple[str, ...]:
    named = [_get(item, "id") for item in gathered.listed["severities"]]
    ladder = tuple(dict.fromkeys(name for name in named if name is not None))
    return ladder or tuple(name for name, _ in DEFAULT_LADDER)


def _ids(gathered: GatheredTables, files: Iterable[ParsedFile]) -> dict[str, frozenset[str]]:
    ids = {kind: set(gathered.by_id[section]) for section, (kind, _) in BY_ID.items()}
    for file in files:
        if file.broken:  # what a file that cannot be understood seems to define
            for header in file.mentioned():
                if len(header) > 1 and header[0] in BY_ID:
                    ids[BY_ID[header[0]][0]].add(header[1])
    return {kind: frozenset(names) for kind, names in ids.items()} | {"severity": frozenset(gathered.ladder)}


def _unreadable(files: Iterable[ParsedFile]) -> set[str]:
    """The kinds of things of which nothing certain is known: all of them when a file could not be
    read at all.
    """
    kinds = {kind for kind, _ in BY_ID.values()} | {"severity"}
    if any(file.broken and not file.text for file in files):
        return kinds
    if any(file.broken and "severities" in file.text for file in files):
        return {"severity"}
    return set()
