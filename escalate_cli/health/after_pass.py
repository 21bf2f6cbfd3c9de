"""What a pass does for its own health when its work is done: two looks, three chores, a heartbeat.

None of this may stop a page. Whatever goes wrong here becomes a line in the notes of the pass, or
the `damage` of the report.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from escalate_cli.context import Context
from escalate_cli.core.escalation.soundness import unusable
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import DatabaseProblem, EscalateError
from escalate_cli.health.backups import back_up_daily
from escalate_cli.health.disk import top_up_reserve
from escalate_cli.health.heartbeat import beat
from escalate_cli.health.metrics import write_metrics
from escalate_cli.health.oversights import LookResult, look_for_forgotten
from escalate_cli.store.sqlite.failures import DAMAGED

_Result = TypeVar("_Result")


def look_at_configuration(context: Context, report: PassReport) -> LookResult:
    """Each pass reports what cannot be used, also while nothing is open: the next incident will
    need it.
    """
    troubles = [trouble.text for trouble in unusable(context.running_catalog, context.clock.now())]
    report.warn(*(f"{text}. `escalate doctor` tells more" for text in troubles))
    report.usable = not troubles
    return LookResult(well=not troubles)


LOOKS: tuple[Callable[[Context, PassReport], LookResult], ...] = (look_for_forgotten, look_at_configuration)
CHORES: tuple[Callable[[Context, PassReport], None], ...] = (top_up_reserve, back_up_daily, write_metrics)


def after_pass(
    context: Context,
    report: PassReport,
    send: Callable[[], object],
    keep_on: Callable[[], bool] = lambda: True,
) -> None:
    """The steps in order; troubles go into the report. Once `keep_on()` says no, no further step
    begins.

    `send` goes on with the pass: what a look made due is sent together with whatever else comes due
    meanwhile, so that a provider that hangs delays nobody else. The heartbeat is sent only when
    every look was taken and all is well.
    """
    well = True
    for look in LOOKS:
        result = safely(partial(look, context, report), report) if keep_on() else None
        if result is not None and result.is_due:
            safely(send, report)
        well = well and result is not None and result.well
    for chore in CHORES:
        if keep_on():
            safely(partial(chore, context, report), report)
    if well and report.is_well and keep_on():
        safely(partial(beat, context), report)


def safely(step: Callable[[], _Result], report: PassReport) -> _Result | None:
    """Do one of the steps that no page may wait for. If it fails: None, and the report has a line,
    or the damage.
    """
    try:
        return step()
    except DatabaseProblem as problem:
        if problem.code == DAMAGED:
            report.damaged(problem)
        else:
            report.warn(problem.message)
    except EscalateError as problem:
        report.warn(problem.message)
    except OSError as problem:
        report.warn(f"{problem.filename or 'a file'}: {problem.strerror or problem}")
    # whatever it is, pages go on; people hear of it because no heartbeat is sent
    except Exception as problem:
        report.trouble(
            f"what a pass does for its own health failed ({words_of(problem)}); please report it as a bug"
        )
    return None
