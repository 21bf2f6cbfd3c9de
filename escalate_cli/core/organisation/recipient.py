"""Who or what a message is for."""

from __future__ import annotations

import msgspec


class ReporterAddress(msgspec.Struct, frozen=True):
    """Where whoever reported an incident hears what becomes of it: a gateway, and an address of it."""

    gateway: str
    address: str


class Recipient(str):
    """A person or a channel, by id, or whoever reported an incident and is nobody of the catalog,
    by address; as a text "person:ana", in the database and in JSON, too.
    """

    __slots__ = ()

    @classmethod
    def person(cls, person_id: str) -> Recipient:
        """Someone who can acknowledge."""
        return cls(f"person:{person_id}")

    @classmethod
    def channel(cls, channel_id: str) -> Recipient:
        """A shared place, which cannot."""
        return cls(f"channel:{channel_id}")

    @classmethod
    def reporter(cls, address: str) -> Recipient:
        """Whoever reported it, by their address; cannot acknowledge, either."""
        return cls(f"reporter:{address}")

    @property
    def kind(self) -> str:
        """ "person", "channel" or "reporter"."""
        return self.partition(":")[0]

    @property
    def id(self) -> str:
        """The id within its kind."""
        return self.partition(":")[2]

    @property
    def is_person(self) -> bool:
        """Whether it can acknowledge."""
        return self.startswith("person:")


def as_text(value: object) -> str:
    """How msgspec writes a recipient: its `enc_hook`."""
    if isinstance(value, Recipient):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} is not stored")


def from_text(kind: type, value: object) -> Recipient:
    """How msgspec reads a recipient: its `dec_hook`."""
    if kind is Recipient and isinstance(value, str):
        return Recipient(value)
    raise NotImplementedError(f"{kind.__name__} is not stored")
