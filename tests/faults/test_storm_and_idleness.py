"""A storm with one key and with many; a day of idle ticks, after which nothing has grown."""

from __future__ import annotations

import re

import pytest

from tests.faults.harness import crew, installation
from tests.faults.rounds import report
from tests.servers import HttpServer


@pytest.mark.long
def test_a_storm_with_one_key_is_one_incident_and_with_different_keys_a_digest_that_loses_nothing(tmp_path):
    """Six hundred declares as a monitor would make them; the person gets the limit and then digests
    that name every incident.
    """
    config = crew(1, ("a",)).replace('messages = 100000\nper = "1s"', 'messages = 5\nper = "5m"')
    with HttpServer() as web, installation(tmp_path, web, config) as place:
        from escalate_cli.actions import declare as declaring

        context = place.context
        for number in range(600):
            for key in ("the same", f"no {number}"):
                declaring.store_declaration(context, declaring.Request(f"down {number}", ("x",), key=key))
        context.close()
        assert place.rows("SELECT count(*) FROM incidents") == [(601,)]
        for tick in (1, 2):
            assert place("tick").code == 0
            assert len(place.messages) <= 5 * tick, "the limit"
            with place.sql() as db:  # five minutes later
                db.execute("UPDATE notifications SET due_at = 1 WHERE held_back = 1 AND status = 'pending'")
                db.execute("UPDATE notifications SET sent_at = sent_at - 301000000 WHERE status = 'sent'")
        assert place.statuses() == {"sent": 601}
        named = {
            int(number)
            for message in place.messages
            for number in re.findall(r"escalate ack (\d+)", message.json["message"])
        }
        assert named == set(range(1, 602)), "every incident is named"
        report(rounds=1200)


def test_idle_ticks_say_nothing_and_nothing_grows(tmp_path):
    """A few as real processes, and a day of them from the parts."""
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        place.declare("down", "-s", "x")
        place("ack", "1", "--by", "p0")
        ran = [place("tick") for _ in range(3)]
        assert {(one.code, one.out, one.err) for one in ran} == {(0, "", "")}
        sizes = sizes_of(place)
        context = place.context
        from escalate_cli.engine.engine import Engine

        engine = Engine.on(context)
        for _ in range(1440):
            passed = engine.tick()
            assert (passed.lines, passed.troubles) == ([], [])
        context.close()
        assert place("tick").code == 0
        assert sizes_of(place) == sizes
        report(rounds=1444)


def sizes_of(place) -> dict[str, int]:
    return {
        path.name: path.stat().st_size
        for path in place.place.rglob("*")
        if path.is_file() and "backup" not in str(path)
    }
