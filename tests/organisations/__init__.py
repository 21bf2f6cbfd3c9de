"""The organisations that tests share, as TOML, and how a test says what is special about its own:

    BANK.but("messages = 1000", 'messages = 3\\nper = "5m"') + STANDARD

PORT in an address is the port of the test's own server.
"""

from __future__ import annotations

from pathlib import Path


class Organisation(str):
    """A configuration, as text."""

    __slots__ = ()

    def but(self, text: str, instead: str) -> Organisation:
        """The same with another text in all places of this one, which is there."""
        assert text in self, f"the organisation has no {text!r}"
        return Organisation(self.replace(text, instead))

    def without(self, start: str, end: str) -> Organisation:
        """The same without what stands from `start` up to `end`."""
        first = self.index(start)
        return Organisation(self[:first] + self[self.index(end, first) :])

    def __add__(self, more: str) -> Organisation:
        return Organisation(str(self) + more)


def _read(name: str) -> Organisation:
    return Organisation((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


BANK = _read("bank")
"""Identity (Ana is on call, Bo leads), Payments (Cara, Dan) and Platform (Eve), in London; its gateways
lead nowhere. It needs a policy `standard`."""
IN_TWO_STEPS = BANK.but(
    'high = [ { via = ["sms"] } ]', 'high = [ { via = ["sms"] }, { via = ["email"], after = "2m" } ]'
)
"""the bank, whose people are paged by mail, too, two minutes after the SMS"""
STANDARD = _read("standard")
"""the policy of the bank: who is on call, five minutes later the lead"""
BY_HAND = _read("by_hand")
"""a smaller bank as somebody writes it, with a comment and blank lines, accents and markup in names"""
LOOPBACK = _read("loopback")
"""a bank whose people are reached in every way: by gateways that take, refuse, do not exist\
 or have a secret"""
LOOPBACK_GATEWAYS = _read("loopback_gateways")
"""the gateways of that bank"""
ONE_TEAM = _read("one_team")
"""Ana and Bo, who are paged at once, and Kim, who leads them"""
SOUND = _read("sound")
"""one team with a rota, a lead and a room, of which `check` says nothing; its gateway leads nowhere"""
SMALLEST = _read("smallest")
"""what a configuration consists of at least, once each, on a few lines"""
