"""Named points at which a test may have the process killed, to show that nothing is lost there.

`ESCALATE_FAILPOINT=claimed` kills this process with SIGKILL when it first reaches that point;
`claimed:3` the third time; `claimed-stop` stops it there (SIGSTOP). Without the variable a point
costs one dictionary look-up.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from itertools import count

POINTS = (
    "declaring",  # the incident is written but not committed
    "declared",  # committed, nothing sent yet
    "planning",  # a plan is written but not committed
    "planned",  # committed
    "claiming",  # a claim is written but not committed
    "claimed",  # committed, nothing sent yet
    "begun",  # the message is on its way
    "ended",  # the outcome is known but not written
    "recording",  # written but not committed
    "recorded",  # committed
    "answering",  # what an answer does is written, the place of its reader is not
    "answered",  # the place is written but not committed
    "heeded",  # committed
)


class Failpoints:
    """The one that is armed, if any."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        name, _, times = environ.get("ESCALATE_FAILPOINT", "").partition(":")
        self._armed = name.removesuffix("-stop")
        self._signal = signal.SIGSTOP if name.endswith("-stop") else signal.SIGKILL
        self._left: Iterator[int] = count(int(times) if times.isdigit() else 1, -1)

    def reach(self, name: str) -> None:
        """The process has come to this point."""
        if name == self._armed and next(self._left) <= 1:
            self._armed = ""
            os.kill(os.getpid(), self._signal)
