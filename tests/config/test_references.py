"""Secrets: looked up when sending, encoded, named and never shown."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest

from escalate_cli.config.masking import has_literal_secret
from escalate_cli.config.secrets import BadReference, MissingSecret, expand, references

CANARY = "k@n/ar:ie?n#vö&g {to} ${X} 100%"


def test_a_value_cannot_change_the_url_around_it() -> None:
    url = expand(
        "mailtos://${U}:${P}@smtp.example.com/?to={to}&from=a", "#room/é", {"U": "me", "P": CANARY}
    ).url
    parts = urlsplit(url)
    assert (parts.hostname, unquote(parts.password or ""), parts.path) == ("smtp.example.com", CANARY, "/")
    assert parts.query == "to=%23room%2F%C3%A9&from=a"


def test_every_form_of_a_value_is_known_for_redaction_and_the_repr_shows_none() -> None:
    expanded = expand("json://${P}/{to}", "a", {"P": CANARY})
    assert {CANARY, quote(CANARY, safe="")} <= set(expanded.secrets)
    assert "k@n" not in repr(expanded)
    assert "k%40n" not in repr(expanded)


def test_a_file_gives_its_text_without_the_newline(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1-2-abc\n")
    assert expand(f"slack://${{file:{tmp_path}/token}}/{{to}}", "#a", {}).url == "slack://xoxb-1-2-abc/%23a"
    (tmp_path / "token").write_text("T1/B1/xyz")
    assert expand(f"slack://${{file:{tmp_path}/token}}/", "", {}).url == "slack://T1%2FB1%2Fxyz/"


def test_a_missing_secret_is_named_by_its_reference(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "huge").write_bytes(b"x" * (64 * 1024 + 1))
    (tmp_path / "latin").write_bytes(CANARY.encode("latin-1"))
    cases = {
        "${A}": "is not set",
        "${E}": "is empty",
        "${S}": "is not UTF-8",
        f"${{file:{tmp_path}}}": "is not a regular file",
        f"${{file:{tmp_path}/fifo}}": "is not a regular file",
        f"${{file:{tmp_path}/none}}": "cannot be read",
        f"${{file:{tmp_path}/empty}}": "is empty",
        f"${{file:{tmp_path}/huge}}": "is larger",
        f"${{file:{tmp_path}/latin}}": "is not UTF-8",
    }
    for reference, why in cases.items():
        with pytest.raises(MissingSecret) as raised:
            expand(f"json://${{P}}@{reference}/{{to}}", "a", {"P": CANARY, "E": "", "S": "\udcff"})
        assert raised.value.reference == reference
        assert reference in raised.value.message
        assert why in raised.value.message
        assert "k@n" not in str(raised.value) + raised.value.hint


@pytest.mark.parametrize(
    "template",
    [
        "x://${",
        "x://${A",
        "x://${}",
        "x://${A B}",
        "x://${1}",
        "x://${file:rel}",
        "x://${A:-b}",
        "x://${${A}}",
    ],
)
def test_a_malformed_reference_is_refused(template: str) -> None:
    with pytest.raises(BadReference):
        references(template)
    with pytest.raises(BadReference):
        expand(template, "a", {"A": "b"})


def test_references_are_listed_once_in_order() -> None:
    assert references("x://${B}:${file:/a/b c}".replace(" ", "") + "@${B}/{to}/$A/{x}") == (
        "${B}",
        "${file:/a/bc}",
    )


@pytest.mark.parametrize(
    ("template", "literal"),
    [
        ("mailtos://${U}:${P}@smtp.example.com?from=a@b.example&to={to}", False),
        ("slack://${file:/run/secrets/slack-bot-token}/{to}", False),
        ("twilio://${TWILIO_SID}:${TWILIO_TOKEN}@+15550100/{to}?method=call", False),
        ("json://127.0.0.1:${HTTP_PORT}/slack/{to}", False),
        ("mailto://127.0.0.1:2525?to={to}", False),
        ("ntfy://smtp2-eu-west-1.mail-service.example/{to}", False),
        ("mailtos://me:hunter2@smtp.example.com?to={to}", True),
        ("mailtos://me:x${P}@smtp.example.com?to={to}", True),
        ("slack://xoxb-12-34-abc/{to}", True),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/{to}", True),
        ("json://h/{to}?token=abc", True),
        ("json://h/{to}?+Authorization=Bearer%20abc", True),
    ],
)
def test_a_literal_secret_is_noticed(template: str, literal: bool) -> None:
    assert has_literal_secret(template) is literal
