"""The SQLite file: opening it safely, its settings, transactions, migrations. Every sqlite3 error
becomes a DatabaseProblem here.

Its settings: a persistent rollback journal (no WAL), synchronous EXTRA, explicit BEGIN IMMEDIATE.
Nothing holds a transaction open across the network.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.errors import DamagedRow, DatabaseProblem
from escalate_cli.store.sqlite.beginning import cannot_be_opened, prepare
from escalate_cli.store.sqlite.copying import APPLICATION_ID, DamagedSource, copy
from escalate_cli.store.sqlite.failures import FULL, LOCKED, damaged, explain
from escalate_cli.store.sqlite.gate import Gate
from escalate_cli.store.sqlite.journal import forget_the_beginning
from escalate_cli.store.sqlite.migrating import latest_migration, migrate
from escalate_cli.store.sqlite.soundness import Damage, look_through
from escalate_cli.store.sqlite.whereabouts import Whereabouts
from escalate_cli.store.statements import Statements

LOCK_PATIENCE_SECONDS = 10.0
"""how long to wait for another process's write before giving up with exit code 7"""

RESERVE_PAGES = 96
RESERVE_LOW = 32
"""free pages kept in the file, and when they are topped up: with them paging goes on when the disk
is full
"""

NEARLY_NOTHING = 1 << 20
"""bytes"""

_Done = TypeVar("_Done")
_Values = Sequence[object] | Mapping[str, object]
_sql = Statements("database")


class Database:
    """One connection. Rows come back as `sqlite3.Row`."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        create_directory: bool = False,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        self.path = path
        self.clock = clock
        self.refused: str | None = None
        """why the file can be read but not written: a newer version wrote it"""
        self.garbled = False
        """whether text was found that is not UTF-8"""
        self._gate = Gate(path)
        beginning = prepare(path, whereabouts, create_directory=create_directory)
        self.begun_anew = beginning.begun_anew
        """what users should know when a new database was begun though there had been one"""
        try:
            self._connection, self._identity = self._until_free(self._connect)
            self._connection.row_factory = sqlite3.Row
            self._settle(beginning.fresh)
            if whereabouts is not None:
                whereabouts.note(path, self._identity)
        except sqlite3.Error as problem:
            raise explain(problem, self.path, LOCK_PATIENCE_SECONDS) from None
        except OSError as problem:  # it was taken away a moment ago
            raise cannot_be_opened(path, problem) from None
        except UnicodeDecodeError:
            raise damaged(self.path) from None

    def _connect(self) -> tuple[sqlite3.Connection, tuple[int, int]]:
        """A connection, and the device and inode of its file."""
        with self._gate.passing():
            # the file is there: should it be gone by now, no other is made
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )  # fmt: skip
            status = os.stat(self.path)
        return connection, (status.st_dev, status.st_ino)

    def _settle(self, fresh: bool) -> None:
        run = self._patiently
        run("PRAGMA trusted_schema=OFF")
        run("PRAGMA foreign_keys=ON")
        run("PRAGMA synchronous=EXTRA")
        # at one moment: another process may be making it just now
        run("BEGIN")
        try:
            application_id = self._until_free(lambda: self._begin("PRAGMA application_id")).fetchone()[0]
            version = run("PRAGMA user_version").fetchone()[0]
            tables = run(_sql.count_tables).fetchone()[0]
            # Without a page it is as new: whoever began to make it was killed, and reading has just undone
            # what there was of it.
            fresh = fresh or run("PRAGMA page_count").fetchone()[0] == 0
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        if application_id != APPLICATION_ID and (tables or not fresh):
            raise DatabaseProblem(
                f"{self.path} is an SQLite file of something else",
                "name the database of escalate with --db or $ESCALATE_DB",
            )
        wanted = latest_migration()
        if version > wanted:
            self.refused = (
                f"{self.path} was written by a newer version of escalate (schema {version}; this one knows"
                f" {wanted})"
            )
            return
        if run("PRAGMA journal_mode").fetchone()[0] != "persist":
            run("PRAGMA journal_mode=PERSIST")
        if version < wanted:
            try:
                self._migrate()
            except DatabaseProblem:
                forget_the_beginning(self._connection, self.path)
                raise

    def _migrate(self) -> None:
        """Run what is missing in one transaction; before it changes anything, put a copy beside the
        database.
        """
        with self.transaction():
            at = self._connection.execute("PRAGMA user_version").fetchone()[0]
            # another process may have been quicker, and the copy be of what it made
            if 0 < at < latest_migration():
                self.copy_to(self.path.with_name(f"{self.path.name}.before-{at + 1:03}"))
            migrate(self._connection, at)
            self._connection.execute(f"PRAGMA application_id={APPLICATION_ID}")

    def top_up_reserve(self) -> bool:
        """Keep free pages in the file and a journal that need not grow, so that a full disk does not
        stop paging. False when that fails. Changing the rows makes the journal long enough for them.
        """
        if self.run("PRAGMA freelist_count")[0][0] >= RESERVE_LOW:
            return True
        try:
            with self.transaction():
                for _ in range(RESERVE_PAGES):
                    self.change(_sql.fill_reserve)
            with self.transaction():
                self.change(_sql.change_reserve)
            with self.transaction():
                self.change(_sql.empty_reserve)
        except DatabaseProblem as problem:
            if problem.code in (FULL, LOCKED):
                return False
            raise
        return True

    def disk_is_full(self) -> bool:
        """Whether next to nothing is left on the file system of the database."""
        try:
            disk = os.statvfs(self.path.parent)
        except OSError:
            return False
        return disk.f_bavail * disk.f_frsize < NEARLY_NOTHING

    def replaced(self) -> bool:
        """Whether the path now leads to another file than the one that is open."""
        try:
            status = os.stat(self.path)
        except OSError:
            return True
        return (status.st_dev, status.st_ino) != self._identity

    def check(self) -> Damage | None:
        """What SQLite finds wrong with the file, indexes included; None when it is sound."""
        return look_through(self.run)

    def rebuild_indexes(self) -> None:
        """Make every index anew from its table."""
        with self.transaction():
            self.run("REINDEX")

    def copy_to(self, path: Path) -> Damage | None:
        """Write a sound copy of the database to `path`; a damaged one is not copied. Damaged
        indexes are sound in the copy: what was wrong with them."""
        try:
            return copy(self.path, path, self.clock, LOCK_PATIENCE_SECONDS)
        except DamagedSource:
            raise damaged(self.path, ": it is not copied") from None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN IMMEDIATE … COMMIT; anything raised inside rolls back. A busy COMMIT is tried again
        until patience ends.
        """
        if self.refused:
            raise DatabaseProblem(self.refused, "upgrade escalate, or name another database with --db")
        try:
            self._patiently("BEGIN IMMEDIATE")
        except sqlite3.Error as problem:
            raise explain(problem, self.path, LOCK_PATIENCE_SECONDS) from None
        try:
            yield
            self._patiently("COMMIT")  # it may be busy, too, and then leaves the transaction open
        except BaseException as problem:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(problem, sqlite3.Error):
                raise explain(problem, self.path, LOCK_PATIENCE_SECONDS) from None
            if isinstance(problem, UnicodeDecodeError):
                raise damaged(self.path) from None
            raise

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the current transaction: anything raised inside undoes this part alone."""
        self.run("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk has rolled everything back already
                self.run("ROLLBACK TO part")
                self.run("RELEASE part")
            raise
        self.run("RELEASE part")

    def _patiently(self, statement: str, values: _Values = ()) -> sqlite3.Cursor:
        """Run a statement, as soon as no other process holds the database."""
        if self._connection.in_transaction:  # what it has locked keeps its name
            return self._until_free(lambda: self._connection.execute(statement, values))
        return self._until_free(lambda: self._begin(statement, values))

    def _begin(self, statement: str, values: _Values = ()) -> sqlite3.Cursor:
        """Take a lock, unless another file has the name of this one by now."""
        with self._gate.passing():
            if self.replaced() and os.path.exists(self.path):
                problem = sqlite3.OperationalError("attempt to use a database that was moved away")
                problem.sqlite_errorcode = sqlite3.SQLITE_READONLY_DBMOVED
                raise problem
            return self._connection.execute(statement, values)

    def _until_free(self, act: Callable[[], _Done]) -> _Done:
        """Do it. While another process holds the database it is tried again, until patience ends.

        SQLite's own waiting slows down to ten tries a second. Among twenty processes some would
        then never get their turn.
        """
        give_up_at, wait = 0.0, os.getpid() % 7
        while True:
            try:
                return act()
            except OverflowError:  # a time that was stored so, or reckoned from one
                raise DamagedRow("a record of the database holds a time that is beyond all bounds") from None
            except sqlite3.OperationalError as problem:
                busy = getattr(problem, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                give_up_at = give_up_at or self.clock.monotonic() + LOCK_PATIENCE_SECONDS
                if not busy or self.clock.monotonic() > give_up_at:
                    raise
                wait = (wait + 5) % 17  # each process in a rhythm of its own
                self.clock.sleep((wait + 2) * SECOND // 1000)

    def run(self, statement: str, values: _Values = (), /, **named: object) -> list[sqlite3.Row]:
        """Run one statement, with values in order or by name, and fetch everything it returns."""
        try:
            return self._patiently(statement, named or values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            if isinstance(problem, sqlite3.Error) and not str(problem).startswith(
                "Could not decode to UTF-8"
            ):
                raise explain(problem, self.path, LOCK_PATIENCE_SECONDS) from None
        self._read_leniently()
        if statement.startswith("SELECT"):
            return self.run(statement, named or values)
        raise DamagedRow("a record of the database holds text that is not UTF-8")

    def _read_leniently(self) -> None:
        """Some text is damaged. From now on such text is shown as far as it can be read, and
        nobody's page waits for it.
        """
        if self.garbled:
            raise damaged(self.path)
        self.garbled = True
        self._connection.text_factory = lambda text: text.decode("utf-8", "replace")

    def plain(self, statement: str, values: _Values = (), /, **named: object) -> list[tuple[Any, ...]]:
        """As `run`, for many thousand rows: tuples."""
        self._connection.row_factory = None
        try:
            return self.run(statement, named or values)  # type: ignore[return-value]
        finally:
            self._connection.row_factory = sqlite3.Row

    def change(self, statement: str, values: _Values = (), /, **named: object) -> int:
        """Run one statement that changes rows; how many it changed."""
        try:
            return self._patiently(statement, named or values).rowcount
        except sqlite3.Error as problem:
            raise explain(problem, self.path, LOCK_PATIENCE_SECONDS) from None
        except UnicodeDecodeError:
            raise damaged(self.path) from None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
        self._gate.shut()
