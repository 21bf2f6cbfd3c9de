"""Arguments that several commands take: incidents, who does it, how bad it is; and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from escalate_cli.cli.completion import known
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, NotADuration, Span, parse_duration
from escalate_cli.core.calendar.moment import NotAMoment, parse_moment
from escalate_cli.errors import UsageProblem

IncidentId = Annotated[str, typer.Argument(metavar="ID", help="The incident")]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="P",
        help="Who does it: id, name or address; else you, by your login",
        autocompletion=known("people"),
    ),
]
SeverityOption = Annotated[
    str | None,
    typer.Option("--severity", metavar="S", help="How bad it is", autocompletion=known("severities")),
]
MessageOption = Annotated[
    str | None, typer.Option("--message", "-m", metavar="M", help="What is known; - reads it from stdin")
]

LONGEST_STRETCH = 10_000
"""incidents that `7-9` may stand for"""


def incident_number(
    text: str, what: str = "an incident number", hint: str = "`escalate list` shows them"
) -> int:
    """The incident number that was typed, with or without "#"; another number, where `what` names it."""
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise UsageProblem(f'"{text}" is not {what}', hint)
    return int(digits)


def numbers(texts: Sequence[str], option: str = "escalate update {first} --message") -> list[int]:
    """The incident numbers that were typed. Words behind the first were meant as a message: `option`
    is what takes one.
    """
    first, *others = texts = [part for text in texts for part in stretch(text)]
    words = " ".join(text for text in others if not text.removeprefix("#").isdigit())
    if not words:
        return [incident_number(text) for text in texts]
    begins = "a text goes behind --message" if option == "--message" else "to add a message"
    hint = f'{begins}: {option.format(first=incident_number(first))} "{words}"'
    return [incident_number(first), *(incident_number(text, hint=hint) for text in others)]


def stretch(text: str) -> list[str]:
    """`7-9` as 7, 8 and 9, as a digest writes it; anything else as it is."""
    first, dash, last = (part.removeprefix("#") for part in text.strip().partition("-"))
    if not dash or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (first, last)):
        return [text]
    if not 0 <= int(last) - int(first) < LONGEST_STRETCH:
        raise UsageProblem(
            f'"{text}" is no stretch of incidents',
            f"the lower number first, and at most {LONGEST_STRETCH:,} of them",
        )
    return [str(incident) for incident in range(int(first), int(last) + 1)]


def labels(texts: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    """`K=V` texts as pairs."""
    pairs = []
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageProblem(f'"{text}" is not a label', "write --label NAME=VALUE")
        pairs.append((name, value))
    return tuple(pairs)


def moment(context: Context, text: str, now: Instant, zone: str | None = None) -> Instant:
    """The instant that an option such as `--at` names, in `zone` or the organisation's time zone;
    `UsageProblem` with a hint if none.

    `now` is the command's one reading of the clock, so that two options agree on it.
    """
    try:
        return parse_moment(text, now, zone or context.running_catalog.settings.timezone)
    except NotAMoment as error:
        raise UsageProblem(str(error), error.hint) from None


def one_answer(context: Context, **asked: bool) -> None:
    """Refuse options of which each asks for another answer on stdout, `--json` among them; nothing
    is dropped in silence.
    """
    given = [name for name, wanted in {**asked, "json": context.options.json}.items() if wanted]
    if len(given) > 1:
        raise UsageProblem(f"--{given[0]} and --{given[1]} are two answers", "leave one of them out")


def to_duration(option: str, text: str, *, at_least_a_second: bool = False) -> Span:
    """The duration that an option names, in microseconds; `UsageProblem` if none, or if it is
    shorter than it may be.
    """
    try:
        length = parse_duration(text)
    except NotADuration as problem:
        raise UsageProblem(f"{option}: {problem.message}", problem.hint) from None
    if at_least_a_second and not length:
        raise UsageProblem(f"{option} is too short", 'write at least "1s"')
    return length
