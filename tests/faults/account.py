"""An account of what arrived: every message compared with what the database says it has tried.

It is expected, repeated (with the reason), lost, unexpected, or came more often than the attempts allowed.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from tests.faults.rounds import report
from tests.servers import Request


@dataclass
class Account:
    """What became of every notification, by (incident, kind, way): see `judge`."""

    expected: int = 0
    repeated: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """the reasons for repeats, each with the messages that were repeated for it"""
    lost: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    too_often: list[str] = field(default_factory=list)

    @property
    def repeats(self) -> int:
        return sum(len(each) for each in self.repeated.values())

    def must_be_sound(self, *, repeats: int | None = None, rounds: int = 1) -> None:
        """Nothing lost, nothing unexpected, no message more often than allowed; so many repeats, if
        it matters. Reported for the survey.
        """
        report(
            rounds=rounds,
            messages=self.expected,
            lost=len(self.lost),
            repeated={reason: len(which) for reason, which in self.repeated.items()},
        )
        assert (self.lost, self.unexpected, self.too_often) == ([], [], []), self
        if repeats is not None:
            assert self.repeats == repeats, self


def judge(db: Path, messages: Sequence[Request], allowed: int) -> Account:
    """Sort the messages, each identified by incident, kind and way.

    A message is a *repeat* when the record shows an earlier attempt whose outcome nobody knows; it
    must say "(repeat)". It is *unexpected* when the record knows of no attempt for it, or no reason
    to repeat it. It is *lost* when it is not there though the record says that it was sent, or when
    it was given up without having arrived.
    """
    account = Account()
    arrived: dict[tuple[int, str, str], list[Request]] = defaultdict(list)
    for message in messages:
        arrived[_identity(message)].append(message)
    connection = sqlite3.connect(db)
    connection.row_factory = sqlite3.Row
    notifications = connection.execute("SELECT * FROM notifications ORDER BY id").fetchall()
    attempts: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute("SELECT * FROM attempts ORDER BY id"):
        attempts[row["notification_id"]].append(row)
    connection.close()
    known: dict[tuple[int, str, str], list[sqlite3.Row]] = defaultdict(list)
    for row in notifications:
        known[row["incident_id"], row["kind"], f"/{row['gateway']}/{row['address']}"].append(row)
    for identity, rows in known.items():
        _account_for(identity, rows, arrived.pop(identity, []), attempts, allowed, account)
    account.unexpected += [f"{identity}: the record knows of none" for identity in arrived]
    return account


def _account_for(
    identity: tuple[int, str, str],
    rows: list[sqlite3.Row],
    came: list[Request],
    attempts: dict[int, list[sqlite3.Row]],
    allowed: int,
    account: Account,
) -> None:
    name = f"#{identity[0]} {identity[1]} {identity[2]}"
    tries = [attempt for row in rows for attempt in attempts[row["id"]]]
    # one message carries what is due at one moment to one address, as where the auditor pages somebody again
    carried = {row["id"] for row in rows}
    alone = [row for row in rows if row["bundled_with"] not in carried]
    wanted = [row for row in alone if row["status"] == "sent"]
    account.expected += min(len(came), len(alone))
    if len(came) < len(wanted):
        account.lost.append(f"{name}: recorded as sent and never came")
    for row in rows:
        if len(attempts[row["id"]]) != row["attempts"]:
            account.unexpected.append(
                f"{name}: {row['attempts']} attempts counted, {len(attempts[row['id']])} on record"
            )
        if row["attempts"] > allowed:
            account.too_often.append(f"{name}: {row['attempts']} attempts of {allowed}")
        if row["status"] in ("pending", "sending", "retrying"):
            account.lost.append(f"{name}: still {row['status']}")
        if row["status"] == "failed" and not came:
            account.lost.append(f"{name}: given up ({row['error']})")
    if len(came) > len(tries):
        account.unexpected.append(f"{name}: came {len(came)} times in {len(tries)} attempts")
    doubts = [attempt for attempt in tries if attempt["outcome"] == "unknown"]
    plain = [message for message in came if "repeat" not in message.json["title"] + message.json["message"]]
    if len(plain) > len(alone):
        account.unexpected.append(f"{name}: a repeat that does not say so")
    for _ in came[len(alone) :]:
        if not doubts:
            account.unexpected.append(f"{name}: repeated for no reason")
        else:
            account.repeated[doubts.pop(0)["detail"]].append(name)


_KINDS = {"failure": "page", "success": "resolved", "info": "inform", "warning": "nudge"}
"""the kind of a message by the type that Apprise gives it"""


def whole(message: Request) -> bool:
    """Whether all of it arrived: of one whose sender was killed in the middle, no provider makes a
    message.
    """
    return len(message.body) == int(message.headers.get("Content-Length", 0))


def _identity(message: Request) -> tuple[int, str, str]:
    """(incident, kind, "/gateway/address") of a message in the built-in words."""
    said = message.json
    text = said["title"] or said["message"]
    number = re.search(r"#(\d+)", text)
    assert number, text
    return int(number[1]), _KINDS[said["type"]], unquote(message.path)
