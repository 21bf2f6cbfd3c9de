"""What `lessons` answers: each proposal with its evidence, the incidents behind it and the TOML to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.calendar.duration import SECOND, Span, show_about
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.lessons.proposal import Proposal
from escalate_cli.insight.lessons.trial import Trial

if TYPE_CHECKING:
    from rich.console import Console

_IDS = 6
_DOES = {"set": "make it", "add": "add", "remove": "take out"}


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
    for number, (proposal, trial) in enumerate(zip(proposals, trials, strict=True), 1):
        style.heading(console, f"{number}. {proposal.title}")
        console.print(style.piece(f"{_sentence(proposal.evidence)} ({_ids(proposal.incidents)})."))
        if proposal.remark:
            console.print(style.piece(f"{_sentence(proposal.remark)}."))
        for change in proposal.changes:
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
            f"#{incident.incident}",
            catalog.person_name(incident.who) if incident.who else "–",
            f"{_after(incident.was)} → {_after(incident.becomes)}",
            f"{incident.calls_were} → {incident.calls_become}",
        )
        for incident in differ[-_IDS:]
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
    shown = ", ".join(f"#{incident}" for incident in incidents[-_IDS:])
    return shown if len(incidents) <= _IDS else f"{shown} and {len(incidents) - _IDS} more"
