"""Figures from the records of many incidents: times, levels, gateways, people. Pure; `report` shows
them.

A quantile is interpolated linearly between the two nearest values (as pandas, numpy and
`statistics.quantiles(…, method="inclusive")` do). Nights are 22:00–7:00, weekends Saturday and
Sunday, both in the zone of the person who is paged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.incident.record import Record, TracedAck
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.insight.report.figures import (
    NOT_PAGED,
    NOT_TOLD,
    OTHERWISE,
    AnswerFigures,
    GatewayFigures,
    LevelFigures,
    Report,
    RuleFigures,
    Spread,
    Times,
    WeekFigures,
)
from escalate_cli.insight.report.people import hours_figures, people_figures
from escalate_cli.insight.report.readings import added_teams, highest, moves, rise, teams_of

_Value = TypeVar("_Value")


def report(records: Sequence[Record], catalog: Catalog) -> Report:
    """The figures of these incidents."""
    answers = [answer for record in records for answer in record.answers]
    known = [answer for answer in answers if answer.gateway != NOT_TOLD]
    rises = [rise(record, catalog) for record in records]
    return Report(
        times=times(records),
        by_severity=tuple(
            (severity, times(of_severity)) for severity, of_severity in _by_severity(records, catalog)
        ),
        by_team=tuple(_by_team(records, catalog)),
        running=sum(record.status != "resolved" for record in records),
        never_paged=sum(not record.pages for record in records),
        never_acknowledged=sum(record.to_acknowledge is None for record in records),
        acks_by_level=_by_number(map(_level_of, answers)),
        acks_by_gateway=_most(answer.gateway or NOT_PAGED for answer in answers),
        acks_by_team=_most(answer.team for answer in answers if answer.team),
        reached=_by_number(map(highest, records)),
        levels=_levels(records),
        rerouted=tuple(
            (*pair, count)
            for pair, count in _most(pair for record in records for pair in sorted(moves(record, catalog)))
        ),
        teams_added=_most(team for record in records for team in added_teams(record, catalog)),
        raised=tuple((*pair, count) for pair, count in _most(pair for pair in rises if pair is not None)),
        nudges=_nudges(records),
        gateways=_gateways(records),
        people=people_figures(records, catalog),
        weeks=_weeks(records, catalog),
        hours=hours_figures(records, catalog.settings.timezone),
        acks_by_way=_most(answer.way for answer in known),
        answer_by_gateway=_answers_by_gateway(records),
        answer_by_way=_answer_times((answer.way, answer.after) for answer in known),
        not_yet_acknowledged=sum(
            record.to_acknowledge is None and record.status != "resolved" for record in records
        ),
    )


def spread(spans: Iterable[Span | None]) -> Spread:
    """The spread of the spans that there are."""
    # a clock that was set back makes negative ones
    known = sorted(span for span in spans if span is not None and span >= 0)
    return Spread(len(known), quantile(known, 0.5), quantile(known, 0.9))


def quantile(ordered: Sequence[Span], share: float) -> Span | None:
    """The value that this share of the `ordered` spans stays under, interpolated linearly; None of
    no spans.
    """
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def times(records: Sequence[Record]) -> Times:
    """How soon these incidents were paged, acknowledged, resolved."""
    return Times(
        len(records),
        spread(record.to_page for record in records),
        spread(record.to_acknowledge for record in records),
        spread(record.to_resolve for record in records),
    )


def _answer_times(answers: Iterable[tuple[_Value | None, Span | None]]) -> tuple[tuple[_Value, Spread], ...]:
    """How long people took from their page, by what the pairs name; the most frequent first. What cannot
    be timed is left out.
    """
    took: dict[_Value, list[Span]] = {}
    for name, after in answers:
        if name is not None and after is not None:
            took.setdefault(name, []).append(after)
    return tuple(
        (name, spread(spans))
        for name, spans in sorted(took.items(), key=lambda each: (-len(each[1]), str(each[0])))
    )


def _answers_by_gateway(records: Sequence[Record]) -> tuple[AnswerFigures, ...]:
    """Every gateway that paged somebody; the one that most acknowledgements came by first."""
    answers = [answer for record in records for answer in record.answers]
    took = dict(_answer_times((answer.gateway, answer.after) for answer in answers))
    acknowledged = Counter(answer.gateway for answer in answers)
    pages = Counter(
        gateway
        for record in records
        for gateway, _, _ in {(page.gateway, page.person, page.paging) for page in record.pages}
    )
    each = (
        AnswerFigures(gateway, count, acknowledged[gateway], took.get(gateway, spread(())))
        for gateway, count in pages.items()
    )
    return tuple(sorted(each, key=lambda figures: (-figures.acknowledged, -figures.pages, figures.gateway)))


def _level_of(answer: TracedAck) -> str:
    if answer.level is not None:
        return str(answer.level)
    return NOT_PAGED if answer.gateway is None else OTHERWISE


def _by_severity(records: Sequence[Record], catalog: Catalog) -> list[tuple[str, list[Record]]]:
    """Incidents by their last severity, the gravest first; severities that the configuration no
    longer has at the end.
    """
    by_severity: dict[str, list[Record]] = {severity.id: [] for severity in reversed(catalog.severities)}
    for record in records:
        by_severity.setdefault(record.severity, []).append(record)
    return [(severity, of_severity) for severity, of_severity in by_severity.items() if of_severity]


def _by_team(records: Sequence[Record], catalog: Catalog) -> list[tuple[str, Times]]:
    """Each team's part of its incidents, counted from when it was brought in; the team with most of
    them first.
    """
    by_team: dict[str, list[tuple[Span | None, Span | None, Span | None]]] = {}
    for record in records:
        for team in (record.view,) if record.view else teams_of(record, catalog):
            begun = record.joined_at(team)
            page = next((page.at - begun for page in record.pages if page.team == team), None)
            ack = min(
                (ack.at - begun for ack in record.acks if ack.team == team and not ack.partly), default=None
            )
            by_team.setdefault(team, []).append(
                (page, ack, None if record.resolved_at is None else record.resolved_at - begun)
            )
    teams = []
    for team, spans in by_team.items():
        pages, acks, ends = zip(*spans, strict=True)
        teams.append((team, Times(len(spans), spread(pages), spread(acks), spread(ends))))
    return sorted(teams, key=lambda pair: (-pair[1].incidents, pair[0]))


def _levels(records: Sequence[Record]) -> tuple[LevelFigures, ...]:
    outcomes: dict[tuple[str, int], Counter[bool | None]] = {}
    took: dict[tuple[str, int], list[Span]] = {}
    for record in records:
        for paging, outcome in record.outcomes:
            outcomes.setdefault((paging.team, paging.level), Counter())[outcome] += 1
        for answer in record.answers:
            if answer.team is not None and answer.level is not None and answer.after is not None:
                took.setdefault((answer.team, answer.level), []).append(answer.after)
    return tuple(
        LevelFigures(
            team, level, count.total(), count[True], count[False], spread(took.get((team, level), ()))
        )
        for (team, level), count in sorted(outcomes.items())
    )


def _nudges(records: Sequence[Record]) -> tuple[RuleFigures, ...]:
    by_rule: dict[str, Counter[str]] = {}
    for record in records:
        for nudge in record.nudges:
            by_rule.setdefault(nudge.rule, Counter())[nudge.status] += 1
    rules = [
        RuleFigures(rule, count["accepted"], count["declined"], count["expired"], count["open"])
        for rule, count in by_rule.items()
    ]
    return tuple(sorted(rules, key=lambda figures: (-figures.asked, figures.rule)))


def _gateways(records: Sequence[Record]) -> tuple[GatewayFigures, ...]:
    tried: Counter[str] = Counter()
    sent: Counter[str] = Counter()
    retried: Counter[str] = Counter()
    causes: dict[str, list[str]] = {}
    for record in records:
        for delivery in record.deliveries:
            tried[delivery.gateway] += delivery.tried
            sent[delivery.gateway] += delivery.sent
            retried[delivery.gateway] += delivery.retried
        for failure in record.failures:
            causes.setdefault(failure.gateway, []).append(failure.error or "no cause recorded")
    gateways = [
        GatewayFigures(
            gateway,
            count,
            sent[gateway],
            len(causes.get(gateway, ())),
            retried[gateway],
            _most(causes.get(gateway, ())),
        )
        for gateway, count in tried.items()
    ]
    return tuple(sorted(gateways, key=lambda figures: (-figures.tried, figures.gateway)))


def _weeks(records: Sequence[Record], catalog: Catalog) -> tuple[WeekFigures, ...]:
    """Every week from the first incident's to the last one's, empty ones too."""
    by_week: dict[date, list[Record]] = {}
    for record in records:
        by_week.setdefault(_monday(record.declared_at, catalog), []).append(record)
    if not by_week:
        return ()
    week, last, weeks = min(by_week), max(by_week), []
    while week <= last:
        of_week = by_week.get(week, [])
        weeks.append(WeekFigures(week, len(of_week), spread(record.to_acknowledge for record in of_week)))
        week += timedelta(days=7)
    return tuple(weeks)


def _monday(at: Instant, catalog: Catalog) -> date:
    local = instant_to_local(at, catalog.settings.timezone).date()
    return local - timedelta(days=local.weekday())


def _most(values: Iterable[_Value]) -> tuple[tuple[_Value, int], ...]:
    """Each value and how often it is there, the most frequent first."""
    return tuple(sorted(Counter(values).items(), key=lambda pair: (-pair[1], str(pair[0]))))


def _by_number(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Each name and how often it is there: numbers in order, then words."""
    return tuple(
        sorted(
            Counter(names).items(), key=lambda pair: (int(pair[0]) if pair[0].isdigit() else 10**9, pair[0])
        )
    )
