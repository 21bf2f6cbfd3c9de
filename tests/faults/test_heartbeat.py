"""The heartbeat, metrics and systemd: how others learn that all is well."""

from __future__ import annotations

import gc
import socket
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.delivery.ping import ping
from tests.delivery.processes import needs_proc, until
from tests.faults.disks import fill, small_disk
from tests.faults.fallback import FALLBACK, beating
from tests.faults.harness import CLOCK, installation
from tests.servers import Answer, HttpServer


def test_the_heartbeat_is_pinged_after_a_good_pass_and_not_more_often_than_asked(tmp_path, web):
    with installation(tmp_path, web, beating(web)) as place:
        for _ in range(2):
            assert place("tick", BEAT="s3cret").code == 0
        assert [request.path for request in web.arrived] == ["/beat/s3cret"]


def test_the_heartbeat_stays_away_when_something_was_forgotten(tmp_path, web):
    with installation(tmp_path, web, beating(web)) as place:
        place("declare", "down", "--service", "x", BEAT="b")
        with place.sql() as database:
            database.execute("UPDATE escalations SET next_at = NULL")
            database.execute("UPDATE incidents SET next_due_at = NULL")
        place("tick", BEAT="b")
        assert [request.path for request in web.arrived if request.path.startswith("/beat")] == []


@needs_proc
@pytest.mark.parametrize("to_its_end", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_heartbeat_that_hangs_ends_itself_and_holds_up_nobody(tmp_path, web, to_its_end):
    """It is sent after everything else of a pass, by a process of its own with a time limit, for
    which a watch does not wait.
    """
    web.at_path["/beat"] = Answer(trick="hang")
    with installation(tmp_path, web, beating(web)) as place:
        own = uuid4().hex
        place.declare_quietly()
        assert place("tick", BEAT=own).code == 0
        assert place.told == ["/a/p0", f"/beat/{own}"]
        assert len(having(own)) == 1
        until(lambda: not to_its_end or not having(own), 30)


@needs_proc
@pytest.mark.long
def test_whoever_sent_a_heartbeat_that_takes_long_leaves_no_process_unwaited_for(monkeypatch):
    """A watch sends one a minute for years; and where Python tells of what is left, it has nothing to
    tell.
    """
    own = uuid4().hex
    monkeypatch.setenv("OWN", own)
    monkeypatch.setattr("escalate_cli.delivery.ping.PATIENCE_SECONDS", 0)
    with HttpServer(Answer(trick="hang")) as web:
        ping(web.url("http", "/beat"))
        gc.collect()  # would tell of a process that still runs
        [left] = having(own)
        web.wait_for(1)
        web.release()
        until(lambda: not left.exists(), 30)


def having(word: str) -> list[Path]:
    """The processes that have this word in their environment."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if word.encode() in (one / "environ").read_bytes():
                found.append(one)
    return found


def test_a_heartbeat_that_lacks_its_secret_stops_no_page(tmp_path, web):
    with installation(tmp_path, web, beating(web)) as place:
        place.declare_quietly()
        ran = place("tick")
        assert "the secret ${BEAT} is not set" in ran.err
        assert len(web.arrived) == 1


def test_metrics_that_a_full_disk_does_not_take_are_named_and_leave_nothing_behind(tmp_path, web):
    with small_disk(tmp_path / "disk") as disk:
        target = disk / "escalate.prom"
        with installation(tmp_path / "place", web, FALLBACK + f'[metrics]\ntextfile = "{target}"\n') as place:
            fill(disk)
            for _ in range(2):
                ran = place("tick")
                assert (ran.code, ran.err.splitlines()) == (
                    0,
                    [f"the metrics cannot be written to {target}: No space left on device"],
                )
            assert [one.name for one in disk.iterdir()] == ["ballast"]


@pytest.mark.long
def test_metrics_are_written_whole_for_node_exporter(tmp_path, web):
    target = tmp_path / "metrics" / "escalate.prom"
    target.parent.mkdir()
    with installation(tmp_path / "place", web, FALLBACK + f'[metrics]\ntextfile = "{target}"\n') as place:
        place("declare", "down", "--service", "x")
        web.answer_with(Answer(401))
        place("declare", "refused", "--service", "x")
        web.answer_with(Answer(503))
        place("declare", "later", "--service", "x")
        place("ack", "1", "--all")
        assert place("tick").code == 0
        lines = dict(line.split() for line in target.read_text().splitlines() if not line.startswith("#"))
        last, oldest = (
            float(lines.pop("escalate_last_pass_timestamp_seconds")),
            float(lines.pop("escalate_oldest_unacknowledged_seconds")),
        )
        assert abs(last - CLOCK.now() / SECOND) < 60
        assert 0 <= oldest < 60
        refused = place.rows("SELECT count(*) FROM notifications WHERE status = 'failed'")[0][0]
        assert refused > 0
        assert lines == {
            "escalate_incidents_open": "2",
            "escalate_incidents_acknowledged": "1",
            "escalate_notifications_pending": "0",
            "escalate_notifications_failed_total": str(refused),
        }
        assert [path.name for path in target.parent.iterdir()] == ["escalate.prom"]


def test_watch_tells_systemd_that_it_is_ready_alive_and_stopping(tmp_path, web):
    with (
        installation(tmp_path, web, FALLBACK) as place,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line,
    ):
        line.bind(str(tmp_path / "notify"))
        line.settimeout(60)
        watch = place.begin(
            "watch", "--interval", "1s", NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="400000"
        )
        heard = [line.recv(100) for _ in range(4)]
        watch.terminate()
        assert place.end(watch).code == 0
        heard.append(line.recv(100))
        while heard[-1] == b"WATCHDOG=1":
            heard.append(line.recv(100))
        assert heard[0] == b"READY=1"
        assert set(heard[1:4]) == {b"WATCHDOG=1"}
        assert heard[-1] == b"STOPPING=1"


def test_a_watch_goes_on_when_its_supervisor_listens_no_more(tmp_path, web):
    """The socket is full after a few datagrams that nobody takes."""
    with (
        installation(tmp_path, web, FALLBACK) as place,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line,
    ):
        line.bind(str(tmp_path / "notify"))
        watch = place.begin(
            "watch", "--interval", "1s", NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="10000"
        )
        until(lambda: line.recv(100, socket.MSG_PEEK))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other, suppress(BlockingIOError):
            other.setblocking(False)
            other.connect(str(tmp_path / "notify"))
            while True:
                other.send(b"X=1")
        place.declare_quietly()
        web.wait_for(1)
        watch.terminate()
        assert place.end(watch).code == 0


def test_a_reloaded_watch_uses_the_new_configuration(tmp_path, web):
    with installation(tmp_path, web, FALLBACK) as place:
        place("tick")
        with place.sql() as database:
            database.execute("DELETE FROM facts")
        watch = place.begin("watch", "--interval", "1s")
        until(lambda: place.rows("SELECT 1 FROM facts WHERE name = 'last_pass_at'"))
        config = next(place.config.glob("*.toml"))
        config.write_text(config.read_text().replace('name = "P0"', 'name = "Renamed"'))
        watch.send_signal(1)
        place.declare_quietly()
        web.wait_for(1)
        watch.terminate()
        assert place.end(watch).code == 0
        assert "Renamed" in place("timeline", "1").out
