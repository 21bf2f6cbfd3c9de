"""Who besides us could change whom is paged, or read what only we should know: files of the
configuration, and secrets.

Modes are taken at their word, as ssh does. Root, the owner of the database, and members of the
group that shares the installation (mode 2770) are not "others". In a directory with the sticky bit
nobody can replace somebody else's file; but whoever may add a file to the directory of the
configuration changes it.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from escalate_cli.config.files.find import config_dir
from escalate_cli.config.files.sources import find_sources
from escalate_cli.config.secret_templates import secret_templates
from escalate_cli.config.secrets import BadReference, secret_files
from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import WARNING, Place, Problem
from escalate_cli.errors import ConfigurationProblem, EscalateError
from escalate_cli.health.doctor.finding import well
from escalate_cli.store.sqlite.sharing import group_of

WRITABLE, READABLE = "writable-by-others", "readable-by-others"
ENV_FILE = "secrets.env"
_EVERYBODY = "every user"


class Exposure(msgspec.Struct, frozen=True):
    """A file or directory that others may write, or a secret that they may read. `code` is a stable word."""

    path: Path
    code: str
    message: str
    hint: str


def exposures(context: Context, catalog: Catalog | None) -> list[Exposure]:
    """Each once: the configuration and its directory, the files of secrets (without a catalog only
    the usual one), and the directories they are in.
    """
    config = Path(os.path.abspath(context.config_path))
    sources: list[Path] = []
    with suppress(ConfigurationProblem):
        sources = [Path(os.path.abspath(source.path)) for source in find_sources(config)]
    friends = _Friends.of(context, config)
    exposed = [_of_file(path, friends) for path in sources]
    if os.path.isdir(config):
        exposed.append(_of_directory(config, friends, filled=True))
    secrets = [path for path in _secrets(context, config, catalog) if os.path.exists(path)]
    exposed += [_of_file(path, friends, secret=True) for path in secrets]
    above = dict.fromkeys(directory for path in (*sources, config, *secrets) for directory in _above(path))
    for counted in (config, Path(os.path.realpath(config))):
        above.pop(counted, None)
    exposed += [_of_directory(path, friends) for path in above]
    return list({exposure.path: exposure for exposure in exposed if exposure is not None}.values())


def exposure_problems(context: Context, catalog: Catalog | None) -> list[Problem]:
    """The findings as `check` shows them."""
    config = Path(os.path.abspath(context.config_path))
    return [
        Problem(WARNING, exposure.code, exposure.message, exposure.hint, Place(_named(exposure.path, config)))
        for exposure in exposures(context, catalog)
    ]


def _named(path: Path, config: Path) -> str:
    """As `check` names files: those of the configuration by their names."""
    is_its_file = path.parent == config or (path == config and not os.path.isdir(config))
    return path.name if is_its_file else str(path)


def exposure_findings(context: Context, catalog: Catalog | None) -> list[Problem]:
    """The findings as `doctor` shows them; none if there is no place for a configuration."""
    try:
        if not context.config_path.exists():
            return []
    except ConfigurationProblem:
        return []
    findings = [
        Problem(WARNING, exposure.code, exposure.message, exposure.hint)
        for exposure in exposures(context, catalog)
    ]
    return findings or [well("exposure", "nobody else may change the configuration or read a secret")]


# ── who is no other ───────────────────────────────────────────────────────────────────


class _Friends(msgspec.Struct, frozen=True):
    """The users who own this installation."""

    users: frozenset[int]
    groups: frozenset[int]

    @classmethod
    def of(cls, context: Context, config: Path) -> _Friends:
        users, groups = {0, os.geteuid()}, {group_of(config)}
        with suppress(EscalateError, OSError):
            database = Path(os.path.realpath(context.database_path))
            groups.add(group_of(database.parent))
            users.add(os.stat(database if os.path.exists(database) else database.parent).st_uid)
        return cls(frozenset(users), frozenset(group for group in groups if group is not None))

    def has_user(self, user: int) -> bool:
        return user in self.users or any(_name(user) in _members(group) for group in self.groups)

    def has_group(self, group: int) -> bool:
        """Whether everybody in this group is a friend. If root asks, root's own group counts as
        nobody's.
        """
        if group in self.groups:
            return True
        if group == 0:
            return os.geteuid() != 0
        return _members(group) <= {_name(user) for user in self.users}


def _members(group: int) -> set[str]:
    """Also those whose own group it is."""
    try:
        listed = grp.getgrgid(group).gr_mem
    except KeyError:
        listed = []
    return {*listed, *(user.pw_name for user in pwd.getpwall() if user.pw_gid == group)}


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _group_name(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)


# ── what others may do ────────────────────────────────────────────────────────────────


def _secrets(context: Context, config: Path, catalog: Catalog | None) -> Iterable[Path]:
    """The files with secrets that the configuration names, and the one that cron and systemd are told of."""
    named: list[str] = []
    for template in secret_templates(catalog) if catalog is not None else ():
        with suppress(BadReference):
            named += secret_files(template)
    usual = [place / ENV_FILE for place in (config, config_dir(context.environ)) if place is not None]
    return dict.fromkeys([*map(Path, named), *usual])


def _above(path: Path) -> Iterator[Path]:
    """Every directory in which somebody could replace `path`, also where links lead."""
    yield from path.parents
    real = Path(os.path.realpath(path))
    if real != path:
        yield from real.parents


def _of_file(path: Path, friends: _Friends, *, secret: bool = False) -> Exposure | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    mode = stat.S_IMODE(status.st_mode)
    what = "the secret " if secret else ""
    whom = "learn a secret, and have pages not sent" if secret else "change whom is paged"
    if not friends.has_user(status.st_uid):
        message = f"{what}{path} belongs to {_name(status.st_uid)}, who could {whom}"
        return Exposure(path, WRITABLE, message, f"chown {_name(os.geteuid())} {path}")
    writers = None if _is_read_only(path) else _who(status, 0o020, 0o002, friends)
    if writers:
        verbs = "read and write" if secret and _who(status, 0o040, 0o004, friends) else "write"
        message = f"{writers} may {verbs} {what}{path} (mode {mode:04o}), and could {whom}"
        return Exposure(path, WRITABLE, message, _close(path, status, friends, "rwx" if secret else "w"))
    readers = _who(status, 0o040, 0o004, friends) if secret else None
    if readers is None or (readers != _EVERYBODY and _is_how_we_read(status)):
        return None
    return Exposure(
        path,
        READABLE,
        f"{readers} may read {what}{path} (mode {mode:04o})",
        _close(path, status, friends, "rwx"),
    )


def _of_directory(path: Path, friends: _Friends, *, filled: bool = False) -> Exposure | None:
    """`filled`: every file in it counts, so that the sticky bit does not help, and its owner
    matters.
    """
    try:
        status = os.stat(path)
    except OSError:
        return None
    if filled and not friends.has_user(status.st_uid):
        message = f"the directory {path} belongs to {_name(status.st_uid)}, who could change whom is paged"
        return Exposure(path, WRITABLE, message, f"chown {_name(os.geteuid())} {path}")
    writers = _who(status, 0o020, 0o002, friends)
    if not writers or (status.st_mode & stat.S_ISVTX and not filled) or _is_read_only(path):
        return None
    could = "add files to the configuration" if filled else "exchange what is in it"
    message = (
        f"{writers} may write the directory {path} (mode {stat.S_IMODE(status.st_mode):04o}), and could"
        f" {could}: change whom is paged"
    )
    return Exposure(path, WRITABLE, message, _close(path, status, friends, "w"))


def _who(status: os.stat_result, by_group: int, by_all: int, friends: _Friends) -> str | None:
    """Who of the others has this right, in words; None for nobody."""
    if status.st_mode & by_all:
        return _EVERYBODY
    if status.st_mode & by_group and not friends.has_group(status.st_gid):
        return f"the group {_group_name(status.st_gid)}"
    return None


def _close(path: Path, status: os.stat_result, friends: _Friends, rights: str) -> str:
    """The command that takes these rights from the others, and from nobody else."""
    theirs = friends.has_group(status.st_gid) or (rights == "rwx" and _is_how_we_read(status))
    return f"chmod {'o' if theirs else 'go'}-{rights} {path}"


def _is_how_we_read(status: os.stat_result) -> bool:
    """Whether this process can read somebody else's file only through their group: that is what the
    group is for.
    """
    return status.st_uid != os.geteuid() and status.st_gid in (os.getegid(), *os.getgroups())


def _is_read_only(path: Path) -> bool:
    """Whether nobody can write there, whatever the modes say. What a container is given is often
    mounted so.
    """
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False
