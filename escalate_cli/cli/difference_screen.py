"""What `diff` answers: by person and by service, for a terminal, a pull request, a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.duration import SECOND, Instant, Span, show_duration
from escalate_cli.core.moment import iso, local_time
from escalate_cli.core.text import printable
from escalate_cli.foresight.difference import Change

if TYPE_CHECKING:
    from rich.console import Console


def difference_data(changes: Sequence[Change]) -> dict[str, Any]:
    """The changes as JSON carries them (product.md §6); `at` is the first moment of those in `moments`."""
    return {
        "changes": [
            {
                "service": one.service,
                "severity": one.severity,
                "person": one.person,
                "before_seconds": None if one.before is None else one.before // SECOND,
                "after_seconds": None if one.after is None else one.after // SECOND,
                "at": iso(one.at),
                "moments": [iso(at) for at in one.moments],
            }
            for one in changes
        ]
    }


def draw(console: Console, changes: Sequence[Change], moments: Sequence[Instant], old: Catalog, new: Catalog) -> None:
    """Person by person: what is new for them; then which services it is about."""
    from escalate_cli.cli import screens

    zone = new.settings.timezone
    if not changes:
        console.print("Nothing changes for anybody.")
    for person in _people(changes):
        screens.heading(console, person_name(person, old, new), above=person != _people(changes)[0])
        rows = _rows(_of(changes, person), len(moments), zone, old, new)
        console.print(screens.table(("service", "severity", "before", "after", "", "when"), rows, wrap=("service", "severity", "when")))
    if changes:
        screens.heading(console, "By service")
        rows_of_services = [(service_name(one, old, new), _people_of(changes, one, old, new)) for one in _services(changes)]
        console.print(screens.table(("service", "changes for"), rows_of_services, wrap=("service", "changes for")))
    looked = ", ".join(local_time(one, zone) for one in moments)
    console.print()
    console.print(screens.words(f"Looked at {looked} ({zone}).", "dim"))


def markdown(changes: Sequence[Change], moments: Sequence[Instant], old: Catalog, new: Catalog) -> str:
    """The changes for a pull request: a table person by person, and one service by service."""
    zone = new.settings.timezone
    if not changes:
        return "**Who is paged:** nothing changes for anybody.\n"
    people = len(_people(changes))
    lines = [f"**Who is paged:** {'changes for one person' if people == 1 else f'changes for {people} people'}.", ""]
    lines += ["| person | service | severity | before | after | | when |", "|---|---|---|---|---|---|---|"]
    for person in _people(changes):
        for row in _rows(_of(changes, person), len(moments), zone, old, new):
            lines.append("| " + " | ".join(_cell(cell) for cell in (person_name(person, old, new), *row)) + " |")
    lines += ["", "| service | changes for |", "|---|---|"]
    lines += [f"| {_cell(service_name(one, old, new))} | {_cell(_people_of(changes, one, old, new))} |" for one in _services(changes)]
    looked = ", ".join(local_time(one, zone) for one in moments)
    return "\n".join([*lines, "", f"<sub>Times count from the declaration, if nobody answers. Looked at {looked} ({zone}).</sub>", ""])


def _cell(text: object) -> str:
    shown = printable(str(text))
    for mark in "\\|`*_<[":
        shown = shown.replace(mark, "\\" + mark)
    return shown


def _rows(changes: Sequence[Change], looked_at: int, zone: str, old: Catalog, new: Catalog) -> list[tuple[str, ...]]:
    """One row for all services and severities for which the same changes at the same moments."""
    alike: dict[tuple[object, ...], dict[str, list[Change]]] = {}
    for one in changes:
        alike.setdefault((one.before, one.after, one.moments), {}).setdefault(one.service, []).append(one)
    rows: list[tuple[str, ...]] = []
    for services in alike.values():
        together: dict[tuple[str, ...], list[Change]] = {}
        for some in services.values():
            together.setdefault(tuple(one.severity for one in some), []).append(some[0])
        for severities, some in together.items():
            one = some[0]
            names = ", ".join(service_name(each.service, old, new) for each in some)
            when = _when(one, looked_at, zone)
            rows.append((names, ", ".join(severities), _span(one.before), _span(one.after), _verdict(one), when))
    return rows


def _when(one: Change, looked_at: int, zone: str) -> str:
    if len(one.moments) == looked_at:
        return "always"
    more = len(one.moments) - 1
    return local_time(one.at, zone) + (f" and {more} more" if more else "")


def _span(span: Span | None) -> str:
    return "–" if span is None else "at once" if span == 0 else show_duration(span)


def _verdict(one: Change) -> str:
    if one.before is None or one.after is None:
        return "new" if one.before is None else "no longer"
    return "later" if one.after > one.before else "earlier"


def _people(changes: Sequence[Change]) -> list[str]:
    return sorted({one.person for one in changes})


def _services(changes: Sequence[Change]) -> list[str]:
    return sorted({one.service for one in changes})


def _of(changes: Sequence[Change], person: str) -> list[Change]:
    return [one for one in changes if one.person == person]


def _people_of(changes: Sequence[Change], service: str, old: Catalog, new: Catalog) -> str:
    verdicts: dict[str, dict[str, None]] = {}
    for one in changes:
        if one.service == service:
            verdicts.setdefault(one.person, {})[_verdict(one)] = None
    return ", ".join(f"{person_name(person, old, new)} ({', '.join(what)})" for person, what in verdicts.items())


def person_name(person: str, old: Catalog, new: Catalog) -> str:
    """The name, as the newer configuration that has the person knows it."""
    known = new.people.get(person) or old.people.get(person)
    return known.name if known else person


def service_name(service: str, old: Catalog, new: Catalog) -> str:
    """The name, as the newer configuration that has the service knows it."""
    known = new.services.get(service) or old.services.get(service)
    return known.name if known else service
