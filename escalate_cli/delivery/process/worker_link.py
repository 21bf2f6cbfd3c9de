"""The parent's end of a worker."""

from __future__ import annotations

from escalate_cli.processes.process_link import ProcessLink


class WorkerLink(ProcessLink):
    """One worker process; `OSError` if it cannot be started."""

    def __init__(self) -> None:
        super().__init__("escalate_cli.delivery.process.worker", "serve")
