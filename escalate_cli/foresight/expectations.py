"""`[[expect]]`: tests of the policy. Each is run by simulating a declaration at every moment that
it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from escalate_cli.core.calendar.duration import WEEK, Instant, Span, show_duration
from escalate_cli.core.calendar.hours import instant_to_local, local_to_instant
from escalate_cli.core.calendar.moment import named_time, parse_iso, parse_weekly
from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Expectation
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.problem import ERROR, Problem
from escalate_cli.foresight.findings import foreseen, simulate_command
from escalate_cli.foresight.simulation import SimulatedMessage, simulate


def check_expectations(catalog: Catalog, start: Instant, until: Instant) -> Iterator[Problem]:
    """A finding for every expectation that fails at some moment from `start` until `until`, or on
    its date.
    """
    for expectation in catalog.expectations:
        moments = moments_of(expectation.at, catalog.settings.timezone, start, until)
        failing = [at for at in moments if not is_met(expectation, catalog, at)]
        if failing:
            yield _finding(expectation, failing, len(moments), catalog)


def moments_of(at: str, zone: str, start: Instant, until: Instant) -> list[Instant]:
    """The moments that "sun 03:00" means between `start` and `until`, or the one that a local date
    and time means, at any time. A local time that the clock skips means the first instant after
    the gap, as for handoffs.
    """
    weekly = parse_weekly(at)
    if weekly is None:
        return [local_to_instant(parse_iso(at), zone)]
    day, clock = weekly
    first = datetime.combine(instant_to_local(start, zone).date(), clock)
    first += timedelta(days=(day - first.weekday()) % 7)
    weeks = (until - start) // WEEK + 2
    moments = [local_to_instant(first + timedelta(weeks=number), zone) for number in range(weeks)]
    return [moment for moment in moments if start <= moment < until]


def is_met(expectation: Expectation, catalog: Catalog, at: Instant) -> bool:
    """Whether a declaration at `at` reaches in time whom the expectation names. A person is reached
    by a page. A team is reached by a page to one of its people (members, lead, on its schedule).
    A channel is reached by any message.
    """
    return any(
        _is_meant(message, expectation.reaches, catalog)
        for message in _messages(expectation, catalog, at, expectation.within)
    )


def _messages(
    expectation: Expectation, catalog: Catalog, at: Instant, span: Span
) -> tuple[SimulatedMessage, ...]:
    """What is sent until the expected target is reached, for `span` at most."""
    declaration = Declaration(expectation.service, expectation.severity, (expectation.service,))
    return simulate(
        declaration,
        catalog,
        at,
        at + span,
        enough=lambda message: _is_meant(message, expectation.reaches, catalog),
    ).messages


def _is_meant(message: SimulatedMessage, reaches: str, catalog: Catalog) -> bool:
    kind, _, name = reaches.partition(":")
    if kind == "channel":
        return message.recipient == reaches
    if message.kind is not NotificationKind.PAGE or message.person is None:
        return False
    return message.person == name if kind == "person" else name in catalog.teams_of(message.person)


def _finding(expectation: Expectation, failing: list[Instant], moments: int, catalog: Catalog) -> Problem:
    zone = catalog.settings.timezone
    often = f" ({len(failing)} of {moments} times)" if moments > 1 else ""
    messages = _messages(expectation, catalog, failing[0], WEEK)
    reached = next(
        (message for message in messages if _is_meant(message, expectation.reaches, catalog)), None
    )
    others = _paged(messages, catalog, before=reached)
    if reached is not None:
        instead = f"{catalog.name_of(reached.recipient)} is reached after {show_duration(reached.after)}"
        instead += f"; before that {others}" if others else ""
    else:
        instead = f"it never is; {others or 'nobody is paged'}"
    message = (
        f"expected {expectation.service} ({expectation.severity}) at {named_time(failing[0], zone)} to reach"
        f" {expectation.reaches} within {show_duration(expectation.within)}{often}: {instead}"
    )
    hint = "change what the policy does, or what is expected here"
    after = reached.after if reached is not None else 0
    shown_by = simulate_command(expectation.service, expectation.severity, failing[0], catalog, after)
    return foreseen(ERROR, "expectation-failed", expectation.source, message, hint, shown_by)


def _paged(messages: tuple[SimulatedMessage, ...], catalog: Catalog, before: SimulatedMessage | None) -> str:
    """Who is paged and when: `Ana Ruiz at once, Bo Lind after 5m`; the first few."""
    first: dict[Recipient, SimulatedMessage] = {}
    for message in messages:
        if (
            message.kind is NotificationKind.PAGE
            and message.person
            and (before is None or message.after < before.after)
        ):
            first.setdefault(message.recipient, message)
    paged = [f"{catalog.name_of(recipient)} {_after(page.after)}" for recipient, page in first.items()]
    more = f" and {len(paged) - 4} more" if len(paged) > 4 else ""
    return ", ".join(paged[:4]) + more


def _after(span: Span) -> str:
    return f"after {show_duration(span)}" if span else "at once"
