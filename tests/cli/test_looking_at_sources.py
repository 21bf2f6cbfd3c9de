"""`doctor` and `check` look at the sources of alerts, and show no token."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Escalate, surroundings
from tests.organisations import SMALLEST

LONG = "a-token-long-enough-0123456789"
SOURCES = """
[sources.prometheus]
kind = "alertmanager"
token = "${HOOK}"
pull = "http://reader:${READER}@127.0.0.1:9093"
[sources.uptime]
kind = "uptime-kuma"
token = "Bearer-${HOOK}"
"""


@pytest.fixture
def findings(tmp_path: Path):
    """What doctor says of secrets and tokens."""
    escalate = Escalate(tmp_path, surroundings(tmp_path))
    config = tmp_path / "config"
    config.mkdir()
    (config / "all.toml").write_text(SMALLEST + SOURCES)

    def ask(**secrets: str) -> dict[str, list[str]]:
        told = escalate("doctor", "--json", U="me", P="secret-of-mail", **secrets)
        assert all(secret not in told.out + told.err for secret in secrets.values())
        of_secrets: dict[str, list[str]] = {}
        for each in told.json["findings"]:
            if each["code"] in ("missing-secret", "secrets", "short-token"):
                of_secrets.setdefault(f"{each['level']} {each['code']}", []).append(each["message"])
        return of_secrets

    return ask


def test_a_token_that_is_not_there_is_named(findings) -> None:
    assert findings() == {
        "error missing-secret": [
            "the secret ${HOOK} is not set: source prometheus, source uptime cannot hand in alerts",
            "the secret ${READER} is not set: source prometheus cannot be asked for its alerts",
        ]
    }
    assert findings(HOOK=LONG, READER="r34der-of-it") == {"ok secrets": ["all 4 secrets can be had here"]}


def test_a_token_that_can_be_guessed_is_told(findings) -> None:
    (told,) = findings(HOOK="sh0rt-t0ken", READER="r34der-of-it")["warning short-token"]
    assert told.startswith("the token of source prometheus is shorter than 16 characters")


def test_check_shows_no_token(tmp_path: Path) -> None:
    escalate = Escalate(tmp_path, surroundings(tmp_path))
    config = tmp_path / "config"
    config.mkdir()
    (config / "all.toml").write_text(
        SMALLEST + f'[sources.a]\nkind = "zabix"\ntoken = "{LONG}"\n'
        f'[sources.b]\nkind = "json"\ntoken = "{LONG}"\ntokn = "{LONG}"\n'
        f'[sources.c]\nkind = "json"\ntoken = "{LONG}"\n[sources.d]\nkind = "json"\ntoken = "{LONG}"\n'
    )
    for form in ((), ("--json",), ("--sarif",)):
        told = escalate("check", *form)
        assert told.code == 3
        assert LONG not in told.out + told.err
        assert "literal-secret" in told.out
        assert "token-twice" in told.out
