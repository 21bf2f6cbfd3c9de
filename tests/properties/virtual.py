"""Drawn organisations and lives of incidents, run through the pure core on a virtual clock:
everything due is sent at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st
from msgspec.structs import replace

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.calendar.duration import MINUTE, SECOND, Instant
from escalate_cli.core.changes import declare as declaration
from escalate_cli.core.changes import respond as core
from escalate_cli.core.changes import take
from escalate_cli.core.changes import update as updating
from escalate_cli.core.changes.acting import acting
from escalate_cli.core.changes.again import declare_again
from escalate_cli.core.changes.pass_on import pass_on
from escalate_cli.core.escalation.plan import Plan, plan
from escalate_cli.core.incident.situation import IncidentStatus, Notification, NotificationStatus, Situation
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.core.organisation.catalog import (
    Catalog,
    Fallback,
    Gateway,
    Person,
    Service,
    Settings,
    Severity,
    Step,
    Team,
    Urgency,
)
from escalate_cli.core.organisation.policy import (
    Acks,
    Level,
    Mode,
    OnExpiry,
    Policy,
    Rule,
    Target,
    TargetKind,
    When,
)

START: Instant = 1_795_428_000_000_000  # 2026-11-23T10:00:00Z
PEOPLE = ("ana", "bo", "cara", "dan", "eve")
SERVICES = ("login", "pay", "db")
TEAMS = ("red", "blue")
SEVERITIES = ("minor", "major", "critical")

person_target = st.sampled_from([Target(TargetKind.PERSON, one) for one in PEOPLE])
target = st.one_of(
    person_target,
    st.sampled_from([Target(TargetKind.LEAD), Target(TargetKind.MEMBERS), Target(TargetKind.ROUND_ROBIN)]),
)
span = st.sampled_from([1, 2, 5, 10, 15, 30, 45, 60, 90]).map(lambda minutes: minutes * MINUTE)
some_severities = st.sampled_from([None, ("major", "critical"), ("critical",), ("minor",)])
level = st.builds(
    Level,
    notify=st.lists(target, min_size=1, max_size=2).map(tuple),
    wait=span,
    when=st.builds(When, severities=some_severities),
    acks=st.sampled_from([Acks.FIRST, Acks.FIRST, Acks.ALL]),
)
policy_shape = st.tuples(
    st.lists(level, min_size=1, max_size=4).map(tuple),
    st.integers(0, 2),
    st.one_of(st.none(), st.sampled_from([20 * MINUTE, 60 * MINUTE])),
)
condition = st.builds(
    When,
    severities=some_severities,
    open_for=st.one_of(st.none(), span),
    no_update_for=st.one_of(st.none(), span),
    unacknowledged_for=st.one_of(st.none(), span),
    at_severity_for=st.one_of(st.none(), span),
    raised=st.sampled_from([False, False, False, True]),
    scope_grew=st.sampled_from([False, False, False, True]),
)


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    made = []
    for number in range(draw(st.integers(0, 3))):
        mode = draw(st.sampled_from(Mode))
        nudge = mode is Mode.NUDGE
        made.append(
            Rule(
                name=f"rule {number}",
                when=draw(condition),
                page=draw(st.lists(person_target, max_size=2).map(tuple)),
                inform=draw(st.lists(person_target, max_size=1).map(tuple)),
                raise_to=draw(st.sampled_from([None, None, "critical"])),
                involve=draw(st.sampled_from([(), (), ("blue",)])),
                every=draw(st.one_of(st.none(), st.sampled_from([30 * MINUTE, 60 * MINUTE]))),
                mode=mode,
                expires=draw(st.one_of(st.none(), span)) if nudge else None,
                on_expiry=draw(st.sampled_from(OnExpiry)) if nudge else OnExpiry.DROP,
            )
        )
    return tuple(made)


@st.composite
def catalogs(draw: st.DrawFn, *, with_rules: bool = True) -> Catalog:
    reachable = draw(st.sets(st.sampled_from(PEOPLE), min_size=2))
    people = {
        one: Person(
            one, one.title(), "UTC", {"sms": f"+{number}", "email": f"{one}@x"} if one in reachable else {}
        )
        for number, one in enumerate(PEOPLE)
    }
    policies = {}
    for name in TEAMS:
        levels, repeat, timeout = draw(policy_shape)
        policies[name] = Policy(name, levels, repeat, timeout)
    return Catalog(
        settings=Settings(default_severity="major"),
        severities=tuple(
            Severity(one, Urgency.LOW if one == "minor" else Urgency.HIGH, rank)
            for rank, one in enumerate(SEVERITIES)
        ),
        services={one: Service(one, one, TEAMS[number % 2]) for number, one in enumerate(SERVICES)},
        teams={
            "red": Team("red", "Red", ("ana", "bo"), "bo", policy="red"),
            "blue": Team("blue", "Blue", ("cara",), "dan", policy="blue"),
        },
        people=people,
        gateways={one: Gateway(one, "json://localhost/{to}") for one in ("sms", "email")},
        policies=policies,
        rules=draw(rules()) if with_rules else (),
        notify_high=(Step(("sms",)), Step(("email",), 3 * MINUTE)),
        notify_low=(Step(("email",)),),
        fallback=Fallback(
            "red", (Target(TargetKind.PERSON, draw(st.sampled_from(sorted(reachable)))),), 15 * MINUTE
        ),
    )


@dataclass
class Life:
    """One incident, lived on a virtual clock."""

    catalog: Catalog
    now: Instant = START
    situation: Situation = field(init=False)
    sent: list[tuple[Instant, Notification]] = field(default_factory=list)
    story: list[Entry] = field(default_factory=list)

    def declare(self, *services: str, severity: str = "major") -> None:
        self._take(
            declaration.declare(declaration.Declaration("down", severity, services), self.catalog, self.now),
            first=True,
        )

    def tick(self) -> None:
        due = self.situation.incident.next_due_at
        if due is not None and due <= self.now:
            self._take(plan(self.situation, self.catalog, self.now))
        self._send()

    def pass_time(self, minutes: int, every: int) -> None:
        for _ in range(minutes // every):
            self.now += every * MINUTE
            self.tick()

    def do(self, operation: str, *arguments: object) -> None:
        """An operation on a running incident; on a resolved one only `reopen` means anything."""
        if operation == "between ticks":
            self.now += int(arguments[0])  # type: ignore[call-overload]
            return
        resolved = self.situation.incident.status is IncidentStatus.RESOLVED
        if resolved != (operation == "reopen"):
            return
        acts: dict[str, Callable[..., Plan | None]] = {
            "ack": lambda known, who: take.acknowledge(known, who, self.catalog, self.now),
            "ack all": lambda known, who: take.acknowledge(
                known, who, self.catalog, self.now, everything=True
            ),
            "pass": lambda known, who: pass_on(known, who, self.catalog, self.now),
            "page": lambda known, who: core.page_by_hand(
                known, (Target(TargetKind.PERSON, who),), self.catalog, self.now
            ),
            "severity": lambda known, one: self._update(known, severity=one),
            "add": lambda known, one: self._update(known, add_services=(one,)),
            "drop": lambda known, one: self._update(known, drop_services=(one,)),
            "label": lambda known, one: self._update(known, labels={one: "x"}),
            "message": lambda known, one: self._update(known, message=one),
            "snooze": lambda known, one: take.snooze(known, one, self.catalog, self.now, by="ana"),
            "resolve": lambda known, _: core.resolve(known, self.catalog, self.now),
            "reopen": lambda known, _: core.reopen(known, self.catalog, self.now),
            "next": lambda known, _: core.go_to_level(known, None, self.catalog, self.now),
            "nudge": self._answer,
        }

        def act(known: Situation) -> Situation:
            if operation == "same key":
                said = declaration.Declaration(
                    "down", str(arguments[0]), known.incident.services, message="again"
                )
                return declare_again(
                    known,
                    said,
                    self.catalog,
                    self.now,
                    severity=said.severity,
                    is_known=lambda text: False,
                    meanings=meanings,
                )[0]
            planned = acts[operation](known, *arguments)
            return known if planned is None else planned.situation

        after = acting(self.situation, self.catalog, self.now, act)
        self.story += after.entries
        self.situation = replace(after, entries=())
        self._send()

    def _update(self, known: Situation, **changes: object) -> Plan:
        return updating.update(
            known,
            updating.Changes(**changes),  # type: ignore[arg-type]
            self.catalog,
            self.now,
            meanings=meanings,
        )

    def _answer(self, known: Situation, accepted: bool) -> Plan | None:
        nudge = next((one for one in known.nudges if one.status.value == "open"), None)
        if nudge is None:
            return None
        return core.answer_nudge(known, nudge, accepted, self.catalog, self.now, by="ana")

    def _take(self, planned: Plan, *, first: bool = False) -> None:
        self.story += planned.situation.entries
        situation = replace(planned.situation, entries=())
        self.situation = situation.changed(id=1) if first else situation
        if first:
            self._send()

    def _send(self) -> None:
        done = []
        for one in self.situation.notifications:
            if one.status is NotificationStatus.PENDING and one.due_at <= self.now:
                self.sent.append((self.now, one))
                one = replace(one, status=NotificationStatus.SENT, sent_at=self.now)
            done.append(one)
        self.situation = replace(self.situation, notifications=tuple(done))


operations = st.one_of(
    st.tuples(st.just("ack"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("ack all"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("pass"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("page"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("severity"), st.sampled_from(SEVERITIES)),
    st.tuples(st.just("same key"), st.sampled_from(SEVERITIES)),
    st.tuples(st.just("message"), st.just("news")),
    st.tuples(st.just("between ticks"), st.just(30 * SECOND)),
    st.tuples(st.just("add"), st.sampled_from(SERVICES)),
    st.tuples(st.just("drop"), st.sampled_from(SERVICES)),
    st.tuples(st.just("label"), st.just("seen")),
    st.tuples(st.just("snooze"), st.just(25 * MINUTE)),
    st.tuples(st.just("resolve"), st.none()),
    st.tuples(st.just("reopen"), st.none()),
    st.tuples(st.just("next"), st.none()),
    st.tuples(st.just("nudge"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 3, 7, 20, 61, 200])),
)
