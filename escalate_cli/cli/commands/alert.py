"""Handing in what a monitor sends, as it sends it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from escalate_cli.actions.alert_delivery import DeliveryTaken, find_source, hand_in_alerts
from escalate_cli.alerts.payload import Payload
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.core.organisation.source import HEARTBEAT, Source
from escalate_cli.errors import UsageProblem
from escalate_cli.health.warnings import standing_warnings
from escalate_cli.views.alert import delivery_data, delivery_lines

LARGEST_DELIVERY = 32 << 20
"""bytes; what is longer is cut, and then cannot be read"""
_FROM_ENVIRONMENT = frozenset({"icinga"})
"""kinds whose monitors run a command and say everything in its environment"""


def alert(
    context: Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="The source: [sources.SOURCE]", autocompletion=known("sources")
        ),
    ],
    header: Annotated[
        list[str] | None,
        typer.Option("--header", metavar="NAME=VALUE", help="A header that came with it (repeatable)"),
    ] = None,
    path: Annotated[
        str, typer.Option("--path", metavar="P", help="What stood in the URL behind the source's address")
    ] = "",
) -> Answer:
    """Hand in what a monitor sends, as it sends it, on stdin; what follows is done at once. Exit code 0: it
    is stored and will be paged.
    """
    chosen = find_source(source, context.running_catalog)
    delivery = Payload(
        body=_body(chosen),
        headers=_headers(header or ()),
        path=path,
        environ=_environment(context, chosen),
        arrived_at=context.clock.now(),
    )
    context.sender.warm()
    taken = hand_in_alerts(context, chosen, delivery)
    notes = [taken.left_to_tick] if taken.left_to_tick is not None else []
    notes += [note.text for note in standing_warnings(context)]
    return Answer(
        delivery_data(taken), "\n".join(delivery_lines(taken)), taken.exit_code, notes, acted=_acted(taken)
    )


def _headers(texts: Sequence[str]) -> dict[str, str]:
    headers = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageProblem(f'"{text}" is no header', "write --header Sentry-Hook-Resource=issue")
        headers[name.strip().lower()] = value.strip()
    return headers


def _acted(taken: DeliveryTaken) -> bool:
    return any(each.incident is not None for each in taken.alerts)


def _environment(context: Context, source: Source) -> dict[str, str]:
    return dict(context.environ) if source.kind in _FROM_ENVIRONMENT else {}


def _body(source: Source) -> bytes:
    """What is on stdin; nothing where that is a terminal and the monitor says it otherwise."""
    if sys.stdin is None or sys.stdin.isatty():
        if source.kind == HEARTBEAT or source.kind in _FROM_ENVIRONMENT:
            return b""
        raise UsageProblem(
            "what the monitor sent is read from stdin, and that is a terminal",
            f"escalate alert {source.id} < payload.json",
        )
    try:
        return _read(sys.stdin.fileno())
    except OSError as problem:
        raise UsageProblem(
            f"stdin cannot be read: {problem.strerror}", f"escalate alert {source.id} < payload.json"
        ) from None


def _read(descriptor: int) -> bytes:
    parts, left = [], LARGEST_DELIVERY
    while left and (part := os.read(descriptor, min(left, 1 << 16))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
