"""`[[expect]]`: tests of the policy, each run by simulating a declaration at every moment that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.duration import DAY, Instant, show_duration
from escalate_cli.core.hours import instant_to_local, local_to_instant
from escalate_cli.core.incident import Declaration
from escalate_cli.core.model import NotificationKind
from escalate_cli.core.moment import local_time
from escalate_cli.core.policy import Expectation
from escalate_cli.core.targets import name_of
from escalate_cli.foresight.findings import ERROR, Finding, simulate_command
from escalate_cli.foresight.simulation import Message, simulate

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Failure:
    """A moment at which an expectation is not met, and what happens instead: the messages up to the first page that it waits for, or
    to the first person within a day."""

    at: Instant
    messages: tuple[Message, ...]
    reached: Message | None


def check_expectations(catalog: Catalog, start: Instant, until: Instant) -> Iterator[Finding]:
    """A finding for every expectation that fails at some moment from `start` until `until`, or on its date."""
    for expectation in catalog.expectations:
        moments = moments_of(expectation.at, catalog.settings.timezone, start, until)
        failures = [found for at in moments if (found := failure(expectation, catalog, at)) is not None]
        if failures:
            yield _finding(expectation, failures, len(moments), catalog)


def moments_of(at: str, zone: str, start: Instant, until: Instant) -> list[Instant]:
    """The moments that "sun 03:00" means between `start` and `until`, or the one that a local date and time means, whenever that is.

    A local time that the clock leaps over means the first instant after the leap, as it does for handoffs.
    """
    day, _, clock = at.partition(" ")
    if day not in _DAYS:
        return [local_to_instant(datetime.fromisoformat(at), zone)]
    hour, minute = map(int, clock.split(":"))
    first = instant_to_local(start, zone).replace(tzinfo=None, hour=hour, minute=minute, second=0, microsecond=0)
    first += timedelta(days=(_DAYS.index(day) - first.weekday()) % 7)
    weeks = (until - start) // (7 * DAY) + 2
    found = [local_to_instant(first + timedelta(weeks=number), zone) for number in range(weeks)]
    return [one for one in found if start <= one < until]


def failure(expectation: Expectation, catalog: Catalog, at: Instant) -> Failure | None:
    """What happens instead, if a declaration at `at` does not reach in time whom the expectation names; None if it does.

    A person is reached by a page; a team by a page to one of its people (members, lead, on its schedule); a channel by whatever it is
    told.
    """

    def is_meant(message: Message) -> bool:
        return _is_meant(message, expectation.reaches, catalog)

    said = Declaration(expectation.service, expectation.severity, (expectation.service,))
    timely = simulate(said, catalog, at, at + expectation.within, enough=is_meant)
    if any(is_meant(one) for one in timely.messages):
        return None
    longer = simulate(said, catalog, at, at + DAY, enough=is_meant)
    return Failure(at, longer.messages, next((one for one in longer.messages if is_meant(one)), None))


def _is_meant(message: Message, reaches: str, catalog: Catalog) -> bool:
    kind, _, name = reaches.partition(":")
    if kind == "channel":
        return message.recipient == reaches
    if message.kind is not NotificationKind.PAGE or message.person is None:
        return False
    return message.person == name if kind == "person" else name in catalog.teams_of(message.person)


def _finding(expectation: Expectation, failures: list[Failure], moments: int, catalog: Catalog) -> Finding:
    worst = next((one for one in failures if one.reached is None), failures[0])
    zone = catalog.settings.timezone
    often = f" ({len(failures)} of {moments} times)" if moments > 1 else ""
    wanted = f"{expectation.reaches} within {show_duration(expectation.within)}"
    if worst.reached is not None:
        instead = f"it is reached after {show_duration(worst.reached.after)}: {name_of(worst.reached.recipient, catalog)}"
        others = _paged(worst, catalog, before=worst.reached)
        instead += f"; before that {others}" if others else ""
    else:
        others = _paged(worst, catalog)
        instead = "it is not reached within a day" + (f"; {others}" if others else ", and neither is anybody else")
    message = (
        f"expected {expectation.service} ({expectation.severity}) at {local_time(worst.at, zone)} to reach {wanted}{often}; {instead}"
    )
    hint = "change what the policy does, or what is expected here"
    shown_by = simulate_command(expectation.service, expectation.severity, worst.at, catalog)
    return Finding(ERROR, "expectation-failed", expectation.source, message, hint, shown_by)


def _paged(failed: Failure, catalog: Catalog, before: Message | None = None) -> str:
    """Who is paged and when: `Ana Ruiz at once, Bo Lind after 5m`; the first few."""
    first: dict[str, Message] = {}
    for message in failed.messages:
        if message.kind is NotificationKind.PAGE and message.person and (before is None or message.after < before.after):
            first.setdefault(message.recipient, message)
    told = [f"{name_of(who, catalog)} {'at once' if not one.after else 'after ' + show_duration(one.after)}" for who, one in first.items()]
    more = f" and {len(told) - 4} more" if len(told) > 4 else ""
    return ", ".join(told[:4]) + more
