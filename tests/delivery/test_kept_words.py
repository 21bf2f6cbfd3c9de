"""Of a provider's words those are kept that are words; a secret is told in no coding, listed or not."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
from urllib.parse import quote

import pytest

from escalate_cli.delivery.one_attempt import told_detail
from escalate_cli.redaction import Redaction


def coded64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CODINGS = {
    "entities in hex": lambda text: "".join(f"&#x{ord(sign):x};" for sign in text),
    "u escapes": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "u escapes in JSON": lambda text: json.dumps("".join(f"\\u{ord(sign):04x}" for sign in text)),
    "x escapes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "bytes": lambda text: " ".join(f"0x{byte:02x}" for byte in text.encode()),
    "bits": lambda text: " ".join(f"{byte:08b}" for byte in text.encode()),
    "numbers": lambda text: " ".join(str(byte) for byte in text.encode()),
    "base64 of base64": lambda text: coded64(coded64(text)),
    "hex of base64": lambda text: coded64(text).encode().hex(),
    "ascii85": lambda text: base64.a85encode(text.encode()).decode(),
    "uuencode": lambda text: binascii.b2a_uu(text.encode()[:45]).decode(),
    "UTF-8 as latin-1": lambda text: text.encode().decode("latin-1"),
    "UTF-7": lambda text: text.encode("utf-7").decode(),
    "full width": lambda text: "".join(chr(ord(s) + 0xFEE0) if "!" <= s <= "~" else s for s in text),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
}
SECRETS = ["Zx9-KqLm_77TrWpvB3nYd/eR5sUaHg", "grüße-vom-Äquator", "correct horse battery staple"]


@pytest.mark.parametrize("name", CODINGS)
@pytest.mark.parametrize("secret", SECRETS)
def test_9_a_secret_is_told_in_no_coding_that_no_list_names(name, secret):
    coded = CODINGS[name](secret)
    told = told_detail(f"HTTP 400: bad key {coded}", Redaction("json://example.com", (secret,)))
    assert told.startswith("HTTP 400")
    for form in (coded, secret):
        for shown, asked in (
            (told, form),
            ("".join(filter(str.isalnum, told)), "".join(filter(str.isalnum, form))),
        ):
            assert not any(asked[at : at + 12] in shown for at in range(len(asked) - 11)), told


@pytest.mark.parametrize(
    "words",
    [
        "HTTP 400: Bad Request: message is too long",
        "HTTP 400: Bad Request: chat not found",
        "HTTP 200, but the answer says no: invalid_auth",
        "SMTP 550: 5.1.1 no such user here",
        "HTTP 400: +447700900123 is not valid",
        "HTTP 429: too many requests, retry after 30 seconds",
        "connection refused",
    ],
)
def test_a_providers_reason_is_kept(words):
    assert told_detail(words, Redaction("json://example.com", (SECRETS[0],))) == words
