"""Answers by mail on real mail servers: Dovecot keeps them, Pigeonhole's robots answer, Postfix brings
back what was refused.
"""

from __future__ import annotations

import email
import random
import sys
import threading
import time
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import parse_answers
from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.answers.texts import read_text
from escalate_cli.core.answers.words import Word
from escalate_cli.reception.children import LIMIT, Readers, look_everywhere, sign_in_everywhere
from escalate_cli.reception.imap import look, sign_in, wait
from escalate_cli.reception.look import CannotRead, Look
from tests.answers.clients import ANSWERED, CODE, HTML, PAGE, SUBJECT, TEXTS
from tests.answers.dovecot_mailbox import AWAY, JUNK, DovecotMailbox, PostfixServer
from tests.answers.mailboxes import PASSWORD, USER
from tests.mail_server import SmtpServer
from tests.reception.folder import reply

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def box() -> Iterator[DovecotMailbox]:
    with DovecotMailbox() as running:
        yield running


def page(to: str = "ana@example.com") -> EmailMessage:
    """A page as it goes out, but for what tells robots to be silent."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = "oncall@example.com", to, SUBJECT
    message["Message-ID"], message["References"] = "<page-1@escalate.example.com>", ANSWERED
    message.set_content(PAGE)
    return message


def client_mails() -> dict[str, bytes]:
    """An "OK" from every mail program, in several languages and transfer encodings."""
    bodies = {
        f"{client} {language}": (shape("Ok\n\nSent from my iPhone", language), "plain")
        for client, shape in TEXTS.items()
        for language in ("en", "de", "fr", "ja")
        if client not in ("gmail", "alone") or language == "en"
    }
    bodies |= {client: (shape("OK"), "html") for client, shape in HTML.items()}
    caution = "CAUTION: This email originated from outside of the organization.\n\n"
    bodies["banner"] = (caution + TEXTS["apple"]("ok", "en"), "plain")
    mails = {}
    for number, (name, (text, kind)) in enumerate(bodies.items()):
        for encoding in ("8bit", "base64", "quoted-printable"):
            message = EmailMessage(policy=policy.SMTP)
            message["From"], message["To"] = "Ana Ruiz <ana@example.com>", "oncall@example.com"
            message["Subject"], message["In-Reply-To"] = f"Re: {SUBJECT}", ANSWERED
            message["Date"] = "Fri, 27 Nov 2026 04:53:10 +0000"
            message["Message-ID"] = f"<{number}-{encoding}@phone.example.com>"
            message.set_content(text, subtype=kind, cte=encoding)
            mails[f"{name}, {encoding}"] = message.as_bytes()
    flowed = reply("Ok\n\nOn Fri, Ana wrote:\n> " + PAGE.replace("\n", "\n> "), 900)
    mails["flowed"] = flowed.replace(b"Date:", b"Content-Type: text/plain; format=flowed\r\nDate:")
    return mails


def test_what_every_mail_program_sends_is_read_and_nothing_in_the_mailbox_changes(box) -> None:
    mails = client_mails()
    address = parse_answers(box.url())
    place = look(address, None).place
    for content in mails.values():
        box.deliver(content)
    before = box.everything()
    arrived = []
    while (looked := look(address, place)).arrived:
        arrived += looked.arrived
        place = looked.place
    assert len(arrived) == len(mails)
    assert box.everything() == before
    assert all(flags == "" for mails_of in before.values() for _, flags, _ in mails_of)
    for mail in arrived:
        read = read_text(mail.text, (CODE, short_code(CODE)))
        assert read.answer is not None, mail.text
        assert (read.answer.word, mail.codes, mail.robot) == (Word.TAKE, (CODE,), None)


def test_the_code_in_an_address_counts(box) -> None:
    address = parse_answers(box.url("?plus=yes"))
    place = look(address, None).place
    box.deliver(reply().replace(ANSWERED.encode(), b"<x@y>"), to=f"oncall+{CODE}@example.com")
    (arrived,) = look(address, place).arrived
    assert arrived.codes == (CODE,), "Dovecot writes Delivered-To"


def test_a_mailbox_made_anew_under_our_eyes(box) -> None:
    box.create("Answers")
    address = parse_answers(box.url("?folders=Answers"))
    place = look(address, None).place
    box.put(reply("OK", 1), "Answers")
    place = look(address, place).place
    Clock().sleep(1_100_000)  # Dovecot's UIDVALIDITY is the time in seconds
    box.create("Answers")
    box.put(reply("OK", 2), "Answers")
    looked = look(address, place)
    assert [mail.external_id for mail in looked.arrived] == ["<2@phone.example.com>"]
    assert looked.gap is not None
    assert (look(address, looked.place).arrived, look(address, looked.place).gap) == ((), None)


def test_an_answer_that_a_filter_takes_for_junk_is_found_there() -> None:
    with DovecotMailbox(scripts={USER: JUNK}) as box:
        address = parse_answers(box.url("?folders=INBOX,Junk"))
        first = look(address, None)
        assert first.gap is None
        box.deliver(reply())
        (arrived,) = look(address, first.place).arrived
        assert (arrived.sender, arrived.codes) == ("ana@example.com", (CODE,))
        assert look(parse_answers(box.url()), None).arrived == ()


def test_a_real_vacation_note_is_a_robot_s() -> None:
    with SmtpServer() as notes, DovecotMailbox(notes.port, {"ana": AWAY}) as box:
        address = parse_answers(box.url())
        place = look(address, None).place
        box.deliver(page().as_bytes(), "ana@example.com", "oncall@example.com")
        (note,) = notes.wait_for(1)
        assert note.text.startswith("OK, I am away"), box.log
        box.deliver(note.content, sender=note.sender)
        (arrived,) = look(address, place).arrived
        assert arrived.robot is not None
        assert arrived.text.startswith("OK, I am away")
        stripped = email.message_from_bytes(note.content, policy=policy.SMTP)
        for name in ("Auto-Submitted", "Precedence"):
            del stripped[name]
        assert set(note.message.keys()) & {"Auto-Submitted", "Precedence"}, "which it tells by"


def test_a_page_that_comes_back_is_a_bounce_with_its_code() -> None:
    with (
        SmtpServer(RCPT="550 5.1.1 no such user") as nobody,
        DovecotMailbox() as box,
        PostfixServer(nobody.port, box.lmtp_port) as postfix,
    ):
        address = parse_answers(box.url())
        place = look(address, None).place
        postfix.send(page("gone@example.org").as_bytes(), "gone@example.org")
        looked = wait(address, place, 30.0)
        (arrived,) = looked.arrived
        assert arrived.bounce is not None, postfix.log
        assert arrived.bounce.final
        assert (arrived.bounce.status, arrived.bounce.recipient) == ("5.1.1", "gone@example.org")
        assert arrived.codes == (CODE,)
        assert "<page-1@escalate.example.com>" in arrived.answered
        assert arrived.robot is not None


def test_the_certificate_is_checked(box, monkeypatch) -> None:
    address = parse_answers(f"imaps://{USER}:{PASSWORD}@127.0.0.1:{box.imaps_port}")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    told = look_everywhere({"a": address}, {})["a"]
    assert isinstance(told, CannotRead)
    assert "the certificate of" in told.reason
    monkeypatch.setenv("SSL_CERT_FILE", str(box.certificate))
    assert isinstance(look_everywhere({"a": address}, {})["a"], Look)
    by_name = parse_answers(f"imaps://{USER}:{PASSWORD}@localhost:{box.imaps_port}")
    told = look_everywhere({"a": by_name}, {})["a"]
    assert isinstance(told, CannotRead)
    assert "the certificate of localhost" in told.reason


def test_a_password_goes_to_another_machine_by_tls_where_it_can(box, monkeypatch) -> None:
    if not box.elsewhere:
        pytest.skip("this machine has no address but loopback")
    address = parse_answers(f"imap://{USER}:{PASSWORD}@{box.elsewhere}:{box.port}")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    told = look_everywhere({"a": address}, {})["a"]
    assert isinstance(told, CannotRead), "STARTTLS, and the certificate is not trusted"
    monkeypatch.setenv("SSL_CERT_FILE", str(box.certificate))
    facts = sign_in_everywhere({"a": address})["a"]
    assert not isinstance(facts, CannotRead)
    assert not [fact for fact in facts if "in the clear" in fact]


def test_a_wrong_password_is_wrong_for_good() -> None:
    """Of a server of its own: Dovecot makes everybody wait who comes from the same address."""
    with DovecotMailbox() as box:
        for password in ("hunter2canary", 'pässwort"\\ {3}'):
            with pytest.raises(CannotRead, match=r"refuses the user or the password \(AUTHENT") as raised:
                sign_in(parse_answers(box.url(password=password)))
            assert raised.value.for_good


def test_a_password_may_hold_anything() -> None:
    with DovecotMailbox(password='pä"s\\s {3}%wort') as box:
        assert sign_in(parse_answers(box.url()))


def test_nothing_is_lost_and_nothing_read_twice_while_mails_keep_coming(box) -> None:
    address = parse_answers(box.url())
    place = look(address, None).place
    dice = random.Random(14)
    expected = [f"<{number}@phone.example.com>" for number in range(5000, 5060)]

    def deliver() -> None:
        for number in range(5000, 5060):
            box.deliver(reply("OK", number))
            Clock().sleep(round(dice.choice((0, 0, 1_000, 20_000, 100_000)) * dice.random()))

    delivering = threading.Thread(target=deliver)
    delivering.start()
    arrived: list[str] = []
    end = time.monotonic() + 60
    while len(arrived) < len(expected) and time.monotonic() < end:
        looked = wait(address, place, 5.0)
        arrived += [mail.external_id for mail in looked.arrived]
        place = looked.place
    delivering.join()
    assert sorted(arrived) == expected


def test_from_send_to_look(box) -> None:
    """How long it takes from handing the reply over until it is known. The figures are printed."""
    address = {"mail": parse_answers(box.url())}
    first = look_everywhere(address, {})["mail"]
    assert isinstance(first, Look)
    looks, waits = [], []
    place = first.place
    for number in range(5):
        box.deliver(reply("OK", 7000 + number))
        begun = time.monotonic()
        looked = look_everywhere(address, {"mail": place})["mail"]
        looks.append(time.monotonic() - begun)
        assert isinstance(looked, Look)
        assert len(looked.arrived) == 1
        place = looked.place
    with Readers(seconds=60.0) as readers:
        for number in range(5):
            readers.begin("mail", address["mail"], place)
            assert not readers.next(1.5), "nothing has arrived"
            begun = time.monotonic()
            box.deliver(reply("OK", 7100 + number))
            assert readers.next(LIMIT)
            waits.append(time.monotonic() - begun)
            ((_, looked),) = readers.ready()
            assert isinstance(looked, Look)
            place = looked.place
    print(f"look: {sorted(looks)}, wait: {sorted(waits)}", file=sys.stderr)
    assert min(looks) < 2
    assert min(waits) < 2
