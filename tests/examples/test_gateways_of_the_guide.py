"""Every gateway URL in the guide is one that Apprise accepts, with each secret and address arriving
where it belongs, unharmed.
"""

from __future__ import annotations

import re
import tomllib  # noqa: TID253
from pathlib import Path

import pytest

from escalate_cli.config.schema.templates import check_gateway_url
from escalate_cli.config.secrets import expand, references
from escalate_cli.delivery.plugins import find_plugin_modules, make_plugin, schema_of
from tests.pages import page

SECTION = page("reaching-people")

AWKWARD = "p@ss/w:rd?#&% +"
SECRETS = {  # values of the shape that a provider gives out; where any text will do, an awkward one
    "SMTP_USER": "oncall@example.com",
    "SMTP_PASSWORD": AWKWARD,
    "TWILIO_SID": "AC" + "a1" * 16,
    "TWILIO_TOKEN": "b2" * 16,
    "PAGERDUTY_ROUTING_KEY": "r1" * 16,
    "PAGERDUTY_API_KEY": "k2" * 10,
    "DISCORD_TOKEN": "a_Bc-" + "d" * 60,
    "TELEGRAM_TOKEN": "123456789:AAbbCCddEEff_gg-hhIIjjKKllMMnnOOppQ",
    "TEAMS_SIGNATURE": "abc_DEF-012",
    "MATTERMOST_TOKEN": "abcdefghijklmnopqrstuvwx12",
    "MATRIX_TOKEN": "syt_abc_def/+=x",
    "ROCKET_USER": "bot",
    "ROCKET_PASSWORD": AWKWARD,
    "GCHAT_KEY": "AIza_-1",
    "GCHAT_TOKEN": "tok_-2",
    "ZULIP_TOKEN": "a1" * 16,
    "NTFY_TOKEN": "tk_abcdefghijklmnopqrstuvwxyz012",
    "GOTIFY_TOKEN": "AbCdEf.gHi_123-",
    "PUSHOVER_TOKEN": "t" * 30,
    "PUSHBULLET_TOKEN": "o.AbCdEf123",
    "VONAGE_KEY": "abcdef12",
    "VONAGE_SECRET": "abcdefgh12345678",
    "AWS_ACCESS_KEY": "AKIAABCDEFGHIJKLMNOP",
    "AWS_SECRET_KEY": "abc/def+ghi" + "x" * 29,
    "OPSGENIE_KEY": "12345678-1234-1234-1234-123456789abc",
    "SPLUNK_KEY": "12345678-1234-1234-1234-123456789def",
    "SIGNL4_SECRET": "abcdefgh12",
    "HOOK_USER": "hook",
    "HOOK_PASSWORD": AWKWARD,
    "HOOK_TOKEN": AWKWARD,
}
# by the schema of the URL; what the guide's column says, and under which attribute it has to arrive
ADDRESSES = {
    "mailtos": [("ana@example.com", "targets", "ana@example.com")],
    "mailto": [("ana@example.com", "targets", "ana@example.com")],
    "slack": [
        ("#identity-incidents", "channels", "#identity-incidents"),
        ("@U0123ABCD", "channels", "@U0123ABCD"),
    ],
    "twilio": [("+447700900123", "targets", "+447700900123")],
    "pagerduty": [("identity", "source", "identity")],
    "discord": [("123456789012345678", "webhook_id", "123456789012345678")],
    "tgram": [("123456789", "targets", "123456789"), ("-1001234567890", "targets", "-1001234567890")],
    "workflows": [("643e69cdd6e846ecbd91", "workflow", "643e69cdd6e846ecbd91")],
    "mmosts": [("4b8f9cn1tjyojk3xxjhfmzd3bw", "targets", "4b8f9cn1tjyojk3xxjhfmzd3bw")],
    "matrixs": [
        ("#oncall:example.com", "rooms", "#oncall:example.com"),
        ("!room:example.com", "rooms", "!room:example.com"),
    ],
    "rockets": [("#incidents", "channels", "incidents")],
    "gchat": [("AAAAspace", "workspace", "AAAAspace")],
    "zulip": [("incidents", "targets", "incidents")],
    "ntfys": [("escalate-ana", "topics", "escalate-ana")],
    "gotifys": [("8", "priority", "8")],
    "pover": [("u" * 30, "user_key", "u" * 30)],
    "pbul": [("ana@example.com", "targets", "ana@example.com")],
    "signals": [("+447700900123", "targets", "+447700900123")],
    "vonage": [("+447700900123", "targets", "447700900123")],
    "sns": [("+447700900123", "phone", "+447700900123")],
    "opsgenie": [("@ana@example.com", "targets", "ana@example.com"), ("#identity", "targets", "identity")],
    "victorops": [("identity", "routing_key", "identity")],
    "signl4": [("identity", "service", "identity")],
    "jsons": [("team", "fullpath", "/page/team")],
    "forms": [("team", "fullpath", "/page/team")],
    "xmls": [("team", "fullpath", "/page/team")],
    "syslog": [("local0", "facility", "128")],
    "rsyslog": [("local0", "facility", "128")],
}

URLS = list(
    dict.fromkeys(
        re.findall(r'^url = "([^"]+)"', SECTION, re.M)
        + re.findall(r"^\| [^|]+ \| `([^`]+)` \|", SECTION, re.M)
    )
)
# Apprise's own, while it looks for PGP
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

CASES = [
    pytest.param(url, *address, id=f"{url.partition('?')[0]} to {address[0]}")
    for url in URLS
    for address in ADDRESSES[schema_of(url)]
]


def test_the_guide_shows_many_gateways() -> None:
    assert len(URLS) > 28


@pytest.mark.parametrize(("url", "to", "attribute", "arrives"), CASES)
def test_apprise_takes_it_and_every_part_arrives(
    url: str, to: str, attribute: str, arrives: str, tmp_path: Path
) -> None:
    secret = tmp_path / "slack-bot-token"
    secret.write_text("xoxb-1234567890-1234567890-AbCdEfGhIjKlMnOpQrStUvWx\n")
    url = url.replace("/run/secrets/slack-bot-token", str(secret))
    assert check_gateway_url(url) == url
    plugin = make_plugin(expand(url, to, SECRETS).url, None, find_plugin_modules(schema_of(url)))
    assert plugin is not None
    held = {name: value for name, value in vars(plugin).items() if not name.startswith("_")}
    assert arrives in str(held[attribute])
    for reference in references(url):
        name = reference[2:-1]
        value = SECRETS[name] if name in SECRETS else secret.read_text().strip()
        assert value in [str(one) for one in held.values()], f"{name} did not arrive whole in {sorted(held)}"


def test_a_header_of_your_own_arrives() -> None:
    assert "`?+X-Token=${HOOK_TOKEN}`" in SECTION
    url = expand("jsons://hook.example.com/page/{to}?+X-Token=${HOOK_TOKEN}", "team", SECRETS).url
    plugin = make_plugin(url, None, find_plugin_modules("jsons"))
    assert plugin.headers == {"X-Token": AWKWARD}


def test_tls_from_the_start() -> None:
    assert ":465?mode=ssl&from=" in SECTION
    url = (
        "mailtos://${SMTP_USER}:${SMTP_PASSWORD}@smtp.example.com:465"
        "?mode=ssl&from=oncall@example.com&to={to}"
    )
    plugin = make_plugin(expand(url, "ana@example.com", SECRETS).url, None, find_plugin_modules("mailtos"))
    assert (plugin.port, plugin.secure_mode, plugin.password) == (465, "ssl", AWKWARD)


def test_the_package_needs_an_apprise_that_knows_these_urls() -> None:
    pyproject = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    needed = tomllib.loads(pyproject)["project"]["dependencies"]
    assert "apprise>=2.2" in needed


def test_the_row_of_matrix_says_what_a_room_of_version_12_needs() -> None:
    [row] = [line for line in SECTION.splitlines() if line.startswith("| Matrix |")]
    url = row.split("`")[1]
    assert "?hsreq=no" in row
    room = "!" + "a" * 43
    for query, kept in (("", True), ("?hsreq=no", False)):
        expanded = expand(url + query, room, SECRETS)
        plugin = make_plugin(expanded.url, None, find_plugin_modules(schema_of(expanded.url)))
        assert getattr(plugin, "hsreq", None) is kept
        assert getattr(plugin, "rooms", None) == [room]
