"""Configurations other than the one in use: of a directory, a git revision, a time gone by."""

from __future__ import annotations

import os
from pathlib import Path

from escalate_cli.config.load import load
from escalate_cli.config.problems import InvalidConfiguration
from escalate_cli.config.revisions import load_revision
from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.codec import decode


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
    document = context.store.ledger.configuration(version)
    if document is None:
        return present, [
            "the configuration of that time was not kept: what is said of lines and names is of the"
            " present one"
        ]
    return decode(document), ["lines and names are those of the configuration at that time"]
