"""README.md and the topics of the guide, as texts for tests: their sections, their tables."""

from __future__ import annotations

import re
from pathlib import Path

from escalate_cli.guide.topics import PLACE, TOPICS
from tests.sources import ROOT

README = ROOT / "README.md"
PAGES: dict[str, Path] = {"README": README} | {topic: PLACE / f"{topic}.md" for topic in TOPICS}
"""name of a page: its file"""


def page(name: str) -> str:
    """The text of a page, as it is in the repository."""
    return PAGES[name].read_text(encoding="utf-8")


def headings(text: str) -> list[str]:
    """The headings of a page, in order: what is code has none."""
    return re.findall(r"^(#+ .*)$", re.sub(r"^ *```.*?^ *```$", "", text, flags=re.M | re.S), re.M)


def section(name: str, heading: str) -> str:
    """What stands below a heading of a page ("## Secrets"), with the headings below it."""
    hashes = heading.partition(" ")[0]
    found = f"\n{page(name)}".split(f"\n{heading}\n")
    assert len(found) == 2, f"{PAGES[name]} has {len(found) - 1} headings {heading!r}"
    return re.split(rf"\n#{{1,{len(hashes)}}} ", found[1])[0]


def table(text: str, head: str) -> list[list[str]]:
    """The rows of the table whose first column is called `head`."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {head} |"):
            next(lines)
            rows = []
            for row in lines:
                if not row.startswith("|"):
                    break
                rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip()[1:-1])])
            return rows
    raise AssertionError(f"no table {head!r}")


def ticked(text: str) -> list[str]:
    """The texts in backticks."""
    return re.findall(r"`([^`]+)`", text)
