"""The organisation as its configuration describes it: services, teams, people, channels, gateways,
schedules, sources of alerts.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import Enum

import msgspec

from escalate_cli.core.calendar.duration import MINUTE, SECOND, Span
from escalate_cli.core.calendar.hours import Hours
from escalate_cli.core.calendar.rota import Schedule
from escalate_cli.core.organisation.answer_rules import AnswerRules
from escalate_cli.core.organisation.planned_maintenance import PlannedMaintenance
from escalate_cli.core.organisation.policy import Expectation, Policy, Rule, Target
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.organisation.source import Source
from escalate_cli.core.organisation.spelled import spelled_alike


class Urgency(str, Enum):
    """Decides how a person is notified."""

    LOW = "low"
    HIGH = "high"


class TextForm(str, Enum):
    """How much a gateway's message may say: everything, or one message of at most 160 characters."""

    FULL = "full"
    SHORT = "short"


class Severity(msgspec.Struct, frozen=True):
    """How bad it is; `rank` grows with badness, from 0."""

    id: str
    urgency: Urgency
    rank: int
    description: str = ""
    inform: tuple[Target, ...] = ()
    source: str = ""


class Service(msgspec.Struct, frozen=True):
    """Something people know by name that can break."""

    id: str
    name: str
    team: str
    description: str = ""
    kind: str = "business"
    policy: str | None = None
    keywords: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    tier: int | None = None
    links: dict[str, str] = msgspec.field(default_factory=dict)
    source: str = ""


class Team(msgspec.Struct, frozen=True):
    """The people behind services. `on_call` is a schedule id, `lead` a person id, `channel` a channel id."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    lead: str | None = None
    on_call: str | None = None
    policy: str | None = None
    channel: str | None = None
    source: str = ""


class Step(msgspec.Struct, frozen=True):
    """One step of a person's notification rules: by these gateways, `after` microseconds."""

    via: tuple[str, ...]
    after: Span = 0


class NotifyRules(msgspec.Struct, frozen=True):
    """How a person is notified, by urgency; None where the organisation's default applies."""

    high: tuple[Step, ...] | None = None
    low: tuple[Step, ...] | None = None


class Person(msgspec.Struct, frozen=True):
    """Someone to page. `contact` maps gateway id to address; `login` are OS user names."""

    id: str
    name: str
    timezone: str
    contact: dict[str, str] = msgspec.field(default_factory=dict)
    login: tuple[str, ...] = ()
    notify: NotifyRules = NotifyRules()
    source: str = ""
    answers_from: tuple[str, ...] = ()
    """other addresses of theirs, from which they may answer; they are never paged there"""


class Channel(msgspec.Struct, frozen=True):
    """A shared place to tell; it cannot acknowledge."""

    id: str
    name: str
    contact: dict[str, str] = msgspec.field(default_factory=dict)
    source: str = ""


class Gateway(msgspec.Struct, frozen=True):
    """One way to reach an address: an Apprise URL template with `{to}` and secret references, still
    unexpanded.

    `longest` is how many characters the service takes, where that is not what Apprise knows of it.
    `answers` is where replies are read, as written (`core.answers.address`); None: it only speaks.
    """

    id: str
    url: str
    text: TextForm = TextForm.FULL
    timeout: Span = 20 * SECOND
    attempts: int = 4
    source: str = ""
    longest: int | None = None
    answers: str | None = None

    @property
    def listens(self) -> bool:
        """Whether replies to what it sends are heard: read by this program, or handed in by a command."""
        return bool(self.answers)


class Fallback(msgspec.Struct, frozen=True):
    """Nothing is ever routed to nobody: who gets what no service claims, and who is paged when a
    policy has run out.
    """

    team: str | None = None
    page: tuple[Target, ...] = ()
    every: Span = 15 * MINUTE
    source: str = ""


class Limits(msgspec.Struct, frozen=True):
    """At most `messages` to one person through one gateway in `per` microseconds; the rest arrives
    as a digest.
    """

    messages: int = 10
    per: Span = 5 * MINUTE


class Heartbeat(msgspec.Struct, frozen=True):
    """An outside dead man's switch: `url` (still unexpanded) is pinged after a good pass, at most
    every `every` microseconds.
    """

    url: str
    every: Span = MINUTE
    source: str = ""


class InDoubt(str, Enum):
    """Who gets an incident whose words fit several services, none for sure."""

    FALLBACK = "fallback"
    """the fallback team"""
    BEST = "best"
    """the team of the service that fits best"""
    BOTH = "both"
    """the teams of the two services that fit best"""


class Settings(msgspec.Struct, frozen=True):
    """Defaults of the whole organisation."""

    default_severity: str = ""
    timezone: str = "UTC"
    reach_within: Span = 15 * MINUTE
    database: str | None = None
    """where everybody who uses this configuration has the database, as written"""
    in_doubt: InDoubt = InDoubt.FALLBACK
    end_urgency: Urgency = Urgency.LOW
    """how people hear that an incident is over: quietly, or by the gateways that reached them"""
    join: bool = True
    """whether an incident on a service joins an open one on a service that it depends on"""


class Catalog(msgspec.Struct, frozen=True):
    """Everything a configuration says, checked; the one argument that every decision takes.

    `version` identifies the content: the same files give the same version, so an incident can name
    the configuration that it ran under. `severities` are in order, least first. `messages` are the
    templates by part: those of a page ("title", "body", "short"), those of other kinds with the kind
    before it ("nudge.short"). `host` goes before everything that messages say is to be typed.
    """

    version: str = ""
    settings: Settings = Settings()
    severities: tuple[Severity, ...] = ()
    services: dict[str, Service] = msgspec.field(default_factory=dict)
    teams: dict[str, Team] = msgspec.field(default_factory=dict)
    people: dict[str, Person] = msgspec.field(default_factory=dict)
    channels: dict[str, Channel] = msgspec.field(default_factory=dict)
    gateways: dict[str, Gateway] = msgspec.field(default_factory=dict)
    schedules: dict[str, Schedule] = msgspec.field(default_factory=dict)
    hours: dict[str, Hours] = msgspec.field(default_factory=dict)
    policies: dict[str, Policy] = msgspec.field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    maintenance: tuple[PlannedMaintenance, ...] = ()
    notify_high: tuple[Step, ...] = ()
    notify_low: tuple[Step, ...] = ()
    fallback: Fallback = Fallback()
    limits: Limits = Limits()
    messages: dict[str, str] = msgspec.field(default_factory=dict)
    host: str = ""
    heartbeat: Heartbeat | None = None
    metrics_textfile: str | None = None
    answers: AnswerRules = AnswerRules()
    sources: dict[str, Source] = msgspec.field(default_factory=dict)

    def severity(self, severity_id: str) -> Severity:
        """The severity with this id; one that the configuration no longer has counts as the
        gravest, so that nothing is played down.
        """
        for severity in self.severities:
            if severity.id == severity_id:
                return severity
        return Severity(severity_id, Urgency.HIGH, len(self.severities))

    def name_of(self, recipient: Recipient) -> str:
        """The name that people know a recipient by: "person:ana" → "Ana Ruiz"; its id, where the
        configuration does not have it.
        """
        if recipient.kind == "reporter":
            return recipient.id
        known = (self.people if recipient.is_person else self.channels).get(recipient.id)
        return known.name if known is not None else recipient.id or recipient

    def person_name(self, person: str) -> str:
        """The name of a person; their id, where the configuration does not have it."""
        return self.people[person].name if person in self.people else person

    def team_name(self, team: str) -> str:
        """The name of a team; its id, where the configuration does not have it."""
        return self.teams[team].name if team in self.teams else team

    def service_name(self, service: str) -> str:
        """The name of a service; its id, where the configuration does not have it."""
        return self.services[service].name if service in self.services else service

    def to_type(self, command: str) -> str:
        """What messages say is to be typed for `command`: "ssh oncall@ops1 escalate ack 12"."""
        return f"{self.host} {command}" if self.host else command

    def steps(self, person: Person, urgency: Urgency) -> tuple[Step, ...]:
        """The notification steps of `person` for `urgency`: their own rules, else the
        organisation's, else everything they have at once.
        """
        own = person.notify.high if urgency is Urgency.HIGH else person.notify.low
        if own is not None:
            return own
        shared = self.notify_high if urgency is Urgency.HIGH else self.notify_low
        return shared or (Step(tuple(person.contact)),)

    def person_by_login(self, login: str) -> Person | None:
        """The person whose OS user name is `login`, or whose id it is."""
        for person in self.people.values():
            if login in person.login:
                return person
        return self.people.get(login)

    def people_called(self, word: str) -> tuple[Person, ...]:
        """Whom a word names: none, one, or all whom it names equally well.

        A login, exactly, comes first, as where it is typed by itself; then an id, exactly; then, whatever
        the case, an id or login; a name or an address; a part of a name.
        """
        people, word = self.people.values(), Recipient(word).id if Recipient(word).is_person else word
        for person in people:
            if word in person.login:
                return (person,)
        if word in self.people:
            return (self.people[word],)
        asked = spelled_alike(word)
        if not asked:
            return ()
        for spellings in (_handles, _name_and_addresses, _parts_of_name):
            called = tuple(person for person in people if asked in map(spelled_alike, spellings(person)))
            if called:
                return called
        return ()

    def teams_of(self, person_id: str) -> frozenset[str]:
        """The ids of the teams that the person is a member or the lead of, or is in the on-call
        schedule of.
        """
        teams = set()
        for team in self.teams.values():
            schedule = self.schedules.get(team.on_call or "")
            on_rota = schedule is not None and (
                any(person_id in rotation.members for rotation in schedule.rotations)
                or any(person_id == override.person for override in schedule.overrides)
            )
            if person_id in team.members or person_id == team.lead or on_rota:
                teams.add(team.id)
        return frozenset(teams)


def _handles(person: Person) -> tuple[str, ...]:
    return (person.id, *person.login)


def _name_and_addresses(person: Person) -> tuple[str, ...]:
    return (person.name, *person.contact.values())


def _parts_of_name(person: Person) -> list[str]:
    return person.name.split()


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be, or None."""
    lowered = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None
