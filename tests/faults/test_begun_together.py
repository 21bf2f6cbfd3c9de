"""Many processes begin a database at once: one makes it, and for the others it is theirs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

OPENED_AS_SOON_AS_IT_MAY_BE = """
import sys
from pathlib import Path
from escalate_cli.clock import Clock
from escalate_cli.errors import DatabaseProblem
from escalate_cli.store.sqlite.database import Database
place, rounds = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(rounds):
    path = place / str(number) / "escalate.db"
    try:
        Database(path, Clock(), create_directory=True).close()
    except DatabaseProblem as problem:
        print(problem)
"""


@pytest.mark.parametrize("rounds", [40, pytest.param(600, marks=pytest.mark.long)])
def test_a_database_that_eight_processes_begin_at_once_is_one_of_ours_to_each(
    tmp_path: Path, rounds: int
) -> None:
    command = [sys.executable, "-c", OPENED_AS_SOON_AS_IT_MAY_BE, str(tmp_path), str(rounds)]
    processes = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(8)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=300)[0] for process in processes]
    assert set(said) == {""}, said
    assert [process.returncode for process in processes] == [0] * len(processes)
