"""A watch after an error that nobody foresaw: it goes on, says so once, and the fallback hears of
it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.engine.engine import Engine
from escalate_cli.passes import tick
from escalate_cli.passes.signals import Signals
from escalate_cli.passes.watch import watch
from tests.delivery.processes import until
from tests.faults.harness import CLOCK, crew, installation
from tests.servers import HttpServer

FAILING = 3
"""passes that fail, one after the other"""


@pytest.mark.parametrize(("owner", "name"), [(tick, "take_in"), (Engine, "begin_pass"), (tick, "after_pass")])
def test_4_20_a_watch_goes_on_after_an_unforeseen_error_and_the_next_pass_pages(
    tmp_path: Path, web: HttpServer, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    as_ever, left, said = getattr(owner, name), FAILING, []

    def fails(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise LookupError("injected")
        return as_ever(*arguments, **named)

    signals, until = Signals(), CLOCK.monotonic() + 60

    def tell(report: Any) -> None:
        said.extend([*report.troubles, *report.warnings])
        arrived = [one for one in web.arrived if "#1 " in one.json["title"]]
        signals.stop = CLOCK.monotonic() > until or bool(
            left < 0 and arrived and any("this is over" in one for one in said)
        )

    monkeypatch.setattr(owner, name, fails)
    with (
        installation(tmp_path, web, crew(1, ("a",))) as place,
        closing(place.context) as context,
        signals.heard(),
    ):
        place.declare_quietly()
        watch(context, SECOND // 10, signals, tell)
        failed = [one for one in said if one.startswith("it failed: LookupError at ")]
        assert (len(failed), said.count(f"this is over: {failed[0]}")) == (1, 1), said
        titles = [one.json["title"] for one in web.arrived]
        assert sorted("#1 " in one for one in titles) == [False, True], titles
        assert titles.count("[escalate] it cannot do its work") == 1
        assert place.statuses() == {"sent": 1}


def tear_the_title_of(path: Path, number: int) -> None:
    """The title of one incident goes on in a page that leads nowhere: its other fields can be read."""
    with closing(sqlite3.connect(path)) as database, database:
        (size,) = database.execute("PRAGMA page_size").fetchone()
        database.execute("UPDATE incidents SET title = ? WHERE id = ?", ("T" * 9000, number))
    content = path.read_bytes()
    torn = next(at for at in range(0, len(content), size) if content[at + 100 : at + 400] == b"T" * 300)
    path.write_bytes(content[:torn] + b"\x7f\xff\xff\xff" + content[torn + 4 :])


def test_4_20_a_title_that_cannot_be_read_keeps_a_watch_from_no_other_page(
    tmp_path: Path, web: HttpServer
) -> None:
    with installation(tmp_path, web, crew(1, ("a",))) as place:
        place.declare_quietly("the first")
        assert place("ack", "1", "--by", "p0").code == 0
        place.declare_quietly("the second")
        tear_the_title_of(place.db, 1)
        watching = place.begin("watch", "--interval", "1s")
        until(lambda: any("the second" in one.json["title"] for one in web.arrived))
        watching.terminate()
        place.end(watching)
