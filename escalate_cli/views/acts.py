"""What an act came to, as JSON carries it: the incident as it is now, and what declaring it meant."""

from __future__ import annotations

from escalate_cli.actions.declare_and_page import DeclaredIncident
from escalate_cli.actions.perform import ActReport
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.incident.situation import Maintenance
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.views import Data
from escalate_cli.views.incident import situation_data


def performed_data(performed: ActReport, catalog: Catalog, viewer: str) -> list[Data]:
    """Each incident as it is after the act of `viewer`, in the order in which they were named."""
    return [situation_data(situation, catalog, viewer) for situation in performed.situations]


def declared_data(declared: DeclaredIncident, catalog: Catalog, viewer: str) -> Data:
    """The declared incident; only its number where it cannot be shown."""
    if declared.situation is None:
        return declared_in_short(declared)
    news = [{"what": news.what, "done": news.done, "text": news.text} for news in declared.news]
    return situation_data(declared.situation, catalog, viewer) | {
        "created": declared.created,
        "routing": declared.routing or None,
        "news": news,
    }


def declared_in_short(declared: DeclaredIncident) -> Data:
    """The number of the declared incident."""
    return {"id": declared.number, "created": declared.created}


def maintenance_data(maintenance: Maintenance) -> Data:
    """A stretch in which a service pages nobody."""
    return {
        "service": maintenance.service,
        "from": iso(maintenance.start_at),
        "until": iso(maintenance.until_at),
        "reason": maintenance.reason,
        "by": maintenance.by,
    }
