"""What an alert changes of an incident that is there: it joins it, repeats itself, ends it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from escalate_cli.core.alerts.alert import Alert
from escalate_cli.core.alerts.reading import AlertReading, alert_title
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.changes import respond
from escalate_cli.core.changes.joining import Joining, if_worse, join_open
from escalate_cli.core.changes.take import acknowledge
from escalate_cli.core.changes.update import Changes, update
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.escalation.rules import ask_whether_over, no_longer_over
from escalate_cli.core.events import AcknowledgedThere, AlertOver
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.source import Source, WhenOver
from escalate_cli.core.routing.leanings import GiveMeanings

_NUMBER = re.compile(r"[-+]?\d[\d.,:]*(?:e[-+]?\d+)?", re.IGNORECASE)


def join_alerts(
    situation: Situation,
    joining: Sequence[Joining],
    source: Source,
    catalog: Catalog,
    now: Instant,
    meanings: GiveMeanings,
) -> Plan:
    """Further alerts of an open incident are an update of it: one, however many came together."""
    situation = fires_again(situation, source, catalog, now)
    return join_open(situation, joining, catalog, now, meanings)


def repeat_alert(
    situation: Situation,
    alert: Alert,
    reading: AlertReading,
    source: Source,
    catalog: Catalog,
    now: Instant,
    *,
    before: Alert,
    meanings: GiveMeanings,
) -> Plan | None:
    """The same alert again: a worse severity raises, other words are an update. None where it says
    nothing new; that it measures something else now is nothing new.
    """
    severity = if_worse(reading.severity, situation, catalog) if alert.severity != before.severity else None
    is_news = _without_numbers(alert) != _without_numbers(before)
    if severity is None and not is_news:
        return None
    message = "\n".join(filter(None, (alert_title(alert), reading.message))) if is_news else None
    changes = Changes(severity=severity, message=message)
    return update(situation, changes, catalog, now, by=source.id, meanings=meanings)


def _without_numbers(alert: Alert) -> tuple[str, str]:
    return _NUMBER.sub("0", alert.title), _NUMBER.sub("0", alert.message or "")


def end_alert(
    situation: Situation,
    alert: Alert,
    source: Source,
    catalog: Catalog,
    now: Instant,
    *,
    firing: int,
    own: bool,
) -> Plan:
    """One alert is over. When none of the incident fires any more (`firing` is how many do), that ends
    it, asks whether it is over, or is noted, as the source wants; one that alerts did not begin (not
    `own`) goes on.
    """
    decision = Decision(situation, catalog, now)
    decision.log(
        AlertOver(source=source.id, key=alert.key, title=alert_title(alert), firing=firing), source.id
    )
    still = Plan(decision.situation, (), situation.incident.next_due_at)
    if firing or not own or source.over is WhenOver.NOTE:
        return still
    if source.over is WhenOver.NUDGE:
        ask_whether_over(source, decision)
        return plan(decision.situation, catalog, now)
    message = f"{source.id} says that it is over"
    return respond.resolve(decision.situation, catalog, now, by=source.id, message=message)


def acknowledge_there(
    situation: Situation, alert: Alert, source: Source, catalog: Catalog, now: Instant
) -> Plan | None:
    """Somebody acknowledged it where the monitor is: a person whom we know takes it; of anybody else it
    is noted. None where the same person has it already.
    """
    called = catalog.people_called(alert.by) if alert.by else ()
    if len(called) == 1:
        if situation.incident.acknowledged_by == called[0].id and not situation.paging:
            return None
        return acknowledge(situation, called[0].id, catalog, now)
    event = AcknowledgedThere(source=source.id, name=alert.by or "somebody")
    if any(entry.event == event for entry in situation.entries):
        return None
    return Plan(situation.log(now, event, catalog, source.id), (), situation.incident.next_due_at)


def alert_news(
    situation: Situation, alert: Alert, source: Source, catalog: Catalog, now: Instant, meanings: GiveMeanings
) -> Plan | None:
    """A comment, or a change that neither begins nor ends it."""
    by = f"{alert.by}: " if alert.by else ""
    text = alert.message or alert.title
    if not text or situation.incident.latest_update == f"{by}{text}":
        return None
    return update(situation, Changes(message=f"{by}{text}"), catalog, now, by=source.id, meanings=meanings)


def fires_again(situation: Situation, source: Source, catalog: Catalog, now: Instant) -> Situation:
    """Where somebody was asked whether it is over, the question is dropped."""
    decision = Decision(situation, catalog, now)
    no_longer_over(source, decision)
    return decision.situation
