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
    ALREADY_SO = "already-so"
    """the act changed nothing"""
    STILL_PAGED = "still-paged"
    """an acknowledgement left out teams that its author is in none of"""
    NOBODY_PAGED = "nobody-paged"
    """no level reaches anyone, and neither does the fallback"""
    NOT_PAGED = "not-paged"
    """somebody who was to be paged by hand cannot be"""
    NOT_DELIVERED = "not-delivered"
    """a message did not get through"""
    HELD_BACK = "held-back"
    """a message waits for a digest, as [limits] have it"""
    TROUBLE = "trouble"
    """something went wrong on the way, and paging goes on without it"""
    LEFT_TO_TICK = "left-to-tick"
    """it is stored, and the next pass delivers it"""
    UNANSWERED = "unanswered"
    """a declaration is stored, and the question of its service was left without an answer"""
    NOT_SHOWN = "not-shown"
    """it is done, but how it stands cannot be shown"""


class Note(msgspec.Struct, frozen=True):
    """A word for programs and a sentence for people; `incident` is the number of the one it is about."""

    code: NoteCode
    text: str
    incident: int | None = None
