"""What a person means to do about who is paged: page somebody by hand, go to a level, take a policy as
it is now, answer a nudge.
"""

from __future__ import annotations

from escalate_cli.actions.intents import Deed, Intent, storable_or_none
from escalate_cli.actions.lookup import find_target, whoever_types
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes import respond
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.incident.situation import NudgeStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.errors import Conflict, Unknown, UsageProblem


class PageByHand(Intent, frozen=True):
    """Page these targets, beside what the escalations do."""

    DONE = "paged for"

    targets: tuple[str, ...]
    message: str | None = None

    def prepare(self, context: Context) -> Deed:
        targets = [find_target(target, context.running_catalog) for target in self.targets]
        who, message = whoever_types(self.by, context), storable_or_none(self.message)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
            self._must_be_running(situation)
            return respond.page_by_hand(situation, targets, catalog, now, by=who, message=message)

        return deed


class LevelByHand(Intent, frozen=True):
    """Page this level now in every escalation; None: the next one."""

    DONE = "escalated"

    level: int | None = None

    def prepare(self, context: Context) -> Deed:
        who = whoever_types(self.by, context)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
            self._must_be_running(situation)
            levels = max((escalation.levels for escalation in situation.escalations), default=0)
            if self.level is not None and not 1 <= self.level <= levels:
                raise UsageProblem(
                    f"there is no level {self.level}: incident {situation.incident.id} has {levels}",
                    f"name one from 1 to {levels}",
                )
            return respond.go_to_level(situation, self.level, catalog, now, by=who)

        return deed


class NudgeAnswer(Intent, frozen=True):
    """Say yes or no to a nudge of the incident."""

    DONE = "answered"

    nudge: int
    accepted: bool

    def prepare(self, context: Context) -> Deed:
        who = whoever_types(self.by, context)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
            nudge = next((nudge for nudge in situation.nudges if nudge.id == self.nudge), None)
            if nudge is None:
                raise _no_such_nudge(self.nudge, f"incident {situation.incident.id}")
            if nudge.status is (NudgeStatus.ACCEPTED if self.accepted else NudgeStatus.DECLINED):
                return None
            if nudge.status is not NudgeStatus.OPEN:
                raise Conflict(
                    f"nudge {nudge.id} is already {nudge.status.value}",
                    f"see what happened: escalate timeline {situation.incident.id}",
                    code="nudge-over",
                )
            return respond.answer_nudge(situation, nudge, self.accepted, catalog, now, by=who)

        return deed


class PolicyReload(Intent, frozen=True):
    """Adopt the policies as the configuration has them now."""

    DONE = "reloaded"

    def prepare(self, context: Context) -> Deed:
        who = whoever_types(self.by, context)

        def deed(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
            self._must_be_running(situation)
            return respond.reload(situation, catalog, now, by=who)

        return deed


def incident_of_nudge(context: Context, nudge: int) -> int:
    """The incident that this nudge is about; `Unknown` where there is no such nudge."""
    incident = context.store.situations.incident_of_nudge(nudge) if 0 < nudge < 2**63 else None
    if incident is None:
        raise _no_such_nudge(nudge, str(context.store.database.path))
    return incident


def _no_such_nudge(nudge: int, looked_in: str) -> Unknown:
    text = f"no such nudge: {nudge} (looked in {looked_in})"
    return Unknown(text, "`escalate nudge` lists the open ones", code="no-such-nudge")
