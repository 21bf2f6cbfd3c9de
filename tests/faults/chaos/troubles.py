"""The troubles: moods, a full disk, a lost directory, a broken configuration, a clock that jumps."""

from __future__ import annotations

import re
from contextlib import suppress

from tests.faults.chaos.processes import Processes
from tests.faults.harness import CLOCK

CLOCKS = (0, 10, 300, 7200, 93600, -10, -7200, -93600)


class Troubles(Processes):
    """Processes that are made trouble."""

    def make_trouble(self) -> None:
        what = self.chance.choices(
            ["mood", "full", "mount", "config", "clock"], [10, 3, 1, 4, 2 if self.jumping else 0]
        )[0]
        self.total.troubles[what] += 1
        ends = CLOCK.monotonic() + self.chance.uniform(1, 8)
        {"mood": self.mood, "full": self.fill, "mount": self.lose, "config": self.edit, "clock": self.jump}[
            what
        ](ends)

    def mood(self, ends: float) -> None:
        gateway = self.chance.choice("ab")
        self.web.change_mood(gateway)
        self.made_well.append((ends + 5, lambda: self.web.moods.pop(gateway, None)))

    def fill(self, ends: float) -> None:
        ballast = self.disk / "ballast"
        if ballast.exists():
            return
        with open(ballast, "wb", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                with suppress(OSError):
                    while True:
                        file.write(b"\0" * size)
        self.made_well.append((ends, lambda: ballast.unlink()))

    def lose(self, ends: float) -> None:
        """The directory of the database, as a mount is lost: another, empty one is in its place
        until it is found.
        """
        there, elsewhere = self.disk / "data", self.disk / "elsewhere"
        if elsewhere.exists():
            return
        there.rename(elsewhere)
        there.mkdir()

        def find() -> None:
            found = [str(one.relative_to(there)) for one in there.rglob("*")]
            if any(one.endswith((".db", ".json")) for one in found):
                self.wrong.append(f"written where no disk was: {found}")
            there.rename(self.disk / f"beneath-{self.count}-{CLOCK.now()}")
            elsewhere.rename(there)

        self.made_well.append((ends, find))

    def edit(self, ends: float) -> None:
        file = self.place.config / "all.toml"
        if self.chance.random() < 0.5:
            broken = self.chance.choice(["[broken", "", 'x = {"\n', "[settings]\ntimezone = 5\n", "\0"])
            file.write_text(broken)
            self.made_well.append((ends, self.configure))
        else:
            self.configure(self.chance.choice(["2s", "3s", "5s"]))

    def configure(self, timeout: str = "3s") -> None:
        self.place.configure(
            re.sub(r'timeout = "\w+"', f'timeout = "{timeout}"', self.config), "fresh.toml.new"
        )
        (self.place.config / "fresh.toml.new").replace(self.place.config / "all.toml")

    def jump(self, ends: float) -> None:
        """The clock of all of them; the provider's and ours stay."""
        self.set_clock(self.chance.choice(CLOCKS))

    def set_clock(self, to: int) -> None:
        fresh = self.place.place / "clock.new"
        fresh.write_text(f"{to:+}\n")
        fresh.replace(self.place.place / "clock")
