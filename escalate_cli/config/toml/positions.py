"""Where each key and value of a TOML text stands, since tomllib keeps no positions.

The scanner leaves judging to tomllib and only finds things. In a text that tomllib refuses it finds
what it can: it goes on with the next line and never fails.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = (
    re.compile(r'"""(?:\\[\s\S]|(?!""")[^\\])*"{3,5}'),
    re.compile(r"'''(?:(?!''')[\s\S])*'{3,5}"),
    re.compile(r'"(?!"")(?:[^"\\\n]|\\.)*"|""'),
    re.compile(r"'(?!'')[^'\n]*'|''"),
)
_PLAIN = re.compile(r"[^,\]}#\r\n]+")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_SHORT_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


DEEPEST = 32
"""the deepest key, list or table; what is deeper is refused before it is parsed, because the work
grows with the square
"""


class _Unexpected(Exception):
    """The text is not TOML here."""


@dataclass
class Positions:
    """Offsets of keys and values by path, and their lines and columns, both from 1.

    A path names tables and keys by their text and array items by their number: `("policies",
    "standard", "levels", 0, "wait")`. `headers` are the tables that have a header of their own.
    `twice` lists what is defined a second time: (path, offset of the first, offset of the second).
    `too_deep` is the offset of the first thing that goes deeper than `DEEPEST`.
    """

    text: str
    keys: dict[Path, int] = field(default_factory=dict)
    values: dict[Path, int] = field(default_factory=dict)
    headers: dict[Path, int] = field(default_factory=dict)
    twice: list[tuple[Path, int, int]] = field(default_factory=list)
    too_deep: int | None = None
    _starts: list[int] = field(default_factory=list)

    def key(self, path: Path) -> tuple[int, int]:
        """Line and column of the key, table header or array item; of the nearest thing around it
        when the path is not in the text.
        """
        return self.line_column(self._nearest(self.keys, path))

    def value(self, path: Path) -> tuple[int, int]:
        """Line and column of the value; of the key where the value is a table with a header of its own."""
        return self.line_column(self.values[path]) if path in self.values else self.key(path)

    def line_column(self, offset: int | None) -> tuple[int, int]:
        """The line and column of an offset into the text."""
        if offset is None:
            return 0, 0
        if not self._starts:
            self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        self.line_column(0)
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")

    @staticmethod
    def _nearest(offsets: dict[Path, int], path: Path) -> int | None:
        for length in range(len(path), 0, -1):
            if path[:length] in offsets:
                return offsets[path[:length]]
        return None


def scan(text: str) -> Positions:
    """The positions of everything in a TOML text (without a byte order mark)."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.positions


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.positions = Positions(text)
        self.base: Path = ()  # the table whose pairs are being read
        self.items: dict[Path, int] = {}  # arrays of tables and how many they have so far
        self.leaves: set[Path] = set()

    def document(self) -> None:
        table: Path = ()
        while True:
            self.skip(_GAP)
            if self.at >= len(self.text):
                return
            try:
                if self.text[self.at] == "[":
                    table = self.base = self.header()
                else:
                    self.pair(table)
            except (_Unexpected, RecursionError):
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end

    def header(self) -> Path:
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        parts = self.key()
        self.expect("]]" if array else "]")
        path: Path = ()
        for number, (name, offset) in enumerate(parts):
            path = (*path, name)
            last = number == len(parts) - 1
            if last and array:
                self.positions.keys.setdefault(path, offset)
                count = self.items.get(path, 0)
                self.items[path] = count + 1
                path = (*path, count)
                self.positions.keys[path] = self.positions.headers[path] = start
            elif last:
                first = self.positions.headers.setdefault(path, offset)
                if first != offset:
                    self.positions.twice.append((path, first, offset))
                # its own header is a better place than the header of a sub-table that mentioned it
                # earlier
                self.positions.keys[path] = first
            else:
                self.positions.keys.setdefault(path, offset)
                if path in self.items:
                    path = (*path, self.items[path] - 1)
        return path

    def pair(self, table: Path) -> None:
        path = table
        parts = self.key()
        self.expect("=")
        for name, offset in parts:
            path = (*path, name)
            first = self.positions.keys.setdefault(path, offset)
        if path in self.leaves or first != offset:
            self.positions.twice.append((path, first, offset))
        self.leaves.add(path)
        self.skip(_BLANK)
        self.value(path)

    def key(self) -> list[tuple[str, int]]:
        parts = []
        while True:
            self.skip(_BLANK)
            start = self.at
            if match := _BARE_KEY.match(self.text, start):
                name = match[0]
            elif match := _STRINGS[2].match(self.text, start):
                name = _unescape(match[0][1:-1])
            elif match := _STRINGS[3].match(self.text, start):
                name = match[0][1:-1]
            else:
                raise _Unexpected
            self.at = match.end()
            parts.append((name, start))
            self.mind_depth(len(parts))
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def mind_depth(self, depth: int) -> None:
        if depth > DEEPEST:
            if self.positions.too_deep is None:
                self.positions.too_deep = self.at
            raise _Unexpected

    def value(self, path: Path) -> None:
        self.mind_depth(len(path) - len(self.base))
        self.positions.values.setdefault(path, self.at)
        char = self.text[self.at : self.at + 1]
        if char == "[":
            self.array(path)
        elif char == "{":
            self.table(path)
        elif char in ('"', "'"):
            for shape in _STRINGS:
                if match := shape.match(self.text, self.at):
                    self.at = match.end()
                    return
            raise _Unexpected
        elif match := _PLAIN.match(self.text, self.at):
            self.at = match.end()
        else:
            raise _Unexpected

    def array(self, path: Path) -> None:
        self.at += 1
        number = 0
        while True:
            self.skip(_GAP)
            if self.text.startswith("]", self.at):
                self.at += 1
                return
            item = (*path, number)
            self.positions.keys.setdefault(item, self.at)
            self.value(item)
            number += 1
            self.skip(_GAP)
            if not self.text.startswith("]", self.at):
                self.expect(",")

    def table(self, path: Path) -> None:
        self.at += 1
        while True:
            self.skip(_GAP)
            if self.text.startswith("}", self.at):
                self.at += 1
                return
            self.pair(path)
            self.skip(_GAP)
            if not self.text.startswith("}", self.at):
                self.expect(",")

    def skip(self, shape: re.Pattern[str]) -> None:
        match = shape.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def expect(self, token: str) -> None:
        self.skip(_BLANK)
        if not self.text.startswith(token, self.at):
            raise _Unexpected
        self.at += len(token)


def _unescape(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        number = match[1] or match[2] or match[3]
        if number:
            return chr(min(int(number, 16), 0x10FFFF))
        return _SHORT_ESCAPES.get(match[4], match[4])

    return _ESCAPE.sub(plain, text)
