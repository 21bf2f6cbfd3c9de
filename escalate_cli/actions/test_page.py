"""A marked test message to everyone whom a target means, by every address they have: sent at once. It is
stored nowhere, but where its answer is waited for.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from escalate_cli.config.secrets import BadReference, MissingSecret, expand
from escalate_cli.context import Context
from escalate_cli.core.answers.codes import new_code
from escalate_cli.core.calendar.duration import Instant, Span
from escalate_cli.core.events.reasons import Because, Said
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.situation import (
    Incident,
    Notification,
    NotificationKind,
    NotificationStatus,
    Situation,
)
from escalate_cli.core.messages.message import compose
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.notification.targets import Addressee, whom
from escalate_cli.core.organisation.catalog import Catalog, TextForm
from escalate_cli.core.organisation.policy import Target
from escalate_cli.core.wording.reasons import told_because
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.engine.answer_buttons import with_buttons
from escalate_cli.engine.claiming import PARALLEL, SHORT_CODE_RESTS
from escalate_cli.engine.envelopes import marks_of, sealed


class Rehearsal(msgspec.Struct, frozen=True):
    """What came of it: a notification (id 0) for each address, sent or failed, and whom nothing
    could be sent to, as sentences. `trials` are the numbers of those that wait for an answer, a
    number for each notification; None where nobody can answer.
    """

    notifications: tuple[Notification, ...]
    unreached: tuple[str, ...]
    trials: tuple[int | None, ...] = ()

    @property
    def well(self) -> bool:
        """Whether somebody was to be told, and every message was taken."""
        return not self.unreached and all(
            notification.status is NotificationStatus.SENT for notification in self.notifications
        )


def rehearse(context: Context, target: Target, by: str, wait: Span | None = None) -> Rehearsal:
    """Send the test messages and wait for what becomes of them. `by` is the name of who asked for
    it; retries there are none. With `wait` people are asked to answer where their gateway listens, and
    what they send back is known as an answer for so long.
    """
    catalog, now = context.catalog, context.clock.now()
    situation = _nothing_is_broken(catalog, now)
    reached = whom(target, None, Decision(situation, catalog, now))
    unreached = [f"{target}: {reached.reason}"] if reached.reason else []
    drafts: list[Notification] = []
    for addressee in reached.addressees:
        written = _write(addressee, by, catalog, now)
        drafts += written
        if not written:
            recipient = addressee.recipient
            unreached.append(f"{catalog.name_of(recipient)} ({recipient}) has no address")
    trials: list[int | None] = [None] * len(drafts)
    if wait is not None:
        drafts, trials = _ask(context, drafts, catalog, wait)
    outcomes = _send(context, drafts, situation, catalog)
    if wait is not None:
        _note_sent(context, trials, outcomes, wait)
    return Rehearsal(tuple(notification for notification, _ in outcomes), tuple(unreached), tuple(trials))


def _ask(
    context: Context, drafts: Sequence[Notification], catalog: Catalog, wait: Span
) -> tuple[list[Notification], list[int | None]]:
    """The drafts with a code where somebody may answer, and their numbers as what waits."""
    asking: list[Notification] = []
    trials: list[int | None] = []
    store = context.store
    with store.transaction():
        now = context.moment()
        for draft in drafts:
            gateway = catalog.gateways[draft.gateway]
            if not (draft.recipient.is_person and gateway.listens):
                asking.append(draft)
                trials.append(None)
                continue
            in_use = partial(
                store.answers.short_code_in_use, gateway=gateway.id, recipient=draft.recipient,
                since=now - SHORT_CODE_RESTS,
            )  # fmt: skip
            code = new_code(secrets.randbelow, in_use)
            asking.append(replace(draft, code=code))
            until = now + gateway.timeout + wait
            trials.append(store.trials.begin(code, draft.recipient, gateway.id, draft.address, now, until))
    return asking, trials


def _note_sent(
    context: Context,
    trials: Sequence[int | None],
    outcomes: Sequence[tuple[Notification, str | None]],
    wait: Span,
) -> None:
    """Nobody waits for the answer to what was not taken."""
    with context.store.transaction():
        now = context.moment()
        for trial, (notification, external_id) in zip(trials, outcomes, strict=True):
            if trial is not None:
                until = now if notification.sent_at is None else now + wait
                context.store.trials.note_sent(trial, notification.sent_at, external_id, until)


def _nothing_is_broken(catalog: Catalog, now: Instant) -> Situation:
    severity = catalog.settings.default_severity or (catalog.severities[0].id if catalog.severities else "")
    return Situation(
        Incident(id=0, title="Test message from escalate", severity=severity, declared_at=now, updated_at=now)
    )


def _write(addressee: Addressee, by: str, catalog: Catalog, now: Instant) -> list[Notification]:
    """One for each contact, whatever the notification rules say: a test is of the addresses."""
    recipient = addressee.recipient
    known = catalog.people[recipient.id] if recipient.is_person else catalog.channels[recipient.id]
    return [
        Notification(
            id=0,
            kind=NotificationKind.TEST,
            recipient=recipient,
            gateway=gateway,
            address=address,
            reason=(
                reason := Because(addressee.meant, Said(f"a test asked for by {catalog.person_name(by)}"))
            ),
            because=told_because(reason, catalog, addressee.recipient),
            due_at=now,
            created_at=now,
            note=f"{catalog.person_name(by)} is testing whether escalate can reach you here.",
        )
        for gateway, address in known.contact.items()
        if gateway in catalog.gateways
    ]


def _send(
    context: Context, drafts: Sequence[Notification], situation: Situation, catalog: Catalog
) -> list[tuple[Notification, str | None]]:
    """Every draft with what became of it and the provider's id of it, in the order given; a few at a
    time.
    """
    sender, clock = context.sender, context.clock
    done: dict[int, tuple[Notification, str | None]] = {}
    waiting = deque(enumerate(drafts))
    if drafts:
        sender.warm()
    while len(done) < len(drafts):
        while waiting and sender.running < PARALLEL:
            ticket, draft = waiting.popleft()
            envelope = _envelope(context, draft, situation, catalog)
            if isinstance(envelope, Envelope):
                sender.begin(ticket, envelope)
            else:
                done[ticket] = replace(draft, status=NotificationStatus.FAILED, error=envelope), None
        for ticket, outcome in sender.outcomes(0.5):
            done[ticket] = _with(drafts[ticket], outcome, clock.now()), outcome.external_id
    return [done[ticket] for ticket in range(len(drafts))]


def _envelope(
    context: Context, draft: Notification, situation: Situation, catalog: Catalog
) -> Envelope | str:
    """The message and the URL with its secrets; or why there can be no attempt."""
    gateway = catalog.gateways[draft.gateway]
    try:
        expanded = expand(gateway.url, draft.address, context.environ)
    except (MissingSecret, BadReference) as problem:
        return problem.message
    now = context.clock.now()
    short = compose(draft, situation, catalog, now, short=True)
    message = (
        short if gateway.text is TextForm.SHORT else compose(draft, situation, catalog, now, short=False)
    )
    expanded = with_buttons(expanded, gateway, message.reply, context.environ)
    made = sealed(gateway, expanded, message, short, draft.kind)
    if message.reply is None:
        return made
    return replace(made, marks=marks_of(gateway, message.reply, context.environ))


def _with(draft: Notification, outcome: Outcome, now: Instant) -> Notification:
    if outcome.kind is OutcomeKind.SENT:
        return replace(draft, status=NotificationStatus.SENT, attempts=1, sent_at=now)
    return replace(draft, status=NotificationStatus.FAILED, attempts=1, error=outcome.detail)
