"""Scenarios 27, 29, 30 and 31: any text, any surroundings, a storm, and idleness."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.delivery.processes import until
from tests.faults.harness import crew, installation, mostly_long, report
from tests.servers import Answer, HttpServer, SmtpServer

# ── hostile text ───────────────────────────────────────────────────────────────────────

TEXTS = {
    "one byte": "x",
    "a NUL": "down \0 and on",
    "a megabyte": "down " * 199_999,
    "escape sequences": "\x1b[2J\x1b]0;owned\x07\x9b31mred\x1b[0m down",
    "a right-to-left override": "down \u202egnp.exe\u2066 isolate",
    "a lone surrogate": b"down \xed\xa0\x80 \xff\xfe".decode("utf-8", "surrogateescape"),
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 down \U0001f4a5",
    "newlines": "down\nBcc: everybody@example.com\r\n\r\n.\r\nQUIT\r\n",
    "a call to everybody": "<!channel> <!here> @everyone <@U123> down",
    "formats": "%s%n{} {0.__class__} {title} ${HOME} %(x)s \\N{DIGIT ONE} down",
    "a formula": "=cmd|'/C calc'!A0 down",
    "SQL": "'; DROP TABLE incidents; -- down",
    "markup": "[bold red]x[/] </b><script>alert(1)</script> :smile: `x` *y* _z_",
    "an option": "--help",
    "spaces of every kind": "\u00a0\u2003\u200b\u2028\u2029\ufeff down \u0085",
    "combining characters": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
}
KINDS = {
    "json": "json://127.0.0.1:PORT/json/{to}",
    "form": "form://127.0.0.1:PORT/form/{to}",
    "xml": "xml://127.0.0.1:PORT/xml/{to}",
    "mattermost": "mmost://127.0.0.1:PORT/abcdefghijklmnopqrstuvwxyz?channels={to}",
    "ntfy": "ntfy://127.0.0.1:PORT/{to}",
    "gotify": "gotify://127.0.0.1:PORT/abcdefgh12345678?p={to}",
    "short": "json://127.0.0.1:PORT/short/{to}",
    "mail": "mailto://127.0.0.1:MAIL?from=e@example.com&to={to}@example.com",
}
LIVE = {
    *range(0x20),
    0x7F,
    *range(0x80, 0xA0),
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
} - {0x0A}


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory):
    """A person whom every kind of gateway reaches."""
    home = tmp_path_factory.mktemp("text")
    config = crew(1, tuple(KINDS))
    with HttpServer() as web, SmtpServer() as mail:
        for name, url in KINDS.items():
            short = '\ntext = "short"' if name == "short" else ""
            config = config.replace(f'"json://127.0.0.1:PORT/{name}/{{to}}"', f'"{url}"{short}')
        with installation(home, web, config.replace("MAIL", str(mail.port))) as place:
            yield place, mail


@pytest.mark.parametrize(
    "name", mostly_long(TEXTS, "escape sequences", "newlines", "a lone surrogate", "formats")
)
def test_any_title_is_stored_as_given_shown_harmlessly_and_delivered_to_every_gateway(everywhere, name):
    place, mail = everywhere
    title = TEXTS[name]
    place.forget()
    mails = len(mail.arrived)
    if len(title) > 100_000 or "\0" in title:  # what no command line holds: from the parts
        incident = place.declare_quietly(title, message=title)
        assert place("tick").code == 0
    else:
        ran = place("declare", "--json", "-s", "x", "-m", title, "--", title)
        assert ran.code == 0, ran
        incident = ran.json["id"]
    shown = place("show", str(incident))
    assert shown.code == 0
    assert harmless(shown.out + shown.err)
    ((stored,),) = place.rows("SELECT title FROM incidents WHERE id = ?", incident)
    assert stored == title.encode("utf-8", "backslashreplace").decode()
    assert json.loads(place("show", str(incident), "--json").out)["title"] == stored
    assert (
        place.rows("SELECT gateway FROM notifications WHERE incident_id = ? AND status <> 'sent'", incident)
        == []
    )
    assert len(place.messages) == len(KINDS) - 1
    assert len(mail.arrived) == mails + 1
    letter = mail.arrived[-1]
    assert letter.recipients == ("p0@example.com",)
    assert harmless(letter.subject)
    assert len(letter.subject) < 400
    for message in place.messages:
        said = said_in(message)
        assert f"#{incident}" in said, said
        assert harmless(said.replace("\r\n", "\n")), (message.path, said)
        if message.path.startswith("/short"):
            assert len(message.json["message"]) <= 160


def said_in(message) -> str:
    if message.path.startswith(("/json", "/short")):
        return message.json["title"] + message.json["message"]
    if message.path.startswith("/form"):
        return "".join(value for values in parse_qs(message.text).values() for value in values)
    if message.headers.get("Content-Type", "").startswith("application/json"):
        return "".join(str(value) for value in message.json.values())
    return message.text


def harmless(text: str) -> bool:
    return not [
        character for character in text if ord(character) in LIVE or 0xD800 <= ord(character) < 0xE000
    ]


@pytest.mark.parametrize("title", ["", "   ", "\n\t"])
def test_a_title_of_nothing_is_refused_clearly(everywhere, title):
    place, _ = everywhere
    ran = place("declare", title, "-s", "x")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "escalate: error: the title is empty")


def test_a_title_beyond_all_measure_is_refused_clearly(everywhere):
    from escalate_cli.errors import UsageProblem

    place, _ = everywhere
    with pytest.raises(UsageProblem, match="at most 1,000,000 are taken"):
        place.declare_quietly("x" * 1_000_001)


# ── surroundings ──────────────────────────────────────────────────────────────────────

SURROUNDINGS = {
    "cron": (
        'exec env -i PATH=/usr/bin:/bin ESCALATE_CONFIG="$ESCALATE_CONFIG" ESCALATE_DB="$ESCALATE_DB"'
        " {escalate} < /dev/null"
    ),
    "HOME unset": "unset HOME XDG_CACHE_HOME; exec {escalate}",
    "HOME that is not there": 'HOME="$PWD/not/there" exec {escalate}',
    "LANG=C": "LANG=C LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 exec {escalate}",
    "an odd encoding": "PYTHONIOENCODING=ascii exec {escalate}",
    "umask 000": "umask 000; exec {escalate}",
    "umask 777": "umask 777; exec {escalate}",
    "every stream closed": "exec {escalate} <&- >&- 2>&-",
    "stdin closed": "exec {escalate} <&-",
    "stdout closed": "exec {escalate} >&-",
    "stdout full": "exec {escalate} > /dev/full",
    "stderr full": "exec {escalate} 2> /dev/full",
    "a reader that went away": "{escalate} | true",
    "a directory that is gone": 'mkdir "$PWD/gone"; cd "$PWD/gone"; rmdir "$PWD"; exec {escalate}',
    "few files allowed": "ulimit -n 64; exec {escalate}",
    "signals ignored": "trap '' HUP PIPE TERM INT; exec {escalate}",
    "no terminal width": "COLUMNS=0 LINES=0 TERM=dumb exec {escalate}",
}


@pytest.mark.parametrize(
    "name", mostly_long(SURROUNDINGS, "cron", "HOME unset", "umask 000", "every stream closed", "stdout full")
)
def test_pages_go_out_whatever_the_surroundings(tmp_path, name):
    with HttpServer() as web, installation(tmp_path, web, crew(1)) as place:
        program = f'"{sys.executable}" -m escalate_cli declare "Łódź ist down 💥" -s x'
        ran = place.script(SURROUNDINGS[name].format(escalate=program))
        assert ran.code == 0, ran
        assert sorted(place.told) == ["/a/p0", "/b/p0"]
        assert "Łódź ist down" in place.messages[0].json["title"]
        assert place.statuses() == {"sent": 2}
        modes = {
            path.name: oct(path.stat().st_mode & 0o777)
            for path in (place.db, place.db.with_name("escalate.db-journal"))
        }
        assert set(modes.values()) == {"0o600"}, modes
        for root, directories, files in os.walk(place.place / "home"):
            for one in (*directories, *files):
                assert os.stat(os.path.join(root, one)).st_mode & 0o077 == 0, one


UNSOUND = {
    "a SOCKS proxy without its library": "ALL_PROXY=socks5h://127.0.0.1:1",
    "a proxy that is no address": 'http_proxy="foo bar"',
    "a proxy of an unknown kind": "http_proxy=gopher://127.0.0.1:1",
    "a proxy with a port that is none": "http_proxy=http://127.0.0.1:99999999",
    "a proxy that nobody listens at": "http_proxy=http://127.0.0.1:1",
    "a proxy without a host": "http_proxy=http://",
    "a proxy that wants a password": "http_proxy=http://127.0.0.1:REFUSING",
    "PYTHONPATH": 'PYTHONPATH="$PWD/broken:$PYTHONPATH"',
}


@pytest.mark.parametrize(
    "name",
    mostly_long(
        UNSOUND,
        "a SOCKS proxy without its library",
        "a proxy that is no address",
        "a proxy that wants a password",
    ),
)
def test_what_the_surroundings_of_one_process_cause_is_never_given_up_and_a_sound_one_pages(tmp_path, name):
    """Six passes with unsound surroundings (an attempt each), then a sound one; level 1, level 2
    and the fallback alike.
    """
    with (
        HttpServer(Answer(407)) as refusing,
        HttpServer() as web,
        installation(tmp_path, web, crew(1, ("a",), attempts=3)) as place,
    ):
        broken = place.place / "broken"
        broken.mkdir()
        (broken / "requests.py").write_text("raise ImportError('half an upgrade')\n")
        unsound = UNSOUND[name].replace("REFUSING", str(refusing.port))
        program = f'exec env {unsound} no_proxy= NO_PROXY= "{sys.executable}" -m escalate_cli'
        ran = place.script(f'{program} declare "down" -s x')
        assert "Traceback" not in ran.err
        assert (ran.code, place.told) == (6, []), ran
        for _ in range(6):
            place.let_leases_end()
            ran = place.script(f"{program} tick")
            assert "failed for good" not in ran.err, ran
        assert set(place.statuses()) == {"retrying"}
        place.let_leases_end()
        place("tick")
        assert set(place.told) == {"/a/p0"}
        assert set(place.statuses()) == {"sent"}


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_are_not_there_stop_no_page_that_needs_none(tmp_path, variable):
    with (
        HttpServer() as web,
        installation(tmp_path, web, crew(1, ("a",)), **{variable: "/not/there.pem"}) as place,
    ):
        assert place("declare", "down", "-s", "x").code == 0
        assert place.told == ["/a/p0"]


def test_a_netrc_of_the_user_replaces_no_authorization_and_goes_nowhere(tmp_path):
    config = crew(1, ("a", "b", "c")).replace(
        "json://127.0.0.1:PORT/a/", "json://robot:of-the-gateway@127.0.0.1:PORT/a/"
    )
    bearer = "?+Authorization=Bearer%20of-the-gateway"
    config = config.replace("127.0.0.1:PORT/c/{to}", "127.0.0.1:PORT/c/{to}" + bearer)
    with HttpServer() as web, installation(tmp_path, web, config) as place:
        home = place.place / "home"
        home.mkdir(exist_ok=True)
        (home / ".netrc").write_text(
            "machine 127.0.0.1 login me password of-the-netrc\ndefault login me password of-the-netrc\n"
        )
        (home / ".netrc").chmod(0o600)
        assert place("declare", "down", "-s", "x").code == 0
        sent = {message.path: message.headers.get("Authorization") for message in place.messages}
        assert sent == {
            "/a/p0": "Basic " + base64.b64encode(b"robot:of-the-gateway").decode(),
            "/b/p0": None,
            "/c/p0": "Bearer of-the-gateway",
        }


def test_a_process_that_holds_secrets_leaves_no_core(tmp_path):
    """Of the parent, looked at while its child waits for an answer."""
    with (
        HttpServer(Answer(trick="hold")) as web,
        installation(tmp_path, web, crew(1, ("a",), timeout="20s")) as place,
    ):
        declare = place.begin("declare", "down", "-s", "x", limits={"RLIMIT_CORE": 1 << 30})
        web.wait_for(1)
        limits = (Path("/proc") / str(declare.pid) / "limits").read_text()
        web.release()
        place.end(declare)
        line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert line.split()[4:6] == ["0", "0"], line


def test_a_process_leaves_no_core_from_its_beginning_since_its_environment_holds_secrets(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        watch = place.begin("watch", "--interval", "1s", limits={"RLIMIT_CORE": 1 << 30})
        until(place.db.exists)
        limits = (Path("/proc") / str(watch.pid) / "limits").read_text()
        line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert line.split()[4:6] == ["0", "0"], line


def test_a_watch_goes_on_when_nobody_reads_it_any_more(tmp_path):
    with HttpServer() as web, installation(tmp_path, web, crew(1)) as place:
        reader, writer = os.pipe()
        command = [sys.executable, "-m", "escalate_cli", "watch", "--interval", "1s"]
        watch = subprocess.Popen(command, stdout=writer, stderr=writer, env=place.environ, cwd=place.place)
        os.close(writer)
        os.close(reader)
        try:
            for number in range(2):
                place.declare_quietly(f"no {number}")
                web.wait_for(2 * number + 2)
        finally:
            watch.terminate()
            assert watch.wait(60) == 0


def fill_pipe(writer: int) -> None:
    """As one that nobody reads is after a while."""
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writer, b"\n"):
            pass
    os.set_blocking(writer, True)


def test_a_watch_goes_on_when_its_reader_is_stuck(tmp_path):
    """As under a pager that nobody scrolls: the pipe is full, and paging waits for no reader."""
    with HttpServer() as web, installation(tmp_path, web, crew(15)) as place:
        reader, writer = os.pipe()
        fill_pipe(writer)
        command = [sys.executable, "-m", "escalate_cli", "watch", "--interval", "1s"]
        watch = subprocess.Popen(
            command, stdout=writer, stderr=subprocess.DEVNULL, env=place.environ, cwd=place.place
        )
        os.close(writer)
        try:
            for number in range(1, 6):
                place.declare_quietly(f"no {number}")
                web.wait_for(30 * number)
        finally:
            watch.terminate()
            assert watch.wait(60) == 0
            os.close(reader)
        assert place.statuses() == {"sent": 150}


# ── a storm, and idleness ─────────────────────────────────────────────────────────────


def test_a_storm_with_one_key_is_one_incident_and_with_different_keys_a_digest_that_loses_nothing(tmp_path):
    """Six hundred declares as a monitor would make them; the person gets the limit and then digests
    that name every incident.
    """
    config = crew(1, ("a",)).replace('messages = 100000\nper = "1s"', 'messages = 5\nper = "5m"')
    with HttpServer() as web, installation(tmp_path, web, config) as place:
        from escalate_cli.actions import declare as declaring

        context = place.context
        for number in range(600):
            for key in ("the same", f"no {number}"):
                declaring.store_declaration(
                    context, declaring.Request(f"down {number}", ("x",), key=key), lambda routing: None
                )
        context.close()
        assert place.rows("SELECT count(*) FROM incidents") == [(601,)]
        for tick in (1, 2):
            assert place("tick").code == 0
            assert len(place.messages) <= 5 * tick, "the limit"
            with place.sql() as db:  # five minutes later
                db.execute("UPDATE notifications SET due_at = 1 WHERE held_back = 1 AND status = 'pending'")
                db.execute("UPDATE notifications SET sent_at = sent_at - 301000000 WHERE status = 'sent'")
        assert place.statuses() == {"sent": 601}
        named = {
            int(number)
            for message in place.messages
            for number in re.findall(r"escalate ack (\d+)", message.json["message"])
        }
        assert named == set(range(1, 602)), "every incident is named"
        report(rounds=1200)


def test_idle_ticks_say_nothing_and_nothing_grows(tmp_path):
    """A few as real processes, and a day of them from the parts."""
    with HttpServer() as web, installation(tmp_path, web, crew(1, ("a",))) as place:
        place.declare("down", "-s", "x")
        place("ack", "1", "--by", "p0")
        ran = [place("tick") for _ in range(3)]
        assert {(one.code, one.out, one.err) for one in ran} == {(0, "", "")}
        sizes = sizes_of(place)
        context = place.context
        from escalate_cli.engine.engine import Engine

        engine = Engine.on(context)
        for _ in range(1440):
            passed = engine.tick()
            assert (passed.lines, passed.troubles) == ([], [])
        context.close()
        assert place("tick").code == 0
        assert sizes_of(place) == sizes
        report(rounds=1444)


def sizes_of(place) -> dict[str, int]:
    return {
        path.name: path.stat().st_size
        for path in place.place.rglob("*")
        if path.is_file() and "backup" not in str(path)
    }


def test_nothing_is_loaded_before_somebody_catches_a_ctrl_c():
    """Until then it would be a traceback. `typing` alone takes longer than all that comes before it."""
    code = "import sys; sys.path[:] = sys.argv[1:]; import escalate_cli.__main__; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *sys.path], capture_output=True, text=True, check=True
    )
    assert {"typing", "re", "signal", "contextlib"}.isdisjoint(ran.stdout.split()), ran.stdout
