"""What follows when a job has run (`escalate run`): where it failed, an incident, the same one while it
goes on failing; where it works again, the end of that.

Nothing that goes wrong here is raised: the job has ended as it has ended. What went wrong is told as
errors, and a declaration that cannot be stored is kept aside.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import socket

import msgspec
from msgspec.structs import replace

from escalate_cli.actions.declare import Request
from escalate_cli.actions.declare_and_page import DeclaredIncident, declare_incident
from escalate_cli.actions.intents import Recovery
from escalate_cli.actions.job_output import hide_secrets, readable_end
from escalate_cli.actions.kept_declarations import KeptDeclaration, keep_declaration
from escalate_cli.actions.lookup import find_incident, find_service, find_severity, storable
from escalate_cli.actions.perform import ActReport, perform
from escalate_cli.config.secret_templates import secret_templates
from escalate_cli.config.secrets_around import passwords_in_urls, secrets_around, secrets_in_words
from escalate_cli.context import Context
from escalate_cli.core.calendar.duration import show_about
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.text import printable
from escalate_cli.errors import Conflict, EscalateError, Unknown
from escalate_cli.health.emergency_page import failure

_LONGEST_SHOWN = 80
"""characters of a command line in a title"""


class Job(msgspec.Struct, frozen=True):
    """What is run, for which service, under which key its failures are one incident (None: one made
    of service and command).
    """

    command: tuple[str, ...]
    service: str | None = None
    severity: str | None = None
    key: str | None = None

    @property
    def its_key(self) -> str:
        """The same for the same service and command, wherever and whenever that is run. The command
        line itself may hold a secret, and is told by a digest.
        """
        if self.key:
            return storable(self.key, "key")
        service = storable(self.service or "", "service").strip().casefold()
        digest = hashlib.sha256(b"\0".join(map(os.fsencode, self.command))).hexdigest()[:12]
        program = storable(os.path.basename(self.command[0]), "command")
        return f"run:{service}:{clip(printable(program), 40)}:{digest}"


class JobEnding(msgspec.Struct, frozen=True):
    """How it ended. `how` are words for a code other than 0 ("exit code 3"); `output` is the end of
    what it wrote, `is_cut` whether there was more.
    """

    exit_code: int
    how: str = ""
    output: bytes = b""
    is_cut: bool = False


class JobOutcome(msgspec.Struct, frozen=True):
    """What came of it: the declared or changed incident, or the one that is over, if any; and what
    went wrong in `escalate` itself.
    """

    declared: DeclaredIncident | None = None
    resolved: ActReport | None = None
    failures: tuple[EscalateError, ...] = ()


def follow_up(context: Context, job: Job, ending: JobEnding) -> JobOutcome:
    """Declare or resolve, as the ending asks for."""
    try:
        return _declare(context, job, ending) if ending.exit_code else _resolve(context, job)
    except EscalateError as problem:
        return JobOutcome(failures=(problem,))
    except Exception as problem:
        return JobOutcome(failures=(failure(problem),))


def _declare(context: Context, job: Job, ending: JobEnding) -> JobOutcome:
    """Declare it with what can be used of what was asked for: a service or severity that is not known
    (any more) is told, and gone without.
    """
    context.sender.warm()
    asked = _request(context, job, ending)
    met: list[EscalateError] = []
    while True:
        try:
            return JobOutcome(declared=declare_incident(context, asked), failures=tuple(met))
        except KeptDeclaration as kept:
            return JobOutcome(failures=(*met, kept))
        except EscalateError as problem:
            less = _with_less(asked, problem)
            if less is None:
                return JobOutcome(failures=(*met, keep_declaration(context, asked, problem)))
            asked = less
            # one that was moved to another service is moved for good: that is no failure
            met += [] if isinstance(problem, Conflict) else [problem]


def _with_less(asked: Request, problem: EscalateError) -> Request | None:
    """The request without what this problem is about; None where it is about something else."""
    if asked.services and (isinstance(problem, Conflict) or problem.code == "no-such-service"):
        unknown = f'\n\nThe service that was named, "{asked.services[0]}", is not known.'
        message = (asked.message or "") + ("" if isinstance(problem, Conflict) else unknown)
        return replace(asked, services=(), message=message)
    if asked.severity and problem.code == "no-such-severity":
        return replace(asked, severity=None)
    return None


def _request(context: Context, job: Job, ending: JobEnding) -> Request:
    secrets = _secrets(context, job, ending)
    end = readable_end(ending.output, secrets, is_cut=ending.is_cut)
    what = f"{_sentence(ending.how)}, on {socket.gethostname()}"
    return Request(
        title=f"{_shown(job, secrets)} failed",
        services=(job.service,) if job.service else (),
        severity=job.severity,
        message=_message(what, end),
        by=_by(),
        key=job.its_key,
    )


def _message(what: str, end: str) -> str:
    """The last line comes first: an SMS has room for no more, and mostly it says what went wrong."""
    if not end:
        return f"{what}. It wrote nothing."
    last = end.rpartition("\n")[2]
    if last == end:
        return f"{what}: {end}"
    return f"{what}: {clip(last, _LONGEST_SHOWN)}\n\nThe end of its output:\n\n{end}"


def _by() -> str:
    """The job is its own reporter, and not the person whose crontab it stands in."""
    return f"escalate run on {socket.gethostname()}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(job: Job, secrets: frozenset[str]) -> str:
    """The command line, for reading: in one line, without secrets, not too long."""
    words = shlex.join(storable(word, "command") for word in job.command)
    return clip(" ".join(printable(hide_secrets(words, secrets)).split()), _LONGEST_SHOWN)


def _secrets(context: Context, job: Job, ending: JobEnding) -> frozenset[str]:
    try:
        catalog = context.running_catalog
    except Exception:
        templates: tuple[str, ...] = ()  # what is wrong with it is told where it is declared
    else:
        templates = secret_templates(catalog)
    written = ending.output.decode("utf-8", "replace")
    return (
        secrets_around(context.environ, templates)
        | secrets_in_words(job.command)
        | frozenset(passwords_in_urls(written))
    )


def _resolve(context: Context, job: Job) -> JobOutcome:
    """End the incident of its failures, if there is one that is open."""
    problems = _unknown_words(context, job)
    number = context.store.situations.open_with_key(job.its_key) if context.database_path.exists() else None
    if number is None:
        return JobOutcome(failures=problems)
    incident = find_incident(context, number).incident
    failed_for = show_about(context.clock.now() - incident.declared_at)
    message = f"It works again, after it had failed for {failed_for}."
    resolved = perform(context, Recovery(message, by=_by()), [number])
    return JobOutcome(resolved=resolved, failures=problems)


def _unknown_words(context: Context, job: Job) -> tuple[EscalateError, ...]:
    """What would go wrong if it failed: told before it does."""
    catalog, problems = context.running_catalog, list[EscalateError]()
    for look, word in ((find_service, job.service), (find_severity, job.severity)):
        try:
            if word:
                look(word, catalog)
        except Unknown as problem:
            problems.append(problem)
    return tuple(problems)
