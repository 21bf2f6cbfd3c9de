"""`check` and `doctor` say who besides us could change whom is paged, or read a secret."""

from __future__ import annotations

import grp
import os
from contextlib import closing
from pathlib import Path

import pytest

from escalate_cli.health.doctor.exposure import exposures
from tests.faults.harness import Installation, crew, installation

SOMEBODY = 54_321
"""a user, and a group, that this machine does not know"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


@pytest.fixture
def place(tmp_path, web):
    secret = tmp_path / "secrets" / "token"
    secret.parent.mkdir(mode=0o700)
    secret.write_text("t0ken")
    secret.chmod(0o600)
    config = crew(1, ("a",)).replace("json://127", "json://u:${file:" + str(secret) + "}@127")
    with installation(tmp_path / "place", web, config) as place:
        place.config.chmod(0o755)
        yield place


def file_of(place: Installation) -> Path:
    return next(place.config.glob("*.toml"))


def told(place: Installation) -> set[tuple[str, str]]:
    """The codes of what is found, each with its hint."""
    with closing(place.context) as context:
        return {(exposure.code, exposure.hint) for exposure in exposures(context, context.catalog)}


@pytest.mark.long
def test_check_warns_and_doctor_has_a_finding_for_each(place):
    assert place("check", "--no-coverage", "--strict").code == 0
    assert "exposure" in {one["code"] for one in place("doctor", "--json").json["findings"]}
    file_of(place).chmod(0o666)
    for command, those in (("check --no-coverage", "problems"), ("doctor", "findings")):
        said = [
            one
            for one in place(*command.split(), "--json").json[those]
            if one["code"] == "writable-by-others"
        ]
        assert [one["level"] for one in said] == ["warning"]
        assert (
            said[0]["message"]
            == f"every user may write {file_of(place)} (mode 0666), and could change whom is paged"
        )
    assert [place("check", "--no-coverage", *strict).code for strict in ((), ("--strict",))] == [0, 1]


def test_nothing_is_said_where_only_we_may_write(place):
    assert told(place) == set()


@pytest.mark.parametrize("mode", [0o666, 0o646, 0o602])
def test_a_configuration_that_others_may_write_is_said(place, mode):
    file_of(place).chmod(mode)
    [(code, hint)] = told(place)
    assert code == "writable-by-others"
    assert hint.endswith(f"-w {file_of(place)}")
    os.system(hint)
    assert told(place) == set(), "the hint is what to do"


@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_a_directory_to_which_others_may_add_files_is_said_sticky_or_not(place, mode):
    place.config.chmod(mode)
    assert told(place) == {
        ("writable-by-others", f"chmod {'go' if os.geteuid() == 0 else 'o'}-w {place.config}")
    }


def test_above_the_configuration_the_sticky_bit_is_enough(place):
    place.place.chmod(0o1777)
    assert told(place) == set()
    place.place.chmod(0o777)
    assert {code for code, _ in told(place)} == {"writable-by-others"}


def test_a_secret_that_others_may_read_or_write_is_said(place, tmp_path):
    secret = tmp_path / "secrets" / "token"
    secret.chmod(0o644)
    [(code, hint)] = told(place)
    assert (code, hint.split()[-1]) == ("readable-by-others", str(secret))
    secret.chmod(0o602)
    assert {code for code, _ in told(place)} == {"writable-by-others"}
    secret.chmod(0o600)
    usual = place.config / "secrets.env"
    usual.write_text("X='1'\n")
    usual.chmod(0o604)
    assert {hint.split()[-1] for _, hint in told(place)} == {str(usual)}


def test_the_secrets_of_sources_and_answers_are_secrets_too(place, tmp_path):
    texts = {
        "hook": '[sources.hook]\nkind = "json"\ntoken = "${file:PATH}"\n',
        "asked": '[sources.asked]\nkind = "grafana"\npull = "https://u:${file:PATH}@grafana.example"\n',
        "replies": '[gateways.replies]\nurl = "json://x/{to}"\nanswers = "imaps://u:${file:PATH}@imap.example"\n',
    }
    for name, text in texts.items():
        secret = tmp_path / "secrets" / name
        secret.write_text("t0ken")
        secret.chmod(0o644)
        (place.config / f"{name}.toml").write_text(text.replace("PATH", str(secret)))
        (place.config / f"{name}.toml").chmod(0o644)
    assert {hint.split()[-1] for _, hint in told(place)} == {
        str(tmp_path / "secrets" / name) for name in texts
    }


def test_a_secret_that_cannot_even_be_looked_at_stops_neither_command(place):
    file_of(place).write_text(file_of(place).read_text().replace("/token}", f"/{'x' * 300}}}"))
    assert told(place) == set()


def test_where_there_is_no_place_for_a_configuration_doctor_says_so_once(place):
    homeless = {"HOME": "", "ESCALATE_CONFIG": "", "XDG_CONFIG_HOME": "", "XDG_CONFIG_DIRS": ""}
    codes = [one["code"] for one in place("doctor", "--json", **homeless).json["findings"]]
    assert "not-looked-at" not in codes


@needs_root
def test_what_belongs_to_somebody_else_is_said(place):
    os.chown(file_of(place), SOMEBODY, -1)
    assert told(place) == {("writable-by-others", f"chown root {file_of(place)}")}
    os.chown(place.db.parent, SOMEBODY, -1)
    if place.db.exists():
        os.chown(place.db, SOMEBODY, -1)
    assert told(place) == set(), "whose database it is"


@needs_root
def test_a_group_that_has_others_in_it_is_said_and_the_group_that_shares_the_installation_is_not(place):
    group = next(one.gr_gid for one in grp.getgrall() if one.gr_gid and one.gr_name == "users")
    os.chown(file_of(place), -1, group)
    os.chown(place.config, -1, group)
    file_of(place).chmod(0o664)
    place.config.chmod(0o2770)
    assert told(place) == set()
    place.config.chmod(0o755)
    os.chown(file_of(place), -1, 0)
    assert {code for code, _ in told(place)} == {"writable-by-others"}
