"""One IMAP server for the tests of a worker, and a folder of it for each test."""

from tests.reception.conftest import folder, pymap

__all__ = ["folder", "pymap"]
