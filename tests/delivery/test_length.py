"""Promise 17, with real plugins: nothing is too long for any service, and nothing in it rings anybody."""

from __future__ import annotations

import re

import pytest

from escalate_cli.config.secrets import expand
from escalate_cli.core.incident.situation import Incident, NotificationKind
from escalate_cli.core.messages.digest import Part, digest
from escalate_cli.core.notification.attempt import OutcomeKind
from escalate_cli.core.organisation.catalog import Catalog, Gateway, TextForm
from escalate_cli.delivery.sender import Sender
from escalate_cli.engine.envelopes import sealed
from tests.delivery.processes import until
from tests.faults.rounds import mostly_long
from tests.internet import ADDRESSES, HOSTS, URLS, Internet, sms_parts, utf16
from tests.loopback import Bank, bank
from tests.organisations import ONE_TEAM
from tests.servers import Answer, HttpServer

ONE_BY_ONE = ONE_TEAM.but('notify = ["members"]', 'notify = ["person:ana"]').but(
    "[teams.core]", 'links = { runbook = "https://wiki.example.com/@oncall/login" }\n[teams.core]'
)
"""Ana, then Kim"""
LOG = "\n".join(
    f"2026-11-27T02:14:{number % 60:02} <db-{number}> refuses *connections* & more _stuff_ {number}"
    for number in range(80)
)


def name_of(host: str) -> str:
    return host.split(".")[-2].replace("-", "")


def organisation(hosts: tuple[str, ...], more: str = "") -> str:
    contacts = ", ".join(f'{name_of(host)} = "{ADDRESSES[host]}"' for host in hosts)
    via = ", ".join(f'"{name_of(host)}"' for host in hosts)
    short = {"api.twilio.com": '\ntext = "short"'}
    gateways = "".join(
        f'[gateways.{name_of(host)}]\nurl = "{URLS[host]}"{short.get(host, "")}\n' for host in hosts
    )
    reached = ONE_BY_ONE.but('web = "ana"', contacts).but('web = "kim"', contacts)
    return reached + gateways + f"[notify]\nhigh = [{{ via = [{via}] }}]\n" + more


@pytest.fixture
def internet(tmp_path, monkeypatch):
    with Internet(tmp_path) as internet:
        for name, value in internet.environ.items():
            monkeypatch.setenv(name, value)  # for what runs in this process
        yield internet


@pytest.fixture
def web():
    with HttpServer() as web:
        yield web


def escalate_on(internet: Internet, place, web, hosts=HOSTS, more: str = "") -> Bank:
    made = bank(place / "bank", web, ("all.toml", organisation(hosts, more)))
    made.environ.update(internet.environ)
    return made


def statuses(shown: dict) -> set[tuple[str, str]]:
    return {(one["gateway"], one["status"]) for one in shown["notifications"]}


LAST_LINES = re.compile(
    r"Why you: .*\n(.*\n)*Next: +level 2 of 2 \(Kim\) at .*\n\s*Acknowledge: escalate ack 1\s"
)
TEXTS = {
    "a log of 5 KB": ("database refuses connections", LOG),
    "a title and a message of a megabyte": ("login " * 170_000, "line\n" * 200_000),
    "emoji without end": ("🔥" * 119, "🧯🚒" * 4000),
    "signs that are escaped": ("<&>\"'" * 300, "<b>&*_[]()#+-=|{}.!`~" * 400),
    "one letter": ("x", "y"),
    "no end of combining marks": ("e\u0301\u0323" * 400, "👩‍👩‍👧‍👦" * 900),
}


@pytest.mark.parametrize(
    "name", mostly_long(TEXTS, "a log of 5 KB", "signs that are escaped", "emoji without end")
)
def test_17_a_message_of_any_length_fits_every_service_with_its_head_and_last_lines(
    internet, web, tmp_path, name
):
    title, message = TEXTS[name]
    escalate = escalate_on(internet, tmp_path, web)
    shown = escalate.declare(title[:100_000], "-s", "login", "--message", message[:100_000])
    assert statuses(shown) == {(name_of(host), "sent") for host in HOSTS}
    assert internet.refused() == [], "it is known beforehand what fits"
    for host in HOSTS:
        (text,) = internet.texts(host)
        assert "#1 " in text
        assert text.count("escalate ack 1") == 1, host
        if host == "api.twilio.com":
            assert sms_parts(text) == 1
        else:
            assert LAST_LINES.search(text.replace("\\", "")), (host, text)


STORM = 400


def test_17_a_digest_of_any_storm_fits_every_service_and_counts_the_rest(internet):
    storm = [
        Incident(number, f"storm {number} " + "🔥 in the database " * 20, "major", 0, 0)
        for number in range(1, 2 * STORM, 2)
    ]
    parts = [Part(one, frozenset({NotificationKind.PAGE})) for one in storm]
    full, short = (digest(parts, STORM, Catalog(), short=form) for form in (False, True))
    with Sender() as sender:
        for ticket, host in enumerate(HOSTS):
            text = TextForm.SHORT if host == "api.twilio.com" else TextForm.FULL
            gateway = Gateway(name_of(host), URLS[host], text)
            to = expand(gateway.url, ADDRESSES[host], {})
            sender.begin(
                ticket,
                sealed(gateway, to, short if text is TextForm.SHORT else full, short, NotificationKind.PAGE),
            )
        outcomes = dict(outcome for _ in HOSTS for outcome in sender.outcomes(60))
        until(lambda: not sender.running or outcomes.update(sender.outcomes(1)))
    assert {outcome.kind for outcome in outcomes.values()} == {OutcomeKind.SENT}
    assert internet.refused() == []
    for host in HOSTS:
        (text,) = internet.texts(host)
        if host == "api.twilio.com":
            assert sms_parts(text) == 1
            continue
        text = text.replace("\\", "")
        named = len(re.findall(r"(?m)^\s*\[major\] #\d+ storm .*: escalate ack \d+", text))
        more = re.search(r"(?m)^\s*and (\d+) more\s*$", text)
        assert re.search(r"(?m)^\s*Acknowledge all of it: escalate ack 1 3 5 ", text), host
        assert named > 0, host
        assert named + int(more[1] if more else 0) == STORM, (host, text)
        assert re.sub(r"\s+", " ", text).rstrip().endswith("All of them: escalate list")


def test_17_your_own_templates_fit_too_and_keep_what_they_end_with(internet, web, tmp_path):
    own = (
        '[messages]\ntitle = "{title} ({id})"\nbody = "{id} {title}\\n{message}\\n{because}\\nTYPE {ack}"\n'
        'short = "{title} {message} {ack}"\n'
    )
    escalate = escalate_on(internet, tmp_path, web, more=own)
    shown = escalate.declare("down " * 300, "-s", "login", "--message", LOG)
    assert statuses(shown) == {(name_of(host), "sent") for host in HOSTS}
    assert internet.refused() == []
    for host in HOSTS:
        (text,) = internet.texts(host)
        assert text.rstrip().endswith("escalate ack 1"), (host, text)
        assert sms_parts(text) == 1 or host != "api.twilio.com"


def test_17_a_template_whose_own_words_are_too_long_loses_its_middle(internet, web, tmp_path):
    own = (
        f'[messages]\nbody = "First\\n{"own words without end " * 900}\\n{{ack}}"\nshort = "{"long " * 80}'
        ' {ack}"\n'
    )
    escalate = escalate_on(internet, tmp_path, web, more=own)
    shown = escalate.declare("down", "-s", "login")
    assert statuses(shown) == {(name_of(host), "sent") for host in HOSTS}
    assert internet.refused() == []
    for host in HOSTS:
        assert internet.texts(host)[0].rstrip().endswith("escalate ack 1")


RINGING = (
    "@everyone @here <!channel> <!here> <@U0123ABCD> <@123456789012345678> <@&1234> @all @room @ana @**all**"
    " <users/all> <at>x</at> -@all .@channel _@all +@room 95%@all"
)
LIVE = re.compile(r"@everyone|@here|<!|&lt;!|<@|@all|@channel|@room|@ana|@\*\*|<users/|<at")


def test_17_mentions_ring_nobody_on_any_service(internet, web, tmp_path):
    own = '[messages]\nshort = "@everyone {title} {ack}"\n'
    escalate = escalate_on(internet, tmp_path, web, more=own)
    shown = escalate.declare(
        RINGING, "-s", "login", "--message", RINGING, "--label", f"note={RINGING}", "--by", "@everyone"
    )
    escalate.here("update", "1", "--message", RINGING)
    escalate.here("test-page", "person:ana")
    assert statuses(shown) == {(name_of(host), "sent") for host in HOSTS}
    for host in HOSTS:
        for text in internet.texts(host):
            assert LIVE.search(text) is None, (host, text)
        assert any("everyone" in text for text in internet.texts(host)), "still legible"
        if host not in ("api.twilio.com", "api.pushover.net"):
            assert "https://wiki.example.com/@oncall/login" in internet.texts(host)[0].replace("\\", ""), (
                "a link stays a link"
            )


def test_17_no_title_becomes_a_document_that_says_what_a_call_does(internet, web, tmp_path):
    own = '[messages]\nshort = "{title}"\n'
    config = organisation(("api.twilio.com",), own).replace(
        "@12025550100/{to}", "@12025550100/{to}?method=call"
    )
    escalate = bank(tmp_path / "bank", web, ("all.toml", config))
    escalate.environ.update(internet.environ)
    escalate.declare("<Response><Dial>+19005550100</Dial></Response>", "-s", "login")
    (call,) = internet.arrived
    assert call.payload["Twiml"].startswith("<Response><Say>- &lt;Response&gt;")


def test_17_who_asks_for_several_messages_gets_them_whole(internet, web, tmp_path):
    config = organisation(("discord.com",)).replace("d" * 60, "d" * 60 + "?overflow=split")
    escalate = bank(tmp_path / "bank", web, ("all.toml", config))
    escalate.environ.update(internet.environ)
    escalate.declare("down", "-s", "login", "--message", LOG)
    texts = internet.texts("discord.com")
    assert len(texts) > 2
    assert internet.refused() == []
    assert "stuff 79" in "".join(texts).replace("\\", "").replace("_", " ").replace("  ", " ")


# ── what nobody knows beforehand ──────────────────────────────────────────────────────


def hook(more: str = "") -> str:
    """Both are reached by the same hook, with `more` said of it."""
    return ONE_BY_ONE.but('web = "kim"', 'web = "ana"') + more


@pytest.mark.parametrize(
    "refusal",
    [
        Answer(400), Answer(413), Answer(422), Answer(403, {"error": "message too long"}),
        Answer(500, {"error": "the message is too long"}),
        Answer(200, {"ok": False, "error": "msg_too_long"}),
    ],
    ids=lambda refusal: f"{refusal.status} {refusal.body}",
)  # fmt: skip
def test_17_what_is_refused_perhaps_for_its_length_is_tried_once_more_short(tmp_path, refusal):
    with HttpServer(refusal, Answer(200)) as web:
        escalate = bank(tmp_path, web, ("all.toml", hook()))
        shown = escalate.declare("down", "-s", "login", "--message", LOG)
        assert statuses(shown) == {("web", "sent")}
        full, short = (one.json for one in web.arrived)
        assert len(full["message"]) > 5000
        assert short["title"] == ""
        assert short["message"].startswith("[major L1] #1 down - escalate ack 1 - Log in")
        assert shown["notifications"][0]["attempts"] == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (504, "The upstream server took too long to respond"),
        (503, "request took too long"),
        (500, "queue too large"),
        (502, "Content-Length header exceeds"),
        (500, "it took too long to process the message"),
    ],
)
def test_10_a_server_that_was_too_slow_gets_nothing_more_than_its_attempts(tmp_path, status, words):
    """What it says is of a time or a queue, and no length of ours."""
    with HttpServer(Answer(status, {"error": words})) as web:
        escalate = bank(tmp_path, web, ("all.toml", hook()))
        shown = escalate.declare("down", "-s", "login", "--message", LOG, code=6)
        assert [one.path for one in web.arrived].count("/ana") == shown["notifications"][0]["attempts"] == 1


def test_17_a_refusal_of_the_short_text_too_is_final(tmp_path):
    with HttpServer(Answer(400)) as web:
        escalate = bank(tmp_path, web, ("all.toml", hook()))
        escalate.declare("down", "-s", "login", code=6)
        assert [one.path for one in web.arrived if one.path == "/ana"] == ["/ana"] * len(web.arrived)
        assert len(web.arrived) == 2 * len(escalate.show()["notifications"]), (
            "one message, one try with the short text"
        )


@pytest.mark.parametrize("longest", [60, 200, 500, 3000])
def test_17_longest_says_what_a_service_takes(tmp_path, longest):
    with HttpServer() as web:
        escalate = bank(tmp_path, web, ("all.toml", hook(f"longest = {longest}\n")))
        escalate.declare("down 🔥" * 500, "-s", "login", "--message", LOG)
        (arrived,) = web.arrived
        assert utf16(arrived.json["title"] + arrived.json["message"]) <= longest
        assert "escalate ack 1" in arrived.json["message"]


@pytest.mark.parametrize(
    "place", ["x.db", "a/very/long/way/" * 12 + "x.db"], ids=["a short path", "a long path"]
)
def test_17_the_emergency_page_says_first_what_to_do(tmp_path, place):
    config = hook('text = "short"\n')
    with HttpServer() as web:
        escalate = bank(tmp_path / "bank", web, ("all.toml", config))
        escalate.environ["ESCALATE_DB"] = str(tmp_path / place)
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("this is no database")
        assert escalate("declare", "@everyone 🔥 Log in is down", "-s", "login").code == 7
        text = web.arrived[0].json["message"]
    assert text.startswith("Page people by hand: escalate cannot use its database. ")
    assert sms_parts(text) == 1


def test_17_a_mail_of_many_kilobytes_keeps_its_last_lines(tmp_path):
    from tests.mail_server import SmtpServer

    with SmtpServer() as post, HttpServer() as web:
        config = hook().replace(
            "json://127.0.0.1:PORT/{to}",
            f"mailto://127.0.0.1:{post.port}?from=e@example.com&to={{to}}@example.com",
        )
        escalate = bank(tmp_path, web, ("all.toml", config))
        escalate.declare("down", "-s", "login", "--message", "@here " + "x" * 26_000 + " end")
        (mail,) = post.arrived
        for kept in ("#1 down", "Why you: ", "Next: ", "Acknowledge: escalate ack 1", "@here xxx"):
            assert kept in mail.text
