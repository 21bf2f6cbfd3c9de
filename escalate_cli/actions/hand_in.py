"""Handing in an answer is one call: it is taken in, what it made due is delivered, and what came of it
is a value.
"""

from __future__ import annotations

import msgspec

from escalate_cli.actions.aftermath import deliver_now, undelivered
from escalate_cli.actions.answering import NOTHING_DONE, REFUSED, AnswerTakenIn, take_in_answer
from escalate_cli.context import Context
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.outcomes import AnswerOutcome
from escalate_cli.engine.engine import Engine
from escalate_cli.errors import ExitCode


class HandIn(msgspec.Struct, frozen=True):
    """What became of an answer that was handed in, with what follows delivered."""

    answer: AnswerTakenIn
    exit_code: ExitCode


def hand_in_answer(context: Context, gateway: str, arrived: Arrival, *, reply: bool) -> HandIn:
    """Do what it says, and deliver what that made due; with `reply` its sentence is sent back, too. Of a
    stranger's answer the person paged hears in any case.
    """
    answer = take_in_answer(context, gateway, arrived, reply=reply)
    number = answer.answer.incident_id if answer.answer is not None else None
    report = deliver_now(context, [number]) if number is not None and not answer.again else None
    told = answer.answer is not None and answer.answer.outcome is AnswerOutcome.STRANGER
    if reply or told:
        Engine.on(context).deliver_memos()
    exit_code = _exit_code(answer)
    if exit_code is ExitCode.DONE and report is not None:
        exit_code = undelivered(report)
    return HandIn(answer, exit_code)


def _exit_code(taken: AnswerTakenIn) -> ExitCode:
    if taken.answer is None:
        return ExitCode.UNKNOWN if taken.nobody else ExitCode.NO
    outcome = taken.answer.outcome
    if taken.taken:
        return ExitCode.DONE
    if outcome in NOTHING_DONE:
        return ExitCode.UNKNOWN
    if outcome in REFUSED or outcome in (AnswerOutcome.WHICH, AnswerOutcome.NOTHING_WAITS):
        return ExitCode.CONFLICT
    return ExitCode.NO
