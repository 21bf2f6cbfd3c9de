"""A service is added to the configuration: what is wrong with it is said before a file is touched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from escalate_cli.actions.lookup import find
from escalate_cli.config.edit.append import append_service
from escalate_cli.config.schema.vocabulary import ID_HINT, is_id
from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import Service
from escalate_cli.errors import Conflict, UsageProblem

_KINDS = ("business", "technical")


class NewService(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. Without a name it is called by its id."""

    id: str
    team: str
    name: str | None = None
    keywords: Sequence[str] = ()
    description: str = ""
    kind: str | None = None
    policy: str | None = None
    depends_on: Sequence[str] = ()


class ServiceAdded(msgspec.Struct, frozen=True):
    """The service as the configuration has it now, and the file that it was added to."""

    service: Service
    file: Path


def add_service(context: Context, new: NewService) -> ServiceAdded:
    """Add it. `Conflict` where there is one with its id, `Unknown` where its team, its policy or what it
    needs does not exist, `UsageProblem` where an id or kind cannot be one.
    """
    if not is_id(new.id):
        raise UsageProblem(f'"{new.id}" cannot be an id', ID_HINT, code="bad-id")
    catalog = context.catalog
    if new.id in catalog.services:
        raise Conflict(
            f'the service "{new.id}" exists already',
            f"it is defined in {catalog.services[new.id].source}",
            code="exists",
        )
    find("team", new.team, catalog.teams)
    if new.policy is not None:
        find("policy", new.policy, catalog.policies)
    for needed in new.depends_on:
        find("service", needed, catalog.services)
    if new.kind not in (None, *_KINDS):
        raise UsageProblem(f'"{new.kind}" is not a kind of service', f"write {' or '.join(_KINDS)}")
    file = append_service(
        context.config_path,
        id=new.id,
        name=new.name or new.id,
        team=new.team,
        keywords=new.keywords,
        description=new.description,
        kind=new.kind or "",
        policy=new.policy,
        depends_on=new.depends_on,
    )
    edited = Context(context.options, context.environ, context.clock).catalog
    return ServiceAdded(find("service", new.id, edited.services), file)
