"""The account: what was promised and what arrived, against what the database says in the end."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from urllib.parse import unquote

from tests.faults.account import whole
from tests.faults.chaos.processes import Processes
from tests.servers import Answer, Request

SECOND = 1_000_000
GRACE = SECOND // 2
"""how much later than its first byte a message may be counted by a server that shares two cores
with twenty processes
"""
KINDS = {"failure": "page", "success": "resolved", "info": "inform", "warning": "nudge"}
"""the kind of a message by the type that Apprise gives it"""


class Accounted(Processes):
    """Processes of which account is taken."""

    def take_account(self) -> None:
        """Everything that was promised, everything that came."""
        missing = set(self.promised) - self.titles(self.place.db) - self.keyed()
        self.wrong += [f"lost: the declaration {title!r}" for title in sorted(missing)]
        keys = {
            key
            for (key,) in self.place.rows(
                "SELECT DISTINCT key FROM incidents WHERE id > ?", self.begins_after
            )
        }
        self.wrong += [
            f"lost: {title!r} by its key" for title in self.keyed() if self.promised[title] not in keys
        ]
        rows, attempts = self.recorded()
        came: dict[tuple[int, str], list[tuple[Request, Answer]]] = defaultdict(list)
        for message, answer in self.web.answered[self.counted_from :]:
            title = message.json["title"] if whole(message) else "[escalate]"
            # of itself, when there was no database to write it down in
            if not title.startswith("[escalate]"):
                number = int(re.search(r"#(\d+)", title)[1])  # type: ignore[index]
                if number > self.begins_after:
                    came[number, unquote(message.path)].append((message, answer))
        for identity in came.keys() | rows.keys():
            self.compare(identity, rows.get(identity, []), came.get(identity, []), attempts)
        self.total.incidents += len({number for number, _ in rows})
        self.nobody_was_forgotten()
        self.place.database_must_be_sound()

    def recorded(self) -> tuple[dict[tuple[int, str], list[sqlite3.Row]], dict[int, list[sqlite3.Row]]]:
        rows, attempts = defaultdict(list), defaultdict(list)
        with self.place.sql() as db:
            for row in db.execute(
                "SELECT * FROM notifications WHERE incident_id > ? ORDER BY id", (self.begins_after,)
            ):
                rows[row["incident_id"], f"/{row['gateway']}/{row['address']}"].append(row)
            for row in db.execute("SELECT * FROM attempts ORDER BY id"):
                attempts[row["notification_id"]].append(row)
        return rows, attempts

    def compare(
        self,
        identity: tuple[int, str],
        rows: list[sqlite3.Row],
        came: list[tuple[Request, Answer]],
        attempts: dict[int, list[sqlite3.Row]],
    ) -> None:
        name = f"#{identity[0]} {identity[1]}"
        tries = [attempt for row in rows for attempt in attempts[row["id"]]]
        taken = [message for message, answer in came if answer.status == 200 or answer.trick]
        accepted = [message for message, answer in came if answer.status == 200 and not answer.trick]
        leaders = [row for row in rows if row["status"] == "sent" and row["bundled_with"] is None]
        self.total.messages += len(taken)
        if len(accepted) < len(leaders):
            self.wrong.append(f"lost: {name}: {len(leaders)} recorded as sent, {len(accepted)} accepted")
        for row in rows:
            self.judge_row(name, row, attempts[row["id"]])
        if len(came) > len(tries):
            self.wrong.append(f"{name}: came {len(came)} times in {len(tries)} attempts")
        together = any(row["bundled_with"] for row in rows)  # one message for several kinds, then
        kinds: dict[str, list[sqlite3.Row]] = defaultdict(list)
        for row in rows:
            kinds["" if together else row["kind"]].append(row)
        for kind, wanted in kinds.items():
            arrived = [one for one in taken if not kind or kind_of(one) == kind]
            plain = [one for one in arrived if "(repeat)" not in one.json["title"]]
            begun = [row for row in wanted if row["attempts"]]
            doubts = [
                attempt
                for row in wanted
                for attempt in attempts[row["id"]]
                if attempt["outcome"] == "unknown"
            ]
            if len(plain) > len(begun):
                self.wrong.append(
                    f"{name} {kind}: a repeat that does not say so: {[one.json['title'] for one in arrived]}"
                )
            if len(arrived) - len(begun) > len(doubts):
                self.wrong.append(
                    f"{name} {kind}: {len(arrived)} messages of {len(begun)}, {len(doubts)} doubts"
                )
            for doubt in doubts[: max(len(arrived) - len(begun), 0)]:
                self.total.repeated[doubt["detail"]] += 1
        self.nobody_is_paged_after_an_end(identity[0], name, came)

    def judge_row(self, name: str, row: sqlite3.Row, tries: list[sqlite3.Row]) -> None:
        if len(tries) != row["attempts"]:
            self.wrong.append(f"{name}: {row['attempts']} attempts counted, {len(tries)} on record")
        if row["status"] in ("pending", "sending", "retrying"):
            self.wrong.append(f"lost: {name}: still {row['status']}")
        if row["status"] == "failed" and "HTTP 404" not in (row["error"] or ""):
            self.wrong.append(f"lost: {name}: given up for {row['error']}")

    def nobody_is_paged_after_an_end(
        self, number: int, name: str, came: list[tuple[Request, Answer]]
    ) -> None:
        if number in self.quiet:
            self.total.quiet += 1
            for message, _ in came:
                late = message.instant - self.quiet[number]
                if late > GRACE and kind_of(message) == "page":
                    self.wrong.append(
                        f"{name}: paged {late / SECOND:.2f} s after somebody had taken or ended it:"
                        f" {message.json['title']}"
                    )

    def nobody_was_forgotten(self) -> None:
        """An incident that nobody has taken or ended has its first level told, each person by each
        gateway that did not say never.
        """
        called_off = self.place.rows(
            "SELECT n.id, n.incident_id FROM notifications n JOIN incidents i ON i.id = n.incident_id WHERE"
            " n.status = 'cancelled' AND i.id > ? AND NOT EXISTS (SELECT 1 FROM timeline t WHERE"
            " t.incident_id = i.id AND t.kind IN ('acknowledged', 'acked', 'resolved', 'snoozed'))",
            self.begins_after,
        )
        self.wrong += [f"lost: #{number}: called off though nobody has it" for _, number in called_off]
        untold = self.place.rows(
            "SELECT i.id, count(DISTINCT recipient || gateway) FROM incidents i LEFT JOIN notifications n ON"
            " n.incident_id = i.id AND n.kind = 'page' AND n.status IN ('sent', 'failed', 'cancelled') WHERE"
            " i.id > ? GROUP BY i.id HAVING count(*) < 6",
            self.begins_after,
        )
        self.wrong += [f"lost: #{number}: {told} of 6 of its first level" for number, told in untold]


def kind_of(message: Request) -> str:
    return KINDS[message.json["type"]]
