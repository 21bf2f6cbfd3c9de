"""The cards for those who do not work on it: whom a severity informs, and whoever reported it. What is
broken, since when, who works on it, when they hear again; no commands.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.escalation.conditions import judge
from escalate_cli.core.events.reasons import ByHand, ByRule, ForReporter, NobodyHasIt, Severe, SomebodyHasIt
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.holding import named_holder, stands_acknowledged
from escalate_cli.core.incident.situation import EscalationStatus, IncidentStatus, NotificationKind
from escalate_cli.core.messages.card import LISTS, NAMES, Line, MessageCard, MessageKind
from escalate_cli.core.messages.frame import frame, of_severity
from escalate_cli.core.messages.incident_lines import affected, news_of, quotes_of, remarks_of
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.wording.fitting import Text, may_cut
from escalate_cli.core.wording.text import printable

_ASKED = (NotificationKind.PAGE, NotificationKind.NUDGE)
_KINDS = {"person": TargetKind.PERSON, "channel": TargetKind.CHANNEL}


def is_stakeholder(occasion: Occasion) -> bool:
    """Whether somebody hears of it because of its severity alone: they were not asked to act in it,
    are no channel of a team in it, and no rule, hand or deed tells them.
    """
    notification = occasion.notification
    if notification.kind not in (NotificationKind.INFORM, NotificationKind.RESOLVED) or _works_on_it(
        occasion
    ):
        return False
    cause = notification.reason.cause
    if isinstance(cause, ByRule | ByHand | ForReporter | SomebodyHasIt | NobodyHasIt):
        return False
    return isinstance(cause, Severe) or _is_informed(occasion)


def _works_on_it(occasion: Occasion) -> bool:
    recipient, catalog = occasion.notification.recipient, occasion.catalog
    if not recipient.is_person:
        teams = (escalation.team for escalation in occasion.situation.escalations)
        return any(team in catalog.teams and catalog.teams[team].channel == recipient.id for team in teams)
    return recipient.id == occasion.incident.lead or any(
        other.recipient == recipient and other.kind in _ASKED for other in occasion.situation.notifications
    )


def _is_informed(occasion: Occasion) -> bool:
    """Whether a severity names them, or this incident's has told them before."""
    recipient = occasion.notification.recipient
    kind = _KINDS.get(recipient.kind)
    named = kind is not None and any(
        Target(kind, recipient.id) in severity.inform for severity in occasion.catalog.severities
    )
    return named or any(
        other.recipient == recipient and isinstance(other.reason.cause, Severe)
        for other in occasion.situation.notifications
    )


def stakeholder_card(occasion: Occasion) -> MessageCard:
    """News for whom a severity informs; the end, too."""
    over = occasion.incident.status is IncidentStatus.RESOLVED
    subject = "[resolved]" if over else f"{of_severity(occasion)} For information:"
    return replace(
        frame(MessageKind.STAKEHOLDERS, subject, occasion),
        news=news_of(occasion),
        facts=tuple(_facts(occasion)),
        quotes=() if over else quotes_of(occasion),
        remarks=remarks_of(occasion),
    )


def _facts(occasion: Occasion) -> Iterator[Line]:
    incident, catalog = occasion.incident, occasion.catalog
    yield Line("Severity", Text(incident.severity))
    yield affected(occasion)
    since = occasion.clock(incident.declared_at)
    if incident.status is IncidentStatus.RESOLVED:
        ended = incident.resolved_at if incident.resolved_at is not None else occasion.now
        yield Line(
            "Lasted", Text(f"{since} to {occasion.clock(ended)} ({show_about(ended - incident.declared_at)})")
        )
        return
    yield Line("Since", Text(f"{since} ({show_about(occasion.now - incident.declared_at)} ago)"))
    if incident.lead:
        yield Line("Lead", may_cut(printable(catalog.person_name(incident.lead)), NAMES, least=40))
    works = "; ".join(_who_works(occasion))
    if works:
        yield Line("Working on it", may_cut(works, LISTS, least=80))
    heard_at = next_word(occasion)
    if heard_at is not None:
        yield Line("Next word", Text(f"expected by {occasion.clock(heard_at)}"))


def _who_works(occasion: Occasion) -> Iterator[str]:
    """By team: who has it, or that nobody has answered yet."""
    catalog = occasion.catalog
    for escalation in occasion.situation.escalations:
        if escalation.status is EscalationStatus.STOPPED:
            continue
        team, person = printable(catalog.team_name(escalation.team)), escalation.acknowledged_by
        if stands_acknowledged(escalation) and person:
            yield f"{printable(catalog.person_name(person))} for {team}"
        elif not stands_acknowledged(escalation):
            yield f"{team} is being paged, nobody has answered yet"


def next_word(occasion: Occasion) -> Instant | None:
    """When there is word again at the latest: when a rule asks for an update, if there is none until
    then. None where no rule does.
    """
    incident, catalog = occasion.incident, occasion.catalog
    moments = [
        incident.message_since + rule.when.no_update_for
        for rule in catalog.rules
        if rule.when.no_update_for is not None
        and judge(
            rule.when, Decision(occasion.situation, catalog, incident.message_since + rule.when.no_update_for)
        ).holds
    ]
    return min((at for at in moments if at > occasion.now), default=None)


def what_the_reporter_hears(occasion: Occasion) -> str:
    """ "Ana Ruiz is working on it:", "It is over:"."""
    cause, taken_by = occasion.notification.reason.cause, named_holder(occasion.situation)
    if isinstance(cause, ForReporter) and cause.over:
        return "It is over:"
    if isinstance(cause, ForReporter) and cause.again:
        return "It is open again:"
    return (
        f"{printable(occasion.catalog.person_name(taken_by)) if taken_by else 'Somebody'} is working on it:"
    )


def reporter_card(occasion: Occasion) -> MessageCard:
    """Plain words for whoever reported it: somebody has it, or it is over."""
    incident = occasion.incident
    subject = may_cut(what_the_reporter_hears(occasion), NAMES, least=40)
    reported = (
        f"{occasion.clock(incident.declared_at)} ({show_about(occasion.now - incident.declared_at)} ago)"
    )
    return replace(
        frame(MessageKind.REPORTER, subject, occasion),
        news=news_of(occasion),
        facts=(Line("Reported", Text(reported)),),
        remarks=remarks_of(occasion),
    )
