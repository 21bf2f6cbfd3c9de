"""What `check` costs: who is first, for every service, severity and moment of eight weeks; and how
that grows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w

from benchmarks.figure import Figure, Note
from benchmarks.organisations import THORNMERE, bank, gateways
from benchmarks.processes import Surroundings, cost, escalate, interleaved, least

GROUP = "check"
OF_A_BANK, OF_A_THOUSAND = 2.0, 20.0
"""seconds of CPU that 60 services and a thousand may take, at three severities, for eight weeks (issue 5)"""
WEEKS = 8


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """CPU of the whole command, the least of interleaved runs; growth against breakpoints (weeks)
    and services.
    """
    banks = 4 if quick else 17
    one, _ = bank(place, http=9)
    some, many = many_banks(place, max(banks // 4, 2)), many_banks(place, banks)
    small, large = services_of(some), services_of(many)
    at = Surroundings(place)

    def checked(config: Path, weeks: int) -> float:
        return cost(
            at, [*escalate(), "--config", str(config), "check", "--json", "--weeks", str(weeks)], (0, 1)
        ).cpu

    runs = {
        "bank": lambda: checked(one, WEEKS),
        "twice as long": lambda: checked(one, 2 * WEEKS),
        "some": lambda: checked(some, WEEKS),
    }
    cpu = {name: least(values) for name, values in interleaved(2 if quick else 5, runs).items()}
    cpu["many"] = least([checked(many, WEEKS) for _ in range(1 if quick else 2)])
    bank_of = f"{services_of(one)} services × 3 severities × {WEEKS} weeks"
    yield Figure(GROUP, f"CPU of check, {bank_of}", cpu["bank"], "s", "two seconds", OF_A_BANK, 1.0)
    yield Figure(
        GROUP, f"CPU of check, {large:,} services", cpu["many"], "s", "twenty seconds", OF_A_THOUSAND, 1.0
    )
    yield Figure(
        GROUP, "growth: 16 weeks, twice the breakpoints", cpu["twice as long"], "s",
        "8 weeks", cpu["bank"], 2.0, note="at most as many times as there are breakpoints",
    )  # fmt: skip
    yield Figure(
        GROUP, f"growth: {large:,} services", cpu["many"], "s",
        f"{small:,} services", cpu["some"], 1.15 * large / small,
        note=f"at most {large / small:.2f} times as many services, and 15 % for a busy machine",
    )  # fmt: skip


def services_of(config: Path) -> int:
    """How many services a configuration has."""
    return len(tomllib.loads((config / "catalog.toml").read_text("utf-8"))["services"])


def many_banks(place: Path, banks: int) -> Path:
    """As many banks under one roof: each with its own services, teams, people, rotations and
    channels, all with the same policies.

    Keywords are left out: the same word would mean as many services.
    """
    config = place / f"{banks}-banks"
    config.mkdir(parents=True, exist_ok=True)
    tables = tomllib.loads((THORNMERE / "catalog.toml").read_text("utf-8"))
    grown: dict[str, Any] = {name: table for name, table in tables.items() if name not in _OWN}
    for section in _OWN:
        grown[section] = {}
        for number in range(banks):
            for name, table in tables[section].items():
                grown[section][_name(name, number)] = _renamed(section, table, number)
    (config / "catalog.toml").write_text(tomli_w.dumps(grown), encoding="utf-8")
    (config / "policies.toml").write_text((THORNMERE / "policies.toml").read_text("utf-8"), encoding="utf-8")
    (config / "gateways.toml").write_text(gateways(http=9), encoding="utf-8")
    return config


_OWN = ("services", "teams", "people", "schedules", "channels")
_REFERENCES = {"team", "lead", "on_call", "channel", "person"}
_LISTS = {"members", "depends_on"}


def _name(name: str, number: int) -> str:
    """The first bank's names stay: policies refer to some of them."""
    return name if number == 0 else f"{name}-{number}"


def _renamed(section: str, value: Any, number: int) -> Any:
    """A table of one of the banks, with what it refers to."""
    if isinstance(value, list):
        return [_renamed(section, one, number) for one in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for key, one in value.items():
        if key in ("keywords", "login"):
            continue
        if key == "name" and number:
            made[key] = f"{one} {number}"
        elif key in _REFERENCES and isinstance(one, str):
            made[key] = _name(one, number)
        elif key in _LISTS:
            made[key] = [_name(each, number) for each in one]
        else:
            made[key] = _renamed(section, one, number)
    return made
