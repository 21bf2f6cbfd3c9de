"""An upgrade takes a time zone away under a configuration that was valid, as Debian 13 and Ubuntu
24.04 do (promise 20).
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib  # noqa: TID253
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.harness import Installation, installation
from tests.faults.rounds import report
from tests.organisations import ONE_TEAM
from tests.servers import HttpServer

ZONE = "US/Eastern"
CONFIG = (
    (
        ONE_TEAM.but("[fallback]", f'timezone = "{ZONE}"\n[fallback]')
        .but('lead = "kim"', 'lead = "kim"\non_call = "core-rota"')
        .but('notify = ["members"]', 'notify = ["on-call"]')
        .but('notify = ["lead"]', 'notify = ["lead"]\nduring = "office"')
    )
    + """
[schedules.core-rota]
[[schedules.core-rota.rotations]]
members = ["ana", "bo"]
start = 2026-01-05T09:00:00
every = "1w"
[hours.office]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "09:00"
to = "17:30"
[heartbeat]
url = "http://127.0.0.1:PORT/beat"
every = "1s"

# another team, in a zone that stays
[services.pay]
name = "Payments"
team = "money"
[teams.money]
name = "Money"
members = ["dan"]
on_call = "money-rota"
policy = "standard"
[people.dan]
timezone = "Europe/London"
contact = { web = "dan" }
[schedules.money-rota]
timezone = "Europe/London"
[[schedules.money-rota.rotations]]
members = ["dan"]
start = 2026-01-05T09:00:00
every = "1w"
"""
)


def without(place: Path, *gone: str) -> dict[str, str]:
    """Surroundings in which these zones, or folders of zones, are not to be had, from the system or
    from the package tzdata.
    """
    copy, shadow = place / "zoneinfo", place / "shadow"
    origin = next(Path(one) for one in zoneinfo.TZPATH if (Path(one) / "Europe" / "London").exists())
    shutil.copytree(
        origin,
        copy,
        ignore=lambda folder, names: [
            n for n in names if str((Path(folder) / n).relative_to(origin)) in gone
        ],
    )
    (shadow / "tzdata").mkdir(parents=True)
    (shadow / "tzdata" / "__init__.py").touch()
    found = [str(shadow), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONTZPATH": str(copy), "PYTHONPATH": os.pathsep.join(found)}


@pytest.fixture
def place(tmp_path: Path, web: HttpServer) -> Iterator[Installation]:
    """An installation that was used before, while it had every zone."""
    with installation(tmp_path, web, CONFIG) as here:
        assert here("tick").code == 0
        assert [one.path for one in web.arrived] == ["/beat"]
        here.forget()
        yield here


@pytest.mark.parametrize(
    "gone",
    [("US",), tuple(os.listdir("/usr/share/zoneinfo")) if os.path.isdir("/usr/share/zoneinfo") else ()],
)
def test_4_20_a_zone_that_an_upgrade_took_away_costs_nobody_a_page(
    place: Installation, tmp_path: Path, gone: tuple[str, ...]
) -> None:
    upgraded = without(tmp_path, *gone)
    ran = place("declare", "Log in is down", "--service", "login", "--service", "pay", **upgraded)
    assert ran.code == 0, ran.err
    assert f'the time zone "{ZONE}" cannot be used on this machine: times are taken as UTC' in ran.err
    pages = {message.path: message.json for message in place.messages}
    assert set(pages) in ({"/ana", "/dan"}, {"/bo", "/dan"})
    mine = next(page["message"] for path, page in pages.items() if path != "/dan")
    assert f'the time zone "{ZONE}" cannot be used' in mine
    assert ZONE not in pages["/dan"]["message"]
    timeline = place("timeline", "1", "--json", **upgraded)
    assert any("times are taken as UTC" in entry["text"] for entry in timeline.json)
    report(messages=2)


@pytest.mark.parametrize("gone", [("US",), ("US", "Etc", "UTC", "Europe", "Zulu", "UCT", "Universal")])
@pytest.mark.long
def test_4_20_while_a_zone_is_gone_the_heart_does_not_beat_and_doctor_names_it(
    place: Installation, tmp_path: Path, gone: tuple[str, ...]
) -> None:
    upgraded = without(tmp_path, *gone)
    for _ in range(2):
        ran = place("tick", **upgraded)
        assert ran.code == 3
        assert ran.err.count(f'"{ZONE}" cannot be used') == 1
        assert "[settings], schedule core-rota, hours office, person ana" in ran.err
        assert "on call for Core" in ran.err
    assert place.messages == []
    ran = place("doctor", "--json", **upgraded)
    assert ran.code == 1, ran.err
    named = [one for one in ran.json["findings"] if one["code"] == "unusable"]
    assert any(f'"{ZONE}"' in one["message"] and "tzdata" in one["hint"] for one in named)
    assert place("tick").code == 0
    assert [message.path for message in place.messages] == ["/beat"]


COMMANDS = (
    ("list",), ("list", "--all"), ("show", "1"), ("timeline", "1"), ("explain", "1"), ("route", "log in"),
    ("oncall",), ("oncall", "core", "--until", "+2w"), ("service", "list"), ("service", "show", "login"),
    ("team", "show", "core"), ("person", "show", "ana"), ("simulate", "--service", "login"), ("report",),
    ("lessons",), ("export", "1"), ("tick", "--dry-run"), ("declare", "x", "--service", "login", "--dry-run"),
    ("ack", "1"), ("update", "1", "--message", "news"), ("snooze", "1", "1h"), ("page", "1", "bo"),
    ("next", "1"), ("reload", "1"), ("resolve", "1"), ("reopen", "1"), ("test-page", "on-call:core"),
    ("policy", "show", "standard"), ("check",),
)  # fmt: skip


@pytest.mark.parametrize(
    "commands", [COMMANDS[::8], pytest.param(COMMANDS, marks=pytest.mark.long)], ids=["some", "all"]
)
def test_4_20_no_command_fails_for_want_of_a_zone(
    place: Installation, tmp_path: Path, commands: tuple[tuple[str, ...], ...]
) -> None:
    upgraded = without(tmp_path, "US", "Europe", "Etc", "UTC")
    assert place("declare", "Log in is down", "--service", "login", **upgraded).code == 0
    for command in commands:
        ran = place(*command, **upgraded)
        assert ran.code in ((3,) if command == ("check",) else (0, 1)), (command, ran)
        assert ZONE in ran.err + ran.out, (command, ran)


@pytest.mark.long
def test_4_20_where_utc_stands_in_for_a_zone_times_are_said_to_be_utc(
    place: Installation, tmp_path: Path
) -> None:
    gone = without(tmp_path, "US")
    assert place("declare", "down", "-s", "login", **gone).code == 0
    for command in (("oncall",), ("timeline", "1"), ("report",)):
        told = place(*command, **gone).out
        assert "times in UTC" in told
        assert "times in US/Eastern" not in told


def test_4_20_what_simulate_could_not_use_reads_as_one_sentence(place: Installation, tmp_path: Path) -> None:
    told = " ".join(place("simulate", "--service", "login", **without(tmp_path, "US")).out.split())
    assert "cannot be used on this machine: times are taken as UTC" in told
    assert "; ;" not in told


@pytest.mark.long
def test_4_20_a_configuration_read_again_without_its_zone_goes_on_as_the_last_valid_one(
    place: Installation, tmp_path: Path
) -> None:
    upgraded = without(tmp_path, "US")
    place.config.joinpath("all.toml").touch()  # the compiled one is no longer used
    ran = place("declare", "Log in is down", "--service", "login", **upgraded)
    assert ran.code == 0
    assert f'there is no timezone "{ZONE}"' in place("check", **upgraded).out
    assert len(place.messages) == 1


def test_4_20_the_emergency_page_needs_no_zone(place: Installation, tmp_path: Path) -> None:
    upgraded = without(tmp_path, "US", "Europe", "Etc", "UTC")
    config = place.config / "all.toml"
    config.write_text(config.read_text().replace('page = ["person:kim"]', 'page = ["on-call:core"]'))
    assert place("tick").code == 0
    place.forget()
    place.db.write_bytes(b"this is no database")
    ran = place("declare", "Log in is down", "--service", "login", **upgraded)
    assert ran.code == 7
    assert "paged directly: " in ran.err
    assert place.messages[0].path in ("/ana", "/bo")


def test_4_20_a_database_of_zones_comes_with_the_package_on_every_system() -> None:
    pyproject = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    needed = tomllib.loads(pyproject)["project"]["dependencies"]
    assert [one for one in needed if re.fullmatch(r"tzdata>=[\d.]+", one)], (
        "and no marker: Windows is not alone"
    )
