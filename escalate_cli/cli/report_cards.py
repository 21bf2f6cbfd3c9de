"""The cards of the page of `report` about levels, changes, nudges, delivery and teams; "" where there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from escalate_cli.cli.html_page import Bar, Html, bars, card, details, legend, name, number, share, table, text
from escalate_cli.cli.report_screen import name_of_team, span
from escalate_cli.core.catalog import Catalog
from escalate_cli.insight.figures import NOT_PAGED, OTHERWISE, GatewayFigures, LevelFigures, Report, Spread, Times

_ROWS = 10
"""rows of a list that grows with the organisation; the rest is behind a click"""
_FEW, _CAUSES = 3, 4
_LONGEST_CAUSE = 200


# ── levels ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _level_name(level: str) -> str:
    named = {"none": "no level paged", "fallback": "the fallback", NOT_PAGED: "without a page", OTHERWISE: "paged otherwise"}
    return named.get(level, f"level {level}")


def _counted(counts: Sequence[tuple[str, int]], shown: Callable[[str], str] = str, colour: str = "main") -> list[Bar]:
    total = sum(count for _, count in counts)
    return [
        Bar(shown(what), ((colour, count, f"{number(count)} of {number(total)}"),), number(count), share(count, total))
        for what, count in counts
    ]


def reached(report: Report) -> str:
    """How far up incidents went."""
    counts = report.reached
    total = sum(count for _, count in counts)
    first = dict(counts).get("1", 0)
    said = f"{share(first, total)} went no further than level 1." if total > 1 else ""
    return card("Levels reached", bars(_counted(counts, _level_name)), said=f"Incidents by the highest level that was paged. {said}")


def by_level(report: Report) -> str:
    """Who acknowledged: those paged at which level."""
    if not report.acks_by_level:
        return ""
    counts = _counted(report.acks_by_level, _level_name, "good")
    return card("Acknowledged at level", bars(counts), said="By the level at which whoever acknowledged had been paged.")


def by_gateway(report: Report) -> str:
    """What had carried the page that was acknowledged."""
    if not report.acks_by_gateway:
        return ""
    counts = _counted(report.acks_by_gateway, _level_name_of_gateway, "good")
    said = "By what carried the last page before the acknowledgement."
    return card("Acknowledged after a page through", bars(counts[:_ROWS]), more(counts[_ROWS:], "gateways"), said=said)


def _level_name_of_gateway(gateway: str) -> str:
    return "without a page" if gateway == NOT_PAGED else gateway


def by_team(report: Report, catalog: Catalog) -> str:
    """Acknowledgements by team."""
    if len(report.acks_by_team) < 2:
        return ""
    counts = _counted(report.acks_by_team, lambda team: name_of_team(team, catalog), "good")
    most = report.acks_by_team[0][1]
    return card("Acknowledged by team", bars(counts[:_ROWS], most), more(counts[_ROWS:], "teams", most))


def levels(report: Report, catalog: Catalog) -> str:
    """The levels that had to be followed by the next, the worst first; those asked less than three times say little, and come last."""
    asked = [one for one in report.levels if one.answered + one.unanswered]
    if not asked:
        return ""
    worst = sorted(asked, key=lambda one: (_asked(one) < _FEW, -one.unanswered / _asked(one), -one.unanswered, one.team, one.level))
    drawn = [_level(one, catalog) for one in worst if one.unanswered]
    never = sum(not one.answered for one in asked if _asked(one) >= _FEW)
    said = f"{len(drawn)} of {len(asked)} levels had to be followed by the next at least once"
    said += f"; {never} {'was' if never == 1 else 'were'} asked three times or more and never answered." if never else "."
    columns = ("Team", "Level", "Paged", "Answered", "Unanswered", "Median", "Nine of ten")
    rows = [
        (name_of_team(one.team, catalog), one.level, one.paged, one.answered, one.unanswered, span(one.answer.median), span(one.answer.p90))
        for one in report.levels
    ]
    return card(
        "Levels that were not answered",
        legend(("bad", "not answered: the next was paged"), ("good", "acknowledged by one of those paged")) if drawn else "",
        bars(drawn[:_ROWS], 0),
        more(drawn[_ROWS:], "levels", 0),
        details("The numbers of all levels", table(columns, rows, "Levels and their answers")),
        said=said,
        wide=True,
    )


def _asked(one: LevelFigures) -> int:
    return one.answered + one.unanswered


def _level(one: LevelFigures, catalog: Catalog) -> Bar:
    pieces = (
        ("bad", one.unanswered, f"{number(one.unanswered)} not answered"),
        ("good", one.answered, f"{number(one.answered)} acknowledged"),
    )
    figure = f"{number(one.unanswered)} of {number(_asked(one))}"
    return Bar(f"{name_of_team(one.team, catalog)}, level {one.level}", pieces, figure, share(one.unanswered, _asked(one)))


# ── what changed, what was asked, what failed ─────────────────────────────────────────────────────────────────────────


def changes(report: Report, catalog: Catalog) -> str:
    """Re-routes, teams added, severities raised."""
    moved = [(f"{name_of_team(before, catalog)} → {name_of_team(after, catalog)}", count) for before, after, count in report.rerouted]
    added = [(name_of_team(team, catalog), count) for team, count in report.teams_added]
    raised = [(f"{before} → {after}", count) for before, after, count in report.raised]
    groups = (("Went from one team to another", moved), ("Teams brought in later", added), ("Severity raised later", raised))
    parts = []
    for title, group in groups:
        if group:
            most = group[0][1]
            drawn = [Bar(what, (("main", count, f"{number(count)} incidents"),), number(count)) for what, count in group]
            parts.append(f"<div><h3>{title}</h3>{bars(drawn[:_ROWS], most, long=True)}{more(drawn[_ROWS:], 'rows', most)}</div>")
    if not parts:
        return ""
    said = "Incidents that turned out to be another team's, more teams' or graver than they were declared."
    return card("What turned out differently", f'<div class="columns-of-bars">{"".join(parts)}</div>', said=said, wide=True)


def nudges(report: Report) -> str:
    """What became of the nudges of each rule."""
    if not report.nudges:
        return ""
    drawn = []
    for one in report.nudges:
        parts = (("good", one.accepted, "accepted"), ("bad", one.declined, "declined"), ("other", one.expired, "expired"))
        pieces = tuple((kind, count, f"{number(count)} {what}") for kind, count, what in (*parts, ("faint", one.open, "open")))
        total = one.accepted + one.declined + one.expired + one.open
        drawn.append(Bar(one.rule, pieces, f"{number(one.accepted)} of {number(total)}", share(one.accepted, total)))
    columns = ("Rule", "Accepted", "Declined", "Expired", "Open")
    rows = [(one.rule, one.accepted, one.declined, one.expired, one.open) for one in report.nudges]
    return card(
        "Nudges",
        legend(("good", "accepted"), ("bad", "declined"), ("other", "expired"), ("faint", "open")),
        bars(drawn[:_ROWS], 0, long=True),
        more(drawn[_ROWS:], "rules", 0),
        details("The numbers", table(columns, rows, "Nudges")),
        said="What people said to what the rules proposed.",
    )


def gateways(report: Report) -> str:
    """Messages by gateway, and why some failed."""
    if not report.gateways:
        return ""
    failed, tried = sum(one.failed for one in report.gateways), sum(one.tried for one in report.gateways)
    columns = ("Gateway", "Messages", "Sent", "Failed", "Tried again")
    rows = [(one.gateway, one.tried, one.sent, one.failed, one.retried) for one in report.gateways]
    said = "No message was given up."
    if failed:
        said = f"{number(failed)} of {number(tried)} messages never went out ({share(failed, tried)})."
    causes = "".join(_causes(one) for one in report.gateways if one.causes)
    return card(
        "Delivery",
        legend(("day", "sent"), ("bad", "failed for good"), ("faint", "neither yet")),
        bars([_gateway(one) for one in report.gateways]),
        f"<h3>Why messages failed</h3>{causes}" if causes else "",
        details("The numbers", table(columns, rows, "Delivery")),
        said=said,
    )


def _gateway(one: GatewayFigures) -> Bar:
    rest = max(0, one.tried - one.sent - one.failed)
    pieces = (
        ("bad", one.failed, f"{number(one.failed)} failed"),
        ("day", one.sent, f"{number(one.sent)} sent"),
        ("faint", rest, f"{number(rest)} neither yet"),
    )
    return Bar(one.gateway, pieces, number(one.tried), f"{number(one.failed)} failed" if one.failed else "")


def _causes(one: GatewayFigures) -> str:
    shown = [f"<li>{number(count)} × {name(cause[:_LONGEST_CAUSE])}</li>" for cause, count in one.causes]
    rest = shown[_CAUSES:]
    more = details(f"{len(rest)} more causes", f'<ul class="causes">{"".join(rest)}</ul>', kind="more") if rest else ""
    return f'<p class="cause">{name(one.gateway)}</p><ul class="causes">{"".join(shown[:_CAUSES])}</ul>{more}'


# ── teams and severities ──────────────────────────────────────────────────────────────────────────────────────────────


def times_by(column: str, title: str, rows: Sequence[tuple[str, Times]], said: str, *, wide: bool = False) -> str:
    """The three times of each severity or team; a line under the time to acknowledge makes the slow ones stand out."""
    if len(rows) < 2:
        return ""
    most = max(one.acknowledge.median or 0 for _, one in rows)
    shown = [(what, one.incidents, _twice(one.page), _twice(one.acknowledge, most), _twice(one.resolve)) for what, one in rows]
    columns = (column, "Incidents", "Page", "Ack", "Resolve")
    return card(title, table(columns, shown, f"{title}: times"), said=f"{said} Median, then what nine of ten stay under.", wide=wide)


def _twice(spread: Spread, most: int = 0) -> Html:
    """The median, what nine of ten stay under, and how the median compares with the `most`."""
    if not spread.count:
        return Html("–")
    line = f'<i class="main" style="width:{100 * (spread.median or 0) / most:.1f}%"></i>' if most else ""
    return Html(f'{text(span(spread.median))}<small class="then">{text(span(spread.p90))}</small>{line}')


def more(rest: Sequence[Bar], what: str, most: int | None = None, said: str = "") -> str:
    """The bars that a list has no room for, behind a click."""
    return details(f"{len(rest)} more {what}{f', {said}' if said else ''}", bars(rest, most), kind="more") if rest else ""


CSS = """
.columns-of-bars { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 0 2.5rem; }
.columns-of-bars h3 { margin-top: .8rem; }
.causes { margin: .1rem 0; padding-left: 1.1rem; font-size: .85rem; } .cause { font-weight: 600; font-size: .85rem; color: var(--ink); }
.then { display: block; font-size: .8rem; color: var(--dim); }
td i.main { display: block; height: 3px; margin: 2px 0 0 auto; border-radius: 2px; }
@media (min-width: 45.01rem) { .wide .then { display: inline-block; min-width: 4.5em; margin-left: .3rem; } }
"""
