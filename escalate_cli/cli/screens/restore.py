"""What putting a copy back would change, said before it is done; and the question whether to."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.cli.asking import choose, interactive
from escalate_cli.cli.output import say
from escalate_cli.context import Context
from escalate_cli.core.wording.text import printable
from escalate_cli.errors import EscalateError, ExitCode, UsageProblem
from escalate_cli.store.sqlite.comparing import Comparison, KnownIncident
from escalate_cli.views.copies import comparison_data

_MOST = 20
"""lines of one kind that are shown"""


class NotWanted(EscalateError):
    """Whoever was asked said no."""

    exit_code = ExitCode.NO
    code = "not-wanted"


def agree(context: Context, comparison: Comparison, file: str) -> None:
    """Return where the copy is to be put back: asked on a terminal; elsewhere nobody can be."""
    if context.options.json or not interactive():
        text = "restore changes what is known of incidents, and nobody can be asked here whether to"
        problem = UsageProblem(text, f"nothing was changed; to do it: escalate restore {file} --yes")
        problem.code, problem.details, problem.more = (
            "needs-yes",
            lines(comparison),
            comparison_data(comparison),
        )
        raise problem
    for line in lines(comparison):
        say(line)
    if choose(f"Put {file} back?", ("yes, put it back",)) is None:
        raise NotWanted("nothing was changed", f"to put it back: escalate restore {file}")


def lines(comparison: Comparison) -> list[str]:
    """What it would change, for people."""
    parts: list[str] = []
    if comparison.unreadable:
        parts.append("What is there now cannot be read: which incidents are not in the copy cannot be said.")
        highest = comparison.highest.get("incidents", 0)
        parts += [f"Numbers up to #{highest} have been given."] if highest else []
    if comparison.has_lost_some:
        first, last = comparison.known_up_to + 1, comparison.highest["incidents"]
        numbers = f"#{first} was" if first == last else f"#{first} to #{last} were"
        parts.append(f"What {numbers} cannot be said: the database that had it is gone.")
    parts += _part("Not in the copy, and no longer known:", comparison.missing)
    parts += _part("Open again, as they are now:", comparison.open_again)
    if comparison.unreadable or comparison.gone:
        parts += _part("Open or acknowledged in the copy, and paged from there on:", comparison.running)
    return parts or ["Every incident is in the copy, and none is open again."]


def _part(heading: str, incidents: Sequence[KnownIncident]) -> list[str]:
    if not incidents:
        return []
    shown = [
        f"  #{incident.id}  {incident.status}  {printable(incident.title)[:100]}"
        for incident in incidents[:_MOST]
    ]
    return [heading, *shown, *([f"  and {len(incidents) - _MOST:,} more"] if len(incidents) > _MOST else [])]
