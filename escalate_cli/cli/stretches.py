"""Stretches of incident numbers, `7-9`, as a digest writes many of them."""

from __future__ import annotations

from escalate_cli.errors import UsageProblem

LONGEST = 10_000


def stretch(text: str) -> list[str]:
    """`7-9` as 7, 8 and 9, as a digest writes it; anything else as it is."""
    first, dash, last = (part.removeprefix("#") for part in text.strip().partition("-"))
    if not dash or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (first, last)):
        return [text]
    if not 0 <= int(last) - int(first) < LONGEST:
        raise UsageProblem(
            f'"{text}" is no stretch of incidents', f"the lower number first, and at most {LONGEST:,} of them"
        )
    return [str(one) for one in range(int(first), int(last) + 1)]
