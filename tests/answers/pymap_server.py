"""A real IMAP server from PyPI (pymap) on loopback, with mails in it that were there before."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Self

from tests.answers.mailboxes import PASSWORD, USER, ImapAccount
from tests.delivery.processes import until
from tests.servers import LOOPBACK

_MAIN = """
import functools, sys
import pymap.config, pymap.main
pymap.config.BuiltinHash = functools.partial(pymap.config.BuiltinHash, rounds=1)
sys.exit(pymap.main.main())
"""
"""a quarter of a second of every log-in is to make a password hard to guess"""


class PymapServer(ImapAccount):
    """One server with the one account `USER`, whose mails are in memory."""

    def __init__(self) -> None:
        with socket.create_server((LOOPBACK, 0)) as taken:
            super().__init__(int(taken.getsockname()[1]))

    def __enter__(self) -> Self:
        where = ["--host", LOOPBACK, "--port", str(self.port), "--no-tls"]
        account = ["dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _MAIN, *where, *account],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(self._listens)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        self._process.terminate()
        self._process.wait(30)

    def _listens(self) -> bool:
        assert self._process.poll() is None, "pymap has ended"
        try:
            socket.create_connection((LOOPBACK, self.port), 5).close()
        except OSError:
            return False
        return True
