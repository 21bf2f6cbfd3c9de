"""Scenario 36: a pass that has work for long lets nothing wait that is due by time."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.store.without_database.spool import Spool
from tests.faults.harness import CLOCK, Installation, crew, installation
from tests.servers import Answer, HttpServer

CHORES = '[metrics]\ntextfile = "METRICS"\n[heartbeat]\nurl = "http://127.0.0.1:PORT/beat"\nevery = "1s"\n'
HANGING = crew(1, ("a",), timeout="5m", more=CHORES)
REPAIRED = HANGING.replace("PORT/a/", "PORT/repaired/")
LAST_PASS = "SELECT value FROM facts WHERE name = 'last_pass_at'"


def until(true: Callable[[], object], what: str) -> None:
    """Wait for it, for a minute at most."""
    give_up_at = CLOCK.monotonic() + 60
    while not true():
        assert CLOCK.monotonic() < give_up_at, what
        CLOCK.sleep(50_000)


def keep_aside(place: Installation, title: str) -> None:
    asked = declaring.Request(title, ("x",))
    assert Spool(place.db).keep("00000000000000000001-1-x", msgspec.json.encode(asked))


@pytest.mark.long
@pytest.mark.parametrize("command", [("tick",), ("watch", "--interval", "1s")], ids=["tick", "watch"])
def test_what_is_due_by_time_is_done_while_a_gateway_hangs(tmp_path, command):
    metrics = tmp_path / "escalate.prom"
    config = HANGING.replace("METRICS", str(metrics))
    with (
        HttpServer(at_path={"/a/p0": Answer(trick="hang")}) as web,
        installation(tmp_path, web, config) as place,
    ):
        place.declare_quietly("hangs")
        running = place.begin(*command)
        web.wait_for(1)

        keep_aside(place, "kept aside")
        place.configure(REPAIRED.replace("METRICS", str(metrics)), "all.toml")
        until(
            lambda: place.rows("SELECT count(*) FROM incidents") == [(2,)], "the kept declaration is taken in"
        )
        until(
            lambda: place.rows("SELECT count(*) FROM configurations") == [(2,)],
            "the edited configuration is read",
        )
        forgotten = place.declare_quietly("after the repair")
        until(
            lambda: any(path.startswith("/repaired") for path in place.told), "the repaired gateway is used"
        )
        until(
            lambda: place.rows("SELECT 1 FROM facts WHERE name = 'last_backup_at'"), "the day's copy is made"
        )

        metrics.unlink(missing_ok=True)
        beaten, noted = place.told.count("/beat"), place.rows(LAST_PASS)
        until(metrics.exists, "the metrics are written")
        until(lambda: place.told.count("/beat") > beaten, "the heart beats")
        until(lambda: place.rows(LAST_PASS) != noted, "another pass is noted")

        with place.sql() as db:
            db.execute("UPDATE incidents SET next_due_at = NULL, declared_at = 1 WHERE id = ?", (forgotten,))
            db.execute("UPDATE escalations SET next_at = NULL WHERE incident_id = ?", (forgotten,))
            db.execute(
                "UPDATE notifications SET status = 'sending', claim = 'of the dead', lease_until = 1,"
                " attempts = 1 WHERE id = 2"
            )
        until(
            lambda: place.rows("SELECT status FROM notifications WHERE id = 2") == [("sent",)],
            "what a dead one left is taken over",
        )
        until(
            lambda: any("escalate's own check" in message.text for message in place.messages),
            "the auditor looks, and the fallback is paged",
        )
        assert place.rows("SELECT status FROM notifications WHERE id = 1") == [("sending",)], (
            "and the first still hangs"
        )
        place.kill(running)
