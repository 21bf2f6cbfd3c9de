"""The screens in README.md and the guide: what the command above each shows, and a way to write them anew.

    python -m tests.guide_screens

A screen begins with `$ escalate --config examples/tour …` and is of a configuration that anybody has. A line
that is "…" alone stands for any number of lines.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator

from tests.command import Escalate
from tests.pages import PAGES, page
from tests.preloaded import OF_PYTHON
from tests.sources import ROOT

_SCREEN = re.compile(r"^```console\n\$ escalate (--config examples/tour .*)\n((?s:.*?))^```$", re.M)


def screens() -> Iterator[tuple[str, str, str]]:
    """Page, command line and screen of each."""
    for name in PAGES:
        for typed, screen in _SCREEN.findall(page(name)):
            yield name, typed, screen


def shown(typed: str, home: str) -> str:
    """What the command shows in a window of 100 columns, with stderr behind it. A home of its own."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "COLUMNS": "100",
        "ESCALATE_DB": f"{home}/escalate.db",
    }
    ran = Escalate(ROOT, environ | OF_PYTHON)(*shlex.split(typed))
    return ran.out + ran.err


def is_of(screen: str, real: str) -> bool:
    """Whether a screen is the real one, but for lines that are left out."""
    pieces = [re.escape(piece) for piece in re.split(r"^…\n", screen, flags=re.M)]
    return re.fullmatch("(?s:.*\n)?".join(pieces), real) is not None


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        for name in PAGES:
            text = page(name)
            for typed, screen in _SCREEN.findall(text):
                real = shown(typed, home)
                if not is_of(screen, real):
                    print(f"{name}: {typed}", file=sys.stderr)
                    text = text.replace(f"{typed}\n{screen}```", f"{typed}\n{real}```")
            PAGES[name].write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
