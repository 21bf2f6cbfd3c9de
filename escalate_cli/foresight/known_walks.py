"""Walks that are known already: they are recognised by what core asked and what it was answered,
and not walked again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.foresight.breakpoints import HOURS, Calendar, Subject
from escalate_cli.foresight.first_person import FirstPeople, Walk


@dataclass(slots=True)
class _Node:
    """What is known of walks that came this far: what core asked here, and for each answer the
    outcome or the next node. `after` counts from the declaration.
    """

    after: Span
    known: dict[tuple[Subject, ...], dict[tuple[object, ...], _Node | _End]] = field(default_factory=dict)


class _End(msgspec.Struct, frozen=True):
    """How such a walk ends; `pending` counts from the declaration."""

    first: FirstPeople
    pending: tuple[Span, ...]


class KnownWalks:
    """The walks of one kind of declaration. `waits` says whether a rule waits for hours and for
    something else.
    """

    def __init__(self, calendar: Calendar, waits: bool) -> None:
        self._calendar = calendar
        self._waits = waits
        self._root = _Node(0)
        self._leaps: dict[Span, dict[Span, tuple[Instant, Walk]]] = {}
        """walks that leave out rounds: by the length of a round and when in it they begin"""

    def at(self, at: Instant) -> Walk | None:
        """The walk of a declaration at `at`; None where it has to be walked."""
        return self._recall(at) or self._joined(at)

    def keep(self, at: Instant, walk: Walk, standing: set[Instant]) -> None:
        """Keep a walk that moves along with its declaration up to the rounds that it leaves out:
        those that begin later may join it.
        """
        if walk.leap is not None and not any(
            instant in standing for instant, _ in walk.visits[: walk.leap.visit]
        ):
            self._leaps.setdefault(walk.leap.period, {})[at % walk.leap.period] = (at, walk)

    def remember(self, at: Instant, walk: Walk) -> None:
        """Remember a walk by its answers.

        Where it ends, only the answers matter. Where it goes on, core may wait for hours to change.
        Three things are not remembered. What follows a rule that waits for hours and for something
        else, since it may ask about later hours. What follows rounds that were left out, since
        there only the calendar decides. And that a walk was given up.
        """
        node = self._root
        last = len(walk.visits) - 1
        for number, (now, asked) in enumerate(walk.visits):
            if walk.known is not None and number >= walk.known - 1:
                return
            by_answers = node.known.setdefault(asked, {})
            if number == last:
                pending = tuple(instant - at for instant in walk.pending)
                by_answers[self._answers(asked, now)] = _End(walk.first, pending)
                return
            if self._waits and any(kind == HOURS for kind, _ in asked):
                return
            following = by_answers.setdefault(
                self._distances(asked, now), _Node(walk.visits[number + 1][0] - at)
            )
            if isinstance(following, _End):  # cannot happen: core is deterministic
                return
            node = following

    def _recall(self, at: Instant) -> Walk | None:
        node = self._root
        visits = []
        while True:
            now = at + node.after
            for asked, by_answers in node.known.items():
                following = by_answers.get(self._answers(asked, now)) or by_answers.get(
                    self._distances(asked, now)
                )
                if following is not None:
                    break
            else:
                return None
            visits.append((now, asked))
            if isinstance(following, _End):
                first = replace(following.first, at=None if following.first.at is None else now)
                return Walk(tuple(visits), first, frozenset(at + span for span in following.pending))
            node = following

    def _joined(self, at: Instant) -> Walk | None:
        for period, by_phase in self._leaps.items():
            kept = by_phase.get(at % period)
            walk = kept and kept[1].begun_later(at - kept[0], self._calendar)
            if walk is not None:
                return walk
        return None

    def _answers(self, asked: tuple[Subject, ...], at: Instant) -> tuple[object, ...]:
        return tuple([self._calendar.value(subject, at) for subject in asked])

    def _distances(self, asked: tuple[Subject, ...], at: Instant) -> tuple[object, ...]:
        """The answers and, for hours, how far away their next change is: core waits for it."""
        answers: list[object] = []
        for subject in asked:
            answers.append(self._calendar.value(subject, at))
            if subject[0] == HOURS:
                change = self._calendar.next(subject, at)
                answers.append(None if change is None else change - at)
        return tuple(answers)
