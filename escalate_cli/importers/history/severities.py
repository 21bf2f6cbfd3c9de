"""How bad it was, in the words of other tools (P1, SEV-2, high, warning), as severities of this
organisation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.importers.history.rows import HistoryRow

_SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("p1",), ("p2",), ("p3",), ("p4",), ("p5",)),
    (("sev0",), ("sev1",), ("sev2",), ("sev3",), ("sev4",), ("sev5",)),
    (
        ("critical", "fatal", "emergency", "urgent", "highest", "disaster"),
        ("high", "error", "major", "severe"),
        ("medium", "moderate", "warning", "average", "normal"),
        ("low", "minor", "notice"),
        ("info", "informational", "information", "none", "debug", "lowest"),
    ),
)
"""words of the same scale, the worst first; several of one rank"""


def ours_of(rows: Sequence[HistoryRow], catalog: Catalog) -> dict[str, str]:
    """Words of the rows that name no severity of ours, but one of a usual scale: as ours, by the rank
    in both. Words are in lower case.

    Where high and low are all there is, as with PagerDuty's urgency, it is the urgency of ours that
    counts.
    """
    known = {severity.id.casefold() for severity in catalog.severities}
    columns = ("severity", "first_severity")
    written = {row.cells.get(column, "").strip().casefold() for row in rows for column in columns} - {""}
    foreign = sorted(written - known)
    if written <= {"high", "low"}:
        return {word: _by_urgency(word, catalog) for word in foreign}
    return {word: ours for word in foreign if (ours := _by_rank(word, written, catalog)) is not None}


def _by_urgency(word: str, catalog: Catalog) -> str:
    urgency = Urgency.HIGH if word == "high" else Urgency.LOW
    alike = [severity.id for severity in catalog.severities if severity.urgency is urgency]
    default = catalog.settings.default_severity
    if default in alike:
        return default
    ids = [severity.id for severity in catalog.severities]
    if urgency is Urgency.HIGH:
        return alike[0] if alike else ids[-1]
    return alike[-1] if alike else ids[0]


def _by_rank(word: str, written: set[str], catalog: Catalog) -> str | None:
    """The worst of a scale is our worst, the least is our least, and the others lie between."""
    for scale in _SCALES:
        ranks = [rank for rank, words in enumerate(scale) if _plain(word) in words]
        used = [rank for rank, words in enumerate(scale) for other in written if _plain(other) in words]
        if not ranks:
            continue
        # sev0 and sev5, and words that mean next to nothing, are used by few
        worst, least = (0, len(scale) - 1) if len(scale[0]) == 1 else (0, 3)
        if scale[0] == ("sev0",):
            worst, least = min(1, *used), max(4, *used)
        share = (min(max(ranks[0], worst), least) - worst) / (least - worst)
        ids = [severity.id for severity in reversed(catalog.severities)]
        return ids[int(share * (len(ids) - 1) + 0.5)]
    return None


def _plain(word: str) -> str:
    """`SEV-1`, `Priority 1`, `1 - Critical` → sev1, p1, critical."""
    tight = re.sub(r"[\W_]+", "", word.casefold())
    tight = re.sub(r"^(?:priority|prio)(?=\d)", "p", re.sub(r"^severity(?=\d)", "sev", tight))
    return re.sub(r"^\d(?=[a-z]{3})", "", tight)
