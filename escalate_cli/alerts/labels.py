"""Labels and links of alerts: few, short, and none that holds a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from escalate_cli.alerts.fields import first_text, is_secret, line_of, list_or_none

WELL_KNOWN = (
    *("alertname", "severity", "instance", "cluster", "namespace"),
    *("job", "service", "team", "host", "environment", "env", "app"),
)
"""labels that are kept whatever else there is"""

_MOST_LABELS = 60
_LONGEST_LABEL = 1_000
_LONGEST_LINK = 2_000
_DEEPEST = 6
_LONGEST_NAME = 200
_LINK = re.compile(r"https?://[^\s\"<>\\^`{|}\x00-\x20\x7f]+", re.IGNORECASE)


def labels_of(*objects: Mapping[str, object]) -> dict[str, str]:
    """Labels of these objects, the first that has a name counts. What is nested becomes `a.b`. The well-known
    ones are kept first; at most 60, each a line of at most 1,000 characters; none that may be a secret.
    """
    kept: dict[str, str] = {}
    for values in objects:
        _keep(kept, ((name, part) for name in WELL_KNOWN if not isinstance(part := values.get(name), dict)))
    for values in objects:
        _keep(kept, _flat(values))
    return kept


def tags_of(value: object) -> dict[str, object]:
    """Tags as labels: "service:api, team=web, urgent" or a list of such, or of [name, value] or of
    {name, value}; an object has them by name. What is a word alone stands, with its like, under "tags".
    """
    if isinstance(value, dict):
        return value
    labels, alone = dict[str, object](), list[str]()
    parts = value.split(",") if isinstance(value, str) else list_or_none(value)
    for part in parts[:1000]:
        name, text = _tag(part)
        if name and text:
            labels.setdefault(name, text)
        elif name or text:
            alone.append(name or text)
    if alone:
        labels.setdefault("tags", ", ".join(alone)[:_LONGEST_LABEL])
    return labels


def link_or_none(value: object) -> str:
    """What may be opened: an address of http or https; "" where it is something else."""
    link = value.strip() if isinstance(value, str) else ""
    return link if len(link) <= _LONGEST_LINK and _LINK.fullmatch(link) else ""


def links_by_name(**values: object) -> dict[str, str]:
    """The links among these, by name."""
    links = {name: link_or_none(value) for name, value in values.items()}
    return {name: link for name, link in links.items() if link}


def _tag(part: object) -> tuple[str, str]:
    if isinstance(part, list) and len(part) == 2:
        return line_of(part[0]), line_of(part[1])
    if isinstance(part, dict):
        name = first_text(part, "name", "key", "tag")
        return line_of(name), line_of(first_text(part, "value"))
    words = line_of(part)[: 2 * _LONGEST_LABEL]
    name, mark, text = words.partition("=" if "=" in words.partition(":")[0] else ":")
    return (name.strip(), text.strip()) if mark else ("", words)


def _keep(kept: dict[str, str], labels: Iterator[tuple[str, object]]) -> None:
    for name, value in labels:
        if len(kept) >= _MOST_LABELS:
            return
        short = line_of(name)[:_LONGEST_NAME]
        if not short or short in kept or short.startswith("__") or is_secret(short):
            continue
        if text := line_of(value[: 4 * _LONGEST_LABEL] if isinstance(value, str) else value):
            kept[short] = text[:_LONGEST_LABEL]


def _flat(values: Mapping[str, object], before: str = "", depth: int = 1) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        full = f"{before}{name}"[:_LONGEST_NAME]
        if not isinstance(value, dict):
            yield full, value
        elif depth < _DEEPEST:
            yield from _flat(value, f"{full}.", depth + 1)
