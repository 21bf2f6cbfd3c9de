"""The configuration as the rest of the program gets it: checked, and from the compiled cache when
no file has changed.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from escalate_cli.config.compile import cache as compiled
from escalate_cli.config.files.sources import Content, SourceFile, find_sources, read
from escalate_cli.config.problems import InvalidConfiguration
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import ERROR, Problem
from escalate_cli.errors import ConfigurationProblem

if TYPE_CHECKING:
    from escalate_cli.config.toml.parsing import ParsedFile


class LoadedConfiguration(msgspec.Struct, frozen=True):
    """A valid configuration. `problems` are its warnings."""

    catalog: Catalog
    problems: tuple[Problem, ...] = ()


def load(path: Path, cache: Path | None = None, *, anew: bool = False) -> LoadedConfiguration:
    """The configuration at `path`, a directory or a file. `cache` is a directory for its compiled
    form; it is made when it does not exist. `anew` reads the files whatever the cache has.

    Raises `InvalidConfiguration` with every problem when one is an error, `ConfigurationProblem`
    when there is nothing to read. A broken cache troubles nobody: it is ignored and written anew.
    """
    sources = find_sources(path)
    if cache is not None and not anew:
        hit = compiled.fetch(cache, path, sources)
        if hit is not None:
            return LoadedConfiguration(*hit)
    loaded = compile_contents([read(source) for source in sources])
    if cache is not None and _unchanged(path, sources):
        compiled.remember_database(cache, path, loaded.catalog.settings.database)
        compiled.store(cache, path, sources, loaded.catalog, loaded.problems)
    return loaded


def compile_contents(contents: Sequence[Content]) -> LoadedConfiguration:
    """The configuration that these files make; `InvalidConfiguration` when it has errors."""
    from escalate_cli.config.toml.parsing import ParsedFile

    return compile_parsed([ParsedFile(content) for content in contents], version(contents))


def compile_parsed(files: Sequence[ParsedFile], version: str) -> LoadedConfiguration:
    """The configuration that these files make; `InvalidConfiguration` when it has errors."""
    from escalate_cli.config.compile.compilation import compile_files

    catalog, problems = compile_files(files, version)
    if any(problem.level == ERROR for problem in problems):
        raise InvalidConfiguration(problems, catalog)
    return LoadedConfiguration(catalog, tuple(problems))


def load_within(path: Path, cache: Path | None, cpu_seconds: float) -> LoadedConfiguration:
    """`load`, stopped after this much CPU time of the process: `SlowConfiguration`. In the main
    thread only, and nothing else may use SIGPROF; elsewhere it is `load`.

    Whoever pages or declares must not wait for a file that takes minutes to read, whether by
    accident or on purpose.
    """
    if threading.current_thread() is not threading.main_thread():
        return load(path, cache)
    with _at_most(cpu_seconds):
        return load(path, cache)


class SlowConfiguration(ConfigurationProblem):
    """The configuration takes longer to read than whoever pages can wait."""


class _TooLong(BaseException):
    """Not an `Exception`, so that nobody on the way mistakes it for an error in the file."""


@contextmanager
def _at_most(cpu_seconds: float) -> Iterator[None]:
    over = False

    def ring(number: int, frame: object) -> None:
        if not over:
            raise _TooLong

    before = signal.signal(signal.SIGPROF, ring)
    # again and again: where the first is raised in a destructor, Python drops it
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds, 0.5)
    try:
        yield
    except _TooLong:
        over = True
        raise SlowConfiguration(
            f"the configuration takes more than {cpu_seconds:g} s to read",
            "`escalate check` reads it, however long that takes; is a file generated, or damaged?",
            code="slow-configuration",
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def version(contents: Sequence[Content]) -> str:
    """What names this content: 16 hex digits of SHA-256 over the names and bytes of the files."""
    import hashlib

    digest = hashlib.sha256()
    for content in contents:
        for part in (content.name.encode(), content.data):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()[:16]


def _unchanged(path: Path, sources: tuple[SourceFile, ...]) -> bool:
    """Whether the files are still those that were read. If one was edited in between, the result
    must not be cached under the new stamp.
    """
    try:
        return find_sources(path) == sources
    except ConfigurationProblem:  # gone meanwhile
        return False
