"""Takes each guard of the claim, of the last look before the first byte, of the record and of the
memory away in turn, in a copy of everything, and sees that a test notices.

    python -m tests.faults.guards            # prints a table; exit code 1 if a guard can be removed
                                             # without any test failing
    python -m tests.faults.guards claim      # only guards whose name has this word
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
OUTBOX = "escalate_cli/store/sql/outbox.sql"
OUTBOX_PY = "escalate_cli/store/outbox.py"
SITUATIONS = "escalate_cli/store/sql/situations.sql"
ENGINE = "escalate_cli/engine/engine.py"
ABANDONED = "escalate_cli/engine/abandoned.py"
ATTEMPT = "escalate_cli/core/notification/attempt.py"
DELIVERY = "escalate_cli/delivery/one_attempt.py"
LAST_LOOK = "escalate_cli/delivery/last_look.py"
WIRE = "escalate_cli/delivery/wire.py"
WORKER = "escalate_cli/delivery/process/worker.py"
QUICK = ("tests/faults/test_claims.py",)
CRASHES = ("tests/faults/test_crashes.py", "-k", "named_point or on_its_way or again_and_again")
MEMORY = ("tests/delivery/test_memory.py",)


def looked(words: str) -> tuple[str, ...]:
    """The tests of the last look whose names have these words."""
    return ("tests/faults/test_last_look.py", "-k", words)


_NONE_SELECTED = 5
"""pytest's exit code where no test has the mark"""


@dataclass(frozen=True)
class Guard:
    """A guard, by what is taken away: the first `text` of a place in `file`, replaced by `by`. A
    place is a statement of SQL or a function, by its name; without one it is the whole file."""

    name: str
    file: str
    place: str
    text: str
    by: str = ""
    tests: tuple[str, ...] = QUICK


GUARDS = (
    Guard("waiting: only what is due", OUTBOX, "waiting", " AND due_at <= :now"),
    Guard(
        "waiting: a gateway's backlog hides no other",
        OUTBOX,
        "waiting",
        "ORDER BY turn, rank, ",
        "ORDER BY rank, ",
    ),
    Guard(
        "claim: only what is pending or retrying", OUTBOX, "claim", "status IN ('pending', 'retrying') AND "
    ),
    Guard("claim: only what is due", OUTBOX, "claim", " AND due_at <= :now"),
    Guard("claim: it is marked as being sent", OUTBOX, "claim", "status = 'sending',", "status = status,"),
    Guard("claim: the attempt is counted", OUTBOX, "claim", "attempts = attempts + 1, "),
    Guard("claim: it has a token", OUTBOX, "claim", "claim = :token,", "claim = '',"),
    Guard("claim: the lease is set", OUTBOX, "claim", "lease_until = :lease_until,", "lease_until = 0,"),
    Guard("claim: a digest of before is forgotten", OUTBOX, "claim", ", bundled_with = NULL"),
    Guard("record: an attempt keeps what was recorded first", OUTBOX, "end_attempt", " AND ended_at IS NULL"),
    Guard("record: only by the holder of the token", OUTBOX, "record_outcome", " AND claim = :token"),
    Guard("record: once", OUTBOX, "record_outcome", " AND status = 'sending'"),
    Guard(
        "record: called off means no further attempt",
        OUTBOX,
        "record_outcome",
        "stopped = 1 AND",
        "stopped = 2 AND",
    ),
    Guard(
        "record: a retry waits",
        OUTBOX,
        "record_outcome",
        "due_at = coalesce(:due_at, due_at)",
        "due_at = coalesce(due_at, :due_at)",
    ),
    Guard("record: what is in doubt is marked", OUTBOX, "record_outcome", "max(unsure, :unsure)", "unsure"),
    Guard(
        "record: what is in doubt stays in doubt", OUTBOX, "record_outcome", "max(unsure, :unsure)", ":unsure"
    ),
    Guard(
        "record: given up means look again",
        OUTBOX_PY,
        "record",
        "if status is NotificationStatus.FAILED:",
        "if False:",
    ),
    Guard("look again: only at what runs", OUTBOX, "look_again", " AND status <> 'resolved'"),
    Guard("look again: never later than before", OUTBOX, "look_again", "next_due_at > :now", ":now > 0"),
    Guard("abandoned: only after the lease", OUTBOX, "abandoned", " AND n.lease_until <= :now"),
    Guard("abandoned: only what is being sent", OUTBOX, "abandoned", "n.status = 'sending' AND "),
    Guard("abandoned: the attempt under way", OUTBOX, "abandoned", " AND a.number = n.attempts"),
    Guard("save: a plan undoes no claim", SITUATIONS, "change_notification", " AND status = :status_before"),
    Guard(
        "save: called off is written down",
        SITUATIONS,
        "change_notification",
        "stopped = :stopped",
        "stopped = 0",
    ),
    Guard(
        "engine: what was abandoned is taken over",
        ENGINE,
        "",
        "        take_over_abandoned(self._bench, now, self._attempts.tokens)\n",
        "",
        CRASHES,
    ),
    Guard(
        "abandoned: not what is under way here",
        ABANDONED,
        "take_over_abandoned",
        "if claimed.token not in mine",
        "if True",
    ),
    Guard(
        "attempt: no more attempts than allowed",
        ATTEMPT,
        "",
        "attempts_made >= attempts_allowed",
        "False",
        CRASHES,
    ),
    Guard(
        "abandoned: a dead sender leaves doubt",
        ABANDONED,
        "",
        "Outcome(OutcomeKind.UNKNOWN",
        "Outcome(OutcomeKind.TEMPORARY",
        CRASHES,
    ),
    Guard(
        "last look: just before the first byte",
        DELIVERY,
        "first_byte",
        "        last_look(envelope.look)\n",
        "",
        looked("just_before"),
    ),
    Guard(
        "last look: also before what is not seen leaving",
        DELIVERY,
        "_send",
        "    last_look(envelope.look)",
        "    ",
        looked("neither"),
    ),
    Guard(
        "last look: not after the end of the claim",
        LAST_LOOK,
        "last_look",
        "Clock().now() >= until",
        "False",
        looked("outlasted or stopped_until"),
    ),
    Guard(
        "last look: the envelope has the end of the claim",
        OUTBOX_PY,
        "last_look",
        "claimed.lease_until",
        "claimed.lease_until << 1",
        looked("outlasted"),
    ),
    Guard(
        "last look: its own claim",
        OUTBOX,
        "still_claimed",
        "claim = :token AND ",
        "",
        looked("another_holds"),
    ),
    Guard("last look: not called off", OUTBOX, "still_claimed", " AND stopped = 0", "", looked("returned_0")),
    Guard(
        "last look: a withdrawn mail is not waited for",
        WIRE,
        "watched_getreply",
        "                client.close()\n",
        "",
        looked("just_before"),
    ),
    Guard(
        "memory: an attempt has so much and no more",
        WORKER,
        "_no_room",
        "bound_memory(_MEMORY_OF_AN_ATTEMPT)",
        "pass",
        MEMORY,
    ),
    Guard(
        "memory: an answer is read piece by piece",
        WIRE,
        "watched_session_send",
        '["stream"] = True',
        '["stream"] = False',
        MEMORY,
    ),
    Guard("memory: a body is cut", WIRE, "_beginning", "len(body) >= _MOST_OF_AN_ANSWER", "False", MEMORY),
    Guard("memory: the lines of a mail server end", WIRE, "readline", "self._left <= 0", "False", MEMORY),
)


def _bounds(guard: Guard, text: str) -> tuple[int, int]:
    """From where to where the place of a guard reaches; -1 at first where it is not there."""
    if not guard.place:
        return 0, len(text)
    is_sql = guard.file.endswith(".sql")
    head, next_head = (
        (f"-- name: {guard.place}\n", "-- name: ") if is_sql else (f"def {guard.place}(", "    def ")
    )
    start = text.find(head)
    end = text.find(next_head, start + len(head))
    return start, end if end >= 0 else len(text)


def without(guard: Guard, copy: Path) -> str | None:
    """Take `guard` away in `copy`; the text of the file before, None when the guard is not found."""
    file = copy / guard.file
    before = file.read_text()
    start, end = _bounds(guard, before)
    at = before.find(guard.text, start, end)
    if start < 0 or at < 0:
        return None
    file.write_text(before[:at] + guard.by + before[at + len(guard.text) :])
    return before


def noticed(guard: Guard, copy: Path) -> tuple[bool, str]:
    """Whether a test fails without `guard`, and which."""
    environ = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    failed: list[str] = []
    for marks in ("not long", "long"):  # the quick ones first
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", "-m", marks]
        ran = subprocess.run(
            [*command, *guard.tests],
            cwd=copy,
            env=environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        failed += [
            line.removeprefix("FAILED ").split(" - ")[0]
            for line in ran.stdout.splitlines()
            if line.startswith(("FAILED", "ERROR"))
        ]
        if ran.returncode not in (0, 1, _NONE_SELECTED):
            raise RuntimeError(ran.stdout + ran.stderr)
        if ran.returncode == 1:
            break
    return ran.returncode == 1, failed[0] if failed else ""


def copied(place: Path) -> Path:
    """A copy of the package and its tests in `place`, with what Python has compiled of them already."""
    for name in ("escalate_cli", "tests", "examples"):
        shutil.copytree(HERE / name, place / name, ignore=shutil.ignore_patterns("*.pyc.*"))
    shutil.copy(HERE / "pyproject.toml", place)
    return place


def main(words: list[str]) -> int:
    """Try each guard; how many could be removed unnoticed, as an exit code."""
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="escalate-guards-") as scratch:
        copy = copied(Path(scratch))
        chosen = [guard for guard in GUARDS if all(word in guard.name for word in words)]
        for tests in dict.fromkeys(guard.tests for guard in chosen):
            if noticed(Guard("nothing", ENGINE, "", "", "", tests), copy)[0]:
                print(f"the tests fail without any change: {' '.join(tests)}")
                return 1
        for guard in chosen:
            before = without(guard, copy)
            if before is None:
                print(f"  GONE      {guard.name}: its text is not in {guard.file} any more")
                unnoticed += 1
                continue
            seen, test = noticed(guard, copy)
            (copy / guard.file).write_text(before)
            unnoticed += not seen
            print(
                f"  {'noticed' if seen else 'UNNOTICED'}  {guard.name}{': ' + test if test else ''}",
                flush=True,
            )
    return int(unnoticed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
