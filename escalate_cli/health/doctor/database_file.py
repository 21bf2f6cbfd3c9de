"""What `doctor` finds about the database file: whether it can be opened, read and trusted, and has
room to grow.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from escalate_cli.context import Context
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.health.doctor.finding import looked, well
from escalate_cli.store.sqlite.permissions import flaws, whose
from escalate_cli.store.store import Store

LITTLE_SPACE = 100_000_000
"""free bytes below which there is a warning"""
NO_SPACE = 5_000_000
"""free bytes below which the database is about to fail"""


def open_store(context: Context) -> tuple[Store | None, list[Problem]]:
    """The store, if there is one: looking must not create it."""
    try:
        path = context.database_path
        if (
            not path.exists()
            and not path.is_symlink()
            and (path.parent.is_dir() or not context.database_is_named)
        ):
            text = context.whereabouts.refuse_lost(path) or f"there is no database yet at {path}"
            return None, [
                Problem(
                    WARNING, "no-database", text, "the first `escalate declare` makes it, or `escalate init`"
                )
            ]
        store = context.store
    except EscalateError as problem:
        return None, [Problem(ERROR, "database-unusable", problem.message, problem.hint)]
    except OSError as problem:
        text = f"the database cannot be looked at: {problem.strerror}"
        return None, [Problem(ERROR, "database-unusable", text, "check its path, owner and permissions")]
    except Exception as problem:
        text = f"the database cannot be looked at ({words_of(problem)})"
        return None, [
            Problem(
                ERROR, "database-unusable", text, "page people by other means, and please report it as a bug"
            )
        ]
    if store.database.refused:
        return store, [Problem(ERROR, "database-newer", store.database.refused, "upgrade escalate")]
    return store, []


def database_findings(store: Store) -> list[Problem]:
    path = store.database.path
    findings = looked("whether the database is sound", lambda: [_soundness(store)])
    findings += looked("who may read the database", lambda: _permissions(path))
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        text = f"the database {path} or its directory cannot be written by this user"
        findings.append(
            Problem(
                ERROR,
                "database-unusable",
                text,
                f"chown it, or run escalate as the user who owns {path.parent}",
            )
        )
    return findings + looked("how much space is left", lambda: [space_finding(path)])


def _soundness(store: Store) -> Problem:
    path = store.database.path
    hint = "restore the last good backup with `escalate restore FILE`; keep the damaged file"
    try:
        damage = store.database.check()
    except DatabaseProblem as problem:
        return Problem(ERROR, "database-unusable", problem.message, problem.hint or hint)
    if damage is not None and damage.indexes_only:
        text = f"an index of the database {path} is damaged: {damage.text}; what is due may be overlooked"
        return Problem(
            ERROR, "index-damaged", text, "`escalate backup` makes a copy and rebuilds it from its table"
        )
    if damage is not None:
        return Problem(ERROR, "database-damaged", f"the database {path} is damaged: {damage.text}", hint)
    return well("database", f"the database is sound ({path})")


def _permissions(path: Path) -> Iterator[Problem]:
    flaws_of_files = tuple(flaws(path))
    for flaw in flaws_of_files:
        yield Problem(ERROR if flaw.serious else WARNING, "permissions", flaw.text, flaw.hint)
    if not flaws_of_files:
        yield well("permissions", f"only {whose(path)} may read or write the database")


def space_finding(path: Path) -> Problem:
    disk = os.statvfs(path.parent)
    free = disk.f_bavail * disk.f_frsize
    text = f"{free // 1_000_000:,} MB are left for the database on {path.parent}"
    if free < LITTLE_SPACE:
        return Problem(ERROR if free < NO_SPACE else WARNING, "disk-space", f"only {text}", "free some space")
    return well("disk-space", text)
