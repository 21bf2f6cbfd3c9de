"""An act is one call, whoever makes it: no Typer, no Rich, and all that came of it as a value."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from escalate_cli.actions.declare import Request
from escalate_cli.actions.declare_and_page import declare_incident
from escalate_cli.actions.intents import Acknowledgement, Reopening, Resolution, Snooze
from escalate_cli.actions.kept_declarations import KeptDeclaration
from escalate_cli.actions.paging_intents import NudgeAnswer, PageByHand
from escalate_cli.actions.perform import ActReport, perform
from escalate_cli.core.calendar.duration import HOUR
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.wording.note import NoteCode
from escalate_cli.errors import Conflict, DatabaseProblem, ExitCode, Unknown
from tests.world import World


def codes(performed: ActReport) -> list[NoteCode]:
    """What its notes are about, without the one that says that nobody ticks."""
    return [note.code for note in performed.notes if note.code is not NoteCode.NO_TICK]


def test_no_act_loads_typer_or_rich() -> None:
    program = (
        "import sys, escalate_cli.actions.declare_and_page, escalate_cli.actions.perform,"
        " escalate_cli.actions.maintenance, escalate_cli.views.acts\n"
        "print(sorted({'typer', 'rich', 'click'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_what_an_act_makes_due_is_delivered_and_what_it_came_to_is_a_value(world: World) -> None:
    number = world.declare("Log in is broken", "login")
    world.expects("sms to ana")
    performed = perform(world.context, Resolution("It was DNS", by="bo"), [number])
    world.expects("resolved email to ana")
    assert [situation.incident.status for situation in performed.situations] == [IncidentStatus.RESOLVED]
    assert performed.report is not None
    assert performed.report.messages_sent == 1
    assert (performed.exit_code, performed.unchanged, codes(performed)) == (ExitCode.DONE, frozenset(), [])


def test_what_is_so_already_is_said_and_is_no_failure(world: World) -> None:
    number = world.declare("Log in is broken", "login")
    world.expects("sms to ana")
    perform(world.context, Acknowledgement(by="ana"), [number])
    again = perform(world.context, Acknowledgement(by="bo"), [number])
    assert (again.exit_code, again.unchanged, codes(again)) == (
        ExitCode.DONE,
        {number},
        [NoteCode.ALREADY_SO],
    )
    assert "Ana has it" in again.notes[0].text
    assert codes(perform(world.context, Reopening(by="ana"), [number])) == []
    world.expects("sms to ana", *["inform slack to identity"] * 2)
    assert codes(perform(world.context, Reopening(by="ana"), [number])) == [NoteCode.ALREADY_SO]


def test_teams_that_an_acknowledgement_left_out_are_named(world: World) -> None:
    number = world.declare("Everything is broken", "login", "payments")
    world.expects("sms to ana", "sms to cara")
    performed = perform(world.context, Acknowledgement(by="ana"), [number])
    assert codes(performed) == [NoteCode.STILL_PAGED]
    assert [note.incident for note in performed.notes][:1] == [number]
    assert codes(perform(world.context, Acknowledgement(everything=True, by="ana"), [number])) == []
    world.expects(*["inform slack to identity", "inform email to cara"] * 2)


def test_one_that_fails_stops_none_of_the_others_and_where_all_fail_the_first_is_raised(world: World) -> None:
    number = world.declare("Log in is broken", "login")
    world.expects("sms to ana")
    performed = perform(world.context, Acknowledgement(by="ana"), [77, number])
    assert [problem.code for problem in performed.failures] == ["no-such-incident"]
    assert (performed.exit_code, len(performed.situations)) == (ExitCode.UNKNOWN, 1)
    with pytest.raises(Unknown) as raised:
        perform(world.context, Acknowledgement(by="ana"), [77, 78])
    assert [other["code"] for other in raised.value.more["others"]] == ["no-such-incident"]
    perform(world.context, Resolution(by="ana"), [number])
    world.expects("inform slack to identity", "resolved slack to identity")
    with pytest.raises(Conflict):
        perform(world.context, Snooze(HOUR, by="ana"), [number])
    with pytest.raises(Unknown):
        perform(world.context, NudgeAnswer(5, True, by="ana"), [number])


def test_what_does_not_get_through_is_said_with_what_becomes_of_it(world: World) -> None:
    number = world.declare("Log in is broken", "login")
    world.expects("sms to ana")
    world.post.refuse = lambda url: Outcome(OutcomeKind.PERMANENT, "HTTP 400")
    performed = perform(world.context, PageByHand(("cto",), by="ana"), [number])
    assert performed.exit_code is ExitCode.UNDELIVERED
    assert codes(performed) == [NoteCode.NOT_DELIVERED]


def test_many_are_declared_and_ended_in_a_row_and_the_next_pass_delivers(world: World) -> None:
    declared = [
        declare_incident(world.context, Request("Log in is broken", ("login",), key=key), deliver=False)
        for key in ("a", "b", "a")
    ]
    assert [(incident.created, incident.report, incident.exit_code) for incident in declared] == [
        (True, None, ExitCode.DONE),
        (True, None, ExitCode.DONE),
        (False, None, ExitCode.DONE),
    ]
    world.expects_nothing()
    world.tick()
    world.expects("sms to ana", "sms to ana")
    number = world.store.situations.open_with_key("a")
    assert number == declared[0].number
    assert perform(world.context, Resolution(), [number], deliver=False).report is None
    world.expects_nothing()
    world.tick()
    world.expects("resolved email to ana")


def test_what_cannot_be_stored_is_kept_and_says_where_and_who_was_paged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise DatabaseProblem("it cannot be opened", code="database-unwritable")

    monkeypatch.setattr("escalate_cli.actions.declare_and_page.store_declaration", locked)
    context = world.context
    context.__dict__["database_path"] = world.store.database.path
    with pytest.raises(KeptDeclaration) as raised:
        declare_incident(context, Request("Log in is broken", ("login",)))
    kept = raised.value
    assert isinstance(kept.path, Path)
    assert kept.path.exists()
    assert (kept.reached, kept.exit_code) == (("Ops",), ExitCode.DATABASE)
    world.post.letters.clear()
