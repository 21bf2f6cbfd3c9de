"""The text of a message, full and short: what is broken, who has been told, why you, who is next and when, what to type."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from escalate_cli.core.catalog import Catalog
from escalate_cli.core.conditions import judge
from escalate_cli.core.duration import DAY, Instant, show_about
from escalate_cli.core.hours import instant_to_local
from escalate_cli.core.model import (
    Escalation,
    EscalationStatus,
    Incident,
    IncidentStatus,
    Notification,
    NotificationKind,
    NotificationStatus,
    Nudge,
    NudgeStatus,
    Situation,
)
from escalate_cli.core.targets import name_of, resolve
from escalate_cli.core.text import printable

TITLE_LIMIT = 200
"""an email subject of over 990 characters without a space fails for good (facts.md)"""
SHORT_LIMIT = 160
"""one SMS"""
BODY_LIMIT = 20_000

PLACEHOLDERS = (
    "severity", "id", "title", "message", "services", "teams", "lead", "declared_by", "declared_at", "status", "level", "levels",
    "because", "next", "ack",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A message for a gateway: for `text = "short"` the body is everything and the title is empty."""

    title: str
    body: str


def compose(notification: Notification, situation: Situation, catalog: Catalog, now: Instant, *, short: bool) -> Message:
    """The message of a notification at `now`, in the recipient's zone; `[messages]` templates where they are given and work."""
    zone = _zone_of(notification.recipient, catalog)
    if short:
        return Message("", _short(notification, situation, catalog, now, zone))
    values = facts(notification, situation, catalog, now, zone)
    templated = _templated("title", values, catalog)
    title = _repeat(notification) + templated if templated else _title(notification, situation.incident)
    body = _templated("body", values, catalog) or _body(notification, situation, catalog, now, zone)
    return Message(clip(printable(title), TITLE_LIMIT), clip(body, BODY_LIMIT))


def clip(text: str, limit: int) -> str:
    """`text` in at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clock_time(at: Instant, zone: str, now: Instant) -> str:
    """A time of day in a zone, with the date where it is not within half a day of `now`: "02:14 GMT", "Sun 29 Nov 02:14 GMT"."""
    local = instant_to_local(at, zone)
    near = abs(at - now) < DAY // 2
    return local.strftime("%H:%M %Z" if near else "%a %d %b %H:%M %Z")


def _zone_of(recipient: str, catalog: Catalog) -> str:
    person = catalog.people.get(recipient.removeprefix("person:")) if recipient.startswith("person:") else None
    return person.timezone if person else catalog.settings.timezone


def _name(incident: Incident) -> str:
    return f"#{incident.id} {printable(incident.title)}"


def _title(notification: Notification, incident: Incident) -> str:
    start = {
        NotificationKind.PAGE: f"[{incident.severity}]",
        NotificationKind.INFORM: f"[{incident.severity}] For information:",
        NotificationKind.NUDGE: f"[{incident.severity}] Your decision:",
        NotificationKind.RESOLVED: "[resolved]",
        NotificationKind.TEST: "[TEST]",
    }[notification.kind]
    name = _name(incident) if incident.id > 0 else printable(incident.title)
    return f"{_repeat(notification)}{start} {name}"


def _repeat(notification: Notification) -> str:
    return "(repeat) " if notification.unsure else ""


def _body(notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str) -> str:
    incident = situation.incident
    parts = []
    if notification.note:
        parts.append(printable(notification.note, lines=True))
    if notification.kind is not NotificationKind.TEST:
        parts.append("\n".join(_what(situation, catalog, now, zone)))
    if notification.kind is not NotificationKind.RESOLVED:
        parts += [printable(text, lines=True) for text in _said(notification, incident)]
    parts.append("\n".join(_why_and_next(notification, situation, catalog, now, zone)))
    parts.append("\n".join(_what_to_type(notification, situation, catalog)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _said(notification: Notification, incident: Incident) -> list[str]:
    """What the reporter said, and the latest that has been said since, unless it is this message's news anyway."""
    said = [incident.message] if incident.message else []
    if incident.latest_update and incident.latest_update not in (notification.note or ""):
        said.append(f"Latest update: {incident.latest_update}")
    return said


def _what(situation: Situation, catalog: Catalog, now: Instant, zone: str) -> list[str]:
    incident = situation.incident
    lines = [f"{_name(incident)}", f"Severity: {incident.severity}"]
    names = ", ".join(catalog.services[one].name if one in catalog.services else one for one in incident.services)
    lines.append(f"Affected: {names or 'no service known yet'}")
    by = f" by {printable(name_of(f'person:{incident.declared_by}', catalog))}" if incident.declared_by else ""
    lines.append(f"Declared: {clock_time(incident.declared_at, zone, now)}{by} ({show_about(now - incident.declared_at)} ago)")
    if incident.lead:
        lines.append(f"Lead: {name_of('person:' + incident.lead, catalog)}")
    candidates = incident.routing.get("candidates") or []
    if not incident.services and candidates:
        lines.append("It may be one of:")
        lines += [f"  {one['name']} ({one['team']}): escalate update {incident.id} --service {one['service']}" for one in candidates[:5]]
    return lines


def _why_and_next(notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str) -> list[str]:
    lines = []
    if notification.kind in (NotificationKind.PAGE, NotificationKind.NUDGE):
        lines.append(f"Why you: {printable(notification.because)}")
    if notification.late:
        lines.append(f"This page is {show_about(notification.late)} late: escalate was not running.")
    if notification.unsure:
        lines.append("You may have had this message before: the outcome of an earlier attempt is not known.")
    if notification.kind is NotificationKind.NUDGE:
        return lines + _nudge_lines(notification, situation, catalog, now, zone)
    told = _told(notification, situation, catalog, now, zone)
    if told and notification.kind is NotificationKind.PAGE:
        lines.append(f"Told so far: {told}")
    upcoming = outlook(notification, situation, catalog, now)
    if upcoming is not None and notification.kind is NotificationKind.PAGE:
        lines.append(f"Next: {upcoming.text} at {clock_time(upcoming.at, zone, now)}, unless someone acknowledges")
    return lines


def _nudge_lines(notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str) -> list[str]:
    nudge = nudge_of(notification, situation)
    if nudge is None:
        return []
    lines = [f"Proposed: {nudge.action}"]
    if nudge.expires_at is not None:
        what = "it is done anyway" if nudge.proposal.on_expiry.value == "page" else "nothing happens"
        lines.append(f"Without an answer by {clock_time(nudge.expires_at, zone, now)} {what}.")
    return lines


def nudge_of(notification: Notification, situation: Situation) -> Nudge | None:
    """The nudge that a notification asks about."""
    return next((one for one in situation.nudges if one.id == notification.nudge_id), None)


def _told(notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str) -> str:
    first: dict[str, Instant] = {}
    for one in situation.notifications:
        if one.status is NotificationStatus.SENT and one.sent_at is not None and one.kind is NotificationKind.PAGE:
            first.setdefault(one.recipient, one.sent_at)
    first.pop(notification.recipient, None)
    latest = list(first.items())[-6:]
    return ", ".join(f"{name_of(who, catalog)} at {clock_time(at, zone, now)}" for who, at in latest)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes next if nobody acknowledges: "level 2 (Bo Chen)", and when."""

    at: Instant
    text: str
    people: tuple[str, ...]


def outlook(notification: Notification, situation: Situation, catalog: Catalog, now: Instant) -> Outlook | None:
    """What comes next in the escalation that a notification belongs to; see `next_of`."""
    for escalation in situation.escalations:
        if escalation.id == notification.escalation_id:
            return next_of(escalation, situation, catalog, now)
    return None


def next_of(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Outlook | None:
    """The next level of a paging escalation that applies as things stand, with the names of those it reaches at its time."""
    at = escalation.next_at
    if at is None or escalation.status not in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED):
        return None
    levels = escalation.policy.levels
    walk = list(range(escalation.level, len(levels)))
    if escalation.cycle < escalation.policy.repeat:
        walk += range(len(levels))
    if escalation.status is EscalationStatus.EXHAUSTED:
        walk = []
    for index in walk:
        level = levels[index]
        if not judge(level.when, situation, catalog, at, team=escalation.team).holds:
            continue
        found = [one for target in level.notify for one in resolve(target, escalation.team, situation, catalog, at).recipients]
        if found:
            people = tuple(dict.fromkeys(name_of(one.address, catalog) for one in found))
            return Outlook(at, f"level {index + 1} of {len(levels)} ({', '.join(people)})", people)
    found = [one for target in catalog.fallback.page for one in resolve(target, None, situation, catalog, at).recipients]
    people = tuple(dict.fromkeys(name_of(one.address, catalog) for one in found))
    return Outlook(at, f"the fallback ({', '.join(people)})", people) if people else None


def _what_to_type(notification: Notification, situation: Situation, catalog: Catalog) -> list[str]:
    incident = situation.incident
    if notification.kind is NotificationKind.TEST or incident.id <= 0:
        return ["This is only a test. Nothing is broken and nothing needs doing."]
    lines = []
    nudge = nudge_of(notification, situation)
    if nudge is not None and nudge.status is NudgeStatus.OPEN:
        lines += [f"Yes:         escalate nudge {nudge.id} yes", f"No:          escalate nudge {nudge.id} no"]
    if notification.kind is NotificationKind.PAGE and incident.status is not IncidentStatus.RESOLVED:
        lines.append(f"Acknowledge: escalate ack {incident.id}")
    lines.append(f"Details:     escalate show {incident.id}")
    for service in incident.services:
        if service in catalog.services:
            lines += [f"{name.capitalize()}: {url}" for name, url in catalog.services[service].links.items()]
    return lines


def _short(notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str) -> str:
    incident = situation.incident
    values = facts(notification, situation, catalog, now, zone)
    templated = _templated("short", values, catalog)
    if templated:
        return clip(_repeat(notification) + printable(templated), SHORT_LIMIT)
    nudge = nudge_of(notification, situation)
    if notification.kind is NotificationKind.TEST or incident.id <= 0:
        head, tail = "[TEST] ", " Only a test: nothing is broken."
    elif nudge is not None:
        head, tail = f"{_repeat(notification)}[{incident.severity}] #{incident.id} ", f": {nudge.action}? escalate nudge {nudge.id} yes|no"
    elif notification.kind is NotificationKind.PAGE:
        level = f" L{notification.level}" if notification.level else ""
        level += f", {show_about(notification.late)} late" if notification.late else ""
        head, tail = f"{_repeat(notification)}[{incident.severity}{level}] #{incident.id} ", f" - escalate ack {incident.id}"
    elif notification.kind is NotificationKind.RESOLVED:
        head, tail = f"{_repeat(notification)}[resolved] #{incident.id} ", ""
    else:
        head, tail = f"{_repeat(notification)}[info] #{incident.id} ", f": {printable(notification.note or '')}"
    tail = clip(tail, SHORT_LIMIT // 2)
    return head + clip(printable(incident.title), SHORT_LIMIT - len(head) - len(tail)) + tail


def facts(notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str) -> Mapping[str, str]:
    """The values of the placeholders that a `[messages]` template may use."""
    incident = situation.incident
    upcoming = outlook(notification, situation, catalog, now)
    escalation = next((one for one in situation.escalations if one.id == notification.escalation_id), None)
    values = {
        "severity": incident.severity,
        "id": str(incident.id),
        "title": incident.title,
        "message": notification.note or incident.message or "",
        "services": ", ".join(catalog.services[one].name if one in catalog.services else one for one in incident.services),
        "teams": ", ".join(dict.fromkeys(one.team for one in situation.escalations)),
        "lead": name_of(f"person:{incident.lead}", catalog) if incident.lead else "",
        "declared_by": name_of(f"person:{incident.declared_by}", catalog) if incident.declared_by else "",
        "declared_at": clock_time(incident.declared_at, zone, now),
        "status": incident.status.value,
        "level": str(notification.level or ""),
        "levels": str(escalation.levels if escalation else ""),
        "because": notification.because,
        "next": f"{upcoming.text} at {clock_time(upcoming.at, zone, now)}" if upcoming else "",
        "ack": f"escalate ack {incident.id}",
    }
    return {name: printable(value, lines=True) for name, value in values.items()}


def _templated(part: str, values: Mapping[str, str], catalog: Catalog) -> str | None:
    """The template of this part filled in; None where there is none, or it does not work: then the built-in text goes out."""
    template = catalog.messages.get(part)
    if not template:
        return None
    try:
        return fill(template, values)
    except ValueError:
        return None


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into `{name}` places; nothing else is understood: no attributes, no formats, no code. ValueError says what is wrong."""
    filled = []
    for literal, name, spec, conversion in string.Formatter().parse(template):
        filled.append(literal)
        if name is None:
            continue
        if spec or conversion or name not in values:
            raise ValueError(f"{{{name}}} is not a placeholder")
        filled.append(values[name])
    return "".join(filled)
