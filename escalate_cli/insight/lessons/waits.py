"""Waits that do not fit the people who are waited for: too short, or far too long."""

from __future__ import annotations

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import MINUTE, SECOND, Span, show_about, show_duration
from escalate_cli.insight.lessons.chance import stands_out, usual
from escalate_cli.insight.lessons.level_answers import LevelAnswers, LevelOfPolicy
from escalate_cli.insight.lessons.proposal import LEAST, Backing, Past, Proposal, handy, incident_ids
from escalate_cli.insight.report.statistics import quantile


def too_short(past: Past, answers: dict[LevelOfPolicy, LevelAnswers]) -> list[Proposal]:
    """Levels whose people do answer, but mostly after the next level was woken."""
    proposals = []
    looks = sum(len(level.late) >= LEAST for level in answers.values())
    for place, level in answers.items():
        others = [other for elsewhere, other in answers.items() if elsewhere != place]
        late, answered = sum(len(other.late) for other in others), sum(len(other.spans) for other in others)
        backing = Backing.by(level.late, len(level.spans))
        if backing.stands_out(0.5, usual(late, answered, 0.15), looks):
            wait, ordered = _wait_of(place, past), sorted(level.spans)
            half, most = quantile(ordered, 0.5) or 0, quantile(ordered, 0.8) or 0
            evidence = (
                f"{backing.count} of the {backing.of} who acknowledged at this level did so after its wait of"
                f" {show_duration(wait)}, when the next level had been woken for nothing;"
                f" half took at most {show_about(half)}, eight of ten {show_about(most)}"
            )
            better = min(handy(most), wait * 4)
            title = f"{_is(place)} shorter than its people need: {show_duration(better)} would do"
            proposal = Proposal("short-wait", title, evidence, backing)
            proposals.append(_with_wait(proposal, place, better, past))
    return proposals


def too_long(past: Past, answers: dict[LevelOfPolicy, LevelAnswers]) -> list[Proposal]:
    """Levels that wait far longer than anybody who answers needs. When nobody answers, that time is
    lost.
    """
    proposals = []
    shares = {
        place: [span / _wait_of(place, past) for span in level.spans] for place, level in answers.items()
    }
    looks = sum(len(level.unanswered) >= LEAST for level in answers.values())
    for place, level in answers.items():
        wait, ordered = _wait_of(place, past), sorted(level.spans)
        slow = quantile(ordered, 0.95)
        if slow is None or len(incident_ids(level.unanswered)) < LEAST or len(ordered) < 2 * LEAST:
            continue
        better = handy(max(slow * 3 // 2, slow + 30 * SECOND))
        if wait - better < 5 * MINUTE or better > wait / 2:
            continue
        others = [share for elsewhere, theirs in shares.items() if elsewhere != place for share in theirs]
        rate = usual(sum(share <= slow / wait for share in others), len(others), 0.5)
        if stands_out(sum(span <= slow for span in ordered), len(ordered), rate, looks):
            evidence = (
                f"of {len(ordered)} who acknowledged at this level, 19 of 20 did so within"
                f" {show_about(slow)}; it waits {show_duration(wait)}, and"
                f" {len(level.unanswered)} times that was time lost: nobody answered"
            )
            title = f"{_is(place)} longer than its people need: {show_duration(better)} would do"
            backing = Backing.by(level.unanswered, level.pagings)
            proposals.append(_with_wait(Proposal("long-wait", title, evidence, backing), place, better, past))
    return proposals


def _wait_of(place: LevelOfPolicy, past: Past) -> Span:
    policy, number = place
    return past.catalog.policies[policy].levels[number - 1].wait


def _is(place: LevelOfPolicy) -> str:
    policy, number = place
    return f"The wait of level {number} of {policy} is"


def _with_wait(proposal: Proposal, place: LevelOfPolicy, wait: Span, past: Past) -> Proposal:
    """The proposal with another wait for the level that it is about."""
    policy, number = place
    written = ("policies", policy, "levels", number - 1, "wait")
    changes = (past.texts.setting(written, show_duration(wait)),)
    return replace(proposal, changes=changes, policy=policy, level=number)
