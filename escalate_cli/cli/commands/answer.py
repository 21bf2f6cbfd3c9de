"""Handing in what somebody answered, from wherever it arrived: a filter of mails, a modem, a script."""

from __future__ import annotations

import sys
import uuid
from hashlib import sha256
from typing import Annotated

import typer

from escalate_cli.actions.hand_in import hand_in_answer
from escalate_cli.cli.arguments import moment
from escalate_cli.cli.completion import known
from escalate_cli.cli.output import Answer
from escalate_cli.cli.piped_text import typed_or_piped
from escalate_cli.context import Context
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.core.answers.recognise import people_at
from escalate_cli.core.organisation.catalog import Catalog, did_you_mean
from escalate_cli.errors import Unknown, UsageProblem
from escalate_cli.reception.mail import LARGEST_MAIL, read_mail
from escalate_cli.views.answer import taken_in_data

_MAILS = ("mailto", "mailtos")


def answer(
    context: Context,
    gateway: Annotated[
        str | None,
        typer.Option(
            "--gateway",
            metavar="G",
            help="The gateway by which it came; of a mail, else the one that sends mails",
            autocompletion=known("gateways"),
        ),
    ] = None,
    sender: Annotated[
        str | None, typer.Option("--from", metavar="ADDRESS", help="Who sent it: number, address or user id")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="T", help="What was sent; - reads it from stdin")
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option("--id", metavar="X", help="The provider's id of it: what comes twice is done once"),
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="T", help="When it was sent; else now")] = None,
    reply: Annotated[
        bool, typer.Option("--reply", help="Also send the sentence back, by the gateway it came by")
    ] = False,
    mail: Annotated[bool, typer.Option("--mail", help="A whole mail is on stdin")] = False,
) -> Answer:
    """Hand in what somebody answered to a page; prints the sentence to send back. Unlike `ack` it never
    believes who is typing: the person is found from the address.
    """
    arrived = _mail(sender, text, at) if mail else _text(context, sender, text, id_, at)
    chosen = _gateway(gateway, arrived, context.running_catalog, mail=mail)
    handed_in = hand_in_answer(context, chosen, arrived, reply=reply)
    taken = handed_in.answer
    # what is printed may be sent back by whoever called: nobody writes to a robot or a stranger
    notes = () if taken.say else (f"nothing is sent back: {taken.because}",)
    return Answer(taken_in_data(taken), taken.say, handed_in.exit_code, notes, acted=taken.taken)


def _text(context: Context, sender: str | None, text: str | None, id_: str | None, at: str | None) -> Arrival:
    written = typed_or_piped(text, option="--text")
    if sender is None or written is None:
        raise UsageProblem(
            f"missing option '{'--from' if sender is None else '--text'}'",
            'escalate answer --gateway sms --from +447700900123 --text "OK k7m4", or a mail with --mail',
        )
    sent_at = moment(context, at, context.clock.now()) if at else context.clock.now()
    known_by = "\n".join((sender, written, str(sent_at)))
    fresh = sha256(known_by.encode()).hexdigest()[:32] if at else uuid.uuid4().hex
    return Arrival(id_ or fresh, sender.strip(), written, sent_at)


def _mail(sender: str | None, text: str | None, at: str | None) -> Arrival:
    if sender is not None or text is not None or at is not None:
        raise UsageProblem(
            "--mail says all of it: --from, --text and --at are in the mail",
            "escalate answer --mail < reply.eml",
        )
    raw = sys.stdin.buffer.read(LARGEST_MAIL)
    if not raw.strip():
        raise UsageProblem("there is no mail on stdin", "escalate answer --mail < reply.eml")
    return read_mail(raw)


def _gateway(name: str | None, arrived: Arrival, catalog: Catalog, *, mail: bool) -> str:
    if name is not None:
        if name not in catalog.gateways:
            guess = did_you_mean(name, catalog.gateways)
            hint = f'did you mean "{guess}"?' if guess else f"there are: {', '.join(catalog.gateways)}"
            raise Unknown(f"no such gateway: {name}", hint, code="no-such-gateway")
        return name
    mailing = [
        gateway.id for gateway in catalog.gateways.values() if gateway.url.partition("://")[0] in _MAILS
    ]
    if not mail or not mailing:
        raise UsageProblem("missing option '--gateway'", "name the gateway by which it came: --gateway email")
    theirs = [gateway for gateway in mailing if people_at(arrived.sender, gateway, catalog)]
    return (theirs or mailing)[0]
