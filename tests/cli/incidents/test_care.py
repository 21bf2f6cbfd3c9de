"""`test-page`, `doctor`, and how a `watch` begins and ends."""

from __future__ import annotations

import signal
import sqlite3

import pytest

from tests.cli.incidents.answers import ANA, ANA_BY_EMAIL, BO, NOTIFICATION
from tests.delivery.processes import until
from tests.loopback import CANARY, another, bank


def test_a_test_page_reaches_every_address_and_stores_nothing(escalate):
    ran = escalate("test-page", "ana", "--json")
    assert ran.code == 0
    assert all(set(one) == NOTIFICATION for one in ran.json)
    assert [(one["id"], one["kind"], one["gateway"], one["status"], one["error"]) for one in ran.json] == [
        (0, "test", "email", "sent", None),
        (0, "test", "sms", "sent", None),
    ]
    assert set(escalate.told) == {ANA, ANA_BY_EMAIL}
    assert escalate.message(ANA)["message"].startswith("[TEST] Test message from escalate")
    assert escalate.message(ANA_BY_EMAIL)["title"] == "[TEST] Test message from escalate"
    assert "Nothing is broken" in escalate.message(ANA_BY_EMAIL)["message"]
    assert not escalate.db.exists()
    assert escalate("test-page", "members:identity").code == 0
    assert set(escalate.told[2:]) == {ANA, BO, ANA_BY_EMAIL}
    assert escalate("test-page", "channel:identity-room").code == 0


def test_a_test_page_says_what_fails_and_why(escalate):
    down = escalate("test-page", "dee", "--json")
    assert (down.code, down.json[0]["status"], down.json[0]["attempts"]) == (6, "failed", 1)
    assert "500" in down.json[0]["error"]
    locked = escalate("test-page", "lead:vault")
    assert locked.code == 6
    assert "the secret ${VAULT_TOKEN} is not set" in " ".join(locked.err.split())
    assert CANARY not in locked.out + locked.err
    assert escalate.told[-1] == "/open/vic"
    nobody = escalate.here("test-page", "nil")
    assert (nobody.code, nobody.out, nobody.err) == (6, "", "not reached: Nil (person:nil) has no address\n")
    assert (
        escalate.here("test-page", "on-call:payments").err
        == "not reached: on-call:payments: Payments has no on-call schedule\n"
    )


@pytest.mark.long
def test_the_doctor_finds_what_is_wrong(web, tmp_path):
    escalate = bank(tmp_path, web)
    well = escalate("doctor", "--json", VAULT_TOKEN="x")
    assert set(well.json) == {"ok", "findings"}
    assert all(set(one) == {"level", "code", "message", "hint"} for one in well.json["findings"])
    assert (well.code, well.json["ok"]) == (0, True)
    assert not escalate.db.exists(), "looking changes nothing"
    escalate.declare("Nobody can sign in", "-s", "login")
    escalate.db.chmod(0o644)
    escalate.configure('[gateways.odd]\nurl = "slak://${file:/nowhere/token}/{to}"\n')

    def found(**more: str) -> dict[str, str]:
        ran = escalate("doctor", "--json", **more)
        assert ran.code == 1
        assert CANARY not in ran.out + ran.err
        return {f"{one['level']} {one['code']}": one["message"] for one in ran.json["findings"]}

    first = found()
    assert "no tick has ever run" in first["error no-ticks"]
    assert "0644" in first["warning permissions"]
    assert "nil" in first["warning people-without-address"]
    assert 'gateway odd: Apprise knows no service "slak://"' in first["error unknown-service"]
    assert first["error missing-secret"].startswith(
        "the secret ${file:/nowhere/token} cannot be read: No such file"
    )
    page = escalate("doctor").out
    assert "the secret ${VAULT_TOKEN} is not set: gateway locked cannot send" in " ".join(page.split())
    assert 'did you mean "slack://"?' in page
    with sqlite3.connect(escalate.db) as database:
        database.execute("UPDATE incidents SET next_due_at = NULL")
    database.close()
    assert (
        found()["error nothing-due"]
        == "incident 1: it is open, nobody has acknowledged it, and nothing is due"
    )
    (escalate.config / "more.toml").unlink()
    escalate("resolve", "1")
    escalate("tick")
    escalate.db.chmod(0o600)
    assert escalate("doctor", VAULT_TOKEN="x").code == 0
    with escalate.db.open("r+b") as file:
        file.seek(4096 + 100)
        file.write(b"\xff" * 4000)
    assert escalate("doctor", VAULT_TOKEN="x").code == 7


def test_the_doctor_without_any_configuration(organisation, tmp_path):
    escalate = another(organisation, tmp_path)
    ran = escalate("doctor", "--config", "/nowhere", "--json")
    assert (ran.code, ran.json["findings"][0]["level"], ran.json["findings"][0]["code"]) == (
        3,
        "error",
        "configuration",
    )
    assert [one["code"] for one in ran.json["findings"]] == ["configuration", "no-database"]


def test_an_interrupted_watch_ends_well(escalate):
    running = escalate.start("watch", "--interval", "1s")
    until(escalate.ticked)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (0, b"", b"")


@pytest.mark.long
def test_a_watch_says_once_that_the_configuration_broke_and_once_that_it_is_valid_again(web, tmp_path):
    escalate = bank(tmp_path, web)
    running = escalate.start("watch", "--interval", "1s")
    said = iter(running.stderr.readline, b"")
    until(escalate.ticked)
    (escalate.config / "zz.toml").write_text("x = [")
    assert next(said).startswith(b"warning: the configuration is broken (zz.toml:1")
    (escalate.config / "zz.toml").unlink()
    assert next(said) == b"the configuration is valid again\n"
    running.send_signal(signal.SIGTERM)
    assert running.communicate(timeout=20)[1] == b""
