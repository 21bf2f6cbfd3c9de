"""The values that configuration keys take: durations, targets, references, conditions. What is
wrong is refused with a word, a sentence and a hint. Imported only when a configuration has to be
read anew, because it loads pydantic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Annotated

from pydantic import AfterValidator, PlainValidator, ValidationInfo, WithJsonSchema  # noqa: TID253
from pydantic_core import PydanticCustomError  # noqa: TID253

from escalate_cli.core.calendar.duration import MINUTE, SECOND, NotADuration, Span, parse_duration
from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.core.organisation.policy import Target, TargetKind, parse_target

_ID = re.compile(r"\w[\w.@+-]{0,63}")
_MOST_GUESSES = 100
_TEAM_KINDS = (TargetKind.ON_CALL, TargetKind.LEAD, TargetKind.MEMBERS, TargetKind.ROUND_ROBIN)


@dataclass(frozen=True)
class KnownIds:
    """What the files define, by kind ("person", "team" …), so that references can be checked where
    they stand. `ladder` are the severities, least first. `unsure` are kinds that are not fully
    known because a file cannot be read.
    """

    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ladder: tuple[str, ...] = ()
    unsure: frozenset[str] = frozenset()
    guesses: Iterator[int] = field(default_factory=count)
    """how many guesses were made: each compares all names, so that thousands of guesses would take
    minutes
    """

    def require(self, kind: str, name: str) -> None:
        """Refuse `name` unless there is a `kind` of this name."""
        names = self.ids.get(kind, frozenset())
        if name in names or kind in self.unsure:
            return
        message = f'there are no hours "{name}"' if kind == "hours" else f'there is no {kind} "{name}"'
        raise refuse("unknown-reference", message, self.hint(kind, name))

    def hint(self, kind: str, name: str) -> str:
        """What may have been meant by `name`, which is no `kind`."""
        names = self.ids.get(kind, frozenset())
        guess = did_you_mean(name, sorted(names)) if next(self.guesses) < _MOST_GUESSES else None
        if guess:
            return f'did you mean "{guess}"?'
        for other, others in self.ids.items():
            if other != kind and name in others:
                return f'"{name}" is a {other}'
        return _choices(kind, self.ladder if kind == "severity" else sorted(names))


def refuse(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """An error that pydantic collects with its place."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def _choices(kind: str, names: Iterable[str]) -> str:
    listed = list(names)
    if not listed:
        return f"the configuration defines no {kind} at all"
    return f"there are: {', '.join(listed[:8])}{' …' if len(listed) > 8 else ''}"


def a_type(value: object) -> str:
    """What TOML calls the type of a value. Values are never shown: they may be secrets."""
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a table",
        datetime: "a date and time",
    }
    return names.get(type(value), "a date or time")


def text_of(value: object, what: str = "text in quotes") -> str:
    """`value` if it is text; refused otherwise."""
    if not isinstance(value, str):
        raise refuse("wrong-type", f"this must be {what}, not {a_type(value)}")
    return value


def _reference(kind: str) -> AfterValidator:
    def check(value: str, info: ValidationInfo) -> str:
        if isinstance(info.context, KnownIds):
            info.context.require(kind, value)
        return value

    return AfterValidator(check)


ID_HINT = "use letters, digits and . _ - @ +, at most 64, and a letter or digit first"


def is_id(name: str) -> bool:
    """Whether `name` can be an id. Ids stand in targets (`person:ID`), on command lines and in file
    names.
    """
    return _ID.fullmatch(name) is not None


def _check_id(value: str) -> str:
    if not is_id(value):
        raise refuse("bad-id", f'"{value}" cannot be an id', ID_HINT)
    return value


def _check_text(value: str) -> str:
    if not value.strip():
        raise refuse("bad-value", "this is empty", "write something or leave the key out")
    if not value.isprintable():
        raise refuse("bad-value", "this holds control characters", "use printable text in one line")
    return value


Id = Annotated[str, AfterValidator(_check_id)]
PlainText = Annotated[str, AfterValidator(_check_text)]
PersonRef = Annotated[str, _reference("person")]
TeamRef = Annotated[str, _reference("team")]
ChannelRef = Annotated[str, _reference("channel")]
GatewayRef = Annotated[str, _reference("gateway")]
PolicyRef = Annotated[str, _reference("policy")]
ScheduleRef = Annotated[str, _reference("schedule")]
SeverityRef = Annotated[str, _reference("severity")]
HoursRef = Annotated[str, _reference("hours")]
ServiceRef = Annotated[str, _reference("service")]


def _duration(value: object) -> Span:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise refuse("bad-duration", f"{value} has no unit", f'write "{value}s", "{value}m" or "{value}h"')
    text = text_of(value, 'a duration in quotes, like "15m"')
    try:
        return parse_duration(text)
    except NotADuration as problem:
        raise refuse("bad-duration", problem.message, problem.hint) from None


def _positive(value: object) -> Span:
    span = _duration(value)
    if span <= 0:
        raise refuse("bad-duration", "a duration of nothing does not make sense here", 'write "1m" or more')
    return span


def attempt_limit(span: Span) -> Span:
    """A gateway's time limit: long enough to send, short enough to try again."""
    if not SECOND <= span <= 5 * MINUTE:
        raise refuse("bad-duration", "an attempt may take 1s to 5m", 'write "20s"')
    return span


_DURATION_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": r"^\s*(\d+[wW])?(\d+[dD])?(\d+[hH])?(\d+[mM])?(\d+[sS])?\s*$",
        "examples": ["90s", "15m", "1h30m"],
    }
)
AnySpan = Annotated[int, PlainValidator(_duration), _DURATION_SCHEMA]
PositiveSpan = Annotated[int, PlainValidator(_positive), _DURATION_SCHEMA]


def _target(value: object, info: ValidationInfo) -> Target:
    text = text_of(value, "a target in quotes")
    known = info.context if isinstance(info.context, KnownIds) else None
    try:
        target = parse_target(text)
    except ValueError as problem:
        raise refuse("bad-target", str(problem), _target_hint(text, known)) from None
    if known is not None and target.name is not None:
        known.require("team" if target.kind in _TEAM_KINDS else target.kind.value, target.name)
    return target


def _target_hint(text: str, known: KnownIds | None) -> str:
    kind, colon, name = text.partition(":")
    ids = known.ids if known else {}
    if colon and kind in ("team", "teams"):
        return f'did you mean "on-call:{name}" or "members:{name}"?'
    if not colon:
        for prefix in ("person", "channel", "schedule"):
            if text in ids.get(prefix, ()):
                return f'did you mean "{prefix}:{text}"?'
        if text in ids.get("team", ()):
            return f'did you mean "on-call:{text}"?'
    guess = did_you_mean(kind, [target.value for target in TargetKind])
    if guess and guess != kind:
        return f'did you mean "{guess}{colon}{name}"?'
    relative = '"on-call", "lead", "members", "channel", "round-robin" (with ":TEAM" for another team)'
    return f'write {relative}, "person:ID", "schedule:ID", "channel:ID" or "incident-lead"'


_TARGET_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": (
            r"^(on-call|lead|members|round-robin|channel)(:.+)?$|^(person|schedule):.+$|^incident-lead$"
        ),
        "examples": ["on-call", "lead", "channel", "on-call:TEAM", "person:ID"],
    }
)
TargetText = Annotated[Target, PlainValidator(_target), _TARGET_SCHEMA]


def _reaches(value: str, info: ValidationInfo) -> str:
    kind, colon, name = value.partition(":")
    if kind not in ("team", "person", "channel") or not colon or not name:
        raise refuse(
            "bad-target",
            f'"{value}" is not something to reach',
            'write "team:ID", "person:ID" or "channel:ID"',
        )
    if isinstance(info.context, KnownIds):
        info.context.require(kind, name)
    return value


Reaches = Annotated[str, AfterValidator(_reaches)]
