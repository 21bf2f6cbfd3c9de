"""Adding a service to the configuration."""

from __future__ import annotations

from typing import Annotated

import typer

from escalate_cli.actions.new_service import NewService, add_service
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
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
    new = NewService(
        id=service,
        team=team,
        name=name,
        keywords=keyword or (),
        description=description or "",
        kind=kind,
        policy=policy,
        depends_on=depends_on or (),
    )
    added = add_service(context, new)
    data = views.service_data(context.catalog, added.service, context.clock.now())
    return Answer(data, f"{service} added in {added.file}", acted=True)
