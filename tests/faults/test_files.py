"""Files that escalate writes: whole or not at all, never through somebody else's link, and nothing
is left of those who died at it.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from escalate_cli import files
from escalate_cli.health.after_pass import after_pass
from escalate_cli.health.backups import alone_in, backups
from tests.delivery.processes import until
from tests.faults.harness import crew, installation
from tests.world import World

CREW = crew(1, ("a",))
PRECIOUS = "what somebody must not lose"


def dead_process() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.fixture
def everybodys(tmp_path: Path) -> Path:
    """A directory in which others may make files, too."""
    place = tmp_path / "everybodys"
    place.mkdir()
    place.chmod(0o777)
    return place


# ── planted links ─────────────────────────────────────────────────────────────────────


def test_metrics_replace_a_planted_link_and_do_not_follow_it(tmp_path, web, everybodys):
    precious, target = tmp_path / "precious", everybodys / "escalate.prom"
    precious.write_text(PRECIOUS)
    target.symlink_to(precious)
    with installation(tmp_path / "place", web, CREW + f'[metrics]\ntextfile = "{target}"\n') as place:
        tick = place.begin("tick")
        for end in ("", ".partial", ".tmp"):
            name = everybodys / f".escalate.prom.{tick.pid}{end}"
            if not name.is_symlink():
                name.symlink_to(precious)
        assert place.end(tick).code == 0
    assert precious.read_text() == PRECIOUS
    assert not target.is_symlink()
    assert target.read_text().startswith("# HELP escalate_last_pass")
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_a_page_that_somebody_asks_for_replaces_a_planted_link_and_does_not_follow_it(
    tmp_path, web, everybodys
):
    precious = tmp_path / "precious"
    precious.write_text(PRECIOUS)
    with installation(tmp_path / "place", web, CREW) as place:
        for command in (("report", "--html"), ("check", "--html")):
            target = everybodys / f"{command[0]}.html"
            target.symlink_to(precious)
            assert place(*command, str(target)).err.startswith("wrote ")
            assert precious.read_text() == PRECIOUS
            assert not target.is_symlink()
            assert "<html" in target.read_text()


def test_a_cache_in_a_directory_of_everybody_follows_no_link(tmp_path, web, everybodys):
    precious = tmp_path / "precious"
    precious.write_text(PRECIOUS)
    with installation(tmp_path / "place", web, CREW, XDG_CACHE_HOME=str(everybodys)) as place:
        cache = everybodys / "escalate"
        cache.mkdir(exist_ok=True)
        cache.chmod(0o777)
        assert place("tick").code == 0
        names = [one.name for one in cache.iterdir()]
        for name in names:
            (cache / name).unlink()
            (cache / name).symlink_to(precious)
        assert place("tick").code == 0
        assert [one.name for one in cache.iterdir() if one.is_symlink()] == []
    assert precious.read_text() == PRECIOUS


def test_a_copy_replaces_a_planted_link_and_does_not_follow_it(tmp_path, web, everybodys):
    precious = tmp_path / "precious"
    precious.write_text(PRECIOUS)
    with installation(tmp_path / "place", web, CREW) as place:
        place.declare_quietly()
        target = everybodys / "copy.db"
        target.symlink_to(everybodys / "nowhere")
        assert place("backup", str(target)).code == 0
        assert target.read_bytes().startswith(b"SQLite format 3")
        assert [one.name for one in everybodys.iterdir()] == ["copy.db"]
    assert precious.read_text() == PRECIOUS


def test_a_link_of_our_own_stays_a_link(tmp_path):
    real = tmp_path / "real" / "page.html"
    real.parent.mkdir()
    link = tmp_path / "page.html"
    link.symlink_to("real/page.html")
    files.write(link, b"first")
    real.chmod(0o640)
    files.write(link, b"second")
    assert link.is_symlink()
    assert (real.read_bytes(), stat.S_IMODE(real.stat().st_mode)) == (b"second", 0o640)
    assert [one.name for one in real.parent.iterdir()] == ["page.html"]


def test_a_pipe_and_a_device_are_written_into(tmp_path, web):
    with installation(tmp_path / "place", web, CREW) as place:
        ran = subprocess.run(
            ["bash", "-c", f'"{sys.executable}" -m escalate_cli report --html /dev/stdout > page;'
             ' echo "$(head -c 9 page)"'],
            env=place.environ, cwd=tmp_path, capture_output=True, check=True,
        )  # fmt: skip
        assert b"<!doctype" in ran.stdout.lower()
        assert place("report", "--html", "/dev/null").code == 0
        assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


# ── whoever dies while it writes ──────────────────────────────────────────────────────


def test_a_tick_killed_during_the_daily_copy_leaves_the_copy_to_the_next_one_and_no_part_of_it_stays(
    tmp_path, web
):
    with installation(tmp_path, web, CREW) as place:
        place.declare_quietly()
        with place.sql() as db:
            db.executemany(
                "INSERT INTO facts (name, value) VALUES (?, ?)",
                [(f"long {number}", "x" * 1_000_000) for number in range(60)],
            )
        copies = backups(place.db)
        tick = place.begin("tick")
        until(lambda: any(one.stat().st_size > 1_000_000 for one in copies.glob(".*.partial")), 30)
        place.kill(tick)
        assert [one.suffix for one in copies.iterdir() if one.suffix == ".db"] == []
        assert len(list(copies.glob(".*.partial"))) == 1
        assert place("tick").code == 0
        assert [one.suffix for one in copies.iterdir()] == [".db"]
        made = next(copies.iterdir()).stat()
        assert place("tick").code == 0
        assert next(copies.iterdir()).stat() == made, "one a day"


def test_while_one_process_copies_no_other_does_and_what_a_living_one_writes_stays(tmp_path):
    world = World(tmp_path)
    copies = backups(world.store.database.path)
    copies.mkdir()
    old, by_us = (
        copies / f".2026-11-20.db.{dead_process()}.partial",
        copies / f".2026-11-20.db.{os.getpid()}.partial",
    )
    fresh = copies / f".2026-11-21.db.{dead_process()}-0123456789abcdef.partial"
    for path in (old, by_us, fresh, copies / (fresh.name + "-journal"), copies / "notes.partial"):
        path.write_text("x")
    with alone_in(copies):
        after_pass(world.context, world.tick(), world.tick)
        assert list(copies.glob("*.db")) == []
    with open(fresh, "rb") as writing:
        assert files.take(writing.fileno())
        after_pass(world.context, world.tick(), world.tick)
        assert not old.exists()
        assert sorted(one.name for one in copies.iterdir()) == sorted(
            [by_us.name, fresh.name, fresh.name + "-journal", "notes.partial", "2026-11-23.db"]
        )
    files.forget_abandoned(copies)
    assert sorted(one.name for one in copies.iterdir()) == sorted(
        [by_us.name, "notes.partial", "2026-11-23.db"]
    )
    os.utime(by_us, (1, 1))
    files.forget_abandoned(copies)
    assert not by_us.exists(), "the number of the dead is somebody else's by now"
    world.store.close()


def test_a_copy_elsewhere_removes_what_the_dead_left_beside_it_and_nothing_else(tmp_path, web):
    with installation(tmp_path / "place", web, CREW) as place:
        place.declare_quietly()
        dead = dead_process()
        for name in (f".copy.db.{dead}.partial", f".other.db.{dead}.partial"):
            (tmp_path / name).write_text("x")
        assert place("backup", str(tmp_path / "copy.db")).code == 0
        assert sorted(one.name for one in tmp_path.iterdir() if "db" in one.name) == [
            f".other.db.{dead}.partial",
            "copy.db",
        ]
