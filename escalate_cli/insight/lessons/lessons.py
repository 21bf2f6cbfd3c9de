"""What the record says should be changed: every proposal, each with its evidence and the TOML."""

from __future__ import annotations

from escalate_cli.insight.lessons.gateways import gateway_lessons
from escalate_cli.insight.lessons.levels import level_lessons
from escalate_cli.insight.lessons.people import people
from escalate_cli.insight.lessons.proposal import Past, Proposal
from escalate_cli.insight.lessons.rules import nudge_lessons
from escalate_cli.insight.lessons.services import services
from escalate_cli.insight.lessons.words import keywords


def lessons(past: Past) -> tuple[Proposal, ...]:
    """The proposals: first what delays or loses pages, then who gets the wrong ones, then who gets
    too many, then what is missing. Each has at least three incidents behind it, and none is what
    chance alone would bring (`chance.py`).
    """
    proposals = [
        *gateway_lessons(past),
        *level_lessons(past),
        *keywords(past),
        *people(past),
        *services(past),
        *nudge_lessons(past),
    ]
    rank = {code: number for number, code in enumerate(ORDER)}
    return tuple(sorted(proposals, key=lambda proposal: rank[proposal.code]))


ORDER = (
    "gateway-fails",
    "address-fails",
    "gateway-unanswered",
    "unanswered-level",
    "short-wait",
    "long-wait",
    "keyword",
    "team-added",
    "severity-raised",
    "paged-at-night",
    "paged-often",
    "nudge-accepted",
    "nudge-declined",
    "no-runbook",
)
"""what a proposal is about, in the order in which they are shown"""
