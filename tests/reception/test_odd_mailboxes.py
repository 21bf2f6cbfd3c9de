"""Mailboxes of servers that do things their own way, and mails made to be in the way."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from escalate_cli.core.answers.address import parse_answers
from escalate_cli.core.answers.arrived import Arrival
from escalate_cli.reception.children import LIMIT, look_everywhere
from escalate_cli.reception.imap import look, sign_in, wait
from escalate_cli.reception.imap_mails import MailPart, read_fetched
from escalate_cli.reception.look import AMISS, CannotRead, Look
from escalate_cli.reception.mail import read_mail
from tests.reception.folder import Folder, places, reply
from tests.reception.scripted_imap import ScriptedImap

PLACE = '{"INBOX":"7:2"}'
HIT = b"* SEARCH 2 3\r\nTAG OK done\r\n"


def item(uid: int, parts: str, content: bytes | None = None, tail: str = "") -> bytes:
    """A line of FETCH, with the content at its end."""
    raw = reply("OK", uid) if content is None else content
    return f"* {uid} FETCH ({parts} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + f"{tail})\r\n".encode()


DATE = 'INTERNALDATE " 1-Nov-2026 04:53:11 +0000"'
ANSWERS = {
    "in one order": item(2, f"UID 2 RFC822.SIZE 9 {DATE}") + item(3, f"UID 3 RFC822.SIZE 9 {DATE}"),
    "in another, the later one first": item(3, "", tail=f" {DATE} RFC822.SIZE 9 UID 3") + item(2, "UID 2"),
    "with news in between": item(2, f"UID 2 {DATE}")
    + b"* 1 FETCH (FLAGS (\\Seen))\r\n* 9 EXISTS\r\n* 2 FETCH (UID 2 FLAGS (\\Answered))\r\n* 1 EXPUNGE\r\n"
    + item(3, f"UID 3 {DATE}"),
    "with a mail that was not asked for": item(2, "UID 2") + item(8, "UID 8") + item(3, "UID 3"),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_a_server_may_say_it_in_any_order(how: str) -> None:
    with ScriptedImap(SEARCH=HIT, FETCH=ANSWERS[how] + b"TAG OK done\r\n") as server:
        looked = look(parse_answers(server.url()), PLACE)
    identities = {mail.external_id for mail in looked.arrived}
    assert identities == {"<2@phone.example.com>", "<3@phone.example.com>"}
    assert places(looked.place) == {"INBOX": "7:4"}


def test_a_mail_that_is_gone_meanwhile_is_no_trouble() -> None:
    gone = item(3, "UID 3") + b"TAG OK done\r\n"
    with ScriptedImap(SEARCH=HIT, FETCH=gone) as server:
        looked = look(parse_answers(server.url()), PLACE)
    assert [mail.external_id for mail in looked.arrived] == ["<3@phone.example.com>"]
    with ScriptedImap(
        SEARCH=HIT,
        FETCH=b'* 2 FETCH (UID 2 BODY[]<0> "")\r\n* 3 FETCH (UID 3 BODY[]<0> NIL)\r\nTAG OK done\r\n',
    ) as server:
        looked = look(parse_answers(server.url()), PLACE)
    assert [mail.text for mail in looked.arrived] == ["", ""]


def test_where_a_server_does_not_say_its_next_uid_the_last_mail_stands_for_it() -> None:
    examine = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\nTAG OK done\r\n"
    search = b"* SEARCH 17\r\nTAG OK done\r\n"
    listing = b'* LIST () "/" INBOX\r\nTAG OK done\r\n'
    dated = b'* 3 FETCH (INTERNALDATE "27-Nov-2026 04:53:11 +0000")\r\nTAG OK done\r\n'
    with ScriptedImap(EXAMINE=examine, SEARCH=search, LIST=listing, FETCH=dated) as server:
        address = parse_answers(server.url())
        assert places(look(address, None).place) == {"INBOX": "7:18"}
        assert f"{AMISS}INBOX does not say its next UID: the last mail stands for it" in sign_in(address)
    with ScriptedImap(EXAMINE=examine, SEARCH=b"* SEARCH\r\nTAG OK done\r\n") as server:
        assert places(look(parse_answers(server.url()), None).place) == {"INBOX": "7:1"}


@pytest.mark.parametrize("refuses", [False, True])
def test_an_access_token_signs_in(refuses: bool) -> None:
    last = b"TAG NO [AUTHENTICATIONFAILED] expired\r\n" if refuses else b"TAG OK done\r\n"
    challenge = b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"
    token = [challenge, last] if refuses else [last]
    with ScriptedImap(AUTHENTICATE=b"+ \r\n", TOKEN=token) as server:
        address = parse_answers(server.url("?auth=xoauth2").replace("hunter2canary", "tok%2Fen"))
        if refuses:
            with pytest.raises(CannotRead, match=r"refuses the token \(AUTHENTICATIONFAILED\)") as raised:
                look(address, None)
            assert not raised.value.for_good, "whatever renews it will"
        else:
            assert places(look(address, None).place) == {"INBOX": "7:4"}
        assert server.heard[1] == "AUTHENTICATE XOAUTH2"
        sent = base64.b64decode(server.heard[2].removeprefix("TOKEN "))
        assert sent == b"user=oncall\x01auth=Bearer tok/en\x01\x01"


IDLES = b"* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n"
EXAMINED = [
    b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\nTAG OK done\r\n",
    b"* 4 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\nTAG OK done\r\n",
]
FETCHED = item(2, "UID 2") + b"TAG OK done\r\n"
FOUND = b"* SEARCH 2\r\nTAG OK done\r\n"


@pytest.mark.parametrize(
    "idle",
    [b"+ idling\r\n* 4 EXISTS\r\n", b"* 4 EXISTS\r\n+ idling\r\n* 4 RECENT\r\n", b"+\r\n* OK Still here\r\n"],
)
def test_news_that_come_with_the_first_word_of_idle_are_heard(idle: bytes) -> None:
    says = {"CAPABILITY": IDLES, "EXAMINE": list(EXAMINED), "SEARCH": FOUND, "FETCH": FETCHED, "IDLE": idle}
    with ScriptedImap(**says, TOKEN=b"NEWS OK done\r\n") as server:
        begun = time.monotonic()
        looked = wait(parse_answers(server.url()), PLACE, 30.0)
        assert time.monotonic() - begun < 5
        assert len(looked.arrived) == 1
        assert [command for command in server.heard if command.startswith("TOKEN")] == ["TOKEN DONE"]


@pytest.mark.long
def test_a_server_that_does_not_idle_is_asked_again() -> None:
    refused = {"CAPABILITY": IDLES, "IDLE": b"TAG NO not now\r\n"}
    for says in ({}, refused):
        with ScriptedImap(**says, EXAMINE=list(EXAMINED), SEARCH=FOUND, FETCH=FETCHED) as server:
            begun = time.monotonic()
            looked = wait(parse_answers(server.url()), PLACE, 30.0)
            assert 9 < time.monotonic() - begun < 20
            assert len(looked.arrived) == 1


@pytest.mark.long
def test_a_server_that_falls_silent_in_idle_is_asked_anew_after_a_minute() -> None:
    says = {"CAPABILITY": IDLES, "EXAMINE": list(EXAMINED), "SEARCH": FOUND, "FETCH": FETCHED}
    with ScriptedImap(**says, IDLE=b"+ idling\r\n", TOKEN=b"NEWS OK done\r\n") as server:
        begun = time.monotonic()
        looked = wait(parse_answers(server.url()), PLACE, 100.0)
        assert 59 < time.monotonic() - begun < 75
        assert len(looked.arrived) == 1


SLOW = {
    "commas": b"From: " + b"," * 60_000,
    "comments": b"From: " + b"(a)" * 20_000,
    "parameters": b"Content-Type: text/plain; " + b";" * 60_000,
    "tags": b"Content-Type: text/html\r\n\r\n" + b"<a " * 20_000,
}


@pytest.mark.parametrize("how", SLOW)
def test_a_mail_made_to_be_slow_is_left_out(how: str) -> None:
    raw = SLOW[how] + b"\r\n\r\nOK\r\n"
    begun = time.process_time()
    assert read_fetched(MailPart(1, len(raw), None, raw), "mx.example.com").robot == "it cannot be read"
    assert time.process_time() - begun < 3


def test_those_behind_it_are_read(folder: Folder) -> None:
    place, arrived = look(folder.address(), None).place, list[Arrival]()
    folder.put(SLOW["tags"])
    folder.put(reply("OK", 2))
    for _ in range(2):  # on a busy machine by the next look
        looked = look(folder.address(), place)
        place, arrived = looked.place, [*arrived, *looked.arrived]
    assert sorted(mail.robot or "" for mail in arrived) == ["", "it cannot be read"]


@pytest.mark.long
def test_any_number_of_slow_mails_only_take_longer(folder: Folder) -> None:
    first = look_everywhere({"mail": folder.address()}, {})["mail"]
    assert isinstance(first, Look)
    for number in range(12):
        folder.put(b"Message-ID: <%d@x>\r\n" % number + SLOW["commas"] + b"\r\n\r\nOK\r\n")
    folder.put(reply("OK", 77))
    place, arrived, looks = first.place, list[Arrival](), 0
    while "<77@phone.example.com>" not in {mail.external_id for mail in arrived}:
        looked = look_everywhere({"mail": folder.address()}, {"mail": place})["mail"]
        assert isinstance(looked, Look)
        assert looked.place != place, "each look comes further"
        place, arrived, looks = looked.place, [*arrived, *looked.arrived], looks + 1
    assert 2 <= looks <= 13
    assert len(arrived) == 13


@contextmanager
def a_busy_processor() -> Iterator[None]:
    """One alone is ours, and three others want it all the time: whatever begins here takes four times as
    long.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
        for other in others:
            other.kill()
            other.wait()


@pytest.mark.long
def test_slow_mails_are_got_over_on_a_busy_machine_too(folder: Folder) -> None:
    """Each takes four of the eight seconds of a look: a second one is not begun. In which order they stand
    in the mailbox is the server's affair: it numbers them when it is looked into.
    """
    place = look(folder.address(), None).place
    for number in range(2):
        folder.put(b"Message-ID: <%d@x>\r\n" % number + SLOW["commas"] + b"\r\n\r\nOK\r\n")
    folder.put(reply("OK", 77))
    arrived = list[Arrival]()
    with a_busy_processor():
        for _ in range(8):
            looked = look_everywhere({"mail": folder.address()}, {"mail": place})["mail"]
            if isinstance(looked, Look):
                place, arrived = looked.place, [*arrived, *looked.arrived]
            if len(arrived) == 3:
                break
    assert len(arrived) == 3
    assert [mail.external_id for mail in arrived if mail.robot is None] == ["<77@phone.example.com>"]


@pytest.mark.long
def test_the_text_behind_a_picture_is_read_though_signing_in_took_long() -> None:
    """Five seconds of a look are over then; the mail is fetched to its text all the same."""
    head = b"From: ana@example.com\r\nMessage-ID: <2@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    picture = b"--b\r\nContent-Type: image/png\r\n\r\n" + b"iVBORw0KGgo" * 9000
    raw = head + picture + b"\r\n--b\r\nContent-Type: text/plain\r\n\r\nOK\r\n--b--\r\n"
    first, rest = raw[: 64 * 1024], raw[64 * 1024 :]
    parts = [item(2, f"UID 2 RFC822.SIZE {len(raw)}", part) + b"TAG OK done\r\n" for part in (first, rest)]
    with ScriptedImap(SEARCH=b"* SEARCH 2\r\nTAG OK done\r\n", FETCH=parts) as server:
        server.slow = {"LOGIN": 5.2}
        (arrived,) = look(parse_answers(server.url()), PLACE).arrived
    assert arrived.text.strip() == "OK"


@pytest.mark.long
def test_what_was_read_counts_although_the_line_then_breaks() -> None:
    first = item(2, "UID 2") + item(3, "UID 3") + b"TAG OK done\r\n"
    many = b"* SEARCH 2 3 4 5 6 7 8 9\r\nTAG OK done\r\n"
    examine = b"* 9 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\nTAG OK done\r\n"
    for broken in (b"* BYE\r\n", b"garbage\r\n", b""):
        with ScriptedImap(EXAMINE=examine, SEARCH=many, FETCH=[first, broken]) as server:
            begun = time.monotonic()
            looked = look_everywhere({"a": parse_answers(server.url())}, {"a": PLACE})["a"]
            assert isinstance(looked, Look), broken
            assert time.monotonic() - begun < LIMIT
        assert len(looked.arrived) == 2
        assert json.loads(looked.place) == {"INBOX": "7:4"}


def test_who_says_nothing_of_use_is_no_mailbox() -> None:
    with ScriptedImap(EXAMINE=b"TAG OK [READ-ONLY] done\r\n") as server, pytest.raises(CannotRead):
        look(parse_answers(server.url()), None)


def test_two_looks_at_once_are_of_no_consequence(folder: Folder) -> None:
    place = look(folder.address(), None).place
    folder.put(reply())
    seen: list[Look] = []
    threads = [threading.Thread(target=lambda: seen.append(waiting(folder, place))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(looked.arrived) for looked in seen] == [1, 1]


def waiting(folder: Folder, place: str) -> Look:
    looked = look_everywhere({"a": folder.address()}, {"a": place})["a"]
    assert isinstance(looked, Look)
    return looked


def test_a_mail_that_a_filter_hands_in_is_bounded_alike_but_for_other_threads() -> None:
    arrived = read_mail(SLOW["commas"] + b"\r\n\r\nOK\r\n")
    assert (arrived.robot, arrived.text) == ("it cannot be read", "")
    read: list[Arrival] = []
    thread = threading.Thread(target=lambda: read.append(read_mail(reply())))
    thread.start()
    thread.join()
    assert [mail.text.strip() for mail in read] == ["OK"]
