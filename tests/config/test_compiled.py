"""The compiled cache, finding things, and editing files."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from escalate_cli.config.edit.append import append_override, append_service
from escalate_cli.config.files.find import cache_dir, find_config, find_db
from escalate_cli.config.load import load
from escalate_cli.config.problems import InvalidConfiguration
from escalate_cli.errors import ConfigurationProblem, Unknown
from escalate_cli.setup.starter import starter_files


@pytest.fixture
def config(tmp_path: Path) -> Path:
    directory = tmp_path / "config"
    directory.mkdir()
    for name, text in starter_files("Europe/London").items():
        (directory / name).write_text(text)
    return directory


def heavy(config: Path, cache: Path) -> str:
    """What a fresh process imports in order to load."""
    code = f"""
import sys
from pathlib import Path
from escalate_cli.config.load import load
load(Path({str(config)!r}), Path({str(cache)!r}))
print(*[name for name in ("pydantic", "tomllib", "tomlkit", "platformdirs") if name in sys.modules])
"""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_an_unchanged_configuration_is_not_read_again(config: Path, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "cache"
    assert heavy(config, cache) == "pydantic tomllib"
    assert heavy(config, cache) == ""
    assert load(config, cache) == load(config)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert [each.stat().st_mode & 0o777 for each in cache.iterdir()] == [0o600]


def test_any_change_is_noticed(config: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    versions = [load(config, cache).catalog.version]
    policies = config / "policies.toml"
    policies.write_text(policies.read_text().replace('wait = "5m"', 'wait = "6m"'))
    versions.append(load(config, cache).catalog.version)
    other = tmp_path / "other"
    other.write_text(policies.read_text().replace('wait = "6m"', 'wait = "7m"'))
    os.replace(other, policies)
    versions.append(load(config, cache).catalog.version)
    (config / "more.toml").write_text("")
    versions.append(load(config, cache).catalog.version)
    (config / "more.toml").rename(config / "less.toml")
    versions.append(load(config, cache).catalog.version)
    assert len(set(versions)) == 5
    (config / "less.toml").write_text("broken =")
    with pytest.raises(InvalidConfiguration):
        load(config, cache)


def test_warnings_are_kept_with_it(config: Path, tmp_path: Path) -> None:
    (config / "more.toml").write_text("[people.zoe]\n")
    assert [each.code for each in load(config, tmp_path / "c").problems] == ["no-address"]
    assert load(config, tmp_path / "c") == load(config)


def test_a_damaged_or_foreign_cache_is_ignored_and_written_anew(config: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    expected = load(config, cache)
    file = next(cache.iterdir())
    good = file.read_bytes()
    flipped = good.replace(b'"5m', b'"6m').replace(b"Ana Ruiz", b"Bna Ruiz")
    for data in (
        b"",
        b"{}",
        good[:-1],
        good[: len(good) // 2],
        flipped,
        good.replace(b"escalate", b"escalatf", 1),
        os.urandom(3000),
    ):
        file.write_bytes(data)
        assert load(config, cache) == expected
        assert file.read_bytes() == good
    file.chmod(0o666)
    file.write_bytes(good)
    assert load(config, cache) == expected
    file.unlink()
    os.mkfifo(file)
    assert load(config, cache) == expected


def test_a_cache_that_cannot_be_written_is_no_error(config: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert load(config, tmp_path / "file" / "cache") == load(config)
    assert load(config, Path("/proc/nowhere")) == load(config)


def test_the_places_are_looked_at_in_order(tmp_path: Path) -> None:
    environ = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_DIRS": str(tmp_path / "site"),
        "ESCALATE_CONFIG": "/env",
        "ESCALATE_DB": "/env.db",
    }
    assert find_config(Path("x"), environ) == Path("x")
    assert find_db(Path("x"), environ) == Path("x")
    assert find_config(None, environ) == Path("/env")
    assert find_db(None, environ) == Path("/env.db")
    del environ["ESCALATE_CONFIG"], environ["ESCALATE_DB"]
    user, site = find_config(None, environ), tmp_path / "site" / "escalate"
    assert user.is_relative_to(tmp_path)
    assert find_db(None, environ).name == "escalate.db"
    site.mkdir(parents=True)
    (site / "a.toml").touch()
    if sys.platform != "darwin":
        assert find_config(None, environ) == site
    user.mkdir(parents=True)
    (user / "a.toml").touch()
    assert find_config(None, environ) == user


def test_no_home_is_no_crash() -> None:
    code = (
        "from escalate_cli.config.files.find import *; print(*[str(f(None, {})) for f in (find_config,"
        " find_db)], cache_dir({}) or '/')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": os.defpath}, capture_output=True, text=True, check=True
    )
    assert all(path.startswith("/") for path in done.stdout.split())
    assert cache_dir({"HOME": "relative", "XDG_CACHE_HOME": "/c"}) == Path("/c/escalate")


def test_a_service_is_added_where_services_are_and_comments_survive(config: Path) -> None:
    catalog = config / "catalog.toml"
    catalog.chmod(0o640)
    before = catalog.read_text()
    where = append_service(
        config,
        id="card-pay",
        name='Card "pay"',
        team="identity",
        keywords=["é \\", "b"],
        depends_on=["login"],
    )
    assert where == catalog
    assert catalog.read_text() == before + (
        '\n[services.card-pay]\nname = "Card \\"pay\\""\nteam = "identity"\n'
        'keywords = ["é \\\\", "b"]\ndepends_on = ["login"]\n'
    )
    assert catalog.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in config.iterdir()) == [
        "catalog.toml",
        "gateways.toml",
        "policies.toml",
    ]
    added = load(config).catalog.services["card-pay"]
    assert (added.name, added.keywords, added.depends_on, added.kind) == (
        'Card "pay"',
        ("é \\", "b"),
        ("login",),
        "business",
    )


def test_an_edit_that_would_break_the_configuration_changes_nothing(config: Path) -> None:
    before = (config / "catalog.toml").read_bytes()
    for wrong in (
        {"id": "a", "team": "nobody"},
        {"id": "login", "team": "identity"},
        {"id": "a]\nb", "team": "identity"},
    ):
        with pytest.raises(InvalidConfiguration):
            append_service(config, name="A", **wrong)
    with pytest.raises(Unknown):
        append_override(config, "no-rota", "ana", datetime(2026, 1, 1), datetime(2026, 1, 2))
    with pytest.raises(InvalidConfiguration, match="ends before"):
        append_override(config, "identity-rota", "ana", datetime(2026, 1, 2), datetime(2026, 1, 1))
    with pytest.raises(ConfigurationProblem):
        append_service(config / "missing", id="a", name="A", team="b")
    assert (config / "catalog.toml").read_bytes() == before


def test_an_edit_works_beside_errors_that_were_there(config: Path) -> None:
    (config / "old.toml").write_text("broken = 1\n")
    append_service(config, id="a", name="A", team="identity")
    with pytest.raises(InvalidConfiguration, match=r"broken\"$"):
        load(config)


def test_an_override_goes_where_its_schedule_is(config: Path, tmp_path: Path) -> None:
    (config / "rota.toml").write_bytes(b"\xef\xbb\xbf[schedules.extra] # mine\r\n"
                                        b"[[schedules.extra.rotations]]\r\nmembers = ['bo']\r\n"
                                       b"start = 2026-01-05T09:00:00\r\nevery = '1d'")  # fmt: skip
    before = (config / "rota.toml").read_bytes()
    (config / "rota.toml").rename(tmp_path / "real.toml")
    (config / "rota.toml").symlink_to(tmp_path / "real.toml")
    assert (
        append_override(config, "extra", "ana", datetime(2026, 12, 24, 9, 0, 0, 5), datetime(2026, 12, 27, 9))
        == config / "rota.toml"
    )
    assert (config / "rota.toml").is_symlink()
    data = (tmp_path / "real.toml").read_bytes()
    assert data == before + (
        b'\r\n\r\n[[schedules.extra.overrides]]\r\nperson = "ana"\r\n'
        b"from = 2026-12-24 09:00:00\r\nuntil = 2026-12-27 09:00:00\r\n"
    )
    override = load(config).catalog.schedules["extra"].overrides[0]
    assert (override.person, override.start, override.until) == (
        "ana",
        datetime(2026, 12, 24, 9),
        datetime(2026, 12, 27, 9),
    )
