"""Whether the files of a database can be used by those who should, and by nobody else."""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from escalate_cli.store.sqlite.sharing import BESIDE, group_of


class Flaw(msgspec.Struct, frozen=True):
    """Something that should be changed; `serious` if somebody may not be paged because of it."""

    serious: bool
    text: str
    hint: str


def whose(database: Path) -> str:
    """Who may read and write the database, in words, where there is no flaw."""
    group = group_of(Path(os.path.realpath(database)).parent)
    return "its owner" if group is None else f"the group {_name(group)}"


def flaws(database: Path) -> Iterator[Flaw]:
    """What is wrong. The database holds names, phone numbers and what is broken; and whoever can
    write it can silence a page.
    """
    real = Path(os.path.realpath(database))
    group = group_of(real.parent)
    for path in (real, *(real.with_name(real.name + end) for end in BESIDE)):
        with suppress(OSError):
            flaw = _flaw_of(path, path.stat(), group)
            if flaw is not None:
                yield flaw
    with suppress(OSError):
        if real.parent.stat().st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH:
            text = f"every user may replace the database: its directory {real.parent} can be written by all"
            yield Flaw(True, text, f"chmod o-w {real.parent}")


def _flaw_of(path: Path, status: os.stat_result, group: int | None) -> Flaw | None:
    mode, where = stat.S_IMODE(status.st_mode), path.parent
    too_much = mode & (0o077 if group is None else 0o007)
    hint = f"chmod 600 {path}; to share it with a group: chgrp GROUP {where}; chmod 2770 {where}"
    if group is not None:
        hint = f"chmod 660 {path}"
    if too_much & 0o022:
        return Flaw(True, f"other users may write {path} (mode {mode:04o})", hint)
    if too_much:
        return Flaw(False, f"other users may read {path} (mode {mode:04o})", hint)
    if group is not None and (status.st_gid != group or mode & 0o060 != 0o060):
        text = f"{where} is shared with the group {_name(group)}, but {path} is not (mode {mode:04o})"
        return Flaw(True, text, f"chgrp {_name(group)} {path}; chmod 660 {path}")
    return None


def _name(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)
