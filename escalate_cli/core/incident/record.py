"""The record of one incident, over or not: the facts that statistics and lessons count.

All of it is read from stored rows (`store/history.py`); nothing is decided here. Instants and spans
are microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.events import AnswerMeans
from escalate_cli.core.organisation.recipient import Recipient


class Delivery(NamedTuple):
    """What became of the messages of an incident through one gateway, for one team (None: for no
    team's escalation).
    """

    gateway: str
    team: str | None
    tried: int
    """messages of which at least one attempt was made"""
    sent: int
    retried: int
    """of which more than one was"""


class Failure(NamedTuple):
    """One message that was given up, and why. `recipient` is "person:ID" or "channel:ID"."""

    gateway: str
    team: str | None
    recipient: Recipient
    error: str | None


class Page(NamedTuple):
    """A message that paged a person and went out. `paging` is the same for all messages of one
    page: those that one round of one escalation, one rule or one hand sent to them, at once or
    in steps.
    """

    at: Instant
    person: str
    gateway: str
    team: str | None
    level: int | None
    paging: tuple[int | None, int | None, Instant] = (None, None, 0)
    """escalation, round, and when it was planned"""

    @property
    def recipient(self) -> Recipient:
        """As notifications name people."""
        return Recipient.person(self.person)


class Paging(NamedTuple):
    """One paging of a level: whom it reached."""

    at: Instant
    team: str
    level: int
    cycle: int
    recipients: tuple[Recipient, ...]
    source: str
    estimated: bool = False
    """an import did not know the time: `at` is estimated from the waits of the policy, and no
    answer is timed by it
    """
    policy: str | None = None
    """as the entry names it; None in older ones"""

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of the people it reached."""
        return tuple(recipient.id for recipient in self.recipients if recipient.is_person)


class WayAnswered(NamedTuple):
    """How an acknowledgement came: by what, and by which gateway, "" where it was typed."""

    means: AnswerMeans
    gateway: str = ""


TYPED = WayAnswered(AnswerMeans.COMMAND)


class AckRecord(NamedTuple):
    """An acknowledgement, as the timeline has it: `level` is the one that was current in the team then."""

    at: Instant
    by: str | None
    team: str | None
    level: int | None
    partly: bool
    way: WayAnswered = TYPED


class SeverityChange(NamedTuple):
    """A change of severity. `by` is None where a rule did it."""

    at: Instant
    before: str
    after: str
    by: str | None


class ScopeChange(NamedTuple):
    """A change of scope: the services that came and went, and those before."""

    at: Instant
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    before: tuple[str, ...]
    by: str | None


class NudgeRecord(NamedTuple):
    """A nudge and how it ended: accepted, declined, expired, or open. `answered_by` is None where
    nobody was asked to decide.
    """

    rule: str
    status: str
    action: str
    created_at: Instant
    answered_at: Instant | None
    answered_by: str | None
    source: str
    expires_at: Instant | None

    @property
    def ran_out(self) -> bool:
        """Whether it had all its time. A nudge that was dropped because the incident ended has not
        been refused.
        """
        return (
            self.expires_at is not None
            and self.answered_at is not None
            and self.answered_at >= self.expires_at
        )


class TracedAck(NamedTuple):
    """An acknowledgement, traced back to the page it answers.

    `level` is the level at which that person was paged last, `after` how long before, and `gateway`
    what carried the message they answered, the last one where they typed it. All three are None for
    somebody who acknowledged without having been paged. `current` is the level that had been paged
    last by then. `way` is that of the acknowledgement.
    """

    at: Instant
    by: str | None
    team: str | None
    level: int | None
    after: Span | None
    gateway: str | None
    current: int | None
    way: WayAnswered = TYPED


@dataclass(eq=False)
class Record:
    """One incident: how it was declared, how it went, how it ended. It is not frozen, though nobody
    changes it: freezing thousands of them would cost a tenth of the time that a report may take.
    """

    id: int
    title: str
    message: str | None
    first_title: str
    """as the reporter gave it at the declaration"""
    severity: str
    services: tuple[str, ...]
    labels: Mapping[str, str]
    status: str
    declared_by: str | None
    declared_at: Instant
    resolved_at: Instant | None
    config_version: str = ""
    """the configuration that it began with"""
    pages: Sequence[Page] = ()
    """the messages that went out, in the order in which they did; `summons` counts each paging once"""
    deliveries: Sequence[Delivery] = ()
    failures: Sequence[Failure] = ()
    pagings: Sequence[Paging] = ()
    acks: Sequence[AckRecord] = ()
    raised: Sequence[SeverityChange] = ()
    scopes: Sequence[ScopeChange] = ()
    nudges: Sequence[NudgeRecord] = ()
    snoozes: Sequence[tuple[Instant, str | None]] = ()
    """(when, by whom)"""
    hurried: Sequence[tuple[Instant, str]] = ()
    """(when, team): somebody went to another level by hand"""
    exhausted: Sequence[tuple[Instant, str]] = ()
    """(when, team) for each policy that ran out of levels"""
    joined: Sequence[tuple[Instant, str, str]] = ()
    """(when, team, policy) for each escalation that began"""
    view: str | None = None
    """the team whose part of the incident this is; None for the whole incident"""

    @property
    def teams(self) -> tuple[str, ...]:
        """Every team that an escalation ran for, in order."""
        return tuple(dict.fromkeys(team for _, team, _ in self.joined))

    @property
    def begun_at(self) -> Instant:
        """What times count from: the declaration; in the view of a team, when the team was brought in."""
        return self.joined_at(self.view) if self.view is not None else self.declared_at

    def joined_at(self, team: str) -> Instant:
        """When the team was first brought in; the declaration where the record does not say."""
        return min((at for at, whose, _ in self.joined if whose == team), default=self.declared_at)

    def seen_by(self, team: str) -> Record:
        """The part of this incident that is `team`'s: its pages, its acknowledgements, its levels."""
        return replace(
            self,
            view=team,
            pages=[page for page in self.pages if page.team == team],
            deliveries=[delivery for delivery in self.deliveries if delivery.team == team],
            failures=[failure for failure in self.failures if failure.team == team],
            pagings=[paging for paging in self.pagings if paging.team == team],
            acks=[ack for ack in self.acks if ack.team == team],
            exhausted=[end for end in self.exhausted if end[1] == team],
        )

    @property
    def words(self) -> str:
        """The title at the declaration, and the message where there is one."""
        return f"{self.first_title} {self.message}" if self.message else self.first_title

    def policy_of(self, team: str, at: Instant) -> str | None:
        """The policy that ran for `team` at that instant, the one begun last where there were two."""
        return next(
            (policy for began, whose, policy in reversed(self.joined) if whose == team and began <= at), None
        )

    @property
    def first_severity(self) -> str:
        """The severity it was declared with."""
        return self.raised[0].before if self.raised else self.severity

    @property
    def first_services(self) -> tuple[str, ...]:
        """The services it was declared on."""
        return self.scopes[0].before if self.scopes else self.services

    @property
    def to_page(self) -> Span | None:
        """From the beginning to the first page that went out to a person."""
        return self.pages[0].at - self.begun_at if self.pages else None

    @cached_property
    def summons(self) -> tuple[Page, ...]:
        """Each paging of a person once, by the first message of it that went out: who has three
        gateways is not paged three times.
        """
        first: dict[tuple[object, ...], Page] = {}
        for page in self.pages:
            first.setdefault((page.person, page.paging), page)
        return tuple(first.values())

    @cached_property
    def to_acknowledge(self) -> Span | None:
        """From the beginning to the first acknowledgement of a team's escalation."""
        whole = [ack.at for ack in self.acks if not ack.partly]
        return min(whole) - self.begun_at if whole else None

    @property
    def to_resolve(self) -> Span | None:
        """From the beginning to the end; the last one where it was reopened."""
        return None if self.resolved_at is None else self.resolved_at - self.begun_at

    @cached_property
    def answers(self) -> tuple[TracedAck, ...]:
        """Every acknowledgement, traced to its page."""
        return tuple(self._answer(ack) for ack in self.acks)

    def _answer(self, ack: AckRecord) -> TracedAck:
        of_team = [paging for paging in self.pagings if paging.team == ack.team and paging.at <= ack.at]
        me = Recipient.person(ack.by) if ack.by else None
        mine = [paging for paging in of_team if me in paging.recipients]
        paging = mine[-1] if mine else None
        carried = [page.gateway for page in self.pages if page.person == ack.by and page.at <= ack.at]
        answered = [ack.way.gateway] if ack.way.gateway in carried else carried[-1:]
        return TracedAck(
            ack.at,
            ack.by,
            ack.team,
            paging.level if paging else None,
            ack.at - paging.at if paging and not paging.estimated else None,
            answered[0] if answered else None,
            ack.level,
            ack.way,
        )

    @cached_property
    def outcomes(self) -> tuple[tuple[Paging, bool | None], ...]:
        """For each page of a level that reached people: True when one of them acknowledged or
        snoozed it. False when the next level or the fallback had to be paged because nobody did.
        None when it ended otherwise, before its wait was over.
        """
        return tuple(
            (paging, self._outcome(paging, self.pagings[number + 1 :]))
            for number, paging in enumerate(self.pagings)
            if paging.people
        )

    def _outcome(self, paging: Paging, after: Sequence[Paging]) -> bool | None:
        later = [other for other in after if (other.team, other.policy) == (paging.team, paging.policy)]
        taken = [(ack.at, ack.by) for ack in self.acks if ack.team == paging.team]
        for at, by in (*taken, *self.snoozes):
            # whoever was paged again since answers the later page
            if (
                at >= paging.at
                and by in paging.people
                and not any(other.at <= at and by in other.people for other in later)
            ):
                return True
        following = next((other for other in later if other.at > paging.at), None)
        if following is not None:
            if any(paging.at <= at <= following.at and team == paging.team for at, team in self.hurried):
                return None
            return False if (following.cycle, following.level) > (paging.cycle, paging.level) else None
        return False if any(at > paging.at and team == paging.team for at, team in self.exhausted) else None

    @property
    def rerouted(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """(from, to): the services it was declared on, none of which is in scope any more, and those in
        scope instead; from () where none was known then. None where it stayed where it was declared."""
        if not self.scopes or not self.services:
            return None
        first = self.first_services
        return None if set(first) & set(self.services) else (first, self.services)

    @property
    def moved(self) -> tuple[tuple[str, str], ...]:
        """(from, to), service by service, of an incident that was re-routed."""
        before, after = self.rerouted or ((), ())
        return tuple((gone, come) for gone in before for come in after)
