"""Promises of the way back that need more than one server: a reader that is no good beside one that is, and
two installations whose mailboxes page each other. Real mails, real IMAP, the real `tick`.
"""

from __future__ import annotations

import email
import email.policy
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.answers.nights import Night, night_by
from tests.answers.test_read_in_passes import MailNight
from tests.bad_servers import Tarpit
from tests.mail_server import SmtpServer
from tests.reception.folder import Folder

LIMIT = 8.0
"""seconds that a reader may take, as promise 22 has it"""
ON_THE_MACHINE = 6.0
"""more, for a machine that has other things to do"""
KEPT = ("from", "to", "subject", "message-id", "date", "mime-version", "content-type")


@pytest.mark.long
@pytest.mark.parametrize("greeting", [b"", b"* OK drip drip drip drip drip\r\n"], ids=["hangs", "drips"])
def test_22_a_reader_that_hangs_or_drips_delays_no_page_beyond_its_limit_and_no_other_reader(
    tmp_path: Path, folder: Folder, greeting: bytes
) -> None:
    """Ana is paged by both gateways; the next level is due in the same pass in which one of them hangs."""
    with ExitStack() as stack:
        hangs, mail = stack.enter_context(Tarpit(greeting)), stack.enter_context(SmtpServer())
        desk = (
            '[gateways.desk]\nurl = "json://127.0.0.1:PORT/{to}"\n'
            f'answers = "imap://u:secret@127.0.0.1:{hangs.port}"\n'
        )
        made = stack.enter_context(
            night_by(
                tmp_path,
                mail.url("{to}"),
                folder.account.url(f"?folders={folder.name.replace(' ', '%20')}"),
                'ana@example.com", desk = "ana@example.com',
                "email",
                desk,
            )
        )
        night = MailNight(made.place, made.environ, made.web, made.seen, made.begun)
        night.mailbox = folder
        night("declare", "The X is down", "-s", "x")
        night.answer("NOTE: I am looking")
        with night.sql() as database:
            database.execute("UPDATE escalations SET next_at = 1")
            database.execute("UPDATE incidents SET next_due_at = 1")
        begun = time.monotonic()
        night("tick")
        assert time.monotonic() - begun < LIMIT + ON_THE_MACHINE
        assert hangs.connections
        assert "I am looking" in night.told
        assert night.rows("SELECT status FROM notifications WHERE recipient = 'person:bo'") == [("sent",)]


def bare(content: bytes) -> bytes:
    """A mail after a gateway that keeps only what everybody reads: who, what about, and the text."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    for name in {name.lower() for name in mail} - set(KEPT):
        del mail[name]
    return mail.as_bytes(policy=email.policy.SMTP)


@pytest.mark.parametrize("carried", [bytes, bare], ids=["as sent", "without what machines read"])
def test_30_two_escalates_that_page_each_others_mailbox_stop_after_one_round(
    tmp_path: Path, folder: Folder, carried: Callable[[bytes], bytes]
) -> None:
    """Each takes the other for Ana. What one sends is laid into the mailbox that the other reads."""
    other = Folder(folder.account, f"{folder.name} of the other")
    with ExitStack() as stack:
        ends: list[tuple[Night, SmtpServer, Folder]] = []
        for name, mine, theirs, box in (("a", "a", "b", folder), ("b", "b", "a", other)):
            mail = stack.enter_context(SmtpServer())
            place = tmp_path / name
            place.mkdir()
            url = f"mailto://127.0.0.1:{mail.port}?from={mine}@example.com&to={{to}}"
            answers = box.account.url(f"?folders={box.name.replace(' ', '%20')}")
            night = stack.enter_context(night_by(place, url, answers, f"{theirs}@example.com", "email"))
            ends.append((night, mail, other if box is folder else folder))
        for night, _, _ in ends:
            assert night("declare", "The X is down", "-s", "x").code == 0
        counts = []
        handed_over = [0, 0]
        for _ in range(5):
            for number, (_, mail, box) in enumerate(ends):
                for sent in mail.arrived[handed_over[number] :]:
                    box.put(carried(sent.content))
                handed_over[number] = len(mail.arrived)
            for night, _, _ in ends:
                night("tick")
            counts.append(tuple(len(mail.arrived) for _, mail, _ in ends))
        assert counts[0] >= (1, 1)
        pages, sentences = 1, 2  # one to the page of the other, one to its sentence: the same again gets none
        assert all(count <= pages + sentences for count in counts[-1]), counts
        assert counts[2:] == [counts[2]] * 3, counts
        assert [night.status for night, _, _ in ends] == ["open", "open"]
