"""What a `when` may say: severities, services, teams, labels, hours.

Imported only when a configuration has to be read anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationInfo, WithJsonSchema  # noqa: TID253

from escalate_cli.config.schema.vocabulary import KnownIds, PlainText, ServiceRef, TeamRef, refuse, text_of

_COMPARISON = re.compile(r"(>=|<=|>|<)?\s*(.*)")


def _severities(value: object, info: ValidationInfo) -> tuple[str, ...]:
    """The ids, least first, that "major", ">=major" or a list of such words stands for."""
    known = info.context if isinstance(info.context, KnownIds) else KnownIds()
    parts = value if isinstance(value, list) else [value]
    fitting: set[str] = set()
    for part in parts:
        match = _COMPARISON.fullmatch(text_of(part, "a severity in quotes, or a list of them").strip())
        operator, name = (match[1], match[2]) if match else (None, "")
        known.require("severity", name)
        if name not in known.ladder:
            continue
        rank = known.ladder.index(name)
        fits: dict[str | None, Callable[[int], bool]] = {
            None: lambda other, rank=rank: other == rank,  # type: ignore[misc]
            ">=": lambda other, rank=rank: other >= rank,  # type: ignore[misc]
            ">": lambda other, rank=rank: other > rank,  # type: ignore[misc]
            "<=": lambda other, rank=rank: other <= rank,  # type: ignore[misc]
            "<": lambda other, rank=rank: other < rank,  # type: ignore[misc]
        }
        fitting.update(severity for at, severity in enumerate(known.ladder) if fits[operator](at))
    if not fitting and "severity" not in known.unsure and isinstance(info.context, KnownIds):
        raise refuse(
            "never-true",
            "no severity fits this condition",
            f"from least to most severe there are: {', '.join(known.ladder)}",
        )
    return tuple(severity for severity in known.ladder if severity in fitting)


_TEXTS: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
SeverityCondition = Annotated[
    tuple[str, ...],
    PlainValidator(_severities),
    WithJsonSchema(_TEXTS | {"examples": [">=major", ["minor", "major"]]}),
]


def as_list(value: object) -> object:
    """A text alone is a list of one."""
    return [value] if isinstance(value, str) else value


ServiceCondition = Annotated[list[ServiceRef], BeforeValidator(as_list), WithJsonSchema(_TEXTS)]
TeamCondition = Annotated[list[TeamRef], BeforeValidator(as_list), WithJsonSchema(_TEXTS)]
PlainTexts = Annotated[list[PlainText], BeforeValidator(as_list), WithJsonSchema(_TEXTS)]


def _labels(value: object) -> tuple[tuple[str, str | None], ...]:
    if isinstance(value, dict):
        return tuple((key, text_of(text)) for key, text in value.items())
    pairs: list[tuple[str, str | None]] = []
    for part in value if isinstance(value, list) else [value]:
        key, equals, text = text_of(part, 'a label like "region=eu", a list or a table').partition("=")
        if not key.strip():
            raise refuse("bad-value", "a label needs a name", 'write "region=eu" or "region"')
        pairs.append((key.strip(), text.strip() if equals else None))
    return tuple(pairs)


LabelCondition = Annotated[
    tuple[tuple[str, str | None], ...],
    PlainValidator(_labels),
    WithJsonSchema(
        {
            "anyOf": [*_TEXTS["anyOf"], {"type": "object", "additionalProperties": {"type": "string"}}],
            "examples": ["region=eu"],
        }
    ),
]


def _hours_condition(value: str, info: ValidationInfo) -> str:
    if isinstance(info.context, KnownIds):
        info.context.require("hours", value.removeprefix("!").strip())
    return value.replace(" ", "")


HoursCondition = Annotated[str, AfterValidator(_hours_condition)]


def _only_true(value: object) -> bool:
    if value is not True:
        raise refuse(
            "bad-value" if value is False else "wrong-type",
            "this can only be true",
            "leave the key out where it does not matter",
        )
    return True


OnlyTrue = Annotated[bool, PlainValidator(_only_true), WithJsonSchema({"const": True})]
