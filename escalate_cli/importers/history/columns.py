"""Which column of a file means what: the names that are used here, and those of other tools' exports.

Names are compared without regard to case, spaces, dots, dashes and underscores. Where several columns
may mean the same, one of a better rank is taken; of two of the same rank nobody can know, and that is
asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.errors import UsageProblem

COLUMNS = (
    "id",
    "title",
    "message",
    "severity",
    "first_severity",
    "severity_changed_at",
    "service",
    "first_service",
    "rerouted_at",
    "team",
    "declared_at",
    "declared_by",
    "first_paged_at",
    "paged",
    "gateway",
    "acknowledged_at",
    "acknowledged_by",
    "acknowledged_level",
    "resolved_at",
)
"""what a row may say, beside `label.NAME`"""

LABEL = "label."
NEEDED = (("title", "message"), ("service",), ("declared_at",))
LEFT_OUT = "-"
"""in place of a column: theirs is not wanted"""

UNITS = {
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "milliseconds"), 1_000),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1_000_000),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60_000_000),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600_000_000),
    **dict.fromkeys(("d", "day", "days"), 86_400_000_000),
}
"""microseconds of what a bare number may count"""

# Of each column, the names that others give it: ranks, the best first, each a list of names that are
# as good as each other.
THEIRS: dict[str, tuple[str, ...]] = {
    "id": ("incident_id alert_id", "incident_number number incident_key ticket", "tiny_id alias"),
    "title": (
        "incident_title alert_title headline subject incident_name alert_name",
        "summary",
        "short_description",
    ),
    "message": ("description", "details", "long_description", "body", "notes", "note"),
    "severity": (
        "priority_name priority_summary priority severity_name incident_severity alert_priority",
        "urgency impact",
    ),
    "service": (
        "services service_name service_summary affected_service affected_services impacted_service"
        " impacted_services business_service",
        "component components application",
    ),
    "team": ("team_name team_summary owner_team assigned_team assignment_group", "teams responder_team"),
    "declared_at": (
        "created_at created_on created created_date creation_date creation_time create_time"
        " created_time date_created created_at_utc",
        "opened_at triggered_at reported_at opened opened_on triggered_on raised_at declared",
        "started_at start_time start_date started occurred_at occurred impact_start_date fired_at begin",
        "created_at_date",
    ),
    "declared_by": ("created_by reporter reported_by opened_by creator declared_by_name",),
    "first_paged_at": ("paged_at notified_at first_notified_at first_notification_at first_page_at",),
    "acknowledged_at": (
        "acked_at ack_at acknowledged_on acknowledged_time first_acknowledged_at first_ack_at"
        " first_acknowledged_on acknowledgements_at acknowledged_date",
        "seconds_to_first_ack seconds_to_acknowledge seconds_to_ack time_to_acknowledge time_to_ack"
        " time_to_first_ack tta mtta minutes_to_acknowledge minutes_to_ack report_ack_time ack_time"
        " acknowledged_after acknowledge_time",
    ),
    "acknowledged_by": (
        "acked_by ack_by acknowledger acknowledgements_acknowledger acknowledged_by_user_names"
        " acknowledged_by_user_name acknowledged_by_name report_acknowledged_by acknowledged_by_user",
        "acknowledged_by_names first_acknowledged_by",
    ),
    "resolved_at": (
        "closed_at resolved_on closed_on resolved_time closed_time resolved_date closed_date date_resolved"
        " date_closed",
        "ended_at end_time end_date finished_at completed_at recovered_at impact_end_date"
        " mitigated_at fixed_at resolved closed ended",
        "seconds_to_resolve time_to_resolve time_to_resolution time_to_close ttr mttr"
        " minutes_to_resolve report_close_time close_time resolved_after duration incident_duration",
        "last_status_change_at",
    ),
}
ONLY_WHEN_OVER = "laststatuschangeat"
"""says when an incident ended where its `status` says that it has ended"""
_MILLISECONDS = frozenset({"acktime", "closetime", "reportacktime", "reportclosetime"})
"""durations of Opsgenie's"""
_TIMES = frozenset(name for name in COLUMNS if name.endswith("_at"))


class FileColumn(msgspec.Struct, frozen=True):
    """A column of the file that says something. `unit` are the microseconds of a bare number that is
    a duration; None where nothing says what it counts. `is_ours`: it has the name that is used here.
    """

    name: str
    unit: int | None = None
    is_ours: bool = False


class ColumnFault(msgspec.Struct, frozen=True):
    """A column that is missing, or that may be several; what to write about it. No `Problem`, for the same
    reason as a `Fault`, and no `Fault` yet: the table says where it stands, and how often it is told.
    """

    column: str
    message: str
    hint: str
    is_doubt: bool = False
    """there are several; else there is none"""


class Columns(msgspec.Struct, frozen=True):
    """What the columns of a file mean: of each of ours, where it may stand, the best first. A cell of
    it is the first of them that is not empty.
    """

    sources: Mapping[str, tuple[FileColumn, ...]]
    unused: tuple[str, ...]
    faults: tuple[ColumnFault, ...]

    def of_others(self) -> dict[str, str]:
        """Theirs as ours, where the names are others, in the order of ours."""
        first = {column: sources[0] for column, sources in self.sources.items()}
        return {
            source.name: column
            for column, source in sorted(first.items(), key=lambda item: _place(item[0]))
            if not source.is_ours
        }


def _place(column: str) -> tuple[int, str]:
    return (COLUMNS.index(column) if column in COLUMNS else len(COLUMNS), column)


def plain(name: str) -> str:
    """A name without what does not matter: `Created At`, `created-at`, `createdAt` → `createdat`."""
    return re.sub(r"[\W_]+", "", name.casefold())


def ours(name: str) -> str | None:
    """The column that is called so here, in any spelling; None where none is. A label keeps its own
    name."""
    tight = name.strip().strip('"').strip()
    if tight.lower().startswith(LABEL):
        return LABEL + tight[len(LABEL) :] if len(tight) > len(LABEL) else None
    return _OURS.get(plain(tight))


_OURS = {plain(name): name for name in COLUMNS}
_RANKED = {
    plain(name): (column, rank)
    for column, ranks in THEIRS.items()
    for rank, names in enumerate(ranks)
    for name in names.split()
}


def is_known(name: str) -> bool:
    """Whether a column of this name says something."""
    return ours(name) is not None or plain(name) in _RANKED


def understand(names: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """What the columns with these names mean. `chosen` are theirs as ours, as `read_map` gives them:
    it goes before everything else.
    """
    theirs = {plain(name): name for name in names}
    ranked_by_column: dict[str, list[tuple[int, FileColumn]]] = {}
    unused: list[str] = []
    wanted = {plain(name): meaning for name, meaning in chosen.items()}
    taken = {_column_of(meaning) for meaning in wanted.values()}
    for name in theirs.values():
        tight = plain(name)
        column, rank, unit = None, 0, None
        if tight in wanted:
            column, unit = _column_of(wanted[tight]), _unit_of(wanted[tight])
            if column == LEFT_OUT:
                continue
        elif (own := ours(name)) is not None:
            column, rank = own, 1
        elif tight in _RANKED:
            column, rank = _RANKED[tight]
            rank += 2
        if column is None or (column in taken and tight not in wanted):
            unused.append(name)
            continue
        source = FileColumn(name, unit or _unit_in(name), ours(name) == column)
        ranked_by_column.setdefault(column, []).append((rank, source))
    _settle_texts(ranked_by_column, taken)
    sources = {
        column: tuple(source for _, source in sorted(ranked, key=lambda pair: pair[0]))
        for column, ranked in ranked_by_column.items()
    }
    return Columns(sources, tuple(unused), tuple(_doubts(ranked_by_column, names)))


def _settle_texts(ranked_by_column: dict[str, list[tuple[int, FileColumn]]], chosen: Iterable[str]) -> None:
    """A file without a title has it in the shorter of its texts: the message, where there is a
    description, too; else the description.
    """
    texts = sorted(ranked_by_column.get("message", ()), key=lambda pair: pair[0])
    if "title" in ranked_by_column or "title" in chosen or not texts or "message" in chosen:
        return
    if len(texts) > 1:
        ranked_by_column["title"], ranked_by_column["message"] = texts[:1], texts[1:]
    elif not texts[0][1].is_ours:
        ranked_by_column["title"] = ranked_by_column.pop("message")


def _doubts(
    ranked_by_column: Mapping[str, list[tuple[int, FileColumn]]], names: Sequence[str]
) -> Iterable[ColumnFault]:
    for column, ranked in ranked_by_column.items():
        best = min(rank for rank, _ in ranked)
        equals = [source.name for rank, source in ranked if rank == best]
        if len(equals) > 1 and not column.startswith(LABEL):
            listed = " and ".join(f'"{name}"' for name in equals)
            writes = " or ".join(written_map(name, column) for name in equals)
            yield ColumnFault(column, f"{listed} may both be {column}", f"say which: {writes}", True)
    for choice in NEEDED:
        if not any(column in ranked_by_column for column in choice):
            yield missing(choice, names)


def missing(choice: Sequence[str], names: Sequence[str]) -> ColumnFault:
    """No column says this: which there are, and what to write."""
    unknown = [name for name in names if name.strip() and not is_known(name)]
    meant = did_you_mean(choice[0], [plain_words(name) for name in unknown])
    theirs = next((name for name in unknown if plain_words(name) == meant), None)
    listed = ", ".join(name[:60] for name in names if name.strip()) or "none"
    begun = f'is it "{theirs}"? Then write' if theirs is not None else "say which it is:"
    hint = f"{begun} {written_map(theirs or 'THEIRS', choice[0])}; the columns of the file are {listed}"
    return ColumnFault(choice[0], f"there is no column {' or '.join(choice)}", hint)


def plain_words(name: str) -> str:
    """A name as those of our columns are written: `Declared At` → `declared_at`."""
    return re.sub(r"[\s.-]+", "_", name.strip().strip('"').strip()).lower()


def written_map(theirs: str, column: str) -> str:
    """The option that says so."""
    text = f"{theirs}={column}"
    return f"--map {text}" if re.fullmatch(r"[\w.=:-]+", text, re.ASCII) else f'--map "{text}"'


# ── --map ─────────────────────────────────────────────────────────────────────────────


def read_map(texts: Iterable[str]) -> dict[str, str]:
    """`THEIRS=OURS` texts, as theirs: ours. Ours may have a unit behind a colon (`resolved_at:minutes`:
    a duration since the declaration); "-" or nothing leaves their column out. `UsageProblem` for
    anything else.
    """
    chosen: dict[str, str] = {}
    for text in texts:
        theirs, equals, meaning = text.rpartition("=")
        column, colon, unit = meaning.strip().partition(":")
        if not equals or not plain(theirs):
            raise UsageProblem(
                f'--map: "{text}" is no map', "write --map THEIRS=OURS: --map created=declared_at"
            )
        known = LEFT_OUT if column in ("", LEFT_OUT) else ours(column)
        if known is None:
            meant = did_you_mean(column, COLUMNS)
            hint = f'did you mean "{meant}"?' if meant else f"known are {', '.join(COLUMNS)} and label.NAME"
            raise UsageProblem(f'--map: there is no column "{column}" here', hint)
        if colon and (unit.strip().lower() not in UNITS or known not in _TIMES):
            raise UsageProblem(
                f'--map: "{meaning}" has no unit that can be used',
                "a duration since the declaration is written resolved_at:seconds, :minutes, :hours or :ms",
            )
        chosen[theirs.strip()] = f"{known}:{unit.strip().lower()}" if colon else known
    return chosen


def check_map(chosen: Mapping[str, str], names: Sequence[str]) -> None:
    """Refuse a map of a column that the file does not have."""
    there = {plain(name) for name in names}
    for theirs in chosen:
        if plain(theirs) not in there:
            meant = did_you_mean(plain_words(theirs), [plain_words(name) for name in names])
            listed = f"the columns are {', '.join(name[:60] for name in names if name.strip())}"
            hint = f'did you mean "{meant}"?' if meant else listed
            raise UsageProblem(f'--map: the file has no column "{theirs}"', hint)


def _column_of(meaning: str) -> str:
    return meaning if meaning.startswith(LABEL) else meaning.partition(":")[0]


def _unit_of(meaning: str) -> int | None:
    return None if meaning.startswith(LABEL) else UNITS.get(meaning.partition(":")[2])


def _unit_in(name: str) -> int | None:
    """What a bare number under this head counts, as far as the head says it: `seconds_to_resolve`,
    `TTR (min)`.
    """
    if plain(name) in _MILLISECONDS:
        return UNITS["ms"]
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    return next((UNITS[word] for word in words if word in UNITS and len(word) > 1), None)
