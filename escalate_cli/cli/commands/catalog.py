"""The catalog from the command line: services, teams, people, policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalate_cli.actions import lookup
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.core.notification import on_call
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.views import catalog as views

if TYPE_CHECKING:
    from rich.console import Console

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import SECOND, show_duration
from escalate_cli.core.calendar.moment import named_time

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
    shown = [_with_names(row, context.catalog) for row in data]
    return Answer(data, _list(shown, columns, "services", wrap=("name",)).screen)


def service_show(context: Context, service: ServiceId) -> Answer:
    """One service: what it is, who is behind it, who is on call, and what its policy does, level by level."""
    catalog = context.catalog
    service_entry = lookup.find("service", service, catalog.services)
    policy = views.policy_of(catalog, service_entry)
    data = views.service_data(catalog, service_entry, context.clock.now())
    data["levels"] = (
        [views.level_data(catalog, level, number) for number, level in enumerate(policy.levels, 1)]
        if policy
        else []
    )

    def screen(console: Console) -> None:
        style.heading(console, f"{data['name']}  ({data['id']})", above=False)
        if data["description"]:
            console.print(style.piece(data["description"], lines=True))
        kind = data["kind"] if data["tier"] is None else f"{data['kind']}, tier {data['tier']}"
        links = [(name, address) for name, address in data["links"].items()]
        on_call = (
            catalog.person_name(data["on_call"]) if data["on_call"] else style.piece("nobody", "bold red")
        )
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


def team_list(context: Context) -> Answer:
    """Every team: who leads it, who is on call now, which policy runs for it."""
    now = context.clock.now()
    data = [views.team_data(context.catalog, team, now) for team in context.catalog.teams.values()]
    columns = {"team": "id", "name": "name", "lead": "lead", "on call": "on_call"}
    shown = [_with_names(row, context.catalog) for row in data]
    return Answer(data, _list(shown, columns, "teams", wrap=("name",)).screen)


def team_show(context: Context, team: TeamId) -> Answer:
    """One team: its people, who is on call and until when, its policy, its services."""
    catalog = context.catalog
    team_entry = lookup.find("team", team, catalog.teams)
    now = context.clock.now()
    data = views.team_data(catalog, team_entry, now)
    shift = on_call.shift_of(catalog, team_entry, now)

    def screen(console: Console) -> None:
        style.heading(console, f"{data['name']}  ({data['id']})", above=False)
        on_call: Any = style.piece("nobody", "bold red")
        if shift is not None and shift.person:
            on_call = catalog.person_name(shift.person)
            if shift.until is not None:
                on_call += f", until {named_time(shift.until, catalog.settings.timezone)}"
        named = [
            ("members", [catalog.person_name(member) for member in data["members"]]),
            ("lead", catalog.person_name(data["lead"]) if data["lead"] else None),
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
    catalog = context.catalog
    data = views.person_data(catalog, lookup.find_person(person, catalog), context.clock.now())

    def screen(console: Console) -> None:
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
    shown = [{**row, "count": len(row["levels"]), "used": len(row["services"])} for row in data]
    columns = {"policy": "id", "levels": "count", "repeats": "repeat", "teams": "teams", "services": "used"}
    answer = _list(shown, columns, "policies", wrap=("teams",))
    return Answer(data, answer.screen)


def policy_show(context: Context, policy: PolicyId) -> Answer:
    """One policy: its levels in words, and who uses it."""
    catalog = context.catalog
    policy_entry = lookup.find("policy", policy, catalog.policies)
    data = views.policy_data(catalog, policy_entry)

    def screen(console: Console) -> None:
        style.heading(console, data["id"], above=False)
        again = (
            None
            if policy_entry.ack_timeout is None
            else f"acknowledged, but no update for {show_duration(policy_entry.ack_timeout)}: pages again"
        )
        used = [("teams", data["teams"]), ("services", data["services"])]
        console.print(style.pairs([*used, ("then", again), ("defined in", data["source"])]))
        _draw_levels(console, data["levels"], views.after_words(catalog, policy_entry))

    return Answer(data, screen)


def _with_names(row: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """The row with the names of people in place of their ids."""
    return row | {key: catalog.person_name(row[key]) for key in ("lead", "on_call") if row.get(key)}


def _list(data: list[dict[str, Any]], columns: dict[str, str], what: str, *, wrap: tuple[str, ...]) -> Answer:
    """A list and its table: `columns` maps the head of a column to the key of its cells."""

    def screen(console: Console) -> None:
        rows = [[_cell(row[key]) for key in columns.values()] for row in data]
        console.print(style.table(tuple(columns), rows, wrap=wrap, right=("levels", "repeats")))

    return Answer(data, screen if data else f"No {what}.")


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) or None if isinstance(value, list | dict) else value


def _draw_levels(console: Console, levels: list[dict[str, Any]], after: str) -> None:
    console.print()
    shown = [(str(level["level"]), level["words"]) for level in levels]
    console.print(style.pairs([*shown, ("then", after)]))
