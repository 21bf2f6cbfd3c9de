"""What is wrong with this installation: all findings of `doctor`. It looks at everything and
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from escalate_cli.context import Context
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.codec import decode
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem
from escalate_cli.errors import ConfigurationProblem, ExitCode
from escalate_cli.health.doctor.contacts import contact_looks
from escalate_cli.health.doctor.database_file import database_findings, open_store
from escalate_cli.health.doctor.exposure import exposure_findings
from escalate_cli.health.doctor.finding import count_of, looked, well
from escalate_cli.health.doctor.readers import reader_findings
from escalate_cli.health.doctor.ticks import spool_findings, stored_findings, unread_findings
from escalate_cli.health.doctor.usability import incident_findings, usability_findings
from escalate_cli.store.store import Store

_UNUSABLE = {"database-unusable", "database-damaged", "database-newer"}


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
    store, database = open_store(context)
    catalog, configuration = _configuration(context, store)
    findings = [
        *configuration,
        *looked("who may write the configuration", lambda: exposure_findings(context, catalog)),
        *database,
    ]
    if catalog is not None:
        findings += looked("what can be used", lambda: usability_findings(catalog, now))
    if store is not None:
        findings += database_findings(store)
        if not _codes(findings) & _UNUSABLE:
            findings += stored_findings(store, now)
            if catalog is not None:
                findings += looked("the running incidents", lambda: incident_findings(catalog, store, now))
    findings += looked("what is kept aside", lambda: spool_findings(context))
    findings += looked("alerts that cannot be read", lambda: unread_findings(context))
    if catalog is not None and contacts:
        for what, look in contact_looks(catalog, context).items():
            findings += looked(what, look)
        kept = None if _codes(findings) & _UNUSABLE else store
        findings += looked(
            "whether answers can be read", lambda: reader_findings(catalog, kept, context.environ, now)
        )
    return Diagnosis(tuple(findings), _exit_code(findings, catalog))


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
