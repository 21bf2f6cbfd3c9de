"""What `simulate` is told to have happen: `AFTER`, `AFTER:WHAT` as typed, and the happenings they mean."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from escalate_cli.actions import lookup as meaning
from escalate_cli.cli.arguments import to_duration
from escalate_cli.core.changes.update import Changes
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.errors import UsageProblem
from escalate_cli.foresight import happenings
from escalate_cli.foresight.simulation import Happening


class TypedScript(msgspec.Struct, frozen=True):
    """The options of a script, as typed."""

    ack: Sequence[str] = ()
    passed: Sequence[str] = ()
    raised: Sequence[str] = ()
    add: Sequence[str] = ()
    drop: Sequence[str] = ()
    nudge: Sequence[str] = ()
    messages: Sequence[str] = ()
    resolve: str | None = None


def script(typed: TypedScript, catalog: Catalog) -> list[Happening]:
    """The happenings in the order of the options; `Unknown` for what the configuration does not
    have, `UsageProblem` for nonsense.
    """
    made: list[Happening] = []
    for text in typed.ack:
        after, _, person = text.partition(":")
        who = meaning.find_person(person, catalog).id if person else None
        made.append(happenings.acknowledgement(to_duration("--ack", after), who))
    for text in typed.passed:
        after, _, person = text.partition(":")
        who = meaning.find_person(person, catalog).id if person else None
        made.append(happenings.passing(to_duration("--pass", after), who))
    for text in typed.raised:
        after, severity = _both("--raise", text, "SEVERITY")
        made.append(
            happenings.change(
                to_duration("--raise", after), Changes(severity=meaning.find_severity(severity, catalog))
            )
        )
    for text in typed.add:
        after, service = _both("--add-service", text, "S")
        added = meaning.find_service(service, catalog).id
        made.append(happenings.change(to_duration("--add-service", after), Changes(add_services=(added,))))
    for text in typed.drop:
        after, service = _both("--drop-service", text, "S")
        dropped = meaning.find_service(service, catalog).id
        made.append(
            happenings.change(to_duration("--drop-service", after), Changes(drop_services=(dropped,)))
        )
    for text in typed.nudge:
        after, answer = _both("--nudge", text, "yes|no")
        if answer not in ("yes", "no"):
            raise UsageProblem(f'--nudge: "{answer}" is neither yes nor no', "write --nudge 20m:yes")
        made.append(happenings.nudge_answer(to_duration("--nudge", after), answer == "yes"))
    for text in typed.messages:
        after, words = _both("--message", text, "M")
        made.append(happenings.change(to_duration("--message", after), Changes(message=words)))
    if typed.resolve is not None:
        made.append(happenings.resolution(to_duration("--resolve", typed.resolve)))
    return made


def _both(option: str, text: str, what: str) -> tuple[str, str]:
    after, colon, value = text.partition(":")
    if not colon or not value:
        raise UsageProblem(
            f'{option}: "{text}" does not say what', f"write {option} AFTER:{what}, as in {option} 20m:{what}"
        )
    return after, value
