"""The composition root: options, clock, configuration, store, sender: each built when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.config.files.find import cache_dir, database_of, find_config, find_db, state_dir
from escalate_cli.config.files.glimpse import glimpse_database
from escalate_cli.config.files.sources import SourceFile, find_sources
from escalate_cli.config.load import LoadedConfiguration, SlowConfiguration, load, load_within
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.codec import decode, encode
from escalate_cli.errors import ConfigurationProblem, DatabaseProblem, place_of

if TYPE_CHECKING:
    from escalate_cli.delivery.process.worker_link import WorkerLink
    from escalate_cli.delivery.sender import Sender
    from escalate_cli.store.sqlite.whereabouts import Whereabouts
    from escalate_cli.store.store import Store
    from escalate_cli.store.without_database.spool import Spool


PATIENCE_WITH_FILES = 2.0
"""CPU seconds that reading an edited configuration may take, where there is a last valid one to go
on with: a declaration and a page must not wait for a file that takes minutes
"""


class Options(msgspec.Struct, frozen=True):
    """What the global options say; paths are None where the environment or the default decides."""

    config: Path | None = None
    db: Path | None = None
    json: bool = False
    quiet: bool = False
    color: bool = True
    debug: bool = False


class Inheritance(msgspec.Struct, frozen=True):
    """What this process was started with and has changed for itself; a command that it runs for
    somebody gets it back (`escalate run`).
    """

    umask: int = -1
    """-1: it was not changed"""
    core_limit: int | None = None
    """bytes of a core file; None: it was not changed"""


class Context:
    """What a command works with."""

    def __init__(
        self,
        options: Options,
        environ: Mapping[str, str],
        clock: Clock,
        worker: WorkerLink | None = None,
        inherited: Inheritance = Inheritance(),  # noqa: B008 - a value that nobody can change
    ) -> None:
        self.options = options
        self.inherited = inherited
        self.environ = environ
        self.clock = clock
        self.fallen_back: ConfigurationProblem | None = None
        """what is wrong with the configuration, where the last valid one is used instead"""
        self._too_slow: tuple[tuple[SourceFile, ...], ConfigurationProblem] | None = None
        self.rebuilt: str | None = None
        """what is to be said of indexes that were put right"""
        self.begun_anew: str | None = None
        """what is to be known where a database was begun though one had been there"""
        self._worker = worker
        self._kept: Catalog | None = None
        self._broken: ConfigurationProblem | None = None

    @cached_property
    def config_path(self) -> Path:
        """Where the configuration is; `ConfigurationProblem` when there is none."""
        return find_config(self.options.config, self.environ)

    @cached_property
    def loaded(self) -> LoadedConfiguration:
        """The configuration with its warnings; `InvalidConfiguration` carries every problem."""
        if self._broken is not None:
            raise self._broken
        try:
            return load(self.config_path, cache_dir(self.environ))
        except ConfigurationProblem as problem:
            self._broken = problem
            raise

    @property
    def catalog(self) -> Catalog:
        """The checked configuration."""
        return self.loaded.catalog

    @property
    def running_catalog(self) -> Catalog:
        """The configuration to page by: the one in the files if it is valid, else the last one that
        was (`fallen_back` says so), also where the files take too long to read.

        `ConfigurationProblem` when there is neither.
        """
        if self._kept is None:
            self._kept = self._load_or_fall_back()
        return self._kept

    @property
    def known_catalog(self) -> Catalog | None:
        """The configuration that has been used so far; None where none was."""
        loaded: LoadedConfiguration | None = self.__dict__.get("loaded")
        return self._kept or (loaded.catalog if loaded is not None else None)

    def look_at_files_again(self) -> None:
        """Have the next use of the configuration read its files again, if they changed."""
        for name in ("loaded", "database_path", "_configured_database"):
            self.__dict__.pop(name, None)
        self._broken = None
        self._kept = None

    def _load_or_fall_back(self) -> Catalog:
        try:
            catalog = self._read_files().catalog
        except Exception as error:
            problem = error if isinstance(error, ConfigurationProblem) else _unforeseen(error)
            document = self.store.ledger.configuration()
            if document is None and not isinstance(problem, SlowConfiguration):
                raise problem from None
            if document is None:
                return self.catalog
            self.fallen_back = problem
            return decode(document)
        self.fallen_back = None
        return catalog

    def _read_files(self) -> LoadedConfiguration:
        """The configuration in the files, read with patience; what once took too long is not read
        again unedited.
        """
        if self._broken is not None or "loaded" in self.__dict__:
            return self.loaded
        sources = find_sources(self.config_path)
        if self._too_slow is not None and self._too_slow[0] == sources:
            raise self._too_slow[1]
        try:
            self.loaded = load_within(self.config_path, cache_dir(self.environ), PATIENCE_WITH_FILES)
        except SlowConfiguration as problem:
            self._too_slow = (sources, problem)
            raise
        except ConfigurationProblem as problem:
            self._broken = problem
            raise
        return self.loaded

    def keep_catalog(self) -> None:
        """Have the database remember the configuration in use, as the last one that was valid; and
        the turns that it takes from somebody.

        Open incidents are looked at anew: what the configuration says of maintenances may have changed.
        """
        catalog = self.running_catalog
        ledger = self.store.ledger
        if self.fallen_back is None and not ledger.has_configuration(catalog.version):
            from escalate_cli.store.remembered_turns import note_taken

            with self.store.transaction():
                now = self.clock.now()
                note_taken(ledger, catalog, now)
                ledger.keep_configuration(catalog.version, encode(catalog), now)
                self.store.situations.look_at_all(now)

    def reopen_store(self) -> None:
        """Open the database anew: it was replaced, or could not be used a moment ago."""
        store = self.__dict__.pop("store", None)
        if store is not None:
            store.close()

    @cached_property
    def store(self) -> Store:
        """The database, created when it does not exist."""
        from escalate_cli.store.store import Store

        store = Store(
            self.database_path,
            self.clock,
            create_directory=not self.database_is_named,
            whereabouts=self.whereabouts,
        )
        self.begun_anew = self.begun_anew or store.database.begun_anew
        return store

    @cached_property
    def whereabouts(self) -> Whereabouts:
        """What is known of databases that were there before."""
        from escalate_cli.store.sqlite.whereabouts import Whereabouts

        return Whereabouts(state_dir(self.environ))

    @property
    def spool(self) -> Spool:
        """Where declarations are kept that cannot be stored. Where the database is lost, its
        directory may be, too: not in there.
        """
        from escalate_cli.store.without_database.spool import Spool

        lost = self.whereabouts.real(self.database_path)
        return Spool(lost or self.database_path, beside=lost is None)

    @cached_property
    def database_path(self) -> Path:
        """Where the database is: `--db`, `$ESCALATE_DB`, `[settings].database`, the user's data directory."""
        return find_db(self.options.db, self.environ, self._configured_database)

    @property
    def database_is_named(self) -> bool:
        """Whether somebody has said where the database is; its directory is then theirs to make."""
        return (
            self.options.db is not None
            or bool(self.environ.get("ESCALATE_DB"))
            or self._configured_database is not None
        )

    @cached_property
    def _configured_database(self) -> Path | None:
        """What `[settings].database` says, as a path; also where the rest of the configuration is broken."""
        if self.options.db is not None or self.environ.get("ESCALATE_DB"):
            return None
        try:
            text = self._read_files().catalog.settings.database
        except ConfigurationProblem:
            try:
                text = glimpse_database(self.config_path, self.environ)
            except ConfigurationProblem:  # there is no place to look for one
                return None
        return None if text is None else database_of(self.config_path, text)

    def moment(self) -> Instant:
        """The moment of an operation, read once, inside its transaction. A clock that was set back
        is put right first, as a pass does: else what is stored now would be due much too late for
        the passes that follow."""
        now = self.clock.now()
        self.store.ledger.mind_the_clock(now)
        return now

    @cached_property
    def sender(self) -> Sender:
        """What sends, in processes of its own."""
        from escalate_cli.delivery.sender import Sender

        return Sender(clock=self.clock, link=self._worker)

    def damage(self, more: str) -> DatabaseProblem:
        """What is said of a database a part of which cannot be read."""
        from escalate_cli.store.sqlite.failures import damaged

        return damaged(self.database_path, more)

    def close(self) -> None:
        """Let go of what was opened."""
        if "sender" in self.__dict__:
            self.sender.close(wait=False)
        if "store" in self.__dict__:
            self.store.close()


def _unforeseen(error: Exception) -> ConfigurationProblem:
    """What nobody foresaw while the files were read is a reason to use the last valid configuration, too."""
    text = f"the configuration cannot be read: {type(error).__name__}{place_of(error)}"
    return ConfigurationProblem(text, "please report it as a bug", code="configuration-unreadable")
