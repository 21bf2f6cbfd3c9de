"""Who is told when the database cannot be used, how often, and by which process."""

from __future__ import annotations

from contextlib import closing

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.clock import Clock
from escalate_cli.context import Context, Options
from escalate_cli.core.calendar.duration import MINUTE, SECOND
from escalate_cli.core.incident.situation import NotificationStatus
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.engine.engine import Engine
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import DatabaseProblem
from escalate_cli.health.emergency_page import EmergencyPage, page_directly
from escalate_cli.passes.news import Reminders
from escalate_cli.store.without_database.mark import Mark
from tests.organisations import BANK, STANDARD
from tests.servers import Answer, HttpServer
from tests.world import World, WorldClock

DARK = DatabaseProblem("It is dark")


def fallback_context(world: World) -> Context:
    context = Context(Options(world.config, world.directory / "escalate.db"), {}, world.clock)
    context.__dict__["sender"] = world.post
    return context


@pytest.mark.parametrize("kind", [OutcomeKind.TEMPORARY, OutcomeKind.PERMANENT, OutcomeKind.UNKNOWN])
def test_when_nobody_was_reached_the_fallback_is_paged_again_after_a_minute_and_then_not_before_its_interval(
    tmp_path, kind
):
    world = World(tmp_path)
    world.post.refuse = lambda url: Outcome(kind, "no")
    begun = world.clock.at

    def tried() -> list[int]:
        return [(at - begun) // SECOND for at, _ in world.post.tried]

    for _ in range(12):  # as `tick` or `watch` would, each with what it knows by itself
        assert page_directly(fallback_context(world), "Nobody is told", DARK) == []
        world.clock.at += 10 * SECOND
    assert tried() == [0, 60]
    world.post.refuse = lambda url: None
    for _ in range(2 * 15 * 6):
        page_directly(fallback_context(world), "Nobody is told", DARK)
        world.clock.at += 10 * SECOND
    assert tried() == [0, 60, 120, 120 + 15 * 60]
    world.expects("sms to ops", "sms to ops")
    world.store.close()


def test_a_page_that_reached_one_of_two_is_not_repeated_before_its_interval(tmp_path):
    world = World(tmp_path, organisation=BANK.but('"person:ops"]', '"person:ops", "person:cto"]'))
    world.post.refuse = lambda url: Outcome(OutcomeKind.TEMPORARY, "no") if "%2B7" in url else None
    for _ in range(15 * 6):
        page_directly(fallback_context(world), "Nobody is told", DARK)
        world.clock.at += 10 * SECOND
    world.expects("sms to ops")
    assert page_directly(fallback_context(world), "Nobody is told", DARK) == ["Ops"]
    world.expects("sms to ops")
    world.store.close()


def test_an_emergency_page_while_messages_are_under_way_takes_the_outcome_of_none(tmp_path):
    world = World(tmp_path)
    with HttpServer(at_path={"/held": Answer(trick="hold")}) as web:
        world.configure(STANDARD, organisation=BANK.but("127.0.0.1:1/", f"127.0.0.1:{web.port}/"))
        with closing(Context(Options(world.config, tmp_path / "escalate.db"), {}, Clock())) as context:
            context.sender.begin(
                0, Envelope(web.url(path="/held"), (), "a page", "of a pass", "page", MINUTE)
            )
            web.wait_for(1)
            assert page_directly(context, "Nobody is told", DARK) == ["Ops"]
            web.release()
            assert [(ticket, one.kind) for ticket, one in context.sender.outcomes(60)] == [
                (0, OutcomeKind.SENT)
            ]
    world.store.close()


def test_a_pass_that_fails_as_nobody_foresaw_records_first_what_it_has_sent(tmp_path):
    world, failing = World(tmp_path), ["once"]

    def catalog() -> Catalog:
        if world.post.tried and failing:
            raise OSError(failing.pop())
        return world.catalog

    asked = declaring.Request("The sign-in is down", ("login",), None)
    declaring.store_declaration(world.context, asked)
    with pytest.raises(OSError, match="once"):
        Engine(world.store, catalog, world.post, world.clock, {}).tick()
    world.expects("sms to ana")
    assert [notification.status for notification in world.look().notifications] == [NotificationStatus.SENT]
    world.store.close()


def test_while_one_process_tells_the_fallback_no_other_does_unless_the_first_has_died(tmp_path):
    world = World(tmp_path)
    first, second = EmergencyPage(fallback_context(world)), EmergencyPage(fallback_context(world))
    first.begin("Nobody is told", DARK)
    second.begin("Nobody is told", DARK)
    assert (first.running, second.running) == (True, False)
    world.post.ended.clear()  # it has died
    world.clock.at += MINUTE
    second.begin("Nobody is told", DARK)
    assert second.running
    second.look()
    assert len(world.post.tried) == 2
    world.store.close()


def test_a_mark_is_heeded_by_the_clock_and_not_written_where_somebody_else_could_have_put_it(tmp_path):
    mine, theirs, own = tmp_path / "mine", tmp_path / "theirs", tmp_path / "own"
    theirs.mkdir(mode=0o777)
    theirs.chmod(0o777)
    (theirs / ".emergency").symlink_to(tmp_path / "precious")
    first, second = Mark([tmp_path / "missing" / "place", theirs, mine]), Mark([theirs, mine])
    assert first.take(1000, 100)
    assert [one.take(now, 100) for one, now in [(second, 1000), (second, 1099), (first, 901)]] == [
        False,
        False,
        False,
    ]
    first.put(1050, 10)
    assert not second.take(1059, 100)
    assert second.take(1060, 100)
    assert first.take(900, 100), "the clock was set back"
    assert (sorted(one.name for one in tmp_path.iterdir()), mine.stat().st_mode & 0o777) == (
        ["mine", "theirs"],
        0o700,
    )
    nowhere = Mark([own / "deep" / "place"])
    assert [nowhere.take(now, 100) for now in (1000, 1050, 1100)] == [True, False, True], (
        "heeded by this process at least"
    )


def test_damage_that_only_some_passes_meet_is_said_now_and_then_and_never_to_be_over():
    reminders = Reminders(WorldClock())
    passes = [PassReport(0, damage=DARK), PassReport(1), PassReport(2, damage=DARK), PassReport(3)]
    said = [reminders.only(report, report.damage) for report in passes]
    assert [[*one.troubles, *one.warnings] for one in said] == [["It is dark"], [], [], []]
