"""Whether a condition of a level or a rule holds, and when time alone could change the answer."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar import hours
from escalate_cli.core.calendar.duration import Instant, show_duration
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.notification.targets import teams_in
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import When


class ConditionVerdict(msgspec.Struct, frozen=True):
    """Whether a condition holds. If not, the first part of it that does not hold, and when to look
    again if time alone can change that.
    """

    holds: bool
    reason: str = ""
    look_at: Instant | None = None


def judge(when: When, decision: Decision, *, team: str | None = None) -> ConditionVerdict:
    """Judge `when` for the incident now.

    `team` narrows the question to one escalation: a level asks about its own team and that team's
    services, a rule about the incident.
    """
    incident = decision.incident
    if when.severities is not None and incident.severity not in when.severities:
        return ConditionVerdict(
            False, f"severity is {incident.severity}, not {' or '.join(when.severities) or 'any'}"
        )
    if when.services is not None and not set(when.services) & set(incident.services):
        return ConditionVerdict(False, f"{' or '.join(when.services)} is not in scope")
    teams = (team,) if team else teams_in(decision.situation)
    if when.teams is not None and not set(when.teams) & set(teams):
        return ConditionVerdict(False, f"{' or '.join(when.teams)} is not in the incident")
    for name, value in when.labels:
        if name not in incident.labels or (value is not None and incident.labels[name] != value):
            return ConditionVerdict(False, f"label {name}{'' if value is None else '=' + value} is not set")
    if when.raised and incident.raised_at is None:
        return ConditionVerdict(False, "the severity did not just rise")
    if when.scope_grew and incident.scope_grew_at is None:
        return ConditionVerdict(False, "the scope did not just grow")
    return _in_time(when, decision)


def _in_time(when: When, decision: Decision) -> ConditionVerdict:
    incident, now = decision.incident, decision.now
    waits = [
        ("open", when.open_for, incident.open_since),
        ("unacknowledged", when.unacknowledged_for, incident.unacknowledged_since),
        ("without an update", when.no_update_for, incident.message_since),
        (f"at {incident.severity}", when.at_severity_for, incident.severity_since),
    ]
    ripe_at = now
    late = ""
    for name, span, since in waits:
        if span is None:
            continue
        if since is None:
            return ConditionVerdict(False, f"it is not {name}")
        if since + span > ripe_at:
            ripe_at, late = since + span, f"it is not yet {name} for {show_duration(span)}"
    opens_at = opening_of(when.hours, decision.catalog, ripe_at)
    if late:
        return ConditionVerdict(False, late, opens_at)
    if opens_at != now:
        return ConditionVerdict(False, f"it is not {_hours_name(when.hours)}", opens_at)
    return ConditionVerdict(True, when.text or "always", _closing(when.hours, decision.catalog, now))


def _hours_name(name: str | None) -> str:
    text = name or ""
    return f"outside of {text[1:]} hours" if text.startswith("!") else f"within {text} hours"


def opening_of(name: str | None, catalog: Catalog, at: Instant) -> Instant | None:
    """The first instant from `at` on at which these hours are open ("!office": closed). It is `at`
    itself when there are no hours, or when they cannot be used: nobody waits for those. None:
    they never open again, or they are gone.
    """
    if name is None:
        return at
    window = catalog.hours.get(name.removeprefix("!"))
    if window is None:
        return None
    try:
        if not name.startswith("!"):
            return hours.next_open(window, at)
        return hours.next_change(window, at) if hours.is_open(window, at) else at
    except Exception:  # `hours_trouble` says what is wrong
        return at


def _closing(name: str | None, catalog: Catalog, now: Instant) -> Instant | None:
    window = catalog.hours.get((name or "").removeprefix("!"))
    try:
        return hours.next_change(window, now) if window is not None else None
    except Exception:  # `hours_trouble` says what is wrong
        return None


def hours_trouble(name: str | None, catalog: Catalog, now: Instant) -> str:
    """Why these hours are not kept as they are written, as a sentence; "" where they are."""
    window = catalog.hours.get((name or "").removeprefix("!"))
    if window is None:
        return ""
    trouble = hours.zone_trouble(window.timezone)
    if trouble:
        return f"hours {window.id}: {trouble}"
    try:
        hours.next_change(window, now)
        hours.is_open(window, now)
    except Exception as problem:
        return f"hours {window.id} cannot be used ({words_of(problem)}): nothing waits for them"
    return ""


def was_interrupted(when: When, catalog: Catalog, looked_at: Instant, now: Instant) -> bool:
    """Whether the hours of `when` closed and opened again between two looks, both of which found
    them open.
    """
    window = catalog.hours.get((when.hours or "").removeprefix("!"))
    if window is None:
        return False
    change = _closing(when.hours, catalog, looked_at)
    return change is not None and change <= now
