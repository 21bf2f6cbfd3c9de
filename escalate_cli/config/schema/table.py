"""What all tables of a configuration have in common: they know their keys and take no others.
Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict  # noqa: TID253


class TomlTable(BaseModel):
    """A TOML table that knows its keys and takes no others, and no value of another type."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        model_title_generator=lambda model: model.__name__.removesuffix("Table"),
    )
