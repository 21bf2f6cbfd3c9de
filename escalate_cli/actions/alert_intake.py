"""What monitors say is taken in: each alert is judged, and what follows is stored with it, in one
transaction. Sending is the caller's next step.

An alert is never refused. Where what follows cannot be planned, an incident is declared plainly and the
fallback is paged; where the database cannot be used, nothing of the batch counts as taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.alert_declaration import declared_alert
from escalate_cli.actions.outage import outage_behind
from escalate_cli.config.english.reading import meanings
from escalate_cli.context import Context
from escalate_cli.core.alerts import effects
from escalate_cli.core.alerts.alert import Alert
from escalate_cli.core.alerts.heard import HeardAlert
from escalate_cli.core.alerts.reading import SeverityRanks, alert_title, read_alert
from escalate_cli.core.alerts.verdict import AlertDeed, AlertVerdict, judge_alert, judge_silence
from escalate_cli.core.calendar.duration import DAY
from escalate_cli.core.changes import respond
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.changes.declare import Declaration, declare, declare_plainly
from escalate_cli.core.changes.joining import Joining
from escalate_cli.core.escalation.plan import Plan
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import IncidentStatus, Situation
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.source import Grouping, Source
from escalate_cli.engine.rebuilding import with_sound_indexes
from escalate_cli.errors import DamagedRow, DatabaseProblem
from escalate_cli.store.remembered_troubles import remember_troubles

_MOST_TOGETHER, _MOST_DECLARED = 500, 50
"""alerts, and new incidents among them, in one transaction: nobody else shall wait for long"""
_REMEMBERED = 30 * DAY
"""for so long it is known of an alert that it was over"""


class AlertTaken(msgspec.Struct, frozen=True):
    """What became of one alert: what was done, and the incident that it is part of, if any. `created`:
    that was begun by it.
    """

    alert: Alert
    title: str
    done: AlertDeed
    incident: int | None = None
    created: bool = False


def store_alerts(
    context: Context, source: Source, ranks: SeverityRanks, alerts: Sequence[Alert]
) -> tuple[AlertTaken, ...]:
    """Take in what one delivery says, in its order. Once it is back, all of it is stored.

    `DatabaseProblem` where it cannot be; the same delivery may then be taken in again.
    """
    intake = AlertIntake(context, source, ranks)
    context.keep_catalog()
    taken: list[AlertTaken] = []
    left = [_sound(alert) for alert in alerts]
    while left:
        batch = with_sound_indexes(context, lambda left=left: intake.take_in(left))  # type: ignore[misc]
        taken += batch
        left = left[len(batch) :]
    return tuple(taken)


def _sound(alert: Alert) -> Alert:
    """The alert as it can be stored: what is no text is written out."""
    return msgspec.convert(_text(msgspec.to_builtins(alert)), Alert)


def _text(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_text(name): _text(part) for name, part in value.items()}
    return value


class AlertIntake:
    """One source's alerts, one after the other."""

    def __init__(
        self, context: Context, source: Source, ranks: SeverityRanks, *, routed: bool = True
    ) -> None:
        """Without `routed`, what names no service is the fallback team's, whatever its title says."""
        self._routed = routed
        self._context = context
        self._catalog: Catalog = context.running_catalog
        self._source = source
        self._ranks = ranks
        self._joining: dict[int, list[tuple[HeardAlert, Joining]]] = {}
        """by incident, what joins it in this transaction: one update in the end"""

    def take_in(self, alerts: Sequence[Alert]) -> list[AlertTaken]:
        """Take the first of these in, in one transaction; there is an entry for each that was."""
        with self._context.store.transaction():
            return self.take_in_within(alerts)

    def take_in_within(self, alerts: Sequence[Alert]) -> list[AlertTaken]:
        """The same in a transaction that is under way."""
        self._joining.clear()
        taken: list[AlertTaken] = []
        for alert in alerts[:_MOST_TOGETHER]:
            taken.append(self._one(alert))
            if sum(each.created for each in taken) >= _MOST_DECLARED:
                break
        for number in list(self._joining):
            self._join(number)
        self._context.store.alerts.forget_before(self._context.moment() - _REMEMBERED)
        return taken

    def look_again(self, heard: HeardAlert) -> AlertTaken | None:
        """What follows from no further word about an alert that is due, in one transaction; None where
        there was one, after all.
        """
        store = self._context.store
        with store.transaction():
            now, current = self._context.moment(), store.alerts.find(heard.source, heard.key)
            if current is None or current.due_at is None or current.due_at > now:
                return None
            verdict = judge_silence(current, now)
            return self._carry_out(current.alert, verdict, current, self._load(current.incident_id))

    def _one(self, alert: Alert) -> AlertTaken:
        store = self._context.store
        before = store.alerts.find(self._source.id, alert.key)
        if before is not None and before.incident_id in self._joining:
            self._join(before.incident_id)  # what has come before it counts first
        incident = self._load(before.incident_id) if before is not None else None
        known = incident.incident if incident is not None else None
        verdict = judge_alert(alert, before, known, self._source, self._context.moment())
        return self._carry_out(alert, verdict, before, incident)

    def _carry_out(
        self, alert: Alert, verdict: AlertVerdict, before: HeardAlert | None, incident: Situation | None
    ) -> AlertTaken:
        """Do it; where that fails for a reason that nobody foresaw, declare it plainly."""
        store = self._context.store
        try:
            with store.part():
                return self._done(alert, verdict, before, incident)
        except DatabaseProblem as problem:
            if not isinstance(problem, DamagedRow):
                raise
            failed: Exception = problem
        except Exception as problem:
            failed = problem
        return self._plainly(alert, verdict, failed)

    def _done(
        self, alert: Alert, verdict: AlertVerdict, before: HeardAlert | None, incident: Situation | None
    ) -> AlertTaken:
        heard, do = verdict.heard, verdict.do
        taken = AlertTaken(alert, alert_title(heard.alert if heard is not None else alert), do)
        if do in (AlertDeed.DECLARE, AlertDeed.REOPEN) and heard is not None:
            return self._begin(taken, heard, incident if do is AlertDeed.REOPEN else None)
        if heard is not None:
            self._context.store.alerts.keep(heard)
        if incident is None:
            return taken
        number = incident.incident.id
        if incident.incident.status is not IncidentStatus.RESOLVED:
            self._change(incident, lambda known: self._planned(alert, do, before, known))
        return replace(taken, incident=number)

    def _planned(
        self, alert: Alert, do: AlertDeed, before: HeardAlert | None, known: Situation
    ) -> Plan | None:
        source, catalog, now = self._source, self._catalog, self._context.moment()
        if do is AlertDeed.REPEAT and before is not None:
            reading = read_alert(alert, source, self._ranks, catalog)
            return effects.repeat_alert(
                known, alert, reading, source, catalog, now, before=before.alert, meanings=meanings
            )
        if do is AlertDeed.END and before is not None:
            firing = self._context.store.alerts.firing(known.incident.id)
            words = alert if alert.title else before.alert
            return effects.end_alert(known, words, source, catalog, now, firing=firing, own=not before.joined)
        if do is AlertDeed.ACKNOWLEDGE:
            return effects.acknowledge_there(known, alert, source, catalog, now)
        if do is AlertDeed.NEWS:
            return effects.alert_news(known, alert, source, catalog, now, meanings)
        return None

    def _begin(self, taken: AlertTaken, heard: HeardAlert, ended: Situation | None) -> AlertTaken:
        """It becomes part of the incident that had just ended, of one that is open, or a new one."""
        source, catalog = self._source, self._catalog
        declared = declared_alert(heard.alert, source, self._ranks, catalog, routed=self._routed)
        if ended is not None and ended.incident.status is IncidentStatus.RESOLVED and not heard.joined:
            key = ended.incident.key or declared.key
            if self._context.store.situations.open_with_key(key) is None:
                return self._reopen(taken, heard, ended)
        open_id, needs, own = self._open_incident(declared.key, declared.service)
        event = declared.declaration.heard
        if open_id is None or event is None:
            return self._declare(taken, heard, declared.declaration)
        joining = Joining(declared.declaration, replace(event, needs=needs, joins=True))
        heard = replace(heard, incident_id=open_id, joined=not own)
        self._joining.setdefault(open_id, []).append((heard, joining))
        self._context.store.alerts.keep(heard)
        return replace(taken, incident=open_id)

    def _join(self, number: int) -> None:
        """What has joined this incident becomes an update of it; where that cannot be, an incident each."""
        joining = self._joining.pop(number, [])
        situation = self._load(number) if joining else None
        problem: Exception = DamagedRow("the incident that it belongs to cannot be read")
        if situation is not None:
            try:
                with self._context.store.part():
                    self._change(
                        situation,
                        lambda known: effects.join_alerts(
                            known,
                            [each for _, each in joining],
                            self._source,
                            self._catalog,
                            self._context.moment(),
                            meanings,
                        ),
                    )
                return
            except DatabaseProblem as failed:
                if not isinstance(failed, DamagedRow):
                    raise
                problem = failed
            except Exception as failed:
                problem = failed
        for heard, _ in joining:
            self._plainly(heard.alert, AlertVerdict(AlertDeed.DECLARE, heard), problem)

    def _reopen(self, taken: AlertTaken, heard: HeardAlert, ended: Situation) -> AlertTaken:
        message = f"{self._source.id}: {alert_title(heard.alert)} fires again"
        self._change(
            ended,
            lambda known: respond.reopen(
                known, self._catalog, self._context.moment(), by=self._source.id, message=message
            ),
        )
        self._context.store.alerts.keep(heard)
        return replace(taken, incident=ended.incident.id, done=AlertDeed.REOPEN)

    def _declare(self, taken: AlertTaken, heard: HeardAlert, declaration: Declaration) -> AlertTaken:
        situations, now = self._context.store.situations, self._context.moment()
        planned = declare(
            declaration,
            self._catalog,
            now,
            maintenance=situations.maintenance(),
            next_turns=situations.next_turns(),
        )
        number = situations.add(planned.situation)
        self._context.store.alerts.keep(replace(heard, incident_id=number, joined=False))
        return replace(taken, incident=number, created=True, done=AlertDeed.DECLARE)

    def _open_incident(self, key: str, service: str | None) -> tuple[int | None, str | None, bool]:
        """The open incident that it belongs to; the service in its scope that this one needs, if that is
        why; and whether alerts like it have begun it.
        """
        store = self._context.store
        open_id = store.situations.open_with_key(key)
        if open_id is not None or service is None:
            return open_id, None, True
        if self._source.group is Grouping.SERVICE:
            open_id = next(iter(store.alerts.open_about([service])), None)
            if open_id is not None:
                return open_id, None, False
        behind = outage_behind(self._context, service)
        return (behind.incident, behind.needs, False) if behind is not None else (None, None, True)

    def _change(self, situation: Situation, plan: Callable[[Situation], Plan | None]) -> None:
        """Bring it up to date, do this, store it."""
        now = self._context.moment()

        def do(known: Situation) -> Situation:
            planned = plan(known)
            return known if planned is None else planned.situation

        after = acting(situation, self._catalog, now, do)
        if after is not situation:
            self._context.store.situations.save(situation, after)

    def _plainly(self, alert: Alert, verdict: AlertVerdict, failed: Exception) -> AlertTaken:
        """An incident that pages the fallback, where nothing better could be done; an end, a repeat or news
        that cannot be carried out changes nothing, and is taken in when it comes again.
        """
        taken = AlertTaken(alert, alert_title(alert), verdict.do)
        store, now = self._context.store, self._context.moment()
        text = f"an alert of {self._source.id} could not be taken in as it should ({words_of(failed)})"
        remember_troubles(store.ledger, now, [text])
        if verdict.heard is None or verdict.do not in (AlertDeed.DECLARE, AlertDeed.REOPEN):
            return replace(taken, done=AlertDeed.NOTHING)
        declaration = Declaration(
            title=alert_title(alert), severity=self._catalog.settings.default_severity, by=self._source.id
        )
        planned = declare_plainly(declaration, self._catalog, now, failed)
        number = store.situations.add(planned.situation)
        store.alerts.keep(replace(verdict.heard, incident_id=number, joined=False))
        return replace(taken, incident=number, created=True, done=AlertDeed.DECLARE)

    def _load(self, incident: int | None) -> Situation | None:
        """The situation; None where there is none, or it cannot be read: then it is gone without."""
        try:
            return self._context.store.situations.load(incident) if incident is not None else None
        except DamagedRow:
            return None
