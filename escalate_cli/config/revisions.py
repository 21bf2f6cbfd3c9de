"""A configuration as it is in a git revision, read from the repository of the present one without
touching any file.
"""

from __future__ import annotations

import os
from pathlib import Path

from escalate_cli.config.files.sources import LARGEST_FILE, Content
from escalate_cli.config.load import LoadedConfiguration, compile_contents
from escalate_cli.errors import ConfigurationProblem

_PATIENCE_SECONDS = 30


def load_revision(revision: str, beside: Path) -> LoadedConfiguration:
    """The configuration of `revision` at the place of `beside`, a directory or a file in a git
    repository.

    `ConfigurationProblem` when there is no repository, no such revision, or no configuration in it;
    `InvalidConfiguration` when it has errors.
    """
    place = beside.resolve()
    directory = place if place.is_dir() else place.parent
    top = _git(directory, "rev-parse", "--show-toplevel")
    if top is None:
        _refuse_foreign(revision, directory)
        raise ConfigurationProblem(
            f'"{revision}" is no file or directory, and {beside} is in no git repository',
            "name two configurations: directories, files, or revisions of the repository that the"
            " configuration is in",
            code="no-repository",
        )
    root = Path(os.fsdecode(top).rstrip("\n"))
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise ConfigurationProblem(
            f'"{revision}" is no file or directory, and no revision of the git repository {root}',
            "`git log --oneline` lists revisions; a branch or a tag is one, too",
            code="no-such-revision",
        )
    at = commit.decode().strip()
    inside = place.relative_to(root.resolve()).as_posix()
    names = [inside] if place.is_file() else _toml_files(root, at, inside)
    contents = [
        Content(name.rsplit("/", 1)[-1], data)
        for name in names
        if (data := _git(root, "show", f"{at}:{name}")) is not None
    ]
    if not contents:
        where = inside if inside != "." else "its top directory"
        raise ConfigurationProblem(
            f"the revision {revision} has no configuration: no *.toml file in {where}",
            f"`git log --oneline -- {where}` lists the revisions that have one",
            code="no-configuration",
        )
    return compile_contents([content for content in contents if len(content.data) <= LARGEST_FILE])


def _refuse_foreign(revision: str, directory: Path) -> None:
    """git reads no repository of another user, unless that one is declared safe."""
    for above in (directory, *directory.parents):
        try:
            owner = (above / ".git").stat().st_uid
        except OSError:
            continue
        if owner != os.geteuid():
            raise ConfigurationProblem(
                f'"{revision}" is no file or directory, and git does not read {above} for you: it is'
                " somebody else's",
                f"git config --global --add safe.directory {above}",
                code="foreign-repository",
            )
        return


def _toml_files(root: Path, commit: str, inside: str) -> list[str]:
    """The paths of the directory's *.toml files, those below it left out, in the order of their names."""
    prefix = "" if inside == "." else f"{inside}/"
    listed = _git(root, "ls-tree", "-z", "--name-only", commit, *([prefix] if prefix else []))
    names = os.fsdecode(listed or b"").split("\0")
    return sorted(
        name for name in names if name.endswith(".toml") and not name.removeprefix(prefix).startswith(".")
    )


def _git(directory: Path, *arguments: str) -> bytes | None:
    """What git answers; None when it fails, or is not there."""
    import subprocess

    try:
        done = subprocess.run(
            ["git", "-C", str(directory), *arguments],
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
