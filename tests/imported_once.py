"""The workers of a run share the work of reading the tests: pytest rewrites the assertions of a module before
it is imported, which takes longer than everything else up to the first test. Each worker begins at another
place of the list and keeps what it has made; what another has made before it comes there is taken over.

Where Python is told to leave no bytecode behind, it is kept for as long as the run lasts, in a directory of
its own.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_WORTH_IT = 20
"""fewer modules than this are read as ever"""


def import_tests(places: Sequence[str], number: int, workers: int, kept_in: str) -> None:
    """Import every module of tests under `places`, as worker `number` of so many. What cannot be imported is
    left to pytest, which says so.
    """
    files = sorted({file for place in places for file in Path(place).resolve().rglob("test_*.py")})
    if len(files) < _WORTH_IT or not all(file.is_relative_to(_ROOT) for file in files):
        return
    first = len(files) * number // workers
    with _kept(kept_in):
        for file in (*files[first:], *files[:first]):
            name = ".".join(file.relative_to(_ROOT).with_suffix("").parts)
            with warnings.catch_warnings(action="error"), suppress(Exception):
                importlib.import_module(name)


def place_for_what_is_made() -> tempfile.TemporaryDirectory[str]:
    """Where bytecode is kept that may be left nowhere."""
    return tempfile.TemporaryDirectory(prefix="escalate-tests-", ignore_cleanup_errors=True)


@contextmanager
def _kept(place: str) -> Iterator[None]:
    before = sys.dont_write_bytecode, sys.pycache_prefix
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode, sys.pycache_prefix = False, place
    try:
        yield
    finally:
        sys.dont_write_bytecode, sys.pycache_prefix = before
