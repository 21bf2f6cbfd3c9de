"""What became of the pages of each level: who answered, who did not, and after how long."""

from __future__ import annotations

from dataclasses import dataclass, field

from escalate_cli.core.calendar.duration import Span
from escalate_cli.core.incident.record import Record
from escalate_cli.insight.lessons.proposal import Past

LevelOfTeam = tuple[str, int, str]
"""policy, number of the level, team"""
LevelOfPolicy = tuple[str, int]
"""policy, number of the level"""


@dataclass
class LevelAnswers:
    """The pagings of one level that were answered and those that were not, a record for each; and
    how long those who acknowledged took.
    """

    answered: list[Record] = field(default_factory=list)
    unanswered: list[Record] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    late: list[Record] = field(default_factory=list)
    """answered after the wait was over and the next level had been paged"""

    @property
    def pagings(self) -> int:
        """How often the level was paged so that it is known whether somebody answered."""
        return len(self.answered) + len(self.unanswered)


def level_answers(past: Past) -> dict[LevelOfTeam, LevelAnswers]:
    """The answers at each level of each team, as far as both still exist."""
    answers: dict[LevelOfTeam, LevelAnswers] = {}
    for record in past.records:
        _count_outcomes(record, past, answers)
        _count_answers(record, past, answers)
    return answers


def by_policy(answers: dict[LevelOfTeam, LevelAnswers]) -> dict[LevelOfPolicy, LevelAnswers]:
    """The answers at each level of a policy, of all teams together."""
    merged: dict[LevelOfPolicy, LevelAnswers] = {}
    for (policy, number, _), of_team in answers.items():
        level = merged.setdefault((policy, number), LevelAnswers())
        level.answered += of_team.answered
        level.unanswered += of_team.unanswered
        level.spans += of_team.spans
        level.late += of_team.late
    return merged


def _count_outcomes(record: Record, past: Past, answers: dict[LevelOfTeam, LevelAnswers]) -> None:
    for paging, outcome in record.outcomes:
        policy = paging.policy or record.policy_of(paging.team, paging.at)
        if outcome is None or paging.team not in past.catalog.teams:
            continue
        if past.level(record, policy, paging.level) is not None:
            level = answers.setdefault((str(policy), paging.level, paging.team), LevelAnswers())
            (level.answered if outcome else level.unanswered).append(record)


def _count_answers(record: Record, past: Past, answers: dict[LevelOfTeam, LevelAnswers]) -> None:
    for answer in record.answers:
        team, number = answer.team, answer.level
        if team is None or team not in past.catalog.teams or number is None or answer.after is None:
            continue
        policy = record.policy_of(team, answer.at)
        level = past.level(record, policy, number)
        if level is None or answer.after < 0:
            continue
        counted = answers.setdefault((str(policy), number, team), LevelAnswers())
        counted.spans.append(answer.after)
        if answer.after > level.wait and (answer.current or 0) > number:
            counted.late.append(record)
