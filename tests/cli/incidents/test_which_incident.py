"""Acts without a number, with a key, and by a person who is named as people name each other; texts
from a pipe.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.cli.incidents.answers import INCIDENT
from tests.delivery.processes import until
from tests.loopback import bank
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS
from tests.terminal import Terminal

# ── without a number ────────────────────────────────────────────────────────────────


def test_without_a_number_the_only_open_incident_is_meant(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    assert escalate.here("show", "--json").json["id"] == 1
    assert escalate.here("timeline", "--json").json[0]["kind"] == "declared"
    assert escalate.here("update", "-m", "looking", "--json").json["id"] == 1
    taken = escalate("ack", "--json")
    assert (taken.code, set(taken.json), taken.json["status"]) == (0, INCIDENT, "acknowledged")
    assert escalate.here("snooze", "30m", "--json").json["next_due_at"] is not None
    assert escalate.here("resolve", "-m", "restarted", "--json").json["status"] == "resolved"
    for words in (("ack",), ("resolve",), ("show",), ("update", "-m", "x"), ("timeline",), ("snooze", "1h")):
        nothing = escalate.here(*words)
        assert (nothing.code, nothing.out) == (4, ""), words
        assert nothing.err == (
            f"escalate: error: no incident is open (looked in {escalate.db})\n"
            "hint: `escalate list --all` shows those that are over\n"
        )


def test_of_several_the_one_of_mine_is_meant_and_else_they_are_named(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    escalate.declare("Disk full", "-s", "auth-db", "--severity", "critical")
    assert escalate.here("ack", "--json").json["id"] == 1, "that of Ana's team, who types"
    assert escalate.here("show", "--json").json["id"] == 1
    assert escalate.here("ack", "--by", "Cy Łódź", "--json").json["id"] == 2
    which = escalate.here("resolve", "--by", "dee")
    assert (which.code, which.out) == (2, "")
    assert which.err == (
        "  #2  Disk full (critical, acknowledged)\n  #1  Nobody can sign in (major, acknowledged)\n"
        "escalate: error: which incident? It may be one of 2\nhint: name it: escalate resolve 2\n"
    )
    error = json.loads(escalate.here("resolve", "--by", "dee", "--json").err)["error"]
    assert (error["code"], error["incidents"][0]) == ("which-incident", {"id": 2, "title": "Disk full"})
    assert [one["status"] for one in escalate.here("list", "--json").json] == ["acknowledged"] * 2


def test_an_ack_without_a_number_means_what_nobody_has_taken(escalate):
    for title in ("Nobody can sign in", "Passwords are refused"):
        escalate.declare(title, "-s", "login")
    escalate("ack", "2")
    assert escalate.here("ack", "--json").json["id"] == 1


def test_whoever_was_paged_from_outside_the_team_has_it_as_theirs(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    escalate.declare("Disk full", "-s", "auth-db")
    assert escalate.here("page", "1", "person:Dee").code in (0, 6)
    assert escalate.here("ack", "--by", "DEE", "--json").json["id"] == 1


def test_on_a_terminal_it_is_asked_which(escalate):
    for title in ("Nobody can sign in", "Passwords are refused"):
        escalate.declare(title, "-s", "login")
    with Terminal() as terminal:
        running = subprocess.Popen(
            [sys.executable, "-m", "escalate_cli", "ack"],
            stdin=terminal.inner,
            stdout=subprocess.PIPE,
            stderr=terminal.inner,
            env=escalate.environ,
        )
        until(lambda: terminal.shows("Which incident? It may be one of 2.", "2  Passwords", "Enter for none"))
        os.write(terminal.outer, b"7\n1\n")
        out, _ = running.communicate(timeout=30)
    assert (running.returncode, b"Nobody can sign in" in out) == (0, True)
    assert escalate.show(1)["status"] == "acknowledged"
    assert escalate.show(2)["status"] == "open"


# ── by a key ────────────────────────────────────────────────────────────────────────


def test_a_monitor_closes_by_its_key_what_it_opened(escalate):
    escalate.declare("Disk full", "-s", "login", "--key", "disk")
    escalate.declare("Another", "-s", "login")
    for words in (("ack",), ("update", "-m", "97 %"), ("show",), ("snooze", "1h"), ("resolve",)):
        ran = escalate.here(*words, "--key", "disk", "--json")
        assert (ran.code, ran.json["id"]) == (0, 1), ran.err
    assert escalate.here("reopen", "--key", "disk", "--json").json["status"] == "open"
    assert escalate.here("timeline", "--key", "disk", "--json").json[-1]["kind"] != "declared"
    assert escalate("resolve", "--key", "disk").code == 0
    assert escalate.show(2)["status"] == "open"


def test_a_key_that_is_not_open_is_nothing_to_do(escalate):
    escalate.declare("Another", "-s", "login")
    for words in (
        ("ack",),
        ("update", "-m", "x"),
        ("show",),
        ("snooze", "1h"),
        ("resolve",),
        ("reopen",),
        ("timeline",),
    ):
        ran = escalate.here(*words, "--key", "disk")
        assert (ran.code, ran.out, ran.err) == (
            0,
            'No incident with the key "disk" is open: nothing to do.\n',
            "",
        ), words
        assert escalate.here(*words, "--key", "disk", "--json").json is None
    assert escalate.show()["status"] == "open"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("ack", "1", "--key", "disk"), "either the number of an incident or --key"),
        (("ack", "--key", " "), "the key is empty"),
        (("ack", ""), '"" is not an incident number'),
        (("show", "1-2"), "show takes one incident"),
        (("reopen",), "missing argument 'ID'"),
        (("snooze", "1"), "missing argument 'DURATION'"),
        (("snooze", "1", "2", "1h"), "got unexpected extra argument(s) (1h)"),
    ],
)
def test_a_line_that_names_no_incident_is_refused(escalate, arguments, error):
    ran = escalate.here(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"escalate: error: {error}"), ran.err


# ── people ──────────────────────────────────────────────────────────────────────────


def test_a_person_is_named_as_people_name_each_other(escalate):
    escalate.declare("Nobody can sign in", "-s", "login", "--lead", "BO@example.com", "--by", "Cy")
    shown = escalate.show()
    assert (shown["lead"], shown["declared_by"]) == ("bo", "cy")
    assert escalate.here("ack", "1", "--by", "+44 7700 900123", "--json").json["acknowledged_by"] == "ana"
    assert escalate.here("update", "1", "--lead", "Ana", "--by", "Bo Chen", "--json").json["lead"] == "ana"
    assert escalate.here("explain", "1", "RUIZ", "--json").code == 0
    assert escalate.here("person", "show", "cy@EXAMPLE.com", "--json").json["id"] == "cy"
    paged = escalate.here("page", "1", "person:Bo", "cy łódź", "--json").json["notifications"]
    assert {one["recipient"] for one in paged if one["kind"] == "page"} >= {"person:bo", "person:cy"}


def test_a_word_that_means_two_people_is_refused_with_both(web, tmp_path):
    namesakes = LOOPBACK.but('"Bo Chen"', '"Sam Chen"').but('"Cy Łódź"', '"Sam Łódź"')
    other = bank(tmp_path / "o", web, ("catalog.toml", namesakes), ("gateways.toml", LOOPBACK_GATEWAYS))
    declared = other.declare("Nobody can sign in", "-s", "login", "--by", "Sam")
    assert declared["declared_by"] == "Sam", "no report is refused for its name"
    for words in (("ack", "1", "--by", "sam"), ("page", "1", "Sam"), ("person", "show", "SAM")):
        refused = other.here(*words)
        assert (refused.code, refused.err) == (
            4,
            (
                f'escalate: error: "{words[-1]}" may be 2 people\n'
                "hint: write the id: bo (Sam Chen) or cy (Sam Łódź)\n"
            ),
        )
    assert other.here("ack", "1", "--by", "chen", "--json").json["acknowledged_by"] == "bo"


# ── texts from a pipe ───────────────────────────────────────────────────────────────


def piped(escalate, data: bytes, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "escalate_cli", *arguments],
        input=data,
        capture_output=True,
        env=escalate.environ,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.decode()


def test_a_message_is_read_from_stdin(escalate):
    text = "97 % of /var\n\n  größer als gestern\n"
    assert piped(escalate, text.encode(), "declare", "Disk full", "-s", "login", "-m", "-")[0] == 0
    assert escalate.show()["message"] == text.strip()
    assert piped(escalate, b"\n98 %\n", "update", "-m", "-")[0] == 0
    assert any("98 %" in entry["text"] for entry in escalate.show()["timeline"])
    assert piped(escalate, b"come and see", "page", "1", "bo", "-m", "-")[0] == 0
    assert "come and see" in str(escalate.message("/email/bo@example.com"))
    assert piped(escalate, b"cleaned up", "resolve", "--message", "-")[0] == 0
    assert any("cleaned up" in entry["text"] for entry in escalate.show()["timeline"])


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "--message -: nothing came on stdin"),
        pytest.param(b" \n\n", "--message -: nothing came on stdin", marks=pytest.mark.long),
        (b"caf\xe9", "--message -: stdin is not UTF-8 (byte 4)"),
        (b"x" * 4_000_001, "--message -: stdin has more than 1,000,000 characters"),
    ],
    ids=["empty", "blank", "latin-1", "much"],
)
def test_what_is_no_text_on_stdin_is_refused_and_a_declaration_is_not(escalate, data, error):
    escalate.declare("Disk full", "-s", "login")
    code, said = piped(escalate, data, "update", "1", "-m", "-")
    assert (code, said.splitlines()[0]) == (2, f"escalate: error: {error}")
    code, said = piped(escalate, data, "declare", "Another", "-s", "login", "-m", "-")
    assert code == 0
    assert escalate.show(2)["title"] == "Another"


def test_a_terminal_is_no_pipe(escalate):
    with Terminal() as terminal:
        done = subprocess.run(
            [sys.executable, "-m", "escalate_cli", "declare", "x", "-m", "-"],
            stdin=terminal.inner,
            capture_output=True,
            env=escalate.environ,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stderr.decode().splitlines()[0]) == (
        2,
        "escalate: error: --message - reads from a pipe, and stdin is a terminal",
    )


# ── nudges ──────────────────────────────────────────────────────────────────────────


def test_a_nudge_says_who_is_asked(escalate):
    escalate.declare("Nobody can sign in", "-s", "login", "--severity", "critical")
    listed = escalate("nudge", COLUMNS="120").out
    assert "asked" in listed.splitlines()[0]
    assert "Ana Ruiz" in listed
    alone = escalate.here("nudge", "1")
    assert (alone.code, "asked     Ana Ruiz" in alone.out, "escalate nudge 1 yes|no" in alone.out) == (
        0,
        True,
        True,
    )
    assert escalate.here("nudge", "1", "--json").json["incident"] == 1
    escalate.here("nudge", "1", "no", "--by", "Bo")
    assert "declined by Bo Chen" in escalate.here("nudge", "1").out
