"""The cards of the page of `report` about levels, changes, nudges, delivery and teams; None where there is
nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from escalate_cli.core.incident.record import TYPED
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.ways import way_in_words
from escalate_cli.insight.report.figures import (
    NOT_PAGED,
    OTHERWISE,
    GatewayFigures,
    LevelFigures,
    Report,
    RuleFigures,
    Spread,
    Times,
)
from escalate_cli.views.html.cards import Bar, Bars, Card, Causes, Group, Piece, Table, Took, to_scale
from escalate_cli.views.numbers import number, percent, share, span

Counted = TypeVar("Counted")

_FEW, _CAUSES = 3, 4
_LONGEST_CAUSE = 200
_LEVELS = {
    "none": "no level paged",
    "fallback": "the fallback",
    NOT_PAGED: "without a page",
    OTHERWISE: "paged otherwise",
}


# ── levels ────────────────────────────────────────────────────────────────────────────


def _level_name(level: str) -> str:
    return _LEVELS.get(level, f"level {level}")


def _gateway_name(gateway: str) -> str:
    return "without a page" if gateway == NOT_PAGED else gateway


def _counts(
    counts: Sequence[tuple[Counted, int]], name: Callable[[Counted], str], colour: str, what: str = "levels"
) -> Bars | None:
    total = sum(count for _, count in counts)
    rows = [
        Bar(
            name(key),
            (Piece(colour, count, f"{number(count)} of {number(total)}"),),
            number(count),
            share(count, total),
        )
        for key, count in counts
    ]
    return to_scale(rows, what)


def reached_card(report: Report) -> Card:
    """How far up incidents went."""
    total = sum(count for _, count in report.reached)
    first = dict(report.reached).get("1", 0)
    sentence = f"{share(first, total)} went no further than level 1." if total > 1 else ""
    return Card(
        title="Levels reached",
        sentence=f"Incidents by the highest level that was paged. {sentence}",
        bars=_counts(report.reached, _level_name, "main"),
    )


def level_card(report: Report) -> Card | None:
    """Who acknowledged: those paged at which level."""
    if not report.acks_by_level:
        return None
    sentence = "By the level at which whoever acknowledged had been paged."
    return Card(
        title="Acknowledged at level",
        sentence=sentence,
        bars=_counts(report.acks_by_level, _level_name, "good"),
    )


def gateway_card(report: Report) -> Card | None:
    """What had carried the page that was acknowledged."""
    if not report.acks_by_gateway:
        return None
    fast = "; ".join(
        f"{_gateway_name(each.gateway)}: {span(each.answer.median)}"
        for each in report.answer_by_gateway[:_FEW]
        if each.answer.count
    )
    silent = [_gateway_name(each.gateway) for each in report.answer_by_gateway if not each.acknowledged]
    sentence = "By what carried the page they answered, the last one where they typed it."
    sentence += f" Median from their page: {fast}." if fast else ""
    sentence += f" Paged, and none acknowledged: {', '.join(silent)}." if silent else ""
    return Card(
        title="Acknowledged after a page through",
        sentence=sentence,
        bars=_counts(report.acks_by_gateway, _gateway_name, "good", "gateways"),
    )


def way_card(report: Report) -> Card | None:
    """How people answered, where not all of them typed it."""
    if all(way == TYPED for way, _ in report.acks_by_way):
        return None
    took = dict(report.answer_by_way)
    fast = "; ".join(
        f"by {way_in_words(*way)}: {span(took[way].median)}"
        for way, _ in report.acks_by_way[:_FEW]
        if way in took
    )
    return Card(
        title="How they answered",
        sentence=f"From where the page arrived, or by command. Median from their page: {fast}.",
        bars=_counts(report.acks_by_way, lambda way: f"by {way_in_words(*way)}", "good", "ways"),
    )


def team_card(report: Report, catalog: Catalog) -> Card | None:
    """Acknowledgements by team."""
    if len(report.acks_by_team) < 2:
        return None
    return Card(
        title="Acknowledged by team", bars=_counts(report.acks_by_team, catalog.team_name, "good", "teams")
    )


def levels_card(report: Report, catalog: Catalog) -> Card | None:
    """The levels that had to be followed by the next, the worst first; those asked less than three times say
    little, and come last."""
    asked = [level for level in report.levels if _asked(level)]
    if not asked:
        return None
    worst = [_level(level, catalog) for level in sorted(asked, key=_badness) if level.unanswered]
    never = sum(not level.answered for level in asked if _asked(level) >= _FEW)
    sentence = f"{len(worst)} of {len(asked)} levels had to be followed by the next at least once"
    sentence += (
        f"; {never} {'was' if never == 1 else 'were'} asked three times or more and never answered."
        if never
        else "."
    )
    meaning = (("bad", "not answered: the next was paged"), ("good", "acknowledged by one of those paged"))
    return Card(
        title="Levels that were not answered",
        sentence=sentence,
        wide=True,
        legend=meaning if worst else (),
        bars=to_scale(worst, "levels", shares=True),
        table=_table_of_levels(report, catalog),
    )


def _asked(level: LevelFigures) -> int:
    return level.answered + level.unanswered


def _badness(level: LevelFigures) -> tuple[bool, float, int, str, int]:
    return _asked(level) < _FEW, -level.unanswered / _asked(level), -level.unanswered, level.team, level.level


def _level(level: LevelFigures, catalog: Catalog) -> Bar:
    pieces = (
        Piece("bad", level.unanswered, f"{number(level.unanswered)} not answered"),
        Piece("good", level.answered, f"{number(level.answered)} acknowledged"),
    )
    figure = f"{number(level.unanswered)} of {number(_asked(level))}"
    return Bar(
        f"{catalog.team_name(level.team)}, level {level.level}",
        pieces,
        figure,
        share(level.unanswered, _asked(level)),
    )


def _table_of_levels(report: Report, catalog: Catalog) -> Table:
    columns = ("Team", "Level", "Paged", "Answered", "Unanswered", "Median", "Nine of ten")
    rows = [
        (
            catalog.team_name(level.team),
            *(level.level, level.paged, level.answered, level.unanswered),
            *(span(level.answer.median), span(level.answer.p90)),
        )
        for level in report.levels
    ]
    return Table("Levels and their answers", columns, rows, "The numbers of all levels")


# ── what changed, what was asked, what failed ─────────────────────────────────────────


def changes_card(report: Report, catalog: Catalog) -> Card | None:
    """Re-routes, teams added, severities raised."""
    name = catalog.team_name
    moved = [(f"{name(before)} → {name(after)}", count) for before, after, count in report.rerouted]
    added = [(name(team), count) for team, count in report.teams_added]
    raised = [(f"{before} → {after}", count) for before, after, count in report.raised]
    groups = (
        _group("Went from one team to another", moved),
        _group("Teams brought in later", added),
        _group("Severity raised later", raised),
    )
    if not any(groups):
        return None
    sentence = (
        "Incidents that turned out to be another team's, more teams' or graver than they were declared."
    )
    return Card(
        title="What turned out differently",
        sentence=sentence,
        wide=True,
        groups=tuple(group for group in groups if group is not None),
    )


def _group(title: str, counts: Sequence[tuple[str, int]]) -> Group | None:
    rows = [
        Bar(what, (Piece("main", count, f"{number(count)} incidents"),), number(count))
        for what, count in counts
    ]
    bars = to_scale(rows, long=True)
    return Group(title, bars) if bars is not None else None


def nudges_card(report: Report) -> Card | None:
    """What became of the nudges of each rule."""
    if not report.nudges:
        return None
    columns = ("Rule", "Accepted", "Declined", "Expired", "Open")
    rows = [(rule.rule, rule.accepted, rule.declined, rule.expired, rule.open) for rule in report.nudges]
    return Card(
        title="Nudges",
        sentence="What people said to what the rules proposed.",
        legend=(("good", "accepted"), ("bad", "declined"), ("other", "expired"), ("faint", "open")),
        bars=to_scale([_rule(rule) for rule in report.nudges], "rules", shares=True, long=True),
        table=Table("Nudges", columns, rows, "The numbers"),
    )


def _rule(rule: RuleFigures) -> Bar:
    pieces = (
        Piece("good", rule.accepted, f"{number(rule.accepted)} accepted"),
        Piece("bad", rule.declined, f"{number(rule.declined)} declined"),
        Piece("other", rule.expired, f"{number(rule.expired)} expired"),
        Piece("faint", rule.open, f"{number(rule.open)} open"),
    )
    total = rule.accepted + rule.declined + rule.expired + rule.open
    return Bar(rule.rule, pieces, f"{number(rule.accepted)} of {number(total)}", share(rule.accepted, total))


def gateways_card(report: Report) -> Card | None:
    """Messages by gateway, and why some failed."""
    if not report.gateways:
        return None
    failed, tried = (
        sum(gateway.failed for gateway in report.gateways),
        sum(gateway.tried for gateway in report.gateways),
    )
    sentence = "No message was given up."
    if failed:
        sentence = f"{number(failed)} of {number(tried)} messages never went out ({share(failed, tried)})."
    columns = ("Gateway", "Messages", "Sent", "Failed", "Tried again")
    rows = [
        (gateway.gateway, gateway.tried, gateway.sent, gateway.failed, gateway.retried)
        for gateway in report.gateways
    ]
    return Card(
        title="Delivery",
        sentence=sentence,
        legend=(("day", "sent"), ("bad", "failed for good"), ("faint", "neither yet")),
        bars=to_scale(
            [_gateway(gateway) for gateway in report.gateways], "gateways", top=len(report.gateways)
        ),
        causes=tuple(_causes(gateway) for gateway in report.gateways if gateway.causes),
        table=Table("Delivery", columns, rows, "The numbers"),
    )


def _gateway(gateway: GatewayFigures) -> Bar:
    rest = max(0, gateway.tried - gateway.sent - gateway.failed)
    pieces = (
        Piece("bad", gateway.failed, f"{number(gateway.failed)} failed"),
        Piece("day", gateway.sent, f"{number(gateway.sent)} sent"),
        Piece("faint", rest, f"{number(rest)} neither yet"),
    )
    return Bar(
        gateway.gateway,
        pieces,
        number(gateway.tried),
        f"{number(gateway.failed)} failed" if gateway.failed else "",
    )


def _causes(gateway: GatewayFigures) -> Causes:
    causes = [(cause[:_LONGEST_CAUSE], count) for cause, count in gateway.causes]
    return Causes(gateway.gateway, causes[:_CAUSES], causes[_CAUSES:])


# ── teams and severities ──────────────────────────────────────────────────────────────


def times_by(
    column: str, title: str, rows: Sequence[tuple[str, Times]], sentence: str, *, wide: bool = False
) -> Card | None:
    """The three times of each severity or team; a line under the time to acknowledge makes the slow ones
    stand out."""
    if len(rows) < 2:
        return None
    most = max(times.acknowledge.median or 0 for _, times in rows)
    shown = [
        (name, times.incidents, _took(times.page), _took(times.acknowledge, most), _took(times.resolve))
        for name, times in rows
    ]
    table = Table(f"{title}: times", (column, "Incidents", "Page", "Ack", "Resolve"), shown)
    return Card(
        title=title, sentence=f"{sentence} Median, then what nine of ten stay under.", wide=wide, table=table
    )


def _took(spread: Spread, most: int = 0) -> Took | str:
    """The median, what nine of ten stay under, and how the median compares with the `most`."""
    if not spread.count:
        return "–"
    return Took(span(spread.median), span(spread.p90), percent(spread.median or 0, most) if most else None)
