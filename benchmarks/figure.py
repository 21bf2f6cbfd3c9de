"""One line of the table: what was measured, against what, and whether that is good enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A measured figure. `against` names the peer measured in the same run and `peer` is its figure
    in the same unit; `most` is the target: the largest ratio that is good enough (None: told for
    information only).

    `slack` is a difference in `unit` that counts as none, where noise is of that size.
    """

    group: str
    what: str
    value: float
    unit: str
    against: str | None = None
    peer: float | None = None
    most: float | None = None
    slack: float = 0.0
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer if self.peer else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.most is None or self.peer is None:
            return None
        return self.value <= self.most * self.peer + self.slack

    @property
    def target(self) -> str:
        if self.most is None:
            return ""
        if self.slack:
            return f"no more than {self.against}"
        return f"≤ {self.most:g} ×"

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "MISSED"}[self.met]

    def shown(self, value: float | None) -> str:
        if value is None:
            return ""
        digits = 0 if self.unit == "ms" and value >= 1000 else 2 if self.unit == "s" else 1
        return f"{value:,.{digits}f} {self.unit}"

    def data(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "group": self.group, "what": self.what, "value": round(self.value, 4), "unit": self.unit,
            "against": self.against, "peer": None if self.peer is None else round(self.peer, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 3), "most": self.most, "met": self.met,
            "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True)
class Note:
    """What could not be measured, and why."""

    group: str
    text: str
