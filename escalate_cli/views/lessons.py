"""A proposal of `lessons` as data: its evidence, the incidents behind it, and what to change."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.insight.lessons.amending import Amendment
from escalate_cli.insight.lessons.proposal import Proposal
from escalate_cli.insight.lessons.trial import Trial, TrialIncident
from escalate_cli.views import Data

_SUBJECTS = ("service", "team", "person", "policy", "level", "rule", "gateway", "keyword")


def proposal_data(proposal: Proposal, trial: Trial | None) -> Data:
    """A proposal as JSON carries it; `toml` is what to write (or, for a removal, to delete) at `source`."""
    return {
        "code": proposal.code,
        "title": proposal.title,
        "evidence": proposal.evidence,
        "count": proposal.count,
        "of": proposal.of,
        "incidents": list(proposal.incidents),
        "remark": proposal.remark or None,
        "about": {
            name: msgspec.to_builtins(proposal)[name]
            for name in _SUBJECTS
            if getattr(proposal, name) is not None
        },
        "changes": [_change_data(change) for change in proposal.changes],
        "replay": (
            None
            if trial is None
            else {"text": trial.text, "incidents": [_before_data(before) for before in trial.incidents]}
        ),
    }


def _before_data(before: TrialIncident) -> Data:
    """`was_seconds` and `becomes_seconds`: when whoever acknowledged is first paged, after the
    declaration.
    """
    return {
        "incident": before.incident,
        "acknowledged_by": before.who,
        "was_seconds": None if before.was is None else before.was // SECOND,
        "becomes_seconds": None if before.becomes is None else before.becomes // SECOND,
        "calls_were": before.calls_were,
        "calls_become": before.calls_become,
        "spared": list(before.spared),
        "new": list(before.new),
        "earlier": list(before.earlier),
    }


def _change_data(change: Amendment) -> Data:
    return {
        "source": change.source,
        "does": change.does,
        "place": list(change.place),
        "before": change.before,
        "after": change.after,
        "toml": change.toml,
    }
