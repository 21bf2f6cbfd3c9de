"""Addresses that cannot work are found before the night, gateway by gateway, with nothing sent and
no secret needed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from escalate_cli.config.load import load
from escalate_cli.health.doctor.addresses import AddressProblem, bad_addresses

PHONES = {
    "twilio": "twilio://${SID}:${TOKEN}@+15550100000/{to}",
    "twilio calls": "twilio://${SID}:${TOKEN}@+15550100000/{to}?method=call",
    "sns": "sns://${KEY}/${SECRET}/eu-west-1/{to}",
    "vonage": "vonage://${KEY}:${SECRET}@15550100000/{to}",
    "messagebird": "msgbird://${KEY}/15550100000/{to}",
    "clicksend": "clicksend://${USER_NAME}:${SECRET}@{to}",
    "plivo": "plivo://${KEY}@${TOKEN}/15550100000/{to}",
    "sinch": "sinch://${KEY}:${TOKEN}@15550100000/{to}",
    "46elks": "elks://${USER_NAME}:${SECRET}@+15550100000/{to}",
    "africas talking": "atalk://${USER_NAME}@${KEY}/{to}",
    "signal": "signals://signal.example.com:8443/+15550100000/{to}",
    "seven": "seven://${KEY}/{to}",
}
NO_PHONES = {
    "json": "json://127.0.0.1:${PORT}/sms/{to}",
    "telegram": "tgram://${BOT}/{to}",
    "discord": "discord://{to}/${TOKEN}",
    "pushover": "pover://{to}@${KEY}",
    "ntfy": "ntfys://ntfy.example.com/{to}",
    "dingtalk": "dingtalk://${KEY}/{to}",
}


def problems(tmp_path: Path, url: str, *addresses: str, **environ: str) -> list[AddressProblem]:
    people = "".join(
        f"[people.p{number}]\ncontact = {{ it = '{address}' }}\n" for number, address in enumerate(addresses)
    )
    (tmp_path / "a.toml").write_text(f"[gateways.it]\nurl = '{url}'\n{people}", encoding="utf-8")
    found = bad_addresses(load(tmp_path).catalog, environ)
    assert found is not None
    return list(found)


@pytest.mark.parametrize("url", PHONES.values(), ids=PHONES)
def test_where_a_gateway_dials_a_number_that_the_world_cannot_dial_is_found(tmp_path: Path, url: str) -> None:
    wrong = [
        "+44 (0)7700 900-123",
        "07700900123",
        "0044 7700 900123",
        "+4407700900123",
        "2025550100",
        "+44 7700",
    ]
    found = problems(tmp_path, url, "+447700900123", "+12025550100", *wrong)
    assert [(one.id, one.code, one.sure) for one in found] == [
        (f"p{number}", "bad-number", True) for number in range(2, 8)
    ]
    assert [one.hint for one in found][:4:2] == ['write "+447700900123"'] * 2
    assert "country" in found[1].message


@pytest.mark.parametrize("url", PHONES.values(), ids=PHONES)
def test_blanks_in_a_number_are_told_and_are_an_error_where_the_service_would_dial_something_else(
    tmp_path: Path, url: str
) -> None:
    (found,) = problems(tmp_path, url, "+44 7700 900123", "+447700900123")
    assert (found.id, found.code, found.hint) == ("p0", "bad-number", 'write "+447700900123"')
    assert found.sure or not url.startswith("sns")
    if url.startswith(("sns", "twilio")):
        assert found.sure is url.startswith("sns")


@pytest.mark.parametrize("url", NO_PHONES.values(), ids=NO_PHONES)
def test_where_a_gateway_does_not_dial_digits_are_no_number(tmp_path: Path, url: str) -> None:
    assert [
        problem
        for problem in problems(tmp_path, url, "123456789012345678", "07700900123")
        if problem.code == "bad-number"
    ] == []


@pytest.mark.parametrize(
    ("url", "good", "bad"),
    [
        (
            "mailtos://${U}:${P}@smtp.example.com?from=oncall@example.com&to={to}",
            ["ana@example.com", "oncall@example.com"],
            ["ana", "a b"],
        ),
        (
            "mailto://127.0.0.1:${PORT}?from=oncall@example.com&to={to}",
            ["Ana <ana@example.com>"],
            ["@example.com"],
        ),
        (PHONES["twilio"], [], ["ana@example.com", "ana"]),
        (PHONES["sns"], ["#alarms"], ["ana@example.com"]),
        ("tgram://${BOT}/{to}", ["-1001234567890", "123456789"], ["a b c"]),
        ("workflows://prod-01.westeurope.logic.azure.com:443/{to}/${SIG}", ["643e69cdd6e846ecbd91"], ["a b"]),
        ("slack://${SLACK}/{to}", ["#identity", "@U0123ABCD", "ana@example.com"], []),
        ("gotifys://gotify.example.com/${TOKEN}?priority={to}", ["5", "8", "normal"], []),
        ("matrixs://${TOKEN}@matrix.example.com/{to}", ["#oncall:example.com", "!room:example.com"], []),
        ("ntfys://ntfy.example.com/{to}", ["oncall"], ["???"]),
        ("syslog://{to}", ["local0"], ["nonsense"]),
    ],
    ids=lambda value: value.partition(":")[0] if isinstance(value, str) else "",
)
def test_an_address_that_apprise_refuses_or_drops_is_found_and_no_other(
    tmp_path: Path, url: str, good: list[str], bad: list[str]
) -> None:
    found = problems(tmp_path, url, *good, *bad)
    assert [(one.id, one.code) for one in found] == [
        (f"p{number}", "bad-address") for number in range(len(good), len(good) + len(bad))
    ]


def test_a_matrix_room_of_version_12_is_found_where_apprise_would_join_another(tmp_path: Path) -> None:
    """Its id has no server part, and is 43 characters long; Apprise adds the server's name unless
    told not to.
    """
    url, room = "matrixs://${TOKEN}@matrix.example.com/{to}", "!" + "aB3-_" * 8 + "xyz"
    others = (
        "!AbCdEfGhIjKlMnOpQr",
        f"{room}:example.com",
        "!AbCdEfGhIjKlMnOpQr:example.com",
        "#oncall:example.com",
    )
    (found,) = problems(tmp_path, url, *others, room)
    assert (found.id, found.code, found.sure) == ("p4", "bad-address", True)
    assert f'"{room}" reaches nobody by it: ' in found.message
    assert f"{room}:matrix.example.com" in found.message
    assert found.hint == 'add "?hsreq=no" to the end of the URL of gateway it'
    assert problems(tmp_path, f"{url}?hsreq=no", *others, room) == []
    (found,) = problems(tmp_path, f"{url}?verify=no", room)
    assert found.hint == 'add "&hsreq=no" to the end of the URL of gateway it'


@pytest.mark.parametrize(
    "environ", [{}, {"SID": "AC" + "a1" * 16, "TOKEN": "b2" * 16}], ids=["no secrets", "secrets"]
)
def test_secrets_are_not_needed_and_change_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    found = problems(tmp_path, PHONES["twilio"], "+447700900123", "07700900123", "ana", **environ)
    assert [(one.id, one.code) for one in found] == [("p1", "bad-number"), ("p2", "bad-address")]


def test_a_secret_that_the_service_cannot_have_given_out_is_told_without_it_and_hides_no_address(
    tmp_path: Path,
) -> None:
    canary = "c4nary-v4lue-not-a-sid"
    found = problems(
        tmp_path, PHONES["twilio"], "+447700900123", "07700900123", "ana", SID=canary, TOKEN=canary
    )
    assert [(one.section, one.code, one.only_here) for one in found] == [
        ("gateways", "bad-gateway", True), ("people", "bad-number", False), ("people", "bad-address", False),
    ]  # fmt: skip
    assert canary not in str(found)
    assert "Account SID" in found[0].message


def test_a_plugin_that_breaks_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "bad.py").write_text(
        "from apprise.decorators import notify\nimport sys\n@notify(on='mine')\ndef mine(body, title, *a,"
        " **k): pass\nprint('noise')\n"
    )
    monkeypatch.setenv("APPRISE_PLUGIN_PATH", str(own))
    config = tmp_path / "config"
    config.mkdir()
    assert problems(config, "mine://{to}", "ana") == []
    (own / "bad.py").write_text("import os\nos._exit(3)\n")
    (config / "a.toml").write_text(
        "[gateways.it]\nurl = 'mine://{to}'\n[people.ana]\ncontact = { it = 'x' }\n"
    )
    assert bad_addresses(load(config).catalog, {}) is None, "the process died, this one did not"
