"""A note: what whoever acts or asks is to be told beside the answer."""

from __future__ import annotations

from enum import Enum

import msgspec


class NoteCode(str, Enum):
    """What a note is about."""

    CONFIGURATION_BROKEN = "configuration-broken"
    """the last valid configuration stands in for the one in the files"""
    UNUSABLE = "unusable"
    """a time zone, schedule or hours of the configuration cannot be used, or something was done without"""
    DATABASE_BEGUN_ANEW = "database-begun-anew"
    """a database had been there and was not found"""
    INDEXES_REBUILT = "indexes-rebuilt"
    """an index of the database was damaged and has been put right"""
    DISK_FULL = "disk-full"
    """paging goes on from the reserve for a while"""
    NO_TICK = "no-tick"
    """something is or comes due, and nobody runs passes"""
    OUT_OF_REACH = "out-of-reach"
    """another user's declaration waits where this one cannot read it"""


class Note(msgspec.Struct, frozen=True):
    """A word for programs and a sentence for people; `incident` is the number of the one it is about."""

    code: NoteCode
    text: str
    incident: int | None = None
