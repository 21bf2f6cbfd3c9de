"""Runs every test behind "What it survives" in README.md, the long ones too, and prints its table
with the numbers of this run.

    python -m tests.faults.survey            # more than half an hour on two quiet cores
    python -m tests.faults.survey 1 2 3      # only these situations

The situations are those of the issue that this came from; a number may have several rows of tests,
and a test may serve several numbers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[2]
REPORT = "ESCALATE_FAULTS_REPORT"
WANTED = "ESCALATE_FAULTS_TESTS"


@dataclass(frozen=True)
class Row:
    """A situation: its number, what is injected, and the tests that do it, as "file::beginning of
    the name".
    """

    number: int
    situation: str
    injected: str
    tests: tuple[str, ...]


def row(number: int, situation: str, injected: str, *tests: str) -> Row:
    return Row(number, situation, injected, tests)


CRASHES, CROWDS, HEALTH = (
    "tests/faults/test_crashes.py",
    "tests/faults/test_crowds.py",
    "tests/faults/test_own_health.py",
)
STORAGE, MIGRATIONS, WATCHING = (
    "tests/faults/test_storage.py",
    "tests/faults/test_migrations.py",
    "tests/faults/test_watching.py",
)
PROVIDERS, CLOCKS, EDITS = (
    "tests/faults/test_providers.py",
    "tests/faults/test_clocks.py",
    "tests/faults/test_edits.py",
)
SURROUNDINGS, SECRETS, MODEL = (
    "tests/faults/test_surroundings.py",
    "tests/faults/test_secrets.py",
    "tests/faults/test_model.py",
)
CLAIMS, GUARDS, PAST = (
    "tests/faults/test_claims.py",
    "tests/faults/test_guards.py",
    "tests/faults/test_past.py",
)
MATTERS = "tests/scenarios/test_what_matters_most.py"
MAINTENANCES, TURNS = "tests/scenarios/test_maintenances.py", "tests/scenarios/test_taken_turns.py"
PEOPLE, ONE_DATABASE = (
    "tests/scenarios/test_one_installation_many_people.py",
    "tests/cli/test_one_database_for_everybody.py",
)
MEMORY = "tests/delivery/test_memory.py"
SPOOL, LOOPS = "tests/faults/test_spool.py", "tests/faults/test_loops.py"
OUTCOMES, PROCESSES, ENDS = (
    "tests/delivery/test_outcomes.py",
    "tests/delivery/test_processes.py",
    "tests/delivery/test_end_to_end.py",
)
HOURS, SCHEDULE, LEVELS = (
    "tests/core/test_hours.py",
    "tests/core/test_schedule.py",
    "tests/scenarios/test_hours_and_levels.py",
)
PROMISES, LIVES, MISTAKES = (
    "tests/scenarios/test_promises.py",
    "tests/properties/test_lives.py",
    "tests/config/test_mistakes.py",
)
LAST_LOOK, LONG_PASSES, ZONES = (
    "tests/faults/test_last_look.py",
    "tests/faults/test_long_passes.py",
    "tests/faults/test_zones.py",
)
UNUSABLE, WHOEVER_ACTS = "tests/scenarios/test_unusable.py", "tests/scenarios/test_whoever_acts.py"
KEYS, TOLD = "tests/scenarios/test_the_same_key_again.py", "tests/scenarios/test_what_is_told.py"
WALKING = "tests/scenarios/test_walking.py"

ROWS = (
    row(
        1,
        "`tick` is killed",
        "SIGKILL to three at a time at a random moment; each guard of claim and record taken away",
        f"{CRASHES}::test_ticks_killed",
        f"{CRASHES}::test_what_is_killed_again",
        f"{CLAIMS}::",
        f"{GUARDS}::",
    ),
    row(
        2,
        "`declare` is killed",
        "SIGKILL at a random moment; also while it makes the first database, and at each of its writes",
        f"{CRASHES}::test_declares_killed",
        f"{WATCHING}::test_first_commands",
        f"{WATCHING}::test_a_first_command",
        f"{WATCHING}::test_a_database_whose_making",
    ),
    row(
        3,
        "killed between claim, send and record",
        "SIGKILL at each of ten named points",
        f"{CRASHES}::test_a_declare_killed_at",
        f"{CRASHES}::test_a_tick_killed_at",
        f"{CRASHES}::test_a_message_on_its_way",
        f"{CRASHES}::test_a_repeat_says_so",
        f"{CRASHES}::test_a_digest_whose",
    ),
    row(
        4,
        "the process that sends is killed, or its parent",
        "SIGKILL, SIGSTOP",
        f"{CRASHES}::test_a_sending_process",
        f"{CRASHES}::test_a_tick_that_is_killed",
        f"{PROCESSES}::test_a_killed",
        f"{PROCESSES}::test_when_the_parent",
        f"{PROCESSES}::test_a_child_ends",
    ),
    row(
        5,
        "`watch` is stopped or paused in the middle of a send",
        "SIGTERM; SIGSTOP for longer than its claims last",
        f"{CRASHES}::test_a_watch_told",
        f"{WATCHING}::test_a_watch_paused",
        f"{LOOPS}::test_a_watch_that_is_told",
        f"{ENDS}::test_a_watch_that_is_told",
    ),
    row(
        6,
        "many at once",
        "20 `tick`, 5 `ack`, 2 `watch` with 200 notifications due; 20 `tick` with 100; 4 `tick` take in 40"
        " declarations",
        f"{CROWDS}::test_twenty",
        f"{SPOOL}::test_what_is_kept_is_taken",
        f"{ENDS}::test_many_ticks",
    ),
    row(
        7,
        "an answer while it pages",
        "`ack` in the middle of 80 sends; `resolve` during the back-off",
        f"{CROWDS}::test_after_an_ack",
        f"{CROWDS}::test_a_resolve",
    ),
    row(
        8,
        "somebody else holds the database",
        "an exclusive lock, for longer than anybody waits",
        f"{CROWDS}::test_a_database_held",
        f"{CROWDS}::test_a_watch_survives",
        f"{CROWDS}::test_a_tick_whose",
    ),
    row(
        9,
        "the disk is full",
        "a file system of 4 MB filled to the last byte, or a limit of file sizes; then the reserve used up",
        f"{HEALTH}::test_on_a_full_disk",
        f"{HEALTH}::test_when_the_reserve",
        f"{HEALTH}::test_a_database_that",
        f"{HEALTH}::test_a_declaration_that",
        f"{HEALTH}::test_a_tick_that_cannot",
        f"{HEALTH}::test_a_kept",
        f"{SPOOL}::test_a_kept",
        f"{SPOOL}::test_what_is_kept_is_kept",
        f"{HEALTH}::test_a_copy",
    ),
    row(
        10,
        "the database is not one any more",
        "replaced, missing, truncated, read-only, bits flipped, taken away while `watch` sends",
        f"{STORAGE}::test_a_database_that",
        f"{SPOOL}::test_a_spool",
        f"{STORAGE}::test_flipped",
        f"{STORAGE}::test_a_read_only",
        f"{WATCHING}::test_a_watch_whose",
        f"{LOOPS}::test_while_the_fallback",
        f"{LOOPS}::test_a_watch_with_a_read_only",
        f"{HEALTH}::test_a_damaged_backup",
        f"{HEALTH}::test_a_backup_can",
    ),
    row(
        11,
        "an older or newer database",
        "databases of every released version; migrations that fail half way; six at once",
        f"{MIGRATIONS}::",
        f"{STORAGE}::test_a_newer",
    ),
    row(
        12,
        "a long past",
        "100,000 incidents, 1,000,000 attempts, 50 open; 5,000 passes of one `watch`",
        f"{PAST}::",
    ),
    row(
        13,
        "a provider refuses",
        "connection refused, reset, closed; 500, 502, 429, 401, 404, 550",
        f"{PROVIDERS}::test_a_provider_in_trouble",
        f"{PROVIDERS}::test_refused",
        f"{PROVIDERS}::test_what_is_hopeless",
        f"{PROVIDERS}::test_a_mailbox",
        f"{OUTCOMES}::test_what_a",
    ),
    row(
        14,
        "a provider never ends",
        "no answer; one byte a second",
        f"{PROVIDERS}::test_a_provider_that_never",
        f"{LOOPS}::test_the_auditors_page",
        f"{OUTCOMES}::test_an_attempt_ends",
        f"{PROCESSES}::test_4_14",
        f"{ENDS}::test_a_provider_that_never",
    ),
    row(
        15,
        "nine of ten gateways are dead; all, for an hour",
        "hanging, dripping and closed ports",
        f"{PROVIDERS}::test_nine",
        f"{PROVIDERS}::test_providers_dead",
    ),
    row(
        16,
        "a plugin misbehaves",
        "raises, aborts, exits, prints rubbish, kills its parent",
        f"{PROVIDERS}::test_a_plugin",
        f"{PROCESSES}::test_a_plugin",
    ),
    row(
        17,
        "a provider says yes and means no",
        "200 with an error inside, a redirect, half an answer, nothing on the wire",
        f"{PROVIDERS}::test_a_provider_that_takes",
        f"{OUTCOMES}::test_a_plugin_that_claims",
        f"{OUTCOMES}::test_options",
    ),
    row(
        18,
        "a secret is put right meanwhile",
        "the file of a secret rewritten, removed, written again",
        f"{PROVIDERS}::test_a_secret",
    ),
    row(
        19,
        "the machine sleeps; cron stops",
        "3 hours, a day, a week; ticks 1 s to a day apart",
        f"{CLOCKS}::test_ticks_",
        f"{CLOCKS}::test_a_machine",
        f"{CLOCKS}::test_the_real_command_after",
        f"{PROMISES}::test_4_11",
        f"{LIVES}::test_4_11",
    ),
    row(
        20,
        "the clock jumps",
        "back an hour, a day, to 1970; forward a day",
        f"{CLOCKS}::test_a_clock",
        f"{CLOCKS}::test_a_retry",
        f"{CLOCKS}::test_the_real_command_with",
        f"{PROMISES}::test_4_12",
    ),
    row(
        21,
        "handoffs and changes of clocks",
        "Berlin, New York, Lord Howe, St John's, Casablanca, Apia 2011: every minute, and a page at the"
        " instant",
        f"{SCHEDULE}::test_at_every",
        f"{SCHEDULE}::test_any_schedule",
        f"{CLOCKS}::test_a_page_at",
    ),
    row(
        22,
        "hours across changes of clocks and holidays",
        "the same zones; holds and maintenances that end while nothing runs",
        f"{HOURS}::",
        f"{MAINTENANCES}::test_4_18_a_page_that_waited",
        f"{MAINTENANCES}::test_4_18_a_maintenance_that_was_ended",
        f"{MAINTENANCES}::test_4_18_after_a_maintenance",
        f"{LEVELS}::test_a_hold",
        f"{LEVELS}::test_hours_are",
    ),
    row(
        23,
        "the configuration is edited meanwhile",
        "levels reordered, removed, shortened; people, teams, services removed or renamed; the turn under way"
        " taken",
        f"{EDITS}::test_an_edited",
        f"{EDITS}::test_a_person",
        f"{EDITS}::test_a_team",
        f"{EDITS}::test_a_service",
        f"{EDITS}::test_an_address",
        f"{TURNS}::",
    ),
    row(
        24,
        "the configuration is broken",
        "empty, cut, garbled, huge, BOM, CRLF, Latin-1, nested, doubled, removed",
        f"{EDITS}::test_a_broken",
        f"{EDITS}::test_an_odd",
        f"{EDITS}::test_a_configuration",
        "tests/config/test_any_configuration.py::",
    ),
    row(
        25,
        "a secret is missing",
        "an unset variable, a file that is not there",
        f"{EDITS}::test_a_missing",
        f"{ENDS}::test_a_missing",
        "tests/config/test_references.py::test_a_missing",
    ),
    row(
        26,
        "the configuration leads nowhere",
        "cycles, unknown names, empty rotations, gaps; people and policies that nothing reaches",
        f"{MISTAKES}::test_a_mistake",
        f"{PROMISES}::test_4_4",
        f"{HEALTH}::test_nobody",
        f"{HEALTH}::test_while_nobody",
        f"{HEALTH}::test_somebody",
    ),
    row(
        27,
        "any text at all",
        "a byte to a megabyte, NUL, escapes, right-to-left, surrogates, `<!channel>`, `%s{}`, SQL",
        f"{SURROUNDINGS}::test_any_title",
        f"{SURROUNDINGS}::test_a_title",
        f"{OUTCOMES}::test_any_text",
        f"{ENDS}::test_hostile",
    ),
    row(
        28,
        "secrets",
        "a canary in every place; every byte written is searched, also after crashes",
        f"{SECRETS}::",
        "tests/delivery/test_secrets.py::",
    ),
    row(
        29,
        "odd surroundings",
        "no HOME, LANG=C, umask 000, closed or full streams, cron, 64 files",
        f"{SURROUNDINGS}::test_pages_go",
        f"{SURROUNDINGS}::test_a_watch",
        f"{PROCESSES}::test_it_works",
    ),
    row(
        30,
        "a storm",
        "1,200 declarations, one key and many; a critical, nudges, informs and ends in a full window",
        f"{SURROUNDINGS}::test_a_storm",
        f"{LEVELS}::test_4_15",
        f"{MATTERS}::test_4_15",
    ),
    row(31, "nothing happens", "1,440 idle ticks", f"{SURROUNDINGS}::test_idle"),
    row(32, "anything, in any order", "random operations against a small model", f"{MODEL}::"),
    row(
        33,
        "any length, to any service",
        "a letter to a megabyte, digests, templates, mentions, to eight services that count as the real"
        " ones do",
        "tests/delivery/test_length.py::",
    ),
    row(
        34,
        "something of one team cannot be used",
        "a time zone taken away; a schedule, and each public function of the core in turn, raising for one"
        " team",
        "tests/faults/test_injected.py::",
        "tests/faults/test_zones.py::",
        "tests/scenarios/test_unusable.py::",
        "tests/foresight/test_unusable.py::",
    ),
    row(
        35,
        "a critical in a full window of `[limits]`",
        "one as grave on its way that fails; a lesser one told; nudges, informs and ends beside it",
        f"{MATTERS}::test_4_15_what_fails",
        f"{MATTERS}::test_4_15_a_page_more_severe",
        f"{MATTERS}::test_4_15_neither_nudges",
        f"{MATTERS}::test_4_15_ends_use",
    ),
    row(
        36,
        "`watch` beside a hanging gateway",
        "edits, kept declarations, a dead claim, metrics, the daily copy; also one long `tick`",
        f"{LONG_PASSES}::",
    ),
    row(
        37,
        "nobody reads what is said",
        "a terminal stopped by Ctrl-S, or whose other end does not read; full pipes; under `watch`, `tick`"
        " and `demo`; SIGTERM then",
        "tests/faults/test_unread.py::",
        f"{SURROUNDINGS}::test_a_watch_goes_on",
    ),
    row(
        38,
        "much is due by dead gateways",
        "200 messages by four that hang, and one by a sound one; the auditor's page",
        f"{LAST_LOOK}::test_a_hanging",
        f"{LOOPS}::test_the_auditors",
    ),
    row(
        39,
        "a sender stopped between claim and first byte",
        "acknowledged, resolved, taken over or outlasted meanwhile; then continued",
        f"{LAST_LOOK}::test_no_attempt",
        f"{LAST_LOOK}::test_what",
        f"{LAST_LOOK}::test_a_database",
    ),
    row(
        40,
        "the database is damaged in an index, or lost",
        "rows hidden from an index, rows that are no more; a restore killed at each step; its disk or link"
        " exchanged, also under a `watch`",
        "tests/faults/test_damaged_indexes.py::",
        "tests/faults/test_lost_databases.py::",
    ),
    row(
        41,
        "variables and files that make no sense",
        "proxies, missing certificates, `.netrc`",
        f"{SURROUNDINGS}::test_what_the_surroundings",
        f"{SURROUNDINGS}::test_certificates",
        f"{SURROUNDINGS}::test_a_netrc",
    ),
    row(
        42,
        "secrets in cores and echoes",
        "core dumps; echoes of a secret in any coding",
        f"{SURROUNDINGS}::test_a_process_that_holds",
        f"{SURROUNDINGS}::test_a_process_leaves_no_core",
        "tests/delivery/test_secrets.py::test_a_secret_is_told",
        "tests/delivery/test_secrets.py::test_a_password",
    ),
    row(
        43,
        "small files that cost hours; answers without end",
        "deep keys, 100,000 rules; bodies, gzip bombs, banners without end",
        f"{EDITS}::test_a_small_file",
        f"{EDITS}::test_a_file_too_slow",
        f"{OUTCOMES}::test_a_web_servers_answer",
        f"{OUTCOMES}::test_a_mail_servers_answer",
        f"{MEMORY}::",
    ),
    row(
        44,
        "many people, one installation",
        "real users of a group and outside of it, every umask; what one keeps aside and another cannot read;"
        " files that may not be used",
        f"{PEOPLE}::",
    ),
    row(
        45,
        "somebody acts between two ticks",
        "a time-out, a snooze, a nudge, a level, a maintenance that has lapsed; the same key again; worse"
        " while somebody has it",
        f"{WHOEVER_ACTS}::",
        f"{KEYS}::",
        f"{TOLD}::test_4_7",
        f"{MAINTENANCES}::test_4_18_after_a_snooze",
    ),
    row(
        46,
        "planted links, loose modes; a copy cut short",
        "links where metrics, pages, copies, the cache go; files of others; SIGKILL during the daily copy;"
        " parts left by the dead",
        "tests/faults/test_files.py::",
        "tests/faults/test_exposure.py::",
    ),
    row(
        47,
        "a copy is put back",
        "numbers after it, with the database there, damaged, gone; what is not in it",
        f"{ONE_DATABASE}::test_4_26",
    ),
    row(
        48,
        "nobody is reached for a while",
        "a fallback that reaches nobody, holds, rounds that took days",
        f"{WALKING}::",
    ),
    row(
        49,
        "everything at once",
        "any signal to twenty processes; providers hang, refuse, are late; full disks, lost mounts, edits,"
        " leaps of the clock, restores",
        "tests/faults/test_chaos.py::",
    ),
)


@dataclass
class Sum:
    """What the tests of a row reported."""

    rounds: int = 0
    lost: int = 0
    repeated: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)


def add_up(rows: Iterable[Row], lines: Iterable[dict[str, Any]]) -> dict[int, Sum]:
    """The numbers of each row. A test that says nothing of its rounds is one round."""
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    ended: dict[str, bool] = {}
    for line in lines:
        if "passed" in line:
            ended[line["test"]] = line["passed"]
        else:
            said[line["test"]].append(line)
    sums = {}
    for row in rows:
        total = sums[row.number] = Sum()
        for test in (name for name in ended if name.startswith(row.tests)):
            total.rounds += max(sum(line.get("rounds", 0) for line in said[test]), 1)
            total.lost += sum(line.get("lost", 0) for line in said[test])
            for line in said[test]:
                total.repeated.update(line.get("repeated", {}))
            if not ended[test]:
                total.failed.append(test)
    return sums


def table(rows: Iterable[Row], sums: dict[int, Sum]) -> Iterable[str]:
    yield "| | situation | what is done to it | rounds | lost | repeated |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        total = sums[row.number]
        repeated = str(total.repeated.total())
        yield (
            f"| {row.number} | {row.situation} | {row.injected} | {total.rounds:,} | {total.lost} |"
            f" {repeated} |"
        )


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """pytest's hook: only the tests of the rows that are asked for."""
    if WANTED in os.environ:
        items[:] = [item for item in items if item.nodeid.startswith(tuple(os.environ[WANTED].split()))]


def pytest_runtest_logreport(report: Any) -> None:
    """pytest's hook (this file is a plugin then): note how each test ended."""
    if (
        report.when == "call"
        and REPORT in os.environ
        and "PYTEST_XDIST_WORKER" not in os.environ
        and not report.skipped
    ):
        write({"test": report.nodeid, "passed": report.passed})


def write(line: dict[str, Any]) -> None:
    """Add a line to the report, if somebody wants one."""
    if REPORT in os.environ:
        with open(os.environ[REPORT], "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def main(numbers: list[str]) -> int:
    rows = [one for one in ROWS if not numbers or str(one.number) in numbers]
    files = sorted({test.partition("::")[0] for row in rows for test in row.tests})
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as report:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.faults.survey",
            "-m",
            "long or not long",
            *files,
        ]
        environ = {
            **os.environ,
            REPORT: report.name,
            WANTED: " ".join(test for row in rows for test in row.tests),
        }
        ran = subprocess.run(command, cwd=HERE, env=environ, stdout=sys.stderr, check=False)
        sums = add_up(rows, map(json.loads, report))
    print("\n".join(table(rows, sums)))
    reasons = sum((total.repeated for total in sums.values()), Counter[str]())
    print(
        "\nRepeated, because: "
        + ("; ".join(f"{reason} ({count})" for reason, count in reasons.most_common()) or "nothing was")
    )
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
