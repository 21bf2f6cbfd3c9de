"""What a person does: load → core → save, one transaction each. Functions of plain values that return values; nothing is printed here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from escalate_cli.cataloguing import find, unknown
from escalate_cli.context import Context
from escalate_cli.core import incident as core
from escalate_cli.core.catalog import Catalog, Service, did_you_mean
from escalate_cli.core.duration import Instant, Span
from escalate_cli.core.model import IncidentStatus, Maintenance, NudgeStatus, Situation
from escalate_cli.core.plan import Plan
from escalate_cli.core.policy import Target, TargetKind, parse_target
from escalate_cli.core.routing import Match, Router, Routing
from escalate_cli.errors import Conflict, Unknown, UsageProblem
from escalate_cli.failpoints import Failpoints

if TYPE_CHECKING:
    from escalate_cli.engine import Engine
    from escalate_cli.tally import Tally

LARGEST_TEXT = 1_000_000
"""characters of a title or message; more is refused, since nobody could mean it"""


def engine(context: Context) -> Engine:
    """The engine on this context's parts. The configuration it starts with is remembered as valid."""
    from escalate_cli.engine import Engine  # here: `route` and `list` send nothing and need no outbox

    context.keep_catalog()
    return Engine(context.store, lambda: context.running_catalog, context.sender, context.clock, context.environ)


def storable(text: str, what: str) -> str:
    """Text as it can be stored: bytes that are no UTF-8 are written out as `\\udcff`. `UsageProblem` when it is absurdly long."""
    if len(text) > LARGEST_TEXT:
        raise UsageProblem(f"the {what} has {len(text):,} characters; at most {LARGEST_TEXT:,} are taken", "shorten it")
    with suppress(UnicodeError):
        text = text.encode("utf-8", "surrogateescape").decode("utf-8")  # UTF-8 that was typed under another locale
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# ── who and what is meant ─────────────────────────────────────────────────────────────────────────────────────────────


def find_service(word: str, catalog: Catalog) -> Service:
    """The service with this id or name; `Unknown` with a suggestion otherwise."""
    return find("service", word, catalog.services)


def find_team(word: str, catalog: Catalog) -> str:
    """The id of the team with this id or name; `Unknown` with a suggestion otherwise."""
    return find("team", word, catalog.teams).id


def find_person(word: str, catalog: Catalog) -> str:
    """The id of the person with this login, id or name; `Unknown` with a suggestion otherwise."""
    return find("person", word, catalog.people).id


def whoever_types(by: str | None, context: Context) -> str:
    """The person that `--by` names, else the one whose login this OS user is, else the OS user's name as it is."""
    catalog = context.running_catalog
    if by:
        return find_person(by, catalog)
    login = os_user(context.environ)
    person = catalog.person_by_login(login)
    return person.id if person else login


def os_user(environ: Mapping[str, str]) -> str:
    """The OS user's name: of the process, since an environment can say anything."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return environ.get("USER") or str(os.getuid())


def reader_zone(context: Context) -> str:
    """The time zone of the person whose login this OS user is; the organisation's where that is nobody."""
    catalog = context.running_catalog
    reader = catalog.person_by_login(os_user(context.environ))
    return reader.timezone if reader else catalog.settings.timezone


def find_severity(word: str, catalog: Catalog) -> str:
    """The severity with this id; `Unknown` with the known ones otherwise."""
    known = [one.id for one in catalog.severities]
    if word in known:
        return word
    meant = did_you_mean(word, known)
    hint = f'did you mean "{meant}"?' if meant else f"known, least first: {', '.join(known)}"
    raise Unknown(f'no such severity: "{word}"', hint, code="no-such-severity")


def find_target(word: str, catalog: Catalog) -> Target:
    """The target that `word` names; a bare id of a person, channel, team or schedule is understood too."""
    if word in catalog.people:
        return Target(TargetKind.PERSON, word)
    if word in catalog.channels:
        return Target(TargetKind.CHANNEL, word)
    if word in catalog.teams:
        return Target(TargetKind.ON_CALL, word)
    if word in catalog.schedules:
        return Target(TargetKind.SCHEDULE, word)
    try:
        target = parse_target(word)
    except ValueError:
        everyone = [*catalog.people, *catalog.channels, *catalog.teams, *catalog.schedules]
        raise unknown("target", word, {one: one for one in everyone}) from None
    known: Collection[str] = {
        TargetKind.PERSON: catalog.people.keys(),
        TargetKind.SCHEDULE: catalog.schedules.keys(),
        TargetKind.CHANNEL: catalog.channels.keys(),
    }.get(target.kind, catalog.teams.keys())
    if target.name is not None and target.name not in known:
        raise unknown("target", word, {f"{target.kind.value}:{one}": f"{target.kind.value}:{one}" for one in known})
    return target


def pick_severity(word: str | None, catalog: Catalog) -> str:
    """The severity asked for, else the configuration's default."""
    return find_severity(word, catalog) if word else catalog.settings.default_severity


# ── declaring ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Request:
    """What `declare` was asked for, as typed."""

    title: str
    services: tuple[str, ...] = ()
    severity: str | None = None
    message: str | None = None
    by: str | None = None
    lead: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared incident; `created` is False when one with the key was open already."""

    situation: Situation
    created: bool
    routing: dict[str, Any]


Choose = Callable[[Routing], str | None]
"""asks the reporter which of the candidates it is; None: none of them, or nobody to ask"""


def declare(context: Context, asked: Request, choose: Choose, *, remember: str | None = None) -> Declared:
    """Store the incident, its routing and its first notifications in one transaction. Sending is the caller's next step.

    `remember` is a fact to store with it, so that a kept declaration is not declared twice.
    """
    title = storable(asked.title, "title")
    if not title.strip():
        raise UsageProblem("the title is empty", 'say what is broken: escalate declare "customers cannot log in"')
    catalog = context.running_catalog
    said = _declaration(context, asked, title, catalog)
    if asked.key is not None:
        existing = _existing(context, asked.key, said.services, explicit=bool(asked.services))
        if existing is not None:
            return existing
    if not said.services:
        said = _routed(said, catalog, choose)
    store, reach = context.store, Failpoints(context.environ).reach
    context.keep_catalog()
    with store.transaction():
        if asked.key is not None:
            existing = _existing(context, asked.key, said.services, explicit=bool(asked.services))
            if existing is not None:
                return existing
        planned = core.declare(
            said,
            catalog,
            _moment(context),
            maintenance=store.situations.maintenance(),
            next_turns=store.situations.next_turns(),
        )
        stored = store.situations.save(None, planned.situation)
        if remember is not None:
            store.ledger.remember(remember, str(stored.incident.id))
        reach("declaring")
    reach("declared")
    return Declared(stored, True, dict(said.routing))


def _declaration(context: Context, asked: Request, title: str, catalog: Catalog) -> core.Declaration:
    services = tuple(find_service(one, catalog).id for one in asked.services)
    names = ", ".join(catalog.services[one].name for one in services)
    routing = {"query": title, "match": "given", "service": services[0], "candidates": []} if services else {}
    return core.Declaration(
        title=title,
        severity=pick_severity(asked.severity, catalog),
        services=services,
        message=storable(asked.message, "message") if asked.message else None,
        key=storable(asked.key, "key") if asked.key else None,
        lead=find_person(asked.lead, catalog) if asked.lead else None,
        by=_reporter(asked.by, context),
        labels={storable(name, "label"): storable(value, "label") for name, value in asked.labels},
        routing=routing,
        routed=f"the reporter named {names}" if services else "",
    )


def _reporter(by: str | None, context: Context) -> str:
    """Who declares: a person where one is meant, any other name (a monitor, a script) as it is. No report is refused for its name."""
    catalog = context.running_catalog
    if by:
        person = catalog.people.get(by) or catalog.person_by_login(by)
        return person.id if person else storable(by, "name")
    return whoever_types(None, context)


def _existing(context: Context, key: str, services: tuple[str, ...], *, explicit: bool) -> Declared | None:
    open_id = context.store.situations.open_with_key(key)
    if open_id is None:
        return None
    situation = load(context, open_id)
    if explicit and not set(services) <= set(situation.incident.services):
        known = ", ".join(situation.incident.services) or "no service"
        raise Conflict(
            f'the key "{key}" is in use by incident {open_id}, which is about {known}',
            f"use another key, or add the service: escalate update {open_id} --service {services[0]}",
            code="key-in-use",
        )
    return Declared(situation, False, dict(situation.incident.routing))


def _routed(said: core.Declaration, catalog: Catalog, choose: Choose) -> core.Declaration:
    routing = Router(catalog.services.values()).route(said.title)
    service, how = routing.service, f"routed by the title ({routing.match.value})"
    if service is None:
        service = choose(routing)
        how = "chosen by the reporter"
    record = routing_record(routing) | {"service": service}
    if service is None:
        team = catalog.teams[catalog.fallback.team].name if catalog.fallback.team in catalog.teams else "nobody"
        text = f"no service fits the title for sure ({routing.match.value}): the fallback team {team} gets it"
        return replace(said, routing=record, routed=text)
    because = next((", ".join(one.because) for one in routing.candidates if one.service == service), "")
    text = f"{catalog.services[service].name}: {how}" + (f", {because}" if because else "")
    return replace(said, services=(service,), routing=record, routed=text)


def routing_record(routing: Routing) -> dict[str, Any]:
    """A routing as it is stored and shown in JSON."""
    return {
        "query": routing.query,
        "match": routing.match.value,
        "service": routing.service,
        "candidates": [
            {"service": one.service, "name": one.name, "team": one.team, "score": one.score, "because": list(one.because)}
            for one in routing.candidates
        ],
    }


def is_clear(match: Match) -> bool:
    """Whether a routing needs no human."""
    return match in (Match.EXACT, Match.CONFIDENT)


# ── acting on an incident ─────────────────────────────────────────────────────────────────────────────────────────────


def load(context: Context, incident_id: int) -> Situation:
    """The situation of this incident; `Unknown` when there is none."""
    situation = context.store.situations.load(incident_id) if 0 < incident_id < 2**63 else None
    if situation is None:
        raise Unknown(f"no such incident: {incident_id}", "`escalate list --all` shows them all", code="no-such-incident")
    return situation


def _change(context: Context, incident_id: int, act: Callable[[Situation, Catalog, Instant], Plan | None]) -> Situation:
    """Load, change and store one incident in one transaction; None from `act` means: it is so already."""
    catalog = context.running_catalog
    with context.store.transaction():
        now = _moment(context)
        before = load(context, incident_id)
        planned = act(before, catalog, now)
        if planned is None:
            return before
        return context.store.situations.save(before, planned.situation)


def _moment(context: Context) -> Instant:
    """The moment of an operation, read once, inside its transaction. A clock that was set back is put right first, as a pass does:
    else what is stored now would be due much too late for the passes that follow."""
    now = context.clock.now()
    context.store.ledger.mind_the_clock(now)
    return now


def _must_be_running(situation: Situation, verb: str) -> None:
    if situation.incident.status is IncidentStatus.RESOLVED:
        number = situation.incident.id
        raise Conflict(
            f"incident {number} is already resolved: it cannot be {verb}",
            f"take it up again: escalate reopen {number}",
            code="already-resolved",
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """What `update` was asked for, as typed."""

    severity: str | None = None
    add_services: tuple[str, ...] = ()
    drop_services: tuple[str, ...] = ()
    lead: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    message: str | None = None
    title: str | None = None
    by: str | None = None


def update(context: Context, incident_id: int, asked: Revision) -> Situation:
    """Change severity, scope, lead, labels, title, or add a message."""
    catalog = context.running_catalog
    by = _reporter(asked.by, context)
    changes = core.Changes(
        severity=find_severity(asked.severity, catalog) if asked.severity else None,
        add_services=tuple(find_service(one, catalog).id for one in asked.add_services),
        drop_services=tuple(find_service(one, catalog).id for one in asked.drop_services),
        lead=find_person(asked.lead, catalog) if asked.lead else None,
        labels={storable(name, "label"): storable(value, "label") for name, value in asked.labels},
        message=storable(asked.message, "message") if asked.message else None,
        title=storable(asked.title, "title") if asked.title else None,
    )
    if changes == core.Changes():
        raise UsageProblem("nothing to change", "say what: --severity, --service, --drop-service, --lead, --label, --message or --title")

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "updated")
        return core.update(situation, changes, catalog, now, by=by)

    return _change(context, incident_id, act)


def acknowledge(context: Context, incident_id: int, by: str | None, *, everything: bool = False) -> Situation:
    """Take the incident; a second time changes nothing."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
        _must_be_running(situation, "acknowledged")
        if situation.incident.status is IncidentStatus.ACKNOWLEDGED and not situation.paging:
            return None
        return core.acknowledge(situation, who, catalog, now, everything=everything)

    return _change(context, incident_id, act)


def resolve(context: Context, incident_id: int, *, message: str | None = None, by: str | None = None) -> Situation:
    """End the incident; a second time changes nothing."""
    who = whoever_types(by, context)
    said = storable(message, "message") if message else None

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
        if situation.incident.status is IncidentStatus.RESOLVED:
            return None
        return core.resolve(situation, catalog, now, by=who, message=said)

    return _change(context, incident_id, act)


def reopen(context: Context, incident_id: int, *, by: str | None = None) -> Situation:
    """Take up a resolved incident again, or take an acknowledgement back."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
        if situation.incident.status is IncidentStatus.OPEN:
            return None
        key = situation.incident.key
        other = context.store.situations.open_with_key(key) if key else None
        if other is not None and other != incident_id:
            raise Conflict(f'the key "{key}" is in use by incident {other}', f"work on that one: escalate show {other}", code="key-in-use")
        return core.reopen(situation, catalog, now, by=who)

    return _change(context, incident_id, act)


def snooze(context: Context, incident_id: int, span: Span, *, by: str | None = None) -> Situation:
    """Acknowledge for a while."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "snoozed")
        return core.snooze(situation, span, catalog, now, by=who)

    return _change(context, incident_id, act)


def page(context: Context, incident_id: int, targets: Sequence[str], *, by: str | None = None, message: str | None = None) -> Situation:
    """Page someone by hand."""
    found = [find_target(one, context.running_catalog) for one in targets]
    who = whoever_types(by, context)
    said = storable(message, "message") if message else None

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "paged for")
        return core.page_by_hand(situation, found, catalog, now, by=who, message=said)

    return _change(context, incident_id, act)


def go_to_level(context: Context, incident_id: int, level: int | None, *, by: str | None = None) -> Situation:
    """Page the next level, or the named one, now."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "escalated")
        most = max((one.levels for one in situation.escalations), default=0)
        if level is not None and not 1 <= level <= most:
            raise UsageProblem(f"there is no level {level}: incident {incident_id} has {most}", f"name one from 1 to {most}")
        return core.go_to_level(situation, level, catalog, now, by=who)

    return _change(context, incident_id, act)


def answer_nudge(context: Context, nudge_id: int, accepted: bool, *, by: str | None = None) -> Situation:
    """Say yes or no to a nudge; saying the same again changes nothing."""
    who = whoever_types(by, context)
    incident_id = context.store.situations.incident_of_nudge(nudge_id) if 0 < nudge_id < 2**63 else None
    if incident_id is None:
        raise Unknown(f"no such nudge: {nudge_id}", "`escalate nudge` lists the open ones", code="no-such-nudge")

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan | None:
        nudge = next(one for one in situation.nudges if one.id == nudge_id)
        wanted = NudgeStatus.ACCEPTED if accepted else NudgeStatus.DECLINED
        if nudge.status is wanted:
            return None
        if nudge.status is not NudgeStatus.OPEN:
            raise Conflict(
                f"nudge {nudge_id} is already {nudge.status.value}",
                f"see what happened: escalate timeline {incident_id}",
                code="nudge-over",
            )
        return core.answer_nudge(situation, nudge, accepted, catalog, now, by=who)

    return _change(context, incident_id, act)


def reload(context: Context, incident_id: int, *, by: str | None = None) -> Situation:
    """Adopt the policies as the configuration has them now."""
    who = whoever_types(by, context)

    def act(situation: Situation, catalog: Catalog, now: Instant) -> Plan:
        _must_be_running(situation, "reloaded")
        return core.reload(situation, catalog, now, by=who)

    return _change(context, incident_id, act)


def begin_maintenance(
    context: Context, services: Sequence[str], span: Span, *, reason: str | None = None, by: str | None = None
) -> tuple[Maintenance, ...]:
    """Incidents on these services page nobody for `span`."""
    catalog = context.running_catalog
    found = [find_service(one, catalog).id for one in services]
    who = _reporter(by, context)
    with context.store.transaction():
        now = _moment(context)
        begun = tuple(Maintenance(one, now, now + span, storable(reason, "reason") if reason else None, who) for one in found)
        for one in begun:
            context.store.situations.add_maintenance(one)
    return begun


def end_maintenance(
    context: Context, services: Sequence[str], *, reason: str | None = None, by: str | None = None
) -> tuple[tuple[Maintenance, ...], tuple[str, ...]]:
    """End the maintenances of these services, of all where none is named: what was ended, and the services that were not quiet."""
    who = _reporter(by, context)
    with context.store.transaction():
        now = _moment(context)
        quiet = [one.service for one in quiet_services(context)]
        # A quiet service may have left the configuration since.
        asked = tuple(dict.fromkeys(one if one in quiet else find_service(one, context.running_catalog).id for one in services or quiet))
        said = storable(reason, "reason") if reason else None
        ended = tuple(Maintenance(one, now, now, said, who) for one in asked if one in quiet)
        for one in ended:
            context.store.situations.add_maintenance(one)
    return ended, tuple(one for one in asked if one not in quiet)


def quiet_services(context: Context) -> tuple[Maintenance, ...]:
    """The maintenances that keep a service quiet now, one a service."""
    now = context.clock.now()
    latest: dict[str, Maintenance] = {}
    for one in context.store.situations.maintenance():
        if one.start_at <= now:
            latest.setdefault(one.service, one)
    return tuple(one for one in latest.values() if one.until_at > now)


# ── after an operation: sending ───────────────────────────────────────────────────────────────────────────────────────


def deliver(context: Context, incident_ids: Sequence[int]) -> Tally:
    """Send what these operations made due, without waiting for a tick."""
    from escalate_cli.tally import Tally

    running = engine(context)
    total = Tally(context.clock.now())
    for one in incident_ids:
        part = running.deliver(one)
        total.sent += part.sent
        total.failed += part.failed
        total.retrying += part.retrying
        total.planned += part.planned
        total.undelivered += part.undelivered
        total.troubles += part.troubles
        total.lines += part.lines
    return total
