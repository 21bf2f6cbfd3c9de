"""Configurations other than the one in use: of a directory, a git revision, a time gone by; and an
incident together with the one that it ran on.
"""

from __future__ import annotations

import os
from pathlib import Path

from escalate_cli.actions.on_record import timeline_of
from escalate_cli.config.load import load
from escalate_cli.config.problems import InvalidConfiguration
from escalate_cli.config.revisions import load_revision
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.codec import decode
from escalate_cli.foresight.case import Case


def named_configuration(context: Context, named: str) -> Catalog:
    """The configuration that a directory or file holds; of a git revision, the one at the place of
    the configuration in use.
    """
    is_path = os.path.exists(named)
    try:
        return (load(Path(named)) if is_path else load_revision(named, context.config_path)).catalog
    except InvalidConfiguration as invalid:
        invalid.where = f"the configuration {'in' if is_path else 'of the revision'} {named}"
        invalid.remedy = (
            f"put that right, then run `escalate --config {named} check`"
            if is_path
            else "name a revision that was valid"
        )
        raise


def as_it_was(context: Context, version: str) -> tuple[Catalog, list[str]]:
    """The configuration with this version, kept with the incidents; the present one, and a word
    about it, where it was not kept.
    """
    present = context.running_catalog
    if present.version == version:
        return present, []
    catalog = kept_configuration(context, version)
    if catalog is None:
        return present, [
            "the configuration of that time was not kept: what is said of lines and names is of the"
            " present one"
        ]
    return catalog, ["lines and names are those of the configuration at that time"]


def kept_configuration(context: Context, version: str) -> Catalog | None:
    """The configuration with this version, as it was kept with the incidents; None where it was not."""
    document = context.store.ledger.configuration(version)
    return None if document is None else decode(document)


def case_of(context: Context, situation: Situation) -> tuple[Case, list[str]]:
    """The incident, its timeline and the configuration that it ran on, with what is to be said of that."""
    catalog, notes = as_it_was(context, situation.incident.config_version)
    return Case(situation, timeline_of(context, situation.incident.id), catalog), notes
