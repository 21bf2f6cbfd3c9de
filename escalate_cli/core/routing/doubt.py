"""Which services get an incident whose words leave doubt: those that the organisation wants guessed."""

from __future__ import annotations

from escalate_cli.core.organisation.catalog import InDoubt
from escalate_cli.core.routing.router import Match, Routing

_MOST = {InDoubt.FALLBACK: 0, InDoubt.BEST: 1, InDoubt.BOTH: 2}


def guess(routing: Routing, in_doubt: InDoubt) -> tuple[str, ...]:
    """The services that are taken for the right ones though nothing is sure, best first; none where
    the words are sure, or about no service at all.
    """
    if routing.match is not Match.AMBIGUOUS:
        return ()
    return tuple(candidate.service for candidate in routing.candidates[: _MOST[in_doubt]])
