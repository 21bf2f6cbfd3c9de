"""One raw table against its shape: the table, or everything that is wrong with it in the product's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError  # noqa: TID253
from pydantic_core import ErrorDetails  # noqa: TID253

from escalate_cli.config.compile.gathering import Item
from escalate_cli.config.schema.message_tables import MessagesTable
from escalate_cli.config.schema.policy_tables import LevelWhenTable, RuleTable, RuleWhenTable
from escalate_cli.config.schema.table import TomlTable
from escalate_cli.config.schema.vocabulary import KnownIds, a_type
from escalate_cli.config.toml.positions import Path
from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.core.wording.problem import ERROR, Problem

_T = TypeVar("_T", bound=TomlTable)

_TYPES = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "datetime_type": "a local date and time",
    "date_type": "a date",
    "date_from_datetime_inexact": "a date without a time",
}
_RANGES = {
    "greater_than_equal": "this must be at least {ge}",
    "less_than_equal": "this must be at most {le}",
    "too_short": "this list is empty",
}


def validate(model: type[_T], item: Item, known: KnownIds) -> tuple[_T | None, list[Problem]]:
    """The table that `item` holds, checked; None and its problems when something is wrong with it."""
    try:
        return model.model_validate(item.raw, context=known), []
    except ValidationError as error:
        return None, [_problem(model, item, fault) for fault in error.errors(include_url=False)]


def _problem(model: type[TomlTable], item: Item, error: ErrorDetails) -> Problem:
    kind = error["type"]
    context: Mapping[str, Any] = error.get("ctx") or {}
    loc = _within(item.raw, error["loc"])
    if kind == "missing":
        parent = loc
        name = str(error["loc"][-1])
        return item.problem(
            parent, ERROR, "missing-key", f"`{name}` is missing", _missing_hint(name, model), key=True
        )
    if kind == "extra_forbidden":
        return _unknown_key(model, item, loc)
    name = str(loc[-1]) if loc else str(item.path[-1])
    at_key = "[key]" in error["loc"]
    if kind in _TYPES:
        article = f"`{name}`" if not isinstance((loc or item.path)[-1], int) else "this"
        return item.problem(
            loc,
            ERROR,
            "wrong-type",
            f"{article} must be {_TYPES[kind]}, not {a_type(error['input'])}",
            _quote_hint(kind, error["input"]),
        )
    if kind == "literal_error":
        choices = str(context.get("expected", "")).replace("'", '"')
        guess = (
            did_you_mean(
                error["input"], [choice.strip('" ') for choice in choices.replace(" or ", ",").split(",")]
            )
            if isinstance(error["input"], str)
            else None
        )
        return item.problem(
            loc,
            ERROR,
            "bad-value",
            f"`{name}` must be {choices}",
            f'did you mean "{guess}"?' if guess else f"write {choices}",
        )
    if kind in _RANGES:
        return item.problem(
            loc, ERROR, "bad-value", _RANGES[kind].format(**context), f"change `{name}` or leave it out"
        )
    message = context.get("message") or "this value does not fit"
    return item.problem(
        loc,
        ERROR,
        kind if "message" in context else "bad-value",
        str(message),
        str(context.get("hint", "")),
        key=at_key,
    )


def _within(raw: object, loc: tuple[str | int, ...]) -> Path:
    """The part of pydantic's location that is a path in the data: it also counts in the names of
    unions and "[key]".
    """
    path: list[str | int] = []
    for part in loc:
        match raw:
            case dict() if part in raw:
                raw = raw[part]
            case list() if isinstance(part, int) and part < len(raw):
                raw = raw[part]
            case _:
                break
        path.append(part)
    return tuple(path)


def _unknown_key(model: type[TomlTable], item: Item, loc: Path) -> Problem:
    holder = _model_at(model, loc[:-1])
    name = str(loc[-1])
    names = [info.alias or field for field, info in holder.model_fields.items()] if holder else []
    if holder is LevelWhenTable and name in RuleWhenTable.model_fields:
        hint = "only the conditions of [[rules]] know this one"
    elif holder is MessagesTable and name == "page":
        hint = "a page's texts are the plain ones: title, body, short"
    elif name in ("minutes", "delay", "timeout") and "wait" in names:
        hint = 'did you mean "wait"?'
    else:
        guess = did_you_mean(name, names)
        hint = f'did you mean "{guess}"?' if guess else f"there are: {', '.join(names)}"
    return item.problem(loc, ERROR, "unknown-key", f'there is no key "{name}" here', hint, key=True)


def _model_at(model: type[BaseModel], loc: Path) -> type[BaseModel] | None:
    """The shape of the table at `loc` inside a table of shape `model`."""
    holder: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, int) or holder is None:
            continue
        for field, info in holder.model_fields.items():
            if part == (info.alias or field):
                holder = next(_models(info.annotation), None)
                break
    return holder


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _missing_hint(name: str, model: type[TomlTable]) -> str:
    if model is RuleTable and name == "name":
        return "name the rule: the name says on the timeline why somebody was paged"
    return f"add `{name} = …`"


def _quote_hint(kind: str, value: object) -> str:
    if kind == "string_type" and not isinstance(value, (list, dict)):
        return "put it in quotes"
    if kind == "list_type" and isinstance(value, str):
        return "put it in brackets: [ ]"
    if kind in ("int_type", "bool_type") and isinstance(value, str):
        return "leave out the quotes"
    return ""
