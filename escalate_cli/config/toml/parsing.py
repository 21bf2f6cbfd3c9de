"""One TOML file as data, with a way to find each piece of it in the text."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from escalate_cli.config.files.sources import Content
from escalate_cli.config.masking import looks_suspicious, mask
from escalate_cli.config.toml.positions import DEEPEST, Path, scan
from escalate_cli.core.wording.problem import ERROR, Place, Problem, ProblemLevel

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_AGAIN = re.compile(r"twice|overwrite|already|redefine|[Dd]uplicate|immutable|mutate|extend")
_HEADER = re.compile(r"^[ \t]*\[\[?([^\[\]\n]+)\]", re.MULTILINE)
_LONG_NUMBER = re.compile(r"[\d_]{1000,}")
_SECRET_SECTIONS = ("gateways", "heartbeat", "sources")
_LONGEST_LINE = 240
_TOO_DEEP = (
    "keys, lists or tables stand too deeply in each other",
    f"at most {DEEPEST} levels are read; a few are enough",
)


class ParsedFile:
    """A file's data, or why it has none. `data` is empty where the file could not be understood;
    `problems` then says why.
    """

    def __init__(self, content: Content) -> None:
        self.name = content.name
        self.data: Mapping[str, Any] = {}
        self.problems: list[Problem] = []
        self.broken = False
        self.text = ""
        if content.problem is not None:
            self.problems.append(content.problem)
            self.broken = content.problem.level == ERROR
            self.positions = scan("")
            return
        raw = content.data.removeprefix(b"\xef\xbb\xbf")
        try:
            self.text = raw.decode("utf-8")
        except UnicodeDecodeError as problem:
            self._not_utf8(raw, problem.start)
        self.positions = scan(self.text)
        if not self.broken:
            self._parse()

    def problem(
        self, path: Path, level: ProblemLevel, code: str, message: str, hint: str = "", *, key: bool = False
    ) -> Problem:
        """A problem with what stands at `path`: its value, or its key."""
        line, column = self.positions.key(path) if key else self.positions.value(path)
        suspicious = bool(path) and path[0] in _SECRET_SECTIONS
        text = self.positions.line(line)[: 4 * _LONGEST_LINE]
        shown = mask(text, suspicious=suspicious)[:_LONGEST_LINE]
        return Problem(level, code, message, hint, Place(self.name, line, column, shown))

    def source(self, path: Path) -> str:
        """The place as `policies.toml:12`."""
        return f"{self.name}:{self.positions.key(path)[0]}"

    def holding(self, data: Mapping[str, Any]) -> ParsedFile:
        """This file with other data. What is not in the text gets the place of what is nearest to
        it.
        """
        changed = copy.copy(self)
        changed.data = data
        return changed

    def mentioned(self) -> list[tuple[str, ...]]:
        """The table headers of a file that could not be understood, as far as they can be found.
        With them, a reference to such a table is not a second error.
        """
        return [
            tuple(part.strip(" \t\"'") for part in match[1].split("."))
            for match in _HEADER.finditer(self.text)
        ]

    def _parse(self) -> None:
        import tomllib

        if self.positions.too_deep is not None:
            return self._fail(*self.positions.line_column(self.positions.too_deep), "too-deep", *_TOO_DEEP)
        try:
            self.data = tomllib.loads(self.text)
        except RecursionError:
            self._fail(0, 0, "too-deep", *_TOO_DEEP)
        except ValueError as problem:  # also a number too long to be read, which is no TOMLDecodeError
            self._syntax(str(problem))
        return None

    def _syntax(self, text: str) -> None:
        match = _PLACE.search(text)
        message = _PLACE.sub("", text)
        if _AGAIN.search(message) and self.positions.twice:
            for path, first, again in self.positions.twice:
                line, column = self.positions.line_column(again)
                where = f"{self.name}:{self.positions.line_column(first)[0]}"
                name = ".".join(str(part) for part in path)
                self._fail(
                    line,
                    column,
                    "duplicate",
                    f'"{name}" is defined twice; the first time at {where}',
                    "keep one of them",
                )
            return
        if "integer string conversion" in message:
            message = "a number is too long"
            number = _LONG_NUMBER.search(self.text)
            line, column = self.positions.line_column(number.start() if number else 0)
        elif match and match[1]:
            line, column = int(match[1]), int(match[2])
        else:
            line = max(len(self.text.rstrip().splitlines()), 1)
            column = len(self.positions.line(line)) + 1
        self._fail(
            line,
            column,
            "syntax",
            f"this is not TOML: {message[:1].lower()}{message[1:]}",
            _syntax_hint(self.positions.line(line)),
        )

    def _not_utf8(self, raw: bytes, at: int) -> None:
        self.text = raw.decode("utf-8", "replace")
        line = raw.count(b"\n", 0, at) + 1
        column = len(raw[raw.rfind(b"\n", 0, at) + 1 : at].decode("utf-8", "replace")) + 1
        self.positions = scan(self.text)
        self._fail(
            line,
            column,
            "not-utf8",
            f"the file is not UTF-8: byte 0x{raw[at]:02x}",
            "save it as UTF-8 (iconv -f latin1 -t utf-8)",
        )

    def _fail(self, line: int, column: int, code: str, message: str, hint: str) -> None:
        self.broken = True
        text = self.positions.line(line)[: 4 * _LONGEST_LINE]
        inside = self._section(line) in _SECRET_SECTIONS
        shown = mask(text, suspicious=inside or looks_suspicious(text))[:_LONGEST_LINE]
        self.problems.append(Problem(ERROR, code, message, hint, Place(self.name, line, column, shown)))

    def _section(self, line: int) -> str:
        """The first word of the last table header above a line."""
        section = ""
        for number in range(line, 0, -1):
            if match := _HEADER.match(self.positions.line(number)):
                section = match[1].split(".")[0].strip(" \t\"'")
                break
        return section


def _syntax_hint(line: str) -> str:
    stripped = line.strip()
    if re.match(r"[\w.-]+\s*=\s*[^\s\"'\[{\d+\-tfin]", stripped):
        return "put text in quotes"
    if re.match(r"[\w.-]+\s*:", stripped):
        return 'TOML writes `key = "value"`, not `key: value`'
    if stripped.startswith("[") and stripped.count("[") != stripped.count("]"):
        return "close the brackets"
    if stripped.count('"') % 2:
        return "close the quotes"
    return "see https://toml.io for the rules"
