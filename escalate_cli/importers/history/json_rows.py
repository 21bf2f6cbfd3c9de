"""Past incidents as JSON: a list of objects, an object with such a list in it, as APIs answer, or an object
a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from escalate_cli.importers.history.columns import LABEL, is_known, ours
from escalate_cli.importers.history.rows import HistoryFile, RawRow

_LISTS = ("paged", "service", "first_service")
_DEEPEST = 3
"""objects within objects"""


_LISTED_UNDER = ("incidents", "alerts", "data", "results", "items", "records", "values")
_FACES = ("summary", "name", "displayName", "display_name", "fullName", "title", "username", "email", "id")
"""what stands for an object where one word is wanted"""


def read_json(text: str, file: HistoryFile) -> list[RawRow]:
    """Each incident with its texts, by the names that the file has for them."""
    raw: list[RawRow] = []
    for where, incident in _json_incidents(text, file):
        if isinstance(incident, dict):
            raw.append((where, list(_object(incident, where, file))))
        else:
            hint = 'write {"title": …, "service": …, "declared_at": …}'
            file.fault(where, None, "this is not an object", hint)
    return raw


def _json_incidents(text: str, file: HistoryFile) -> list[tuple[str, object]]:
    """(where, value) of each incident; none where the file is no JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = _json_lines(text)
        if lines is None:
            where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            hint = 'write [{"title": …}, …], or one object a line'
            file.fault(where, None, f"this is no JSON: {message}", hint)
            return []
        return [(f"line {number}", value) for number, value in lines]
    incidents = _listed(value) if isinstance(value, dict) else value
    if not isinstance(incidents, list):
        file.fault("", None, '"incidents" is not a list', 'write {"incidents": [{"title": …}, …]}')
        return []
    return [(f"incident {number}", incident) for number, incident in enumerate(incidents, start=1)]


def _listed(value: Mapping[str, object]) -> object:
    """The list within an answer of an API; an object that has none is one incident."""
    if "incidents" in value:
        return value["incidents"]
    lists = (value[name] for name in _LISTED_UNDER if isinstance(value.get(name), list))
    return next((entries for entries in lists if isinstance(entries, list)), [value])


def _json_lines(text: str) -> list[tuple[int, object]] | None:
    """(line, value) of each line that is not empty; None when one of them is no JSON."""
    try:
        return [
            (number, json.loads(line))
            for number, line in enumerate(text.split("\n"), start=1)
            if line.strip()
        ]
    except (ValueError, RecursionError):
        return None


def _object(
    incident: Mapping[str, object], where: str, file: HistoryFile, within: str = ""
) -> Iterator[tuple[str, str]]:
    """The texts of an object by name. Objects in it are the word that stands for them, or else their
    own entries: `report.ackTime`.
    """
    for key, value in incident.items():
        name = within + _whole(key)
        if name.lower() == "labels" and isinstance(value, dict):
            labels = ((LABEL + _whole(label), text) for label, text in value.items())
            yield from ((label, _plain(text, where, label, file)) for label, text in labels)
        elif isinstance(value, dict):
            yield from _inner(value, name, where, file)
        elif isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
            words = [_face(part) for part in value]
            if all(words):
                yield name, ";".join(word for word in words if word)
            else:
                yield from _inner(value[0], name, where, file)
        else:
            yield name, _plain(value, where, name, file)


def _inner(
    value: Mapping[str, object], name: str, where: str, file: HistoryFile
) -> Iterator[tuple[str, str]]:
    word = _face(value)
    if word is not None:
        yield name, word
    elif name.count(".") < _DEEPEST:
        yield from _object(value, where, file, f"{name}.")


def _face(value: Mapping[str, object]) -> str | None:
    words = (value.get(name) for name in _FACES)
    return next((_whole(word) for word in words if isinstance(word, str) and word.strip()), None)


def _plain(value: object, where: str, name: str, file: HistoryFile) -> str:
    """A value as a cell of a CSV file would have it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and ours(name) in _LISTS and all(isinstance(part, str) for part in value):
        return _whole(";".join(value))
    if ours(name) is None and isinstance(value, bool):
        return ""
    if not is_known(name):
        return "(a list)" if isinstance(value, list) else str(value)
    hint = 'write it like "…"; paged may be a list of texts'
    file.fault(where, name, "this is not a text or a number", hint)
    return ""


def _whole(text: str) -> str:
    """The text with what is no character written out: JSON can write half a surrogate pair."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
