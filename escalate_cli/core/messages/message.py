"""The text of a message, full and short: what is broken, who has been told, why you, who is next
and when, what to type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from escalate_cli.core.calendar.duration import DAY, Instant, show_about
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.escalation.conditions import judge
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import (
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
from escalate_cli.core.messages.sms import one_sms, short_message, words
from escalate_cli.core.notification.targets import whom
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import Target
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.fitting import Loose, Text, clip, fit, join, may_cut, squeeze
from escalate_cli.core.wording.placeholders import fill
from escalate_cli.core.wording.text import printable

TITLE_LIMIT = 200
"""an email subject of over 990 characters without a space fails for good"""
_LONGEST_PIECE = 20_000
"""of what somebody wrote: no service takes more, and nobody reads it"""

# What of a message gives way where a service takes less, the first of these first; what is cut is said.
_PROSE, _LISTS, _NAMES, _TITLE = 4, 3, 2, 1
_MORE_LINES, _MORE = "[...]", "... and {lines} more"


class Message(msgspec.Struct, frozen=True):
    """A message for a gateway: for `text = "short"` the body is everything and the title is empty.

    `loose` are the stretches of the body that may be shortened for a service that takes less.
    """

    title: str
    body: str
    loose: tuple[Loose, ...] = ()


def compose(
    notification: Notification, situation: Situation, catalog: Catalog, now: Instant, *, short: bool
) -> Message:
    """The message of a notification at `now`, in the recipient's zone; `[messages]` templates where
    they are given and work.
    """
    zone = _zone_of(notification.recipient, catalog)
    values = facts(notification, situation, catalog, now, zone) if catalog.messages else {}
    if short:
        templated = _templated("short", values, catalog)
        if templated:
            return Message("", one_sms(Text(_repeat(notification)) + templated))
        return Message("", short_message(notification, situation.incident, nudge_of(notification, situation)))
    title = _templated("title", values, catalog) or _title(notification, situation.incident)
    body = _templated("body", values, catalog) or _body(notification, situation, catalog, now, zone)
    return Message(_fitted_title(Text(_repeat(notification)) + title), body.text, body.loose)


def _fitted_title(title: Text) -> str:
    def fits(text: str) -> bool:
        return len(text) <= TITLE_LIMIT

    fitted = fit(title, fits)
    return squeeze(title.text, fits) if fitted is None else fitted.text


def clock_time(at: Instant, zone: str, now: Instant) -> str:
    """A time of day in a zone, with the date where it is not within half a day of `now`: "02:14
    GMT", "Sun 29 Nov 02:14 GMT".
    """
    local = instant_to_local(at, zone)
    near = abs(at - now) < DAY // 2
    return local.strftime("%H:%M %Z" if near else "%a %d %b %H:%M %Z")


def _zone_of(recipient: Recipient, catalog: Catalog) -> str:
    person = catalog.people.get(recipient.id) if recipient.is_person else None
    return person.timezone if person else catalog.settings.timezone


def _name(incident: Incident) -> Text:
    return Text(f"#{incident.id} ") + _of_people(incident.title, _TITLE, least=100)


def _of_people(text: str, rank: int, *, least: int = 0, lines: bool = False, rest: str = "") -> Text:
    """What somebody wrote, made harmless; it may be cut."""
    return may_cut(printable(clip(text, _LONGEST_PIECE), lines=lines), rank, least, rest)


def _listed(lines: list[str]) -> Text:
    """Lines of which as many go out as fit; the rest is counted."""
    return may_cut("\n".join(lines), _LISTS, rest=_MORE)


def _title(notification: Notification, incident: Incident) -> Text:
    start = {
        NotificationKind.PAGE: f"[{incident.severity}]",
        NotificationKind.INFORM: f"[{incident.severity}] For information:",
        NotificationKind.NUDGE: f"[{incident.severity}] Your decision:",
        NotificationKind.RESOLVED: "[resolved]",
        NotificationKind.TEST: "[TEST]",
    }[notification.kind]
    name = _name(incident) if incident.id > 0 else _of_people(incident.title, _TITLE)
    return Text(f"{start} ") + name


def _repeat(notification: Notification) -> str:
    return "(repeat) " if notification.unsure else ""


def _body(
    notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str
) -> Text:
    incident = situation.incident
    parts: list[Text | str] = []
    if notification.note:
        parts.append(_of_people(notification.note, _PROSE, least=200, lines=True, rest=_MORE_LINES))
    if notification.kind is not NotificationKind.TEST:
        parts.append(join("\n", _what(situation, catalog, now, zone)))
    if notification.kind is not NotificationKind.RESOLVED:
        parts += [
            _of_people(text, _PROSE, least=100, lines=True, rest=_MORE_LINES)
            for text in _said(notification, incident)
        ]
    parts.append(join("\n", _why_and_next(notification, situation, catalog, now, zone)))
    parts.append(join("\n", _what_to_type(notification, situation, catalog)))
    return join("\n\n", parts) + "\n"


def _said(notification: Notification, incident: Incident) -> list[str]:
    """What the reporter said, and the latest that has been said since, unless it is this message's
    news anyway.
    """
    texts = [incident.message] if incident.message else []
    if incident.latest_update and incident.latest_update not in (notification.note or ""):
        texts.append(f"Latest update: {incident.latest_update}")
    return texts


def _what(situation: Situation, catalog: Catalog, now: Instant, zone: str) -> list[Text | str]:
    incident = situation.incident
    lines: list[Text | str] = [_name(incident), f"Severity: {incident.severity}"]
    names = ", ".join(catalog.service_name(service) for service in incident.services)
    lines.append(Text("Affected: ") + may_cut(names or "no service known yet", _NAMES, least=40))
    by = f" by {printable(catalog.person_name(incident.declared_by))}" if incident.declared_by else ""
    since = f" ({show_about(now - incident.declared_at)} ago)"
    lines.append(
        Text(f"Declared: {clock_time(incident.declared_at, zone, now)}")
        + may_cut(by, _NAMES, least=40)
        + since
    )
    if incident.lead:
        lines.append(Text("Lead: ") + may_cut(catalog.person_name(incident.lead), _NAMES, least=40))
    candidates = incident.routing.get("candidates") or []
    if not incident.services and candidates:
        lines.append("It may be one of:")
        fits = [
            f"  {candidate['name']} ({candidate['team']}):"
            f" escalate update {incident.id} --service {candidate['service']}"
            for candidate in candidates[:5]
        ]
        lines.append(_listed(fits))
    return lines


def _why_and_next(
    notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str
) -> list[Text | str]:
    lines: list[Text | str] = []
    if notification.kind in (NotificationKind.PAGE, NotificationKind.NUDGE):
        lines.append(Text("Why you: ") + _of_people(notification.because, _NAMES, least=80))
    if notification.late:
        lines.append(f"This page is {show_about(notification.late)} late: escalate was not running.")
    if notification.unsure:
        lines.append("You may have had this message before: the outcome of an earlier attempt is not known.")
    if notification.kind is NotificationKind.NUDGE:
        return lines + _nudge_lines(notification, situation, catalog, now, zone)
    told = _told(notification, situation, catalog, now, zone)
    if told and notification.kind is NotificationKind.PAGE:
        lines.append(may_cut(f"Told so far: {told}", _LISTS))
    upcoming = outlook(notification, situation, catalog, now)
    if upcoming is not None and notification.kind is NotificationKind.PAGE:
        who = may_cut(upcoming.text, _NAMES, least=40)
        lines.append(
            Text("Next: ") + who + f" at {clock_time(upcoming.at, zone, now)}, unless someone acknowledges"
        )
    return lines


def _nudge_lines(
    notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str
) -> list[Text | str]:
    nudge = nudge_of(notification, situation)
    if nudge is None:
        return []
    lines: list[Text | str] = [Text("Proposed: ") + may_cut(nudge.action, _NAMES, least=80)]
    if nudge.expires_at is not None:
        what = "it is done anyway" if nudge.proposal.on_expiry.value == "page" else "nothing happens"
        lines.append(f"Without an answer by {clock_time(nudge.expires_at, zone, now)} {what}.")
    return lines


def nudge_of(notification: Notification, situation: Situation) -> Nudge | None:
    """The nudge that a notification asks about."""
    return next((nudge for nudge in situation.nudges if nudge.id == notification.nudge_id), None)


def _told(notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str) -> str:
    first: dict[Recipient, Instant] = {}
    for page in situation.notifications:
        if (
            page.status is NotificationStatus.SENT
            and page.sent_at is not None
            and page.kind is NotificationKind.PAGE
        ):
            first.setdefault(page.recipient, page.sent_at)
    first.pop(notification.recipient, None)
    latest = list(first.items())[-6:]
    return ", ".join(f"{catalog.name_of(who)} at {clock_time(at, zone, now)}" for who, at in latest)


class Outlook(msgspec.Struct, frozen=True):
    """What comes next if nobody acknowledges: "level 2 (Bo Chen)", and when."""

    at: Instant
    text: str
    people: tuple[str, ...]


def outlook(
    notification: Notification, situation: Situation, catalog: Catalog, now: Instant
) -> Outlook | None:
    """What comes next in the escalation that a notification belongs to; see `next_of`."""
    for escalation in situation.escalations:
        if escalation.id == notification.escalation_id:
            return next_of(escalation, situation, catalog, now)
    return None


def next_of(escalation: Escalation, situation: Situation, catalog: Catalog, now: Instant) -> Outlook | None:
    """The next level of a paging escalation that applies as things stand, with the names of those
    it reaches at its time.
    """
    at = escalation.next_at
    if at is None or escalation.status not in (EscalationStatus.PAGING, EscalationStatus.EXHAUSTED):
        return None
    levels = escalation.policy.levels
    walk = list(range(escalation.level, len(levels)))
    if escalation.cycle < escalation.policy.repeat:
        walk += range(len(levels))
    if escalation.status is EscalationStatus.EXHAUSTED:
        walk = []
    then = Decision(situation, catalog, at)
    for index in walk:
        level = levels[index]
        if not judge(level.when, then, team=escalation.team).holds:
            continue
        people = _names(level.notify, escalation.team, then)
        if people:
            return Outlook(at, f"level {index + 1} of {len(levels)} ({', '.join(people)})", people)
    people = _names(catalog.fallback.page, None, then)
    return Outlook(at, f"the fallback ({', '.join(people)})", people) if people else None


def _names(targets: Iterable[Target], team: str | None, decision: Decision) -> tuple[str, ...]:
    names = (
        decision.catalog.name_of(addressee.recipient)
        for target in targets
        for addressee in whom(target, team, decision).addressees
    )
    return tuple(dict.fromkeys(names))


def _what_to_type(notification: Notification, situation: Situation, catalog: Catalog) -> list[Text | str]:
    incident = situation.incident
    if notification.kind is NotificationKind.TEST or incident.id <= 0:
        return ["This is only a test. Nothing is broken and nothing needs doing."]
    lines: list[Text | str] = []
    nudge = nudge_of(notification, situation)
    if nudge is not None and nudge.status is NudgeStatus.OPEN:
        lines += [f"Yes:         escalate nudge {nudge.id} yes", f"No:          escalate nudge {nudge.id} no"]
    if notification.kind is NotificationKind.PAGE and incident.status is not IncidentStatus.RESOLVED:
        lines.append(f"Acknowledge: escalate ack {incident.id}")
    lines.append(f"Details:     escalate show {incident.id}")
    known = [catalog.services[service] for service in incident.services if service in catalog.services]
    lines.append(
        _listed([f"{name.capitalize()}: {url}" for service in known for name, url in service.links.items()])
    )
    return lines


def facts(
    notification: Notification, situation: Situation, catalog: Catalog, now: Instant, zone: str
) -> Mapping[str, str]:
    """The values of the placeholders that a `[messages]` template may use."""
    incident = situation.incident
    upcoming = outlook(notification, situation, catalog, now)
    escalation = next(
        (other for other in situation.escalations if other.id == notification.escalation_id), None
    )
    values = {
        "severity": incident.severity,
        "id": str(incident.id),
        "title": incident.title,
        "message": notification.note or incident.message or "",
        "services": ", ".join(catalog.service_name(service) for service in incident.services),
        "teams": ", ".join(dict.fromkeys(other.team for other in situation.escalations)),
        "lead": catalog.person_name(incident.lead) if incident.lead else "",
        "declared_by": catalog.person_name(incident.declared_by) if incident.declared_by else "",
        "declared_at": clock_time(incident.declared_at, zone, now),
        "status": incident.status.value,
        "level": str(notification.level or ""),
        "levels": str(escalation.levels if escalation else ""),
        "because": notification.because,
        "next": f"{upcoming.text} at {clock_time(upcoming.at, zone, now)}" if upcoming else "",
        "ack": f"escalate ack {incident.id}",
    }
    return {name: printable(clip(value, _LONGEST_PIECE), lines=True) for name, value in values.items()}


def _templated(part: str, values: Mapping[str, str], catalog: Catalog) -> Text | None:
    """The template of this part filled in; None (the built-in text) where it has none that works."""
    template = catalog.messages.get(part)
    if not template:
        return None
    if part != "body":
        template = printable(template)
        tidy = words if part == "short" else printable
        values = {name: tidy(value) for name, value in values.items()}
    try:
        filled = fill(template, values)
    except ValueError:
        return None
    return filled if filled.text.strip() else None
