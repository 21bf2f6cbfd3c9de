"""Where the configuration, the database and the cache are: an option, then the
environment, then the usual directories.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from escalate_cli.errors import ConfigurationProblem

APP = "escalate"


def find_config(explicit: Path | None, environ: Mapping[str, str]) -> Path:
    """The configuration: `--config`, then `$ESCALATE_CONFIG`, then the user's directory or the
    site's, whichever first holds TOML files.

    The path need not exist: `load` has the better error. Raises `ConfigurationProblem` when there
    is no place to look in.
    """
    named = _named(explicit, environ, "ESCALATE_CONFIG")
    if named is not None:
        return named
    user = _directory("config", environ)
    site = _site(environ)
    for directory in (user, site):
        if directory is not None and _has_toml(directory):
            return directory
    path = user or site
    if path is None:
        raise _homeless("configuration", "--config", "ESCALATE_CONFIG")
    return path


def find_db(explicit: Path | None, environ: Mapping[str, str], configured: Path | None = None) -> Path:
    """The database file: `--db`, `$ESCALATE_DB`, what the configuration says, `escalate.db` in the
    user's data directory.
    """
    named = _named(explicit, environ, "ESCALATE_DB") or configured
    if named is not None:
        return named
    directory = _directory("data", environ)
    if directory is None:
        raise _homeless("database", "--db", "ESCALATE_DB")
    return directory / "escalate.db"


def database_of(config: Path, text: str) -> Path:
    """The database that the configuration at `config` names: relative to its directory; `~` is the
    home of the current user.
    """
    place = config if os.path.isdir(config) else config.parent
    try:
        return place.absolute() / Path(text).expanduser()
    except RuntimeError:  # "~" without a home
        raise ConfigurationProblem(
            f"[settings].database is {text}, and this user has no home directory",
            "write an absolute path, or say --db PATH",
        ) from None


def config_dir(environ: Mapping[str, str]) -> Path | None:
    """The user's configuration directory, or None where there is none; it need not exist yet."""
    return _directory("config", environ)


def cache_dir(environ: Mapping[str, str]) -> Path | None:
    """The user's cache directory, or None where there is none; it need not exist yet."""
    return _directory("cache", environ)


def state_dir(environ: Mapping[str, str]) -> Path | None:
    """The user's state directory, or None where the environment names neither it nor a home; it
    need not exist yet.
    """
    named = environ.get("XDG_STATE_HOME") or environ.get("HOME")
    return _directory("state", environ) if named else None


def _named(explicit: Path | None, environ: Mapping[str, str], variable: str) -> Path | None:
    if explicit is not None:
        return explicit
    text = environ.get(variable, "")
    if not text:
        return None
    try:
        return Path(text).expanduser()
    except RuntimeError:  # "~" without a home
        return Path(text)


def _directory(what: str, environ: Mapping[str, str]) -> Path | None:
    """The user's directory for `what`; None without a home. platformdirs would then return a
    relative path.
    """
    xdg = environ.get(f"XDG_{what.upper()}_HOME", "")
    home = environ.get("HOME", "")
    if sys.platform != "darwin":  # what platformdirs would say, without its import
        if xdg.startswith("/"):
            return Path(xdg) / APP
        if home.startswith("/"):
            return (
                Path(home)
                / {"config": ".config", "data": ".local/share", "cache": ".cache", "state": ".local/state"}[
                    what
                ]
                / APP
            )
    import platformdirs

    try:
        function = {
            "config": platformdirs.user_config_path,
            "data": platformdirs.user_data_path,
            "cache": platformdirs.user_cache_path,
            "state": platformdirs.user_state_path,
        }[what]
        path = function(APP)
    except (RuntimeError, OSError, KeyError):
        return None
    return path if path.is_absolute() and "~" not in path.parts else None


def _site(environ: Mapping[str, str]) -> Path | None:
    first = environ.get("XDG_CONFIG_DIRS", "").split(":")[0]
    if sys.platform != "darwin":
        return Path(first if first.startswith("/") else "/etc/xdg") / APP
    import platformdirs

    return platformdirs.site_config_path(APP)


def _has_toml(directory: Path) -> bool:
    try:
        return any(entry.suffix == ".toml" for entry in directory.iterdir())
    except OSError:
        return False


def _homeless(what: str, option: str, variable: str) -> ConfigurationProblem:
    return ConfigurationProblem(
        f"there is no place to look for the {what}: this user has no home directory",
        f"say where it is: {option} PATH, or ${variable}",
    )
