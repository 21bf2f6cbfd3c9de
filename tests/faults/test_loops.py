"""What waits in a loop waits for nothing else: a watch without a usable database, the auditor's own
page, the page to the fallback.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import MINUTE, SECOND, Span
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.passes.news import REMIND_AFTER
from escalate_cli.passes.signals import Signals
from escalate_cli.passes.watch import watch
from escalate_cli.store.without_database.spool import Spool
from tests.delivery.processes import until
from tests.faults.harness import Installation, crew, installation
from tests.organisations import BANK
from tests.servers import Answer, HttpServer
from tests.world import World

HANGING = (
    '[people.ops]\nname = "Ops"\ncontact = { h = "ops" }\n[gateways.h]\nurl ='
    ' "json://127.0.0.1:PORT/h/{to}"\ntimeout = "50s"\n'
)
"""the fallback is told through a gateway that does not answer until the test says so; everybody
else is told through another
"""


def with_a_hanging_fallback() -> str:
    config = crew(1, ("a",), timeout="50s", more=HANGING)
    return config.replace('page = ["person:p0"]', 'page = ["person:ops"]').replace(
        'via = ["a"]', 'via = ["a", "h"]'
    )


@pytest.fixture
def web() -> Iterator[HttpServer]:
    with HttpServer(at_path={"/h/": Answer(trick="hold")}) as server:
        yield server


def told(web: HttpServer, way: str) -> list[str]:
    """The messages that came this way."""
    return [f"{one.json['title']}\n{one.json['message']}" for one in web.arrived if one.path.startswith(way)]


def forget(place: Installation, *titles: str) -> None:
    """Declare incidents, page them, and have them forgotten, as the auditor will notice."""
    for title in titles:
        place.declare_quietly(title)
    assert place("tick").code == 0
    with place.sql() as database:
        database.execute("UPDATE escalations SET next_at = NULL")
        database.execute("UPDATE incidents SET next_due_at = NULL")


@dataclass
class Systemd:
    """Where systemd listens, and what it has heard."""

    line: socket.socket
    environ: dict[str, str]

    def hears(self, count: int, what: bytes = b"WATCHDOG=1") -> None:
        """Wait until it is said so often from now on; fails after 20 s of silence."""
        self.line.setblocking(False)
        try:
            while self.line.recv(100):
                pass
        except BlockingIOError:
            self.line.settimeout(20)
        while count:
            count -= self.line.recv(100) == what


@contextmanager
def systemd(place: Path) -> Iterator[Systemd]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(place / "notify"))
        yield Systemd(line, {"NOTIFY_SOCKET": str(place / "notify"), "WATCHDOG_USEC": "400000"})


# ── the auditor's own page ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", [("watch", "--interval", "1s"), ("tick",)], ids=["watch", "tick"])
@pytest.mark.long
def test_the_auditors_page_through_a_gateway_that_hangs_delays_no_other(tmp_path, web, words):
    with installation(tmp_path, web, with_a_hanging_fallback()) as place, systemd(tmp_path) as listener:
        forget(place, "forgotten", "forgotten, too")
        process = place.begin(*words, **listener.environ)
        until(lambda: len(told(web, "/h/")) == 2, 20)  # neither waits for the other
        place.declare_quietly("another")
        until(lambda: any("another" in one for one in told(web, "/a/")), 20)
        if words[0] == "watch":
            listener.hears(3)
            process.terminate()
            listener.hears(2)
            assert process.poll() is None, "what is on its way is finished first"
        web.release()
        ran = place.end(process)
        assert ran.code == (0 if words[0] == "watch" else 6), ran
        assert place.statuses() == {"sent": 5}
        assert len(told(web, "/h/")) == 2


@pytest.mark.long
def test_a_watch_told_to_stop_while_the_auditors_page_hangs_ends_at_the_gateways_limit_and_begins_nothing(
    tmp_path, web
):
    with installation(tmp_path, web, with_a_hanging_fallback().replace('"50s"', '"2s"')) as place:
        forget(place, "forgotten")
        watch = place.begin("watch", "--interval", "1s")
        until(lambda: told(web, "/h/"), 20)
        watch.terminate()
        assert place.end(watch, 20).code == 0
        assert len(told(web, "/h/")) == 1
        assert place.rows("SELECT status FROM notifications WHERE gateway = 'h'") == [("retrying",)]


# ── a database that cannot be used ────────────────────────────────────────────────────


@pytest.mark.long
def test_while_the_fallback_is_told_a_watch_lives_and_pages_again_as_soon_as_the_database_is_back(
    tmp_path, web
):
    with installation(tmp_path, web, with_a_hanging_fallback()) as place, systemd(tmp_path) as listener:
        place.declare_quietly()
        aside = place.db.with_name("aside.db")
        place.db.rename(aside)
        place.db.write_text("not a database " * 400)
        watch = place.begin("watch", "--interval", "1s", **listener.environ)
        until(lambda: told(web, "/h/"), 20)
        listener.hears(8)
        aside.rename(place.db)
        until(lambda: told(web, "/a/"), 20)
        watch.send_signal(signal.SIGTERM)
        listener.hears(2)
        assert watch.poll() is None, "what is on its way is finished first"
        web.release()
        ran = place.end(watch, 20)
        assert ran.code == 0, ran
        first, last = ran.err.splitlines()
        assert first == f"{place.db} is not a database of escalate"
        assert last == f"this is over: {place.db} is not a database of escalate"


def on_a_file_system_that_becomes_writable(place: Installation, sign: Path) -> list[str]:
    """A watch whose database is on a file system that can only be read, until the file `sign` is
    there (or half a minute has passed).
    """
    data = place.db.parent
    later = (
        f'for moment in $(seq 600); do [ -e "{sign}" ] && break; sleep 0.05; done; mount -o remount,rw,bind'
        f' "{data}"'
    )
    return [
        "unshare", "-m", "sh", "-c",
        f'mount --bind "{data}" "{data}" && mount -o remount,ro,bind "{data}" || exit 99\n'
        f'({later}) >/dev/null 2>&1 & exec "{place.place}/bin/escalate" watch --interval 1s',
    ]  # fmt: skip


@pytest.mark.long
def test_a_watch_with_a_read_only_database_keeps_its_pace_says_so_once_and_goes_on_once_it_can_be_written(
    tmp_path, web
):
    sign = tmp_path / "sign"
    with (
        installation(tmp_path / "place", web, with_a_hanging_fallback()) as place,
        systemd(tmp_path) as listener,
    ):
        place.environ["ESCALATE_DB"] = str(tmp_path / "data" / "escalate.db")
        place.db.parent.mkdir()
        place.declare_quietly()
        command = on_a_file_system_that_becomes_writable(place, sign)
        environ = {**place.environ, **listener.environ}
        watch = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        place.begun.append(watch)
        until(lambda: told(web, "/h/") or watch.poll(), 20)
        if watch.poll() == 99:
            pytest.skip("mounting is not permitted here")
        listener.hears(10)  # some passes
        sign.touch()
        until(lambda: told(web, "/a/"), 20)
        web.release()
        watch.terminate()
        ran = place.end(watch, 20)
        for elsewhere in Spool(place.db).places[1:]:  # where the mark was made
            shutil.rmtree(elsewhere, ignore_errors=True)
        assert ran.code == 0, ran
        first, last = ran.err.splitlines()
        assert first == f"the database {place.db} cannot be written"
        assert last == f"this is over: the database {place.db} cannot be written"


class Resting(Signals):
    """Signals that note how long each rest would be, and let it pass in the clock of a world; asked
    to stop after so many.
    """

    def __init__(self, world: World, most: int, after: Callable[[int], None] = lambda number: None) -> None:
        super().__init__()
        self.world, self.most, self.after, self.rests = world, most, after, list[Span]()

    def rest(self, span: Span, news: object = ()) -> bool:
        self.rests.append(span)
        self.world.clock.at += span
        self.after(len(self.rests))
        self.stop = len(self.rests) >= self.most
        return super().rest(0)


def test_a_trouble_that_lasts_is_tried_again_at_the_interval_and_said_now_and_then(tmp_path):
    world = World(tmp_path, organisation=BANK.but('team = "platform"\npage = ["person:ops"]', ""))
    world.declare("down", "login")
    world.expects("sms to ana")
    world.clock.at += 10 * MINUTE  # the next level is due
    database = world.store.database
    database.run("PRAGMA query_only = ON")
    passes = 2 * REMIND_AFTER // (10 * SECOND) + 2
    reports: list[PassReport] = []

    def repair(number: int) -> None:
        if number == passes:
            database.run("PRAGMA query_only = OFF")

    context = world.context
    context.reopen_store = lambda: None  # type: ignore[method-assign]  # the connection is the fault here
    signals = Resting(world, passes + 1, repair)
    with signals.heard():
        watch(context, 10 * SECOND, signals, reports.append)
    assert [round(rest / SECOND) for rest in signals.rests[:passes]] == [10] * passes
    said = [
        (number, line)
        for number, report in enumerate(reports)
        for line in [*report.troubles, *report.warnings]
    ]
    assert [number for number, _ in said] == [0, 30, 60, passes]
    assert len({line for _, line in said[:3]}) == 1
    assert said[-1][1] == f"this is over: {said[0][1]}"
    world.expects("sms to bo")
    world.store.close()
