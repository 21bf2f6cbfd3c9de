"""Of what a watch meets at each pass, only what is new."""

from __future__ import annotations

from escalate_cli.clock import Clock
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import MINUTE, SECOND
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import EscalateError
from escalate_cli.health.warnings import configuration_warning

REMIND_AFTER = 5 * MINUTE
"""a trouble that lasts is said again after this long"""


class Reminders:
    """A trouble that each pass meets anew is said when it begins, now and then while it lasts, and
    once more when it is over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said_at: dict[str, float] = {}
        """by line: when it was said last, in seconds of the monotonic clock"""
        self._lasting = ""

    def only(self, report: PassReport, problem: EscalateError | None) -> PassReport:
        """The report of a pass with only those lines of its troubles that are news. `problem` is
        what stopped it, or spoilt it.
        """
        now = self._clock.monotonic()
        self._said_at = {line: at for line, at in self._said_at.items() if now - at < REMIND_AFTER / SECOND}
        if problem is not None:
            # damage is met by some passes only: that the next one does not is no good news
            if problem is not report.damage:
                self._lasting = problem.message
            report.trouble(problem.message)
        report.troubles = self._unsaid(report.troubles, now)
        report.warnings = self._unsaid(report.warnings, now)
        if problem is None and self._lasting:
            report.warn(f"this is over: {self._lasting}")
            self._said_at.pop(self._lasting, None)
            self._lasting = ""
        return report

    def _unsaid(self, lines: list[str], now: float) -> list[str]:
        unsaid = [line for line in dict.fromkeys(lines) if line not in self._said_at]
        self._said_at |= dict.fromkeys(unsaid, now)
        return unsaid


class ConfigurationNews:
    """Says when the files become invalid, and when they are valid again: once each, since passes
    are many."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: list[str] = []

    def add_to(self, report: PassReport) -> None:
        """Warn in this report of what is new; also of a database that was begun though one had been there."""
        if self._context.begun_anew is not None:
            report.warn(f"{self._context.begun_anew}. A new one has been begun")
            self._context.begun_anew = None
        warnings = [note.text for note in configuration_warning(self._context)]
        if warnings != self._known:
            report.warnings.extend(warnings or ["the configuration is valid again"])
            self._known = warnings
