"""`escalate run`: when a job fails an incident is declared, while it fails it is the same one, and when it
works again that is over."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.loopback import Bank, another

FLAKY = "test -e fine || { echo 'disk quota exceeded'; exit 3; }"


@pytest.fixture
def escalate(organisation, tmp_path) -> Bank:
    return another(organisation, tmp_path)


@pytest.fixture
def job(escalate, tmp_path):
    """Runs a shell script as a job of the log-in."""

    def run(script: str, *options: str, **more: str):
        return escalate(
            "run", "--service", "login", *options, "--", "sh", "-c", f"cd {tmp_path}; {script}", **more
        )

    return run


def test_a_failure_is_an_incident_and_pages_and_the_exit_code_stays(escalate):
    ran = escalate("run", "--service", "login", "--", "sh", "-c", "echo disk quota exceeded; exit 3")
    assert (ran.code, ran.out) == (3, "disk quota exceeded\n")
    assert "incident #1 is declared; paged: Ana Ruiz" in ran.err
    incident = escalate.show()
    assert incident["services"] == ["login"]
    assert incident["title"].endswith("failed")
    assert incident["message"].startswith("Exit code 3, on ")
    assert incident["message"].endswith(": disk quota exceeded")
    assert "disk quota exceeded" in escalate.message("/sms/+447700900123")["message"]


def test_failing_again_is_the_same_incident_and_news_only_where_there_is_news(escalate, job):
    job("cat what; exit 3")
    job("cat what; exit 3")
    assert [entry["kind"] for entry in escalate.show()["timeline"]].count("update") == 0
    (escalate.place / "what").touch()
    assert len(escalate.here("list", "--json").json) == 1


def test_news_of_it_is_an_update(escalate, job, tmp_path):
    (tmp_path / "what").write_text("disk full")
    job("cat what; exit 3")
    (tmp_path / "what").write_text("no route to host")
    assert "incident #1 goes on" in job("cat what; exit 3").err
    told = [entry["text"] for entry in escalate.show()["timeline"]]
    assert any("no route to host" in text for text in told)


def test_when_it_works_again_it_is_over_and_says_how_long_it_failed(escalate, job, tmp_path):
    job(FLAKY)
    (tmp_path / "fine").touch()
    ran = job(FLAKY)
    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (
        0,
        "",
        "escalate: it works again: incident #1 is resolved",
    )
    incident = escalate.show()
    assert incident["status"] == "resolved"
    end = (
        incident["timeline"][-1]["text"]
        if "works" in incident["timeline"][-1]["text"]
        else str(incident["timeline"])
    )
    assert "It works again, after it had failed for " in end
    assert (job(FLAKY).code, job(FLAKY).err) == (0, "")
    (tmp_path / "fine").unlink()
    job(FLAKY)
    assert [entry["id"] for entry in escalate.here("list", "--json").json] == [2]


def test_a_job_that_never_failed_says_nothing_and_makes_nothing(escalate, job):
    assert (job("true").code, job("true").err) == (0, "")
    assert not escalate.db.exists()


def test_an_incident_that_was_moved_to_another_service_stays_moved(escalate, job):
    job("cat what; exit 1")
    escalate.here("update", "1", "--service", "auth-db", "--drop-service", "login")
    ran = job("cat what; exit 1")
    assert "incident #1 goes on" in ran.err
    assert "error" not in ran.err
    assert escalate.show()["services"] == ["auth-db"]


def test_a_key_of_ones_own_makes_one_incident_of_several_commands(escalate):
    for code in ("1", "2"):
        assert escalate(
            "run", "-s", "login", "--key", "nightly", "--", "sh", "-c", f"exit {code}"
        ).code == int(code)
    assert escalate("run", "-s", "login", "--key", "nightly", "--", "true").code == 0
    assert escalate.show()["key"] == "nightly"
    assert escalate.show()["status"] == "resolved"
    assert escalate.here("show", "2").code == 4


def test_other_words_are_another_job(escalate):
    for words in (("false",), ("false", "x"), ("false",)):
        escalate("run", "--service", "login", "--", *words)
    escalate("run", "--service", "auth-db", "--", "false")
    assert sorted(entry["id"] for entry in escalate.here("list", "--json").json) == [1, 2, 3]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("nosuch-command",), 127, "There is no such command (exit code 127)"),
        (("/etc/passwd",), 126, "It cannot be run: Permission denied (exit code 126)"),
        (("/tmp",), 126, "It cannot be run: Permission denied (exit code 126)"),
        (("sh", "-c", "kill -KILL $$"), 137, "Killed by SIGKILL (exit code 137)"),
        (("sh", "-c", "exit 255"), 255, "Exit code 255"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_every_way_of_failing_is_said(escalate, words, code, message):
    ran = escalate("run", "--service", "login", "--", *words)
    assert ran.code == code
    assert escalate.show()["message"].startswith(f"{message}, on ")
    assert ("escalate: error: " in ran.err) == (code in (126, 127))


def test_a_signal_that_ends_it_is_a_failure_that_is_stored(escalate):
    line = [sys.executable, "-m", "escalate_cli", "run", "--service", "login", "--"]
    script = ["sh", "-c", "echo ready; exec sleep 60"]
    running = subprocess.Popen([*line, *script], stdout=subprocess.PIPE, env=escalate.environ)
    assert running.stdout is not None
    assert running.stdout.readline() == b"ready\n"
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 143
    assert "Killed by SIGTERM (exit code 143)" in escalate.show()["message"]


def test_a_signal_while_it_is_declared_waits_until_that_is_done(escalate):
    """As when a machine is stopped: everybody is told to end, and soon again."""
    job = "trap : TERM; kill -TERM $PPID; exit 5"  # the signal is handed on to the job
    line = f"{sys.executable} -m escalate_cli run --service login -- sh -c '{job}'"
    assert escalate.script(f"{line}; echo $?").out == "5\n"
    assert escalate.show()["message"].startswith("Exit code 5")


# ── what is shown ─────────────────────────────────────────────────────────────────────


def test_secrets_are_in_no_message(escalate, job):
    script = "echo $DB_PASSWORD, $URL; echo tried https://me:s3same-open@host; exit 1"
    job(script, DB_PASSWORD="hunter22", URL="postgres://app:tr0ub4dor@db/x")
    escalate("run", "-s", "login", "--", "false", "--token", "abcdef123456", "--api-key=zyx987wvu")
    stored = str([escalate.show(1), escalate.show(2)]) + str([message.body for message in escalate.messages])
    for secret in ("hunter22", "tr0ub4dor", "s3same-open", "abcdef123456", "zyx987wvu"):
        assert secret not in stored
    assert "***, postgres://app:***@db/x" in stored


def test_the_tokens_of_sources_are_in_no_message(escalate, job):
    escalate.configure(
        '[sources.hook]\nkind = "json"\ntoken = "${HOOK}"\n'
        '[sources.plain]\nkind = "json"\ntoken = "wr1tten-down-token"\n'
    )
    job("echo posting with $HOOK or wr1tten-down-token; exit 1", HOOK="h00k/of-the-monitor")
    stored = str(escalate.show(1)) + str([message.body for message in escalate.messages])
    assert "h00k/of" not in stored
    assert "wr1tten" not in stored
    assert "posting with *** or ***" in stored


def test_of_much_output_the_end_is_kept(escalate, job):
    ran = job("seq 1 100000; printf '\\033[31mcannot connect\\033[0m\\n'; exit 1")
    assert ran.out.startswith("1\n2\n")
    message = escalate.show()["message"]
    assert message.endswith("99999\n100000\ncannot connect")
    assert len(message) < 2_500


def test_bars_of_progress_are_their_last_state(escalate, job):
    job("printf '10%%\\r50%%\\r90%%\\nbroken\\n'; exit 1")
    message = escalate.show()["message"]
    assert message.partition("\n")[0].endswith(": broken")
    assert message.endswith(":\n\n90%\nbroken")


# ── our own trouble ───────────────────────────────────────────────────────────────────


def test_a_broken_configuration_stops_nothing_and_the_failure_is_kept(escalate, tmp_path):
    (tmp_path / "bad.toml").write_text("[nonsense\n")
    broken = {"ESCALATE_CONFIG": str(tmp_path / "bad.toml")}
    good = escalate("run", "-s", "login", "--", "echo", "fine", **broken)
    assert (good.code, good.out) == (0, "fine\n")
    assert "escalate: error: " in good.err
    bad = escalate("run", "-s", "login", "--", "sh", "-c", "echo oh; exit 9", **broken)
    assert (bad.code, bad.out) == (9, "oh\n")
    assert "the declaration is kept in " in bad.err
    assert escalate("tick").code == 0
    assert escalate.show()["message"].startswith("Exit code 9")


def test_a_missing_configuration_stops_nothing(escalate):
    ran = escalate("run", "-s", "login", "--", "sh", "-c", "exit 4", ESCALATE_CONFIG="/nowhere/at/all")
    assert ran.code == 4
    assert "/nowhere/at/all" in ran.err


def test_a_database_that_cannot_be_used_stops_nothing_and_the_failure_is_kept(escalate, job, tmp_path):
    escalate.db.write_bytes(b"this is no database" * 100)
    ran = job("echo oh; exit 7")
    assert (ran.code, ran.out) == (7, "oh\n")
    assert "the declaration is kept in " in ran.err
    assert (job("true").code, "escalate: error: " in job("true").err) == (0, True)
    os.unlink(escalate.db)
    escalate("tick")
    assert escalate.show()["message"].startswith("Exit code 7")


@pytest.mark.long
def test_a_locked_database_stops_nothing(escalate, job):
    escalate.here("list")
    with closing(sqlite3.connect(escalate.db, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = job("echo oh; exit 7")
        assert (ran.code, ran.out) == (7, "oh\n")
        assert "the declaration is kept in " in ran.err
    escalate("tick")
    assert escalate.show()["message"].startswith("Exit code 7")


def test_what_is_not_known_is_told_also_while_it_works_and_gone_without(escalate):
    ran = escalate("run", "--service", "logon", "--severity", "huge", "--", "true")
    assert ran.code == 0
    assert 'no such service: "logon"' in ran.err
    assert 'no such severity: "huge"' in ran.err
    failed = escalate("run", "--service", "logon", "--severity", "huge", "--", "false")
    assert failed.code == 1
    assert "incident #1 is declared" in failed.err
    assert 'The service that was named, "logon", is not known.' in escalate.show()["message"]


def test_as_json_on_stderr(escalate):
    ran = escalate("run", "--service", "login", "--json", "--", "sh", "-c", "echo out; exit 2")
    assert (ran.code, ran.out) == (2, "out\n")
    assert '"exit_code": 2' in ran.err
    assert '"incident": 1' in ran.err
    assert escalate("run", "--service", "login", "-q", "--", "sh", "-c", "exit 2").err == ""


def test_without_a_command_it_is_a_mistake(escalate):
    assert escalate("run", "--service", "login").code == 2
    assert escalate("run", "--service", "login", "--").code == 2
