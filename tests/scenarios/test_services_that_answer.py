"""Each service from the page to the acknowledgement: the page goes out by Apprise, its answer comes back by the
service's own way, and the real `tick` heeds it. The services are stand-ins on loopback.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.answers.nights import Night, night_by
from tests.reception.pushover_server import ANA, TOKEN, PushoverServer


@contextmanager
def pushover_night(place: Path) -> Iterator[tuple[Night, PushoverServer]]:
    with PushoverServer() as pushover:
        url = (
            f"form://127.0.0.1:{pushover.port}/1/messages.json?:type=&:version=&:user={{to}}"
            f"&:token={TOKEN}&:priority=2&:retry=60&:expire=3600"
        )
        with night_by(place, url, pushover.answers, ANA) as night:
            yield night, pushover


def test_17_a_tap_on_acknowledge_in_pushover(tmp_path: Path) -> None:
    with pushover_night(tmp_path) as (night, pushover):
        assert night("declare", "The X is down", "-s", "x").code == 0
        assert "Tap Acknowledge to take it." in pushover.texts[0]
        night("tick")
        assert night.status == "open"
        (receipt,) = pushover.receipts
        pushover.acknowledge(receipt)
        ran = night("tick")
        assert ran.code == 0, ran.err
        assert night.status == "acknowledged"
        assert "acknowledged by Ana for Core, by reply to phone (page of" in night.told
        assert TOKEN not in ran.out + ran.err + night.told
        pushover.asked.clear()
        night("tick")
        assert pushover.asked == []
        assert night.rows("SELECT outcome FROM answers") == [("done",)]


def test_a_tap_of_somebody_who_is_nobody_changes_nothing_and_the_person_paged_hears_it(
    tmp_path: Path,
) -> None:
    with pushover_night(tmp_path) as (night, pushover):
        night("declare", "The X is down", "-s", "x")
        (receipt,) = pushover.receipts
        pushover.acknowledge(receipt, by="uStrangerStrangerStrangerStran")
        night("tick")
        assert night.status == "open"
        assert "That address is nobody's here, so nothing was done." in pushover.texts[-1]
