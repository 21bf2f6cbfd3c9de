"""Does a page arrive: marked test messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.errors import ExitCode, UsageProblem

if TYPE_CHECKING:
    from rich.console import Console

from escalate_cli.actions import lookup as meaning
from escalate_cli.cli.screens import style
from escalate_cli.core.organisation.policy import TargetKind
from escalate_cli.views.incident import notification_data


def test_page(
    context: Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help='Whom: "ana", "on-call:payments", "channel:status"',
            autocompletion=known("people", "channels", "teams"),
        ),
    ],
) -> Answer:
    """Send a marked test message to every address of a person, a channel, a team's on-call … Stores
    nothing. Exit code 6 if one fails.
    """
    from escalate_cli.actions.test_page import rehearse

    catalog = context.catalog
    meant = meaning.find_target(target, catalog)
    if meant.kind is TargetKind.INCIDENT_LEAD:
        raise UsageProblem("there is no incident that could have a lead", "name a person or a team")
    if meant.name is None:
        raise UsageProblem(f'"{target}" of which team?', f"write {target}:TEAM")
    login = meaning.os_user(context.environ)
    person = catalog.person_by_login(login)
    rehearsal = rehearse(context, meant, person.name if person else login)
    notes = [f"not reached: {target}" for target in rehearsal.unreached]
    for notification in rehearsal.notifications:
        if notification.error:
            gateway = catalog.gateways.get(notification.gateway)
            where = f", {gateway.source}" if gateway and gateway.source else ""
            notes.append(
                f"not delivered: to {catalog.name_of(notification.recipient)} by {notification.gateway}"
                f" ({notification.error}{where})"
            )

    def screen(console: Console) -> None:
        rows = [
            (
                catalog.name_of(notification.recipient),
                notification.gateway,
                notification.address,
                style.state(notification.status.value),
                notification.error or "",
            )
            for notification in rehearsal.notifications
        ]
        console.print(style.table(("who", "by", "address", "", "why"), rows, wrap=("why",)))

    code = ExitCode.DONE if rehearsal.well else ExitCode.UNDELIVERED
    return Answer(
        [notification_data(notification) for notification in rehearsal.notifications],
        screen if rehearsal.notifications else "",
        code,
        notes,
        acted=True,
    )
