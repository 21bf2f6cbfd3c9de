"""The emergency page needs an address and nothing else: no schedule, policy, zone, template, and
not even a `[fallback].page` (product.md §4.20).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from escalate_cli.context import Context, Options
from escalate_cli.errors import DatabaseProblem
from escalate_cli.health.emergency_page import page_directly
from tests.faults.injection import functions, raising
from tests.faults.rounds import mostly_long
from tests.organisations import BANK, STANDARD
from tests.world import Postbox, WorldClock, spoken

CORE = "escalate_cli.core."
NOT_NEEDED = sorted(
    name
    for name in functions()
    if name.startswith(
        (
            f"{CORE}calendar.rota.", f"{CORE}calendar.hours.", f"{CORE}escalation.",
            f"{CORE}messages.message.", f"{CORE}messages.digest.", f"{CORE}notification.on_call.",
            f"{CORE}notification.paging.", f"{CORE}organisation.zones.", f"{CORE}routing.",
            f"{CORE}wording.placeholders.",
        )
    )
)  # fmt: skip
"""whatever has to do with time, policies and templates"""
ALONE = [f"{CORE}notification.targets.{name}" for name in ("whom", "contacts")]
ANYBODY = ("",)
"""marks that every text says: the function raises for everybody"""

PAGES = {
    "a person": 'page = ["person:ops"]',
    "who is on call": 'page = ["on-call:platform"]',
    "a schedule": 'page = ["schedule:platform-primary"]',
    "members": 'page = ["members:platform"]',
    "nothing": "",
}


def boom() -> Exception:
    return ValueError("injected")


@pytest.fixture
def paged(tmp_path: Path) -> Iterator[Callable[[str], list[str]]]:
    """Whom an emergency reaches by SMS, where `[fallback]` says this of a page, while these raise."""
    made: list[Context] = []

    def page(pages: str, *broken: str) -> list[str]:
        config = tmp_path / "escalate.toml"
        config.write_text(BANK.replace('page = ["person:ops"]', pages) + STANDARD)
        clock = WorldClock()
        context = Context(Options(config, tmp_path / "escalate.db"), {"HOME": str(tmp_path)}, clock)
        made.append(context)
        post = context.__dict__["sender"] = Postbox(clock)
        assert context.running_catalog.fallback.team == "platform"
        with ExitStack() as raise_all:
            for name in broken:
                raise_all.enter_context(raising(name, boom, ANYBODY))
            reached = page_directly(context, "Log in is broken", DatabaseProblem("it is gone"))
        texts = [f"{letter.title} {letter.body}" for _, letter in post.letters]
        assert all("Page people by hand" in text for text in texts)
        assert len(reached) == len({spoken(letter).split()[-1] for _, letter in post.letters})
        return sorted(spoken(letter) for _, letter in post.letters)

    yield page
    for context in made:
        context.close()


@pytest.mark.parametrize("who", mostly_long(PAGES, "nothing", "who is on call"))
@pytest.mark.parametrize("name", [None, *ALONE], ids=lambda name: str(name).rpartition(".")[2])
def test_4_20_the_emergency_page_needs_an_address_and_nothing_else(paged, who: str, name: str | None) -> None:
    """Everything at once raises that has to do with schedules, policies, zones and templates."""
    to = "ops" if who == "a person" else "eve"
    assert f"sms to {to}" in paged(PAGES[who], *NOT_NEEDED, *([name] if name else ALONE))


@pytest.mark.parametrize("who", PAGES)
def test_4_20_without_any_trouble_it_reaches_the_same(paged, who: str) -> None:
    assert f"sms to {'ops' if who == 'a person' else 'eve'}" in paged(PAGES[who])


def test_4_20_these_are_what_a_page_has_to_do_with_otherwise() -> None:
    """Moved or renamed, they would be missed in silence."""
    assert {
        f"{CORE}calendar.rota.on_call", f"{CORE}notification.on_call.shift_in",
        f"{CORE}notification.paging.tell", f"{CORE}notification.paging.write_to",
        f"{CORE}messages.message.compose",
    } <= set(NOT_NEEDED)  # fmt: skip
    assert set(ALONE) <= set(functions())


@pytest.mark.parametrize("name", ["messages.sms.words", "messages.sms.one_sms", "wording.text.printable"])
def test_4_20_what_cannot_be_put_into_words_is_said_in_the_plainest(paged, name: str) -> None:
    assert "sms to ops" in paged(PAGES["a person"], f"{CORE}{name}")
