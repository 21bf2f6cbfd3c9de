"""The escalations that a past incident would have had: those of its first services, and those of
the services that it ended with.
"""

from __future__ import annotations

from escalate_cli.core.escalation.scope import Involvement, involvements, policy_for
from escalate_cli.core.incident.situation import Escalation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Policy
from escalate_cli.importers.history.past_incident import PagedPerson, PastIncident

UNKNOWN = "unknown"
"""the team, person or gateway of what a row does not name"""


class PastEscalations:
    """The escalations of one incident; their ids are negative, from -1 down.

    `first` ran from the declaration on (none where its services never changed), `last` at the end.
    `left` are those that were stopped in between, `came` those that were begun.
    """

    def __init__(self, past: PastIncident, catalog: Catalog) -> None:
        self._past = past
        self._catalog = catalog
        self.urgency = catalog.severity(past.first_severity or past.severity).urgency
        self.first = self._numbered(self._involvements(past.first_services), 0) if past.moved else ()
        last = self._numbered(self._involvements(past.services, past.team), len(self.first))
        self.last = _going_on(last, self.first)
        self.left = tuple(escalation for escalation in self.first if escalation not in self.last)
        self.came = tuple(escalation for escalation in self.last if escalation not in self.first)

    @property
    def all(self) -> tuple[Escalation, ...]:
        """Every escalation once, in the order in which they began."""
        return (*self.first, *self.came) if self.first else self.last

    def of_person(self, paged: PagedPerson) -> Escalation:
        """The escalation in which somebody was paged: their team's. Whoever is of teams before and after
        the re-routing was paged by that of the time.
        """
        teams = self._catalog.teams_of(paged.person)
        in_order = (*self.first, *self.last) if self._was_early(paged) else (*self.last, *self.first)
        return next((escalation for escalation in in_order if escalation.team in teams), self.last[0])

    def _was_early(self, paged: PagedPerson) -> bool:
        """Whether somebody was paged before the re-routing. Without a time of their own they were paged
        with the first page; but not whoever acknowledged after it, nor at a later level.
        """
        past = self._past
        if not self.first or (past.first_paged_at or 0) + (paged.after or 0) >= past.moved_at:
            return False
        acked_later = paged.person == past.acknowledged_by and (past.acknowledged_at or 0) >= past.moved_at
        return paged.after is not None or (paged.level in (None, 1) and not acked_later)

    def acknowledged(self) -> tuple[Escalation, ...]:
        """As `ack` does it: the escalations of the teams that whoever acknowledged belongs to; all
        that ran then if there is none.
        """
        past = self._past
        teams = self._catalog.teams_of(past.acknowledged_by) if past.acknowledged_by else frozenset()
        early = bool(self.first) and (past.acknowledged_at or 0) < past.moved_at
        running = (self.first, self.last) if early else (self.last,)
        for escalations in running:
            own = tuple(escalation for escalation in escalations if escalation.team in teams)
            if own:
                return own
        return running[0]

    def _involvements(self, services: tuple[str, ...], team: str | None = None) -> tuple[Involvement, ...]:
        known = tuple(service for service in services if service in self._catalog.services)
        if team is not None:
            policy = policy_for(team, None, self._catalog)
            return (Involvement(team, policy, services, "the imported row says so"),)
        if known:
            return involvements(known, self._catalog)
        because = "its service is not in the configuration any more"
        return (Involvement(UNKNOWN, Policy(UNKNOWN, ()), services, because),)

    def _numbered(self, involvements: tuple[Involvement, ...], before: int) -> tuple[Escalation, ...]:
        return tuple(
            Escalation(
                -number,
                involvement.team,
                involvement.policy,
                because=involvement.because,
                services=involvement.services,
                urgency=self.urgency,
            )
            for number, involvement in enumerate(involvements, start=before + 1)
        )


def _going_on(last: tuple[Escalation, ...], first: tuple[Escalation, ...]) -> tuple[Escalation, ...]:
    """The escalations of the end. Of a team that was there from the beginning the escalation goes
    on: that another of its services was meant has re-routed nothing. Where the team has several,
    the one with the same policy goes on.
    """
    remaining = list(first)
    going_on: dict[int, Escalation] = {}
    for same_policy in (True, False):
        for number, escalation in enumerate(last):
            alike = (
                before
                for before in remaining
                if before.team == escalation.team
                and (before.policy.id == escalation.policy.id or not same_policy)
            )
            before = next(alike, None) if number not in going_on else None
            if before is not None:
                remaining.remove(before)
                going_on[number] = before
    return tuple(going_on.get(number, escalation) for number, escalation in enumerate(last))
