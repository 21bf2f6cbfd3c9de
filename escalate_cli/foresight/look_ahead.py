"""Everything that `check` looks ahead for, in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import MINUTE, WEEK, Instant
from escalate_cli.core.changes.on_paper import unusable_on_paper
from escalate_cli.core.escalation.soundness import unusable
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import ERROR, Problem
from escalate_cli.foresight.coverage import Coverage, cover
from escalate_cli.foresight.dead_ends import dead_ends
from escalate_cli.foresight.expectations import check_expectations
from escalate_cli.foresight.findings import foreseen, holes
from escalate_cli.foresight.loose_ends import loose_ends
from escalate_cli.foresight.never_on_call import never_on_call


class Forecast(msgspec.Struct, frozen=True):
    """The coverage of the coming weeks, and what is wrong with it and around it, in the order of
    the files.
    """

    coverage: Coverage
    findings: tuple[Problem, ...]


def look_ahead(
    catalog: Catalog, now: Instant, weeks: int, progress: Callable[[int, int], None] | None = None
) -> Forecast:
    """Look at the `weeks` from the full minute before `now` on. `progress` is told how much of the
    longest part is done.

    What cannot be used is an error, and so is what cannot even be looked at. Neither stops the
    rest.
    """
    start = now - now % MINUTE
    until = start + weeks * WEEK
    awake = replace(
        catalog, maintenance=()
    )  # a planned maintenance is meant to page nobody, so it is no hole
    coverage = cover(awake, start, until, progress)
    looks: dict[str, Callable[[], Iterable[Problem]]] = {
        "what can be used": lambda: _unusable(catalog, now),
        "whom coverage leaves out": lambda: holes(coverage, catalog),
        "what is expected": lambda: check_expectations(awake, start, until),
        "where nobody is reached": lambda: dead_ends(coverage, awake),
        "what nothing refers to": lambda: loose_ends(catalog, start),
        "who is never on call": lambda: never_on_call(catalog, start),
    }
    findings = [_not_looked_at(f"coverage of {what}", why) for what, why in coverage.unknown]
    findings += [finding for what, look in looks.items() for finding in _looked(what, look)]
    return Forecast(
        coverage, tuple(sorted(findings, key=lambda problem: (problem.place.position, problem.code)))
    )


def _unusable(catalog: Catalog, now: Instant) -> Iterator[Problem]:
    for problem in (*unusable(catalog, now), *unusable_on_paper(catalog, now)):
        yield foreseen(
            ERROR,
            "unusable",
            problem.source,
            problem.text,
            "pages go on without it: put it right, or report it as a bug",
        )


def _looked(what: str, look: Callable[[], Iterable[Problem]]) -> list[Problem]:
    try:
        return list(look())
    except Exception as problem:
        return [_not_looked_at(what, words_of(problem))]


def _not_looked_at(what: str, why: str) -> Problem:
    return foreseen(
        ERROR, "not-looked-at", "", f"{what} could not be looked at ({why})", "please report it as a bug"
    )
