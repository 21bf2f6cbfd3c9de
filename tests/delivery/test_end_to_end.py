"""From the command line to the wire and back: what providers do to a page, and what becomes of it."""

from __future__ import annotations

import collections
import signal

import pytest

from tests.delivery.processes import until
from tests.loopback import CANARY, Bank, another, bank
from tests.mail_server import SmtpServer
from tests.organisations import ONE_TEAM
from tests.servers import Answer, HttpServer


@pytest.fixture
def escalate(organisation, tmp_path) -> Bank:
    return another(organisation, tmp_path)


def statuses(incident: dict) -> list[tuple[str, str, str]]:
    return [(one["recipient"], one["gateway"], one["status"]) for one in incident["notifications"]]


# ── providers ─────────────────────────────────────────────────────────────────────────


def test_a_provider_in_trouble_is_tried_again_and_that_is_said(escalate):
    ran = escalate("declare", "Cards declined", "-s", "payments", "--json")
    assert ran.code == 6
    (page,) = ran.json["notifications"]
    assert (page["status"], page["attempts"], page["sent_at"]) == ("retrying", 1, None)
    assert "500" in page["error"]
    assert "not delivered: page to Dee by down (HTTP 500); will be tried again" in ran.err
    assert escalate.here("tick").code == 0, "not before its time"
    assert escalate.told == ["/down/dee"]
    ended = escalate("resolve", "1", "--json").json
    assert statuses(ended) == [("person:dee", "down", "cancelled")], (
        "the retry is called off, and who heard nothing hears no end of it"
    )


def test_an_address_that_is_gone_costs_no_waiting(escalate):
    ran = escalate("declare", "No mail", "-s", "mail", "--json")
    assert ran.code == 6
    assert statuses(ran.json) == [("person:gil", "gone", "failed"), ("person:bo", "email", "sent")]
    assert ran.json["escalations"][0]["level"] == 2
    assert "not delivered: page to Gil by gone (HTTP 404); given up" in ran.err
    later = escalate.here("page", "1", "dee")
    assert (later.code, "Dee by down" in later.err, "Gil" in later.err) == (6, True, False), (
        "only what is new is told"
    )
    assert escalate.told == ["/gone/gil", "/email/bo@example.com", "/down/dee"]
    assert "every address failed for good; next level at once" in " ".join(
        escalate.here("timeline", "1").out.split()
    )


def test_a_missing_secret_is_named_and_the_page_goes_the_other_way(escalate, organisation):
    ran = escalate("--debug", "declare", "Vault sealed", "-s", "vault", "--json")
    assert ran.code == 6
    assert statuses(ran.json) == [("person:vic", "locked", "retrying"), ("person:vic", "open", "sent")]
    assert ran.json["notifications"][0]["error"] == "the secret ${VAULT_TOKEN} is not set"
    assert escalate.told == ["/open/vic"]
    assert escalate.messages[0].headers["Authorization"].startswith("Basic "), "the other secret was used"
    shown = [
        escalate(*one)
        for one in (
            ("show", "1"),
            ("timeline", "1"),
            ("doctor",),
            ("list", "--json"),
            ("show", "1", "--json"),
        )
    ]
    said = "".join(one.out + one.err for one in [ran, *shown])
    files = [
        path
        for place in (escalate.db.parent, organisation.place)
        for path in place.rglob("*")
        if path.is_file()
    ]
    assert len(files) > 3
    stored = b"".join(path.read_bytes() for path in files)
    for form in (CANARY, "c4n%40ry%2Fv4lue%3A%25", "c4n@ry"):
        assert form not in said
        assert form.encode() not in stored


PATIENT = (
    ONE_TEAM.but('contact = { web = "ana" }', 'contact = { hanging = "ana" }')
    + '[gateways.hanging]\nurl = "json://127.0.0.1:PORT/hang/{to}"\ntimeout = "3s"\n'
)


def test_a_provider_that_never_answers_is_ended_and_holds_up_nobody(tmp_path):
    with HttpServer(at_path={"/hang": Answer(trick="hang")}) as web:
        escalate = bank(tmp_path, web, ("all.toml", PATIENT))
        ran = escalate("declare", "x", "-s", "login", "--json")
        assert ran.code == 6
        assert statuses(ran.json) == [("person:ana", "hanging", "retrying"), ("person:bo", "web", "sent")]
        assert "it may have arrived" in ran.json["notifications"][0]["error"]
        assert len(escalate.told) == 2


def test_a_watch_that_is_told_to_stop_finishes_what_it_is_sending(tmp_path):
    slow_at_level_2 = (
        PATIENT.but("/hang/", "/slow/")
        .but('"3s"', '"9s"')
        .but('notify = ["members"]\nwait = "5m"', 'notify = ["person:bo"]\nwait = "1s"')
        .but('notify = ["lead"]', 'notify = ["person:ana"]')
    )
    with HttpServer(at_path={"/slow": Answer(after=0.7)}) as web:
        escalate = bank(tmp_path, web, ("all.toml", slow_at_level_2))
        watching = escalate.start("watch", "--interval", "1s")
        until(escalate.ticked)
        escalate.declare("x", "-s", "login")
        web.wait_for(2)
        watching.send_signal(signal.SIGTERM)
        out, err = watching.communicate(timeout=20)
        assert (watching.returncode, err) == (0, b"")
        assert b"page to Ana by hanging: sent\n" in out
        assert {status for _, _, status in statuses(escalate.show())} == {"sent"}
        assert escalate.here("tick").code == 0
        assert escalate.told == ["/bo", "/slow/ana"], "and nothing is repeated"


# ── together ──────────────────────────────────────────────────────────────────────────

CROWD = (
    ONE_TEAM.but('members = ["ana", "bo"]', f"members = {[f'p{number}' for number in range(100)]}")
    .but('notify = ["members"]\nwait = "5m"', 'notify = ["person:ana"]\nwait = "1s"')
    .but('notify = ["lead"]', 'notify = ["members"]')
) + "".join(
    f'[people.p{number}]\nname = "P{number}"\ncontact = {{ web = "p{number}" }}\n' for number in range(100)
)


@pytest.mark.parametrize("number", [5, pytest.param(20, marks=pytest.mark.long)])
def test_many_ticks_at_once_tell_each_of_a_hundred_people_once(tmp_path, web, number):
    escalate = bank(tmp_path, web, ("all.toml", CROWD))
    escalate.declare("x", "-s", "login")
    assert escalate.told == ["/ana"]
    until(lambda: escalate.here("tick", "--dry-run", "--json").json[0]["would"])
    ticks = [escalate.start("tick") for _ in range(number)]
    said = [tick.communicate(timeout=60) for tick in ticks]
    assert ([tick.returncode for tick in ticks], set(said)) == ([0] * number, {(b"", b"")})
    assert collections.Counter(escalate.told) == collections.Counter(
        ["/ana", *[f"/p{number}" for number in range(100)]]
    )
    shown = escalate.show()
    assert {(one["status"], one["attempts"]) for one in shown["notifications"]} == {("sent", 1)}
    assert shown["escalations"][0]["level"] == 2


# ── text ──────────────────────────────────────────────────────────────────────────────

EVERY_KIND = """
[gateways.mail]
url = "mailto://127.0.0.1:MAILPORT?from=escalate@example.com&to={to}"
[gateways.json]
url = "json://127.0.0.1:PORT/json/{to}"
[gateways.form]
url = "form://127.0.0.1:PORT/form/{to}"
[gateways.xml]
url = "xml://127.0.0.1:PORT/xml/{to}"
[gateways.short]
url = "json://127.0.0.1:PORT/short/{to}"
text = "short"
"""
EVERYWHERE = ONE_TEAM.but('notify = ["members"]', 'notify = ["person:ana"]').but(
    'web = "ana"', 'mail = "ana@example.com", json = "a/b", form = "a&b", xml = "<a>", short = "#a"'
)


def test_hostile_text_arrives_through_every_kind_of_gateway(tmp_path):
    with HttpServer() as web, SmtpServer() as post:
        escalate = bank(
            tmp_path,
            web,
            ("all.toml", EVERYWHERE),
            ("gateways.toml", EVERY_KIND.replace("MAILPORT", str(post.port))),
        )
        title = "\x1b[31m<b>&amp;</b>\nBcc: eve@example.com\r\n%s{0} <!channel> " + "ż" * 3000
        said = escalate.declare(title, "-s", "login", "--message", "a ]]> b\n.\nc")
        assert {one["status"] for one in said["notifications"]} == {"sent"}
        (mail,) = post.arrived
        assert mail.recipients == ("ana@example.com",)
        assert mail.message["Bcc"] is None
        assert "\\x1b[31m<b>&amp;</b>\\nBcc: eve@example.com\\r\\n%s{0} <!channel>" in mail.text
        assert "a ]]> b\n.\nc" in mail.text.replace("\r\n", "\n")
        by_way = {one.path.split("/")[1]: one for one in web.arrived}
        assert set(by_way) == {"json", "form", "xml", "short"}
        assert by_way["json"].path == "/json/a%2Fb"
        assert len(by_way["json"].json["title"]) <= 200
        assert len(by_way["short"].json["message"]) <= 160
        for one in by_way.values():
            assert b"\x1b" not in one.body
