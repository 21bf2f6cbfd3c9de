"""The catalog and policies as JSON and back: for the compiled cache, and for the policy that is
frozen with an escalation.

Decoding checks types: what does not fit raises `msgspec.MsgspecError` (a ValueError). Fields that
were added later get their defaults.
"""

from __future__ import annotations

from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Policy


def encode(catalog: Catalog) -> bytes:
    """The catalog as JSON."""
    import msgspec

    return msgspec.json.encode(catalog)


def decode(data: bytes) -> Catalog:
    """The catalog that `encode` wrote; a ValueError when it is none."""
    import msgspec

    return msgspec.json.decode(data, type=Catalog)


def encode_policy(policy: Policy) -> bytes:
    """The policy as JSON."""
    import msgspec

    return msgspec.json.encode(policy)


def decode_policy(data: bytes | str) -> Policy:
    """The policy that `encode_policy` wrote; a ValueError when it is none."""
    import msgspec

    return msgspec.json.decode(data, type=Policy)
