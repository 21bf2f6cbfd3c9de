"""How tests hand over what a monitor sends: a sample, an object of JSON, a body with its headers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from escalate_cli.alerts.kinds import kind_named
from escalate_cli.alerts.payload import Payload
from escalate_cli.core.alerts.alert import Alert

SAMPLES = Path(__file__).parent / "samples"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def sample(kind: str, name: str) -> bytes:
    return (SAMPLES / kind / name).read_bytes()


def read(kind: str, sent: object = b"", **more: object) -> Sequence[Alert]:
    """The alerts of a body, or of what is one in JSON."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return kind_named(kind).read(Payload(body=body, **more))  # type: ignore[arg-type]


def read_only(kind: str, sent: object = b"", **more: object) -> Alert:
    (alert,) = read(kind, sent, **more)
    return alert
