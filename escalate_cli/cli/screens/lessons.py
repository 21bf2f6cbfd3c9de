"""What `lessons` answers: each proposal with its evidence, the incidents behind it and the TOML to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import SECOND, Span, show_about
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.lessons.amending import Amendment
from escalate_cli.insight.lessons.proposal import Proposal
from escalate_cli.insight.lessons.trial import Trial, TrialIncident

if TYPE_CHECKING:
    from rich.console import Console

_IDS = 6
_SUBJECTS = ("service", "team", "person", "policy", "level", "rule", "gateway", "keyword")
_DOES = {"set": "make it", "add": "add", "remove": "take out"}


def proposal_data(one: Proposal, trial: Trial | None) -> dict[str, Any]:
    """A proposal as JSON carries it; `toml` is what to write (or, for a removal, to delete) at `source`."""
    return {
        "code": one.code,
        "title": one.title,
        "evidence": one.evidence,
        "count": one.count,
        "of": one.of,
        "incidents": list(one.incidents),
        "remark": one.remark or None,
        "about": {
            name: msgspec.to_builtins(one)[name] for name in _SUBJECTS if getattr(one, name) is not None
        },
        "changes": [_change_data(change) for change in one.changes],
        "replay": (
            None
            if trial is None
            else {"text": trial.text, "incidents": [_before_data(before) for before in trial.incidents]}
        ),
    }


def _before_data(before: TrialIncident) -> dict[str, Any]:
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


def _change_data(change: Amendment) -> dict[str, Any]:
    return {
        "source": change.source,
        "does": change.does,
        "place": list(change.place),
        "before": change.before,
        "after": change.after,
        "toml": change.toml,
    }


def draw_lessons(
    console: Console,
    proposals: Sequence[Proposal],
    trials: Sequence[Trial | None],
    incidents: int,
    covered: str,
    catalog: Catalog,
) -> None:
    """Every proposal, and what it would have come to where it was tried; "nothing to propose" where
    there is none.
    """
    counted = f"{incidents} incident{'s' if incidents != 1 else ''}, {covered}"
    if not proposals:
        console.print(style.piece(f"Nothing to propose ({counted})."))
        return
    console.print(style.piece(counted, "dim"))
    for number, (one, trial) in enumerate(zip(proposals, trials, strict=True), 1):
        style.heading(console, f"{number}. {one.title}")
        console.print(style.piece(f"{_sentence(one.evidence)} ({_ids(one.incidents)})."))
        if one.remark:
            console.print(style.piece(f"{_sentence(one.remark)}."))
        for change in one.changes:
            console.print(style.piece(f"{change.source}: {_DOES[change.does]}", "dim"))
            for line in change.toml.split("\n"):
                console.print(
                    style.piece(f"    {line}", "red" if change.does == "remove" else "green"), soft_wrap=True
                )
        if trial is not None:
            _tried(console, trial, catalog)
    console.print(
        style.piece(
            "\nAfter a change: escalate check, and escalate diff for what it changes for people.",
            "dim",
            lines=True,
        )
    )


def _tried(console: Console, trial: Trial, catalog: Catalog) -> None:
    console.print(style.piece(f"With it, {trial.text}."))
    differ = [
        incident
        for incident in trial.incidents
        if incident.was != incident.becomes
        or incident.calls_were != incident.calls_become
        or incident.earlier
    ]
    rows = [
        (
            f"#{one.incident}",
            catalog.person_name(one.who) if one.who else "–",
            f"{_after(one.was)} → {_after(one.becomes)}",
            f"{one.calls_were} → {one.calls_become}",
        )
        for one in differ[-_IDS:]
    ]
    if rows:
        console.print(
            style.table(
                ("", "acknowledged by", "first paged", "messages that call"), rows, wrap=("acknowledged by",)
            )
        )


def _after(span: Span | None) -> str:
    if span is None:
        return "never"
    return "at once" if span < SECOND else f"after {show_about(span)}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _ids(incidents: Sequence[int]) -> str:
    shown = ", ".join(f"#{one}" for one in incidents[-_IDS:])
    return shown if len(incidents) <= _IDS else f"{shown} and {len(incidents) - _IDS} more"
