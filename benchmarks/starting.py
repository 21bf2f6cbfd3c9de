"""Whole-process CPU of the commands that scripts, monitors and cron run all day, next to what a
process costs anyway.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.figure import Figure, Note
from benchmarks.organisations import bank
from benchmarks.processes import Command, Surroundings, cost, escalate, installed, interleaved, least

GROUP = "start"
HELLO = """\
import typer


def main(name: str) -> None:
    print(f"Hello {name}")


if __name__ == "__main__":
    typer.run(main)
"""
"""the first example of Typer's documentation"""

AS_HELLO = 1.3


def asked_by_bash(*words: str) -> list[str]:
    """What goes before a command that bash asks how the last of these words may go on."""
    asked = {"_ESCALATE_COMPLETE": "complete_bash", "COMP_CWORD": str(len(words) - 1)}
    return ["env", "COMP_WORDS=" + "\n".join(words), *(f"{name}={value}" for name, value in asked.items())]


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """CPU in milliseconds, the least of interleaved runs."""
    config, came_from = bank(place, http=9)
    (place / "hello.py").write_text(HELLO, encoding="utf-8")
    us = [*escalate(), "--config", str(config), "--db", str(place / "idle.db")]
    commands: dict[str, Command] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "Typer hello-world": [sys.executable, "hello.py", "World"],
        "escalate route login --json": [*us, "route", "login", "--json"],
        "escalate tick (idle)": [*us, "tick"],
        "escalate list": [*us, "list"],
        "a completion (--by)": [
            *asked_by_bash("escalate", "--config", str(config), "ack", "1", "--by", ""),
            *us,
        ],
    }
    if apprise := installed("apprise"):
        commands["apprise --version"] = [*apprise, "--version"]
    if amtool := installed("amtool"):
        routes = place / "alertmanager.yml"
        routes.write_text(_alertmanager_routes(), encoding="utf-8")
        commands["amtool config routes test"] = [
            *amtool,
            "config",
            "routes",
            "test",
            f"--config.file={routes}",
            "service=login",
        ]
    at = Surroundings(place)

    def run(command: Command) -> float:
        return cost(at, command).cpu * 1000

    series = interleaved(
        6 if quick else 20, {name: partial(run, command) for name, command in commands.items()}
    )
    cpu = {name: least(values) for name, values in series.items()}
    hello = cpu["Typer hello-world"]
    held = {"escalate route login --json", "escalate tick (idle)"}
    for name, value in cpu.items():
        itself = name == "Typer hello-world"
        note = f"{came_from}, 60 services" if name in held else ""
        yield Figure(
            GROUP, f"CPU of {name}", value, "ms", None if itself else "Typer hello-world",
            None if itself else hello, AS_HELLO if name in held else None, note=note,
        )  # fmt: skip
    if not apprise:
        yield Note(GROUP, "the apprise command is not installed: left out")
    if not amtool:
        yield Note(GROUP, "amtool is not installed: `amtool config routes test` is left out")


def _alertmanager_routes() -> str:
    """As many routes as the bank has services, one of them for `login`."""
    services = ["login", *(f"service-{number}" for number in range(1, 60))]
    routes = "".join(
        f'    - matchers: [service="{service}"]\n      receiver: "team-{number % 18}"\n'
        for number, service in enumerate(services)
    )
    receivers = "".join(f"  - name: team-{number}\n" for number in range(18))
    return f"route:\n  receiver: team-0\n  routes:\n{routes}receivers:\n{receivers}"
