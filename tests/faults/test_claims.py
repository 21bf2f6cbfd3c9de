"""Each guard of the claim and of the record, by itself: two processes' worth of the real store on
one real file, step by step.

`guards.py` takes each of these guards away in turn and sees a test here (or in test_crashes) fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from escalate_cli.actions import declare as declaring
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.incident.situation import NotificationStatus
from escalate_cli.core.notification.attempt import OutcomeKind, Verdict
from escalate_cli.engine.engine import Engine
from escalate_cli.store.outbox import Claim
from escalate_cli.store.store import Store
from tests.organisations import STANDARD
from tests.world import Postbox, World

SENT = Verdict(NotificationStatus.SENT, None, "taken")
FAILED = Verdict(NotificationStatus.FAILED, None, "gone")


def declare_quietly(world: World) -> None:
    """Store an incident and its page; send nothing."""
    declaring.store_declaration(world.context, declaring.Request("down", ("login",)))


class Two:
    """One incident with one page that waits to be sent, and two processes that look at it."""

    def __init__(self, directory: Path) -> None:
        self.world = World(directory)
        declare_quietly(self.world)
        self.one = self.world.store
        self.other = Store(directory / "escalate.db", self.world.clock)

    @property
    def now(self) -> int:
        return self.world.clock.at

    @property
    def page(self):
        return self.world.look().notifications[0]

    def claim(self, store: Store, token: str, lease: int = 10 * SECOND) -> Claim | None:
        with store.transaction():
            return store.outbox.claim(1, token, self.now, self.now + lease)

    def record(self, store: Store, claimed: Claim, verdict: Verdict, kind: OutcomeKind = OutcomeKind.SENT):
        with store.transaction():
            return store.outbox.record(claimed, kind, verdict.reason, verdict, self.now)

    def attempts(self) -> list[tuple[object, ...]]:
        rows = self.one.database.run(
            "SELECT number, outcome, detail FROM attempts WHERE notification_id = 1 ORDER BY id"
        )
        return [tuple(row) for row in rows]

    def retrying(self) -> Verdict:
        return Verdict(NotificationStatus.RETRYING, self.now + 15 * SECOND, "later")


@pytest.fixture
def two(tmp_path) -> Iterator[Two]:
    made = Two(tmp_path)
    yield made
    made.one.close()
    made.other.close()


def test_what_one_has_claimed_no_other_can(two):
    assert two.claim(two.one, "first") is not None
    assert two.claim(two.other, "second") is None
    assert two.page.attempts == 1


def test_what_is_sent_cancelled_or_given_up_cannot_be_claimed(two):
    claimed = two.claim(two.one, "first")
    two.record(two.one, claimed, SENT)
    assert two.claim(two.other, "second") is None


def test_what_was_cancelled_after_it_was_seen_cannot_be_claimed(two):
    assert [one.id for one in two.other.outbox.waiting(two.now, 10)] == [1]
    two.world.ack("ana")
    assert two.claim(two.other, "second") is None
    assert two.page.status is NotificationStatus.CANCELLED


def test_what_is_not_due_cannot_be_claimed_though_it_was_when_it_was_seen(two):
    claimed = two.claim(two.one, "first")
    assert two.record(two.one, claimed, two.retrying(), OutcomeKind.TEMPORARY) is NotificationStatus.RETRYING
    assert two.claim(two.other, "second") is None, "it is in its back-off"
    two.world.clock.at += 15 * SECOND
    assert two.claim(two.other, "third") is not None


def test_what_is_not_due_is_not_offered(two):
    two.record(two.one, two.claim(two.one, "first"), two.retrying(), OutcomeKind.TEMPORARY)
    assert two.other.outbox.waiting(two.now, 10) == ()


def test_a_gateway_with_a_long_backlog_hides_no_message_of_another(tmp_path):
    everyone = STANDARD.but('["on-call"]', '["members", "channel"]')
    world = World(tmp_path, everyone)
    declare_quietly(world)
    with world.store.transaction():
        world.store.database.change(
            "UPDATE notifications SET due_at = due_at - 60000000 WHERE gateway = 'sms'"
        )
    offered = world.store.outbox.waiting(world.clock.at, 2)
    assert {one.gateway for one in offered} == {"sms", "slack"}
    world.store.close()


def test_an_attempt_is_counted_when_it_is_claimed_and_not_when_it_ends(two):
    claimed = two.claim(two.one, "first")
    assert (claimed.notification.attempts, two.page.attempts) == (1, 1)


def test_a_claim_is_left_alone_until_its_lease_is_over(two):
    two.claim(two.one, "first", lease=10 * SECOND)
    two.world.clock.at += 9 * SECOND
    assert two.other.outbox.abandoned(two.now, 10)[0] == ()
    two.world.clock.at += SECOND
    assert [one.token for one in two.other.outbox.abandoned(two.now, 10)[0]] == ["first"]


def test_of_several_attempts_the_one_under_way_is_abandoned(two):
    two.record(two.one, two.claim(two.one, "first"), two.retrying(), OutcomeKind.TEMPORARY)
    two.world.clock.at += 15 * SECOND
    second = two.claim(two.one, "second", lease=SECOND)
    two.world.clock.at += SECOND
    assert [one.attempt_id for one in two.other.outbox.abandoned(two.now, 10)[0]] == [second.attempt_id]


def test_what_is_over_is_not_abandoned(two):
    claimed = two.claim(two.one, "first")
    two.record(two.one, claimed, SENT)
    two.world.clock.at += 3600 * SECOND
    assert two.other.outbox.abandoned(two.now, 10)[0] == ()


def test_who_lost_a_claim_cannot_record_over_the_one_who_has_it(two):
    """A process that was stopped for longer than its lease comes back when another has taken the
    message over.
    """
    late = two.claim(two.one, "first", lease=SECOND)
    two.world.clock.at += 2 * SECOND
    (found,) = two.other.outbox.abandoned(two.now, 10)[0]
    two.record(two.other, found, Verdict(NotificationStatus.RETRYING, two.now, "died"), OutcomeKind.UNKNOWN)
    again = two.claim(two.other, "second")
    assert again is not None
    assert two.record(two.one, late, FAILED, OutcomeKind.PERMANENT) is None
    assert two.page.status is NotificationStatus.SENDING
    assert two.record(two.other, again, SENT) is NotificationStatus.SENT
    assert two.attempts() == [(1, "unknown", "died"), (2, "sent", "taken")], (
        "each attempt keeps what was recorded of it first"
    )


def test_an_outcome_is_recorded_once(two):
    claimed = two.claim(two.one, "first")
    assert two.record(two.one, claimed, SENT) is NotificationStatus.SENT
    assert two.record(two.one, claimed, FAILED, OutcomeKind.PERMANENT) is None
    assert two.page.status is NotificationStatus.SENT


def test_an_abandoned_message_is_taken_over_by_one(two):
    two.claim(two.one, "first", lease=SECOND)
    two.world.clock.at += 2 * SECOND
    (mine,), (theirs,) = two.one.outbox.abandoned(two.now, 10)[0], two.other.outbox.abandoned(two.now, 10)[0]
    again = Verdict(NotificationStatus.RETRYING, two.now, "died")
    assert two.record(two.one, mine, again, OutcomeKind.UNKNOWN) is NotificationStatus.RETRYING
    assert two.record(two.other, theirs, again, OutcomeKind.UNKNOWN) is None


def test_what_was_called_off_while_it_was_sent_gets_no_further_attempt(two):
    claimed = two.claim(two.one, "first")
    two.world.ack("ana")
    assert two.page.stopped
    assert two.record(two.one, claimed, two.retrying(), OutcomeKind.TEMPORARY) is NotificationStatus.CANCELLED


def test_what_was_called_off_and_arrived_all_the_same_is_sent(two):
    claimed = two.claim(two.one, "first")
    two.world.ack("ana")
    assert two.record(two.one, claimed, SENT) is NotificationStatus.SENT


def test_a_plan_made_before_the_claim_does_not_undo_it(two):
    """Nobody stores a stale plan today, since loading and storing are one transaction; the store
    does not rely on it.
    """
    from escalate_cli.core.changes.take import acknowledge

    before = two.world.look()
    two.claim(two.other, "second")
    planned = acknowledge(before, "ana", two.world.catalog, two.now)
    with two.one.transaction():
        two.one.situations.save(before, planned.situation)
    assert two.page.status is NotificationStatus.SENDING


def test_an_unknown_outcome_makes_the_next_attempt_say_so_and_a_known_failure_does_not(two):
    two.record(two.one, two.claim(two.one, "first"), two.retrying(), OutcomeKind.TEMPORARY)
    assert not two.page.unsure
    two.world.clock.at += 15 * SECOND
    two.record(two.one, two.claim(two.one, "second"), two.retrying(), OutcomeKind.UNKNOWN)
    assert two.page.unsure
    two.world.clock.at += 60 * SECOND
    two.record(two.one, two.claim(two.one, "third"), two.retrying(), OutcomeKind.TEMPORARY)
    assert two.page.unsure, "it stays in doubt"


def test_a_page_given_up_for_good_has_its_incident_looked_at_at_once(two):
    two.world.tick()
    before = two.world.look().incident.next_due_at
    assert before > two.now
    with two.one.transaction():
        two.one.outbox.look_again(1, two.now)
    assert two.world.look().incident.next_due_at == two.now


def test_a_failed_page_brings_the_next_level_forward(two):
    two.record(two.one, two.claim(two.one, "first"), FAILED, OutcomeKind.PERMANENT)
    assert two.world.look().incident.next_due_at == two.now


def test_a_page_given_up_for_good_wakes_no_resolved_incident(two):
    claimed = two.claim(two.one, "first")
    two.world.resolve()
    two.record(two.one, claimed, FAILED, OutcomeKind.PERMANENT)
    assert two.world.look().incident.next_due_at is None


def test_a_page_given_up_for_good_makes_nothing_later_than_it_was(two):
    claimed = two.claim(two.one, "first")
    overdue = two.now - 600 * SECOND
    with two.one.transaction():
        two.one.database.change("UPDATE incidents SET next_due_at = ?", (overdue,))
    two.record(two.one, claimed, FAILED, OutcomeKind.PERMANENT)
    assert two.world.look().incident.next_due_at == overdue


def test_what_was_once_in_a_digest_and_is_tried_again_counts_as_a_message_of_its_own(two):
    declare_quietly(two.world)
    pair = two.claim(two.one, "first"), two.one.outbox.claim(2, "first", two.now, two.now + 10 * SECOND)
    with two.one.transaction():
        two.one.outbox.bundle(pair[0], (pair[1],), digest=True)
    for one in pair:
        two.record(two.one, one, two.retrying(), OutcomeKind.TEMPORARY)
    two.world.clock.at += 15 * SECOND
    with two.one.transaction():
        assert two.one.outbox.claim(2, "second", two.now, two.now + 10 * SECOND) is not None
        assert two.one.outbox.used("person:ana", "sms", two.now - 60 * SECOND, two.now)[0] == 1


class Slow(Postbox):
    """A sender that has not heard the outcome yet."""

    held = True

    def outcomes(self, timeout):
        return [] if self.held else super().outcomes(timeout)


def test_what_is_under_way_right_here_is_not_taken_for_abandoned_when_the_clock_leaps(tmp_path):
    world = World(tmp_path)
    world.post = Slow(world.clock)
    declare_quietly(world)
    engine = world.engine()
    engine.begin_pass()
    engine.round(patience=0)
    assert len(world.post.tried) == 1
    world.clock.at += 86_400 * SECOND
    engine.begin_pass()
    assert world.look().notifications[0].status is NotificationStatus.SENDING
    world.post.held = False
    engine.begin_pass()
    engine.finish()
    assert world.look().notifications[0].status is NotificationStatus.SENT
    assert len(world.post.tried) == 1
    world.store.close()


def test_an_incident_planned_by_another_meanwhile_is_not_planned_again(two, monkeypatch):
    """Both see that it is due; the other plans and pages before this one begins its transaction."""
    looked = two.other.situations.due

    def due(now: int, limit: int) -> tuple[int, ...]:
        found = looked(now, limit)
        two.world.tick()
        return found

    two.world.clock.at += 300 * SECOND
    monkeypatch.setattr(two.other.situations, "due", due)
    late = Engine(two.other, lambda: two.world.catalog, two.world.post, two.world.clock, {})
    assert late.tick().notifications_planned == 0
    two.world.expects("sms to ana", "sms to bo")
