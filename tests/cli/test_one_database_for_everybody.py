"""Promises 25 and 26: the database that the configuration names, for every command; and numbers
that are never used again.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from escalate_cli.clock import Clock
from escalate_cli.store.sqlite.comparing import Comparison
from escalate_cli.store.sqlite.restoring import restore
from tests.command import Escalate
from tests.organisations import BY_HAND


@pytest.fixture
def place(escalate: Escalate) -> Escalate:
    """Without `$ESCALATE_DB`."""
    del escalate.environ["ESCALATE_DB"]
    return escalate


def name_database(place: Escalate, text: str) -> None:
    (place.config / "catalog.toml").write_text(
        BY_HAND.but("[settings]\n", f"[settings]\ndatabase = {text}\n"), encoding="utf-8"
    )


# ── 25. [settings].database ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('"{place}/there/escalate.db"', "there/escalate.db"),
        ('"../there/escalate.db"', "there/escalate.db"),
        ('"ours.db"', "config/ours.db"),
        ('"~/ours.db"', "home/ours.db"),
    ],
)
def test_4_25_the_configuration_names_the_database_of_everybody_who_uses_it(
    place: Escalate, text: str, where: str
) -> None:
    (place.place / "there").mkdir()
    name_database(place, text.format(place=place.place))
    assert place("declare", "down", "-s", "login").code in (0, 6)
    assert (place.place / where).is_file()
    assert [
        one["id"] for one in place("list", "--json", XDG_DATA_HOME=str(place.place / "elsewhere")).json
    ] == [1]
    assert not (place.place / "home" / ".local" / "share").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("show", "1"),
        ("timeline", "1"),
        ("ack", "1", "--by", "ana"),
        ("update", "1", "-m", "more"),
        ("snooze", "1", "1h", "--by", "ana"),
        ("tick",),
        ("tick", "--dry-run"),
        ("doctor",),
        ("backup",),
        ("explain", "1"),
        ("export", "1"),
        ("replay", "1"),
        ("report",),
        ("lessons",),
        ("nudge",),
        ("cron",),
        ("init",),
        ("maintenance", "login", "--for", "1h"),
        ("restore", "copy.db", "--yes"),
        ("resolve", "1"),
    ],
)
def test_4_25_every_command_looks_in_the_database_that_the_configuration_names(
    place: Escalate, words: tuple[str, ...]
) -> None:
    name_database(place, '"../ours.db"')
    place("declare", "down", "-s", "login")
    assert place("backup", "copy.db").code == 0
    ran = place(*words)
    assert ran.code in (0, 1, 6), ran
    if words[0] == "cron":
        assert f"{place.place}/config/../ours.db" in ran.out
    assert not (place.place / "home" / ".local" / "share").exists()


def test_4_25_an_option_goes_before_the_environment_and_that_before_the_configuration(
    place: Escalate,
) -> None:
    name_database(place, '"configured.db"')
    option, environment = place.place / "option.db", place.place / "environment.db"
    for words, more, found in (
        (("--db", str(option)), {"ESCALATE_DB": str(environment)}, option),
        ((), {"ESCALATE_DB": str(environment)}, environment),
        ((), {}, place.config / "configured.db"),
    ):
        assert not found.exists()
        assert place("list", *words, **more).code == 0
        assert found.exists()


def test_4_25_a_relative_path_is_relative_to_a_configuration_of_one_file_too(place: Escalate) -> None:
    name_database(place, '"ours.db"')
    assert place("--config", "config/catalog.toml", "list").code == 0
    assert (place.config / "ours.db").is_file()


def test_4_25_while_the_configuration_is_broken_its_incidents_go_on_in_the_same_database(
    place: Escalate,
) -> None:
    name_database(place, '"ours.db"')
    place("declare", "down", "-s", "login")
    file = place.config / "catalog.toml"
    for broken in (
        file.read_text() + "\n[broken",
        file.read_text().replace('team = "identity"', 'team = "nobody"'),
        "",
    ):
        file.write_text(broken)
        assert [one["id"] for one in place("list", "--json").json] == [1], broken[-20:]
        assert place("tick").code == 3
    assert not (place.place / "home" / ".local" / "share").exists()


@pytest.mark.parametrize("value", ['""', "5", '"postgresql://db/x"', '"there/"', r'"a\u0000b"'])
def test_4_25_a_database_that_is_no_file_is_a_problem_of_the_configuration(
    place: Escalate, value: str
) -> None:
    name_database(place, value)
    ran = place("check", "--no-coverage")
    assert ran.code == 3
    assert "catalog.toml:3:12: error[" in ran.out + ran.err


def test_4_25_what_is_not_there_names_the_database_that_was_looked_in(place: Escalate) -> None:
    name_database(place, '"ours.db"')
    for words, what in (
        (("show", "7"), "incident: 7"),
        (("ack", "7"), "incident: 7"),
        (("nudge", "7", "yes"), "nudge: 7"),
    ):
        ran = place(*words)
        assert (ran.code, ran.err.splitlines()[0]) == (
            4,
            f"escalate: error: no such {what} (looked in {place.config / 'ours.db'})",
        )


# ── 26. numbers ───────────────────────────────────────────────────────────────────────


def declare(place: Escalate, title: str) -> int:
    number: int = place("declare", title, "-s", "login", "--json").json["id"]
    return number


@pytest.mark.parametrize("present", ["there", "damaged", "gone", "another copy put back before"])
@pytest.mark.long
def test_4_26_after_restore_numbers_go_on_above_the_highest_ever_given(
    escalate: Escalate, present: str
) -> None:
    copy, live = escalate.place / "copy.db", escalate.place / "escalate.db"
    assert declare(escalate, "one") == 1
    assert escalate("backup", str(copy)).code == 0
    assert [declare(escalate, "later") for _ in range(3)] == [2, 3, 4]
    if present == "damaged":
        live.write_bytes(live.read_bytes()[:4096] + b"\xff" * 100_000)
    elif present == "gone":
        for one in escalate.place.glob("escalate.db*"):
            if one.is_file() and one.suffix != ".numbers":
                one.unlink()
    elif present == "another copy put back before":
        assert escalate("restore", str(copy), "--yes").code == 0
    ran = escalate("restore", str(copy), "--yes", "--json")
    assert (ran.code, ran.json["next_incident"]) == (0, 5)
    assert declare(escalate, "after") == 5
    assert escalate("restore", str(copy), "--yes").code == 0
    assert declare(escalate, "after that") == 6


def test_4_26_without_the_note_the_database_that_is_replaced_and_the_one_put_back_know_the_numbers(
    escalate: Escalate,
) -> None:
    copy = escalate.place / "copy.db"
    declare(escalate, "one")
    assert escalate("backup", str(copy)).code == 0
    declare(escalate, "two")
    note = escalate.place / "escalate.db.numbers"
    note.unlink()
    assert escalate("restore", str(copy), "--yes").code == 0
    note.unlink()
    assert declare(escalate, "three") == 3
    note.write_bytes(b"\xff\x00 rubbish\nincidents 99999999999999999999999\n")
    assert declare(escalate, "four") == 4


def test_4_26_a_database_that_is_begun_anew_uses_no_number_again(escalate: Escalate) -> None:
    assert [declare(escalate, "one"), declare(escalate, "two")] == [1, 2]
    for end in ("", "-journal"):
        Path(f"{escalate.place / 'escalate.db'}{end}").unlink()
    assert declare(escalate, "three") == 3


def test_4_26_restore_says_what_is_not_in_the_copy_and_what_is_open_again_and_asks(
    escalate: Escalate,
) -> None:
    copy, live = escalate.place / "copy.db", escalate.place / "escalate.db"
    for title in ("over since", "somebody has it", "still open"):
        declare(escalate, title)
    assert escalate("backup", str(copy)).code == 0
    declare(escalate, "not in the copy")
    escalate("resolve", "1")
    escalate("ack", "2", "--by", "ana", "--all")
    before = live.read_bytes()
    asked = escalate("restore", str(copy))
    assert asked.code == 2
    for said in (
        "#4  open",
        "not in the copy",
        "#1  resolved",
        "over since",
        "#2  acknowledged",
        "somebody has it",
        "--yes",
    ):
        assert said in asked.err, (said, asked.err)
    assert live.read_bytes() == before
    assert not list(escalate.place.glob("*restoring*"))
    ran = escalate("restore", str(copy), "--yes", "--json")
    assert [one["id"] for one in ran.json["not_in_copy"]] == [4]
    assert [(one["id"], one["status"]) for one in ran.json["open_again"]] == [
        (1, "resolved"),
        (2, "acknowledged"),
    ]
    assert {one["status"] for one in escalate("list", "--all", "--json").json} == {"open"}


def test_4_26_what_is_declared_while_somebody_is_asked_is_asked_about_and_named_too(
    escalate: Escalate,
) -> None:
    copy, asked = escalate.place / "copy.db", []
    declare(escalate, "one")
    assert escalate("backup", str(copy)).code == 0
    declare(escalate, "two")

    def agree(comparison: Comparison) -> None:
        asked.append([one.title for one in comparison.missing])
        if len(asked) == 1:
            declare(escalate, "three")

    done = restore(copy, escalate.place / "escalate.db", Clock(), agree)
    assert asked == [["two"], ["two", "three"]]
    assert [one.title for one in done.comparison.missing] == ["two", "three"]
    assert declare(escalate, "four") == 4


def test_4_26_a_nudge_s_number_is_not_used_again_either(escalate: Escalate) -> None:
    copy = escalate.place / "copy.db"
    (escalate.config / "rules.toml").write_text(
        '[[rules]]\nname = "Ask"\nwhen = { severity = "major" }\npage = ["person:bo"]\nmode = "nudge"\nask ='
        ' ["person:cy"]\n'
    )
    assert escalate("backup", str(copy)).code == 0
    declare(escalate, "one")
    assert [one["id"] for one in escalate("nudge", "--json").json] == [1]
    assert escalate("restore", str(copy), "--yes").code == 0
    declare(escalate, "two")
    assert [one["id"] for one in escalate("nudge", "--json").json] == [2]
    with closing(sqlite3.connect(escalate.place / "escalate.db")) as there:
        assert there.execute("SELECT id FROM incidents").fetchall() == [(2,)]
