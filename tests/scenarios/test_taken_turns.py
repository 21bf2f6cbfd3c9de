"""Who is on call now stays on call (product.md §4.21): an edit by hand that takes the turn under
way from somebody is found and said.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from escalate_cli.actions.declare import Request, store_declaration
from escalate_cli.config.load import load
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import SECOND, WEEK
from escalate_cli.core.calendar.rota import on_call
from escalate_cli.core.organisation.turns import TakenTurn
from escalate_cli.engine.engine import Engine
from escalate_cli.passes.tick import one_pass
from escalate_cli.store.remembered_turns import turns_taken
from tests.organisations import BANK, STANDARD
from tests.world import Postbox, WorldClock

SOLE = 'members = ["ana"]'


class Desk:
    """Somebody who edits the configuration by hand, while passes go on."""

    def __init__(self, directory: Path) -> None:
        self.config, self.db = directory / "escalate.toml", directory / "escalate.db"
        self.clock = WorldClock()
        self.post = Postbox(self.clock)
        self.write('members = ["ana", "bo"]')

    def write(self, members: str, *, start: str = "2026-01-05T09:00:00", more: str = "") -> None:
        text = BANK.but(SOLE + "\nstart = 2026-01-05T09:00:00", f"{members}\nstart = {start}")
        self.clock.at += SECOND
        self.config.write_text(text + more + STANDARD)

    def context(self) -> Context:
        context = Context(
            Options(config=self.config, db=self.db), {"HOME": str(self.config.parent)}, self.clock
        )
        context.__dict__["sender"] = self.post
        return context

    def a_pass(self) -> list[str]:
        context = self.context()
        try:
            return [
                warning
                for warning in one_pass(context, Engine.on(context)).warnings
                if "the turn under way" in warning
            ]
        finally:
            context.close()

    def checked(self) -> list[TakenTurn]:
        context = self.context()
        try:
            found = turns_taken(context.store.ledger, load(self.config).catalog, self.clock.now())
            return [one for _, taken in found.values() for one in taken]
        finally:
            context.close()

    def on_call(self) -> str | None:
        catalog = load(self.config).catalog
        return on_call(catalog.schedules["identity-primary"], catalog.hours, self.clock.now()).person


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path)
    assert found.a_pass() == []
    return found


def test_4_21_a_pass_says_once_that_an_edit_took_the_turn_under_way_and_which_start_keeps_it(
    desk: Desk,
) -> None:
    before = desk.on_call()
    desk.write('members = ["ana", "bo", "cara", "dan"]')
    assert desk.on_call() != before
    (line,) = desk.a_pass()
    assert line.startswith("warning: escalate.toml:")
    (taken,) = desk.checked()
    assert taken.start is not None
    assert f"write start = {taken.start.isoformat()}" in line
    assert desk.a_pass() == []
    desk.write('members = ["ana", "bo", "cara", "dan"]', start=taken.start.isoformat())
    assert desk.on_call() == before
    # giving it back takes it from nobody
    assert (desk.checked(), desk.a_pass(), desk.checked()) == ([], [], [])


def test_4_21_check_goes_on_finding_it_after_passes_and_other_edits_until_the_turn_is_over(
    desk: Desk,
) -> None:
    desk.write('members = ["ana", "bo", "cara", "dan"]')
    assert len(desk.checked()) == 1  # before any pass
    assert len(desk.a_pass()) == 1
    desk.write(
        'members = ["ana", "bo", "cara", "dan"]',
        more='[hours.late]\ndays = ["mon"]\nfrom = "09:00"\nto = "10:00"\n',
    )
    assert desk.a_pass() == []
    assert len(desk.checked()) == 1
    desk.clock.at += WEEK
    assert desk.checked() == []


def test_4_21_a_command_that_adopts_the_edit_first_does_not_keep_the_next_pass_from_saying_it(
    desk: Desk,
) -> None:
    desk.write('members = ["ana", "bo", "cara", "dan"]')
    context = desk.context()
    context.keep_catalog()  # as `declare` does
    context.close()
    assert len(desk.a_pass()) == 1


def test_4_21_an_edit_that_leaves_the_turn_alone_says_nothing(desk: Desk) -> None:
    desk.write('members = ["ana", "bo"]', more='[hours.late]\ndays = ["mon"]\nfrom = "09:00"\nto = "10:00"\n')
    assert (desk.checked(), desk.a_pass()) == ([], [])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda context: context.store.ledger.remember("turns_taken", "{not JSON"),
        lambda context: context.store.ledger.remember("turns_taken", '{"identity-primary": [1, "x"]}'),
        lambda context: context.store.ledger.keep_configuration(
            "old", b"not a catalog", context.clock.now() + 1
        ),
    ],
    ids=["no JSON", "another shape", "a configuration that cannot be read"],
)
def test_what_cannot_be_compared_keeps_no_pass_from_paging(
    desk: Desk, spoil: Callable[[Context], None]
) -> None:
    context = desk.context()
    with context.store.transaction():
        spoil(context)
    context.close()
    desk.write('members = ["ana", "bo", "cara", "dan"]')
    desk.a_pass()
    desk.checked()


def test_an_edited_maintenance_is_looked_at_by_the_next_pass(desk: Desk) -> None:
    quiet = '[[maintenance]]\nservices = ["login"]\nstart = 2026-11-23T09:00:00\nfor = "8h"\n'
    desk.write('members = ["ana", "bo"]', more=quiet)
    context = desk.context()
    store_declaration(context, Request("down", ("login",)))
    context.close()
    desk.a_pass()
    assert desk.post.letters == []
    desk.write('members = ["ana", "bo"]')
    desk.a_pass()
    assert len(desk.post.letters) == 1


UNREADABLE = (
    "no JSON",
    "[1]",
    '{"identity-primary": ["v", 1, false, "soon"]}',
    '{"identity-primary": [1, 2, 3, 4, 5, 6]}',
)


@pytest.mark.parametrize("value", UNREADABLE)
def test_what_is_remembered_of_turns_and_cannot_be_read_stops_no_page(tmp_path: Path, value: str) -> None:
    desk = Desk(tmp_path)
    desk.a_pass()
    context = desk.context()
    with context.store.transaction():
        context.store.ledger.remember("turns_taken", value)
    desk.write('members = ["bo", "ana"]')
    context.close()
    context = desk.context()
    try:
        store_declaration(context, Request("down", ("login",)))
        report = one_pass(context, Engine.on(context))
    finally:
        context.close()
    assert report.messages_sent > 0
    assert report.troubles == []
