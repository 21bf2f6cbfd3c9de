"""The auditor's look: whatever was forgotten is paged to the fallback, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from escalate_cli.context import Context
from escalate_cli.core.changes.respond import page_by_hand
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.rebuilding import is_time_to_look, rebuild_if_damaged
from escalate_cli.errors import DamagedRow, EscalateError
from escalate_cli.store.auditor import IN_VAIN, OVERLOOKED, Oversight, audit
from escalate_cli.store.store import Store


class LookResult(NamedTuple):
    """What a look came to: whether all is `well`, so that the heart may beat; whether something has
    been made due by it (`is_due`)."""

    well: bool
    is_due: bool = False


def look_for_forgotten(context: Context, report: PassReport) -> LookResult:
    """Have the auditor look, and the fallback paged for what it finds.

    Somebody who cannot be reached is no reason for the heart to stop: the fallback knows.
    """
    oversights = audit(context.store.database, context.clock.now())
    is_mended = _mend_indexes(context, oversights, report)
    is_paged = _page_fallback(context, oversights, report)
    return LookResult(all(oversight.code == IN_VAIN for oversight in oversights), is_mended or is_paged)


def _mend_indexes(context: Context, oversights: Sequence[Oversight], report: PassReport) -> bool:
    """What is due and was not seen, or seen and is not due, may be an index's fault; whether it
    was, and is put right.
    """
    late = any(oversight.code in OVERLOOKED for oversight in oversights)
    if not (late or report.unfounded) or not is_time_to_look(context):
        return False
    note = rebuild_if_damaged(context)
    if note is not None:
        report.trouble(note)
    return note is not None


def _page_fallback(context: Context, oversights: Sequence[Oversight], report: PassReport) -> bool:
    """Plan a page to the fallback for what is new, incident by incident; whether there is one. It
    is due at once.
    """
    news = [oversight for oversight in oversights if _is_news(oversight, context.store)]
    paged = []
    for incident_id in dict.fromkeys(oversight.incident_id for oversight in news):
        about = [oversight for oversight in news if oversight.incident_id == incident_id]
        text = _tell_safely(context, incident_id, about, report)
        if text:
            paged.append(f"incident {incident_id}: {text}; the fallback is paged")
    report.trouble(*paged)
    return bool(paged)


def _tell_safely(context: Context, incident_id: int, news: Sequence[Oversight], report: PassReport) -> str:
    """`_tell`; an incident whose record is damaged, or that is poison, does not stop the others."""
    try:
        return _tell(context, incident_id, news)
    except DamagedRow as problem:
        report.note_damage(context.store.database.path, incident_id, problem)
    except (EscalateError, OSError):
        raise
    except Exception as problem:
        report.poisoned(
            f"incident {incident_id} could not be dealt with by the auditor ({type(problem).__name__}:"
            f" {problem})"
        )
    return ""


def _tell(context: Context, incident_id: int, news: Sequence[Oversight]) -> str:
    """Plan the page about one incident and remember what it says; nothing where there is nobody to
    tell any more.
    """
    store, catalog = context.store, context.running_catalog
    with store.transaction():
        now = context.clock.now()
        situation = store.situations.load(incident_id)
        if situation is None or situation.incident.status is IncidentStatus.RESOLVED:
            return ""
        fresh = [oversight for oversight in news if _is_news(oversight, store)]
        # somebody has it: nobody is woken for whom it did not reach, or for news that is late; `doctor` tells
        if situation.incident.status is IncidentStatus.ACKNOWLEDGED:
            fresh = [
                oversight for oversight in fresh if oversight.code != IN_VAIN and oversight.concerns_a_page
            ]
        if not fresh:
            return ""
        for oversight in fresh:
            store.ledger.remember(_fact(oversight), str(now))
        text = "; ".join(oversight.message for oversight in fresh)
        message = f"escalate's own check: {text}. {_advice(fresh, incident_id, catalog)}"
        planned = page_by_hand(
            situation, catalog.fallback.page, catalog, now, by="escalate's own check", message=message
        )
        store.situations.save(situation, planned.situation)
    return text


def _advice(oversights: Sequence[Oversight], incident_id: int, catalog: Catalog) -> str:
    if all(oversight.code == IN_VAIN for oversight in oversights):
        command = catalog.to_type(f"escalate timeline {incident_id}")
        return f"Tell them yourself if they are needed; `{command}` says why."
    return f"Look after this incident by hand; `{catalog.to_type('escalate doctor')}` tells more."


def _is_news(oversight: Oversight, store: Store) -> bool:
    told_at = store.ledger.fact(_fact(oversight))
    return told_at is None or oversight.declared_at > int(told_at)


def _fact(oversight: Oversight) -> str:
    return f"audited {oversight.code} {oversight.subject or oversight.incident_id}"
