"""What `diff` answers as data: the changes as JSON carries them, and the rows that a table of them has."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.core.calendar.duration import SECOND, Span, show_duration
from escalate_cli.core.calendar.moment import iso, local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.foresight.difference import Change
from escalate_cli.views import Data


def difference_data(changes: Sequence[Change]) -> Data:
    """The changes as JSON carries them; `at` is the first moment of those in `moments`."""
    return {
        "changes": [
            {
                "service": change.service,
                "severity": change.severity,
                "person": change.person,
                "before_seconds": None if change.before is None else change.before // SECOND,
                "after_seconds": None if change.after is None else change.after // SECOND,
                "at": iso(change.at),
                "moments": [iso(at) for at in change.moments],
            }
            for change in changes
        ]
    }


def rows_of(
    changes: Sequence[Change], looked_at: int, zone: str, old: Catalog, new: Catalog
) -> list[tuple[str, ...]]:
    """One row for all services and severities for which the same changes at the same moments."""
    alike: dict[tuple[object, ...], dict[str, list[Change]]] = {}
    for change in changes:
        alike.setdefault((change.before, change.after, change.moments), {}).setdefault(
            change.service, []
        ).append(change)
    rows: list[tuple[str, ...]] = []
    for services in alike.values():
        together: dict[tuple[str, ...], list[Change]] = {}
        for same in services.values():
            together.setdefault(tuple(change.severity for change in same), []).append(same[0])
        for severities, same in together.items():
            change = same[0]
            names = ", ".join(service_name(each.service, old, new) for each in same)
            when = _when(change, looked_at, zone)
            rows.append(
                (
                    names,
                    ", ".join(severities),
                    _span(change.before),
                    _span(change.after),
                    _verdict(change),
                    when,
                )
            )
    return rows


def _when(change: Change, looked_at: int, zone: str) -> str:
    if len(change.moments) == looked_at:
        return "always"
    more = len(change.moments) - 1
    return local_time(change.at, zone) + (f" and {more} more" if more else "")


def _span(span: Span | None) -> str:
    return "–" if span is None else "at once" if span == 0 else show_duration(span)


def _verdict(change: Change) -> str:
    if change.before is None or change.after is None:
        return "new" if change.before is None else "no longer"
    return "later" if change.after > change.before else "earlier"


def people_of(changes: Sequence[Change]) -> list[str]:
    """The people for whom something changes."""
    return sorted({change.person for change in changes})


def services_of(changes: Sequence[Change]) -> list[str]:
    """The services about which something changes."""
    return sorted({change.service for change in changes})


def changes_for(changes: Sequence[Change], person: str) -> list[Change]:
    """The changes for this person."""
    return [change for change in changes if change.person == person]


def people_and_verdicts(changes: Sequence[Change], service: str, old: Catalog, new: Catalog) -> str:
    """The people for whom a service changes, each with what becomes of them: "Ana Ruiz (earlier)"."""
    verdicts: dict[str, dict[str, None]] = {}
    for change in changes:
        if change.service == service:
            verdicts.setdefault(change.person, {})[_verdict(change)] = None
    return ", ".join(
        f"{person_name(person, old, new)} ({', '.join(what)})" for person, what in verdicts.items()
    )


def person_name(person: str, old: Catalog, new: Catalog) -> str:
    """The name, as the newer configuration that has the person knows it."""
    known = new.people.get(person) or old.people.get(person)
    return known.name if known else person


def service_name(service: str, old: Catalog, new: Catalog) -> str:
    """The name, as the newer configuration that has the service knows it."""
    known = new.services.get(service) or old.services.get(service)
    return known.name if known else service
