"""The provider's id of a message is kept with the attempt that brought it there."""

from __future__ import annotations

import pytest

from escalate_cli.core.notification.attempt import OutcomeKind
from escalate_cli.delivery.exchange import Exchange, may_be_for_length, outcome_of
from escalate_cli.delivery.external_id import external_id_in


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ('{"ok":true,"result":{"message_id":57,"chat":{"id":-100},"text":"id"}}', "-100:57"),
        ('{"id":"hwQ2YpKdmg","time":1,"event":"message"}', "hwQ2YpKdmg"),
        ('{"event_id":"$abc:example.com"}', "$abc:example.com"),
        ('{"sid":"SM1","status":"queued"}', "SM1"),
        ('{"status":1,"request":"r","receipt":"rcpt"}', "rcpt"),
        (
            '{"ok":true,"channel":"C1","ts":"1503435956.000247","message":{"ts":"1","text":"x"}}',
            "1503435956.000247",
        ),
        ('{"messages":[{"status":"0","message-id":"x","message_id":"m1"}]}', "m1"),
        ('[{"id": 5}]', "5"),
        ('{"id": true}', None),
        ('{"id": "' + "x" * 201 + '"}', None),
        ('{"id": "a\\nb"}', None),
        ('{"result":{"deep":{"deeper":{"id":1}}}}', None),
        ("{" * 10_000, None),
        ("[" * 100_000, None),
        ("ok", None),
        ("", None),
    ],
)
def test_an_answer_names_the_message(answer: str, named: str | None) -> None:
    assert external_id_in(answer) == named
    exchange = Exchange("HTTP", sent=True, status=200, answer=answer)
    outcome = outcome_of(True, [exchange], "", on_the_wire=True)
    assert outcome.external_id == named


def test_a_message_in_parts_is_named_by_its_last_part_and_a_refusal_names_nothing() -> None:
    first = Exchange("HTTP", sent=True, status=200, answer='{"id": "1"}')
    second = Exchange("HTTP", sent=True, status=200, answer='{"id": "2"}')
    refused = Exchange("HTTP", sent=True, status=400, answer='{"id": "3"}')
    assert outcome_of(True, [first, second], "", on_the_wire=True).external_id == "2"
    assert outcome_of(False, [refused], "", on_the_wire=True).external_id is None


def test_a_mail_is_named_even_where_nobody_knows_whether_it_arrived() -> None:
    mail = Exchange("SMTP", sent=True, trouble="the connection was lost", external_id="<1@x.example>")
    outcome = outcome_of(False, [mail], "", on_the_wire=True)
    assert (outcome.kind, outcome.external_id) == (OutcomeKind.UNKNOWN, "<1@x.example>")


def test_a_number_that_has_blocked_us_is_hopeless_and_not_tried_shorter() -> None:
    answer = '{"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}'
    exchange = Exchange("HTTP", sent=True, status=400, answer=answer)
    outcome = outcome_of(False, [exchange], "", on_the_wire=True)
    assert outcome.kind is OutcomeKind.PERMANENT
    assert outcome.detail == "HTTP 400: this number has blocked us: its owner must send START to our number"
    assert not may_be_for_length(outcome, [exchange])
