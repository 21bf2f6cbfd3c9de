"""Whether a condition of a level or a rule holds, and when time alone could change the answer."""

from __future__ import annotations

import msgspec

from escalate_cli.core.calendar import hours
from escalate_cli.core.calendar.duration import Instant, show_duration
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.notification.targets import teams_in
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import When


class Verdict(msgspec.Struct, frozen=True):
    """Whether a condition holds; if not, the first part that does not; and when to look again, if
    time alone can change that.
    """

    holds: bool
    reason: str = ""
    look_at: Instant | None = None


def judge(
    when: When, situation: Situation, catalog: Catalog, now: Instant, *, team: str | None = None
) -> Verdict:
    """Judge `when` for the incident at `now`.

    `team` narrows the question to one escalation: a level asks about its own team and that team's
    services, a rule about the incident.
    """
    incident = situation.incident
    if when.severities is not None and incident.severity not in when.severities:
        return Verdict(False, f"severity is {incident.severity}, not {' or '.join(when.severities) or 'any'}")
    if when.services is not None and not set(when.services) & set(incident.services):
        return Verdict(False, f"{' or '.join(when.services)} is not in scope")
    teams = (team,) if team else teams_in(situation)
    if when.teams is not None and not set(when.teams) & set(teams):
        return Verdict(False, f"{' or '.join(when.teams)} is not in the incident")
    for name, value in when.labels:
        if name not in incident.labels or (value is not None and incident.labels[name] != value):
            return Verdict(False, f"label {name}{'' if value is None else '=' + value} is not set")
    if when.raised and incident.raised_at is None:
        return Verdict(False, "the severity did not just rise")
    if when.scope_grew and incident.scope_grew_at is None:
        return Verdict(False, "the scope did not just grow")
    return _in_time(when, situation, catalog, now)


def _in_time(when: When, situation: Situation, catalog: Catalog, now: Instant) -> Verdict:
    incident = situation.incident
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
            return Verdict(False, f"it is not {name}")
        if since + span > ripe_at:
            ripe_at, late = since + span, f"it is not yet {name} for {show_duration(span)}"
    opens_at = _opening(when.hours, catalog, ripe_at)
    if late:
        return Verdict(False, late, opens_at)
    if opens_at != now:
        return Verdict(False, f"it is not {_hours_name(when.hours)}", opens_at)
    return Verdict(True, when.text or "always", _closing(when.hours, catalog, now))


def _hours_name(name: str | None) -> str:
    text = name or ""
    return f"outside of {text[1:]} hours" if text.startswith("!") else f"within {text} hours"


def _opening(name: str | None, catalog: Catalog, at: Instant) -> Instant | None:
    """The first instant from `at` on at which the hours condition holds; `at` where the hours
    cannot be used: nobody waits for them.
    """
    if name is None:
        return at
    found = catalog.hours.get(name.removeprefix("!"))
    if found is None:
        return None
    try:
        if not name.startswith("!"):
            return hours.next_open(found, at)
        return hours.next_change(found, at) if hours.is_open(found, at) else at
    except Exception:  # `trouble_of` says what is wrong
        return at


def _closing(name: str | None, catalog: Catalog, now: Instant) -> Instant | None:
    found = catalog.hours.get((name or "").removeprefix("!"))
    try:
        return hours.next_change(found, now) if found is not None else None
    except Exception:  # `trouble_of` says what is wrong
        return None


def trouble_of(name: str | None, catalog: Catalog, now: Instant) -> str:
    """Why these hours are not kept as they are written, as a sentence; "" where they are."""
    found = catalog.hours.get((name or "").removeprefix("!"))
    if found is None:
        return ""
    trouble = hours.zone_trouble(found.timezone)
    if trouble:
        return f"hours {found.id}: {trouble}"
    try:
        hours.next_change(found, now)
        hours.is_open(found, now)
    except Exception as problem:
        return f"hours {found.id} cannot be used ({words_of(problem)}): nothing waits for them"
    return ""


def was_interrupted(when: When, catalog: Catalog, looked_at: Instant, now: Instant) -> bool:
    """Whether the hours of `when` ended and began again between two looks, both of which found them open."""
    found = catalog.hours.get((when.hours or "").removeprefix("!"))
    if found is None:
        return False
    change = _closing(when.hours, catalog, looked_at)
    return change is not None and change <= now


def opening_of(during: str | None, catalog: Catalog, at: Instant) -> Instant | None:
    """When a level with `during` may page, from `at` on; `at` itself without one. None: never
    again, or the hours are gone.
    """
    return _opening(during, catalog, at)
