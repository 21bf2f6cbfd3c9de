"""How things stand, for Prometheus."""

from __future__ import annotations

from typing import NamedTuple

from escalate_cli import files
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.errors import EscalateError
from escalate_cli.store.figures import count_up


def write_metrics(context: Context, report: PassReport) -> None:
    """Write them to `[metrics].textfile`, where that is set."""
    path = context.running_catalog.metrics_textfile
    if path is None:
        return
    try:  # node_exporter runs as another user; there is nothing secret in it
        files.replace(path, metrics(context).encode(), mode=0o644)
    except OSError as problem:
        raise EscalateError(
            f"the metrics cannot be written to {path}: {problem.strerror or problem}"
        ) from None


class _Metric(NamedTuple):
    name: str
    meaning: str
    value: str
    kind: str = "gauge"

    def text(self) -> str:
        """Its lines in the file."""
        return (
            f"# HELP {self.name} {self.meaning}\n# TYPE {self.name} {self.kind}\n{self.name} {self.value}\n"
        )


def metrics(context: Context) -> str:
    """The figures in Prometheus's text format."""
    return "".join(metric.text() for metric in _metrics(context))


def _metrics(context: Context) -> tuple[_Metric, ...]:
    now = context.clock.now()
    figures = count_up(context.store.database, now)
    last, oldest = context.store.ledger.last_pass_at or 0, figures.unacknowledged_since
    waits_for = (now - oldest) / SECOND if oldest is not None else 0
    given_up = str(context.store.outbox.given_up)
    return (
        _Metric("escalate_last_pass_timestamp_seconds", "When the last pass began", f"{last / SECOND:.3f}"),
        _Metric("escalate_incidents_open", "Incidents that nobody has acknowledged", str(figures.open)),
        _Metric("escalate_incidents_acknowledged", "Incidents that somebody has", str(figures.acknowledged)),
        _Metric(
            "escalate_oldest_unacknowledged_seconds",
            "For how long the longest has been waiting",
            f"{waits_for:.0f}",
        ),
        _Metric(
            "escalate_notifications_pending", "Notifications that are due and not sent", str(figures.waiting)
        ),
        _Metric("escalate_notifications_failed_total", "Notifications given up", given_up, "counter"),
    )
