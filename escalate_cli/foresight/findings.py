"""The findings of coverage as sentences: what is wrong, where it is configured, what to do, and the
command that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import DAY, HOUR, MINUTE, Instant, Span, show_about, show_duration
from escalate_cli.core.calendar.moment import NotAMoment, iso, local_day, named_time, parse_moment, typed_time
from escalate_cli.core.organisation.catalog import Catalog, Urgency
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.problem import ERROR, WARNING, Place, Problem, ProblemLevel
from escalate_cli.foresight.coverage import Coverage, Row
from escalate_cli.foresight.stretches import Stretch


def foreseen(
    level: ProblemLevel, code: str, source: str, message: str, hint: str = "", shown_by: str = ""
) -> Problem:
    """A problem that foresight found at `source`, which is "file:line". The hint ends with the
    command line that shows it, if there is one.
    """
    if shown_by:
        hint += f"{'; ' if hint else ''}see it: {shown_by}"
    return Problem(level, code, message, hint, Place.of(source))


class Period(msgspec.Struct, frozen=True):
    """Neighbouring stretches of one row that share a fault; `worst` is the one in which it takes longest."""

    start: Instant
    until: Instant
    worst: Stretch


def holes(coverage: Coverage, catalog: Catalog) -> Iterator[Problem]:
    """Where nobody but the fallback is reached, and where the first person is reached later than
    `[settings].reach_within`. Nobody at all, not even the fallback, is an error.

    A severity of low urgency may wait, so only for high urgency somebody can be late. What belongs
    together is one finding: the services of a team under one policy, at all severities, in all
    weeks. The worst case of it is told in full.
    """
    limit = catalog.settings.reach_within
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in coverage.rows:
        groups.setdefault((row.team, row.policy, _place(row, catalog)), []).append(row)
    for (_, _, source), rows in groups.items():
        unreached = [(row, period) for row in rows for period in periods(row.stretches, _is_unreached)]
        late = [
            (row, period)
            for row in rows
            if any(catalog.severity(severity).urgency is Urgency.HIGH for severity in row.severities)
            for period in periods(
                _cut(row.stretches, limit),
                lambda stretch: not _is_unreached(stretch) and (stretch.after or 0) > limit,
            )
        ]
        if unreached:
            yield _nobody(unreached, source, coverage, catalog)
        if late:
            yield _late(late, source, coverage, catalog)


def _cut(stretches: Iterable[Stretch], limit: Span) -> Iterator[Stretch]:
    """The stretches. Those that shrink are cut in two where the rest of the wait is `limit`."""
    for stretch in stretches:
        bearable_at = None if stretch.reached_at is None or not stretch.held else stretch.reached_at - limit
        if bearable_at is not None and stretch.start < bearable_at < stretch.until:
            yield replace(stretch, until=bearable_at)
            yield replace(stretch, start=bearable_at, after=limit)
        else:
            yield stretch


def periods(stretches: Iterable[Stretch], is_faulty: Callable[[Stretch], bool]) -> list[Period]:
    """The longest runs of stretches for which `is_faulty` says yes."""
    runs: list[Period] = []
    open_run: list[Stretch] = []
    for stretch in stretches:
        if is_faulty(stretch):
            open_run.append(stretch)
        elif open_run:
            runs.append(_period(open_run))
            open_run = []
    if open_run:
        runs.append(_period(open_run))
    return runs


def _period(run: Sequence[Stretch]) -> Period:
    worst = max(run, key=lambda stretch: (stretch.after is None, stretch.after or 0))
    return Period(run[0].start, run[-1].until, worst)


def _is_unreached(stretch: Stretch) -> bool:
    return stretch.by_fallback or not stretch.people


def _place(row: Row, catalog: Catalog) -> str:
    """Where the policy is chosen: at the service if it names one of its own, else at the team."""
    service = catalog.services[row.services[0]]
    team = catalog.teams.get(row.team)
    return service.source if service.policy or team is None else team.source


def _nobody(faults: list[tuple[Row, Period]], source: str, coverage: Coverage, catalog: Catalog) -> Problem:
    row, period = max(
        faults,
        key=lambda fault: (fault[1].worst.after is None, fault[1].until - fault[1].start, -fault[1].start),
    )
    worst = period.worst
    instead = "and there is no fallback"
    if worst.after is not None:
        names = ", ".join(_name(person, catalog) for person in worst.people)
        instead = f"only the fallback, {names}, after {show_duration(worst.after)}"
    elif catalog.fallback.page:
        instead = "and the fallback reaches nobody either"
    message = (
        f'{_what(faults)}: policy "{row.policy}" reaches nobody {_when(faults, period, coverage, catalog)}:'
        f" {instead}"
    )
    hint = (
        f'close the gap in the schedules of policy "{row.policy}", or end it with a level that always reaches'
        " somebody"
    )
    if worst.after is None:
        addressed = " with an address for every urgency" if catalog.fallback.page else ""
        hint += f'; and give [fallback] a page = ["person:…"]{addressed}'
    level = ERROR if worst.after is None else WARNING
    return foreseen(
        level,
        "nobody-reached",
        source,
        message,
        hint,
        _shown_by(row, worst.start, coverage, catalog, worst.after),
    )


def _late(faults: list[tuple[Row, Period]], source: str, coverage: Coverage, catalog: Catalog) -> Problem:
    row, period = max(faults, key=lambda fault: (fault[1].worst.after or 0, -fault[1].start))
    worst, zone = period.worst, catalog.settings.timezone
    after = worst.after or 0
    names = ", ".join(_name(person, catalog) for person in worst.people)
    held = f", {named_time(worst.reached_at, zone)}" if worst.held else ""
    limit, when = show_duration(catalog.settings.reach_within), _when(faults, period, coverage, catalog)
    message = (
        f"{_what(faults)}: the first person is reached later than {limit} {when};"
        f" declared {named_time(worst.start, zone)}, {names} after {show_about(after)}{held}"
    )
    hint = (
        f'page a person earlier in policy "{row.policy}", without `during` or after a shorter `wait`, or'
        " raise [settings].reach_within"
    )
    return foreseen(
        WARNING, "reached-late", source, message, hint, _shown_by(row, worst.start, coverage, catalog, after)
    )


def _what(faults: list[tuple[Row, Period]]) -> str:
    """Which services at which severities: `login, payments (major, critical)`."""
    services = list(dict.fromkeys(service for row, _ in faults for service in row.services))
    severities = list(dict.fromkeys(severity for row, _ in faults for severity in row.severities))
    return f"{first_few(services)} ({', '.join(severities)})"


def _when(faults: list[tuple[Row, Period]], period: Period, coverage: Coverage, catalog: Catalog) -> str:
    zone = catalog.settings.timezone
    times = len({(other.start, other.until) for _, other in faults}) - 1
    more = (
        f" (and {times} more time{'s' * (times != 1)} until {local_day(coverage.until, zone)})"
        if times
        else ""
    )
    if (period.start, period.until) == (coverage.start, coverage.until):
        return f"at any time{more}"
    return f"from {named_time(period.start, zone)} until {named_time(period.until, zone)}{more}"


def first_few(names: Sequence[str], most: int = 3) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _name(person: str, catalog: Catalog) -> str:
    return catalog.name_of(Recipient.person(person))


def _shown_by(row: Row, at: Instant, coverage: Coverage, catalog: Catalog, after: Span | None) -> str:
    severity = row.severities[-1]
    long_enough = (after or 0) + 15 * MINUTE
    return simulate_command(row.services[0], severity, at, catalog, long_enough)


def simulate_command(
    service: str, severity: str, at: Instant, catalog: Catalog, long_enough: Span = 0
) -> str:
    """The command line that shows what happens then; with `--for` where its default would end too early."""
    command = (
        f"escalate simulate --service {service} --severity {severity} --at"
        f" {_typed(at, catalog.settings.timezone)}"
    )
    return command if long_enough < DAY else f"{command} --for {-(-long_enough // HOUR)}h"


def _typed(at: Instant, zone: str) -> str:
    """`at` as somebody types it: local where that is unmistakable, else in UTC."""
    local = typed_time(at, zone)
    try:
        if parse_moment(local, at, zone) == at:
            return f'"{local}"'
    except NotAMoment:
        pass
    return str(iso(at))
