"""An installation of one person, who is the fallback of all; and the same with a heartbeat."""

from __future__ import annotations

from tests.faults.harness import crew
from tests.servers import HttpServer

FALLBACK = crew(1, ("a",))


def beating(web: HttpServer) -> str:
    return FALLBACK + f'[heartbeat]\nurl = "{web.url("http", "/beat")}/${{BEAT}}"\nevery = "1m"\n'
