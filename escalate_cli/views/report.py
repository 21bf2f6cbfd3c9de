"""The figures of `report` as JSON and as CSV, and its incidents as CSV.

CSV goes to spreadsheets, and what people typed may begin like a formula: such cells get an
apostrophe in front, which spreadsheets take as "this is text"
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from escalate_cli.core.calendar.duration import SECOND, Span
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.text import printable
from escalate_cli.core.wording.ways import way_in_words
from escalate_cli.insight.report.figures import Report, Spread, Times
from escalate_cli.insight.report.readings import highest, teams_of
from escalate_cli.views import Data
from escalate_cli.views.numbers import DAY_NAMES

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def report_data(report: Report) -> Data:
    """The report as JSON carries it: durations in seconds, None where there is nothing to count."""
    times = report.times
    return {
        "incidents": times.incidents,
        "running": report.running,
        "never_paged": report.never_paged,
        "never_acknowledged": report.never_acknowledged,
        "not_yet_acknowledged": report.not_yet_acknowledged,
        **_times(times),
        "by_severity": [
            {"severity": name, "incidents": times.incidents, **_times(times)}
            for name, times in report.by_severity
        ],
        "by_team": [
            {"team": name, "incidents": times.incidents, **_times(times)} for name, times in report.by_team
        ],
        "acknowledgements": {
            "by_level": dict(report.acks_by_level),
            "by_gateway": dict(report.acks_by_gateway),
            "by_team": dict(report.acks_by_team),
            "by_way": {way_in_words(*way): count for way, count in report.acks_by_way},
        },
        "answers_by_gateway": [
            {
                "gateway": figures.gateway,
                "pages": figures.pages,
                "acknowledged": figures.acknowledged,
                "to_answer": _spread(figures.answer),
            }
            for figures in report.answer_by_gateway
        ],
        "answers_by_way": [
            {"way": way_in_words(*way), "to_answer": _spread(took)} for way, took in report.answer_by_way
        ],
        "levels_reached": dict(report.reached),
        "levels": [
            {
                "team": level.team,
                "level": level.level,
                "paged": level.paged,
                "answered": level.answered,
                "unanswered": level.unanswered,
                "to_answer": _spread(level.answer),
            }
            for level in report.levels
        ],
        "rerouted": [
            {"from": before, "to": after, "incidents": count} for before, after, count in report.rerouted
        ],
        "teams_added": [{"team": team, "incidents": count} for team, count in report.teams_added],
        "severity_raised": [
            {"from": before, "to": after, "incidents": count} for before, after, count in report.raised
        ],
        "nudges": [msgspec.to_builtins(nudge) for nudge in report.nudges],
        "gateways": [
            {
                **msgspec.to_builtins(gateway),
                "causes": [{"cause": why, "count": count} for why, count in gateway.causes],
            }
            for gateway in report.gateways
        ],
        "people": [msgspec.to_builtins(person) for person in report.people],
        "weeks": [
            {
                "week": week.start.isoformat(),
                "incidents": week.incidents,
                "to_acknowledge": _spread(week.acknowledge),
            }
            for week in report.weeks
        ],
        "pages_by_weekday_and_hour": [list(row) for row in report.hours],
    }


def _times(times: Times) -> Data:
    return {
        "to_first_page": _spread(times.page),
        "to_acknowledge": _spread(times.acknowledge),
        "to_resolve": _spread(times.resolve),
    }


def _spread(spread: Spread) -> Data:
    return {
        "count": spread.count,
        "median_seconds": _seconds(spread.median),
        "p90_seconds": _seconds(spread.p90),
    }


def _seconds(span: Span | None) -> int | None:
    return None if span is None else round(span / SECOND)


def figures_csv(report: Report) -> str:
    """Every figure a line: the table it belongs to, what it is about, what is measured, the value."""
    return _csv(("table", "about", "measure", "value"), _figures(report_data(report)))


def _figures(data: Data) -> Iterable[tuple[object, ...]]:
    for name, value in data.items():
        if name == "acknowledgements":
            for by, counts in value.items():
                yield from (
                    (f"acknowledged {by.replace('_', ' ')}", about, "acknowledgements", count)
                    for about, count in counts.items()
                )
        elif name == "levels_reached":
            yield from ((name, about, "incidents", count) for about, count in value.items())
        elif name == "pages_by_weekday_and_hour":
            yield from (
                (name, f"{DAY_NAMES[day]} {hour:02}", "pages", count)
                for day, row in enumerate(value)
                for hour, count in enumerate(row)
            )
        elif isinstance(value, list):
            for row in value:
                about = " ".join(str(part) for part in row.values() if isinstance(part, str))
                if name == "levels":
                    about += f" level {row['level']}"
                yield from ((name, about, measure, count) for measure, count in _measures(row))
        else:
            yield from (("all", "", measure, count) for measure, count in _measures({name: value}))


def _measures(row: Data) -> Iterable[tuple[str, object]]:
    for measure, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{measure}_{part}", count) for part, count in value.items())
        elif isinstance(value, list):
            yield from ((f"{measure}: {each['cause']}", each["count"]) for each in value)
        elif not isinstance(value, str) and measure != "level":
            yield measure, value


def incidents_csv(records: Sequence[Record], catalog: Catalog) -> str:
    """A line for each incident."""
    columns = (
        "id", "title", "severity", "first_severity", "service", "first_service", "team", "status",
        "declared_by",
        "declared_at", "resolved_at", "to_first_page_seconds", "to_acknowledge_seconds", "to_resolve_seconds",
        "acknowledged_by", "acknowledged_level", "level_reached", "pages", "people_paged", "messages",
    )  # fmt: skip
    return _csv(columns, (_incident(record, catalog) for record in records))


def _incident(record: Record, catalog: Catalog) -> tuple[object, ...]:
    first = next(
        (answer for ack, answer in zip(record.acks, record.answers, strict=True) if not ack.partly), None
    )
    return (
        record.id,
        record.title,
        record.severity,
        record.first_severity,
        ";".join(record.services),
        ";".join(record.first_services),
        ";".join(teams_of(record, catalog)),
        record.status,
        record.declared_by,
        iso(record.declared_at),
        iso(record.resolved_at),
        _seconds(record.to_page),
        _seconds(record.to_acknowledge),
        _seconds(record.to_resolve),
        first.by if first else None,
        first.level if first else None,
        highest(record),
        len(record.summons),
        len({page.person for page in record.summons}),
        len(record.pages),
    )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula, in one line."""
    if value is None or isinstance(value, int):
        return value
    text = printable(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
