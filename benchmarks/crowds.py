"""100 and 500 notifications due at once: how long one `tick` takes until all of them have been delivered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, Note
from benchmarks.organisations import crowd
from benchmarks.processes import Cost, Failed, Surroundings, cost, escalate, installed
from benchmarks.stage import declare_incidents
from escalate_cli.clock import Clock
from tests.mail_server import SmtpServer
from tests.servers import Answer, HttpServer

GROUP = "crowd"
MEMBERS = 25
ANSWERS_AFTER = 0.2


def measure(place: Path, *, quick: bool) -> Iterator[Figure | Note]:
    """Seconds of wall time; the `apprise` command with as many URLs in one process beside it. Each
    is run once: it takes long enough.
    """
    with HttpServer(Answer(after=ANSWERS_AFTER)) as web, SmtpServer() as mail:
        for count in (100,) if quick else (100, 500):
            config = crowd(place, count // MEMBERS, MEMBERS, http=web.port)
            urls = [web.url("json", f"/email/p{number}") for number in range(count)]
            yield from _one(place / f"http-{count}", config, count, "HTTP in 200 ms", web, urls)
            config = crowd(place, count // MEMBERS, MEMBERS, smtp=mail.port)
            urls = [mail.url(f"p{number}@example.com") for number in range(count)]
            yield from _one(place / f"smtp-{count}", config, count, "SMTP", mail, urls)


def _one(
    place: Path, config: Path, count: int, way: str, server: Any, urls: list[str]
) -> Iterator[Figure | Note]:
    place.mkdir()
    db = place / "crowd.db"
    teams = [f"s{team}" for team in range(count // MEMBERS)]
    declare_incidents(config, db, teams, [Clock().now()] * len(teams), delivered=False)
    at = Surroundings(place)
    ours = _arriving(at, server, count, [*escalate(), "--config", str(config), "--db", str(db), "tick"])
    apprise = installed("apprise")
    peer = _arriving(at, server, count, [*apprise, "-t", "Trouble", "-b", "Page", *urls]) if apprise else None
    note = f"{count / ours.wall:.0f} a second, CPU {ours.cpu:.1f} s"
    yield Figure(
        GROUP, f"{count} notifications by one tick, {way}", ours.wall, "s",
        "apprise, all in one process" if peer else None, peer.wall if peer else None,
        note=note + (f"; apprise {peer.cpu:.1f} s" if peer else ""),
    )  # fmt: skip


def _arriving(at: Surroundings, server: Any, count: int, command: list[str]) -> Cost:
    before = len(server.arrived)
    spent = cost(at, command)
    arrived = len(server.arrived) - before
    if arrived != count:
        raise Failed(f"{command[0]}: {arrived} messages arrived instead of {count}")
    return spent
