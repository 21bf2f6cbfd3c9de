"""Broken configurations and databases, cron, closed streams, umask; any title, any bytes."""

from __future__ import annotations

import os
import sqlite3
import stat

import pytest

from tests.cli.incidents.answers import ANA, BO, CY
from tests.delivery.processes import until
from tests.faults.rounds import mostly_long
from tests.loopback import another, bank

# ── configuration and database ──────────────────────────────────────────────────────


SECONDS = """
[policies.seconds]
[[policies.seconds.levels]]
notify = ["on-call"]
wait = "1s"
[[policies.seconds.levels]]
notify = ["lead"]
wait = "5m"
[services.quick]
name = "Quick"
team = "identity"
policy = "seconds"
"""


@pytest.mark.long
def test_a_broken_configuration_stops_neither_running_incidents_nor_new_ones(web, tmp_path):
    escalate = bank(tmp_path, web)
    escalate.configure(SECONDS)
    escalate.declare("Slow", "-s", "quick")
    assert escalate.told == [ANA]
    escalate.configure('[services.quick]\nteam = "identitty"\n', "broken.toml")

    def escalated() -> bool:
        ran = escalate("tick")
        assert ran.code == 3
        assert "the last valid one is used" in ran.err
        return BO in escalate.told

    until(escalated)
    ran = escalate("declare", "Another", "-s", "auth-db")
    assert (ran.code, CY in escalate.told) == (0, True)
    assert "the configuration is broken" in ran.err
    for words in (
        "ack 1",
        "list",
        "timeline 1",
        "explain 1",
        "report",
        "export 1",
        "oncall",
        "maintenance quick --for 1m",
        "show 1",
    ):
        ran = escalate.here(*words.split())
        assert ran.code in (0, 1), words
        assert ran.err.count("the configuration is broken") == 1, words
    doctor = escalate("doctor", "--json")
    assert (doctor.code, doctor.json["ok"]) == (1, False)
    codes = {one["code"]: one["level"] for one in doctor.json["findings"]}
    assert (codes["configuration"], codes["last-valid-configuration"]) == ("error", "warning")
    fresh = escalate("declare", "x", "--db", str(tmp_path / "fresh.db"))
    assert fresh.code == 3, "a new database has no last valid configuration"
    assert "broken.toml:" in fresh.err


@pytest.mark.parametrize(
    ("name", "make", "error"),
    [
        (
            "a directory that does not exist",
            lambda path: path.parent.rmdir(),
            "the directory of the database does not exist",
        ),
        ("a text file", lambda path: path.write_text("Dear diary\n" * 99), "is not a database of escalate"),
        pytest.param(
            "a directory", lambda path: path.mkdir(), "is not a regular file", marks=pytest.mark.long
        ),
        pytest.param("a FIFO", os.mkfifo, "is not a regular file", marks=pytest.mark.long),
        (
            "another SQLite file",
            lambda path: sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close(),
            "of something else",
        ),
        (
            "a dangling link",
            lambda path: path.symlink_to(path.with_name("nowhere") / "at-all"),
            "is not a regular file",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_database_that_is_none_is_named_and_left_alone(organisation, tmp_path, name, make, error):
    (tmp_path / "db").mkdir()
    escalate = another(organisation, tmp_path / "db")
    make(escalate.db)
    before = escalate.db.read_bytes() if escalate.db.is_file() else None
    ran = escalate("declare", "x", "-s", "login")
    assert (ran.code, ran.out) == (7, "")
    assert error in ran.err.splitlines()[0]
    assert str(escalate.db.parent) in ran.err.splitlines()[0]
    assert escalate.told == [CY], "the fallback hears of it, since nobody else will"
    doctor = escalate("doctor", "--json")
    assert doctor.code == 7
    assert {"database-unusable", "spooled"} <= {
        one["code"] for one in doctor.json["findings"] if one["level"] == "error"
    }
    assert before == (escalate.db.read_bytes() if escalate.db.is_file() else None)


def test_a_database_whose_making_was_cut_short_is_made_anew_and_one_that_was_emptied_is_not(escalate):
    journal = escalate.db.with_name(escalate.db.name + "-journal")
    escalate.db.touch()
    journal.write_bytes(
        bytes.fromhex("000000000000000000000000cccbb2a4000000000000020000001000") + bytes(1000)
    )
    assert escalate.declare("x", "-s", "auth-db")["id"] == 1
    escalate.db.write_bytes(b"")
    ran = escalate.here("list")
    assert (ran.code, "it has been truncated" in ran.err) == (7, True)


# ── surroundings ────────────────────────────────────────────────────────────────────


def test_cron_knows_no_home_and_no_language(escalate):
    clean = "env -i PATH=/usr/bin:/bin ESCALATE_CONFIG=$ESCALATE_CONFIG ESCALATE_DB=$ESCALATE_DB escalate"
    escalate.environ["PATH"] += ":/usr/bin:/bin"
    program = escalate.script("command -v escalate").out.strip()
    clean = clean.replace(" escalate", f" {program}")
    ran = escalate.script(f"{clean} declare 'żółć 🚒' -s auth-db && {clean} tick && {clean} show 1")
    assert ran.code == 0, ran.err
    assert escalate.told == [CY]
    assert "żółć 🚒" in ran.out
    assert escalate.messages[0].json["title"] == "[major] #1 żółć 🚒"


@pytest.mark.parametrize(
    "closed", mostly_long(["<&-", ">&-", "<&- >&- 2>&-", ">/dev/full"], "<&- >&- 2>&-", ">/dev/full")
)
def test_a_declaration_goes_out_whatever_its_streams_are(escalate, closed):
    ran = escalate.script(f"escalate declare 'x' -s auth-db {closed}")
    assert ran.code == 0, ran.err
    assert escalate.told == [CY]


def test_files_are_their_owners_alone_whatever_the_umask_says(organisation, tmp_path):
    escalate = another(organisation, tmp_path)
    cache = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "ESCALATE_DB": "",
    }
    ran = escalate.script("umask 000; escalate declare x -s auth-db && escalate tick", **cache)
    assert ran.code == 0, ran.err
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert {"escalate.db", "escalate.db-journal"} <= {path.name for path in modes}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


# ── text ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "title",
    [
        "\x1b[2J\x1b]0;owned\x07 red",
        pytest.param("two\nlines\r\n and\ttabs", marks=pytest.mark.long),
        pytest.param("user\u202egnp.exe", marks=pytest.mark.long),
        "<!channel> <script>alert(1)</script> %s{title}{0} =cmd|' '; DROP TABLE incidents; --",
        pytest.param("x", marks=pytest.mark.long),
        "ü" * 50_000,
    ],
    ids=["escapes", "lines", "right-to-left override", "markup", "one byte", "100 KB"],
)
def test_any_title_is_stored_as_given_shown_harmlessly_and_delivered(escalate, title):
    assert escalate.declare(title, "-s", "auth-db")["title"] == title
    (message,) = escalate.messages
    assert len(message.json["title"]) <= 200
    page = escalate("show", "1").out + escalate.here("list").out + escalate.here("timeline", "1").out
    for text in (page, message.json["title"], message.json["message"]):
        assert not {"\x1b", "\x07", "\r", "\u202e"} & set(text)
    assert "\n" not in message.json["title"]


def test_bytes_that_are_no_text_are_taken_too(escalate):
    ran = escalate.script("escalate declare $'caf\\xe9' -s auth-db --json")
    assert (ran.code, ran.json["title"]) == (0, "caf\\udce9")
    assert escalate.told == [CY]
