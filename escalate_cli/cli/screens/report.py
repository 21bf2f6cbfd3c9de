"""What `report` shows on a terminal: figures in tables, each with a small bar where one number
matters more than the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalate_cli.cli.screens import style
from escalate_cli.core.events import AnswerMeans
from escalate_cli.core.incident.record import TYPED, WayAnswered
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.ways import way_in_words
from escalate_cli.insight.report.figures import NOT_PAGED, OTHERWISE, Report, Spread, Times
from escalate_cli.insight.report.statistics import quantile
from escalate_cli.views.numbers import DAY_NAMES, span

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_EIGHTHS = "▏▎▍▌▋▊▉█"
_STEPS = " ▁▂▃▄▅▆▇█"
_OTHER = {NOT_PAGED: "without having been paged", OTHERWISE: "paged otherwise"}
_REACHED = {"none": "no level was paged", "1": "stayed at level 1", "fallback": "went on to the fallback"}
_BAR = 16
_FEW = 6
_ROWS = 12
"""rows of a table that grows with the organisation; the rest is counted, and whole in --json, --csv
and --html
"""


def draw_report(console: Console, report: Report, catalog: Catalog, heading: str, covered: str) -> None:
    """Everything, the most asked-for first."""
    style.heading(console, heading, above=False)
    console.print(style.piece(covered, "dim"))
    if not report.times.incidents:
        console.print("No incidents in this time.")
        return
    console.print(style.piece(_summary(report)))
    _times(console, report, catalog)
    _acknowledgements(console, report, catalog)
    _ways(console, report)
    _levels(console, report, catalog)
    _changes(console, report, catalog)
    _nudges(console, report)
    _gateways(console, report)
    _people(console, report, catalog)
    _calendar(console, report, catalog)


def bar(value: float, most: float, width: int = _BAR) -> Text:
    """A bar for `value` where `most` fills `width` cells; the smallest value above zero still shows."""
    eighths = round(value / most * width * 8) if most else 0
    if value and not eighths:
        eighths = 1
    whole, rest = divmod(eighths, 8)
    return style.piece("█" * whole + (_EIGHTHS[rest - 1] if rest else ""), "cyan")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _summary(report: Report) -> str:
    times = report.times
    parts = [f"{times.incidents} incident{'s' if times.incidents != 1 else ''}"]
    if report.running:
        parts.append(f"{report.running} still running")
    if report.not_yet_acknowledged:
        parts.append(f"{report.not_yet_acknowledged} not acknowledged yet")
    if never := report.never_acknowledged - report.not_yet_acknowledged:
        parts.append(f"{never} never acknowledged")
    if report.never_paged:
        parts.append(f"{report.never_paged} in which nobody was paged")
    return ", ".join(parts) + "."


def _times(console: Console, report: Report, catalog: Catalog) -> None:
    rows: list[Sequence[object]] = []
    listed: list[tuple[str, Times]] = [
        ("all", report.times),
        *((f"severity {name}", figures) for name, figures in report.by_severity),
    ]
    listed += [(catalog.team_name(name), figures) for name, figures in report.by_team[:_ROWS]]
    most = max((figures.acknowledge.median or 0 for _, figures in listed), default=0)
    for name, figures in listed:
        drawn = bar(figures.acknowledge.median or 0, most, 10)
        rows.append(
            (
                name,
                figures.incidents,
                *_pair(figures.page),
                *_pair(figures.acknowledge),
                drawn,
                *_pair(figures.resolve),
            )
        )
    style.heading(console, "Times: median, and what nine of ten stay under")
    columns = ("", "n", "page", "p90", "ack", "p90 ", "", "resolve", "p90  ")
    console.print(
        style.table(columns, rows, wrap=("",), right=("n", "page", "p90", "ack", "p90 ", "resolve", "p90  "))
    )
    _more(console, report.by_team, "teams")


def _pair(spread: Spread) -> tuple[str, str]:
    return span(spread.median), span(spread.p90)


def _acknowledgements(console: Console, report: Report, catalog: Catalog) -> None:
    if not report.acks_by_level:
        return
    style.heading(console, "Who acknowledged: paged at which level, through what, for which team")
    total = sum(count for _, count in report.acks_by_level)
    rows: list[Sequence[object]] = []
    by_team = tuple((catalog.team_name(team), count) for team, count in report.acks_by_team)
    for kind, counts in (
        ("level", report.acks_by_level),
        ("through", report.acks_by_gateway),
        ("of", by_team[:_FEW]),
    ):
        for name, count in counts[:_ROWS]:
            shown = _OTHER.get(name, f"{kind} {name}")
            rows.append((shown, count, _share(count, total), bar(count, total)))
        rows.append(("", "", "", ""))
    reached = report.reached
    incidents = sum(count for _, count in reached)
    for name, count in reached:
        shown = _REACHED.get(name, f"went up to level {name}")
        rows.append((shown, count, _share(count, incidents), bar(count, incidents)))
    console.print(style.table(("", "n", "share", " "), rows, wrap=("",), right=("n", "share")))
    _more(console, report.acks_by_team, "teams", _FEW)


def _ways(console: Console, report: Report) -> None:
    """How people answered, from where, and how fast; where all typed it, there is nothing to tell."""
    if all(way == TYPED for way, _ in report.acks_by_way):
        return
    total = sum(count for _, count in report.acks_by_way)
    took = dict(report.answer_by_way)
    rows: list[Sequence[object]] = [
        (
            _by_way(way),
            count,
            _share(count, total),
            bar(count, total, 10),
            *(_pair(took[way]) if way in took else ("", "")),
        )
        for way, count in report.acks_by_way
    ]
    style.heading(console, "How they answered: median from their page, and what nine of ten stay under")
    columns = ("", "n", "share", " ", "answer after", "p90")
    console.print(style.table(columns, rows, wrap=("",), right=("n", "share", "answer after", "p90")))
    style.heading(console, "Pages by gateway: how many were acknowledged, and how soon")
    columns = ("gateway", "pages", "acknowledged", "share", "answer after", "p90")
    rows = [
        (
            each.gateway,
            each.pages,
            each.acknowledged,
            _share(each.acknowledged, each.pages),
            *_pair(each.answer),
        )
        for each in report.answer_by_gateway
    ]
    console.print(style.table(columns, rows, wrap=("gateway",), right=columns[1:]))


def _by_way(way: WayAnswered) -> str:
    if way.means is AnswerMeans.BUTTON:
        return f"by a button of {way.gateway}"
    return f"by {way_in_words(*way)}"


def _levels(console: Console, report: Report, catalog: Catalog) -> None:
    missed = [level for level in report.levels if level.unanswered]
    if not missed:
        return
    worst = sorted(
        missed,
        key=lambda level: (
            -(level.unanswered / (level.answered + level.unanswered)),
            -level.unanswered,
            level.team,
            level.level,
        ),
    )
    rows = [
        (
            catalog.team_name(level.team),
            level.level,
            level.paged,
            level.unanswered,
            _share(level.unanswered, level.answered + level.unanswered),
            bar(level.unanswered, level.answered + level.unanswered, 10),
            span(level.answer.median),
            span(level.answer.p90),
        )
        for level in worst[:_ROWS]
    ]
    style.heading(console, "Levels nobody answered, the worst first")
    columns = ("team", "level", "paged", "unanswered", "share", "", "answer after", "p90")
    console.print(
        style.table(
            columns,
            rows,
            wrap=("team",),
            right=("level", "paged", "unanswered", "share", "answer after", "p90"),
        )
    )
    _more(console, worst, "levels")


def _changes(console: Console, report: Report, catalog: Catalog) -> None:
    rows: list[Sequence[object]] = [
        ("went from one team to another", f"{catalog.team_name(before)} → {catalog.team_name(after)}", count)
        for before, after, count in report.rerouted[:_FEW]
    ]
    rows += [
        ("team brought in later", catalog.team_name(team), count) for team, count in report.teams_added[:_FEW]
    ]
    rows += [
        ("severity raised later", f"{before} → {after}", count) for before, after, count in report.raised
    ]
    if rows:
        most = max(int(str(row[2])) for row in rows)
        style.heading(console, "What turned out differently from the declaration")
        shown = [(*row, bar(int(str(row[2])), most, 10)) for row in rows]
        console.print(style.table(("", "which", "n", " "), shown, wrap=("", "which"), right=("n",)))
        _more(console, report.rerouted, "pairs of teams", _FEW)
        _more(console, report.teams_added, "teams", _FEW)


def _nudges(console: Console, report: Report) -> None:
    if not report.nudges:
        return
    style.heading(console, "Nudges")
    rows = []
    for nudge in report.nudges[:_ROWS]:
        total = nudge.accepted + nudge.declined + nudge.expired
        rows.append(
            (
                nudge.rule,
                nudge.accepted,
                nudge.declined,
                nudge.expired,
                _share(nudge.accepted, total),
                bar(nudge.accepted, total, 10),
            )
        )
    columns = ("rule", "accepted", "declined", "expired", "share", "")
    console.print(
        style.table(columns, rows, wrap=("rule",), right=("accepted", "declined", "expired", "share"))
    )


def _gateways(console: Console, report: Report) -> None:
    if not report.gateways:
        return
    style.heading(console, "Delivery")
    most = max(gateway.failed for gateway in report.gateways)
    rows = [
        (
            gateway.gateway,
            gateway.tried,
            gateway.retried,
            gateway.failed,
            _share(gateway.failed, gateway.tried),
            bar(gateway.failed, most, 8),
            _causes(gateway.causes),
        )
        for gateway in report.gateways
    ]
    columns = ("gateway", "messages", "retried", "failed", "share", "", "why")
    console.print(style.table(columns, rows, wrap=("why",), right=("messages", "retried", "failed", "share")))


def _causes(causes: Sequence[tuple[str, int]]) -> str:
    shown = "; ".join(f"{count} × {cause}" for cause, count in causes[:2])
    return shown + (f"; {len(causes) - 2} more" if len(causes) > 2 else "")


def _people(console: Console, report: Report, catalog: Catalog) -> None:
    if not report.people:
        return
    style.heading(console, "Pages per person (night: 22–7 where they live)")
    most = max(person.pages for person in report.people)
    rows = [
        (
            catalog.person_name(person.person),
            person.pages,
            bar(person.pages, most, 12),
            person.night,
            person.weekend,
            person.incidents,
            person.acknowledged,
        )
        for person in report.people[:_ROWS]
    ]
    columns = ("", "pages", " ", "at night", "weekend", "incidents", "acknowledged")
    console.print(
        style.table(
            columns, rows, wrap=("",), right=("pages", "at night", "weekend", "incidents", "acknowledged")
        )
    )
    _more(console, report.people, "people")


def _calendar(console: Console, report: Report, catalog: Catalog) -> None:
    """Pages by hour and weekday, and the weeks, as characters of eight heights."""
    most = max((count for row in report.hours for count in row), default=0)
    if most:
        style.heading(
            console, f"Pages by hour of the week ({catalog.settings.timezone}), at most {most} in one hour"
        )
        wide = 2 if console.width >= 4 + 2 * 24 else 1
        step = 3 if wide == 2 else 6
        hours = "".join(f"{hour:<{step * wide}}" for hour in range(0, 24, step)).rstrip()
        console.print(style.piece(f"    {hours}", "dim"))
        for day, row in zip(DAY_NAMES, report.hours, strict=True):
            console.print(
                style.piece(f"{day} ")
                + style.piece("".join(_step(count, most) * wide for count in row), "cyan")
            )
    weeks = report.weeks[-53:]
    known = sorted(week.acknowledge.median for week in weeks if week.acknowledge.median is not None)
    if len(known) > 1:
        top = quantile(known, 0.9) or 1  # one bad week must not make the others look all alike
        style.heading(
            console, f"Time to acknowledge, week by week: the median; a full column is {span(top)} or more"
        )
        console.print(
            style.piece("".join(_step(min(week.acknowledge.median or 0, top), top) for week in weeks), "cyan")
        )
        console.print(style.piece(f"{weeks[0].start:%d %b %Y} – {weeks[-1].start:%d %b %Y}", "dim"))


def _step(value: float, most: float) -> str:
    return _STEPS[0] if not value or not most else _STEPS[max(1, round(value / most * 8))]


def _more(console: Console, things: Sequence[object], what: str, shown: int = _ROWS) -> None:
    hidden = len(things) - shown
    if hidden > 0:
        console.print(style.piece(f"{hidden} more {what}: --json, --csv, --html", "dim"))
