"""The document of an incident as Markdown (CommonMark with GitHub's tables), to be the start of a review.

What people and providers wrote goes through `plain` or `quoted`: it shows as written, never as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from escalate_cli.core.calendar.duration import SECOND, Instant, Span, show_about, show_duration
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.incident.situation import Incident, Notification, Nudge
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.events import shown_kind
from escalate_cli.core.wording.rules import action_in_words
from escalate_cli.insight.document import Document, RecordedMessage
from escalate_cli.views.markdown.escaping import escaped, quoted

HEADINGS_OF_A_REVIEW = ("What went well", "What went badly", "Where we were lucky", "Actions")


class _Pen(msgspec.Struct, frozen=True):
    """Writes times in one zone and names from one catalog."""

    zone: str
    catalog: Catalog
    several_offsets: bool

    def time(self, at: Instant | None, *, exact: bool = False) -> str:
        """`Mon 2026-11-23 04:52:31`; with the offset where it is asked for, or changes in the
        course of the document.
        """
        if at is None:
            return "–"
        local = instant_to_local(at, self.zone)
        return f"{local:%a %Y-%m-%d %H:%M:%S}" + (
            f" {offset(at, self.zone)}" if exact or self.several_offsets else ""
        )

    def person(self, person: str | None) -> str:
        return escaped(self.catalog.person_name(person)) if person else "–"

    def recipient(self, recipient: Recipient) -> str:
        return escaped(self.catalog.name_of(recipient))

    def team(self, team: str | None) -> str:
        return escaped(self.catalog.team_name(team)) if team else "–"

    def service(self, service: str) -> str:
        known = self.catalog.services.get(service)
        return escaped(f"{known.name} ({service})" if known else service)


def offset(at: Instant, zone: str) -> str:
    """The offset of the zone at `at`, `+01:00`."""
    text = f"{instant_to_local(at, zone):%z}"
    return f"{text[:3]}:{text[3:5]}"


def document_markdown(document: Document, catalog: Catalog, zone: str) -> str:
    """The whole document; times in `zone`, names as `catalog` has them."""
    instants = [
        document.situation.incident.declared_at,
        *(entry.at for entry in document.timeline),
        *(message.at for message in document.told),
    ]
    offsets = {offset(at, zone) for at in instants}
    pen = _Pen(zone, catalog, len(offsets) > 1)
    incident = document.situation.incident
    parts = [
        f"# Incident {incident.id}: {escaped(incident.title)}",
        f"Times are in {escaped(zone)} ({', '.join(f'UTC{offset}' for offset in sorted(offsets))})."
        + _origin(document),
        "## Facts",
        _table(("fact", "value"), _facts(document, pen)),
        "## What was reported",
        *_reported(document, pen),
    ]
    for heading, write in _SECTIONS:
        parts += [f"## {heading}", *(write(document, pen) or ("None.",))]
    parts += ["## Review", *(f"### {heading}" for heading in HEADINGS_OF_A_REVIEW)]
    return "\n\n".join(parts) + "\n"


def _origin(document: Document) -> str:
    return " Imported: the record has what the imported row had, no more." if document.imported else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _span(span: Span | None) -> str:
    return "–" if span is None else "less than a second" if 0 < span < SECOND // 2 else show_duration(span)


# ── facts ─────────────────────────────────────────────────────────────────────────────


def _facts(document: Document, pen: _Pen) -> list[tuple[str, str]]:
    incident = document.situation.incident
    by = f" by {pen.person(incident.declared_by)}" if incident.declared_by else ""
    return [
        ("severity", _severity(document, pen)),
        ("status", incident.status.value),
        ("services", ", ".join(map(pen.service, incident.services)) or "none known"),
        ("teams", ", ".join(map(pen.team, document.record.teams)) or "–"),
        ("lead", pen.person(incident.lead)),
        ("labels", ", ".join(escaped(f"{name}={value}") for name, value in incident.labels.items()) or "–"),
        ("key", escaped(incident.key) if incident.key else "–"),
        *((escaped(name), escaped(url)) for name, url in _links(incident, pen.catalog)),
        ("declared", f"{pen.time(incident.declared_at, exact=True)}{by}"),
        ("acknowledged", _acknowledged(document, pen)),
        ("resolved", pen.time(incident.resolved_at, exact=True)),
        ("to the first page", _first_page(document, pen)),
        ("to acknowledge", _first_answer(document, pen)),
        ("to resolve", _span(document.record.to_resolve)),
    ]


def _links(incident: Incident, catalog: Catalog) -> list[tuple[str, str]]:
    links = [
        pair
        for service in incident.services
        if service in catalog.services
        for pair in catalog.services[service].links.items()
    ]
    return list(dict.fromkeys(links))


def _severity(document: Document, pen: _Pen) -> str:
    first, *later = document.severities
    incident = document.situation.incident
    if not later:
        return f"{escaped(incident.severity)} from the declaration on"
    steps = [f"declared {escaped(first.severity)}"]
    for step in later:
        whose = f" by {pen.person(step.by)}" if step.by else " by a rule"
        steps.append(f"{escaped(step.severity)} after {_span(step.at - incident.declared_at)}{whose}")
    return f"{escaped(incident.severity)}: {', '.join(steps)}"


def _acknowledged(document: Document, pen: _Pen) -> str:
    at = document.situation.incident.acknowledged_at
    if at is None:
        return "–"
    return f"{pen.time(at, exact=True)} by {pen.person(document.first_taker)}"


def _first_page(document: Document, pen: _Pen) -> str:
    page = document.first_page
    if page is None:
        return "–"
    level = (
        f", level {page.level}" + (f" of {pen.team(page.team)}" if page.team else "") if page.level else ""
    )
    whom = f"{pen.recipient(page.recipient)} by {escaped(page.gateway)}{level}"
    return f"{_span(document.record.to_page)} ({whom})"


def _first_answer(document: Document, pen: _Pen) -> str:
    if document.record.to_acknowledge is None:
        return "–"
    answer = next(
        answer
        for answer, ack in zip(document.record.answers, document.record.acks, strict=True)
        if not ack.partly
    )
    level = (
        f", paged at level {answer.level}"
        if answer.level
        else ""
        if answer.gateway or not answer.by
        else ", who had not been paged"
    )
    return f"{_span(document.record.to_acknowledge)} ({pen.person(answer.by)}{level})"


def _reported(document: Document, pen: _Pen) -> list[str]:
    """The words as they came in, and how they found a service."""
    incident, declared, routed = document.situation.incident, document.declaration, document.routed
    title = declared.title if declared else incident.title
    message = declared.message if declared else incident.message
    parts = [quoted(f"{title}\n\n{message}" if message else title)]
    routing = incident.routing
    if routed is not None:
        parts.append(f"Where it went: {escaped(routed.text)}.")
    candidates = routing.get("candidates") or []
    if candidates:
        rows = [
            (
                escaped(candidate["name"]),
                pen.team(candidate["team"]),
                f"{candidate['score']:.2f}",
                escaped(", ".join(candidate["because"])),
            )
            for candidate in candidates
        ]
        parts.append(_table(("it sounded like", "team", "score", "because"), rows))
    first, last = document.record.first_services, document.situation.incident.services
    if set(first) != set(last):
        parts.append(f"At first: {_services(first, pen)}; in the end: {_services(last, pen)}.")
    return parts


def _services(services: Sequence[str], pen: _Pen) -> str:
    return ", ".join(map(pen.service, services)) or "no service"


# ── the sections ──────────────────────────────────────────────────────────────────────


def _told(document: Document, pen: _Pen) -> list[str]:
    rows = [
        (
            pen.time(row.at),
            pen.recipient(row.notification.recipient),
            escaped(row.notification.gateway),
            _kind(row.notification),
            str(row.notification.level or "–"),
            _why(row),
            escaped(row.notification.source) or "–",
        )
        for row in document.told
    ]
    return [_table(("time", "who", "by", "kind", "level", "because", "line"), rows)] if rows else []


def _kind(notification: Notification) -> str:
    """The kind, and what was unusual about the delivery."""
    unusual = ["under way"] if notification.sent_at is None else []
    unusual += [f"attempt {notification.attempts}"] if notification.attempts > 1 else []
    unusual += [f"{show_about(notification.late)} late"] if notification.late else []
    unusual += ["may have come twice"] if notification.unsure else []
    return notification.kind.in_words + (f" ({', '.join(unusual)})" if unusual else "")


def _why(row: RecordedMessage) -> str:
    note = f": {row.notification.note}" if row.notification.note else ""
    return escaped(row.notification.because + note)


def _acknowledgements(document: Document, pen: _Pen) -> list[str]:
    declared_at = document.situation.incident.declared_at
    rows = [
        (
            pen.time(answer.at),
            pen.person(answer.by) + (" (one of several awaited)" if ack.partly and ack.team else ""),
            pen.team(answer.team),
            str(answer.level) if answer.level else "–" if answer.gateway else "not paged",
            escaped(answer.gateway or "–"),
            _span(answer.at - declared_at),
            _span(answer.after),
        )
        for answer, ack in zip(document.record.answers, document.record.acks, strict=True)
    ]
    heads = ("time", "who", "for", "paged at level", "by", "after the declaration", "after the page")
    return [_table(heads, rows)] if rows else []


def _changes(document: Document, pen: _Pen) -> list[str]:
    what = (escaped(getattr(change.event, "change", change.kind.value)) for change in document.changes)
    rows = [
        (pen.time(entry.at), change, escaped(entry.text), pen.person(entry.by))
        for entry, change in zip(document.changes, what, strict=True)
    ]
    return [_table(("time", "what", "change", "by"), rows)] if rows else []


def _nudges(document: Document, pen: _Pen) -> list[str]:
    rows = [
        (
            pen.time(nudge.created_at),
            escaped(f"{nudge.rule}: {action_in_words(nudge.proposal.action, pen.catalog)}"),
            ", ".join(map(pen.recipient, nudge.asked)) or "nobody",
            _answer(nudge, pen),
            _span(nudge.answered_at - nudge.created_at) if nudge.answered_at is not None else "–",
            escaped(nudge.source) or "–",
        )
        for nudge in document.situation.nudges
    ]
    return [_table(("time", "proposal", "asked", "outcome", "after", "line"), rows)] if rows else []


def _answer(nudge: Nudge, pen: _Pen) -> str:
    return nudge.status.value + (f" by {pen.person(nudge.answered_by)}" if nudge.answered_by else "")


def _delays(document: Document, pen: _Pen) -> list[str]:
    rows = [
        (
            pen.time(delay.at),
            delay.kind,
            show_about(delay.lasted) if delay.lasted is not None else "–",
            escaped(delay.text),
        )
        for delay in document.delays
    ]
    return [_table(("time", "kind", "how long", "what"), rows)] if rows else []


def _undelivered(document: Document, pen: _Pen) -> list[str]:
    rows = [
        (
            pen.time(row.at),
            pen.recipient(row.notification.recipient),
            escaped(row.notification.gateway),
            row.notification.kind.in_words,
            str(row.notification.attempts),
            row.notification.status.value,
            escaped(row.notification.error or "no cause recorded"),
        )
        for row in document.undelivered
    ]
    parts = [_table(("time", "who", "by", "kind", "attempts", "status", "cause"), rows)] if rows else []
    missed = [
        (pen.time(missed.at), pen.team(missed.team), str(missed.level or "–"), escaped(missed.reason))
        for missed in document.missed
    ]
    return [*parts, _table(("time", "team", "level", "nobody reached"), missed)] if missed else parts


def _timeline(document: Document, pen: _Pen) -> list[str]:
    rows = [
        (
            pen.time(entry.at),
            shown_kind(entry.event),
            pen.team(entry.team),
            escaped(entry.beside_kind(pen.catalog)),
            pen.person(entry.by),
        )
        for entry in document.timeline
    ]
    return [_table(("time", "what", "team", "text", "by"), rows)]


_SECTIONS: tuple[tuple[str, Callable[[Document, _Pen], list[str]]], ...] = (
    ("Who was told, when and why", _told),
    ("Acknowledgements", _acknowledgements),
    ("What changed", _changes),
    ("Nudges", _nudges),
    ("Delays", _delays),
    ("Undelivered", _undelivered),
    ("Timeline", _timeline),
)
