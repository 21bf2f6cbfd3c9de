"""What is wrong with this installation: every finding of `doctor`. Looks at everything, changes
nothing, and stops at no finding.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.codec import decode
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem
from escalate_cli.errors import ConfigurationProblem, DamagedRow, DatabaseProblem, EscalateError, ExitCode
from escalate_cli.health.doctor.contacts import contact_looks
from escalate_cli.health.doctor.exposure import exposure_findings
from escalate_cli.health.doctor.finding import count_of, well
from escalate_cli.health.doctor.usability import incident_findings, usability_findings
from escalate_cli.health.warnings import PASS_EXPECTED_WITHIN
from escalate_cli.store.auditor import IN_VAIN, UNREACHED, audit
from escalate_cli.store.ledger import CLOCK_TOLERANCE
from escalate_cli.store.remembered_troubles import remembered_troubles
from escalate_cli.store.sqlite.permissions import flaws, whose
from escalate_cli.store.sqlite.sharing import SHARE_IT
from escalate_cli.store.store import Store

LITTLE_SPACE = 100_000_000
"""bytes left for the database that are worth a warning"""
NO_SPACE = 5_000_000
"""bytes left for the database at which it is about to fail"""

_UNUSABLE = {"database-unusable", "database-damaged", "database-newer"}
_FORGOTTEN = {
    "nothing-due": "page by hand with `escalate next`, and please report it as a bug",
    "overdue": "run `escalate tick` and read what it says",
    "stuck": "the next `escalate tick` sends it again",
    "unsent": "run `escalate tick` and read what it says",
    IN_VAIN: "`escalate timeline` says why; try their addresses with `escalate test-page`",
    UNREACHED: (
        "call somebody yourself; then `escalate test-page` and the lines about gateways tell what is wrong"
    ),
}
_TICKS = "run `escalate watch` as a service, or install what `escalate cron` prints"


class Diagnosis(msgspec.Struct, frozen=True):
    """All findings, in the order of looking, and the exit code they come to."""

    findings: tuple[Problem, ...]
    exit_code: ExitCode

    @property
    def well(self) -> bool:
        """Whether nothing is an error."""
        return all(finding.level is not ERROR for finding in self.findings)


def diagnose(context: Context, *, contacts: bool = True) -> Diagnosis:
    """Look at configuration, database, ticks, incidents, people, secrets and gateways, in this
    order; the last three if `contacts`.

    Exit code: 7 when the database cannot be used, 3 when there is no configuration to page by, 1
    for any other error, 0 otherwise.
    """
    now = context.clock.now()
    store, database = _open(context)
    catalog, configuration = _configuration(context, store)
    findings = [
        *configuration,
        *_looked("who may write the configuration", lambda: exposure_findings(context, catalog)),
        *database,
    ]
    if catalog is not None:
        findings += _looked("what can be used", lambda: usability_findings(catalog, now))
    if store is not None:
        findings += _database(store)
        if not _codes(findings) & _UNUSABLE:
            findings += _stored(store, now)
            if catalog is not None:
                findings += _looked("the running incidents", lambda: incident_findings(catalog, store, now))
    findings += _looked("what is kept aside", lambda: _spooled(context))
    if catalog is not None and contacts:
        for what, look in contact_looks(catalog, context).items():
            findings += _looked(what, look)
    return Diagnosis(tuple(findings), _exit_code(findings, catalog))


def _looked(what: str, look: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """The findings; what cannot even be looked at is one, and keeps nothing else from being looked at."""
    try:
        return list(look())
    except DamagedRow as problem:
        return [
            Problem(ERROR, "not-looked-at", f"{what} could not be looked at: {problem.message}", problem.hint)
        ]
    except DatabaseProblem as problem:  # locked meanwhile
        return [Problem(ERROR, "database-unusable", problem.message, problem.hint)]
    except Exception as problem:
        text = f"{what} could not be looked at ({words_of(problem)})"
        return [
            Problem(
                ERROR,
                "not-looked-at",
                text,
                "page people by other means until it can, and please report it as a bug",
            )
        ]


def _exit_code(findings: Iterable[Problem], catalog: Catalog | None) -> ExitCode:
    errors = _codes(findings)
    if errors & _UNUSABLE:
        return ExitCode.DATABASE
    if catalog is None:
        return ExitCode.CONFIGURATION
    return ExitCode.NO if errors else ExitCode.DONE


def _codes(findings: Iterable[Problem]) -> set[str]:
    return {finding.code for finding in findings if finding.level is ERROR}


# ── configuration ─────────────────────────────────────────────────────────────────────


def _configuration(context: Context, store: Store | None) -> tuple[Catalog | None, list[Problem]]:
    """The catalog to page by, which is the last valid one where the files are broken."""
    try:
        loaded = context.loaded
    except ConfigurationProblem as problem:
        errors = [
            Problem(
                ERROR,
                "configuration",
                problem.message,
                problem.hint or "`escalate check` shows every problem",
            )
        ]
        kept = _kept(store)
        if kept is None:
            return None, errors
        instead = "the last valid configuration is used instead: incidents are paged by that one"
        return kept, [
            *errors,
            Problem(WARNING, "last-valid-configuration", instead, "put the files right: `escalate check`"),
        ]
    except Exception as problem:
        text = f"the configuration could not be read ({words_of(problem)})"
        return _kept(store), [
            Problem(ERROR, "configuration", text, "`escalate check` may say more; please report it as a bug")
        ]
    catalog = loaded.catalog
    warnings = len(loaded.problems)
    if warnings:
        text = f"the configuration is valid, with {warnings} warning{'s' * (warnings != 1)}"
        return catalog, [
            Problem(
                WARNING,
                "configuration-warnings",
                text,
                "`escalate check` shows them, and looks ahead for more",
            )
        ]
    known = (
        f"{count_of(len(catalog.services), 'service')},"
        f" {count_of(len(catalog.people), 'person').replace('persons', 'people')}"
    )
    return catalog, [well("configuration", f"the configuration is valid: {known} ({context.config_path})")]


def _kept(store: Store | None) -> Catalog | None:
    try:
        document = store.ledger.configuration() if store is not None else None
        return decode(document) if document is not None else None
    except Exception:  # there is none, then
        return None


# ── database ──────────────────────────────────────────────────────────────────────────


def _open(context: Context) -> tuple[Store | None, list[Problem]]:
    """The store, if there is one: looking must not make it."""
    try:
        path = context.database_path
        if (
            not path.exists()
            and not path.is_symlink()
            and (path.parent.is_dir() or not context.database_is_named)
        ):
            text = context.whereabouts.refuse_lost(path) or f"there is no database yet at {path}"
            return None, [
                Problem(
                    WARNING, "no-database", text, "the first `escalate declare` makes it, or `escalate init`"
                )
            ]
        store = context.store
    except EscalateError as problem:
        return None, [Problem(ERROR, "database-unusable", problem.message, problem.hint)]
    except OSError as problem:
        text = f"the database cannot be looked at: {problem.strerror}"
        return None, [Problem(ERROR, "database-unusable", text, "check its path, owner and permissions")]
    except Exception as problem:
        text = f"the database cannot be looked at ({words_of(problem)})"
        return None, [
            Problem(
                ERROR, "database-unusable", text, "page people by other means, and please report it as a bug"
            )
        ]
    if store.database.refused:
        return store, [Problem(ERROR, "database-newer", store.database.refused, "upgrade escalate")]
    return store, []


def _database(store: Store) -> list[Problem]:
    path = store.database.path
    findings = _looked("whether the database is sound", lambda: [_soundness(store)])
    findings += _looked("who may read the database", lambda: _permissions(path))
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        text = f"the database {path} or its directory cannot be written by this user"
        findings.append(
            Problem(
                ERROR,
                "database-unusable",
                text,
                f"chown it, or run escalate as the user who owns {path.parent}",
            )
        )
    return findings + _looked("how much space is left", lambda: [space_finding(path)])


def _soundness(store: Store) -> Problem:
    path = store.database.path
    hint = "restore the last good backup with `escalate restore FILE`; keep the damaged file"
    try:
        damage = store.database.check()
    except DatabaseProblem as problem:
        return Problem(ERROR, "database-unusable", problem.message, problem.hint or hint)
    if damage is not None and damage.indexes_only:
        text = f"an index of the database {path} is damaged: {damage.text}; what is due may be overlooked"
        return Problem(
            ERROR, "index-damaged", text, "`escalate backup` makes a copy and rebuilds it from its table"
        )
    if damage is not None:
        return Problem(ERROR, "database-damaged", f"the database {path} is damaged: {damage.text}", hint)
    return well("database", f"the database is sound ({path})")


def _permissions(path: Path) -> Iterator[Problem]:
    flaws_of_files = tuple(flaws(path))
    for flaw in flaws_of_files:
        yield Problem(ERROR if flaw.serious else WARNING, "permissions", flaw.text, flaw.hint)
    if not flaws_of_files:
        yield well("permissions", f"only {whose(path)} may read or write the database")


def space_finding(path: Path) -> Problem:
    disk = os.statvfs(path.parent)
    free = disk.f_bavail * disk.f_frsize
    text = f"{free // 1_000_000:,} MB are left for the database on {path.parent}"
    if free < LITTLE_SPACE:
        return Problem(ERROR if free < NO_SPACE else WARNING, "disk-space", f"only {text}", "free some space")
    return well("disk-space", text)


# ── ticks and incidents ───────────────────────────────────────────────────────────────


def _stored(store: Store, now: Instant) -> list[Problem]:
    findings = _looked("the ticks", lambda: _ticks(store, now))
    findings += _looked("what passes have met", lambda: _troubles(store, now))
    return findings + _looked("the incidents", lambda: _incidents(store, now))


def _ticks(store: Store, now: Instant) -> Iterator[Problem]:
    """Whether anybody would be escalated to; whether the clock can be believed."""
    last, due = store.ledger.last_pass_at, store.situations.next_due_at()
    waits = ERROR if due is not None else WARNING
    if last is None:
        yield Problem(waits, "no-ticks", "no tick has ever run: nobody is escalated to", _TICKS)
    elif now - last >= PASS_EXPECTED_WITHIN:
        yield Problem(
            waits,
            "no-ticks",
            f"the last tick ran {show_about(now - last)} ago: nobody is escalated to",
            _TICKS,
        )
    else:
        yield well("ticks", f"the last tick ran {show_about(max(now - last, 0))} ago")
    seen = store.ledger.clock_seen_at
    if seen is not None and seen - now > CLOCK_TOLERANCE:
        text = f"the clock is {show_about(seen - now)} behind an earlier reading: it was set back"
        yield Problem(
            WARNING,
            "clock",
            text,
            "see that this machine's time is right; the next tick moves what is to come with it",
        )
    else:
        yield well("clock", "the clock has not been set back")


def _troubles(store: Store, now: Instant) -> Iterator[Problem]:
    """What the last pass or delivery could not do as it should: an error until a later pass has met
    none of it.
    """
    troubles, last = remembered_troubles(store.ledger, now), store.ledger.last_pass_at
    if troubles is None:
        return
    level = ERROR if last is None or last <= troubles.at else WARNING
    hint = "`escalate timeline` tells more; see that somebody has these incidents"
    for line in troubles.lines:
        yield Problem(level, "pass-trouble", f"{show_about(max(now - troubles.at, 0))} ago: {line}", hint)


def _incidents(store: Store, now: Instant) -> Iterator[Problem]:
    """What the auditor finds: an incident forgotten, a message left lying."""
    unreadable = store.situations.unreadable()
    for number, problem in unreadable.items():
        text = f"incident {number}: {problem.message}: nobody is paged for it"
        yield Problem(ERROR, "unreadable", text, "page people for it by other means; " + problem.hint)
    oversights = audit(store.database, now)
    for oversight in oversights:
        text = f"incident {oversight.incident_id}: {oversight.message}"
        yield Problem(oversight.level, oversight.code, text, _FORGOTTEN.get(oversight.code, ""))
    if not unreadable and all(oversight.code == IN_VAIN for oversight in oversights):
        running = len(store.situations.listed(running_only=True))
        yield well("incidents", f"nothing is forgotten ({count_of(running, 'running incident')})")


def _spooled(context: Context) -> Iterator[Problem]:
    """Declarations that could not be stored, of this user and of others."""
    try:
        spool = context.spool
        kept, others = spool.kept(), spool.out_of_reach()
    except (EscalateError, OSError):  # said already: there is no place for a database
        return
    if kept:
        text = f"{count_of(len(kept), 'declaration')} could not be stored: kept in {kept[0].parent}"
        yield Problem(
            ERROR, "spooled", text, "once the database can be used, `escalate tick` takes them in and pages"
        )
    for line in others:
        yield Problem(ERROR, "spooled-elsewhere", line, f"have root run `escalate tick` once; {SHARE_IT}")
