"""What a monitor hands over in one go, as it came: by HTTP, on standard input, or in the environment of
a command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from escalate_cli.core.alerts.alert import Alert
from escalate_cli.core.calendar.duration import Instant


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery. Names of `headers` are in lower case; `path` is what stands in the URL behind the
    address of the source ("" for a plain one), `query` its parameters; `environ` are the variables of a
    command, empty where it came by HTTP. `arrived_at` is when it came: some monitors tell the end of an
    alert by a time that has passed.
    """

    body: bytes = b""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    path: str = ""
    query: Mapping[str, str] = msgspec.field(default_factory=dict)
    environ: Mapping[str, str] = msgspec.field(default_factory=dict)
    arrived_at: Instant | None = None


class UnreadablePayload(Exception):
    """It cannot be read as what it should be. The text says why in a few words, without quoting more
    than a few characters of it.
    """


class AlertKind(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of monitor is read.

    `read` gives the alerts of a delivery, in its order; none where it says nothing of any (a test, a
    greeting); `UnreadablePayload` where it cannot be read. `severities` are its own words for how bad
    it is, least first, in lower case; words of one rank stand together.
    """

    name: str
    read: Callable[[Payload], Sequence[Alert]]
    severities: tuple[tuple[str, ...], ...]
