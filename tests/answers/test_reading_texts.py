"""What people of ten languages and their robots send back to a page, and what each of it means."""

from __future__ import annotations

import tomllib  # noqa: TID253 (tests read it at once)
from email import policy
from email.message import EmailMessage
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.core.answers.codes import short_code
from escalate_cli.core.answers.texts import ReadText, read_text
from escalate_cli.core.answers.words import vocabulary
from escalate_cli.reception.mail import read_mail
from tests.answers.clients import ANSWERED, CODE, HTML, SUBJECT, TEXTS

CORPUS = Path(__file__).parent / "corpus"
CODES = (CODE, short_code(CODE))


def entries(name: str, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((CORPUS / name).read_text())[table]
    return found


REPLIES = [
    pytest.param(reply, client, id=f"{reply['language']}-{client}-{reply['text'][:24]!r}")
    for reply in entries("replies.toml", "reply")
    for client in reply["clients"]
]
SHORT = [pytest.param(short, id=repr(short["text"][:30])) for short in entries("short.toml", "short")]
ROBOTS = [pytest.param(robot, id=robot["head"][:50]) for robot in entries("robots.toml", "robot")]


def mail(text: str, *, head: str = "", html: str | None = None) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = "Ana Ruiz <ana@example.com>", "oncall@example.com"
    message["Subject"], message["In-Reply-To"] = f"Re: {SUBJECT}", ANSWERED
    message["Date"], message["Message-ID"] = "Fri, 27 Nov 2026 04:53:10 +0000", "<reply-1@example.com>"
    for name, value in HeaderParser(policy=policy.default).parsestr(head).items():
        del message[name]
        message[name] = str(value)
    if html is None:
        message.set_content(text)
    else:
        message.set_content(html, subtype="html")
    return message.as_bytes()


def assert_means(reading: ReadText, entry: dict[str, Any]) -> None:
    answer = reading.answer
    assert (answer.word.value if answer else "none") == entry["means"]
    if answer is not None:
        assert (answer.code, answer.text) == (entry.get("code"), entry.get("note"))
        assert (answer.number, answer.everything) == (entry.get("number"), entry.get("all", False))


def test_the_corpus_is_large() -> None:
    assert len(REPLIES) + len(SHORT) + len(ROBOTS) >= 150
    assert len({reply["language"] for reply in entries("replies.toml", "reply")}) >= 10


@pytest.mark.parametrize(("reply", "client"), REPLIES)
def test_only_an_answer_is_an_answer(reply: dict[str, Any], client: str) -> None:
    if client in HTML:
        raw = mail("", html=HTML[client](reply["text"]))
    else:
        raw = mail(TEXTS[client](reply["text"], reply["language"]))
    arrived = read_mail(raw)
    assert (arrived.robot, arrived.sender, arrived.answered) == (None, "ana@example.com", (ANSWERED,))
    assert_means(read_text(arrived.text, CODES), reply)


OTHERS = [
    "Odesílatel: Bo Lind <bo@example.com>\nOdesláno: sobota 28. listopadu 2026 4:55\nKomu: oncall",
    "Siuntėjas: Bo Lind <bo@example.com>\nIšsiųsta: 2026 m. lapkričio 28 d. 04:55",
    "Bo Lind <bo@example.com> 于2026年11月28日周六 04:55写道：",
    "2026年11月28日(土) 4:55 Bo Lind <bo@example.com>：",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
    "Début du message transféré :",
    "Inicio del mensaje reenviado:",
    "Inizio messaggio inoltrato:",
    "Początek przekazywanej wiadomości:",
    "Начало переадресованного сообщения:",
    "\u202bבתאריך 28 בנוב׳ 2026 ב-4:55 מאת Bo Lind <bo@example.com>:\u202c",
    "Από: Bo Lind <bo@example.com>\nΣτάλθηκε: Σάββατο",
    "보낸 사람: Bo Lind <bo@example.com>\n날짜: 2026년",
    "Der Kollege meinte dazu:",
]


@pytest.mark.parametrize("head", OTHERS)
@pytest.mark.parametrize("above", ["call me\n\n", ""])
def test_an_ok_in_what_somebody_else_wrote_is_no_answer(head: str, above: str) -> None:
    if not above and head == OTHERS[-1]:
        return  # as a greeting ends
    assert read_text(f"{above}{head}\n\nOK\n", CODES).answer is None


def test_above_it_stands_an_answer_all_the_same() -> None:
    for head in OTHERS:
        reading = read_text(f"OK\n\n{head}\n\ncall me\n", CODES)
        assert reading.answer is not None


@pytest.mark.parametrize(
    "text",
    [
        "Hola a todos:\n\nOK",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nOK\n\n-----BEGIN PGP SIGNATURE-----\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nOK\r\n",
    ],
)
def test_what_stands_above_an_answer_does_not_hide_it(text: str) -> None:
    reading = read_text(text, CODES)
    assert reading.answer is not None


@pytest.mark.parametrize(
    "subject",
    [
        "Re: [major] #1 customers can't log in (k7m4)",
        "Antwort: [major] #1 customers can't log in (k7m4)",
        "Respuesta: [major] #1 customers can't log in (k7m4)",
        "Réf. : [major] #1 customers can't log in (k7m4)",
        "RE: [EXTERNAL] [major] #1 customers can't log in (k7m4)",
        "回复：[major] #1 customers can't log in (k7m4)",
        "OK k7m4",
        "Re: Fwd: WG: [major] #1 customers can't log in: it is over (k7m4)",
        "Puffin Ferries on call: [major] #1 customers can't log in (k7m4)",
        "Re: In production: #1 vacancies page is down",
    ],
)
def test_whoever_answers_is_no_robot_by_the_subject(subject: str) -> None:
    assert read_mail(mail("OK", head=f"Subject: {subject}")).robot is None


@pytest.mark.parametrize("short", SHORT)
def test_only_an_answer_is_an_answer_in_a_short_message(short: dict[str, Any]) -> None:
    assert_means(read_text(short["text"], CODES), short)


@pytest.mark.parametrize("robot", ROBOTS)
def test_what_a_robot_sends_is_no_answer(robot: dict[str, Any]) -> None:
    assert read_mail(mail(robot["text"], head=robot["head"])).robot is not None


def test_a_word_of_punctuation_makes_no_line_an_answer() -> None:
    words = vocabulary({"done": ("...", " ", "''"), "take": ("ja",)})
    for text in ("", "...", "I am on a plane", "down again for all of them"):
        assert read_text(text, (), words).answer is None, text
    assert read_text("Ja!", (), words).answer is not None
