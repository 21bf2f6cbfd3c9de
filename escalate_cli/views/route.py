"""What `route` answers, as JSON carries it: the service, and who would be paged when."""

from __future__ import annotations

from escalate_cli.actions.routing import routing_record
from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.escalation.scope import involvements
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.doubt import guess
from escalate_cli.core.routing.router import Routing
from escalate_cli.foresight.first_walk import FirstWalk, first_walk
from escalate_cli.views import Data


def route_data(
    routing: Routing, severity: str, at: Instant, catalog: Catalog, *, services: tuple[str, ...] = ()
) -> tuple[Data, FirstWalk]:
    """The answer as JSON carries it, and the walk behind it. Without a service the fallback team's
    walk is shown.
    """
    guessed = () if services else guess(routing, catalog.settings.in_doubt)
    scope = services or ((routing.service,) if routing.service else guessed)
    walk = first_walk(Declaration(routing.query or "-", severity, scope), catalog, at)
    asked = involvements(scope, catalog)
    record = routing_record(routing)
    levels = [
        {
            "level": level.level,
            "after_seconds": None if level.after is None else level.after // SECOND,
            "targets": list(level.targets),
            "people": [who.id for who in level.recipients if who.is_person],
            "skipped": level.skipped,
        }
        for level in walk.levels
    ]
    data = {
        "query": record["query"],
        "match": record["match"],
        "service": record["service"],
        "guess": list(guessed),
        "team": asked[0].team if asked else None,
        "policy": asked[0].policy.id if asked else None,
        "severity": severity,
        "at": iso(at),
        "candidates": record["candidates"],
        "levels": levels,
    }
    return data, walk
