"""Pages go out whatever a process has around it: closed streams, no home, broken pipes, bad certificates."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.delivery.processes import until
from tests.faults.harness import crew, installation
from tests.faults.rounds import mostly_long
from tests.servers import Answer, HttpServer
from tests.terminal import fill

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


@pytest.mark.parametrize("name", mostly_long(SURROUNDINGS, "cron", "every stream closed", "stdout full"))
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
    **{
        f"a proxy that answers {status}": f"http_proxy=http://127.0.0.1:REFUSING-{status}"
        for status in (302, 400, 401, 403, 404, 407, 410, 451, 502, 503, 511)
    },
    "PYTHONPATH": 'PYTHONPATH="$PWD/broken:$PYTHONPATH"',
}


@pytest.mark.parametrize(
    ("url", "value", "sound"),
    [
        ("json://${RELAY}:PORT/a/{to}", "foo bar", "127.0.0.1"),
        pytest.param("json://127.0.0.1:${RELAY}/a/{to}", "99999999", "PORT", marks=pytest.mark.long),
        ("twilio://${RELAY}:token@+15005550006/{to}?x=PORT", "!!", None),
    ],
)
def test_a_value_that_is_wrong_in_the_surroundings_of_one_process_is_never_given_up_and_a_sound_one_pages(
    tmp_path, url, value, sound
):
    """Level 1, level 2 and the fallback, six attempts each. Where nobody has a sound one (None), it goes
    on to be tried.
    """
    with HttpServer() as web:
        config = crew(1, ("a",), attempts=3).replace("json://127.0.0.1:PORT/a/{to}", url)
        with installation(tmp_path, web, config, RELAY=value) as place:
            assert place("declare", "down", "-s", "x").code == 6
            for _ in range(6):
                place.let_leases_end()
                assert "failed for good" not in place("tick").err
            assert (set(place.statuses()), place.told) == ({"retrying"}, [])
            if sound is not None:
                place.environ["RELAY"] = sound.replace("PORT", str(web.port))
                place.let_leases_end()
                place("tick")
                assert set(place.told) == {"/a/p0"}


def test_an_address_that_cannot_work_is_given_up_at_once_though_a_secret_is_in_the_url(tmp_path):
    """4.4: the next level comes at once; the address is the same for every process."""
    with HttpServer() as web:
        url = 'url = "mailto://${RELAY}:${RELAY}@127.0.0.1:9?from=e@example.com&to={to}"'
        config = crew(2, ("a", "b"), attempts=3).replace('url = "json://127.0.0.1:PORT/a/{to}"', url)
        config = config.replace('a = "p0"', 'a = "ana at home"')
        with installation(tmp_path, web, config, RELAY="sound") as place:
            place.declare_quietly()
            place("tick")
            statuses = place.rows(
                "SELECT status FROM notifications WHERE gateway = 'a' AND recipient = 'person:p0'"
            )
            assert statuses, config
            assert set(statuses) == {("failed",)}


@pytest.mark.parametrize(
    "name", mostly_long(UNSOUND, "a proxy that is no address", "a proxy that answers 403")
)
@pytest.mark.long
def test_what_the_surroundings_of_one_process_cause_is_never_given_up_and_a_sound_one_pages(tmp_path, name):
    """Six passes with unsound surroundings (an attempt each), then a sound one; level 1, level 2
    and the fallback alike.
    """
    status = int(name.rpartition(" ")[2]) if name[-3:].isdigit() else 407
    with (
        HttpServer(Answer(status)) as refusing,
        HttpServer() as web,
        installation(tmp_path, web, crew(1, ("a",), attempts=3)) as place,
    ):
        broken = place.place / "broken"
        broken.mkdir()
        (broken / "requests.py").write_text("raise ImportError('half an upgrade')\n")
        unsound = UNSOUND[name].replace(f"REFUSING-{status}", str(refusing.port))
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


@pytest.mark.parametrize(
    "variable", mostly_long(["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"], "REQUESTS_CA_BUNDLE")
)
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


@pytest.mark.long
def test_a_watch_goes_on_when_its_reader_is_stuck(tmp_path):
    """As under a pager that nobody scrolls: the pipe is full, and paging waits for no reader."""
    with HttpServer() as web, installation(tmp_path, web, crew(15)) as place:
        reader, writer = os.pipe()
        fill(writer)
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


def test_nothing_is_loaded_before_somebody_catches_a_ctrl_c():
    """Until then it would be a traceback. `typing` alone takes longer than all that comes before it."""
    code = "import sys; sys.path[:] = sys.argv[1:]; import escalate_cli.__main__; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *sys.path], capture_output=True, text=True, check=True
    )
    assert {"typing", "re", "signal", "contextlib"}.isdisjoint(ran.stdout.split()), ran.stdout
