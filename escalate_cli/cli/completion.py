"""What the shell may complete after a command: the ids that the configuration knows. Silent about
everything that goes wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import typer

from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.weekdays import DAYS


class _Entry(Protocol):
    """Anything of the catalog that has an id."""

    @property
    def id(self) -> str: ...


def known(*sections: str) -> Callable[[typer.Context, str], list[tuple[str, str]]]:
    """A completion of the ids in these parts of the catalog ("services", "teams", …), each with its name."""

    def complete(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        try:
            return [
                (entry.id, getattr(entry, "name", ""))
                for entry in _entries(ctx, sections)
                if entry.id.startswith(incomplete)
            ]
        except Exception:  # a completion has nobody to complain to
            return []

    return complete


_MOMENTS = {
    "now": "",
    "+30m": "half an hour from now",
    "+1h": "an hour from now",
    "+8h": "eight hours from now",
    "tomorrow 09:00": "",
    **{f"{day} 09:00": "" for day in DAYS},
}


def moments(incomplete: str) -> list[tuple[str, str]]:
    """A completion of moments, as `--at`, `--from` and `--until` take them."""
    return [(moment, line) for moment, line in _MOMENTS.items() if moment.startswith(incomplete)]


def _entries(ctx: typer.Context, sections: tuple[str, ...]) -> Iterator[_Entry]:
    config = ctx.params.get("config") or ctx.find_root().params.get("config")
    catalog = Context(Options(config=Path(config) if config else None), os.environ, Clock()).catalog
    for section in sections:
        part: Mapping[str, _Entry] | Sequence[_Entry] = getattr(catalog, section)
        yield from part.values() if isinstance(part, Mapping) else part
