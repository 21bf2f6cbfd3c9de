"""What one record says of its teams, its severities and its levels, read with the configuration."""

from __future__ import annotations

from collections.abc import Iterable

from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.catalog import Catalog


def select(
    records: Iterable[Record], catalog: Catalog, team: str | None = None, service: str | None = None
) -> tuple[Record, ...]:
    """The incidents that ever had `service` in scope; of `team`, its part of those in which it had
    one.
    """
    selected = [record for record in records if service is None or service in _services(record)]
    if team is None:
        return tuple(selected)
    return tuple(record.seen_by(team) for record in selected if team in teams_of(record, catalog))


def teams_of(record: Record, catalog: Catalog) -> tuple[str, ...]:
    """The teams that an incident concerned: those that were paged, and those behind its services."""
    behind = (catalog.services[service].team for service in record.services if service in catalog.services)
    return tuple(dict.fromkeys((*record.teams, *behind)))


def moves(record: Record, catalog: Catalog) -> set[tuple[str, str]]:
    """(from team, to team): every service it was declared on left the scope for others; from the
    fallback team where there was none.
    """
    if record.rerouted is None:
        return set()
    before, after = (
        {catalog.services[service].team for service in side if service in catalog.services}
        for side in record.rerouted
    )
    if not record.rerouted[0] and catalog.fallback.team is not None:
        before = {catalog.fallback.team}
    return {(gone, come) for gone in before - after for come in after - before}


def added_teams(record: Record, catalog: Catalog) -> tuple[str, ...]:
    """Teams that somebody brought in after the declaration, with a service of theirs, and that
    stayed besides those already there.
    """
    if not record.scopes or record.rerouted is not None:
        return ()
    known = {
        catalog.services[service].team for service in record.first_services if service in catalog.services
    }
    added: dict[str, None] = {}
    for scope in record.scopes:
        there = known | {team for at, team, _ in record.joined if at < scope.at}
        for name in scope.added:
            if (
                name in record.services
                and name in catalog.services
                and catalog.services[name].team not in there
            ):
                added[catalog.services[name].team] = None
    return tuple(added)


def rise(record: Record, catalog: Catalog, *, by_people: bool = False) -> tuple[str, str] | None:
    """(first severity, the gravest it had later; with `by_people`, that people gave it); None where
    it was never graver than declared.
    """
    if not record.raised:
        return None
    ranks = {severity.id: severity.rank for severity in catalog.severities}
    first = record.first_severity
    later = (change.after for change in record.raised if change.by is not None or not by_people)
    gravest = max(later, key=lambda severity: ranks.get(severity, -1), default=first)
    return (first, gravest) if ranks.get(gravest, -1) > ranks.get(first, len(ranks)) else None


def highest(record: Record) -> str:
    """The highest level that was paged, "fallback" where a policy ran out, "none" where nobody was."""
    if record.exhausted:
        return "fallback"
    return str(max((paging.level for paging in record.pagings), default="none"))


def _services(record: Record) -> set[str]:
    return {
        *record.services,
        *record.first_services,
        *(name for scope in record.scopes for name in (*scope.added, *scope.dropped)),
    }
