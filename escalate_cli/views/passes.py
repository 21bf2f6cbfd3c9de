"""A pass as data: what it came to, and what one would do now."""

from __future__ import annotations

from collections.abc import Iterable

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.calendar.moment import iso
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.passes.dry_run import Intention
from escalate_cli.views import Data


def pass_data(report: PassReport, next_due_at: Instant | None) -> Data:
    """What a pass came to, and when something is due again."""
    return {
        "at": iso(report.at),
        "incidents": report.incidents,
        "planned": report.notifications_planned,
        "sent": report.messages_sent,
        "failed": report.failed,
        "retrying": report.retrying,
        "notifications_sent": report.notifications_sent,
        "next_due_at": iso(next_due_at),
    }


def stopped_data() -> Data:
    """What `watch` answers once it was told to end, and has."""
    return {"stopped": True}


def intentions_data(intentions: Iterable[Intention]) -> list[Data]:
    """What a pass would do now, incident by incident, and what it waits for."""
    return [
        {
            "incident": intention.incident_id,
            "would": list(intention.would),
            "waiting": [
                {"team": reason.team, "reason": reason.text, "until": iso(reason.until)}
                for reason in intention.waiting
            ],
        }
        for intention in intentions
    ]
