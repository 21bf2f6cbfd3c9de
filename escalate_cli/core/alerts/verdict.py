"""What follows from one more word of a monitor about one alert.

Monitors repeat themselves, and their words come late, twice, or in another order. The same word changes
nothing twice; an end that comes before its beginning is remembered, so that the beginning is not taken
for a new one.
"""

from __future__ import annotations

from enum import Enum

import msgspec
from msgspec.structs import replace

from escalate_cli.core.alerts.alert import Alert, AlertState
from escalate_cli.core.alerts.heard import AlertStanding, HeardAlert
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.situation import Incident, IncidentStatus
from escalate_cli.core.organisation.source import Source


class AlertDeed(str, Enum):
    """What is to be done."""

    NOTHING = "nothing"
    SETTLE = "settle"
    """wait whether it goes on"""
    DECLARE = "declare"
    """an incident, or a part of one that is open"""
    REOPEN = "reopen"
    """the incident that had just ended, if it still can be"""
    REPEAT = "repeat"
    """the same again: what it says anew is news of its incident"""
    END = "end"
    """it is over"""
    ACKNOWLEDGE = "acknowledge"
    NEWS = "news"


class AlertVerdict(msgspec.Struct, frozen=True):
    """What is to be done, and what is then known of the alert; None: nothing more than before."""

    do: AlertDeed
    heard: HeardAlert | None = None


def judge_alert(
    alert: Alert, before: HeardAlert | None, incident: Incident | None, source: Source, now: Instant
) -> AlertVerdict:
    """What follows from `alert`, where `before` is what was known of it and `incident` the one that it is
    part of.
    """
    if alert.state is AlertState.FIRING:
        return _fires(alert, before, incident, source, now)
    if alert.state is AlertState.OVER:
        return _is_over(alert, before, source, now)
    firing = before is not None and before.standing is AlertStanding.FIRING
    if not firing or incident is None or incident.status is IncidentStatus.RESOLVED:
        return AlertVerdict(AlertDeed.NOTHING)
    return AlertVerdict(AlertDeed.ACKNOWLEDGE if alert.state is AlertState.ACKNOWLEDGED else AlertDeed.NEWS)


def judge_silence(heard: HeardAlert, now: Instant) -> AlertVerdict:
    """What follows from no further word, at the time at which it was due: it has fired for long enough to
    count, or it is over, since it was not said again.
    """
    silent = heard.alert.until is not None and heard.alert.until <= now
    if heard.standing is AlertStanding.SETTLING and not silent:
        settled = replace(heard, standing=AlertStanding.FIRING, since=now, due_at=heard.alert.until)
        return AlertVerdict(AlertDeed.DECLARE, settled)
    over = replace(heard, standing=AlertStanding.OVER, since=now, due_at=None)
    settling = heard.standing is AlertStanding.SETTLING
    return AlertVerdict(AlertDeed.NOTHING if settling else AlertDeed.END, over)


def _fires(
    alert: Alert, before: HeardAlert | None, incident: Incident | None, source: Source, now: Instant
) -> AlertVerdict:
    if before is None:
        return _begins(alert, None, source, now)
    if _is_older(alert, before) or (before.standing is AlertStanding.OVER and _is_same(alert, before)):
        return AlertVerdict(AlertDeed.NOTHING)
    if before.standing is AlertStanding.SETTLING:
        return AlertVerdict(AlertDeed.SETTLE, replace(before, alert=alert, heard_at=now))
    if before.standing is AlertStanding.OVER:
        return _begins(alert, before, source, now)
    heard = replace(
        before, alert=alert, heard_at=now, began_at=alert.began_at or before.began_at, due_at=alert.until
    )
    if incident is not None and incident.status is not IncidentStatus.RESOLVED:
        return AlertVerdict(AlertDeed.REPEAT, heard)
    ended_at = incident.resolved_at if incident is not None else None
    if ended_at is not None and now - ended_at <= source.reopen and _is_same(alert, before):
        return AlertVerdict(AlertDeed.NOTHING, heard)  # somebody has just ended it by hand: this is an echo
    return AlertVerdict(AlertDeed.DECLARE, replace(heard, since=now, incident_id=None, joined=False))


def _begins(alert: Alert, before: HeardAlert | None, source: Source, now: Instant) -> AlertVerdict:
    """A new episode. Within `reopen` of the end of the last one it is the same incident, at once."""
    heard = HeardAlert(
        source=source.id,
        key=alert.key,
        standing=AlertStanding.FIRING,
        alert=alert,
        since=now,
        heard_at=now,
        began_at=alert.began_at,
        due_at=alert.until,
    )
    if before is not None and before.incident_id is not None and now - before.since <= source.reopen:
        again = replace(heard, incident_id=before.incident_id, joined=before.joined)
        return AlertVerdict(AlertDeed.REOPEN, again)
    if source.settle:
        waiting = replace(heard, standing=AlertStanding.SETTLING, due_at=now + source.settle)
        return AlertVerdict(AlertDeed.SETTLE, waiting)
    return AlertVerdict(AlertDeed.DECLARE, heard)


def _is_over(alert: Alert, before: HeardAlert | None, source: Source, now: Instant) -> AlertVerdict:
    over = HeardAlert(
        source=source.id,
        key=alert.key,
        standing=AlertStanding.OVER,
        alert=alert,
        since=now,
        heard_at=now,
        began_at=alert.began_at,
    )
    if before is None:
        return AlertVerdict(AlertDeed.NOTHING, over)
    if before.standing is AlertStanding.OVER or _is_older(alert, before):
        return AlertVerdict(AlertDeed.NOTHING)
    over = replace(over, began_at=alert.began_at or before.began_at, alert=_with_words(alert, before.alert))
    if before.standing is AlertStanding.SETTLING:
        return AlertVerdict(AlertDeed.NOTHING, over)
    return AlertVerdict(AlertDeed.END, replace(over, incident_id=before.incident_id, joined=before.joined))


def _is_older(alert: Alert, before: HeardAlert) -> bool:
    """Whether it is about an episode before the one that is known."""
    return None not in (alert.began_at, before.began_at) and alert.began_at < before.began_at  # type: ignore[operator]


def _is_same(alert: Alert, before: HeardAlert) -> bool:
    """Whether the monitor says that it is the same episode. One that does not say is taken to mean
    it while it fires, and never once it was over.
    """
    if alert.began_at is None or before.began_at is None:
        return before.standing is AlertStanding.FIRING
    return alert.began_at == before.began_at


def _with_words(alert: Alert, before: Alert) -> Alert:
    """An end that comes without a payload has the words of its beginning."""
    return alert if alert.title else replace(alert, title=before.title, labels=before.labels)
