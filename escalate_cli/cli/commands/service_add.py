"""Adding a service to the configuration."""

from __future__ import annotations

from typing import Annotated

import typer

from escalate_cli.actions import lookup
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.config.edit.append import append_service
from escalate_cli.config.schema.vocabulary import ID_HINT, is_id
from escalate_cli.context import Context
from escalate_cli.errors import Conflict, UsageProblem
from escalate_cli.views import catalog as views


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
