"""The text of a digest: one message for all that exceeded `[limits]`, the worst first, with one
line that acknowledges all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from escalate_cli.core.calendar.duration import Span, show_duration
from escalate_cli.core.incident.situation import Incident, IncidentStatus, NotificationKind
from escalate_cli.core.messages.message import TITLE_LIMIT, Message
from escalate_cli.core.messages.sms import one_sms, words
from escalate_cli.core.wording.fitting import Text, clip, may_cut
from escalate_cli.core.wording.gsm import ONE_SMS, is_gsm, is_one_sms
from escalate_cli.core.wording.text import printable

_ONE_BY_ONE = 60
"""numbers that are written out one by one in a full digest; of more, stretches: `escalate ack 7-95`"""
_LONGEST_COMMAND = 6000
_SHORTER_COMMANDS = (2000, 600, 200, 60)
"""lengths of the line that acknowledges, for services that take less"""
_FIRST_LINES = 300
"""characters of the list that go out even where the line that acknowledges has to be shortened for
it: the worst is among them
"""


class Part(msgspec.Struct, frozen=True):
    """An incident that a digest tells of, and what about it."""

    incident: Incident
    kinds: frozenset[NotificationKind]

    @property
    def acknowledgeable(self) -> bool:
        """Whether it is a page that can still be answered."""
        return NotificationKind.PAGE in self.kinds and self.incident.status is not IncidentStatus.RESOLVED


def digest(
    parts: Sequence[Part],
    messages: int,
    per: Span,
    *,
    rank: Callable[[str], int],
    short: bool,
    unsure: bool = False,
) -> Message:
    """One message for `messages` that exceeded `[limits]`: the worst incident first, each with its
    severity, what has no room counted.

    `rank` says how bad a severity is. `unsure`: an earlier digest of some may have arrived.
    """
    ordered = sorted(
        parts,
        key=lambda part: (
            _is_over(part),
            -rank(part.incident.severity),
            not part.acknowledgeable,
            part.incident.id,
        ),
    )
    repeat, many = "(repeat) " if unsure else "", f"{len(ordered)} incident{'s' * (len(ordered) != 1)}"
    head = f"{repeat}{messages} more messages about {many}"
    if short:
        text = _short(head, f"{repeat}{many}", ordered)
        return Message("", text.text, text.loose)
    worst = ordered[0].incident
    title = f"{head}, worst: [{worst.severity}] #{worst.id} {printable(worst.title)}"
    body = _full(ordered, per)
    return Message(clip(title, TITLE_LIMIT), body.text, body.loose)


def _is_over(part: Part) -> bool:
    return part.incident.status is IncidentStatus.RESOLVED


def _full(ordered: Sequence[Part], per: Span) -> Text:
    """The list, of which as many lines go out as a service takes, and the line that acknowledges
    all of it.
    """
    text = Text(
        f"You had as many messages in {show_duration(per)} as [limits] allows; these come as one, the worst"
        " first.\n\n"
    )
    text += may_cut("\n".join(map(_line, ordered)), 2, _FIRST_LINES, rest="and {lines} more") + "\n"
    numbers = [listed.incident.id for listed in ordered if listed.acknowledgeable]
    if numbers:
        shorter = tuple(_command(numbers, length) for length in _SHORTER_COMMANDS)
        command = may_cut(_command(numbers, _LONGEST_COMMAND), 1, instead=shorter)
        text += Text("\nAcknowledge all of it: ") + command
    return text + "\nAll of them: escalate list\n"


def _line(part: Part) -> str:
    incident = part.incident
    name = (
        f"[{incident.severity}] {clip(f'#{incident.id} {printable(incident.title)}', TITLE_LIMIT)}"
        f" ({incident.status.value})"
    )
    if part.acknowledgeable:
        return f"{name}: escalate ack {incident.id}"
    return name if _is_over(part) else f"{name}: for information"


def _command(numbers: Sequence[int], limit: int) -> str:
    """`escalate ack 3 4 5 9`; where that is too long, by stretches, `3-5 9`, and as many of them as
    fit, those of the worst first.
    """
    written = " ".join(str(number) for number in sorted(numbers))
    if len(numbers) <= _ONE_BY_ONE and len(written) <= limit - 13:
        return f"escalate ack {written}"
    return next((text for text in _commands(numbers) if len(text) <= limit), "escalate list")


def _commands(numbers: Sequence[int]) -> Iterator[str]:
    """`escalate ack 3-5 9`, and ever fewer of it, "+4 more: escalate list". `numbers` are those of
    the worst first.
    """
    place = {number: index for index, number in enumerate(numbers)}
    stretches = sorted(
        _stretches(numbers),
        key=lambda stretch: min(place[number] for number in range(stretch[0], stretch[1] + 1)),
    )
    for many in range(len(stretches), 0, -1):
        missing = sum(last - first + 1 for first, last in stretches[many:])
        yield f"escalate ack {_spans(stretches[:many], ' ')}" + (
            f" +{missing} more: escalate list" if missing else ""
        )
    yield f"+{len(numbers)} more: escalate list"


def _short(head: str, shorter: str, ordered: Sequence[Part]) -> Text:
    for text in _shorts(head, shorter, ordered):
        if is_one_sms(text):
            return Text(text)
    worst = ordered[0].incident
    return one_sms(Text(shorter) + ", worst " + may_cut(worst.severity, 1) + f" #{worst.id} - escalate list")


def _shorts(head: str, shorter: str, ordered: Sequence[Part]) -> Iterator[str]:
    """The same in ever fewer words: the names of the incidents give way first, then the numbers to
    acknowledge; the worst never.
    """
    numbers = [listed.incident.id for listed in ordered if listed.acknowledgeable]
    worst = ordered[0].incident
    name = words(worst.title)
    title = f" {name}" if is_gsm(name) and len(name) < ONE_SMS // 2 else ""
    leader = f"{worst.severity} #{worst.id}"
    every = _command(numbers, ONE_SMS) if numbers else "escalate list"
    rest = "".join(f", {part}" for part in _by_severity(ordered[1:]))
    if title:
        yield f"{head}: {leader}{title}{rest} - {every}"
        yield f"{shorter}: {leader}{title}{rest} - {every}"
    yield f"{head}: {', '.join(_by_severity(ordered))} - {every}"
    yield f"{shorter}: {', '.join(_by_severity(ordered))} - {every}"
    first = f"{shorter}, worst {leader}"
    yield f"{first}{title} - {every}"
    yield f"{first} - {every}"
    for command in _commands(numbers) if numbers else ("escalate list",):
        yield f"{first} - {command}"


def _by_severity(parts: Sequence[Part]) -> Iterator[str]:
    """ "critical #12", "major #4, #7-#20": the worst first, as the parts are."""
    for severity in dict.fromkeys(part.incident.severity for part in parts):
        numbers = [part.incident.id for part in parts if part.incident.severity == severity]
        spans = (f"#{first}" if first == last else f"#{first}-#{last}" for first, last in _stretches(numbers))
        yield f"{severity} {', '.join(spans)}"


def _spans(stretches: Iterable[tuple[int, int]], between: str) -> str:
    return between.join(
        str(first) if first == last else f"{first}-{last}" for first, last in sorted(stretches)
    )


def _stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last number of each stretch in which they follow each other."""
    stretches: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if stretches and stretches[-1][1] == number - 1:
            stretches[-1] = (stretches[-1][0], number)
        else:
            stretches.append((number, number))
    return stretches
