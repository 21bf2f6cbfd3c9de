"""Answers that say yes in their status and no in their body, and what silence means."""

from __future__ import annotations

import pytest

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.delivery.exchange import Exchange, find_refusal, outcome_of

SENT, TEMPORARY, PERMANENT, UNKNOWN = OutcomeKind


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("", None),
        ("ok", None),
        ("<html>fine</html>", None),
        ("[1, 2]", None),
        ('{"ok": true}', None),
        ('{"id": "x", "event": "message", "message": "error on disk"}', None),
        ('{"status": "queued", "error_code": null, "error_message": null}', None),
        ('{"status": "success", "error": ""}', None),
        ('{"errcode": 0, "errmsg": "ok"}', None),
        ('{"success": true, "errors": []}', None),
        ('{"messages": [{"status": "0", "message-id": "1"}]}', None),
        ('{"json": {"error": "our own words, echoed"}}', None),
        ('{"error": not json', None),
        ("{" * 100_000, None),
        ('{"ok": false, "error": "channel_not_found"}', "channel_not_found"),
        ('{"ok": false}', "no reason given"),
        ('{"success": 0, "failure": 1}', "no reason given"),
        ('{"status": "error", "message": "no credit"}', "no credit"),
        ('{"status": "FAILED"}', "no reason given"),
        ('{"error": "bad number"}', "bad number"),
        ('{"error": {"code": 7, "message": "bad number"}}', "bad number"),
        ('{"errors": ["user key is invalid"], "status": 0}', "user key is invalid"),
        ('{"errcode": 93000, "errmsg": "invalid webhook url"}', "invalid webhook url"),
        ('{"messages": [{"status": "4", "error-text": "Bad Credentials"}]}', "Bad Credentials (status 4)"),
        ("ERROR: no credit", "ERROR: no credit"),
        ("invalid number", "invalid number"),
        ("errors? none at all", None),
    ],
)
def test_a_body_that_says_no(body, refusal):
    assert find_refusal(body) == refusal


OK, BAD, BYE = (
    Exchange("HTTP", True, 200),
    Exchange("HTTP", True, 404),
    Exchange("HTTP", True, 500, farewell=True),
)
TAKEN, CUT, REFUSED = (
    Exchange("SMTP", True, 250),
    Exchange("HTTP", True, trouble="reset"),
    Exchange("HTTP", trouble="connection refused"),
)


@pytest.mark.parametrize(
    ("succeeded", "exchanges", "words", "wired", "outcome"),
    [
        (True, [OK], "", True, (SENT, "HTTP 200")),
        (True, [BAD, OK], "", True, (SENT, "HTTP 200")),
        (True, [OK, BYE], "", True, (SENT, "HTTP 200")),
        (True, [OK, BAD], "", True, (PERMANENT, "HTTP 404")),
        (False, [TAKEN], "could not say goodbye", True, (SENT, "SMTP 250")),
        (
            False,
            [OK],
            "odd",
            True,
            (UNKNOWN, "HTTP 200, but the plugin reports a failure (odd); it may have arrived"),
        ),
        (False, [CUT], "", True, (UNKNOWN, "reset after the message was sent; it may have arrived")),
        (False, [REFUSED], "", True, (TEMPORARY, "connection refused")),
        (False, [Exchange("SMTP")], "no TLS there", True, (TEMPORARY, "no TLS there")),
        (True, [], "", True, (PERMANENT, "the plugin claims success but sent nothing")),
        (False, [], "no valid number", True, (PERMANENT, "no valid number")),
        (True, [], "", False, (SENT, "accepted")),
        (False, [], "", False, (TEMPORARY, "the plugin reports a failure")),
    ],
)
def test_the_wire_is_believed_before_the_plugin(succeeded, exchanges, words, wired, outcome):
    assert outcome_of(succeeded, exchanges, words, on_the_wire=wired) == Outcome(*outcome)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 410, 500, 502, 511])
def test_what_a_proxy_may_have_said_is_not_the_providers_refusal(status):
    by_proxy = Exchange("HTTP", True, status, by_proxy=True).outcome()
    assert (by_proxy.kind, by_proxy.local) == (TEMPORARY, True)
    assert "proxy" in by_proxy.detail or status == 511


def test_a_network_that_wants_a_sign_in_is_not_the_provider():
    """RFC 6585 §6: no origin server answers 511. It uses up no attempt."""
    outcome = Exchange("HTTP", True, 511).outcome()
    assert (outcome.kind, outcome.local) == (TEMPORARY, True)
    assert "sign-in" in outcome.detail
