"""Telephone numbers as the whole world can dial them (E.164): `+`, the country, the rest, and
nothing else.
"""

from __future__ import annotations

import re

import msgspec

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_MODE = re.compile(r"[A-Za-z]+:(?=[+(0-9])")
"""`whatsapp:` before a number"""
_LETTERS = re.compile(r"[^\W\d_]")
_TRUNK = re.compile(r"(?<=[0-9])([^0-9]*)\(\s*0\s*\)")
"""the 0 that is dialled only at home, as in +44 (0)7700"""
_DROPS_THE_ZERO = re.findall(
    r"[0-9]+",
    "20 27 31 32 33 40 41 43 44 46 49 60 61 62 63 64 66 81 82 84 86 90 91 92 94 95 98 212 213 233 234 254 255"
    " 256 353 355 358 359 380 381 385 386 387 421 880 886 961 962 963 964 966 967 971 972 977 994 995 996",
)
"""countries whose numbers begin with 0 at home and never after the country"""
_SHORTEST_WITH_COUNTRY = 11
"""digits: fewer without a + may as well be a number at home"""


class NumberProblem(msgspec.Struct, frozen=True):
    """Why a number is not E.164. `corrected` is what was meant, where that is clear; `hint` is what to write.

    `same_digits` says that only the writing differs, so that a service which cleans numbers up
    dials the right one.
    """

    why: str
    hint: str
    corrected: str | None = None
    same_digits: bool = False


def looks_like_number(address: str) -> bool:
    """Whether an address is meant as a telephone number: at least five digits, and no letter."""
    rest = _MODE.sub("", address.strip(), count=1)
    return (
        sum(char in "0123456789" for char in rest) >= 5
        and not _LETTERS.search(rest)
        and "@" not in rest
        and "#" not in rest
    )


def number_problem(address: str) -> NumberProblem | None:
    """What keeps `address` from being an E.164 number; None where it is one."""
    number = _MODE.sub("", address, count=1)
    mode = address[: len(address) - len(number)]
    if _E164.fullmatch(number):
        return _after_country(number, mode)
    if len(re.findall(r"[0-9][0-9 ().-]{5,}", number)) > 1:
        return NumberProblem("it holds more than one number", "one number for each person")
    trunk = _TRUNK.search(number)
    digits = re.sub(r"[^0-9]", "", _TRUNK.sub("", number, count=1))
    international = number.lstrip(" (\u202a\u202d\u200e").startswith("+")
    if digits.startswith("00") and not international:
        return _meant(digits[2:], mode, "it begins with 00 instead of +")
    if digits.startswith("0"):
        why = (
            "no country begins with 0"
            if international
            else "it has no country: it can only be dialled at home"
        )
        return NumberProblem(why, _WITH_COUNTRY)
    if trunk is not None:
        return _meant(digits, mode, "(0) is only dialled at home")
    if international:
        return _meant(digits, mode, "it is written with more than + and digits", same_digits=True)
    if len(digits) < _SHORTEST_WITH_COUNTRY:
        hint = f'{_WITH_COUNTRY}; where it begins with its country already, write "{mode}+{digits}"'
        return NumberProblem("it has no + and perhaps no country", hint)
    return _meant(digits, mode, "it has no +", same_digits=True)


_WITH_COUNTRY = (
    "write + and the country in front, without the 0 of home: +44… in the United Kingdom, +49… in Germany,"
    " +1… in the USA"
)


def _after_country(number: str, mode: str) -> NumberProblem | None:
    country = next((code for code in _DROPS_THE_ZERO if number.startswith(f"+{code}0")), None)
    if country is not None:
        return _meant(
            number[1:].replace(f"{country}0", country, 1), mode, f"after +{country} the 0 of home is left out"
        )
    if re.match(r"\+1[01]", number):
        return NumberProblem(
            "after +1 no number begins with 0 or 1",
            "write + and the country, then the number with its area code",
        )
    return None


def _meant(digits: str, mode: str, why: str, *, same_digits: bool = False) -> NumberProblem:
    corrected = f"+{digits}"
    if not _E164.fullmatch(corrected):
        length = "few" if len(digits) < 7 else "many"
        return NumberProblem(
            f"it has too {length} digits ({len(digits)}; at most 15 with the country)", _WITH_COUNTRY
        )
    again = _after_country(corrected, mode)
    if again is not None:
        return NumberProblem(again.why, again.hint, again.corrected)
    return NumberProblem(why, f'write "{mode}{corrected}"', corrected, same_digits)
