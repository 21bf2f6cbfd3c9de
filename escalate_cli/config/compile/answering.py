"""What keeps answers from coming back, from being known as somebody's, or from being understood."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from escalate_cli.config.compile.draft import Draft
from escalate_cli.config.compile.gathering import Item
from escalate_cli.config.toml.positions import Path
from escalate_cli.core.answers.address import BY_COMMAND, AnswersAddress, parse_answers
from escalate_cli.core.answers.fitting_gateway import why_not_replied_to, why_not_tagged, why_unfit
from escalate_cli.core.answers.words import BUILT_IN, Word, as_compared, read_line, vocabulary
from escalate_cli.core.organisation.catalog import Gateway, TextForm
from escalate_cli.core.organisation.phone import looks_like_number, number_problem
from escalate_cli.core.organisation.spelled import spelled_alike
from escalate_cli.core.wording.problem import ERROR, WARNING, Problem

_CARRIERS = frozenset(
    (
        *("stop", "stopall", "end", "cancel", "quit", "unsubscribe", "optout", "revoke"),
        *("help", "info", "start", "unstop"),
    )
)
"""what a carrier takes out of an SMS for itself: it never arrives here"""
_OFFER = re.compile(r"\{(?:answer|code)\}")
_WITH = {Word.NOTE: "{}: a text", Word.LATER: "{} 30m"}
"""words that are only said with something behind them"""


def check_answering(draft: Draft) -> Iterator[Problem]:
    """Every problem with `answers` of gateways, with the addresses that may answer, and with `[answers]`."""
    listening = {
        gateway.id: (gateway, parse_answers(gateway.answers))
        for gateway in draft.catalog.gateways.values()
        if gateway.answers is not None
    }
    for gateway, address in listening.values():
        yield from _gateway(draft.gathered.by_id["gateways"][gateway.id], gateway, address)
    numbered = {name for name, (_, address) in listening.items() if address.scheme in ("twilio", BY_COMMAND)}
    yield from _numbers(draft, numbered)
    for name, (_, address) in listening.items():
        if address.scheme == "matrix":
            yield from _rooms(draft, name)
    for name in listening:
        yield from _shared(draft, name)
    yield from _templates(draft, [gateway for gateway, _ in listening.values()])
    item = draft.gathered.single.get("answers")
    if item is not None:
        yield from _rules(draft, item, by_sms=bool(numbered))


def _gateway(item: Item, gateway: Gateway, address: AnswersAddress) -> Iterator[Problem]:
    unfit = why_unfit(address, gateway.url)
    if unfit is not None:
        hint = "read the answers of the service that pages, or leave `answers` out"
        yield item.problem(("answers",), ERROR, "answers-unfit", unfit, hint)
        return
    silent = why_not_replied_to(address, gateway.url)
    if silent is not None:
        hint = "page from a number or an address that can be replied to, or leave `answers` out"
        yield item.problem(("url",), WARNING, "sender-not-replied-to", silent, hint)
    untagged = why_not_tagged(address, gateway.url)
    if untagged is not None:
        hint = (
            "leave plus=yes out (replies are recognised without it), or page from an address without a plus"
        )
        yield item.problem(("answers",), WARNING, "plus-twice", untagged, hint)


class _Holder(msgspec.Struct, frozen=True):
    """Whose an address is, and where that is written."""

    section: str
    id: str
    path: Path
    address: str

    @property
    def said(self) -> str:
        return f'{"person" if self.section == "people" else "channel"} "{self.id}"'


def _holders(draft: Draft, gateway: str) -> Iterator[_Holder]:
    """Everybody whom an address of this gateway stands for, people first."""
    for person in draft.catalog.people.values():
        if gateway in person.contact:
            yield _Holder("people", person.id, ("contact", gateway), person.contact[gateway])
        for number, address in enumerate(person.answers_from):
            yield _Holder("people", person.id, ("answers_from", number), address)
    for channel in draft.catalog.channels.values():
        if gateway in channel.contact:
            yield _Holder("channels", channel.id, ("contact", gateway), channel.contact[gateway])


def _shared(draft: Draft, gateway: str) -> Iterator[Problem]:
    first: dict[str, _Holder] = {}
    for holder in _holders(draft, gateway):
        other = first.setdefault(spelled_alike(holder.address), holder)
        if (other.section, other.id) == (holder.section, holder.id):
            continue
        if holder.path[0] == "answers_from" and other.path[0] == "answers_from":
            gateways = [name for name, each in draft.catalog.gateways.items() if each.answers is not None]
            if gateway != gateways[0]:
                continue  # told already: such an address is not of one gateway
        what = "whoever answers from there counts as"
        message = (
            f'"{holder.address}" is also the address of {other.said}: {what} {other.id}'
            if holder.section == "channels"
            else f'"{holder.address}" is also the address of {other.said}: nobody can tell whose an answer by'
            f" {gateway} is, so it counts as that of the one who was written to"
        )
        item = draft.gathered.by_id[holder.section][holder.id]
        hint = "give each an address of their own where the gateway has `answers`"
        yield item.problem(holder.path, WARNING, "shared-address", message, hint)


def _numbers(draft: Draft, gateways: set[str]) -> Iterator[Problem]:
    """Numbers that no service gives as a sender's. What differs only in its writing is known again."""
    told: set[tuple[str, Path]] = set()
    for gateway in sorted(gateways):
        for holder in _holders(draft, gateway):
            if holder.section == "channels" or (holder.id, holder.path) in told:
                continue
            problem = number_problem(holder.address) if looks_like_number(holder.address) else None
            if problem is None or problem.corrected is not None:
                continue
            told.add((holder.id, holder.path))
            message = (
                f'an answer from "{holder.address}" is not known as that of {holder.id}: {problem.why}, and'
                " services give the sender's number with its country"
            )
            item = draft.gathered.by_id["people"][holder.id]
            yield item.problem(holder.path, WARNING, "number-not-e164", message, problem.hint)


def _rooms(draft: Draft, gateway: str) -> Iterator[Problem]:
    """People who are paged in a room: Matrix says who wrote there, and whose name that is is not known."""
    for person in draft.catalog.people.values():
        address = person.contact.get(gateway, "")
        if not address.startswith(("!", "#")) or any(each.startswith("@") for each in person.answers_from):
            continue
        message = (
            f"an answer of {person.id} by {gateway} is not known as theirs: {address} is a room, and"
            " Matrix gives the name of whoever writes there"
        )
        item = draft.gathered.by_id["people"][person.id]
        hint = 'add answers_from = ["@name:example.com"] with their name there, or page that name itself'
        yield item.problem(("contact", gateway), WARNING, "room-not-a-person", message, hint)


def _templates(draft: Draft, listening: list[Gateway]) -> Iterator[Problem]:
    """Texts of one's own that ask somebody and do not say what may be sent back."""
    item = draft.gathered.single.get("messages")
    parts = {"short" if gateway.text is TextForm.SHORT else "body" for gateway in listening}
    for key, template in draft.catalog.messages.items() if item is not None else ():
        kind, _, part = key.rpartition(".")
        if kind not in ("", "nudge", "digest") or part not in parts or _OFFER.search(template):
            continue
        message = "this text does not say what may be sent back, and goes by a gateway that has `answers`"
        hint = "put {answer} into it, or {code} behind words of your own"
        if item is not None:
            loc = (kind, part) if kind else (part,)
            yield item.problem(loc, WARNING, "template-without-answer", message, hint)


def _rules(draft: Draft, item: Item, *, by_sms: bool) -> Iterator[Problem]:
    rules = draft.catalog.answers
    if rules.may == ():
        hint = "name what an answer may do, or leave `may` out: then it may do everything"
        message = "no answer may do anything: whoever is paged hears so, and paging goes on"
        yield item.problem(("may",), WARNING, "answers-may-nothing", message, hint)
    known = vocabulary(rules.words)
    first: dict[str, str] = {}
    for name, texts in rules.words.items():
        for number, text in enumerate(texts):
            word, compared = Word(name), as_compared(text)
            loc = ("words", name, number)
            own = first.setdefault(compared, name)
            built_in = BUILT_IN.get(compared)
            if own != name:
                message = f'"{text}" stands for {own} as well: it cannot mean both'
                yield item.problem(loc, ERROR, "word-twice", message, "leave it out of one of them")
            elif built_in is not None and built_in is not word:
                message = f'"{text}" is built in for {built_in.value}, and means {name} from now on'
                hint = f"use another word, or be sure that nobody means {built_in.value} by it"
                yield item.problem(loc, WARNING, "word-means-something-else", message, hint)
            elif not _understood(text, word, known):
                message = (
                    f'"{text}" is never understood: a word stands alone on its line, with a code at most'
                )
                yield item.problem(loc, WARNING, "word-not-understood", message, _sayable(text))
            elif by_sms and re.sub(r"\W", "", compared) in _CARRIERS:
                message = f'"{text}" never arrives by SMS: carriers take it as a command of their own'
                yield item.problem(loc, WARNING, "word-of-carriers", message, "use another word")


def _understood(text: str, word: Word, known: dict[str, Word]) -> bool:
    reply = read_line(_WITH.get(word, "{}").format(text), known)
    return reply is not None and reply.word is word and reply.code is None


def _sayable(text: str) -> str:
    if not as_compared(text):
        return "write a word or a sign, not punctuation alone"
    return "write one to four words without a colon, at most 40 characters"
