"""A configuration that is being compiled: what of it is sound so far, and all problems."""

from __future__ import annotations

from dataclasses import dataclass, field

from escalate_cli.config.compile.gathering import GatheredTables, Item
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Rule
from escalate_cli.core.wording.problem import Problem


@dataclass
class Draft:
    """The catalog so far, from the tables that are sound, and where each of them stands."""

    gathered: GatheredTables
    catalog: Catalog = field(default_factory=Catalog)
    rules: list[tuple[Item, Rule]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    errors: int = 0
    """among the problems of single tables"""
