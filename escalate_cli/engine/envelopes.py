"""What is handed to the sender: the message of a claimed notification, and the URL with its
secrets, looked up only now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from escalate_cli.config.secrets import BadReference, MissingSecret, ReadyUrl, expand
from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Notification, NotificationKind, Situation
from escalate_cli.core.messages.card import ToReply
from escalate_cli.core.messages.digest import Part, digest
from escalate_cli.core.messages.message import Message, compose
from escalate_cli.core.messages.sms import one_sms, words
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.notification.together import joined
from escalate_cli.core.organisation.catalog import Catalog, Gateway, TextForm
from escalate_cli.core.wording.fitting import Text, clip, may_cut
from escalate_cli.core.wording.text import printable
from escalate_cli.delivery.envelope import NO_ADDRESS, AnswerMarks, BorrowedUrl, Envelope
from escalate_cli.delivery.mail.alternative import shows_pages
from escalate_cli.engine.answer_buttons import answers_of, with_buttons
from escalate_cli.engine.workbench import Workbench
from escalate_cli.errors import DamagedRow, DatabaseProblem
from escalate_cli.store.outbox import Claim
from escalate_cli.store.situations import Situations


def envelope(bench: Workbench, claimed: Claim, gateway: Gateway, now: Instant) -> Envelope | Outcome:
    """The message and where it goes; or the outcome, where there can be no attempt. The report is
    told of a message that cannot be written, where a plain one goes in its place."""
    notification = claimed.notification
    if not gateway.url:
        return Outcome(OutcomeKind.PERMANENT, f"gateway {gateway.id} is not in the configuration")
    address = _address(notification, bench.catalog)
    try:
        expanded = expand(gateway.url, address, bench.environ)
    except MissingSecret as problem:
        return Outcome(OutcomeKind.TEMPORARY, problem.message, local=True)
    except BadReference as problem:
        return Outcome(OutcomeKind.PERMANENT, problem.message)
    situations = bench.store.situations
    writing = _Writing(bench, claimed, _loaded(claimed.incident_id, situations), now)
    short = writing.message(short=True)
    message = short if gateway.text is TextForm.SHORT else writing.message(short=False)
    expanded = with_buttons(expanded, gateway, message.reply, bench.environ)
    made = sealed(gateway, expanded, message, short, notification.kind, _thread(claimed, situations))
    if message.reply is not None:
        made = replace(made, marks=marks_of(gateway, message.reply, bench.environ))
    if expanded.secrets:
        borrowed = BorrowedUrl(expand(gateway.url, NO_ADDRESS, bench.environ).url, address)
        made = replace(made, borrowed=borrowed)
    pages = any(each.notification.kind is NotificationKind.PAGE for each in (claimed, *claimed.also))
    return replace(made, urgent=pages)


def sealed(
    gateway: Gateway,
    expanded: ReadyUrl,
    message: Message,
    short: Message,
    kind: NotificationKind,
    thread: str = "",
) -> Envelope:
    """An envelope for a gateway whose URL has its secrets; `short` is what goes out where `message`
    is refused for its length. Only a page is urgent.
    """
    return Envelope(
        expanded.url, expanded.secrets, message.title, message.body, kind.value, gateway.timeout, thread,
        kind is NotificationKind.PAGE, loose=message.loose, short=short.body, short_loose=short.loose,
        longest=gateway.longest, card=message.card if shows_pages(expanded.url) else None,
    )  # fmt: skip


def marks_of(gateway: Gateway, reply: ToReply, environ: Mapping[str, str]) -> AnswerMarks:
    """What the head of a mail says of answers, where it may be answered."""
    address = answers_of(gateway, environ)
    return AnswerMarks(reply.code, address is not None and address.options.get("plus") == "yes")


def _thread(claimed: Claim, situations: Situations) -> str:
    """What all mails of one incident have in common: its number, and when it was declared, since
    other installations have its number, too. Nothing for a digest of several incidents.
    """
    ids = {together.incident_id for together in (claimed, *claimed.also)}
    try:
        incidents = situations.incidents(tuple(ids))
    except Exception:  # a record that cannot be read is no reason to say nothing
        return ""
    return f"escalate.{incidents[0].id}.{incidents[0].declared_at}" if len(incidents) == len(ids) == 1 else ""


def _address(notification: Notification, catalog: Catalog) -> str:
    """The address as the configuration has it now, else as it was when the page was planned."""
    kind, identifier = notification.recipient.kind, notification.recipient.id
    known = catalog.people.get(identifier) if kind == "person" else catalog.channels.get(identifier)
    return (known.contact.get(notification.gateway) if known else None) or notification.address


def _loaded(incident_id: int, situations: Situations) -> Situation | None:
    """What is known of the incident; nothing where a record of it cannot be read: a page with a
    plain text is better than none.
    """
    try:
        return situations.load(incident_id)
    except DatabaseProblem as problem:
        if not isinstance(problem, DamagedRow):
            raise
    except Exception:  # noqa: S110 - `_composed` says so
        pass
    return None


class _Writing(NamedTuple):
    """Writes a claimed message. `situation` is None where a record of the incident cannot be read."""

    bench: Workbench
    claimed: Claim
    situation: Situation | None
    now: Instant

    def message(self, *, short: bool) -> Message:
        """What it says; a plain text, where the message cannot be written as it should be."""
        claimed = self.claimed
        try:
            if any(other.incident_id != claimed.incident_id for other in claimed.also):
                return self._digest(short=short)
            return self._about_one_incident(short=short)
        except DatabaseProblem as problem:
            if not isinstance(problem, DamagedRow):
                raise
        except Exception as problem:
            what = f"{claimed.notification.kind.in_words} to {claimed.notification.recipient}"
            self.bench.report.trouble(
                f"incident {claimed.incident_id}: the {what} cannot be written ({words_of(problem)}): a plain"
                " one is sent"
            )
        return _plainly(claimed, self.situation, self.bench.catalog, short=short)

    def _about_one_incident(self, *, short: bool) -> Message:
        if self.situation is None:
            raise DamagedRow("its record cannot be read")
        notification = joined(self.claimed.notification, [other.notification for other in self.claimed.also])
        return compose(notification, self.situation, self.bench.catalog, self.now, short=short)

    def _digest(self, *, short: bool) -> Message:
        catalog, together = self.bench.catalog, (self.claimed, *self.claimed.also)
        kinds: dict[int, set[NotificationKind]] = {}
        for claimed in together:
            kinds.setdefault(claimed.incident_id, set()).add(claimed.notification.kind)
        incidents = self.bench.store.situations.incidents(tuple(kinds))
        parts = [Part(incident, frozenset(kinds[incident.id])) for incident in incidents]
        unsure = any(claimed.notification.unsure for claimed in together)

        to_person = self.claimed.notification.recipient.is_person
        leader = self.claimed.notification
        return digest(
            parts, len(together), catalog,
            short=short, unsure=unsure, to_person=to_person, gateway=leader.gateway, code=leader.code,
        )  # fmt: skip


def _plainly(claimed: Claim, situation: Situation | None, catalog: Catalog, *, short: bool) -> Message:
    try:
        return _plain(claimed, situation, catalog, short=short)
    except Exception:  # what is left needs nothing but the number
        repeat = "(repeat) " if claimed.notification.unsure else ""
        return Message("", f"{repeat}#{claimed.incident_id} - {_acknowledge(claimed, catalog)}")


def _acknowledge(claimed: Claim, catalog: Catalog) -> str:
    return catalog.to_type(f"escalate ack {claimed.incident_id}")


def _plain(claimed: Claim, situation: Situation | None, catalog: Catalog, *, short: bool) -> Message:
    title = may_cut(words(situation.incident.title), 1) if situation else Text("an incident")
    repeat = "(repeat) " if claimed.notification.unsure else ""
    text = one_sms(Text(f"{repeat}#{claimed.incident_id} ") + title + f" - {_acknowledge(claimed, catalog)}")
    others = {other.incident_id for other in claimed.also} - {claimed.incident_id}
    if others:
        command = catalog.to_type("escalate list")
        many = f"{len(others) + 1} incidents, #{claimed.incident_id} among them"
        text = Text(f"{repeat}{many} - {command}")
    if short:
        return Message("", text.text, text.loose)
    because = clip(printable(claimed.notification.because), 1000)
    return Message(text.text, f"{text.text}\n\n{because}\n")
