"""Handing in what a monitor sent is one call: it is read, taken in, what follows is delivered, and what
came of it is a value. Whatever fails, nothing is lost: what cannot be read is set aside and an incident
says so, what cannot be stored is kept for the next pass.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.aftermath import deliver_now, undelivered
from escalate_cli.actions.alert_intake import AlertIntake, AlertTaken, store_alerts
from escalate_cli.actions.kept_things import KEPT_ALERTS
from escalate_cli.actions.signs_of_life import note_sign_of_life
from escalate_cli.alerts.kinds import kind_named
from escalate_cli.alerts.payload import Payload, UnreadablePayload
from escalate_cli.context import Context
from escalate_cli.core.alerts.alert import Alert, AlertState
from escalate_cli.core.organisation.catalog import Catalog, did_you_mean
from escalate_cli.core.organisation.source import HEARTBEAT, Source
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.text import printable
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.rebuilding import with_sound_indexes
from escalate_cli.errors import DatabaseProblem, EscalateError, ExitCode, Unknown
from escalate_cli.health.emergency_page import failure, page_directly
from escalate_cli.store.sqlite.failures import PASSING
from escalate_cli.store.without_database.set_aside import SetAside

_UNREADABLE = "escalate:unreadable"


class DeliveryTaken(msgspec.Struct, frozen=True):
    """What became of a delivery: of each alert in it, or why it could not be read, and where it is kept
    then. `report` is what delivery came to; None: nothing was due, or it is left to the next pass.
    """

    source: str
    alerts: tuple[AlertTaken, ...] = ()
    unreadable: str | None = None
    kept_at: str | None = None
    report: PassReport | None = None
    left_to_tick: str | None = None
    """why it could not be delivered at once, where it could not"""

    @property
    def exit_code(self) -> ExitCode:
        """What the shell is told."""
        if self.left_to_tick is not None:
            return ExitCode.UNDELIVERED
        return undelivered(self.report) if self.report is not None else ExitCode.DONE


def find_source(word: str, catalog: Catalog) -> Source:
    """The source with this id; `Unknown` with a suggestion otherwise."""
    if word in catalog.sources:
        return catalog.sources[word]
    meant = did_you_mean(word, catalog.sources)
    known = f"there are: {', '.join(catalog.sources)}" if catalog.sources else "write one: [sources.…]"
    hint = f'did you mean "{meant}"?' if meant else known
    raise Unknown(f'no such source: "{clip(printable(word), 80)}"', hint, code="no-such-source")


def hand_in_alerts(
    context: Context, source: Source, delivery: Payload, *, deliver: bool = True
) -> DeliveryTaken:
    """Take it in, and deliver what that made due. A `DatabaseProblem` says where it is kept; without
    `deliver` nothing is kept, and whoever sent it has to send it again.
    """
    try:
        taken = take_in_delivery(context, source, delivery)
    except DatabaseProblem as problem:
        raise (_kept(context, source, delivery, problem) if deliver else problem) from None
    except EscalateError:
        raise
    except Exception as problem:
        told = failure(problem)
        raise (_kept(context, source, delivery, told) if deliver else told) from problem
    numbers = list(dict.fromkeys(alert.incident for alert in taken.alerts if alert.incident is not None))
    if not numbers or not deliver:
        return taken
    try:
        return replace(taken, report=deliver_now(context, numbers))
    except Exception as problem:  # it is stored, and that is what whoever sent it must know
        why = problem.message if isinstance(problem, EscalateError) else failure(problem).message
        return replace(taken, left_to_tick=f"it is stored, and the next tick pages ({why})")


def take_in_delivery(context: Context, source: Source, delivery: Payload) -> DeliveryTaken:
    """Read and store it. Nothing is delivered."""
    if source.kind == HEARTBEAT:
        return DeliveryTaken(source.id, note_sign_of_life(context, source))
    kind = kind_named(source.kind)
    try:
        alerts = kind.read(delivery)
    except UnreadablePayload as problem:
        return _unreadable(context, source, delivery, str(problem))
    except RecursionError:
        return _unreadable(context, source, delivery, "it is nested too deeply")
    return DeliveryTaken(source.id, store_alerts(context, source, kind.severities, alerts))


def _unreadable(context: Context, source: Source, delivery: Payload, why: str) -> DeliveryTaken:
    """Set it aside, and have the fallback team hear of it, once until that is over."""
    name = f"{context.clock.now():020}-{source.id}-{uuid.uuid4().hex[:8]}"
    path = SetAside(context.database_path).keep(name, delivery.body)
    alert = Alert(
        key=_UNREADABLE,
        state=AlertState.FIRING,
        title=f"{source.id} sends what cannot be read",
        message=f"It may be an alert ({why}). See what it is: `escalate doctor` names the files.",
    )
    plain = replace(source, service=(), settle=0)
    intake = AlertIntake(context, plain, (), routed=False)
    context.keep_catalog()
    taken = with_sound_indexes(context, lambda: intake.take_in([alert]))
    return DeliveryTaken(source.id, tuple(taken), unreadable=why, kept_at=str(path) if path else None)


def _kept(context: Context, source: Source, delivery: Payload, problem: EscalateError) -> DatabaseProblem:
    """Keep it for the next pass that can store it; the fallback is paged where that may take long."""
    name = f"{context.clock.now():020}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    spool = context.spool
    path = spool.keep(name, json.dumps(_as_kept(source, delivery), separators=(",", ":")).encode())
    where = f"the delivery is kept in {path} and taken in by the first tick that can" if path else (
        "the delivery could NOT be kept"
    )  # fmt: skip
    names: list[str] = []
    if problem.code not in PASSING or path is None or not spool.in_reach(path):
        alone = path is None or not spool.in_reach(path)
        names = page_directly(context, f"{source.id} sent alerts", problem, even_again=alone)
    told = f"; paged directly: {', '.join(names)}" if names else ""
    return DatabaseProblem(f"{problem.message}; {where}{told}", problem.hint, code=problem.code)


def _as_kept(source: Source, delivery: Payload) -> dict[str, object]:
    return {
        KEPT_ALERTS: source.id,
        "title": f"Alerts of {source.id} that could not be stored",
        "body": base64.b64encode(delivery.body).decode("ascii"),
        "headers": dict(delivery.headers),
        "path": delivery.path,
        "query": dict(delivery.query),
        "environ": dict(delivery.environ),
        "arrived_at": delivery.arrived_at,
    }


def take_in_kept_delivery(context: Context, fields: Mapping[str, object]) -> DeliveryTaken:
    """Take in a delivery that was kept; what it says is not done twice, however often that is. A source
    that is no longer configured is read as plain JSON.
    """
    name, arrived_at = str(fields[KEPT_ALERTS]), fields.get("arrived_at")
    source = context.running_catalog.sources.get(name) or Source(id=name, kind="json")
    delivery = Payload(
        body=base64.b64decode(str(fields["body"])),
        headers=_texts(fields["headers"]),
        path=str(fields["path"]),
        query=_texts(fields["query"]),
        environ=_texts(fields["environ"]),
        arrived_at=arrived_at if isinstance(arrived_at, int) else None,
    )
    return take_in_delivery(context, source, delivery)


def _texts(value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, dict) else {}
