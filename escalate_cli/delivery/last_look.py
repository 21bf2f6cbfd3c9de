"""A last look by the sending process: is the message still wanted, and is it still ours to send?

Between a claim and the first byte anything may happen: the sender is stopped and continued,
somebody acknowledges, another process takes over what seems abandoned. So the child asks once more.
The envelope says whom to ask, since delivery knows no store.
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
    """Raise `Withdrawn` if the claim has expired by the clock, or if whoever is asked says no. With
    nobody to ask, nothing happens.
    """
    if question is None:
        return
    until, _, arguments = question
    if Clock().now() >= until:
        raise Withdrawn("its claim is over")
    if not whom_to_ask(question)(*arguments):
        raise Withdrawn("it is no longer wanted")


def whom_to_ask(question: Question) -> Callable[..., bool]:
    """The function to ask, named "module:function". It is loaded once, by the process that all
    attempts are forked from.
    """
    module, _, name = question[1].partition(":")
    function: Callable[..., bool] = getattr(importlib.import_module(module), name)
    return function
