"""What `doctor` finds about ticks: whether they run, what went wrong in them, and what they left
undone.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem
from escalate_cli.errors import EscalateError
from escalate_cli.health.doctor.finding import count_of, looked, well
from escalate_cli.health.warnings import PASS_EXPECTED_WITHIN
from escalate_cli.store.auditor import IN_VAIN, UNREACHED, audit
from escalate_cli.store.ledger import CLOCK_TOLERANCE
from escalate_cli.store.remembered_troubles import remembered_troubles
from escalate_cli.store.sqlite.sharing import SHARE_IT
from escalate_cli.store.store import Store
from escalate_cli.store.without_database.set_aside import SetAside

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


def stored_findings(store: Store, now: Instant) -> list[Problem]:
    findings = looked("the ticks", lambda: _ticks(store, now))
    findings += looked("what passes have met", lambda: _troubles(store, now))
    return findings + looked("the incidents", lambda: _incidents(store, now))


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
    """What the last pass or delivery could not do properly: an error until a later pass has no such
    trouble.
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


def unread_findings(context: Context) -> Iterator[Problem]:
    """What monitors sent and nobody can read."""
    kept = SetAside(context.database_path).kept()
    if kept:
        text = f"{count_of(len(kept), 'message')} from monitors could not be read; the last is {kept[-1]}"
        hint = "see what it is, and whether its source has the right `kind`; then remove the file"
        yield Problem(ERROR, "alerts-unread", text, hint)


def spool_findings(context: Context) -> Iterator[Problem]:
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
