"""What `route` answers: the service, why, and who would be paged when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import Instant, show_duration
from escalate_cli.core.calendar.moment import local_time
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.router import Routing
from escalate_cli.foresight.first_walk import FirstWalk

if TYPE_CHECKING:
    from rich.console import Console


def draw_route(
    console: Console, data: dict[str, Any], walk: FirstWalk, routing: Routing, catalog: Catalog, at: Instant
) -> None:
    """The answer for people."""
    team = catalog.team_name(data["team"]) if data["team"] else "nobody"
    if routing.service is not None:
        service = catalog.services[routing.service]
        style.heading(console, f"{service.name} → {team}", above=False)
    elif data["guess"]:
        names = " and ".join(catalog.services[service].name for service in data["guess"])
        teams = " and ".join(
            dict.fromkeys(catalog.team_name(catalog.services[service].team) for service in data["guess"])
        )
        style.heading(console, f"No service fits for sure; a guess: {names} → {teams}", above=False)
    else:
        style.heading(console, f"No service fits for sure → {team} (fallback)", above=False)
    best = next((candidate for candidate in routing.candidates if candidate.service == routing.service), None)
    console.print(
        style.pairs(
            [
                (
                    "match",
                    f"{data['match']}: {', '.join(best.because)}" if best and best.because else data["match"],
                ),
                ("policy", data["policy"]),
                (
                    "severity",
                    f"{data['severity']} ({catalog.severity(data['severity']).urgency.value} urgency)",
                ),
                ("at", f"{local_time(at, catalog.settings.timezone)} {catalog.settings.timezone}"),
            ]
        )
    )
    if routing.service is None and routing.candidates:
        style.heading(console, "It may be one of")
        rows = [
            (candidate.service, candidate.name, candidate.team, ", ".join(candidate.because))
            for candidate in routing.candidates
        ]
        console.print(style.table(("service", "name", "team", "because"), rows, wrap=("name", "because")))
    console.print()
    rows_of_levels: list[tuple[object, ...]] = [
        (
            str(level.level),
            "–" if level.after is None else show_duration(level.after),
            ", ".join(level.targets),
            style.piece(f"left out: {level.skipped}", "dim")
            if level.skipped
            else ", ".join(catalog.name_of(who) for who in level.recipients),
        )
        for level in walk.levels
    ]
    if walk.again_after is not None:
        rows_of_levels.append(
            (
                "then",
                show_duration(walk.again_after),
                "all of it",
                f"{walk.repeat} more time{'s' * (walk.repeat != 1)}",
            )
        )
    if walk.fallback_after is not None:
        every = f"; again every {show_duration(catalog.fallback.every)}"
        names = ", ".join(catalog.name_of(who) for who in walk.fallback)
        rows_of_levels.append(("then", show_duration(walk.fallback_after), "fallback", names + every))
    console.print(
        style.table(("level", "after", "targets", "paged"), rows_of_levels, wrap=("targets", "paged"))
    )
