"""The last look of the process that sends: whether what it was given is still wanted, and still its
own to send.

Between a claim and the first byte anything may happen: the sender is stopped and continued,
somebody acknowledges, another process takes over what seems abandoned. So the child asks once more.
Whom it asks is said in the envelope, since delivery knows no store.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from escalate_cli.clock import Clock
from escalate_cli.delivery.envelope import Question


class Withdrawn(BaseException):
    """The attempt may not begin. Not an `Exception`, so that no plugin takes it for a provider's
    failure and goes on.
    """


def last_look(question: Question | None) -> None:
    """Raise `Withdrawn` where the claim is over by the clock, or whoever is asked says no. Nothing
    to ask: nothing to do.
    """
    if question is None:
        return
    until, _, arguments = question
    if Clock().now() >= until:
        raise Withdrawn("its claim is over")
    if not whom_to_ask(question)(*arguments):
        raise Withdrawn("it is no longer wanted")


def whom_to_ask(question: Question) -> Callable[..., bool]:
    """The function that answers, named "module:function"; loaded once by the process that all
    attempts are forked from.
    """
    module, _, name = question[1].partition(":")
    function: Callable[..., bool] = getattr(importlib.import_module(module), name)
    return function
