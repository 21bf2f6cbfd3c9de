"""What `check` answers: problems of the configuration and findings of foresight as one list, as
text, JSON or SARIF.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from escalate_cli.config.places import UnplacedProblem, put_in_place
from escalate_cli.config.problems import render
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem, ProblemLevel
from escalate_cli.errors import ExitCode
from escalate_cli.foresight.look_ahead import look_ahead
from escalate_cli.health.doctor.addresses import bad_addresses

if TYPE_CHECKING:
    from escalate_cli.foresight.look_ahead import Forecast
    from escalate_cli.health.doctor.addresses import AddressProblem

_MANY_ROWS = 300
"""from here on coverage takes seconds, and somebody who waits wants to know for how long"""


def forecast(catalog: Catalog, now: Instant, weeks: int, *, quiet: bool) -> Forecast:
    """Look ahead; where it takes a while and somebody watches, a line on stderr tells how far it has come."""
    return look_ahead(catalog, now, weeks, _progress() if sys.stderr.isatty() and not quiet else None)


def _progress() -> Callable[[int, int], None]:
    def tell(done: int, of: int) -> None:
        if of < _MANY_ROWS or (done % 10 and done != of):
            return
        filled = 30 * done // of
        bar = "█" * filled + "░" * (30 - filled)
        sys.stderr.write(f"\r\033[Klooking ahead {bar} {100 * done // of:3} %" if done < of else "\r\033[K")
        sys.stderr.flush()

    return tell


def address_problems(
    catalog: Catalog, environ: Mapping[str, str], path: Path
) -> tuple[list[Problem], list[str]]:
    """The addresses that cannot work, with their places; and a note where they could not be tried."""
    bad = bad_addresses(catalog, environ)
    if bad is None:
        return [], [
            "the addresses could not be tried: Apprise cannot be loaded here, or took too long (`escalate"
            " doctor`)"
        ]
    unplaced = [
        UnplacedProblem(address.path, _level(address), address.code, address.message, address.hint)
        for address in bad
    ]
    return put_in_place(path, unplaced), []


def _level(address: AddressProblem) -> ProblemLevel:
    return ERROR if address.sure and not address.only_here else WARNING


def verdict(configured: Sequence[Problem], foreseen: Sequence[Problem], *, strict: bool) -> ExitCode:
    """3 where the configuration itself is at fault, 1 where it is sound but does not do what it should."""
    for problems, code in ((configured, ExitCode.CONFIGURATION), (foreseen, ExitCode.NO)):
        if any(strict or problem.level == ERROR for problem in problems):
            return code
    return ExitCode.DONE


def text(problems: Sequence[Problem], path: Path) -> str:
    """Every problem in full, then the count."""
    errors = sum(problem.level == ERROR for problem in problems)
    counted = ((errors, "error"), (len(problems) - errors, "warning"))
    counts = [f"{count} {word}{'s' * (count != 1)}" for count, word in counted if count]
    return "\n\n".join([*map(render, problems), f"{path}: {' and '.join(counts) or 'no problems'}"])
