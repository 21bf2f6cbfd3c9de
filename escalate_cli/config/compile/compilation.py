"""All files → the catalog and every problem with it.

Tables are checked one by one, so that one bad table hides nothing about the others; what spans
tables is checked afterwards on what is sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from escalate_cli.config.compile import assembly
from escalate_cli.config.compile.checks import check_all
from escalate_cli.config.compile.draft import Draft
from escalate_cli.config.compile.gathering import DEFAULT_LADDER, Item, gather
from escalate_cli.config.schema.answer_tables import AnswersTable
from escalate_cli.config.schema.calendar_tables import HoursTable, MaintenanceTable, ScheduleTable
from escalate_cli.config.schema.catalog_tables import (
    ChannelTable,
    NotifyTable,
    PersonTable,
    ServiceTable,
    SeverityTable,
    TeamTable,
)
from escalate_cli.config.schema.message_tables import MessagesTable
from escalate_cli.config.schema.policy_tables import ExpectTable, FallbackTable, PolicyTable, RuleTable
from escalate_cli.config.schema.shape import (
    SINGLE,
    GatewayTable,
    HeartbeatTable,
    LimitsTable,
    MetricsTable,
    SettingsTable,
)
from escalate_cli.config.schema.source_tables import SourceTable
from escalate_cli.config.schema.table import TomlTable
from escalate_cli.config.schema.validation import validate
from escalate_cli.config.schema.vocabulary import ID_HINT, is_id
from escalate_cli.config.toml.parsing import ParsedFile
from escalate_cli.core.organisation.catalog import Catalog, InDoubt, Settings, Severity, Urgency
from escalate_cli.core.wording.problem import ERROR, Place, Problem

_T = TypeVar("_T")
M = TypeVar("M", bound=TomlTable)


MOST_PROBLEMS = 1000
"""more than anybody reads: a file of a megabyte can have fifty thousand, and each costs time"""


def compile_files(files: Sequence[ParsedFile], version: str) -> tuple[Catalog, list[Problem]]:
    """The catalog that the files make, and all problems in the order of the files; the catalog is
    of no use when one of them is an error.
    """
    gathered = gather(files)
    draft = Draft(gathered, problems=list(gathered.problems))
    _settings(draft, version)
    _by_id(draft)
    _rest(draft)
    if draft.errors < MOST_PROBLEMS:
        draft.problems += check_all(draft)
    problems = list(
        dict.fromkeys(sorted(draft.problems, key=lambda problem: (problem.place.position, problem.level)))
    )
    if sum(problem.level == ERROR for problem in problems) > MOST_PROBLEMS:
        problems = [*problems[:MOST_PROBLEMS], _too_many(draft)]
    return draft.catalog, problems


def _too_many(draft: Draft) -> Problem:
    message = f"there are more than {MOST_PROBLEMS:,} problems; only the first are shown"
    return Problem(
        ERROR, "too-many", message, "repair these first, then check again", Place(draft.gathered.first_file)
    )


def _settings(draft: Draft, version: str) -> None:
    severities = []
    for rank, item in enumerate(draft.gathered.listed["severities"]):
        severity = _sound(draft, SeverityTable, item)
        if severity is not None:
            severities.append(assembly.severity(severity, rank, item))
    if not draft.gathered.listed["severities"]:
        severities = [
            Severity(name, Urgency(urgency), rank) for rank, (name, urgency) in enumerate(DEFAULT_LADDER)
        ]
    table = _single(draft, SettingsTable) or SettingsTable()
    ladder = draft.gathered.ladder
    default = table.default_severity or ("major" if "major" in ladder else ladder[len(ladder) // 2])
    settings = Settings(
        default,
        table.timezone,
        table.reach_within,
        table.database,
        InDoubt(table.in_doubt),
        Urgency(table.end_urgency),
        table.join,
    )
    draft.catalog = Catalog(version=version, settings=settings, severities=tuple(severities))


def _by_id(draft: Draft) -> None:
    zone = draft.catalog.settings.timezone
    draft.catalog = replace(
        draft.catalog,
        services=_section(draft, "services", ServiceTable, assembly.service),
        teams=_section(draft, "teams", TeamTable, assembly.team),
        people=_section(
            draft, "people", PersonTable, lambda name, table, item: assembly.person(name, table, item, zone)
        ),
        channels=_section(draft, "channels", ChannelTable, assembly.channel),
        gateways=_section(draft, "gateways", GatewayTable, assembly.gateway),
        schedules=_section(
            draft,
            "schedules",
            ScheduleTable,
            lambda name, table, item: assembly.schedule(name, table, item, zone),
        ),
        hours=_section(
            draft, "hours", HoursTable, lambda name, table, item: assembly.hours(name, table, item, zone)
        ),
        policies=_section(draft, "policies", PolicyTable, assembly.policy),
        sources=_section(draft, "sources", SourceTable, assembly.source),
    )


def _rest(draft: Draft) -> None:
    notify = _single(draft, NotifyTable) or NotifyTable()
    heartbeat = _single(draft, HeartbeatTable)
    metrics = _single(draft, MetricsTable)
    limits = _single(draft, LimitsTable) or LimitsTable()
    messages = _single(draft, MessagesTable) or MessagesTable()
    answers = _single(draft, AnswersTable)
    fallback = _single(draft, FallbackTable)
    expectations = [(item, _sound(draft, ExpectTable, item)) for item in draft.gathered.listed["expect"]]
    quiet = [(item, _sound(draft, MaintenanceTable, item)) for item in draft.gathered.listed["maintenance"]]
    for item in draft.gathered.listed["rules"]:
        table = _sound(draft, RuleTable, item)
        if table is not None:
            draft.rules.append((item, assembly.rule(table, item)))
    draft.catalog = replace(
        draft.catalog,
        notify_high=assembly.steps(notify.high) or (),
        notify_low=assembly.steps(notify.low) or (),
        heartbeat=assembly.heartbeat(heartbeat, draft.gathered.single["heartbeat"]) if heartbeat else None,
        metrics_textfile=metrics.textfile if metrics else None,
        limits=replace(draft.catalog.limits, messages=limits.messages, per=limits.per),
        messages=messages.by_part(),
        host=messages.host,
        answers=assembly.answer_rules(answers) if answers else draft.catalog.answers,
        fallback=assembly.fallback(fallback, draft.gathered.single["fallback"])
        if fallback
        else draft.catalog.fallback,
        rules=tuple(rule for _, rule in draft.rules),
        expectations=tuple(
            assembly.expectation(table, item, draft.catalog.settings)
            for item, table in expectations
            if table is not None
        ),
        maintenance=tuple(
            assembly.maintenance(table, item, draft.catalog.settings.timezone)
            for item, table in quiet
            if table is not None
        ),
    )


def _section(
    draft: Draft, section: str, model: type[M], build: Callable[[str, M, Item], _T]
) -> dict[str, _T]:
    built = {}
    for name, item in draft.gathered.by_id[section].items():
        if not is_id(name):
            draft.problems.append(
                item.problem((), ERROR, "bad-id", f'"{name}" cannot be an id', ID_HINT, key=True)
            )
        table = _sound(draft, model, item)
        if table is not None:
            built[name] = build(name, table, item)
    return built


def _single(draft: Draft, model: type[M]) -> M | None:
    name = next(name for name, shaped in SINGLE.items() if shaped is model)
    item = draft.gathered.single.get(name)
    return None if item is None else _sound(draft, model, item)


def _sound(draft: Draft, model: type[M], item: Item) -> M | None:
    if draft.errors >= MOST_PROBLEMS:
        return None
    table, problems = validate(model, item, draft.gathered.known)
    draft.problems += problems
    draft.errors += sum(problem.level == ERROR for problem in problems)
    return table
