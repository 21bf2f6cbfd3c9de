"""What came back to a test message, a sentence for each address."""

from __future__ import annotations

from escalate_cli.core.calendar.duration import SECOND, Span, show_duration

NOBODYS = "the address is nobody's"
"""why something is no answer that came from an address of nobody's"""


def answered(who: str, line: str, after: Span, how: str) -> str:
    """An answer was understood. `who` is "Ana Ruiz by email"."""
    return f'{who}: answered "{line}" after {show_duration(max(after, SECOND))} ({how})'


def no_answer(who: str, line: str, why: str) -> str:
    """Something came back that is no answer."""
    if not line:
        return f"{who}: no answer: {why}"
    hint = " (name it in their `answers_from`)" if why == NOBODYS else ""
    return f'{who}: "{line}" came back, and is no answer: {why}{hint}'


def silence(who: str, span: Span) -> str:
    """Nothing came back in all the time."""
    return f"{who}: no answer in {show_duration(span)}"


def not_sent(who: str, error: str) -> str:
    """It did not even go out."""
    return f"{who}: not delivered ({error})"


def not_asked(who: str, gateway: str, where: str) -> str:
    """It went out, and nobody hears what is sent back: `where` is the place of its gateway ("" of a
    channel).
    """
    if not where:
        return f"{who}: sent; channels are not asked"
    return f"{who}: sent; nobody listens there: gateway {gateway} has no `answers` ({where})"
