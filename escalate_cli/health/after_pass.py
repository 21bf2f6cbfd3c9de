"""What a pass does for its own health once its work is done: the auditor, the reserve, the daily
backup, the heartbeat, the metrics.

None of this may stop a page: whatever goes wrong here becomes a line for whoever reads the pass's
notes, or the report's `damage`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from escalate_cli import files
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import DAY, SECOND
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.changes import respond as core
from escalate_cli.core.escalation.soundness import unusable
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import IncidentStatus
from escalate_cli.delivery.ping import ping
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.engine.rebuilding import is_time_to_look, rebuild_if_damaged, rebuilt
from escalate_cli.errors import DamagedRow, DatabaseProblem, EscalateError
from escalate_cli.health.warnings import disk_warning
from escalate_cli.store.auditor import IN_VAIN, OVERLOOKED, Finding, audit
from escalate_cli.store.figures import count_up
from escalate_cli.store.remembered_troubles import remember_troubles, remembered_troubles
from escalate_cli.store.sqlite import sharing
from escalate_cli.store.sqlite.copying import refuse_to_replace
from escalate_cli.store.sqlite.failures import DAMAGED, damaged
from escalate_cli.store.sqlite.soundness import Damage
from escalate_cli.store.store import Store

KEPT_BACKUPS = 7
_BACKED_UP = "last_backup_at"
_FOUND_DAMAGED = "found_damaged_at"
_BEAT = "last_heartbeat_at"


def after_pass(
    context: Context,
    report: PassReport,
    send: Callable[[], object],
    keep_on: Callable[[], bool] = lambda: True,
) -> tuple[Finding, ...]:
    """Everything of the above, in order; what the auditor found. Troubles go into the report.

    `send` goes on with the pass: what the auditor made due is sent together with whatever else
    comes due meanwhile, so that a provider that hangs delays nobody else. Once `keep_on()` says no,
    nothing more is begun. The heart beats only when the auditor has looked and found nothing, apart
    from somebody who cannot be reached: the fallback knows.
    """
    findings: tuple[Finding, ...] = ()
    looked = False

    def look() -> None:
        nonlocal findings, looked
        findings = audit(context.store.database, context.clock.now())
        looked = True
        mended = _mend_indexes(context, findings, report)
        if _alarm(context, findings, report) or mended:
            send()

    steps: tuple[Callable[[], object], ...] = (
        look,
        lambda: _look_at_configuration(context, report),
        lambda: _reserve(context, report),
        lambda: _back_up(context, report),
        lambda: _metrics(context),
    )
    for step in steps:
        if keep_on():
            safely(step, report)
    forgotten = not looked or any(finding.code != IN_VAIN for finding in findings)
    well = (
        not forgotten
        and not report.troubles
        and report.damage is None
        and report.poison is None
        and report.usable
    )
    if keep_on():
        safely(lambda: _beat(context, well=well and not _heed_deliveries(context)), report)
    return findings


def _heed_deliveries(context: Context) -> bool:
    """Whether something went wrong since the last pass, as where a declaration was planned or
    delivered: that costs one heartbeat.
    """
    ledger, now = context.store.ledger, context.clock.now()
    troubles = remembered_troubles(ledger, now)
    if troubles is None or troubles.heeded:
        return False
    with context.store.transaction():
        remember_troubles(ledger, troubles.at, troubles.lines, heeded=True)
    return True


def safely(step: Callable[[], object], report: PassReport) -> None:
    """Do one of the steps of a pass that no page may wait for: what goes wrong in it becomes a line
    of the report, or its damage.
    """
    try:
        step()
    except DatabaseProblem as problem:
        if problem.code == DAMAGED:
            report.damaged(problem)
        else:
            report.warn(problem.message)
    except EscalateError as problem:
        report.warn(problem.message)
    except OSError as problem:
        report.warn(f"{problem.filename or 'a file'}: {problem.strerror or problem}")
    # whatever it is, pages go on; that the heart does not beat is how it is heard of
    except Exception as problem:
        report.trouble(
            f"what a pass does for its own health failed ({words_of(problem)}); please report it as a bug"
        )


def _mend_indexes(context: Context, findings: tuple[Finding, ...], report: PassReport) -> bool:
    """What is due and was not seen, or seen and is not due, may be an index's fault; whether it
    was, and is put right.
    """
    late = any(finding.code in OVERLOOKED for finding in findings)
    if not (late or report.unfounded) or not is_time_to_look(context):
        return False
    note = rebuild_if_damaged(context)
    if note is not None:
        report.trouble(note)
    return note is not None


def _alarm(context: Context, findings: tuple[Finding, ...], report: PassReport) -> bool:
    """Plan a page to the fallback for what the auditor found, once for each finding: all that is
    new about an incident in one page.

    True when there is one; it is due at once.
    """
    store = context.store
    news = [finding for finding in findings if _is_news(finding, store)]
    told = []
    for incident_id in dict.fromkeys(one.incident_id for one in news):
        try:
            found = _tell(context, incident_id, [one for one in news if one.incident_id == incident_id])
        except DamagedRow as problem:
            report.note_damage(store.database.path, incident_id, problem)
        except (EscalateError, OSError):
            raise
        except Exception as problem:  # this incident is poison, the others are not
            text = (
                f"incident {incident_id} could not be dealt with by the auditor ({type(problem).__name__}:"
                f" {problem})"
            )
            report.poisoned(text)
        else:
            told += [f"incident {incident_id}: {found}; the fallback is paged"] if found else []
    report.trouble(*told)
    return bool(told)


def _tell(context: Context, incident_id: int, news: list[Finding]) -> str:
    """Plan the page about one incident and remember what it says; nothing where there is nobody to
    tell any more.
    """
    store, catalog = context.store, context.running_catalog
    with store.transaction():
        now = context.clock.now()
        situation = store.situations.load(incident_id)
        fresh = [one for one in news if _is_news(one, store)]
        if situation is None or situation.incident.status is IncidentStatus.RESOLVED:
            return ""
        # somebody has it: `doctor` says whom it did not reach
        if situation.incident.status is IncidentStatus.ACKNOWLEDGED:
            fresh = [one for one in fresh if one.code != IN_VAIN]
        if not fresh:
            return ""
        for one in fresh:
            store.ledger.remember(_fact(one), str(now))
        found = "; ".join(one.text for one in fresh)
        note = f"escalate's own check: {found}. {_advice(fresh, incident_id)}"
        planned = core.page_by_hand(
            situation, catalog.fallback.page, catalog, now, by="the auditor", message=note
        )
        store.situations.save(situation, planned.situation)
    return found


def _advice(found: list[Finding], incident_id: int) -> str:
    if all(one.code == IN_VAIN for one in found):
        return f"Tell them yourself if they are needed; `escalate timeline {incident_id}` says why."
    return "Look after this incident by hand; `escalate doctor` tells more."


def _is_news(finding: Finding, store: Store) -> bool:
    said_at = store.ledger.fact(_fact(finding))
    return said_at is None or finding.declared_at > int(said_at)


def _fact(finding: Finding) -> str:
    return f"audited {finding.code} {finding.subject or finding.incident_id}"


def _look_at_configuration(context: Context, report: PassReport) -> None:
    """What cannot be used is said by each pass, also while nothing is open: the next incident will
    need it.
    """
    troubles = [one.text for one in unusable(context.running_catalog, context.clock.now())]
    report.warn(*(f"{text}. `escalate doctor` tells more" for text in troubles))
    report.usable = not troubles


def _reserve(context: Context, report: PassReport) -> None:
    database = context.store.database
    context.store.situations.note_numbers()
    if not database.top_up_reserve() or database.disk_is_full():
        report.warn(disk_warning(database.path))


def backups(database: Path) -> Path:
    """Where the daily copies of this database are."""
    return database.with_name(database.name + ".backups")


def back_up(context: Context, to: Path | None = None) -> tuple[Path, str | None]:
    """Write a sound copy; without `to`, the day's one beside the database, of which the latest
    seven are kept.

    Where it is; and what is to be said of indexes that were damaged: they are rebuilt, now that
    there is a copy.
    """
    store = context.store
    if to is not None:
        refuse_to_replace(to, store.database.path)
        return to, _mended(context, store.database.copy_to(to))
    place = backups(store.database.path)
    path = place / f"{instant_to_local(context.clock.now(), 'UTC'):%Y-%m-%d}.db"
    try:
        sharing.make_directory(place)
        files.forget_abandoned(place)
        damage = store.database.copy_to(path)
        for old in sorted(place.glob("????-??-??.db"))[:-KEPT_BACKUPS]:
            old.unlink(missing_ok=True)
    except OSError as problem:
        raise _no_copy(place, problem) from None
    return path, _mended(context, damage)


def _mended(context: Context, damage: Damage | None) -> str | None:
    """Rebuild the indexes, where they are damaged; what is said of it."""
    if damage is None:
        return None
    context.store.database.rebuild_indexes()
    return rebuilt(context, damage)


def _back_up(context: Context, report: PassReport) -> None:
    """The day's copy, by one process of all that tick now; the next one tries again where it fails."""
    if _is_copied_today(context):
        return
    ledger, database = context.store.ledger, context.store.database
    # reading costs less than a copy in vain at each pass
    if ledger.fact(_FOUND_DAMAGED) is not None and database.check() is not None:
        raise damaged(database.path, ": it is not copied")
    with _alone_in(backups(database.path)) as alone:
        if not alone or _is_copied_today(context):
            return
        try:
            _, note = back_up(context)
        except DatabaseProblem as problem:
            if problem.code == DAMAGED:
                with context.store.transaction():
                    ledger.remember(_FOUND_DAMAGED, str(context.clock.now()))
            raise
        report.warn(*([note] if note else []))
        with context.store.transaction():
            ledger.remember(_BACKED_UP, str(context.clock.now()))


@contextmanager
def _alone_in(place: Path) -> Iterator[bool]:
    """Whether nobody else copies into this directory. That ends with the process, however it ends:
    the next one copies then.
    """
    try:
        sharing.make_directory(place)
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as problem:
        raise _no_copy(place, problem) from None
    try:
        yield files.take(directory)
    finally:
        os.close(directory)


def _no_copy(place: Path, problem: OSError) -> DatabaseProblem:
    text = f"no copy can be kept in {place}: {problem.strerror or problem}"
    return DatabaseProblem(text, f"see that {place} can be written; {sharing.SHARE_IT}")


def _is_copied_today(context: Context) -> bool:
    """By the date that names the copy: ticks a day apart are never exactly a day apart."""
    value = context.store.ledger.fact(_BACKED_UP)
    return value is not None and int(value) // DAY == context.clock.now() // DAY


def _older_than(context: Context, fact: str, span: int) -> bool:
    value = context.store.ledger.fact(fact)
    return value is None or abs(context.clock.now() - int(value)) >= span


def _beat(context: Context, *, well: bool) -> None:
    heartbeat = context.running_catalog.heartbeat
    if heartbeat is None or not well or not _older_than(context, _BEAT, heartbeat.every - SECOND):
        return
    from escalate_cli.config.secrets import expand

    with context.store.transaction():
        context.store.ledger.remember(_BEAT, str(context.clock.now()))
    ping(expand(heartbeat.url, "", context.environ).url)


def _metrics(context: Context) -> None:
    path = context.running_catalog.metrics_textfile
    if path is None:
        return
    try:  # node_exporter runs as another user; there is nothing secret in it
        files.replace(path, metrics(context).encode(), mode=0o644)
    except OSError as problem:
        raise EscalateError(
            f"the metrics cannot be written to {path}: {problem.strerror or problem}"
        ) from None


def metrics(context: Context) -> str:
    """How things stand, in Prometheus's text format."""
    now = context.clock.now()
    figures = count_up(context.store.database, now)
    oldest = figures.unacknowledged_since
    failed = context.store.outbox.given_up
    last = context.store.ledger.last_pass_at
    lines = [
        (
            "escalate_last_pass_timestamp_seconds",
            "When the last pass began",
            "gauge",
            f"{(last or 0) / SECOND:.3f}",
        ),
        ("escalate_incidents_open", "Incidents that nobody has acknowledged", "gauge", str(figures.open)),
        (
            "escalate_incidents_acknowledged",
            "Incidents that somebody has",
            "gauge",
            str(figures.acknowledged),
        ),
        (
            "escalate_oldest_unacknowledged_seconds",
            "For how long the longest has been waiting",
            "gauge",
            f"{(now - oldest) / SECOND if oldest is not None else 0:.0f}",
        ),
        (
            "escalate_notifications_pending",
            "Notifications that are due and not sent",
            "gauge",
            str(figures.waiting),
        ),
        ("escalate_notifications_failed_total", "Notifications given up", "counter", str(failed)),
    ]
    return "".join(
        f"# HELP {name} {words}\n# TYPE {name} {kind}\n{name} {value}\n" for name, words, kind, value in lines
    )
