"""Signs of life for systemd, where it started the watch."""

from __future__ import annotations

import socket
from contextlib import suppress

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import DAY, Span


def notify(context: Context, state: str) -> None:
    """Tell systemd, where it listens (sd_notify(3): a datagram to $NOTIFY_SOCKET). Paging waits for
    no listener.
    """
    address = context.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@"):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.setblocking(False)
        channel.connect("\0" + address[1:] if address.startswith("@") else address)
        channel.send(state.encode())


def watchdog_every(context: Context) -> Span:
    """Half of what systemd's watchdog allows between two signs of life; a day without one."""
    allowed = context.environ.get("WATCHDOG_USEC", "")
    return int(allowed) // 2 if allowed.isdigit() and int(allowed) else DAY
