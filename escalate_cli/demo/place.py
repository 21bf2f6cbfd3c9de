"""The scratch place: a directory that is gone afterwards, with a real configuration, a real
database and an inbox of its own.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import msgspec

from escalate_cli.clock import Clock
from escalate_cli.config.load import load
from escalate_cli.context import Context, Options
from escalate_cli.demo.inbox import LOOPBACK, Inbox
from escalate_cli.demo.organisation import files
from escalate_cli.errors import EscalateError, ExitCode
from escalate_cli.setup.installation import local_zone


class ScratchPlace(msgspec.Struct, frozen=True):
    """Where the story is played: `context` knows nothing of the user's configuration, database or cache."""

    path: Path
    context: Context
    inbox: Inbox


class NoPlace(EscalateError):
    """There is no room for a scratch directory, or no port to be had on loopback."""

    exit_code = ExitCode.UNDELIVERED
    code = "no-scratch-place"


@contextmanager
def scratch_place(environ: Mapping[str, str], clock: Clock) -> Iterator[ScratchPlace]:
    """Set it up, and leave nothing behind: no file, no process, no port, whether the block ends by
    itself or by a signal.

    `NoPlace` when there is no writable temporary directory or no loopback.
    """
    with _ended_orderly(), _without_proxy():
        try:
            directory = tempfile.TemporaryDirectory(prefix="escalate-demo-", ignore_cleanup_errors=True)
            inbox = Inbox(clock)
        except OSError as problem:
            hint = (
                "the demonstration needs a temporary directory ($TMPDIR) and the loopback address 127.0.0.1"
            )
            raise NoPlace(f"cannot set up a scratch place: {problem.strerror or problem}", hint) from None
        with directory as name, inbox:
            path = Path(name)
            context = _settle(path, inbox, environ, clock)
            try:
                yield ScratchPlace(path, context, inbox)
            finally:
                context.close()


def _settle(path: Path, inbox: Inbox, environ: Mapping[str, str], clock: Clock) -> Context:
    config = path / "config"
    config.mkdir()
    for name, text in files(local_zone(environ), mail_port=inbox.mail_port, web_port=inbox.web_port).items():
        (config / name).write_text(text, encoding="utf-8")
    # `json`, so that no command asks whoever watches; of the environment only the name of the user, in case
    # the system has none.
    options = Options(config=config, db=path / "escalate.db", json=True)
    context = Context(options, {name: environ[name] for name in ("USER",) if name in environ}, clock)
    context.loaded = load(config, None)  # without a cache: on some systems it could only be the user's own
    return context


@contextmanager
def _ended_orderly() -> Iterator[None]:
    """A SIGTERM or a closed terminal cleans up, too, as Ctrl-C does."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _without_proxy() -> Iterator[None]:
    """The process that sends inherits this environment; a proxy that it names knows nothing of our
    loopback.
    """
    before = os.environ.get("no_proxy")
    os.environ["no_proxy"] = ",".join(filter(None, (before or os.environ.get("NO_PROXY"), LOOPBACK)))
    try:
        yield
    finally:
        if before is None:
            del os.environ["no_proxy"]
        else:
            os.environ["no_proxy"] = before
