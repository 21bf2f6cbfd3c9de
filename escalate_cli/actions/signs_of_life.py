"""Heartbeats that must come: a sign of life is noted, and one that is late is an incident, until the
next one comes.
"""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.actions.alert_intake import AlertIntake, AlertTaken
from escalate_cli.context import Context
from escalate_cli.core.alerts.alert import Alert, AlertState
from escalate_cli.core.alerts.heard import AlertStanding, HeardAlert
from escalate_cli.core.alerts.verdict import AlertDeed
from escalate_cli.core.calendar.duration import Instant, show_duration
from escalate_cli.core.calendar.moment import named_wall_time
from escalate_cli.core.organisation.source import HEARTBEAT, Source
from escalate_cli.engine.rebuilding import with_sound_indexes


def note_sign_of_life(context: Context, source: Source) -> tuple[AlertTaken, ...]:
    """It lives: what was wrong is over, and the next sign is awaited."""
    intake = AlertIntake(context, replace(source, settle=0), ())
    context.keep_catalog()
    over = Alert(key=HEARTBEAT, state=AlertState.OVER, title=f"{source.id} has been heard of again")
    return with_sound_indexes(context, lambda: _note(context, source, intake, over))


def _note(context: Context, source: Source, intake: AlertIntake, over: Alert) -> tuple[AlertTaken, ...]:
    alerts = context.store.alerts
    with context.store.transaction():
        before, now = alerts.find(source.id, HEARTBEAT), context.moment()
        late = before is not None and before.standing is AlertStanding.FIRING
        taken = intake.take_in_within([over]) if late else []
        known = alerts.find(source.id, HEARTBEAT) or _awaited(source, now)
        alive = replace(known, standing=AlertStanding.OVER, heard_at=now, due_at=_due(source, now))
        alerts.keep(alive if late else replace(alive, since=now))
    return tuple(taken) or (AlertTaken(over, "a sign of life", AlertDeed.NOTHING),)


def await_signs_of_life(context: Context) -> None:
    """Begin to wait for those that have never come, from now on."""
    waiting = [source for source in context.running_catalog.sources.values() if source.kind == HEARTBEAT]
    alerts = context.store.alerts
    for source in waiting:
        if alerts.find(source.id, HEARTBEAT) is None:
            with context.store.transaction():
                if alerts.find(source.id, HEARTBEAT) is None:
                    alerts.keep(_awaited(source, context.moment()))


def declare_late(context: Context, source: Source, heard: HeardAlert) -> AlertTaken | None:
    """It is late: an incident. None where it has come after all."""
    intake = AlertIntake(context, replace(source, settle=0), ())
    return with_sound_indexes(context, lambda: _late(context, source, intake, heard))


def _late(context: Context, source: Source, intake: AlertIntake, heard: HeardAlert) -> AlertTaken | None:
    alerts = context.store.alerts
    with context.store.transaction():
        now, known = context.moment(), alerts.find(heard.source, heard.key)
        if known is None or known.due_at is None or known.due_at > now:
            return None
        zone = context.running_catalog.settings.timezone
        since = named_wall_time(known.heard_at, zone, now)
        alert = Alert(
            key=HEARTBEAT,
            state=AlertState.FIRING,
            title=f"No sign of life from {source.id}",
            message=f"It must come every {show_duration(source.every)}; the last word was at {since}.",
        )
        # what was over before counts no more: a heartbeat that is late is a new thing
        alerts.keep(replace(known, standing=AlertStanding.OVER, since=0, due_at=None))
        return intake.take_in_within([alert])[0]


def _awaited(source: Source, now: Instant) -> HeardAlert:
    alive = Alert(key=HEARTBEAT, state=AlertState.OVER)
    return HeardAlert(
        source=source.id,
        key=HEARTBEAT,
        standing=AlertStanding.OVER,
        alert=alive,
        since=now,
        heard_at=now,
        due_at=_due(source, now),
    )


def _due(source: Source, now: Instant) -> Instant:
    return now + source.every + source.grace
