"""An organisation whose every gateway leads to a real web server on loopback, and the real command
to page it with.

The way to the server decides what becomes of a message: /sms, /email, /chat are taken; /down
answers 500, /gone 404.
"""

from __future__ import annotations

import contextlib
import io
import os
import pwd
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from escalate_cli.cli.run import run
from escalate_cli.clock import Clock
from tests.command import Escalate, Ran, surroundings
from tests.delivery.processes import until
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS
from tests.servers import Answer, HttpServer, Request

ME = pwd.getpwuid(os.getuid()).pw_name


WAYS = {"/down": Answer(500), "/gone": Answer(404), "/slow": Answer(after=1.0)}

CANARY = "c4n@ry/v4lue:%"


def server() -> HttpServer:
    """The provider behind every gateway."""
    return HttpServer(at_path=WAYS)


@dataclass
class Bank(Escalate):
    """`escalate` in surroundings of its own, with everything that reaches its people since it began."""

    web: HttpServer = field(default_factory=server)
    seen: int = 0

    @property
    def db(self) -> Path:
        return Path(self.environ["ESCALATE_DB"])

    def configure(self, text: str, name: str = "more.toml") -> None:
        """Write a configuration file; PORT is the server's, ME this user's login."""
        (self.config / name).write_text(
            text.replace("PORT", str(self.web.port)).replace('"ME"', f'"{ME}"'), encoding="utf-8"
        )

    @property
    def messages(self) -> list[Request]:
        """What has reached the server since this bank began."""
        return self.web.arrived[self.seen :]

    @property
    def told(self) -> list[str]:
        """The ways of these messages, in order: "/sms/+447700900123"."""
        return [unquote(message.path) for message in self.messages]

    def message(self, way: str) -> Any:
        """The latest message that came this way."""
        return [message.json for message in self.messages if unquote(message.path) == way][-1]

    def here(self, *arguments: str) -> Ran:
        """The same command in this process: for what comes after the command that a test is about,
        at a tenth of the price.
        """
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(arguments, self.environ)
        out.flush()
        return Ran(int(code), out.buffer.getvalue().decode(), err.getvalue())

    def ticked(self) -> bool:
        """Whether a tick or watch has looked."""
        return any(one["code"] == "ticks" for one in self.here("doctor", "--json").json["findings"])

    def declare(self, *arguments: str, code: int = 0, **more: str) -> Any:
        """Declare, and the answer as JSON."""
        ran = self("declare", *arguments, "--json", **more)
        assert ran.code == code, ran.err
        return ran.json

    def show(self, incident: int = 1) -> Any:
        return self.here("show", str(incident), "--json").json

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin a process and do not wait for it."""
        command = [sys.executable, "-m", "escalate_cli", *arguments]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environ, cwd=self.place
        )

    def tick_until(self, count: int, timeout: float = 60.0) -> None:
        """Tick as a quick cron would, until `count` messages have arrived."""

        def arrived() -> bool:
            ran = self("tick")
            assert (ran.code, ran.out, ran.err) == (0, "", ""), ran
            Clock().sleep(200_000)
            return len(self.messages) >= count

        until(arrived, timeout)


def bank(place: Path, web: HttpServer, *files: tuple[str, str]) -> Bank:
    """A bank in the directory `place`, configured by `files` (name, text); with none, that of
    `tests.organisations`.
    """
    (place / "config").mkdir(parents=True)
    environ = surroundings(place) | {"XDG_RUNTIME_DIR": str(place / "home"), "OPEN_TOKEN": CANARY}
    made = Bank(place, environ, web, len(web.arrived))
    for name, text in files or (("catalog.toml", LOOPBACK), ("gateways.toml", LOOPBACK_GATEWAYS)):
        made.configure(text, name)
    return made


def another(first: Bank, place: Path) -> Bank:
    """The same organisation, compiled already, with a database of its own in `place`."""
    return replace(
        first,
        environ={**first.environ, "ESCALATE_DB": str(place / "escalate.db")},
        seen=len(first.web.arrived),
    )


ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
