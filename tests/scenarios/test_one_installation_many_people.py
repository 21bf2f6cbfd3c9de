"""Promise 25 of several users on one machine: one database, kept declarations, permissions. Run as
real users; skipped where not root.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.faults.people import ANA, BO, EVE, GROUP, Machine, machine, whose
from tests.servers import HttpServer


@pytest.fixture
def here() -> Iterator[Machine]:
    with HttpServer() as web, machine(web) as made:
        yield made


@pytest.mark.parametrize(
    "umask",
    [
        pytest.param(0o000, marks=pytest.mark.long),
        0o022,
        *(pytest.param(one, marks=pytest.mark.long) for one in (0o077, 0o777)),
    ],
)
def test_4_25_in_a_directory_of_a_group_every_file_is_the_group_s_whatever_the_umask(
    here: Machine, umask: int
) -> None:
    here.share()
    assert here(ANA, "declare", "first", "-s", "x", umask=umask).code == 0
    assert here(BO, "declare", "second", "-s", "x", umask=umask).code == 0
    assert here(BO, "ack", "1", "2", "--by", "p0", umask=umask).code == 0
    for user in (BO, ANA):
        assert here(user, "tick", umask=umask).code == 0
        assert here(user, "backup", umask=umask).code == 0
    made = list(here.shared.rglob("*"))
    assert {whose(path) for path in made if path.is_file()} == {(GROUP, "0660")}
    assert {whose(path) for path in made if path.is_dir()} == {(GROUP, "2770")}
    assert {path.name for path in made} >= {"escalate.db", "escalate.db-journal", "escalate.db.backups"}
    for user in (ANA, BO):
        found = {one["code"]: one for one in here(user, "doctor", "--json").json["findings"]}
        assert (found["permissions"]["level"], found["permissions"]["message"]) == (
            "ok",
            f"only the group {GROUP} may read or write the database",
        )


def test_4_25_without_a_group_files_are_their_owner_s(here: Machine) -> None:
    here.share(0o700, ANA, ANA)
    assert here(ANA, "declare", "first", "-s", "x", umask=0).code == 0
    assert here(ANA, "tick", umask=0).code == 0
    assert {whose(path)[1] for path in here.shared.rglob("*") if path.is_file()} == {"0600"}


@pytest.mark.long
def test_4_25_what_was_made_before_the_directory_was_shared_becomes_the_group_s_at_its_owner_s_next_command(
    here: Machine,
) -> None:
    here.share(0o700, ANA, ANA)
    assert here(ANA, "declare", "first", "-s", "x").code == 0
    assert here(ANA, "tick").code == 0
    here.share(0o2770, ANA, GROUP)
    assert here(BO, "list").code == 7
    assert here(ANA, "list").code == 0
    assert here(BO, "list").code == 0
    assert here(BO, "backup").code == 0
    assert {whose(path) for path in here.shared.rglob("*") if path.is_file()} == {(GROUP, "0660")}


def test_4_25_what_one_user_kept_aside_another_s_tick_takes_in_where_they_share_a_directory(
    here: Machine,
) -> None:
    here.share()
    here.db.mkdir()  # nobody can use it
    ran = here(BO, "declare", "Nobody can sign in", "-s", "x")
    assert ran.code == 7
    assert "is paged by the first tick that can" in ran.err
    assert {whose(path)[0] for path in here.shared.rglob("*")} == {GROUP}
    here.db.rmdir()
    assert here(ANA, "tick").code == 0
    (stored,) = here(ANA, "list", "--json").json
    assert (stored["title"], stored["declared_by"]) == ("Nobody can sign in", str(BO))
    assert any("Nobody can sign in" in one for one in here.told("p0"))


@pytest.mark.long
def test_4_25_of_what_no_other_tick_can_read_the_fallback_is_told_each_time(here: Machine) -> None:
    here.share(0o755, ANA, ANA)
    assert here(ANA, "tick").code == 0
    for title in ("the first", "the second"):
        ran = here(BO, "declare", title, "-s", "x")
        assert ran.code == 7
        assert "where no other user's tick can take it in; paged directly: Ops" in ran.err
        assert "chmod 2770" in ran.err
    assert [title for title in ("the first", "the second") if any(title in one for one in here.told())] == [
        "the first",
        "the second",
    ]
    ran = here(ANA, "tick")
    said = f"what the user with uid {BO} declared and could not store is kept in "
    assert (ran.code, said in ran.err) == (6, True)
    assert said in here(ANA, "list").err
    findings = here(ANA, "doctor", "--json").json["findings"]
    assert [finding["level"] for finding in findings if finding["code"] == "spooled-elsewhere"] == ["error"]
    before = len(here.told())
    here(ANA, "tick")
    assert len(here.told()) == before, "of the same thing the tick tells once"
    assert here(0, "tick").code == 0, "root can read it"
    assert {one["title"] for one in here(ANA, "list", "--json").json} == {"the first", "the second"}
    assert here(ANA, "tick").err == ""


@pytest.mark.long
def test_4_25_where_the_fallback_is_not_reached_either_the_declaration_says_so_and_the_next_tick_tells(
    here: Machine,
) -> None:
    here.share(0o700, ANA, ANA)
    assert here(ANA, "tick").code == 0
    file = here.place / "config" / "all.toml"
    file.write_text(file.read_text().replace("a/{to}", "a/${WAY}/{to}"))
    ran = here(EVE, "declare", "down", "-s", "x")  # she does not know the secret
    assert (ran.code, "NOBODY could be paged directly" in ran.err) == (7, True)
    assert here.told() == []
    assert here(ANA, "tick", WAY="b").code == 6
    assert any(f"what the user with uid {EVE} declared" in one for one in here.told())


@pytest.mark.long
def test_4_25_root_takes_care_of_somebody_s_installation_without_locking_them_out(here: Machine) -> None:
    here.share(0o700, ANA, ANA)
    assert here(0, "declare", "first", "-s", "x").code == 0
    assert here(0, "tick").code == 0
    assert here(ANA, "ack", "1", "--by", "p0").code == 0
    assert here(ANA, "tick").code == 0
    assert here(ANA, "backup").code == 0
    assert {path.stat().st_uid for path in here.shared.rglob("*")} == {ANA}


@pytest.mark.long
def test_4_25_what_is_planted_among_kept_declarations_is_not_read(here: Machine) -> None:
    """A link to somebody else's file would be told to everybody who is paged."""
    here.share(0o755, ANA, ANA)
    assert here(ANA, "tick").code == 0
    assert here(EVE, "declare", "down", "-s", "x").code == 7
    (kept,) = here.elsewhere(EVE)
    secret = here.home(ANA) / "secret"
    secret.write_text("c4n4ry")
    secret.chmod(0o600)
    (kept / "00-planted.json").symlink_to(secret)
    os.mkfifo(kept / "01-planted.json")
    ran = here(0, "tick")
    assert ran.code == 6
    assert "c4n4ry" not in "".join(here.told() + here.told("p0"))
    assert [one["title"] for one in here(ANA, "list", "--json").json] == ["down"]


@pytest.fixture(scope="module")
def refused() -> Iterator[Machine]:
    """Bo's own installation, and places that he may not use: `locked` not at all, `fixed` only to look."""
    with HttpServer() as web, machine(web) as here:
        here.environ["ESCALATE_DB"] = str(here.home(BO) / "own.db")
        assert here(BO, "declare", "down", "-s", "x").code == 0
        for name, mode in (("locked", 0o700), ("fixed", 0o755)):
            (here.place / name).mkdir()
            (here.place / name / "a.toml").write_text(
                '[people.p0]\n[teams.t]\npolicy = "p"\n[policies.p]\nlevels = []\n'
            )
            (here.place / name / "a.toml").chmod(0o644)
            (here.place / name / "x.db").write_bytes(b"x")
            (here.place / name / "x.db").chmod(0o600)
            (here.place / name).chmod(mode)
        yield here


NOWHERE = {
    "restore {}/x.db --yes": 7,
    "restore {}/x.db": 7,
    "init {}/z": 3,
    "--config {}/none check": 3,
    "--db {}/x.db list": 7,
    "--db {}/new.db list": 7,
    "--db {}/new.db init": 7,
    "--db {}/x.db backup": 7,
    "--db {}/x.db doctor": 7,
    "--db {}/x.db declare down -s x": 7,
    "--db {}/new.db declare down -s x": 7,
    "--db {}/x.db tick": 7,
    "check --html {}/out.html": 7,
    "report --html {}/out.html": 7,
    "import-history {}/x.db": 7,
    "diff {}/a.toml CONFIG": 3,
}
UNREADABLE = {
    "--config {}/a.toml check": 3,
    "--config {}/a.toml route x": 3,
    "backup {}/out.db": 7,
    "service add y --name Y --team crew --config {}": 3,
    "override s p0 --from 2030-01-01 --until 2030-01-02 --config {}": 3,
}
UNWRITABLE = {"backup {}/out.db": 7, "service add y --name Y --team t --config {}": 3}
"""what is asked, and the exit code that says what is not allowed"""


@pytest.mark.parametrize(
    ("where", "words", "code"),
    [
        *(("locked", *one) for one in (NOWHERE | UNREADABLE).items()),
        *(("fixed", *one) for one in UNWRITABLE.items()),
        *(pytest.param("fixed", *one, marks=pytest.mark.long) for one in NOWHERE.items()),
    ],
)
def test_4_25_what_is_not_allowed_is_said_with_a_hint_and_is_no_bug(
    refused: Machine, where: str, words: str, code: int
) -> None:
    place, config = str(refused.place / where), str(refused.place / "config")
    ran = refused(BO, *(one.replace("{}", place).replace("CONFIG", config) for one in words.split()))
    assert ran.code == code, ran
    assert "Traceback" not in ran.err
    assert "hint: " in ran.err or "chmod" in ran.out or "check its path" in ran.out, ran


def test_4_25_a_copy_that_one_may_not_read_is_said_to_be_that(refused: Machine) -> None:
    copy = refused.place / "fixed" / "x.db"
    for place in (copy, refused.place / "locked" / "x.db"):
        ran = refused(BO, "restore", str(place), "--yes")
        assert ran.code == 7, ran
        assert f"the backup {place} cannot be read: Permission denied\n" in ran.err
        assert "hint: nothing was changed; " in ran.err


def test_4_25_a_configuration_that_one_may_not_read_is_said_to_be_that(refused: Machine) -> None:
    ran = refused(BO, "--config", f"{refused.place}/locked", "check")
    assert ran.code == 3, ran
    assert "may not be read by you: Permission denied" in ran.err
    assert "chmod a+rX" in ran.err
