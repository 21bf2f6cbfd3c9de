"""Any title is stored as given, shown harmlessly and delivered to every gateway."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from tests.faults.harness import crew, installation
from tests.faults.rounds import mostly_long
from tests.mail_server import SmtpServer
from tests.servers import HttpServer

LOADED_ALREADY = True

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


@pytest.mark.parametrize("name", mostly_long(TEXTS, "escape sequences", "a lone surrogate"))
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


@pytest.mark.parametrize("title", mostly_long(["", "   ", "\n\t"], "\n\t"))
def test_a_title_of_nothing_is_refused_clearly(everywhere, title):
    place, _ = everywhere
    ran = place("declare", title, "-s", "x")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "escalate: error: the title is empty")


def test_a_title_beyond_all_measure_is_refused_clearly(everywhere):
    from escalate_cli.errors import UsageProblem

    place, _ = everywhere
    with pytest.raises(UsageProblem, match="at most 1,000,000 are taken"):
        place.declare_quietly("x" * 1_000_001)
