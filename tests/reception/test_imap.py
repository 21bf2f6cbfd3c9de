"""A mailbox is read as answers need it, and left as it was (pymap, a real IMAP server)."""

from __future__ import annotations

import json
import time

import pytest

from escalate_cli.clock import Clock
from escalate_cli.core.answers.address import parse_answers
from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.reception.imap import MOST_MAILS, look, sign_in, wait
from escalate_cli.reception.look import AMISS, CannotRead, begins_at
from escalate_cli.reception.mail import read_mail
from tests.answers.clients import CODE
from tests.answers.mailboxes import hours_ago
from tests.reception.folder import places, reply

SENT = 1795755190 * SECOND
"""the Date of a reply"""


def texts(arrived) -> list[str]:
    return [one.text.strip() for one in arrived]


def test_26_what_was_there_before_is_never_read_and_what_comes_is_read_once(folder) -> None:
    folder.put(reply("an old one", 0))
    first = look(folder.address(), None)
    assert (first.arrived, first.gap) == ((), None)
    folder.put(reply("OK", 1))
    folder.put(reply("UNDO", 2))
    second = look(folder.address(), first.place)
    assert texts(second.arrived) == ["OK", "UNDO"]
    assert second.arrived[0].external_id == "<1@phone.example.com>"
    assert second.arrived[0].sender == "ana@example.com"
    assert second.arrived[0].codes == (CODE,)
    assert look(folder.address(), second.place).arrived == ()
    assert texts(look(folder.address(), first.place).arrived) == ["OK", "UNDO"], "the place decides, no flag"


def test_26_the_mailbox_is_left_as_it_was(pymap, folder) -> None:
    place = look(folder.address(), None).place
    folder.put(reply())
    before = pymap.everything()
    looked = look(folder.address(), place)
    waited = wait(folder.address(), looked.place, 0.2)
    assert (len(looked.arrived), waited.arrived) == (1, ())
    sign_in(folder.address())
    assert pymap.everything() == before
    assert before[folder.name if folder.name in before else f'"{folder.name}"'][0][1] == "", "not even seen"


def test_two_folders_have_places_of_their_own(pymap, folder) -> None:
    address = parse_answers(pymap.url(f"?folders={folder.name.replace(' ', '%20')},INBOX"))
    place = look(address, None).place
    pymap.put(reply("in the inbox", 1))
    folder.put(reply("in the other", 2))
    looked = look(address, place)
    assert sorted(texts(looked.arrived)) == ["in the inbox", "in the other"]
    assert set(places(looked.place)) == {folder.name, "INBOX"}
    assert look(address, looked.place).arrived == ()


def test_a_folder_that_is_named_later_begins_where_it_is(pymap, folder) -> None:
    place = look(folder.address(), None).place
    pymap.put(reply("old in the inbox", 1))
    folder.put(reply("new", 2))
    both = parse_answers(pymap.url(f"?folders={folder.name.replace(' ', '%20')},INBOX"))
    looked = look(both, place)
    assert texts(looked.arrived) == ["new"]
    pymap.put(reply("new in the inbox", 3))
    assert texts(look(both, looked.place).arrived) == ["new in the inbox"]


def test_a_name_outside_ascii_is_a_folder_as_well(pymap) -> None:
    from imap_tools.imap_utf7 import utf7_encode

    pymap.create(utf7_encode("Aufträge & Störungen").decode())
    address = parse_answers(pymap.url("?folders=Auftr%C3%A4ge%20%26%20St%C3%B6rungen"))
    place = look(address, None).place
    pymap.put(reply(), utf7_encode("Aufträge & Störungen").decode())
    assert texts(look(address, place).arrived) == ["OK"]


def test_a_mailbox_made_anew_is_read_for_the_last_day_and_says_so(folder) -> None:
    folder.put(reply("before", 1))
    place = look(folder.address(), None).place
    folder.account.create(folder.name)
    folder.put(reply("long ago", 2), at=hours_ago(72))
    folder.put(reply("yesterday, 26 hours ago", 3), at=hours_ago(26))
    folder.put(reply("OK", 4), at=hours_ago(1))
    looked = look(folder.address(), place)
    assert texts(looked.arrived) == ["OK"]
    assert looked.gap is not None
    assert f'"{folder.name}" was made anew' in looked.gap
    after = look(folder.address(), looked.place)
    assert (after.arrived, after.gap) == ((), None)


def test_a_mailbox_that_went_back_in_time_is_one_made_anew(folder) -> None:
    place = json.loads(look(folder.address(), None).place)
    validity, following = place[folder.name].split(":")
    later = json.dumps({folder.name: f"{validity}:{int(following) + 50}"})
    folder.put(reply("OK", 4))
    looked = look(folder.address(), later)
    assert texts(looked.arrived) == ["OK"]
    assert looked.gap is not None


def test_a_place_that_cannot_be_read_is_none(folder) -> None:
    folder.put(reply("old"))
    for place in ("", "{}", "[1]", '{"x": 1}', '{"INBOX": "a:b"}', "garbage", json.dumps({folder.name: "1"})):
        looked = look(folder.address(), place)
        assert (looked.arrived, looked.gap) == ((), None)


def test_a_folder_that_is_not_there_stops_no_other_and_is_told_once(pymap, folder) -> None:
    address = parse_answers(pymap.url(f"?folders={folder.name.replace(' ', '%20')},Junk"))
    first = look(address, None)
    assert first.gap == 'there is no folder "Junk": what arrives there is not read'
    folder.put(reply())
    second = look(address, first.place)
    assert (texts(second.arrived), second.gap) == (["OK"], None)
    with pytest.raises(CannotRead, match='there is no folder "Junk"') as raised:
        look(parse_answers(pymap.url("?folders=Junk")), None)
    assert raised.value.for_good


def test_a_mail_without_an_id_has_one_of_its_content(folder) -> None:
    place = look(folder.address(), None).place
    bare = reply().replace(b"Message-ID: <1@phone.example.com>\r\n", b"")
    for content in (bare, bare.replace(b"OK", b"NO"), bare):
        folder.put(content)
    arrived = look(folder.address(), place).arrived
    identities = [mail.external_id for mail in arrived]
    assert all(identities)
    assert len(set(identities)) == 2, "the same mail is the same"
    assert [mail.external_id for mail in look(folder.address(), place).arrived] == identities


def test_what_was_not_there_at_the_last_look_has_arrived_since_whatever_the_mailbox_says(folder) -> None:
    begun = Clock().now()
    place = look(folder.address(), begins_at(begun - 120 * SECOND)).place
    bare = reply().replace(b"Date: Fri", b"X-Date: Fri")
    slow, moved = begun // SECOND - 60, begun // SECOND - 3600
    folder.put(bare.replace(b"<1@", b"<2@").replace(b"OK", b"slow"), at=slow)
    folder.put(bare.replace(b"OK", b"moved"), at=moved)
    looked = look(folder.address(), place)
    arrived = {mail.text.strip(): mail.arrived_at or 0 for mail in looked.arrived}
    assert arrived["moved"] == moved * SECOND
    assert begun <= arrived["slow"] <= Clock().now()
    first = look(folder.address(), begins_at(begun - 120 * SECOND)).arrived
    assert [mail.arrived_at for mail in first] == [slow * SECOND], "of the first look it is not known"


def test_a_mail_was_sent_no_later_than_it_arrived(folder) -> None:
    place = look(folder.address(), None).place
    folder.put(reply("in time", 1), at=SENT // SECOND + 30)
    folder.put(reply("a clock ahead", 2), at=SENT // SECOND - 7200)
    folder.put(reply("no date", 3).replace(b"Date: Fri", b"X-Date: Fri"), at=SENT // SECOND + 60)
    arrived = {mail.text.strip(): mail.sent_at for mail in look(folder.address(), place).arrived}
    expected = {"in time": SENT, "a clock ahead": SENT - 7200 * SECOND, "no date": SENT + 60 * SECOND}
    assert arrived == expected
    assert list(arrived) == ["a clock ahead", "in time", "no date"], "the oldest first"


@pytest.mark.long
def test_many_mails_are_read_by_and_by(folder) -> None:
    place: str | None = look(folder.address(), None).place
    for number in range(MOST_MAILS + 5):
        folder.put(reply(f"NOTE: {number}", number))
    read: list[str] = []
    looks = 0
    while (looked := look(folder.address(), place)).arrived:
        assert len(looked.arrived) <= MOST_MAILS
        read += texts(looked.arrived)
        place, looks = looked.place, looks + 1
    assert read == [f"NOTE: {number}" for number in range(MOST_MAILS + 5)]
    assert looks > 1


def test_a_picture_before_the_answer_hides_it_not(folder) -> None:
    picture = b"/9j/" * 20 + b"\r\n"
    head = reply("").replace(b"Date:", b'Content-Type: multipart/mixed; boundary="b"\r\nDate:')
    parts = (
        b'--b\r\nContent-Type: image/jpeg; name="x.jpg"\r\nContent-Disposition: inline\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        + picture * 20_000
        + b"--b\r\nContent-Type: text/plain\r\n\r\nOK\r\n--b--\r\n"
    )
    place = look(folder.address(), None).place
    folder.put(head + b"\r\n" + parts)
    assert texts(look(folder.address(), place).arrived) == ["OK"]


def test_of_a_huge_mail_only_the_head_is_read(folder) -> None:
    place = look(folder.address(), None).place
    folder.put(reply("OK\n\n> " + "x" * 70 + "\n" + ("> " + "y" * 70 + "\n") * 40_000))
    folder.put(reply("NO", 2))
    arrived = look(folder.address(), place).arrived
    assert [mail.text.split()[0] for mail in arrived] == ["OK", "NO"]
    assert len(arrived[0].text) < 70_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"\xff\xfe\x00garbage",
        b"From: x\r\n" * 3000,
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 500,
        reply("OK", 9, "Subject: =?x-unknown?b?////?=\nTo: " + "(" * 30_000),
    ],
    ids=["empty", "no head", "bytes", "many senders", "nested", "comments"],
)  # fmt: skip
def test_no_mail_stops_those_behind_it(folder, content) -> None:
    place = look(folder.address(), None).place
    folder.put(content or b"\r\n")
    folder.put(reply("OK", 2))
    arrived = look(folder.address(), place).arrived
    assert "OK" in texts(arrived)
    assert len(arrived) == 2
    assert all(mail.external_id for mail in arrived)


VERIFIED = (
    "Authentication-Results: mx.example.com 1; spf=pass smtp.mailfrom=ana@example.com;\n"
    " dmarc=pass (p=NONE) header.from=example.com\n"
)
DMARC = {
    VERIFIED: None,
    "authentication-results: MX.example.com;DMARC=pass\n": None,
    "": "DMARC",
    "Authentication-Results: mx.example.com; dmarc=fail header.from=example.com\n": "DMARC",
    "Authentication-Results: mx.example.com; dkim=pass; spf=pass\n": "DMARC",
    "Authentication-Results: evil.example; dmarc=pass\n": "DMARC",
    "Authentication-Results: mx.example.com.evil.example; dmarc=pass\n": "DMARC",
    "Authentication-Results: evil.example; dmarc=fail\n" + VERIFIED: None,
    "Authentication-Results: mx.example.com; dmarc=fail\n" + VERIFIED: "DMARC",
    "Authentication-Results: mx.example.com; none\n" + VERIFIED: "DMARC",
    "Authentication-Results: mx.example.com; spf=fail (;dmarc=pass;) smtp.mailfrom=x\n": "DMARC",
    'Authentication-Results: mx.example.com; spf=fail smtp.mailfrom=";dmarc=pass;"@evil.example\n': "DMARC",
    "Authentication-Results: mx.example.com; spf=fail"
    ' smtp.mailfrom="\\";dmarc=pass;\\""@evil.example\n': "DMARC",
    "Authentication-Results: mx.example.com; dmarc=pass; dmarc=fail\n": "DMARC",
}


@pytest.mark.parametrize("heads", DMARC)
def test_where_it_is_required_only_a_verified_mail_may_act(folder, heads) -> None:
    address = folder.address("&require=dmarc&authserv=mx.example.com")
    place = look(address, None).place
    folder.put(heads.replace("\n", "\r\n").encode() + reply())
    (arrived,) = look(address, place).arrived
    expected = DMARC[heads]
    assert (arrived.robot is None) if expected is None else expected in (arrived.robot or "")
    (unasked,) = look(folder.address(), place).arrived
    assert unasked.robot is None


def test_waiting_ends_when_something_arrives(folder, at_once) -> None:
    place = look(folder.address(), None).place
    at_once(0.3, lambda: folder.put(reply()))
    begun = time.monotonic()
    looked = wait(folder.address(), place, 30.0)
    assert texts(looked.arrived) == ["OK"]
    assert time.monotonic() - begun < 10


def test_waiting_begins_with_a_look_and_ends_in_time(folder) -> None:
    place = look(folder.address(), None).place
    begun = time.monotonic()
    empty = wait(folder.address(), place, 0.3)
    assert empty.arrived == ()
    assert 0.3 <= time.monotonic() - begun < 5
    folder.put(reply())
    begun = time.monotonic()
    assert texts(wait(folder.address(), empty.place, 30.0).arrived) == ["OK"]
    assert time.monotonic() - begun < 5
    folder.put(reply("early", 2))
    assert wait(folder.address(), None, 0.1).arrived == ()


def test_signing_in_tells_what_is_there(pymap, folder) -> None:
    folder.put(reply())
    assert sign_in(folder.address()) == (
        "127.0.0.1",
        f"{folder.name}: 1 mail",
        "it tells at once what arrives (IDLE)",
    )
    facts = sign_in(parse_answers(pymap.url("?folders=INBOX,Trahs")))
    assert facts[2] == f'{AMISS}there is no folder "Trahs": did you mean "Trash"?'
    folder.put(reply("from the future", 2), at=hours_ago(-1 / 6))
    assert sign_in(folder.address())[-1].startswith(f"{AMISS}its clock is at least 9m ahead of ours")


def test_a_wrong_password_is_wrong_for_good(pymap) -> None:
    for ask in (lambda address: look(address, None), lambda address: wait(address, None, 1), sign_in):
        with pytest.raises(CannotRead, match="refuses the user or the password") as raised:
            ask(parse_answers(pymap.url(password="hunter2canary")))
        assert raised.value.for_good
        assert "hunter2canary" not in raised.value.reason


def test_what_is_read_is_what_the_mail_says() -> None:
    assert read_mail(reply("OK")).text.strip() == "OK"
