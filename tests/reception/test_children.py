"""Readers side by side: whoever hangs, drips, lies or dies is one gateway that cannot be read, and
nobody else notices.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from pathlib import Path

import pytest

from escalate_cli.core.answers.address import parse_answers
from escalate_cli.reception.children import LIMIT, Readers, look_everywhere, sign_in_everywhere
from escalate_cli.reception.look import CannotRead, Look
from tests.bad_servers import Tarpit, closed_port
from tests.delivery.processes import needs_proc, open_files, until, zombies
from tests.reception.folder import places, reply
from tests.reception.scripted_imap import ScriptedImap

CANARY = "hunter2canary"


def reason(told: object) -> str:
    assert isinstance(told, CannotRead)
    return told.reason


def hosts() -> list[int]:
    """The processes that were started here to read."""
    ours = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if b"child_host" in command and int(parent) == os.getpid():
            ours.append(int(entry.name))
    return ours


def family(host: int) -> list[int]:
    """The children of a host."""
    return [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if parent_of(entry) == host
    ]  # fmt: skip


def parent_of(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


@pytest.mark.long
def test_one_that_hangs_delays_no_other_and_nothing_beyond_its_limit(pymap, folder) -> None:
    place = look_everywhere({"mail": folder.address()}, {})["mail"]
    assert isinstance(place, Look)
    folder.put(reply())
    with Tarpit() as hangs:
        addresses = {
            "hangs": parse_answers(f"imap://u:{CANARY}@127.0.0.1:{hangs.port}"),
            "mail": folder.address(),
        }
        begun = time.monotonic()
        with Readers.start(addresses, {"mail": place.place}) as readers:
            assert readers.next(LIMIT)
            ((gateway, looked),) = readers.ready()
            assert (gateway, [mail.text.strip() for mail in looked.arrived]) == ("mail", ["OK"])
            assert time.monotonic() - begun < 6
            assert readers.running == {"hangs"}
            assert readers.next(2 * LIMIT)
            ((gateway, looked),) = readers.ready()
            assert "does not answer in time" in reason(looked)
        assert time.monotonic() - begun < LIMIT + 1


def test_one_that_drips_has_its_limit_and_another_its_look() -> None:
    with Tarpit(b"* OK drip drip drip\r\n") as drips, ScriptedImap() as calm:
        addresses = {
            "drips": parse_answers(f"imap://u:{CANARY}@127.0.0.1:{drips.port}"),
            "calm": parse_answers(calm.url()),
        }
        begun = time.monotonic()
        looked = look_everywhere(addresses, {}, limit=2.0)
        assert time.monotonic() - begun < 4.0
    assert reason(looked["drips"]) == "no answer within 2 s"
    assert isinstance(looked["calm"], Look)
    assert places(looked["calm"].place) == {"INBOX": "7:4"}


@needs_proc
def test_nothing_is_left_behind() -> None:
    files = len(open_files())
    with ScriptedImap() as calm, Tarpit() as hangs:
        readers = Readers.start(
            {
                "calm": parse_answers(calm.url()),
                "hangs": parse_answers(f"imap://u:{CANARY}@127.0.0.1:{hangs.port}"),
            },
            {},
        )
        until(lambda: readers.running == {"hangs"} or (readers.next(1) and readers.ready()))
        (host,) = hosts()
        children = family(host)
        assert children
        readers.stop()
        readers.stop()
        assert hosts() == []
        until(lambda: not [pid for pid in children if Path(f"/proc/{pid}").exists()], 5)
        assert reason(dict(readers.ready())["hangs"]) == "it was stopped"
    assert zombies() == 0
    assert len(open_files()) == files


@needs_proc
def test_whoever_is_killed_is_one_that_cannot_be_read_and_reading_goes_on() -> None:
    with Tarpit() as hangs, ScriptedImap() as calm, Readers() as readers:
        address = parse_answers(f"imap://u:{CANARY}@127.0.0.1:{hangs.port}")
        readers.begin("a", address, None)
        until(lambda: hangs.connections == 1)
        (host,) = hosts()
        os.kill(family(host)[0], signal.SIGKILL)
        assert readers.next(LIMIT)
        assert reason(dict(readers.ready())["a"]) == "its reader died"
        readers.begin("a", address, None)
        until(lambda: hangs.connections == 2)
        children = family(host)
        os.kill(host, signal.SIGKILL)
        assert readers.next(LIMIT)
        assert reason(dict(readers.ready())["a"]) == "its reader died"
        until(lambda: not [pid for pid in children if Path(f"/proc/{pid}").exists()], 5)
        readers.begin("b", parse_answers(calm.url()), None)
        assert readers.next(LIMIT)
        assert isinstance(dict(readers.ready())["b"], Look)


@pytest.mark.long
@needs_proc
def test_a_host_that_stands_still_is_ended() -> None:
    with Tarpit() as hangs, Readers() as readers:
        readers.begin("a", parse_answers(f"imap://u:{CANARY}@127.0.0.1:{hangs.port}"), None)
        until(lambda: hangs.connections == 1)
        (host,) = hosts()
        os.kill(host, signal.SIGSTOP)
        begun = time.monotonic()
        assert readers.next(2 * LIMIT)
        assert reason(dict(readers.ready())["a"]) == "no answer within 8 s"
        assert time.monotonic() - begun < LIMIT + 1
        until(lambda: readers.ready() == [] and hosts() == [], 10)


@needs_proc
def test_no_secret_stands_where_others_can_read_it() -> None:
    with Tarpit() as hangs, Readers() as readers:
        readers.begin("a", parse_answers(f"imap://u:{CANARY}@127.0.0.1:{hangs.port}"), None)
        until(lambda: hangs.connections == 1)
        for pid in (*hosts(), *family(hosts()[0])):
            for name in ("cmdline", "environ"):
                assert CANARY.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()


BAD = {
    "garbage instead of a greeting": ({"": b"HTTP/1.1 400 Bad Request\r\n\r\n"}, "not IMAP"),
    "bytes after signing in": ({"EXAMINE": b"\x00\xff\xfe\r\n"}, "not IMAP"),
    "silence after signing in": ({"EXAMINE": None}, "does not answer in time"),
    "goodbye": ({"": b"* BYE too many connections\r\n"}, ""),
    "a line without end": ({"EXAMINE": (b"* OK ", b"x" * 65536)}, "more than was asked"),
    "lines without end": ({"EXAMINE": (b"* OK x\r\n" * 1000,)}, "more than was asked"),
    "a greeting without end": ({"": (b"* OK " + b"y" * 65536,)}, "more than was asked"),
    "a mail without end": (
        {
            "SEARCH": b"* SEARCH 2 3\r\nTAG OK done\r\n",
            "FETCH": (b"* 2 FETCH (UID 2 BODY[]<0> {9000000000}\r\n", b"z" * 65536),
        },
        "more than was asked",
    ),
    "a mail of three gigabytes": (
        {
            "SEARCH": b"* SEARCH 2 3\r\nTAG OK done\r\n",
            "FETCH": (b"* 2 FETCH (UID 2 BODY[]<0> {120000}\r\n", b"z" * 65536),
        },
        "",
    ),
    "numbers that are none": (
        {"EXAMINE": b"* x EXISTS\r\n* OK [UIDVALIDITY q]\r\n* OK [UIDNEXT -1]\r\nTAG OK done\r\n"},
        "",
    ),
    "a secret that comes back": (
        {"LOGIN": b"TAG NO [AUTHENTICATIONFAILED] oncall " + CANARY.encode() + b" is wrong\r\n"},
        "refuses the user or the password (AUTHENTICATIONFAILED)",
    ),
    "out of order": ({"LOGIN": b"TAG NO [UNAVAILABLE] later\r\n"}, "lets nobody in at present (UNAVAILABLE)"),
    "no passwords in the clear": (
        {"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK done\r\n"},
        "write imaps://",
    ),
    "it hangs up": ({"LOGIN": b"* BYE\r\n"}, ""),
}


@pytest.mark.long
def test_whatever_a_server_does_is_one_line_without_a_secret() -> None:
    """All of them at once: no one of them costs the others anything."""
    place = '{"INBOX":"7:2"}'
    servers = {name: ScriptedImap(**says) for name, (says, _) in BAD.items()}
    for server in servers.values():
        server.__enter__()
    with Tarpit(b"* OK dripping dripping dripping dripping\r\n") as drips:
        addresses = {name: parse_answers(server.url()) for name, server in servers.items()}
        addresses["drips"] = parse_answers(f"imap://oncall:{CANARY}@127.0.0.1:{drips.port}")
        addresses["nobody"] = parse_answers(f"imap://oncall:{CANARY}@127.0.0.1:{closed_port()}")
        addresses["no TLS"] = parse_answers(f"imaps://oncall:{CANARY}@127.0.0.1:{drips.port}")
        begun = time.monotonic()
        looked = look_everywhere(addresses, dict.fromkeys(addresses, place))
        assert time.monotonic() - begun < LIMIT + 2
    for server in servers.values():
        server.__exit__()
    expected = {name: words for name, (_, words) in BAD.items()}
    expected |= {"drips": "does not answer in time", "nobody": "nobody listens at", "no TLS": ""}
    reasons = {name: reason(told) if isinstance(told, CannotRead) else "" for name, told in looked.items()}
    assert {name: why for name, why in reasons.items() if expected[name] not in why} == {}
    assert CANARY not in str(reasons)
    assert all(why and "\n" not in why for name, why in reasons.items() if name != "numbers that are none")
    for_good = {name for name, told in looked.items() if isinstance(told, CannotRead) and told.for_good}
    assert for_good == {"a secret that comes back", "no passwords in the clear"}
    assert all(server.sent < 100 << 20 for server in servers.values()), "nobody reads on and on"


def test_only_what_leaves_a_mailbox_as_it_is_is_ever_asked(at_once) -> None:
    mail = reply()
    fetched = (
        b'* 2 FETCH (UID 2 RFC822.SIZE %d INTERNALDATE "27-Nov-2026 04:53:11 +0000" BODY[]<0> {%d}\r\n%b)\r\n'
        b"TAG OK done\r\n"
    )
    says = {
        "SEARCH": b"* SEARCH 2\r\nTAG OK done\r\n",
        "FETCH": fetched % (len(mail), len(mail), mail),
        "LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
    }
    with ScriptedImap(**says) as server:
        address = parse_answers(server.url())
        looked = look_everywhere({"a": address}, {"a": '{"INBOX":"7:2"}'})["a"]
        assert isinstance(looked, Look)
        assert len(looked.arrived) == 1
        assert "! it has no IDLE: asked every 10 seconds" in sign_in_everywhere({"a": address})["a"]
        heard = [command for command in server.heard if not command.startswith(("CAPABILITY", "LOGIN "))]
    for command in heard:
        assert command.split()[0] in ("EXAMINE", "UID", "LOGOUT", "FETCH", "LIST"), command
        assert "BODY[" not in command
    assert [command for command in heard if "BODY.PEEK[]<0.65536>" in command]


@needs_proc
def test_a_look_costs_little() -> None:
    with ScriptedImap() as calm:
        address = {"a": parse_answers(calm.url())}

        def cost() -> float:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            assert isinstance(look_everywhere(address, {})["a"], Look)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

        assert min(cost() for _ in range(3)) < 0.4, "0.15 on a quiet machine"


def test_a_reader_loads_nothing_that_it_does_not_need() -> None:
    import subprocess
    import sys

    script = (
        "import sys; from escalate_cli.reception.child_host import reader_of; reader_of('imap');"
        "print({'apprise', 'requests', 'pydantic', 'typer', 'rich', 'jinja2', 'sqlite3'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
    script = (
        "import sys; import escalate_cli.reception.children;"
        "print({'imaplib', 'imap_tools', 'email', 'ssl', 'socket'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()", "who asks for nothing loads nothing"


def test_several_wait_at_once_and_each_ends_by_itself(folder, at_once) -> None:
    with ScriptedImap() as calm, Readers(seconds=1.0) as readers:
        looked = look_everywhere({"mail": folder.address()}, {})["mail"]
        assert isinstance(looked, Look)
        readers.begin("quiet", parse_answers(calm.url()), None)
        readers.begin("mail", folder.address(), looked.place)
        ended: list[str] = []
        threading.Timer(0.2, lambda: folder.put(reply())).start()
        until(lambda: ended.extend(gateway for gateway, _ in readers.ready()) or len(ended) == 2)
        readers.begin("mail", folder.address(), looked.place)
        assert readers.next(LIMIT)
        ((gateway, again),) = readers.ready()
        assert gateway == "mail"
        assert isinstance(again, Look)
        assert [mail.text.strip() for mail in again.arrived] == ["OK"]


def test_what_cannot_be_read_by_looking_says_so_at_once() -> None:
    told = look_everywhere({"a": parse_answers("by-command")}, {})
    assert reason(told["a"]) == "answers come by a command; there is nothing to read"


@pytest.mark.parametrize("way", ["look", "sign_in"])
def test_secrets_that_are_named_are_shown_nowhere(way) -> None:
    with ScriptedImap(EXAMINE=b"TAG NO no\r\n", LIST=b"* LIST () NIL INBOX\r\nTAG OK done\r\n") as server:
        addresses = {"a": parse_answers(server.url(f"?folders={CANARY}"))}
        hidden = {"a": (CANARY,)}
        told = (
            look_everywhere(addresses, {}, hidden) if way == "look" else sign_in_everywhere(addresses, hidden)
        )
        assert CANARY not in reason(told["a"])
        assert "there is no folder" in reason(told["a"])
