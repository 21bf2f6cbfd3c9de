"""Waiting time from the start of `declare` until its message reaches the provider, next to the
`apprise` command sending the same.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, Note
from benchmarks.organisations import bank
from benchmarks.processes import Command, Failed, Surroundings, escalate, installed, interleaved, middle
from benchmarks.stage import declare_incidents
from tests.mail_server import SmtpServer
from tests.servers import HttpServer

GROUP = "wire"
AS_APPRISE = 1.3
TITLE = "Customers cannot log in"
LONGEST_WAIT = 30.0


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """Milliseconds of wall time, the median of interleaved runs, over HTTP and over SMTP."""
    apprise = installed("apprise")
    if apprise is None:
        yield Note(GROUP, "the apprise command is not installed: nothing to compare with")
    with HttpServer() as web, SmtpServer() as mail:
        for name, server, ports in (("HTTP", web, {"http": web.port}), ("SMTP", mail, {"smtp": mail.port})):
            here = place / name
            config, _ = bank(here, **ports)
            at = Surroundings(here)
            url = web.url("json", "/sms/+447700900123") if name == "HTTP" else mail.url("ana@example.com")
            db, empty = here / "declared.db", here / "empty.db"
            declare_incidents(config, empty, [], [], delivered=True)
            declare = [
                *escalate(),
                "--config",
                str(config),
                "--db",
                str(db),
                "declare",
                TITLE,
                "--service",
                "login",
            ]
            measures: dict[str, Callable[[], float]] = {
                "declare": _until_first(at, server, declare, empty, db)
            }
            if apprise:
                send = [*apprise, "-t", TITLE, "-b", "Page: you are on call.", url]
                measures["apprise"] = _until_first(at, server, send, empty, db)
            series = interleaved(5 if quick else 15, measures)
            peer = middle(series["apprise"]) if apprise else None
            yield Figure(
                GROUP, f"declare → first message on the wire, {name}", middle(series["declare"]), "ms",
                "apprise" if apprise else None, peer, AS_APPRISE if apprise else None,
                note="wall time from the start of the process",
            )  # fmt: skip


def _until_first(
    at: Surroundings, server: Any, command: Command, empty: Path, db: Path
) -> Callable[[], float]:
    """From the start of the process until the server has the first message, in milliseconds. The
    process then runs to its end.

    Each turn begins with an `empty` database, or the tenth page to one person would wait for a digest.
    """

    def run() -> float:
        shutil.copyfile(empty, db)
        before = len(server.arrived)
        began = time.monotonic()
        process = at.start(command)
        try:
            arrived = server.wait_for(before + 1, LONGEST_WAIT)[before]
            said = process.communicate(timeout=LONGEST_WAIT)[1]
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise Failed(
                f"{command[0]} ended with {process.returncode}: {said.decode('utf-8', 'replace')[:500]}"
            )
        return float(arrived.at - began) * 1000

    return run
