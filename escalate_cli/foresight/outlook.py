"""Everything that `check` looks ahead for, in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.duration import MINUTE, WEEK, Instant
from escalate_cli.foresight.coverage import Coverage, cover
from escalate_cli.foresight.dead_ends import dead_ends
from escalate_cli.foresight.expectations import check_expectations
from escalate_cli.foresight.findings import Finding, holes
from escalate_cli.foresight.loose_ends import loose_ends
from escalate_cli.foresight.rotas import never_on_call


@dataclass(frozen=True, slots=True)
class Outlook:
    """The coverage of the coming weeks, and what is wrong with it and around it, in the order of the files."""

    coverage: Coverage
    findings: tuple[Finding, ...]


def look_ahead(catalog: Catalog, now: Instant, weeks: int, progress: Callable[[int, int], None] | None = None) -> Outlook:
    """Look at the `weeks` from the full minute before `now` on. `progress` is told how much of the longest part is done."""
    start = now - now % MINUTE
    until = start + weeks * WEEK
    awake = replace(catalog, maintenance=())  # a planned maintenance is meant to page nobody: it is no hole
    coverage = cover(awake, start, until, progress)
    findings = [
        *holes(coverage, catalog),
        *check_expectations(awake, start, until),
        *dead_ends(coverage, awake),
        *loose_ends(catalog, start),
        *never_on_call(catalog, start),
    ]
    return Outlook(coverage, tuple(sorted(findings, key=lambda one: (place_of(one.source), one.code))))


def place_of(source: str) -> tuple[str, int]:
    """File and line of a "file:line"; line 0 where there is none."""
    file, _, line = source.rpartition(":")
    return (file, int(line)) if file and line.isdigit() else (source, 0)
