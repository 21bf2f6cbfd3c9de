"""A digest: one message for all that exceeded `[limits]`, the worst first, with one line that
acknowledges all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from escalate_cli.core.calendar.duration import show_duration
from escalate_cli.core.incident.situation import Incident, IncidentStatus, NotificationKind
from escalate_cli.core.messages.card import DigestEntry, MessageCard, MessageKind, ToReply, ToType
from escalate_cli.core.messages.digest_commands import DigestCommands, stretches
from escalate_cli.core.messages.full_text import reply_head
from escalate_cli.core.messages.incident_lines import STANDING
from escalate_cli.core.messages.message import TITLE_LIMIT, Message, fitted_title
from escalate_cli.core.messages.replying import reply_to_digest
from escalate_cli.core.messages.sms import one_sms, words
from escalate_cli.core.messages.templates import filled_in, harmless, in_template, template_of
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.fitting import Text, clip, join, may_cut
from escalate_cli.core.wording.gsm import ONE_SMS, is_gsm, is_one_sms
from escalate_cli.core.wording.placeholders import PLACEHOLDERS
from escalate_cli.core.wording.text import printable

_CODE_IN_TITLE = len(" (k7m4)")
_LONGEST_COMMAND = 6000
_SHORTER_COMMANDS = (2000, 600, 200, 60)
"""lengths of the line that acknowledges, for services that take less"""
_FIRST_LINES = 300
"""characters of the list that go out even where the line that acknowledges has to be shortened for
it: the worst is among them
"""
_NAMES = (80, 50, 30, 20)
"""characters of the worst incident's title in a short digest"""


class Part(msgspec.Struct, frozen=True):
    """An incident that a digest tells of, and what about it."""

    incident: Incident
    kinds: frozenset[NotificationKind]

    @property
    def acknowledgeable(self) -> bool:
        """Whether it is a page that can still be answered."""
        return NotificationKind.PAGE in self.kinds and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether the incident has ended."""
        return self.incident.status is IncidentStatus.RESOLVED


def digest(
    parts: Sequence[Part],
    messages: int,
    catalog: Catalog,
    *,
    short: bool,
    unsure: bool = False,
    to_person: bool = True,
    gateway: str = "",
    code: str | None = None,
) -> Message:
    """One message for `messages` that exceeded `[limits]`: the worst incident first, each with its
    severity, what has no room counted.

    `unsure`: an earlier digest of some may have arrived. A channel is not told what to acknowledge.
    `code` is that of the message that leads it, by which it may be answered where `gateway` listens.
    """
    waits = to_person and any(part.acknowledgeable for part in parts)
    reply = reply_to_digest(catalog, gateway, code) if waits else None
    worst_first = _worst_first(parts, catalog)
    return _Digest(worst_first, messages, catalog, unsure, to_person, reply).message(short=short)


def _worst_first(parts: Sequence[Part], catalog: Catalog) -> tuple[Part, ...]:
    def place(part: Part) -> tuple[bool, int, bool, int]:
        rank = catalog.severity(part.incident.severity).rank
        return part.is_over, -rank, not part.acknowledgeable, part.incident.id

    return tuple(sorted(parts, key=place))


class _Digest(msgspec.Struct, frozen=True):
    """What goes into one digest; `parts` are in order."""

    parts: tuple[Part, ...]
    messages: int
    catalog: Catalog
    unsure: bool
    to_person: bool
    reply: ToReply | None = None

    def message(self, *, short: bool) -> Message:
        """The message: by the organisation's own templates, where there are some that work."""
        repeat = Text("(repeat) ") if self.unsure else Text()
        if short:
            own = self._templated("short")
            text = self._short() if own is None else one_sms(repeat + own)
            return Message("", text.text, text.loose, reply=self.reply)
        own = self._templated("body")
        body, title = own or self._full(), self._templated("title") or self._titled()
        card = None if own else self._card()
        return Message(fitted_title(repeat + title), body.text, body.loose, card, self.reply)

    @property
    def commands(self) -> DigestCommands:
        """What there is to type."""
        numbers = (part.incident.id for part in self.parts if part.acknowledgeable and self.to_person)
        return DigestCommands(self.catalog.to_type, tuple(numbers))

    @property
    def many(self) -> str:
        return f"{len(self.parts)} incident{'s' * (len(self.parts) != 1)}"

    @property
    def head(self) -> str:
        return f"{self.messages} more messages about {self.many}"

    def _subject(self) -> Text:
        worst = self.parts[0].incident
        return Text(
            clip(
                f"{self.head}, worst: [{worst.severity}] #{worst.id} {printable(worst.title)}",
                TITLE_LIMIT - (_CODE_IN_TITLE if self.reply is not None else 0),
            )
        )

    def _titled(self) -> Text:
        return self._subject() + ("" if self.reply is None else f" ({self.reply.short})")

    def _templated(self, part: str) -> Text | None:
        template = template_of(part, MessageKind.DIGEST, self.catalog)
        if not template:
            return None
        worst, commands = self.parts[0].incident, self.commands
        typed = commands.all_of_it(_LONGEST_COMMAND) if commands.numbers else commands.look()
        values = dict.fromkeys(PLACEHOLDERS, "") | {
            "severity": worst.severity,
            "id": str(worst.id),
            "title": worst.title,
            "status": worst.status.value,
            "message": "\n".join(map(self._line, self.parts)),
            "ack": typed,
            "answer": in_template(self.reply, part) or typed,
            "code": "" if self.reply is None else self.reply.short,
            "count": str(len(self.parts)),
        }
        return filled_in(template, part, harmless(values))

    def _card(self) -> MessageCard:
        worst, commands, catalog = self.parts[0].incident, self.commands, self.catalog
        severity = catalog.severity(worst.severity)
        answers = [ToType("All of them", commands.look())]
        if commands.numbers:
            answers.insert(0, ToType("Acknowledge all of it", commands.all_of_it(_LONGEST_COMMAND)))
        return MessageCard(
            kind=MessageKind.DIGEST,
            to_person=self.to_person,
            number=0,
            severity=severity.id,
            rank=severity.rank,
            ranks=max(len(catalog.severities), severity.rank + 1),
            standing=STANDING[worst.status],
            subject=self._subject(),
            title=Text(self.head),
            remarks=(self._why(),),
            answers=tuple(answers),
            reply=self.reply,
            listed=tuple(map(self._listed, self.parts)),
        )

    def _listed(self, part: Part) -> DigestEntry:
        incident = part.incident
        return DigestEntry(
            incident.id,
            printable(incident.title),
            incident.severity,
            self.catalog.severity(incident.severity).rank,
            STANDING[incident.status],
            incident.status.value,
            self.commands.acknowledge(incident.id) if incident.id in self.commands.numbers else "",
        )

    def _why(self) -> str:
        per = show_duration(self.catalog.limits.per)
        return f"You had as many messages in {per} as [limits] allows; these come as one, the worst first."

    def _full(self) -> Text:
        """The list, of which as many lines go out as a service takes, and the line that acknowledges
        all of it.
        """
        text = join("\n\n", (reply_head(self.reply, Text(self.head)), f"{self._why()}\n\n"))
        lines = "\n".join(map(self._line, self.parts))
        text += may_cut(lines, 2, _FIRST_LINES, rest="and {lines} more") + "\n"
        commands = self.commands
        if commands.numbers:
            shorter = tuple(map(commands.all_of_it, _SHORTER_COMMANDS))
            command = may_cut(commands.all_of_it(_LONGEST_COMMAND), 1, instead=shorter)
            text += Text("\nAcknowledge all of it: ") + command
        return text + f"\nAll of them: {commands.look()}\n"

    def _line(self, part: Part) -> str:
        incident = part.incident
        name = (
            f"[{incident.severity}] {clip(f'#{incident.id} {printable(incident.title)}', TITLE_LIMIT)}"
            f" ({incident.status.value})"
        )
        if part.acknowledgeable and self.to_person:
            return f"{name}: {self.catalog.to_type(f'escalate ack {incident.id}')}"
        return name if part.is_over or part.acknowledgeable else f"{name}: for information"

    def _short(self) -> Text:
        repeat = "(repeat) " if self.unsure else ""
        head, shorter = f"{repeat}{self.head}", f"{repeat}{self.many}"
        for text in self._shorts(head, shorter):
            if is_one_sms(text):
                return Text(text)
        worst = self.parts[0].incident
        what = self.commands.look() if self.reply is None else self.reply.brief
        rest = f" #{worst.id} - {what}"
        return one_sms(Text(shorter) + ", worst " + may_cut(worst.severity, 1) + rest)

    def _shorts(self, head: str, shorter: str) -> Iterator[str]:
        """The same in ever fewer words: the names of the incidents give way first, then the numbers
        to acknowledge; the worst never.
        """
        commands, worst = self.commands, self.parts[0].incident
        name = words(worst.title)
        titles = [f" {title}" for title in _ever_shorter(name)] if is_gsm(name) else []
        title = titles[-1] if titles else ""
        leader = f"{worst.severity} #{worst.id}"
        every = commands.all_of_it(ONE_SMS) if commands.numbers else commands.look()
        if self.reply is not None:
            every = self.reply.brief
        rest = "".join(f", {part}" for part in _by_severity(self.parts[1:]))
        for title in titles:
            yield f"{head}: {leader}{title}{rest} - {every}"
            yield f"{shorter}: {leader}{title}{rest} - {every}"
        yield f"{head}: {', '.join(_by_severity(self.parts))} - {every}"
        yield f"{shorter}: {', '.join(_by_severity(self.parts))} - {every}"
        first = f"{shorter}, worst {leader}"
        yield f"{first}{title} - {every}"
        yield f"{first} - {every}"
        for command in commands.ever_fewer() if commands.numbers else (commands.look(),):
            yield f"{first} - {command}"


def _ever_shorter(name: str) -> Iterator[str]:
    """A title, whole and cut."""
    if len(name) <= _NAMES[0]:
        yield name
    yield from (f"{name[:most].rstrip()}..." for most in _NAMES if most < len(name))


def _by_severity(parts: Sequence[Part]) -> Iterator[str]:
    """ "critical #12", "major #4, #7-#20": the worst first, as the parts are."""
    for severity in dict.fromkeys(part.incident.severity for part in parts):
        numbers = [part.incident.id for part in parts if part.incident.severity == severity]
        spans = (f"#{first}" if first == last else f"#{first}-#{last}" for first, last in stretches(numbers))
        yield f"{severity} {', '.join(spans)}"
