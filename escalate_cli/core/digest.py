"""The text of a digest: one message for all that exceeded `[limits]`."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.core.duration import Span, show_duration
from escalate_cli.core.message import SHORT_LIMIT, TITLE_LIMIT, Message, clip
from escalate_cli.core.model import Incident
from escalate_cli.core.text import printable


def digest(incidents: Sequence[Incident], messages: int, per: Span, *, short: bool, unsure: bool = False) -> Message:
    """One message for `messages` that exceeded `[limits]`: it names every incident, by number where there is room for no more.

    A short one that has no room for all the numbers says how many are missing. `unsure`: an earlier digest of some may have arrived.
    """
    repeat, many = "(repeat) " if unsure else "", f"{len(incidents)} incident{'s' * (len(incidents) != 1)}"
    head = f"{repeat}{messages} more messages about {many}"
    if short:
        return Message("", _short(head, f"{repeat}{many}", [one.id for one in incidents]))
    lines = [
        f"[{one.severity}] {clip(f'#{one.id} {printable(one.title)}', TITLE_LIMIT)} ({one.status.value}): escalate ack {one.id}"
        for one in incidents
    ]
    text = f"You had as many messages in {show_duration(per)} as [limits] allows; these come as one.\n\n"
    return Message(clip(head, TITLE_LIMIT), text + "\n".join(lines) + "\n\nAll of them: escalate list\n")


def _short(head: str, shorter: str, numbers: Sequence[int]) -> str:
    """All the numbers, "#4, #7-#20"; where they do not fit so, "#4,7-20"; and where not even so, as many as fit, none cut in two."""
    stretches = _stretches(numbers)
    named = ", ".join(f"#{first}" if first == last else f"#{first}-#{last}" for first, last in stretches)
    text = f"{head}: {named} - escalate list"
    if len(text) <= SHORT_LIMIT:
        return text
    for named_too in range(min(len(stretches), SHORT_LIMIT // 2), 0, -1):
        tight = ",".join(str(first) if first == last else f"{first}-{last}" for first, last in stretches[:named_too])
        missing = sum(last - first + 1 for first, last in stretches[named_too:])
        text = f"{shorter}: #{tight}" + (f" +{missing} more: escalate list" if missing else " - escalate list")
        if len(text) <= SHORT_LIMIT:
            break
    return text


def _stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last number of each stretch in which they follow each other."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
