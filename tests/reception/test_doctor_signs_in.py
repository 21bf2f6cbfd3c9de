"""`doctor` signs in where answers are read, says what it sees there, and shows no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers.mailboxes import PASSWORD, USER
from tests.command import Escalate, surroundings
from tests.organisations import SMALLEST
from tests.servers import LOOPBACK

SECRETS = {"U": USER, "P": PASSWORD}


@pytest.fixture
def findings(tmp_path: Path, pymap):
    """What doctor says of the way back, where answers are read at `address`."""

    escalate = Escalate(tmp_path, {**surroundings(tmp_path), **SECRETS})

    def ask(answers: str, **secrets: str) -> list[tuple[str, str, str]]:
        url = 'url = "mailtos://${U}:${P}@x.example?to={to}"'
        config = tmp_path / "config"
        config.mkdir(exist_ok=True)
        (config / "all.toml").write_text(SMALLEST.replace(url, f'{url}\nanswers = "{answers}"'))
        told = escalate("doctor", "--json", **secrets)
        assert PASSWORD not in told.out + told.err
        assert all(secret not in told.out + told.err for secret in secrets.values())
        return [
            (each["level"], each["code"], each["message"])
            for each in told.json["findings"]
            if "answers" in each["code"] or "answers" in each["message"]
        ]

    return ask


def test_it_says_what_it_sees_and_who_never_answered(findings, pymap) -> None:
    (level, code, message), *_ = findings(f"imap://${{U}}:${{P}}@{LOOPBACK}:{pymap.port}")
    assert (level, code) == ("ok", "answers")
    assert "INBOX: " in message
    assert message.endswith("never an answer from ana")


@pytest.mark.long
def test_a_wrong_password_a_closed_port_and_a_missing_folder_are_errors_with_their_gateway(
    findings, pymap
) -> None:
    address = f"imap://${{U}}:${{P}}@{LOOPBACK}:{pymap.port}"
    for answers, secrets in (
        (address, {"P": "another-secret-word"}),
        (f"imap://${{U}}:${{P}}@{LOOPBACK}:9", {}),
        (f"{address}?folders=Nowhere", {}),
    ):
        ((level, code, message),) = findings(answers, **secrets)
        assert (level, code) == ("error", "answers-unread"), message
        assert message.startswith("gateway email: answers cannot be read: ")


def test_a_secret_that_is_not_there_is_named(findings, pymap) -> None:
    ((level, code, message),) = findings(f"imap://${{U}}:${{OTHER}}@{LOOPBACK}:{pymap.port}")
    assert (level, code) == ("error", "missing-secret")
    assert message == "the secret ${OTHER} is not set: answers by email cannot be read"


def test_by_command_nothing_is_signed_in_to(findings) -> None:
    ((level, _, message),) = findings("by-command")
    assert level == "ok"
    assert message == ("gateway email: answers are handed in by `escalate answer`; never an answer from ana")
