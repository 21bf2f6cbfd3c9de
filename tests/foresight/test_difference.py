"""What changes for people between two configurations: two that differ in one thing each, and
revisions of a repository.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from escalate_cli.config.load import load
from escalate_cli.config.revisions import load_revision
from escalate_cli.core.calendar.duration import MINUTE, Instant
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.errors import ConfigurationProblem
from escalate_cli.foresight.difference import Change, difference, telling_moments
from tests.organisations import BANK, STANDARD
from tests.world import MONDAY, instant

NOW: Instant = instant(MONDAY)


def catalog(place: Path, text: str) -> Catalog:
    (place / "escalate.toml").write_text(text)
    return load(place).catalog


def changes(place: Path, before: str, after: str) -> tuple[Change, ...]:
    return difference(catalog(place, before), catalog(place, after), NOW)


def told(found: tuple[Change, ...]) -> set[tuple[str, str, int | None, int | None]]:
    return {
        (
            one.service,
            one.person,
            None if one.before is None else one.before // MINUTE,
            None if one.after is None else one.after // MINUTE,
        )
        for one in found
    }


PLAIN = BANK + STANDARD


def test_the_same_configuration_changes_nothing_for_anybody(tmp_path: Path) -> None:
    assert changes(tmp_path, PLAIN, "# a comment moves every line\n\n" + PLAIN) == ()


def test_a_shorter_wait_brings_everybody_after_it_earlier(tmp_path: Path) -> None:
    found = changes(tmp_path, PLAIN, PLAIN.but('wait = "5m"', 'wait = "2m"'))
    of_login = {one for one in told(found) if one[0] == "login"}
    assert of_login == {("login", "bo", 5, 2), ("login", "ops", 15, 12)}
    assert {one.severity for one in found} == {"minor", "major", "critical"}


def test_another_policy_for_one_service_is_about_that_service(tmp_path: Path) -> None:
    vip = PLAIN.but('team = "identity"\nkeywords', 'team = "identity"\npolicy = "vip"\nkeywords')
    vip += '[policies.vip]\nrepeat = 0\n[[policies.vip.levels]]\nnotify = ["person:cto"]\nwait = "15m"\n'
    assert told(changes(tmp_path, PLAIN, vip)) == {
        ("login", "ana", 0, None), ("login", "bo", 5, None), ("login", "cto", None, 0),
    }  # fmt: skip


def test_a_service_that_goes_takes_its_people_with_it(tmp_path: Path) -> None:
    head, _, rest = PLAIN.partition("[services.payments]")
    without = head + "[services.auth-db]" + rest.partition("[services.auth-db]")[2]
    assert told(changes(tmp_path, PLAIN, without)) == {
        ("payments", "cara", 0, None), ("payments", "dan", 5, None), ("payments", "ops", 15, None),
    }  # fmt: skip


OVERRIDE = """
[[schedules.identity-primary.overrides]]
person = "eve"
from = 2026-12-01T09:00:00
until = 2026-12-02T09:00:00
"""


def test_an_override_is_seen_from_its_handoff_on(tmp_path: Path) -> None:
    found = changes(tmp_path, PLAIN, PLAIN + OVERRIDE)
    assert {(one.person, one.before, one.after, local_time(one.at, "Europe/London")) for one in found} == {
        ("ana", 0, None, "Tue 2026-12-01 09:00"), ("eve", None, 0, "Tue 2026-12-01 09:00"),
    }  # fmt: skip


def test_changed_hours_are_looked_at_where_they_differ(tmp_path: Path) -> None:
    held = PLAIN.but('notify = ["on-call"]', 'notify = ["on-call"]\nduring = "office"')
    old, new = catalog(tmp_path, held), catalog(tmp_path, held.replace('to = "17:30"', 'to = "20:00"'))
    moments = [local_time(moment, "Europe/London") for moment in telling_moments(old, new, NOW)]
    assert "Mon 2026-11-23 17:30" in moments
    found = difference(old, new, NOW)
    evening = [
        one
        for one in found
        if local_time(one.at, "Europe/London") == "Mon 2026-11-23 17:30" and one.service == "login"
    ]
    assert {(one.person, one.after) for one in evening} >= {("ana", 0)}


INVOLVED = '[[rules]]\nname = "All hands"\nwhen = { severity = "critical" }\ninvolve = ["platform"]\n'


def test_whoever_is_held_until_the_morning_is_later_and_not_gone_though_another_team_has_run_out(
    tmp_path: Path,
) -> None:
    held = PLAIN.replace('notify = ["on-call"]', 'notify = ["on-call"]\nduring = "office"', 1)
    two = '[policies.quick]\n[[policies.quick.levels]]\nnotify = ["lead"]\nwait = "5m"\n'
    quick = (INVOLVED + two, 'lead = "eve"\non_call = "platform-primary"\npolicy = "standard"')
    before, after = (
        one.replace(quick[1], quick[1].replace("standard", "quick")) + quick[0] for one in (PLAIN, held)
    )
    found = changes(tmp_path, before, after)
    night = [
        one for one in found if one.person == "ana" and one.severity == "critical" and one.service == "login"
    ]
    told_at = {
        (local_time(one.at, "Europe/London")[4:], None if one.after is None else one.after // MINUTE)
        for one in night
    }
    assert ("2026-11-26 03:00", 6 * 60) in told_at
    assert None not in {minutes for _, minutes in told_at}


def git(place: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(place), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose first commit has no configuration, whose second has one, and whose working
    tree has another.
    """
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "README").write_text("hello\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "nothing yet")
    git(tmp_path, "tag", "empty")
    place = tmp_path / "oncall"
    place.mkdir()
    (place / "escalate.toml").write_text(PLAIN)
    (place / ".lock.toml").write_text("not toml")
    (place / "sub").mkdir()
    (place / "sub" / "other.toml").write_text("not toml either")
    git(tmp_path, "add", "-f", ".")
    git(tmp_path, "commit", "-qm", "a configuration")
    (place / "escalate.toml").write_text(PLAIN.but('wait = "5m"', 'wait = "2m"'))
    return place


@pytest.mark.parametrize("beside", ["", "escalate.toml"])
def test_a_revision_is_read_from_the_repository(repository: Path, beside: str) -> None:
    old = load_revision("HEAD", repository / beside).catalog
    assert {
        (one.person, one.after)
        for one in difference(old, load(repository).catalog, NOW)
        if one.service == "login"
    } == {("bo", 2 * MINUTE), ("ops", 12 * MINUTE)}
    assert old.services["login"].source == load(repository).catalog.services["login"].source


@pytest.mark.parametrize(
    ("revision", "code"),
    [
        ("empty", "no-configuration"),
        ("nowhere", "no-such-revision"),
        ("--output=x", "no-such-revision"),
        ("a\0b", "no-such-revision"),
    ],
)
def test_a_revision_without_a_configuration_is_one_line_and_a_hint(
    repository: Path, revision: str, code: str
) -> None:
    with pytest.raises(ConfigurationProblem) as caught:
        load_revision(revision, repository)
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)
    assert "\n" not in caught.value.message


def test_outside_of_a_repository_there_are_no_revisions(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationProblem, match="is in no git repository"):
        load_revision("HEAD", tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a repository to somebody else: needs root")
def test_a_repository_of_somebody_else_is_said_to_be_that(repository: Path) -> None:
    for path in (repository.parent, repository.parent / ".git"):
        os.chown(path, 65534, 65534)
    with pytest.raises(ConfigurationProblem, match="somebody else's") as caught:
        load_revision("HEAD", repository)
    assert caught.value.hint == f"git config --global --add safe.directory {repository.parent}"
