"""What answers cost: a tick with ten readers due of which one hangs, and an idle tick with and without
gateways that listen.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.figure import Figure, Note
from benchmarks.processes import Failed, Surroundings, cost, escalate, interleaved, least
from escalate_cli.reception.children import LIMIT
from tests.reception.ntfy_server import NtfyServer
from tests.servers import Answer, HttpServer

GROUP = "answers"
READERS = 10
AS_NOTHING = 1.03
"""what two series of the same thing may differ by in any case"""


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """Wall of a tick with ten readers that are due, all well, and one of them hanging; CPU of an idle
    tick, in turns with one without any reader.
    """
    at = Surroundings(place)
    with (
        HttpServer(Answer(200)) as web,
        NtfyServer() as ntfy,
        socket.create_server(("127.0.0.1", 0)) as hangs,
    ):
        well = [ntfy.url] * READERS
        silent = f"ntfy://token@127.0.0.1:{hangs.getsockname()[1]}/escalate-answers"
        configs = {
            "deaf": _organisation(place / "deaf", web.port, ["by-command"] * READERS),
            "well": _organisation(place / "well", web.port, well),
            "hanging": _organisation(place / "hanging", web.port, [*well[1:], silent]),
        }

        def run(name: str, *words: str) -> tuple[float, float]:
            config = configs[name]
            ran = cost(
                at, [*escalate(), "--config", str(config), "--db", str(config / "e.db"), *words], (0, 6)
            )
            return ran.cpu * 1000, ran.wall

        for name in configs:
            run(name, "tick")
        idle = interleaved(
            8 if quick else 40, {name: partial(lambda name: run(name, "tick")[0], name) for name in configs}
        )
        deaf = least(idle["deaf"])
        slack = (AS_NOTHING - 1) * deaf
        what = f"idle tick, {READERS} gateways that listen (CPU)"
        yield Figure(GROUP, what, least(idle["well"]), "ms", "gateways that do not", deaf, 1.0, slack)
        if ntfy.requests:
            raise Failed("an idle tick asked for answers")
        for name in configs:
            run(name, "declare", "The X is down", "-s", "x")
        walls = {name: min(run(name, "tick")[1] for _ in range(3)) for name in configs}
        if not ntfy.requests:
            raise Failed("a tick with a page that waits asked nobody")
        what = f"tick, {READERS} readers due (wall)"
        yield Figure(GROUP, what, walls["well"], "s", "none due", walls["deaf"])
        what = f"tick, {READERS} readers due, one hanging (wall)"
        limit = LIMIT + walls["well"]
        yield Figure(GROUP, what, walls["hanging"], "s", "its limit of 8 s and a tick", limit, 1.0, 2.0)


def _organisation(place: Path, port: int, answers: list[str]) -> Path:
    place.mkdir(parents=True)
    names = [f"g{number}" for number in range(len(answers))]
    contact = ", ".join(f'{name} = "ana"' for name in names)
    via = ", ".join(f'"{name}"' for name in names)
    parts = [
        '[settings]\ndefault_severity = "major"\n[[severities]]\nid = "major"\nurgency = "high"\n'
        '[services.x]\nname = "The X"\nteam = "core"\n[teams.core]\nname = "Core"\nmembers = ["ana"]\n'
        f'policy = "p"\n[people.ana]\nname = "Ana"\ncontact = {{ {contact} }}\n'
        f"[notify]\nhigh = [ {{ via = [{via}] }} ]\nlow = [ {{ via = [{via}] }} ]\n"
        '[policies.p]\n[[policies.p.levels]]\nnotify = ["person:ana"]\nwait = "1h"\n'
    ]
    parts += [
        f'[gateways.{name}]\nurl = "json://127.0.0.1:{port}/{name}/{{to}}"\nanswers = "{url}"\n'
        for name, url in zip(names, answers, strict=True)
    ]
    (place / "all.toml").write_text("".join(parts), encoding="utf-8")
    return place
