"""What every message says of its incident: what is affected, since when, what was said of it, and where to
look.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.incident.situation import IncidentStatus, NotificationKind, NotificationStatus
from escalate_cli.core.messages.card import LISTS, NAMES, PROSE, TITLE, HowItStands, Line, Quote, ToType
from escalate_cli.core.messages.occasion import Occasion
from escalate_cli.core.notification.targets import teams_in
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.fitting import Text, clip, may_cut
from escalate_cli.core.wording.text import printable
from escalate_cli.core.wording.unknown_service import no_service_yet

LONGEST_PIECE = 20_000
"""of what somebody wrote: no service takes more, and nobody reads it"""
_MORE_LINES = "[...]"
_MOST_TOLD = 6
_MOST_CANDIDATES = 5

STANDING = {
    IncidentStatus.OPEN: HowItStands.UNANSWERED,
    IncidentStatus.ACKNOWLEDGED: HowItStands.ANSWERED,
    IncidentStatus.RESOLVED: HowItStands.OVER,
}


def of_people(text: str, rank: int, *, least: int = 0, lines: bool = False) -> Text:
    """What somebody wrote, made harmless; it may be cut."""
    rest = _MORE_LINES if lines else ""
    return may_cut(printable(clip(text, LONGEST_PIECE), lines=lines), rank, least, rest)


def title_of(occasion: Occasion) -> Text:
    """The incident's title, the last that gives way."""
    return of_people(occasion.incident.title, TITLE, least=100)


def numbered_title(occasion: Occasion) -> Text:
    """ "#12 Customers cannot log in"; a test has no number."""
    number = occasion.incident.id
    return (Text(f"#{number} ") if number > 0 else Text()) + title_of(occasion)


def standing_of(occasion: Occasion) -> HowItStands:
    """Whether somebody has it."""
    return STANDING[occasion.incident.status]


def news_of(occasion: Occasion) -> Text:
    """What the message itself has to tell."""
    note = occasion.notification.note
    return of_people(note, PROSE, least=200, lines=True) if note else Text()


def facts_of(occasion: Occasion) -> tuple[Line, ...]:
    """How bad, who has it already, what, since when (again, where it was over), who leads."""
    incident, catalog = occasion.incident, occasion.catalog
    lines = [Line("Severity", Text(incident.severity))]
    if occasion.holders:
        over = incident.status is IncidentStatus.RESOLVED
        lines.append(Line("Had it" if over else "Has it", _who_has_it(occasion, "from" if over else "since")))
    lines += [affected(occasion), declared(occasion)]
    if incident.open_since > incident.declared_at:
        lines.append(Line("Open again", Text(f"since {occasion.clock(incident.open_since)}")))
    if incident.lead:
        lines.append(Line("Lead", may_cut(printable(catalog.person_name(incident.lead)), NAMES, least=40)))
    return tuple(lines)


def _who_has_it(occasion: Occasion, begins: str) -> Text:
    """ "Ana Ruiz, since 10:01 GMT"; where teams have somebody each, all of them."""
    text = Text()
    for number, holding in enumerate(occasion.holders):
        name = may_cut(printable(occasion.catalog.person_name(holding.person)), NAMES, least=40)
        since = f", {begins} {occasion.clock(holding.since)}" if holding.since is not None else ""
        text = text + (", and " if number else "") + name + since
    return text


def affected(occasion: Occasion) -> Line:
    """The services in scope, by name."""
    names = ", ".join(map(occasion.catalog.service_name, occasion.incident.services))
    doubt = " (a guess: the title leaves doubt)" if occasion.incident.guess else ""
    names = names or no_service_yet(teams_in(occasion.situation), occasion.catalog)
    return Line("Affected", may_cut(names, NAMES, least=40) + doubt)


def declared(occasion: Occasion) -> Line:
    """Since when, and by whom it was declared."""
    incident, catalog = occasion.incident, occasion.catalog
    by = f" by {printable(catalog.person_name(incident.declared_by))}" if incident.declared_by else ""
    value = Text(occasion.clock(incident.declared_at)) + may_cut(by, NAMES, least=40)
    return Line("Declared", value + f" ({show_about(occasion.now - incident.declared_at)} ago)")


def candidates_of(occasion: Occasion) -> tuple[ToType, ...]:
    """Where no service is known for sure, those that the title may mean, and what to type if it
    does: that takes a guess back, too.
    """
    incident = occasion.incident
    if incident.services and not incident.guess:
        return ()
    candidates = [
        candidate
        for candidate in incident.routing.get("candidates") or []
        if candidate["service"] not in incident.guess
    ]
    dropped = "".join(f" --drop-service {service}" for service in incident.guess)
    return tuple(
        ToType(
            f"{candidate['name']} ({occasion.catalog.team_name(candidate['team'])})",
            occasion.to_type(f"escalate update {incident.id} --service {candidate['service']}{dropped}"),
        )
        for candidate in candidates[:_MOST_CANDIDATES]
    )


def names_of_candidates(occasion: Occasion) -> tuple[str, ...]:
    """Where no service is known, the names of those that it may be: first what an update sounds like."""
    incident, catalog = occasion.incident, occasion.catalog
    if incident.services:
        return ()
    routed = [str(candidate["service"]) for candidate in incident.routing.get("candidates") or []]
    likely = dict.fromkeys([*filter(None, [incident.suggestion]), *routed])
    return tuple(map(catalog.service_name, likely))[:_MOST_CANDIDATES]


def sounds_like(occasion: Occasion) -> ToType | None:
    """The service that the latest words sound like, and what to type if it is that one."""
    incident, services = occasion.incident, occasion.catalog.services
    meant = services.get(incident.suggestion or "")
    if meant is None or meant.id in incident.services or incident.status is IncidentStatus.RESOLVED:
        return None
    command = f"escalate update {incident.id} --service {meant.id}"
    return ToType(printable(meant.name), occasion.to_type(command))


def hints_of(occasion: Occasion) -> tuple[str, ...]:
    """What the latest words sound like, in a sentence with what to type."""
    hint = sounds_like(occasion)
    return () if hint is None else (f"This sounds like {hint.label}: {hint.command}",)


def quotes_of(occasion: Occasion) -> tuple[Quote, ...]:
    """What the reporter said, and the latest that has been said since, unless it is this message's
    news anyway.
    """
    return tuple(_quotes(occasion))


def _quotes(occasion: Occasion) -> Iterator[Quote]:
    incident = occasion.incident
    if incident.message:
        yield Quote(of_people(incident.message, PROSE, least=100, lines=True))
    if incident.latest_update and incident.latest_update not in (occasion.notification.note or ""):
        yield Quote(of_people(incident.latest_update, PROSE, least=100, lines=True), "Latest update")


def remarks_of(occasion: Occasion) -> tuple[str, ...]:
    """What is to be known of the message itself."""
    return tuple(_remarks(occasion))


def _remarks(occasion: Occasion) -> Iterator[str]:
    notification = occasion.notification
    if notification.late:
        yield f"This page is {show_about(notification.late)} late: escalate was not running."
    if notification.unsure:
        yield "You may have had this message before: the outcome of an earlier attempt is not known."


def why_of(occasion: Occasion) -> Line:
    """Why they are written to."""
    reason = of_people(occasion.notification.because, NAMES, least=80)
    return Line("Why you" if occasion.to_person else "Why", reason)


def told_of(occasion: Occasion) -> Line | None:
    """Who has been paged before, the last first to go; the reader is not told of himself."""
    first: dict[Recipient, Instant] = {}
    for page in occasion.situation.notifications:
        arrived = page.status is NotificationStatus.SENT and page.kind is NotificationKind.PAGE
        if arrived and page.sent_at is not None:
            first.setdefault(page.recipient, page.sent_at)
    first.pop(occasion.notification.recipient, None)
    latest = list(first.items())[-_MOST_TOLD:]
    if not latest:
        return None
    told = (f"{occasion.catalog.name_of(who)} at {occasion.clock(at)}" for who, at in latest)
    return Line("Told so far", may_cut(", ".join(told), LISTS))


def paged_with(occasion: Occasion) -> Line | None:
    """Who is paged at the instant of this message, unless that has been called off."""
    told = occasion.notification
    people = dict.fromkeys(
        page.recipient
        for page in occasion.situation.notifications
        if page.kind is NotificationKind.PAGE
        and page.created_at == told.created_at
        and page.recipient.is_person
        and page.status is not NotificationStatus.CANCELLED
    )
    names = ", ".join(printable(occasion.catalog.name_of(who)) for who in people)
    return Line("Paged now", may_cut(names, LISTS, least=40)) if names else None


def upcoming_of(occasion: Occasion) -> Line:
    """Who is next, and when; that nobody is, where nothing comes after this."""
    outlook = occasion.outlook
    if outlook is None:
        names = [printable(occasion.catalog.person_name(holding.person)) for holding in occasion.holders]
        has = f": {' and '.join(names)} {'has' if len(names) == 1 else 'have'} it" if names else ""
        return Line("Next", may_cut(f"nobody is next{has}", NAMES, least=40))
    when = f" at {occasion.clock(outlook.at)}, unless someone acknowledges"
    return Line("Next", may_cut(outlook.text, NAMES, least=40) + when)


def details(occasion: Occasion) -> ToType:
    """Where all of it is to be read."""
    return ToType("Details", occasion.to_type(f"escalate show {occasion.incident.id}"))


def service_links(occasion: Occasion) -> tuple[Line, ...]:
    """The links of the services in scope."""
    services = occasion.catalog.services
    return tuple(
        Line(name.capitalize(), Text(url))
        for service in occasion.incident.services
        if service in services
        for name, url in services[service].links.items()
    )
