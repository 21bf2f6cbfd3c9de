"""Which incidents a command means: those whose numbers were typed, the one with a key, or the only one
that is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
import typer

from escalate_cli.actions.lookup import find_incident
from escalate_cli.actions.on_record import timeline_of
from escalate_cli.actions.open_incidents import incident_with_key, meant_without_a_name
from escalate_cli.cli.arguments import numbers
from escalate_cli.cli.asking import choose, interactive
from escalate_cli.cli.output import Answer
from escalate_cli.context import Context
from escalate_cli.core.incident.situation import Incident, IncidentStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.text import printable
from escalate_cli.errors import Unknown, UsageProblem

SomeIds = Annotated[
    list[str] | None, typer.Argument(metavar="[ID…]", help="Incidents; else the only open one")
]
SomeId = Annotated[str | None, typer.Argument(metavar="[ID]", help="The incident; else the only open one")]
Key = Annotated[
    str | None, typer.Option("--key", metavar="K", help="The open one with this key, instead of an ID")
]

_MOST_NAMED = 10
"""incidents that a question, or its refusal, names"""


class IncidentChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What a line says of the incident it is about. `verb` is the command, for hints. `unanswered`:
    without a name, what nobody has taken comes first. `option` is what takes a text, as in `numbers`."""

    typed: Sequence[str] | str | None
    verb: str
    key: str | None = None
    by: str | None = None
    unanswered: bool = False
    must_be_named: bool = False
    """no name does not mean the open one"""
    resolved_too: bool = False
    """a key may lead to one that is resolved"""
    option: str = "escalate update {first} --message"

    def incidents(self, context: Context) -> list[int]:
        """Their numbers; none where no incident with the key is open.

        `UsageProblem` names them where it may be several, and nobody can be asked.
        """
        typed = [self.typed] if isinstance(self.typed, str) else [*(self.typed or ())]
        if typed and self.key is not None:
            raise UsageProblem("either the number of an incident or --key", f"escalate {self.verb} --key KEY")
        if typed:
            return numbers(typed, self.option)
        if self.key is not None:
            number = incident_with_key(context, self.key, resolved_too=self.resolved_too)
            return [] if number is None else [number]
        if self.must_be_named:
            raise UsageProblem("missing argument 'ID'", f"run `escalate {self.verb} --help`")
        return [self._the_open_one(context)]

    def looked_at(self, context: Context, answer: Callable[[Situation, tuple[Entry, ...]], Answer]) -> Answer:
        """The answer of a command that looks at one incident and its timeline."""
        several = self.incidents(context)
        if len(several) > 1:
            raise UsageProblem(f"{self.verb} takes one incident", f"escalate {self.verb} {several[0]}")
        if not several:
            return self.nothing()
        situation = find_incident(context, several[0])
        return answer(situation, timeline_of(context, situation.incident.id))

    def nothing(self) -> Answer:
        """The answer where no incident with the key is open: there is nothing to do."""
        return Answer(None, f'No incident with the key "{self.key}" is open: nothing to do.')

    def _the_open_one(self, context: Context) -> int:
        incidents = meant_without_a_name(context, self.by, unanswered=self.unanswered)
        if not incidents:
            text = f"no incident is open (looked in {context.database_path})"
            raise Unknown(text, "`escalate list --all` shows those that are over", code="no-such-incident")
        if len(incidents) == 1:
            return incidents[0].id
        lines = [_line(incident) for incident in incidents[:_MOST_NAMED]]
        more = len(incidents) - len(lines)
        if interactive() and not context.options.json:
            ids = [incident.id for incident in incidents[:_MOST_NAMED]]
            rest = f" {more} more: `escalate list`" if more else ""
            index = choose(f"Which incident? It may be one of {len(incidents)}.{rest}", lines, ids)
            if index is not None:
                return ids[index]
        raise self._which(incidents, lines, more)

    def _which(self, incidents: Sequence[Incident], lines: Sequence[str], more: int) -> UsageProblem:
        problem = UsageProblem(
            f"which incident? It may be one of {len(incidents)}",
            f"name it: escalate {self.verb} {incidents[0].id}",
            code="which-incident",
        )
        problem.details = [
            f"  #{incident.id}  {line}" for incident, line in zip(incidents, lines, strict=False)
        ]
        problem.details += [f"  and {more} more: escalate list"] if more else []
        problem.more = {"incidents": [{"id": incident.id, "title": incident.title} for incident in incidents]}
        return problem


def _line(incident: Incident) -> str:
    taken = ", acknowledged" if incident.status is IncidentStatus.ACKNOWLEDGED else ""
    return f"{clip(printable(incident.title), 60)} ({incident.severity}{taken})"
