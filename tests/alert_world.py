"""A world in which monitors speak: `world.hears(firing("a"))`."""

from __future__ import annotations

from typing import Any

from escalate_cli.actions.alert_intake import AlertIntake, AlertTaken, store_alerts
from escalate_cli.core.alerts.alert import Alert, AlertState
from escalate_cli.core.organisation.source import Source
from tests.world import World

RANKS = (("info",), ("warning",), ("critical", "page"))


def firing(key: str, title: str = "", **more: Any) -> Alert:
    """An alert that fires, about Log in unless `labels` say otherwise."""
    more.setdefault("labels", {"service": "login"})
    return Alert(key=key, state=AlertState.FIRING, title=title or f"alert {key}", **more)


def over(key: str, **more: Any) -> Alert:
    return Alert(key=key, state=AlertState.OVER, **more)


def source(**more: Any) -> Source:
    more.setdefault("service", ("{labels.service}",))
    return Source(id="prometheus", kind="alertmanager", **more)


class AlertWorld(World):
    """Alerts come from one source, `self.monitor`."""

    monitor: Source = source()

    def hears(self, *alerts: Alert) -> tuple[AlertTaken, ...]:
        """One delivery, and what follows at once."""
        taken = store_alerts(self.context, self.monitor, RANKS, alerts)
        for number in dict.fromkeys(each.incident for each in taken if each.incident is not None):
            self.engine().deliver(number)
        return taken

    def settles(self) -> None:
        """What a pass does about alerts that have fired for long enough."""
        for heard in self.store.alerts.due(self.clock.now(), 100):
            taken = AlertIntake(self.context, self.monitor, RANKS).look_again(heard)
            if taken is not None and taken.incident is not None:
                self.engine().deliver(taken.incident)
