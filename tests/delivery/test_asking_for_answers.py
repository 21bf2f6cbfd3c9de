"""A page that may be answered, as it stands on the wire: the mail and what is replied to it, the buttons of
ntfy and of Telegram, and the sentence that goes back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import parse_qs

import pytest
from msgspec.structs import replace

from escalate_cli.core.answers.codes import long_codes, short_code
from escalate_cli.core.answers.texts import read_subject, read_text
from escalate_cli.core.answers.words import Word
from escalate_cli.delivery.envelope import AnswerMarks, Envelope
from escalate_cli.delivery.sender import Sender
from escalate_cli.reception.mail import read_mail
from tests.answers import clients
from tests.delivery.shown_page import Page
from tests.mail_server import Mail, SmtpServer
from tests.organisations import BANK, STANDARD, Organisation
from tests.scenarios.conftest import world_with as world_with
from tests.scenarios.test_answers import answer, code_of
from tests.servers import HttpServer
from tests.world import World

ANSWERS = "imaps://oncall:secret@imap.example.com"


def sent_by(url: str, answers: str) -> Organisation:
    """The bank whose people are paged by this gateway."""
    start = BANK.index("[gateways.sms]")
    gateway = f'[gateways.sms]\nurl = "{url}"\nanswers = "{answers}"\n'
    return Organisation(BANK[:start] + gateway + BANK[BANK.index("[gateways.email]") :])


def deliver(envelope: Envelope) -> None:
    with Sender() as sender:
        sender.begin(1, replace(envelope, look=None))
        while not (ended := sender.outcomes(5)):
            pass
    assert ended[0][1].kind.value == "sent", ended


@pytest.fixture(scope="module")
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def paged_by_mail(smtp: SmtpServer, world_with, options: str = "") -> tuple[Mail, str]:
    """A page as it came to Ana's mailbox, and its code."""
    url = f"mailto://127.0.0.1:{smtp.port}?from=oncall@example.com&to=ana@example.com&name=x{{to}}"
    world: World = world_with(STANDARD, organisation=sent_by(url, ANSWERS + options))
    world.declare("customers can't log in", "login")
    world.sent()
    before = len(smtp.arrived)
    deliver(world.last())
    return smtp.wait_for(before + 1)[-1], code_of(world, "ana")


def test_a_mail_carries_its_code_as_a_second_reference_and_in_its_subject(smtp, world_with) -> None:
    mail, code = paged_by_mail(smtp, world_with)
    assert mail.subject == f"[major] #1 customers can't log in ({short_code(code)})"
    root, reference = str(mail.message["References"]).split()
    assert root.startswith("<escalate.1.")
    assert reference == f"<1.{code}@escalate.example.com>"
    assert mail.message["X-Escalate"] == "asks"
    assert mail.message["Reply-To"].addresses[0].addr_spec == "oncall@example.com"
    assert mail.message["Auto-Submitted"] == "auto-generated"


def test_replies_go_to_an_address_with_the_code_where_the_mailbox_takes_it(smtp, world_with) -> None:
    mail, code = paged_by_mail(smtp, world_with, "?plus=yes")
    assert mail.message["Reply-To"].addresses[0].addr_spec == f"oncall+{code}@example.com"
    assert f"mailto:oncall+{code}@example.com?subject=OK%20{short_code(code)}" in html_of(mail)


def html_of(mail: Mail) -> str:
    part = mail.message.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_page_of_a_mail_begins_a_finished_answer_by_a_link(smtp, world_with) -> None:
    mail, code = paged_by_mail(smtp, world_with)
    html, short = html_of(mail), short_code(code)
    links = [f"mailto:oncall@example.com?subject={word}%20{short}" for word in ("OK", "NO", "DONE")]
    places = [html.index(f'href="{link}"') for link in links]
    assert places == sorted(places)
    words = Page(html).words
    assert "I have it" in words
    assert read_subject(f"OK {short}").code == short
    assert read_text(words, (code, short)).answer is None


@pytest.mark.parametrize("style", [*clients.TEXTS, *clients.HTML])
def test_a_reply_to_the_real_mail_is_read_and_the_mail_below_it_never(
    smtp, world_with, monkeypatch, style: str
) -> None:
    mail, code = paged_by_mail(smtp, world_with)
    monkeypatch.setattr(clients, "PAGE", mail.text)
    monkeypatch.setattr(clients, "SUBJECT", mail.subject)
    for text, word in (("OK", Word.TAKE), ("I do not know yet", None)):
        reply = EmailMessage()
        reply["From"], reply["To"], reply["Subject"] = (
            "ana@example.com",
            str(mail.message["Reply-To"]),
            f"AW: {mail.subject}",
        )
        reply["References"] = f"{mail.message['References']} {mail.message['Message-ID']}"
        reply["In-Reply-To"] = str(mail.message["Message-ID"])
        if style in clients.HTML:
            reply.set_content(clients.HTML[style](text), subtype="html")
        else:
            reply.set_content(clients.TEXTS[style](text, "de"))
        arrived = read_mail(bytes(reply))
        assert arrived.robot is None
        assert arrived.codes == (code,)
        read = read_text(arrived.text, (code, short_code(code)))
        assert (read.answer.word if read.answer else None) is word


def test_what_goes_back_answers_the_mail_and_no_escalate_answers_it(smtp) -> None:
    envelope = Envelope(
        smtp.url(), (), "t", "You have it.", "inform", 30_000_000,
        marks=AnswerMarks(answers="<abc@mail.example.com>"),
    )  # fmt: skip
    before = len(smtp.arrived)
    deliver(envelope)
    mail = smtp.wait_for(before + 1)[-1].message
    assert mail["In-Reply-To"] == mail["References"] == "<abc@mail.example.com>"
    assert mail.get_all("Auto-Submitted") == ["auto-replied"]
    del mail["Auto-Submitted"]
    assert read_mail(bytes(mail)).robot == "X-Escalate"


def test_a_confirmation_answers_the_message_that_it_is_about(smtp, world_with) -> None:
    url = f"mailto://127.0.0.1:{smtp.port}?from=oncall@example.com&to=ana@example.com&name=x{{to}}"
    world = world_with(STANDARD, organisation=sent_by(url, ANSWERS))
    world.declare("down", "login")
    answer(world, "OK", "+1", reply=True, id="<ok@phone.example>")
    assert world.last().marks == AnswerMarks(answers="<ok@phone.example>")


def test_the_buttons_of_ntfy_publish_the_code_and_a_word(world_with) -> None:
    with HttpServer() as web:
        answers = f"ntfy://rdtoken@127.0.0.1:{web.port}/answers?write=wrtoken"
        world = world_with(
            STANDARD,
            organisation=sent_by(f"ntfy://127.0.0.1:{web.port}/ana?priority=urgent&xtags=x{{to}}", answers),
        )
        world.declare("down", "login")
        world.sent()
        deliver(world.last())
        [asked] = web.wait_for(1)
    headers = {name.lower(): value for name, value in asked.headers.items()}
    buttons = json.loads(headers["x-actions"])
    assert [button["label"] for button in buttons] == ["I have it", "Not me", "It is over"]
    assert {button["url"] for button in buttons} == {f"http://127.0.0.1:{web.port}/answers"}
    assert {button["headers"]["Authorization"] for button in buttons} == {"Bearer wrtoken"}
    code = code_of(world, "ana")
    assert [json.loads(button["body"]) for button in buttons] == [
        {"code": code, "word": word} for word in ("OK", "NO", "DONE")
    ]
    assert headers["x-actions"].isascii()
    assert "wrtoken" in world.last().secrets
    assert "rdtoken" not in headers["x-actions"]


def test_the_buttons_of_telegram_send_a_word_and_the_code_back(world_with) -> None:
    with HttpServer() as web:
        url = (
            f"form://127.0.0.1:{web.port}/bot1:x/sendMessage"
            f"?:message=text&:title=&:type=&:version=&:chat_id={{to}}"
        )
        answers = "telegram://123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
        world = world_with(STANDARD, organisation=sent_by(url, answers))
        world.declare("down", "login")
        world.sent()
        deliver(world.last())
        [asked] = web.wait_for(1)
    form = parse_qs(asked.text)
    [[*buttons]] = json.loads(form["reply_markup"][0])["inline_keyboard"]
    code = code_of(world, "ana")
    assert [(button["text"], button["callback_data"]) for button in buttons] == [
        ("I have it", f"ok:{code}"), ("Not me", f"no:{code}"), ("It is over", f"done:{code}"),
    ]  # fmt: skip
    assert form["text"][0].startswith("#1 down")
    assert long_codes(buttons[0]["callback_data"]) == (code,)
