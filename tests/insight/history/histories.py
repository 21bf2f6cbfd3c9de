"""Histories to import: rows, as CSV, and how they are brought in."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.loopback import Bank
from tests.world import instant

FULL = {
    "id": "INC-812",
    "title": "Transfers hang, app says “later”",
    "message": "since two\nweb and app",
    "severity": "critical",
    "first_severity": "major",
    "severity_changed_at": "2026-03-02 02:20",
    "service": "login",
    "first_service": "payments",
    "rerouted_at": "2026-03-02 02:15",
    "declared_at": "2026-03-02 02:10",
    "declared_by": "support desk",
    "first_paged_at": "2026-03-02T02:12:30Z",
    "paged": "dee@1;ana@1+3m;bo@2+13m",
    "gateway": "sms",
    "acknowledged_at": "2026-03-02 03:31:00 +01:00",
    "acknowledged_by": "Bo Chen",
    "acknowledged_level": "2",
    "resolved_at": "2026-03-02 03:05:00.250",
    "label.cause": "release",
}
LEAST = {"title": "Cannot sign in", "service": "Log in", "declared_at": "2026-03-03 09:00"}


def as_csv(*rows: dict[str, str], separator: str = ",", end: str = "\r\n") -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, names, delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()


def bring(escalate: Bank, text: str | bytes, *options: str, name: str = "history.csv") -> Any:
    file = escalate.place / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return escalate.here("import-history", str(file), *options)


NOW = instant("2026-11-23T10:00:00")
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(
    lambda one: f'x{one}\n, ;\t"y" {one}z'
)
people = st.sampled_from(["ana", "bo", "cara", "dan", "eve", "ops"])


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    """A row that makes sense: declared, perhaps re-routed, paged, acknowledged, resolved, in this order."""

    def time(at: datetime) -> str:
        form = draw(st.sampled_from(["naive", "z", "offset", "space"]))
        if form == "naive":  # a wall clock in London, in winter
            return at.strftime("%Y-%m-%d %H:%M:%S")
        if form == "offset":
            return (at + timedelta(hours=5, minutes=45)).strftime("%Y-%m-%dT%H:%M:%S+05:45")
        return at.strftime("%Y-%m-%dT%H:%M:%SZ" if form == "z" else "%Y-%m-%d %H:%M:%S +0000")

    at = datetime(2025, 11, 1) + timedelta(seconds=draw(st.integers(0, 100 * 86_400)))
    row = {
        "title": draw(texts),
        "service": draw(st.sampled_from(["login", "Card payments", "auth-db"])),
        "declared_at": time(at),
    }
    for name, values in {
        "message": texts,
        "severity": st.sampled_from(["minor", "major", "critical"]),
        "first_severity": st.sampled_from(["minor", "major", "critical"]),
        "first_service": st.sampled_from(["login", "payments", "auth-db"]),
        "declared_by": texts,
        "label.a b": texts,
    }.items():
        if draw(st.booleans()):
            row[name] = draw(values)
    if draw(st.booleans()):
        at += timedelta(seconds=draw(st.integers(0, 3600)))
        row["first_paged_at"] = time(at)
        level = st.sampled_from(["", "@1", "@2", "@3"])
        row["paged"] = ";".join(f"{draw(people)}{draw(level)}" for _ in range(draw(st.integers(0, 3))))
    if draw(st.booleans()):
        at += timedelta(seconds=draw(st.integers(0, 3600)))
        row["acknowledged_at"] = time(at)
        if draw(st.booleans()):
            row["acknowledged_by"] = draw(people)
            if "first_paged_at" in row and draw(st.booleans()):
                row["acknowledged_level"] = draw(st.sampled_from(["1", "2", "3"]))
    if draw(st.booleans()):
        row["resolved_at"] = time(at + timedelta(seconds=draw(st.integers(0, 86_400))))
    return row
