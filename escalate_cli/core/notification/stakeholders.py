"""Those who are told without being asked to act: a severity's `inform` targets, the channels of the
teams involved, who leads.
"""

from __future__ import annotations

from functools import partial

from escalate_cli.core.events import Informed
from escalate_cli.core.events.reasons import Cause, Over, Severe, Update, WasTold
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.notification.paging import Letter, tell, write_to
from escalate_cli.core.notification.reached import quietly, ways_that_reached
from escalate_cli.core.notification.reporter import tell_reporter_end
from escalate_cli.core.notification.targets import Addressee
from escalate_cli.core.organisation.catalog import Urgency
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.news import it_is_over
from escalate_cli.core.wording.reasons import purpose

_TOLD = (NotificationKind.PAGE, NotificationKind.INFORM, NotificationKind.NUDGE)


def inform(
    targets: tuple[Target, ...],
    note: str,
    cause: Cause,
    decision: Decision,
    *,
    source: str = "",
    by: str | None = None,
) -> None:
    """Tell `targets` of `note`, once, asking for nothing; not `by`, whose deed it is. Whoever cannot
    be reached is named on the timeline.
    """
    if not targets:
        return
    letter = Letter(NotificationKind.INFORM, cause, source=source, note=note, chase=False, by=by)
    told = tell(targets, letter, decision)
    if not told.recipients and not told.missed:
        return
    reason = purpose(cause, decision.catalog)
    decision.log(Informed(recipients=told.recipients, missed=told.missed, reason=reason, source=source))


def tell_stakeholders(note: str, severity_id: str, decision: Decision, *, by: str | None = None) -> None:
    """Tell the `inform` targets of this severity of `note`, but for `by`."""
    severity = decision.catalog.severity(severity_id)
    inform(severity.inform, note, Severe(severity_id), decision, source=severity.source, by=by)


def tell_channels(
    note: str, decision: Decision, *, severity_before: str | None = None, by: str | None = None
) -> None:
    """Tell the channels of the incident's teams and the stakeholders of its severity of `note`,
    each once; those of the severity that it had before, too. Not `by`, who said it."""
    catalog = decision.catalog
    channels = tuple(
        Target(TargetKind.CHANNEL, catalog.teams[escalation.team].channel)
        for escalation in decision.situation.escalations
        if escalation.team in catalog.teams and catalog.teams[escalation.team].channel
    )
    severity = catalog.severity(decision.incident.severity)
    before = catalog.severity(severity_before).inform if severity_before is not None else ()
    targets = tuple(dict.fromkeys((*channels, *severity.inform, *before)))
    inform(targets, note, Update(), decision, source=severity.source, by=by)


def tell_lead(lead: str, decision: Decision, *, by: str | None = None) -> None:
    """Tell a person that they lead this incident now, unless they said so themselves."""
    if lead != by:
        letter = Letter(NotificationKind.INFORM, None, note="You lead this incident now.", chase=False)
        tell((Target(TargetKind.PERSON, lead),), letter, decision)


def tell_the_end(by: str | None, message: str | None, decision: Decision) -> None:
    """Tell everyone who was written to that it is over, but for whoever ended it; and the
    severity's channels, and whoever reported it.

    A person hears it as for low urgency, where that leads anywhere, else by the gateways that have
    reached them, as `end_urgency = "high"` has it for everyone: whatever has become of other
    addresses, and whatever the severity is now.
    """
    catalog, lasted = decision.catalog, max(0, decision.now - decision.incident.open_since)
    note = it_is_over(by, lasted, message, catalog)
    letter = Letter(NotificationKind.RESOLVED, Over(by), note=note, chase=False)
    reached = ways_that_reached(decision, _TOLD)
    for target in catalog.severity(decision.incident.severity).inform:
        if target.kind is TargetKind.CHANNEL and target.name in catalog.channels:
            reached.setdefault(Recipient.channel(target.name or ""), ())
    for recipient, ways in reached.items():
        known = catalog.people if recipient.is_person else catalog.channels
        if recipient.id in known and recipient != Recipient.person(by or ""):
            if catalog.settings.end_urgency is Urgency.LOW:
                ways = quietly(recipient, reached, decision) or ()
            tell_it = partial(write_to, Addressee(recipient, WasTold()), letter, decision, ways=ways or None)
            decision.part(tell_it, f"telling {recipient} of the end")
    decision.part(
        lambda: tell_reporter_end(by, lasted, message, decision), "telling who reported it of the end"
    )
