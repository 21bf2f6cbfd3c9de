"""Scenario 28: a canary in every place where a secret can be is in no byte that the tool writes,
whatever fails and however it dies.
"""

from __future__ import annotations

import base64
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.bad_servers import closed_port
from tests.faults.harness import Installation, crew, installation
from tests.faults.rounds import report
from tests.mail_server import SmtpServer
from tests.servers import Answer, HttpServer

CANARY = 'c4nary/0f the:m1ne@+"&<é'
TOKEN = "T0KENc4nary0123456789abcdef"
FILED = "f1led-c4nary-in-a-file"

PLACES = {
    "path": "json://127.0.0.1:PORT/${TOKEN}/{to}",
    "password": "json://robot:${CANARY}@127.0.0.1:PORT/pw/{to}",
    "header": "json://127.0.0.1:PORT/hd/{to}?+X-Key=${TOKEN}",
    "query": "json://127.0.0.1:PORT/q/{to}?-key=${CANARY}",
    "file": "json://${file:FILE}@127.0.0.1:PORT/f/{to}",
    "host": "json://${TOKEN}.invalid/{to}",
    "refused": "json://robot:${CANARY}@127.0.0.1:CLOSED/{to}",
    "mail": "mailto://robot:${CANARY}@127.0.0.1:MAIL?from=e@example.com&to={to}@example.com",
    "slack": "slack://${TOKEN}/${CANARY}/x/{to}",
    "twilio": "twilio://${TOKEN}:${CANARY}@15551230000/{to}",
    "plugin": "rogue://${TOKEN}/{to}",
}
ECHOES = {
    f"/{TOKEN}": f"no such key {TOKEN}, {TOKEN.upper()}",
    "/pw": f"who is robot:{CANARY}? {quote(CANARY)} {quote_plus(CANARY)}",
    "/hd": f"X-Key: {TOKEN}",
    "/q": f"key={CANARY}",
    "/f": f"not {FILED}",
}
"""what a tactless provider repeats of what it was told"""
PLUGIN = """
from apprise.decorators import notify

LOADED_ALREADY = True

@notify(on="rogue")
def rogue(body, title, notify_type, meta=None, **kwargs):
    raise RuntimeError(repr(meta))
"""


def spellings() -> tuple[bytes, ...]:
    found = set()
    for value in (CANARY, TOKEN, FILED):
        for form in (
            value,
            quote(value),
            quote(value, safe=""),
            quote_plus(value),
            json.dumps(value)[1:-1],
            repr(value)[1:-1],
        ):
            found.add(form.encode())
        found.add(base64.b64encode(f"robot:{value}".encode()))
        found.add(base64.b64encode(value.encode()).rstrip(b"="))
    return tuple(found)


def sweep(data: bytes, where: object) -> None:
    for spelling in spellings():
        assert spelling not in data, f"{spelling!r} in {where}"


def sweep_files(place: Installation) -> int:
    """Every file that is there, but for those in which the test itself put the secrets."""
    swept = 0
    for root, _, names in os.walk(place.place):
        for name in names:
            path = Path(root, name)
            if path.name != "key" and path.is_file():
                sweep(path.read_bytes(), path)
                swept += 1
    return swept


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("secrets")
    (home / "key").write_text(FILED + "\n")
    config = crew(1, tuple(PLACES), attempts=2, timeout="2s")
    echoes = {path: Answer(500, {"error": said}) for path, said in ECHOES.items()}
    with HttpServer(at_path=echoes) as web, SmtpServer(RCPT=f"550 {TOKEN} is not welcome") as mail:
        for name, url in PLACES.items():
            config = config.replace(f"json://127.0.0.1:PORT/{name}/{{to}}", url)
        config = (
            config.replace("FILE", str(home / "key"))
            .replace("CLOSED", str(closed_port()))
            .replace("MAIL", str(mail.port))
        )
        plugins = home / "home" / ".apprise" / "plugins"
        with installation(home, web, config, CANARY=CANARY, TOKEN=TOKEN) as made:
            plugins.mkdir(parents=True)
            (plugins / "rogue.py").write_text(PLUGIN)
            yield made


MAIN = [
    ["declare", "down", "-s", "x", "--debug"],
    ["tick", "--debug"],
    ["show", "1", "--json"],
    ["doctor"],
    ["test-page", "person:p0", "--debug"],
]
MORE = [
    ["declare", "down again", "-s", "x", "--json", "--debug"],
    ["tick", "--json"],
    ["show", "1"],
    ["timeline", "1"],
    ["list", "--json"],
    ["doctor", "--json"],
    ["check"],
    ["check", "--json", "--strict"],
    ["test-page", "person:p0", "--json"],
    ["person", "show", "p0", "--json"],
    ["explain", "1", "--json"],
    ["simulate", "--service", "x", "--json"],
    ["export", "1"],
    ["schema"],
    ["ack", "1", "--by", "p0", "--debug"],
    ["resolve", "2", "--debug"],
]


@pytest.mark.parametrize("commands", [MAIN, pytest.param(MORE, marks=pytest.mark.long)], ids=["main", "more"])
def test_no_secret_is_in_anything_that_is_printed_or_stored(place, commands):
    report(rounds=len(commands))
    for words in commands:
        ran = place(*words)
        assert "Traceback" not in ran.err or "--debug" in words, ran
        sweep((ran.out + ran.err).encode(), words)
        if words[0] == "declare":
            place.let_leases_end()
    sweep(repr(place.rows("SELECT error FROM notifications")).encode(), "errors")
    assert (
        place.rows("SELECT gateway, status FROM notifications WHERE kind = 'page' AND status = 'sent'") == []
    )
    assert sweep_files(place) > 5, "database, journal, cache, spool, configuration"


def test_no_secret_is_left_behind_by_a_crash(place):
    for point in ("claimed", "begun", "ended"):
        ran = place("declare", "crash", "-s", "x", "--debug", ESCALATE_FAILPOINT=point)
        assert ran.code == -signal.SIGKILL
        sweep((ran.out + ran.err).encode(), point)
    place.let_leases_end()
    sweep_files(place)


@pytest.mark.long
@pytest.mark.parametrize(
    "broken",
    [
        'url = "json://robot:${CANARY}@127.0.0.1:PORT/pw/{to}',
        f'url = "json://robot:{TOKEN}@127.0.0.1:1/{{to}}"\nurl = 1',
        f'url = "slack://{TOKEN}/x/{{to}}"\ntimeout = "never"',
        f'urll = "slack://{TOKEN}/x/{{to}}"',
        f'url = "slack://{TOKEN}/x',
    ],
)
def test_no_secret_is_in_what_is_said_about_a_broken_configuration(place, tmp_path, broken):
    """Also where somebody wrote the secret into the file itself."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "all.toml").write_text(
        (place.config / "all.toml").read_text() + f"\n[gateways.more]\n{broken}\n"
    )
    for words in (["check", "--debug"], ["check", "--json"], ["route", "x", "--debug"]):
        ran = place(*words, ESCALATE_CONFIG=str(config))
        assert ran.code == 3, ran
        sweep((ran.out + ran.err).encode(), words)


def test_a_bug_tells_its_kind_and_place_only(place):
    """A failure that nobody foresaw, with a secret in its words."""
    program = (
        "import sys\n"
        "from escalate_cli.actions.intents import Acknowledgement\n"
        "from escalate_cli.__main__ import main\n"
        "def poisoned(*_, **__):\n"
        f"    raise ValueError({TOKEN!r})\n"
        "Acknowledgement.prepare = poisoned\n"
        "sys.argv = ['escalate', 'ack', '1', '--by', 'p0', *sys.argv[1:]]\n"
        "main()\n"
    )
    import sys

    for more in ([], ["--debug"], ["--json"]):
        ran = place.process([sys.executable, "-c", program, *more], {})
        assert ran.code == 70
        assert "ValueError" in ran.err
        sweep((ran.out + ran.err).encode(), more)
