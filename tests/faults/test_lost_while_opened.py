"""A directory that is lost in the very moment in which processes open the database in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from escalate_cli.clock import Clock
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.whereabouts import Whereabouts
from tests.faults.harness import CLOCK
from tests.faults.rounds import seeded

OPENED_AGAIN_AND_AGAIN = """
import sys
from contextlib import suppress
from pathlib import Path
from escalate_cli.clock import Clock
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite.database import Database
from escalate_cli.store.sqlite.whereabouts import Whereabouts
path, state = map(Path, sys.argv[1:])
print("ready", flush=True)
while True:
    with suppress(DatabaseProblem):
        Database(path, Clock(), whereabouts=Whereabouts(state)).close()
"""


def exchange(directory: Path, elsewhere: Path) -> None:
    directory.rename(elsewhere)
    directory.mkdir()


@pytest.mark.parametrize("remembered", ["mark", "process"])
def test_a_directory_that_took_the_place_of_the_opened_ones_is_not_noted_as_the_databases(
    tmp_path: Path, remembered: str
) -> None:
    """The disk is lost after the database was opened, before it is noted where it is."""
    directory, path = tmp_path / "data", tmp_path / "data" / "escalate.db"
    directory.mkdir()
    state = tmp_path / "state" if remembered == "mark" else None
    whereabouts = Whereabouts(state)
    Database(path, Clock(), whereabouts=whereabouts).close()
    status = path.stat()
    exchange(directory, tmp_path / "elsewhere")
    whereabouts.note(path, (status.st_dev, status.st_ino))
    asked = Whereabouts(state) if remembered == "mark" else whereabouts
    with pytest.raises(DatabaseProblem, match="is gone: it was "):
        asked.refuse_lost(path)


@pytest.mark.long
def test_no_database_is_begun_anew_in_a_directory_lost_while_eight_processes_open_the_one_in_it(
    tmp_path: Path,
) -> None:
    directory, elsewhere, chance = tmp_path / "data", tmp_path / "elsewhere", seeded("lost while opened")
    directory.mkdir()
    path, state = directory / "escalate.db", tmp_path / "state"
    Database(path, Clock(), whereabouts=Whereabouts(state)).close()
    command = [sys.executable, "-c", OPENED_AGAIN_AND_AGAIN, str(path), str(state)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(8)]
    made, losses, end = [], 0, CLOCK.monotonic() + 30
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        while CLOCK.monotonic() < end:
            CLOCK.sleep(chance.randrange(1_000, 20_000))
            stopped = [process for process in processes if chance.random() < 0.3]
            for process in stopped:
                process.send_signal(signal.SIGSTOP)
            exchange(directory, elsewhere)
            losses += 1
            for process in stopped:
                process.send_signal(signal.SIGCONT)
            CLOCK.sleep(chance.randrange(1_000, 20_000))
            made += [name for name in os.listdir(directory) if name == path.name]
            directory.rename(tmp_path / f"beneath-{losses}")
            elsewhere.rename(directory)
    finally:
        for process in processes:
            with suppress(OSError):
                process.kill()
            process.communicate()
    assert losses > 10
    assert not made, f"{len(made)} of {losses}"
