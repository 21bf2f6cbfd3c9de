"""Who and what is meant by the words that were typed: a service, a team, a person, a severity, a
target, an incident.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Protocol, TypeVar

from escalate_cli.context import Context
from escalate_cli.core.calendar.rota import Schedule
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Situation
from escalate_cli.core.organisation.addressing import address_of_reporter
from escalate_cli.core.organisation.catalog import Catalog, Person, Service, did_you_mean
from escalate_cli.core.organisation.policy import Target, TargetKind, parse_target
from escalate_cli.core.organisation.recipient import Recipient, ReporterAddress
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.text import printable
from escalate_cli.errors import EscalateError, Unknown, UsageProblem

LARGEST_TEXT = 1_000_000
"""characters of a title or message; more is refused, since nobody could mean it"""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Thing = TypeVar("Thing", bound=_Named)


def find(kind: str, asked: str, things: Mapping[str, Thing]) -> Thing:
    """The thing with this id, or this name if only one has it; `Unknown` with "did you mean" otherwise.

    `kind` is its word: "service".
    """
    if asked in things:
        return things[asked]
    named = [thing for thing in things.values() if getattr(thing, "name", "").casefold() == asked.casefold()]
    if len(named) == 1:
        return named[0]
    names = {getattr(thing, "name", thing.id): thing.id for thing in things.values()}
    raise unknown(kind, asked, names | {thing.id: thing.id for thing in things.values()})


def unknown(kind: str, asked: str, known: Mapping[str, str]) -> Unknown:
    """The error for an id that does not exist; `known` maps what people may have meant to the id to write."""
    meant = did_you_mean(asked, known)
    if meant is not None:
        hint = f'did you mean "{known[meant]}"?'
    elif known:
        ids = sorted(set(known.values()))
        hint = f"known are {', '.join(ids[:8])}{' …' if len(ids) > 8 else ''}"
    else:
        hint = f"the configuration has no {kind}"
    return Unknown(f'no such {kind}: "{asked}"', hint, code=f"no-such-{kind.replace(' ', '-')}")


def find_schedule(catalog: Catalog, asked: str) -> Schedule:
    """The schedule with this id, or that of the team with this id or name; `Unknown` otherwise."""
    if asked in catalog.schedules:
        return catalog.schedules[asked]
    named = [team for team in catalog.teams.values() if team.name.casefold() == asked.casefold()]
    team = catalog.teams.get(asked) or (named[0] if len(named) == 1 else None)
    if team is None:
        raise unknown("schedule", asked, {name: name for name in (*catalog.schedules, *catalog.teams)})
    if team.on_call not in catalog.schedules:
        raise Unknown(
            f'the team "{team.id}" has no on-call schedule',
            'give it one: on_call = "…"',
            code="no-such-schedule",
        )
    return catalog.schedules[team.on_call]


def storable(text: str, what: str) -> str:
    """Text as it can be stored: bytes that are no UTF-8 are written out as `\\udcff`.
    `UsageProblem` when it is absurdly long.
    """
    if len(text) > LARGEST_TEXT:
        raise UsageProblem(
            f"the {what} has {len(text):,} characters; at most {LARGEST_TEXT:,} are taken", "shorten it"
        )
    with suppress(UnicodeError):
        # UTF-8 that was typed under another locale
        text = text.encode("utf-8", "surrogateescape").decode("utf-8")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def find_service(word: str, catalog: Catalog) -> Service:
    """The service with this id or name; `Unknown` with a suggestion otherwise."""
    return find("service", word, catalog.services)


def find_team(word: str, catalog: Catalog) -> str:
    """The id of the team with this id or name; `Unknown` with a suggestion otherwise."""
    return find("team", word, catalog.teams).id


def find_person(word: str, catalog: Catalog) -> Person:
    """The person with this login, id, name, part of a name or address, whatever the case; `Unknown` with
    a suggestion where that is nobody, with the candidates where it is several.
    """
    called = catalog.people_called(word)
    if len(called) > 1:
        several = " or ".join(f"{person.id} ({person.name})" for person in called[:8])
        more = " …" if len(called) > 8 else ""
        raise Unknown(
            f'"{word}" may be {len(called)} people', f"write the id: {several}{more}", code="ambiguous-person"
        )
    return called[0] if called else find("person", word, catalog.people)


def find_severity(word: str, catalog: Catalog) -> str:
    """The severity with this id; `Unknown` with the known ones otherwise."""
    known = [severity.id for severity in catalog.severities]
    if word in known:
        return word
    meant = did_you_mean(word, known)
    hint = f'did you mean "{meant}"?' if meant else f"known, least first: {', '.join(known)}"
    raise Unknown(f'no such severity: "{word}"', hint, code="no-such-severity")


def pick_severity(word: str | None, catalog: Catalog) -> str:
    """The severity asked for, else the configuration's default."""
    return find_severity(word, catalog) if word else catalog.settings.default_severity


def find_address(word: str, catalog: Catalog) -> ReporterAddress:
    """The gateway and the address that `word` names; `UsageProblem` where no gateway takes it."""
    to = address_of_reporter(word, catalog)
    if to is None:
        gateways = ", ".join(catalog.gateways)
        hint = f"name one, as GATEWAY:ADDRESS; there are {gateways}" if gateways else "there is none at all"
        text = f'no gateway fits the address "{clip(printable(word), 80)}"'
        raise UsageProblem(text, hint, code="no-gateway-fits")
    return to


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
    if Recipient(word).is_person:
        return Target(TargetKind.PERSON, _person_target(word, catalog))
    try:
        target = parse_target(word)
    except ValueError:
        if catalog.people_called(word):
            return Target(TargetKind.PERSON, find_person(word, catalog).id)
        everyone = [*catalog.people, *catalog.channels, *catalog.teams, *catalog.schedules]
        raise unknown("target", word, {name: name for name in everyone}) from None
    known: Collection[str] = {
        TargetKind.SCHEDULE: catalog.schedules.keys(),
        TargetKind.CHANNEL: catalog.channels.keys(),
    }.get(target.kind, catalog.teams.keys())
    if target.name is not None and target.name not in known:
        raise unknown(
            "target", word, {f"{target.kind.value}:{name}": f"{target.kind.value}:{name}" for name in known}
        )
    return target


def _person_target(word: str, catalog: Catalog) -> str:
    if catalog.people_called(word):
        return find_person(word, catalog).id
    raise unknown(
        "target", word, {str(target): str(target) for target in map(Recipient.person, catalog.people)}
    )


def find_incident(context: Context, incident_id: int) -> Situation:
    """The situation of this incident; `Unknown` when there is none."""
    situation = context.store.situations.load(incident_id) if 0 < incident_id < 2**63 else None
    if situation is None:
        text = f"no such incident: {incident_id} (looked in {context.store.database.path})"
        raise Unknown(text, "`escalate list --all` shows them all", code="no-such-incident")
    return situation


def whoever_types(by: str | None, context: Context) -> str:
    """The person that `--by` names, else the one whose login this OS user is, else the OS user's
    name as it is.
    """
    catalog = context.running_catalog
    if by:
        return find_person(by, catalog).id
    login = storable(os_user(context.environ), "name")
    person = catalog.person_by_login(login)
    return person.id if person else login


def reporter(by: str | None, context: Context) -> str:
    """Who declares: a person where one is meant, any other name (a monitor, a script) as it is. No
    report is refused for its name.
    """
    if not by:
        return whoever_types(None, context)
    try:
        called = context.running_catalog.people_called(by)
    except Exception as problem:  # the report counts, not its name
        called = ()
        _remember(f'whom "{printable(by)}" means cannot be found out: {words_of(problem)}', context)
    return called[0].id if len(called) == 1 else storable(by, "name")


def _remember(trouble: str, context: Context) -> None:
    """For `doctor`; where it cannot be stored, what is done next says so."""
    from escalate_cli.store.remembered_troubles import remember_troubles

    with suppress(EscalateError), context.store.transaction():
        remember_troubles(context.store.ledger, context.moment(), [trouble])


def os_user(environ: Mapping[str, str]) -> str:
    """The OS user's name: of the process, since an environment can say anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return environ.get("USER") or str(os.getuid())


def reader_zone(context: Context) -> str:
    """The time zone of the person whose login this OS user is; the organisation's where that is nobody."""
    catalog = context.running_catalog
    reader = catalog.person_by_login(os_user(context.environ))
    return reader.timezone if reader else catalog.settings.timezone
