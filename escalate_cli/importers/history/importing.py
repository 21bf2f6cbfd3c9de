"""Past incidents are stored: all of them or none, and none a second time.

What is stored is over: nothing of it is due, nobody is paged, and it counts against nobody's
`[limits]`. The label `imported` holds a row's identity (its `id`, else a digest of what it says),
so that importing it again adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.context import Context
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.importers.history.past import situation_of
from escalate_cli.importers.history.past_incident import PastIncident
from escalate_cli.insight.document import IMPORTED


class ImportResult(msgspec.Struct, frozen=True):
    """What an import has done: the ids of the new incidents, and how many were there before."""

    new: tuple[int, ...]
    already_there: int


def bring_in(context: Context, pasts: Sequence[PastIncident], catalog: Catalog) -> ImportResult:
    """Store those that are not there yet, in one transaction."""
    situations = context.store.situations
    there = situations.with_label(IMPORTED)
    ready = [(past.identity, situation_of(past, catalog)) for past in pasts if past.identity not in there]
    with context.store.transaction():
        there = situations.with_label(IMPORTED)  # another import may have been quicker
        new = tuple(situations.add(situation) for identity, situation in ready if identity not in there)
    return ImportResult(new, len(pasts) - len(new))


def already_there(context: Context, pasts: Sequence[PastIncident]) -> int:
    """How many of these have been imported before."""
    there = context.store.situations.with_label(IMPORTED)
    return sum(past.identity in there for past in pasts)
