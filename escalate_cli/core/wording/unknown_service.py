"""What is said of an incident of which no service is known yet: who is paged for it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from escalate_cli.core.organisation.catalog import Catalog


def no_service_yet(teams: Iterable[str], catalog: Catalog) -> str:
    """`no service known yet; meanwhile it is with Platform`; `teams` are those in the incident."""
    names = ", ".join(map(catalog.team_name, dict.fromkeys(teams)))
    return "no service known yet" + (f"; meanwhile it is with {names}" if names else "")
