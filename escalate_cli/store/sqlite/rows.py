"""Between rows and core types: a field is a column of the same name. Enums are stored by value;
lists, maps and policies as JSON.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, get_type_hints

import msgspec

from escalate_cli.core.organisation.recipient import Recipient, as_text, from_text
from escalate_cli.errors import DamagedRow

StoredThing = TypeVar("StoredThing", bound=msgspec.Struct)

_AS_THEY_ARE = {int, str, int | None, str | None}


@lru_cache(maxsize=16)
def _readers(kind: type[msgspec.Struct]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    hints = get_type_hints(kind)
    return tuple((name, _reader(hints[name])) for name in kind.__struct_fields__)


def _reader(hint: object) -> Callable[[Any], Any]:
    if hint in _AS_THEY_ARE:
        return _unchanged
    if hint is bool or (isinstance(hint, type) and issubclass(hint, Enum | Recipient)):
        return hint
    return msgspec.json.Decoder(hint, dec_hook=from_text).decode


def _unchanged(value: object) -> object:
    return value


def from_row(kind: type[StoredThing], row: sqlite3.Row) -> StoredThing:
    """The struct that a row holds; columns that the kind does not have are left aside."""
    try:
        return kind(**{name: read(row[name]) for name, read in _readers(kind)})
    except (ValueError, TypeError) as problem:
        raise DamagedRow(
            f"a record of the database cannot be read ({kind.__name__.lower()}: {problem})"
        ) from None


def to_row(struct: msgspec.Struct) -> dict[str, object]:
    """The column values of a struct, without its id."""
    return {name: _plain(getattr(struct, name)) for name, _ in _readers(type(struct)) if name != "id"}


def _plain(value: object) -> object:
    if value is None or type(value) in (int, str):
        return value
    if isinstance(value, Recipient):
        return str(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Enum):
        return value.value
    return msgspec.json.encode(value, enc_hook=as_text).decode()


def gravest_first(severities: Sequence[str]) -> str:
    """Severities, the least first, as one text by which statements rank them:
    "|critical|major|minor|". No severity's name contains a bar.
    """
    return "|".join(("", *reversed(severities), ""))
