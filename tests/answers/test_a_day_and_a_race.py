"""A day of passes in which nothing waits, and readers that race for one mailbox: real passes, real processes,
a mailbox of a real IMAP server.
"""

from __future__ import annotations

import resource
import socket
from pathlib import Path

import pytest

from escalate_cli.context import Context
from escalate_cli.passes.tick import tick
from tests.answers.test_read_in_passes import MailNight, night, night_at
from tests.delivery.processes import can_be_told_to_end, until
from tests.faults.test_storm_and_idleness import sizes_of
from tests.servers import LOOPBACK

A_DAY = 1440


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@pytest.mark.long
def test_23_a_day_of_idle_ticks_connects_to_nothing_writes_nothing_new_and_costs_what_it_did(
    tmp_path: Path,
) -> None:
    """With an incident that ended yesterday; the CPU is compared with the same day without `answers`, turn
    by turn.
    """
    with socket.create_server((LOOPBACK, 0)) as mailbox:
        mailbox.setblocking(False)
        listening = f"imap://a:b@{LOOPBACK}:{mailbox.getsockname()[1]}"
        with (
            night_at(tmp_path / "hears", listening) as hears,
            night_at(tmp_path / "deaf", "by-command") as deaf,
        ):
            spent: dict[str, float] = {}
            contexts: dict[str, Context] = {}
            for name, night in (("hears", hears), ("deaf", deaf)):
                night.declare("The X is down", "-s", "x")
                assert night("resolve", "1", "--by", "ana").code == 0
                with night.sql() as db:
                    db.execute("UPDATE incidents SET resolved_at = resolved_at - 86400000000")
                    db.execute("UPDATE notifications SET sent_at = sent_at - 86400000000")
                contexts[name], spent[name] = night.context, 0.0
                tick(contexts[name])
            before = sizes_of(hears), hears.rows("SELECT count(*) FROM timeline"), len(hears.messages)
            for _ in range(A_DAY):
                for name, context in contexts.items():
                    began = cpu()
                    report = tick(context)
                    spent[name] += cpu() - began
                    assert (report.lines, report.troubles) == ([], [])
            for context in contexts.values():
                context.close()
            after = sizes_of(hears), hears.rows("SELECT count(*) FROM timeline"), len(hears.messages)
            assert after == before
            assert hears.rows("SELECT 1 FROM answers UNION SELECT 1 FROM readers") == []
            with pytest.raises(BlockingIOError):
                mailbox.accept()
            assert spent["hears"] < 1.5 * spent["deaf"] + 0.5


@pytest.mark.long
def test_21_a_watch_and_ticks_that_race_for_one_mailbox_do_each_answer_once(night: MailNight) -> None:
    night("declare", "The X is down", "-s", "x")
    watch = night.begin("watch", "--interval", "1s")
    ticks = []
    for number in range(1, 9):
        night.answer(f"NOTE: seen number {number}", number=number)
        ticks.append(night.begin("tick"))
    for process in ticks:
        assert night.end(process).code == 0
    until(lambda: night.rows("SELECT count(*) FROM answers") == [(8,)])
    until(lambda: can_be_told_to_end(watch.pid))
    watch.terminate()
    assert night.end(watch).code == 0
    assert [night.told.count(f"seen number {number}") for number in range(1, 9)] == [1] * 8
    assert night.rows("SELECT token FROM readers") == [(None,)]


__all__ = ["night"]
