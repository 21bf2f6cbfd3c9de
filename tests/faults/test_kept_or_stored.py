"""A declaration in an unforeseen error: stored or kept, once; whoever declares is told which, and
somebody hears (product.md §4.20).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.actions.kept_declarations import keep_declaration
from escalate_cli.cli.commands.declaring import declare_and_answer
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.errors import DatabaseProblem, EscalateError, ExitCode
from tests.faults.injection import raising
from tests.faults.stories import FALLBACK, Night, night

STORING = "escalate_cli.core.incident.situation.Situation.log"
"""without it there is no incident to store"""
MARKS = ("Log in",)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Night]:
    with night(tmp_path) as made:
        made.context.keep_catalog()
        yield made


def spooled(here: Night) -> int:
    return len(here.context.spool.kept())


def told(here: Night, to: str) -> list[str]:
    """What was written to one of them, one text a message."""
    return [text for _, said, text in here.messages() if said.endswith(f" {to}")]


def declared(here: Night, title: str = "Log in is broken", service: str = "login", **more: Any) -> Any:
    """The command's answer, or the error it ends with."""
    try:
        return declare_and_answer(here.context, declaring.Request(title, (service,), by="Rae", **more))
    except EscalateError as problem:
        return problem


def test_4_20_before_the_commit_it_is_kept_the_fallback_is_paged_and_it_is_declared_once_later(
    here: Night,
) -> None:
    with raising(STORING, lambda: KeyError("injected"), MARKS):
        problem = declared(here)
        assert (problem.exit_code, problem.code) == (ExitCode.DATABASE, "bug")
        assert "the declaration is kept in" in problem.message
        assert problem.message.endswith("; paged directly: Ops")
        assert (here.titles(), spooled(here)) == ([], 1)
        assert ["Page people by hand" in text for text in told(here, FALLBACK)] == [True]
        here.tick(1)
        assert (here.titles(), spooled(here), here.passes[-1].beat) == ([], 1, False)
        assert any("a declaration waits in" in one for one in here.called)
    here.tick(2)
    assert (here.titles(), spooled(here), len(told(here, "ana"))) == (["Log in is broken"], 0, 1)


AFTER = [
    ("escalate_cli.engine.engine.Engine.deliver", 0),
    ("escalate_cli.views.acts.situation_data", 1),
    ("escalate_cli.actions.declare_and_page.held_back_notes", 1),
]
"""what follows the commit, and how many pages have gone out by then"""


@pytest.mark.parametrize(("name", "paged"), AFTER)
@pytest.mark.parametrize(
    "error", [KeyError("injected"), DatabaseProblem("it is locked", "try again", code="database-locked")]
)
def test_4_20_after_the_commit_it_is_said_to_be_stored_and_the_next_pass_pages(
    here: Night, monkeypatch: pytest.MonkeyPatch, name: str, paged: int, error: Exception
) -> None:
    def fails(*arguments: Any, **named: Any) -> Any:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(name, fails)
        answer = declared(here)
    assert (answer.exit_code, answer.data["id"], answer.data["created"]) == (
        ExitCode.UNDELIVERED if not paged else ExitCode.DONE,
        1,
        True,
    )
    said = "\n".join(answer.notes)
    assert "it is stored" in said
    assert ("the next tick pages" in said) is (not paged)
    assert (here.titles(), spooled(here), len(told(here, "ana"))) == (["Log in is broken"], 0, paged)
    here.tick(1)
    assert (here.titles(), len(told(here, "ana"))) == (["Log in is broken"], 1)


def test_4_20_where_nobody_can_be_reached_it_is_stored_and_says_so(here: Night) -> None:
    here.post.refuse = lambda url: Outcome(OutcomeKind.PERMANENT, "HTTP 400")
    answer = declared(here)
    assert (answer.exit_code, here.titles(), spooled(here)) == (ExitCode.UNDELIVERED, ["Log in is broken"], 0)
    assert "not delivered: page to Ana by sms (HTTP 400); given up" in answer.notes


# ── a key whose open incident cannot be read ──────────────────────────────────────────


@pytest.mark.parametrize("column", ["labels", "routing", "services", "rules", "status"])
def test_4_20_beside_a_damaged_incident_with_its_key_it_is_declared_anew_and_the_fallback_hears(
    here: Night, column: str
) -> None:
    declared(here, key="K")
    with here.context.store.transaction():
        assert here.context.store.database.change(f"UPDATE incidents SET {column} = '{{odd'")
    answer = declared(here, "Log in is broken still", key="K")
    assert (answer.exit_code, answer.data["created"]) == (ExitCode.DONE, True)
    assert any('the incident with the key "K" cannot be read' in note for note in answer.notes), answer.notes
    assert here.titles() == ["Log in is broken", "Log in is broken still"]
    assert len(told(here, "ana")) == 2
    here.tick(1)
    assert any(
        one.startswith("Everything else goes on being paged: ") and "incident 1" in one for one in here.called
    ), here.called
    assert not here.passes[-1].beat
    assert any("incident 1" in finding.message for finding in here.findings())


# ── taking in what was kept ───────────────────────────────────────────────────────────

HELD = DatabaseProblem("it is locked", code="database-locked")


def test_4_20_a_pass_taking_in_a_declaration_for_which_something_was_unusable_says_so_and_sends_no_heartbeat(
    here: Night,
) -> None:
    keep_declaration(here.context, declaring.Request("Log in is broken", ("login",)), HELD)
    with raising(
        "escalate_cli.core.notification.stakeholders.tell_stakeholders", lambda: ValueError("injected"), MARKS
    ) as raised:
        here.tick(1)
        assert raised.times
    assert (here.titles(), spooled(here), len(told(here, "ana"))) == (["Log in is broken"], 0, 1)
    assert "incident 1: informing could not be done (ValueError: injected)" in here.passes[-1].troubles
    assert not here.passes[-1].beat
    here.tick(1)
    assert here.passes[-1].beat


def test_4_20_a_kept_declaration_that_can_only_be_declared_by_its_words_says_so(here: Night) -> None:
    keep_declaration(here.context, declaring.Request("Log in is broken", ("login",), key="K"), HELD)
    kept = here.context.spool.kept()[0]
    kept.write_bytes(kept.read_bytes().replace(b'"labels":[]', b'"labels":7'))
    here.tick(1)
    assert here.titles() == ["Log in is broken"]
    assert any(
        trouble.startswith("incident 1: a kept declaration could be declared by its words only (")
        for trouble in here.passes[-1].troubles
    )
    assert (spooled(here), here.passes[-1].beat, len(told(here, "ana"))) == (0, False, 1)


def test_4_20_a_declaration_that_goes_on_without_something_costs_the_next_pass_its_heartbeat(
    here: Night,
) -> None:
    with raising("escalate_cli.core.escalation.levels.walk_on", lambda: KeyError("boom"), ("identity",)):
        assert here.declare("Log in is broken", "login") == 0
    here.tick(1)
    assert not here.passes[-1].beat
    here.tick(1)
    assert here.passes[-1].beat
