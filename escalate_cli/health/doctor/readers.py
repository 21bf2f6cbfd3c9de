"""What `doctor` finds of the way back: whether it can sign in where answers are read, and what has
come of it so far. Nothing there is changed, and no answer is taken in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from escalate_cli.config.secrets import BadReference, MissingSecret, expand
from escalate_cli.core.answers.address import BY_COMMAND, AnswersAddress, BadAddress, parse_answers
from escalate_cli.core.calendar.duration import Instant, show_about
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem
from escalate_cli.health.doctor.finding import listed, well
from escalate_cli.reception.children import sign_in_everywhere
from escalate_cli.reception.look import AMISS, CannotRead
from escalate_cli.store.answers import ReaderState
from escalate_cli.store.store import Store


def reader_findings(
    catalog: Catalog, store: Store | None, environ: Mapping[str, str], now: Instant
) -> Iterator[Problem]:
    """A finding or more for each gateway with `answers`; all are signed in to side by side."""
    listening = {
        gateway.id: gateway.answers
        for gateway in catalog.gateways.values()
        if gateway.answers and gateway.listens
    }
    if not listening:
        return
    states = {state.gateway: state for state in store.answers.reader_states()} if store is not None else {}
    heard = store.answers.who_answered() if store is not None else {}
    addresses: dict[str, AnswersAddress] = {}
    secrets: dict[str, tuple[str, ...]] = {}
    for gateway, written in listening.items():
        if written == BY_COMMAND:
            told = f"gateway {gateway}: answers are handed in by `escalate answer`"
            yield well("answers", told + _so_far(gateway, catalog, states, heard, now))
            continue
        try:
            expanded = expand(written, "", environ)
            addresses[gateway], secrets[gateway] = parse_answers(expanded.url), expanded.secrets
        except (MissingSecret, BadReference) as problem:
            text = f"{problem.message}: answers by {gateway} cannot be read"
            yield Problem(ERROR, "missing-secret", text, problem.hint)
        except BadAddress as problem:
            text = f"gateway {gateway}: `answers` cannot work with its secrets: {problem.message}"
            yield Problem(ERROR, "bad-answers", text, problem.hint)
    for gateway, shown in sign_in_everywhere(addresses, secrets).items():
        so_far = _so_far(gateway, catalog, states, heard, now)
        if isinstance(shown, CannotRead):
            text = f"gateway {gateway}: answers cannot be read: {shown.reason}{so_far}"
            yield Problem(ERROR, "answers-unread", text, _hint(addresses[gateway], for_good=shown.for_good))
            continue
        facts = "; ".join(fact for fact in shown if not fact.startswith(AMISS))
        yield well("answers", f"gateway {gateway}: answers are read ({facts}){so_far}")
        for fact in shown:
            if fact.startswith(AMISS):
                text = f"gateway {gateway}: answers are read, but {fact.removeprefix(AMISS)}"
                yield Problem(WARNING, "answers-amiss", text, "look after it before the next page")


def _hint(address: AnswersAddress, *, for_good: bool) -> str:
    if for_good:
        return "put `answers` or its secrets right; until then people answer by `escalate ack`"
    what = f"{address.host} " if address.scheme in ("imap", "ntfy", "matrix") else "the service "
    return f"see whether {what}can be reached from here; until then people answer by `escalate ack`"


def _so_far(
    gateway: str,
    catalog: Catalog,
    states: Mapping[str, ReaderState],
    heard: Mapping[str, Mapping[str, Instant]],
    now: Instant,
) -> str:
    """What is on record: the last look, since when it fails, the last answer, and who never sent one."""
    parts = []
    state = states.get(gateway)
    if state is not None and state.read_at is not None:
        parts.append(f"last read {show_about(now - state.read_at)} ago")
    if state is not None and state.failing_since is not None:
        parts.append(f"it has failed for {show_about(now - state.failing_since)}")
    people = heard.get(gateway, {})
    if people:
        parts.append(f"last answer {show_about(now - max(people.values()))} ago")
    silent = [person.id for person in catalog.people.values() if gateway in person.contact]
    silent = [person for person in silent if person not in people]
    if silent:
        parts.append(f"never an answer from {listed(silent)}")
    return "".join(f"; {part}" for part in parts)
