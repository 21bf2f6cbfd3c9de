"""Checked tables → the core's types."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from escalate_cli.config.compile.gathering import Item
from escalate_cli.config.schema.answer_tables import AnswersTable
from escalate_cli.config.schema.calendar_tables import HoursTable, MaintenanceTable, ScheduleTable
from escalate_cli.config.schema.catalog_tables import (
    ChannelTable,
    PersonTable,
    ServiceTable,
    SeverityTable,
    StepTable,
    TeamTable,
)
from escalate_cli.config.schema.policy_tables import (
    ExpectTable,
    FallbackTable,
    LevelWhenTable,
    PolicyTable,
    RuleTable,
    RuleWhenTable,
)
from escalate_cli.config.schema.shape import GatewayTable, HeartbeatTable
from escalate_cli.config.schema.source_tables import SourceTable
from escalate_cli.core.calendar import hours as opening
from escalate_cli.core.calendar import rota
from escalate_cli.core.organisation import catalog as core
from escalate_cli.core.organisation import policy as policies
from escalate_cli.core.organisation.answer_rules import AnswerRules
from escalate_cli.core.organisation.planned_maintenance import PlannedMaintenance
from escalate_cli.core.organisation.source import Grouping, Source, WhenOver


def severity(table: SeverityTable, rank: int, item: Item) -> core.Severity:
    """One severity; `rank` is its place in the list."""
    return core.Severity(
        table.id, core.Urgency(table.urgency), rank, table.description, tuple(table.inform), item.source
    )


def service(name: str, table: ServiceTable, item: Item) -> core.Service:
    """One service."""
    return core.Service(
        id=name,
        name=table.name or name,
        team=table.team,
        description=table.description,
        kind=table.kind,
        policy=table.policy,
        keywords=tuple(table.keywords),
        depends_on=tuple(table.depends_on),
        tier=table.tier,
        links=dict(table.links),
        source=item.source,
    )


def team(name: str, table: TeamTable, item: Item) -> core.Team:
    """One team."""
    return core.Team(
        name,
        table.name or name,
        tuple(table.members),
        table.lead,
        table.on_call,
        table.policy,
        table.channel,
        item.source,
    )


def steps(table: Sequence[StepTable] | None) -> tuple[core.Step, ...] | None:
    """The steps of one urgency; None if the person has none of their own."""
    return None if table is None else tuple(core.Step(tuple(step.via), step.after) for step in table)


def person(name: str, table: PersonTable, item: Item, timezone: str) -> core.Person:
    """One person; `timezone` is the organisation's."""
    notify = core.NotifyRules(steps(table.notify.high), steps(table.notify.low))
    return core.Person(
        name,
        table.name or name,
        table.timezone or timezone,
        dict(table.contact),
        tuple(table.login),
        notify,
        item.source,
        tuple(table.answers_from),
    )


def channel(name: str, table: ChannelTable, item: Item) -> core.Channel:
    """One channel."""
    return core.Channel(name, table.name or name, dict(table.contact), item.source)


def gateway(name: str, table: GatewayTable, item: Item) -> core.Gateway:
    """One gateway."""
    return core.Gateway(
        name,
        table.url,
        core.TextForm(table.text),
        table.timeout,
        table.attempts,
        item.source,
        table.longest,
        table.answers,
    )


def source(name: str, table: SourceTable, item: Item) -> Source:
    """One source of alerts; the monitor's words for severities without case."""
    return Source(
        id=name,
        kind=table.kind,
        token=table.token,
        pull=table.pull,
        service=tuple(table.service),
        severity={word.casefold(): ours for word, ours in table.severity.items()},
        group=Grouping(table.group),
        settle=table.settle,
        over=WhenOver(table.over),
        reopen=table.reopen,
        labels=None if table.labels is None else tuple(dict.fromkeys(table.labels)),
        every=table.every or 0,
        grace=table.grace,
        source=item.source,
    )


def answer_rules(table: AnswersTable) -> AnswerRules:
    """What answers may do, and by which words."""
    words = {word: tuple(texts) for word, texts in table.words.given().items()}
    return AnswerRules(None if table.may is None else tuple(table.may), table.confirm, words)


def schedule(name: str, table: ScheduleTable, item: Item, timezone: str) -> rota.Schedule:
    """One schedule with its rotations and overrides."""
    rotations = tuple(
        rota.Rotation(
            tuple(rotation.members),
            rotation.start,
            rotation.every[0],
            rotation.every[1],
            rotation.hours,
            _source(item, "rotations", number),
        )
        for number, rotation in enumerate(table.rotations)
    )
    overrides = tuple(
        rota.Override(override.person, override.start, override.until, _source(item, "overrides", number))
        for number, override in enumerate(table.overrides)
    )
    return rota.Schedule(name, table.timezone or timezone, rotations, overrides, item.source)


def hours(name: str, table: HoursTable, item: Item, timezone: str) -> opening.Hours:
    """Hours, their days in order and each once."""
    days = tuple(sorted(set(table.days)))
    return opening.Hours(
        name,
        table.timezone or timezone,
        days,
        table.start,
        table.until,
        tuple(table.except_days),
        item.source,
    )


def policy(name: str, table: PolicyTable, item: Item) -> policies.Policy:
    """One policy with its levels."""
    raw = item.raw.get("levels", [])
    levels = tuple(
        policies.Level(
            tuple(level.notify),
            level.wait,
            when(level.when, raw[number].get("when")),
            level.during,
            policies.Acks(level.acks),
            _source(item, "levels", number),
        )
        for number, level in enumerate(table.levels)
    )
    return policies.Policy(name, levels, table.repeat, table.ack_timeout, item.source)


def when(table: LevelWhenTable, raw: Mapping[str, Any] | None) -> policies.When:
    """A condition; `raw` is what its author wrote."""
    times = table if isinstance(table, RuleWhenTable) else RuleWhenTable()
    return policies.When(
        severities=table.severity,
        services=None if table.service is None else tuple(table.service),
        teams=None if table.team is None else tuple(table.team),
        labels=table.label,
        hours=table.hours,
        open_for=times.open_for,
        unacknowledged_for=times.unacknowledged_for,
        no_update_for=times.no_update_for,
        at_severity_for=times.at_severity_for,
        raised=times.raised,
        scope_grew=times.scope_grew,
        text=", ".join(f"{key} = {_written(value)}" for key, value in (raw or {}).items()),
    )


def rule(table: RuleTable, item: Item) -> policies.Rule:
    """One rule."""
    return policies.Rule(
        name=table.name,
        when=when(table.when, item.raw.get("when")),
        page=tuple(table.page),
        inform=tuple(table.inform),
        involve=tuple(table.involve),
        raise_to=table.raise_to,
        every=table.every,
        mode=policies.Mode(table.mode),
        ask=tuple(table.ask) if table.ask else (policies.Target(policies.TargetKind.INCIDENT_LEAD),),
        expires=table.expires,
        on_expiry=policies.OnExpiry(table.on_expiry or "drop"),
        source=item.source,
    )


def expectation(table: ExpectTable, item: Item, settings: core.Settings) -> policies.Expectation:
    """One expectation; the settings fill in what it leaves open."""
    return policies.Expectation(
        table.service,
        table.severity or settings.default_severity,
        table.at,
        table.within or settings.reach_within,
        table.reaches,
        item.source,
    )


def maintenance(table: MaintenanceTable, item: Item, timezone: str) -> PlannedMaintenance:
    """One planned maintenance; its times are those of the organisation's `timezone`."""
    count, unit = table.every or (0, "")
    services = tuple(dict.fromkeys(table.services))
    return PlannedMaintenance(
        services, table.start, table.span, timezone, count, unit, table.reason, item.source
    )


def fallback(table: FallbackTable, item: Item) -> core.Fallback:
    """The last resort."""
    return core.Fallback(table.team, tuple(table.page), table.every, item.source)


def heartbeat(table: HeartbeatTable, item: Item) -> core.Heartbeat:
    """The dead man's switch."""
    return core.Heartbeat(table.url, table.every, item.source)


def _source(item: Item, key: str, number: int) -> str:
    return item.file.source((*item.path, key, number))


def _written(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_written(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_written(each)}' for key, each in value.items())} }}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
