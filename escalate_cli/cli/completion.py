"""What the shell may complete after a command: the ids that the configuration knows. Silent about
everything that goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer


def known(*sections: str) -> Callable[[typer.Context, str], list[tuple[str, str]]]:
    """A completion of the ids in these parts of the catalog ("services", "teams", …), each with its name."""

    def complete(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        try:
            return [
                (thing.id, getattr(thing, "name", ""))
                for thing in _things(ctx, sections)
                if thing.id.startswith(incomplete)
            ]
        except Exception:  # a completion has nobody to complain to
            return []

    return complete


def _things(ctx: typer.Context, sections: tuple[str, ...]) -> list[Any]:
    import os
    from pathlib import Path

    from escalate_cli.clock import Clock
    from escalate_cli.context import Context, Options

    config = ctx.params.get("config") or ctx.find_root().params.get("config")
    catalog = Context(Options(config=Path(config) if config else None), os.environ, Clock()).catalog
    found: list[Any] = []
    for section in sections:
        part = getattr(catalog, section)
        found += part.values() if isinstance(part, dict) else part
    return found
