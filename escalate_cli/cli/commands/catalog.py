"""The catalog from the command line: services, teams, people, policies, who is on call; adding a
service, swapping a shift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.actions import lookup
from escalate_cli.cli.arguments import moment
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.core.notification import on_call
from escalate_cli.errors import ExitCode, UsageProblem
from escalate_cli.views import catalog as views

if TYPE_CHECKING:
    from rich.console import Console

ServiceId = Annotated[
    str, typer.Argument(metavar="ID", help="A service's id, or its name", autocompletion=known("services"))
]
TeamId = Annotated[
    str, typer.Argument(metavar="ID", help="A team's id, or its name", autocompletion=known("teams"))
]
PersonId = Annotated[
    str, typer.Argument(metavar="ID", help="A person's id, name or login", autocompletion=known("people"))
]
PolicyId = Annotated[
    str, typer.Argument(metavar="ID", help="A policy's id", autocompletion=known("policies"))
]


def service_list(context: Context) -> Answer:
    """Every service: the team behind it, the policy that runs for it, and who is on call now."""
    now = context.clock.now()
    data = [
        views.service_data(context.catalog, service, now) for service in context.catalog.services.values()
    ]
    columns = {"service": "id", "name": "name", "team": "team", "on call": "on_call"}
    return _list(data, columns, "services", wrap=("name",))


def service_show(context: Context, service: ServiceId) -> Answer:
    """One service: what it is, who is behind it, who is on call, and what its policy does, level by level."""
    catalog = context.catalog
    found = lookup.find("service", service, catalog.services)
    policy = views.policy_of(catalog, found)
    data = views.service_data(catalog, found, context.clock.now())
    data["levels"] = (
        [views.level_data(catalog, level, number) for number, level in enumerate(policy.levels, 1)]
        if policy
        else []
    )

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import style

        style.heading(console, f"{data['name']}  ({data['id']})", above=False)
        if data["description"]:
            console.print(style.piece(data["description"], lines=True))
        kind = data["kind"] if data["tier"] is None else f"{data['kind']}, tier {data['tier']}"
        links = [(name, address) for name, address in data["links"].items()]
        on_call = data["on_call"] or style.piece("nobody", "bold red")
        named = [("kind", kind), ("team", data["team"]), ("on call", on_call), ("policy", data["policy"])]
        more = [
            (name, data[key])
            for name, key in (
                ("keywords", "keywords"),
                ("depends on", "depends_on"),
                ("needed by", "needed_by"),
            )
        ]
        console.print(style.pairs([*named, *more, *links, ("defined in", data["source"])]))
        if policy is not None:
            _draw_levels(console, data["levels"], views.after_words(catalog, policy))

    return Answer(data, screen)


def service_add(
    context: Context,
    service: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="The new service's id: letters, digits and . _ - @ +, at most 64, a letter or digit first",
        ),
    ],
    team: Annotated[
        str, typer.Option("--team", metavar="TEAM", help="The team behind it", autocompletion=known("teams"))
    ],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What people call it; the id otherwise")
    ] = None,
    keyword: Annotated[
        list[str] | None,
        typer.Option("--keyword", metavar="WORDS", help="Words people use for it (repeatable)"),
    ] = None,
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="What it lets people do")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="business or technical")] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="POLICY",
            help="Its policy; the team's otherwise",
            autocompletion=known("policies"),
        ),
    ] = None,
    depends_on: Annotated[
        list[str] | None,
        typer.Option(
            "--depends-on",
            metavar="SERVICE",
            help="A service it needs (repeatable)",
            autocompletion=known("services"),
        ),
    ] = None,
) -> Answer:
    """Add a service to the configuration. What is in the files, comments too, stays as it is."""
    from escalate_cli.config.edit.append import append_service
    from escalate_cli.config.schema.vocabulary import ID_HINT, is_id
    from escalate_cli.errors import Conflict

    if not is_id(service):
        raise UsageProblem(f'"{service}" cannot be an id', ID_HINT, code="bad-id")
    catalog = context.catalog
    if service in catalog.services:
        raise Conflict(
            f'the service "{service}" exists already',
            f"it is defined in {catalog.services[service].source}",
            code="exists",
        )
    lookup.find("team", team, catalog.teams)
    if policy is not None:
        lookup.find("policy", policy, catalog.policies)
    for needed in depends_on or ():
        lookup.find("service", needed, catalog.services)
    if kind not in (None, "business", "technical"):
        raise UsageProblem(f'"{kind}" is not a kind of service', "write business or technical")
    file = append_service(
        context.config_path,
        id=service,
        name=name or service,
        team=team,
        keywords=keyword or (),
        description=description or "",
        kind=kind or "",
        policy=policy,
        depends_on=depends_on or (),
    )
    added = lookup.find(
        "service", service, Context(context.options, context.environ, context.clock).catalog.services
    )
    data = views.service_data(catalog, added, context.clock.now())
    return Answer(data, f"{service} added in {file}", acted=True)


def team_list(context: Context) -> Answer:
    """Every team: who leads it, who is on call now, which policy runs for it."""
    now = context.clock.now()
    data = [views.team_data(context.catalog, team, now) for team in context.catalog.teams.values()]
    columns = {"team": "id", "name": "name", "lead": "lead", "on call": "on_call"}
    return _list(data, columns, "teams", wrap=("name",))


def team_show(context: Context, team: TeamId) -> Answer:
    """One team: its people, who is on call and until when, its policy, its services."""
    from escalate_cli.core.calendar.moment import local_time

    catalog = context.catalog
    found = lookup.find("team", team, catalog.teams)
    now = context.clock.now()
    data = views.team_data(catalog, found, now)
    shift = on_call.shift_of(catalog, found, now)

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import style

        style.heading(console, f"{data['name']}  ({data['id']})", above=False)
        on_call: Any = data["on_call"] or style.piece("nobody", "bold red")
        if shift is not None and shift.person and shift.until is not None:
            on_call = f"{shift.person}, until {local_time(shift.until, catalog.settings.timezone)}"
        named = [
            ("members", data["members"]),
            ("lead", data["lead"]),
            ("on call", on_call),
            ("schedule", data["schedule"]),
        ]
        more = [
            ("policy", data["policy"]),
            ("channel", data["channel"]),
            ("services", data["services"]),
            ("defined in", data["source"]),
        ]
        console.print(style.pairs([*named, *more]))

    return Answer(data, screen)


def person_list(context: Context) -> Answer:
    """Every person: their teams, what they can be reached by, where they are on call now."""
    now = context.clock.now()
    data = [views.person_data(context.catalog, person, now) for person in context.catalog.people.values()]
    columns = {
        "person": "id",
        "name": "name",
        "teams": "teams",
        "reached by": "contact",
        "on call": "on_call",
    }
    return _list(data, columns, "people", wrap=("name", "teams", "reached by", "on call"))


def person_show(context: Context, person: PersonId) -> Answer:
    """One person: teams, contacts, where they are on call, and how they are notified."""
    from escalate_cli.core.calendar.duration import SECOND, show_duration

    catalog = context.catalog
    data = views.person_data(catalog, lookup.find("person", person, catalog.people), context.clock.now())

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import style

        style.heading(console, f"{data['name']}  ({data['id']})", above=False)
        notified = [
            (
                f"urgency {urgency}",
                "; then ".join(
                    _step_words(step, show_duration(step["after_seconds"] * SECOND)) for step in steps
                ),
            )
            for urgency, steps in data["notify"].items()
        ]
        named = [
            ("teams", data["teams"]),
            ("leads", data["leads"]),
            ("on call in", data["on_call"]),
            ("time zone", data["timezone"]),
        ]
        more = [("logs in as", data["login"]), ("defined in", data["source"])]
        console.print(style.pairs([*named, *data["contact"].items(), *notified, *more]))

    return Answer(data, screen)


def _step_words(step: dict[str, Any], after: str) -> str:
    via = " and ".join(step["via"]) or "nothing"
    return f"{via} after {after}" if step["after_seconds"] else via


def policy_list(context: Context) -> Answer:
    """Every policy and where it is used."""
    data = [views.policy_data(context.catalog, policy) for policy in context.catalog.policies.values()]
    shown = [{**one, "count": len(one["levels"]), "used": len(one["services"])} for one in data]
    columns = {"policy": "id", "levels": "count", "repeats": "repeat", "teams": "teams", "services": "used"}
    answer = _list(shown, columns, "policies", wrap=("teams",))
    return Answer(data, answer.screen)


def policy_show(context: Context, policy: PolicyId) -> Answer:
    """One policy: its levels in words, and who uses it."""
    from escalate_cli.core.calendar.duration import show_duration

    catalog = context.catalog
    found = lookup.find("policy", policy, catalog.policies)
    data = views.policy_data(catalog, found)

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import style

        style.heading(console, data["id"], above=False)
        again = (
            None
            if found.ack_timeout is None
            else f"acknowledged, but no update for {show_duration(found.ack_timeout)}: pages again"
        )
        used = [("teams", data["teams"]), ("services", data["services"])]
        console.print(style.pairs([*used, ("then", again), ("defined in", data["source"])]))
        _draw_levels(console, data["levels"], views.after_words(catalog, found))

    return Answer(data, screen)


def oncall(
    context: Context,
    asked: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEAM|SCHEDULE]",
            help="All schedules otherwise",
            autocompletion=known("teams", "schedules"),
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="T", help='When: "2026-12-24 09:00", "sun 03:00", "+2h"; now otherwise'),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="T", help="Every shift up to then")] = None,
) -> Answer:
    """Who is on call, since when and until when. Exit 1 when nobody is."""
    from escalate_cli.core.calendar.moment import local_time

    catalog = context.running_catalog
    now = context.clock.now()
    start = moment(context, at or "now", now, catalog.settings.timezone)
    end = moment(context, until, now, catalog.settings.timezone) if until else None
    if end is not None and end <= start:
        raise UsageProblem("--until is not after --at", "the stretch to look at must have a length")
    rows = views.rota(catalog, asked, start, end)
    data = views.rota_data(rows)
    zone = catalog.settings.timezone

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import style
        from escalate_cli.core.calendar.hours import zone_or_utc

        spans = [views.bounds(catalog, shift, schedule) for _, shift, schedule in rows]
        table = [
            (
                team or schedule,
                (
                    catalog.people[shift.person].name
                    if shift.person in catalog.people
                    else style.piece("nobody", "bold red")
                ),
                local_time(begins, zone),
                local_time(ends, zone),
            )
            for (team, shift, schedule), (begins, ends) in zip(rows, spans, strict=True)
        ]
        console.print(style.table(("for", "on call", "from", "until"), table, wrap=("on call",)))
        console.print(style.piece(f"times in {zone_or_utc(zone)}", "dim"))
        if len(rows) == 1:
            console.print(style.piece(rows[0][1].why, "dim"))

    found = any(shift.person for _, shift, _ in rows)
    code = ExitCode.DONE if found else ExitCode.NO
    return Answer(data, screen if rows else "No schedules.", code)


def override(
    context: Context,
    schedule: Annotated[
        str,
        typer.Argument(
            metavar="SCHEDULE",
            help="The schedule to change, or its team",
            autocompletion=known("teams", "schedules"),
        ),
    ],
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="Who takes it", autocompletion=known("people"))
    ],
    until: Annotated[str, typer.Option("--until", metavar="T", help="The end, not included")],
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="T",
            help='"2026-12-24 09:00" (in the schedule\'s time zone), "+2h"; now otherwise',
        ),
    ] = "now",
) -> Answer:
    """Put someone on call for a while, instead of whoever would be. Written into the configuration."""
    from escalate_cli.config.edit.append import append_override
    from escalate_cli.core.calendar.hours import instant_to_local
    from escalate_cli.core.calendar.moment import iso

    catalog = context.catalog
    found = lookup.find_schedule(catalog, schedule)
    who = lookup.find("person", person, catalog.people)
    now = context.clock.now()
    begins, ends = moment(context, start, now, found.timezone), moment(context, until, now, found.timezone)
    if ends <= begins:
        raise UsageProblem("--until is not after --from", "an override must have a length")
    local = [
        instant_to_local(at, found.timezone).replace(tzinfo=None, microsecond=0) for at in (begins, ends)
    ]
    file = append_override(context.config_path, found.id, who.id, local[0], local[1])
    warnings = views.override_warnings(catalog, found, who, begins, ends, now)
    data = {
        "schedule": found.id,
        "person": who.id,
        "from": iso(begins),
        "until": iso(ends),
        "file": str(file),
        "warnings": warnings,
    }
    words = (
        f"{who.name} is on call in {found.id} from {local[0]:%a %Y-%m-%d %H:%M} until"
        f" {local[1]:%a %Y-%m-%d %H:%M} ({found.timezone})"
    )
    return Answer(
        data, f"{words}; written to {file}", notes=[f"warning: {warning}" for warning in warnings], acted=True
    )


def _list(data: list[dict[str, Any]], columns: dict[str, str], what: str, *, wrap: tuple[str, ...]) -> Answer:
    """A list and its table: `columns` maps the head of a column to the key of its cells."""

    def screen(console: Console) -> None:
        from escalate_cli.cli.screens import style

        rows = [[_cell(one[key]) for key in columns.values()] for one in data]
        console.print(style.table(tuple(columns), rows, wrap=wrap, right=("levels", "repeats")))

    return Answer(data, screen if data else f"No {what}.")


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) or None if isinstance(value, list | dict) else value


def _draw_levels(console: Console, levels: list[dict[str, Any]], after: str) -> None:
    from escalate_cli.cli.screens import style

    console.print()
    shown = [(str(level["level"]), level["words"]) for level in levels]
    console.print(style.pairs([*shown, ("then", after)]))
