"""What `[limits]` hold back is said where people look, and what matters most is not held back: real
processes, a real server.
"""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.loopback import Bank, bank, server
from tests.organisations import LOOPBACK, LOOPBACK_GATEWAYS

ANA = "/sms/+447700900123"
TIGHT = '[limits]\nmessages = 3\nper = "1h"\n'


@pytest.fixture
def escalate(tmp_path) -> Bank:
    """At most three messages in an hour."""
    with server() as web:
        yield bank(
            tmp_path,
            web,
            ("catalog.toml", LOOPBACK),
            ("gateways.toml", LOOPBACK_GATEWAYS),
            ("limits.toml", TIGHT),
        )


def storm(escalate: Bank, many: int) -> None:
    for number in range(many):
        assert escalate.here("declare", f"storm {number}", "-s", "login").code == 0


def test_4_15_what_is_held_back_is_said_by_declare_show_and_the_timeline(escalate):
    storm(escalate, 2)
    ran = escalate("declare", "Nobody can sign in", "-s", "login")
    assert ran.code == 0
    assert (
        "held back by [limits] (3 in 1h): page to Ana Ruiz by sms about #3, in one digest at about "
        in ran.err
    )
    said = " ".join(ran.out.split())
    assert "Ana Ruiz by sms, in a digest: [limits] hold it back" in said
    shown = " ".join(escalate.here("show", "3").out.split())
    assert "Ana Ruiz by sms, in a digest: [limits] hold it back" in shown
    pages = {
        one["gateway"]: one["held_back"]
        for one in escalate.show(3)["notifications"]
        if one["recipient"] == "person:ana"
    }
    assert pages["sms"] is True
    timeline = " ".join(escalate.here("timeline", "3").out.split())
    assert "held back by [limits]: Ana Ruiz by sms, for a digest in 20m" in timeline
    assert escalate.show(1)["notifications"][0]["held_back"] is False


def test_4_15_a_critical_in_a_storm_is_paged_at_once(escalate):
    storm(escalate, 5)
    ran = escalate("declare", "The database is gone", "-s", "login", "--severity", "critical")
    assert ran.code == 0
    arrived = [message.json["message"] for message in escalate.messages if unquote(message.path) == ANA]
    assert any(text.startswith("[critical L1] #6 The database is gone") for text in arrived)
    assert "by sms about #6" not in ran.err


def test_4_15_one_line_acknowledges_everything_in_a_digest_also_by_stretches(escalate):
    storm(escalate, 5)
    ran = escalate.here("ack", "1", "3-5", "--json")
    assert ran.code == 0
    assert [one["id"] for one in ran.json] == [1, 3, 4, 5]
    refused = escalate.here("ack", "5-3")
    assert (refused.code, refused.err.splitlines()[0]) == (
        2,
        'escalate: error: "5-3" is no stretch of incidents',
    )


def test_4_24_show_tells_of_one_message_with_both_reasons(escalate):
    escalate.configure(
        '[[rules]]\nname = "Lead, too"\nwhen = { severity = "major" }\npage = ["person:ana"]\n'
    )
    escalate.here("declare", "Nobody can sign in", "-s", "login")
    assert escalate.told.count(ANA) == 1
    shown = " ".join(escalate.here("show", "1").out.split())
    assert shown.count("Ana Ruiz sms sent") == 1
    assert "level 1, on call for Identity; also" in shown
    by_sms = [one for one in escalate.show()["notifications"] if one["gateway"] == "sms"]
    assert sorted(one["sent_with"] is None for one in by_sms) == [False, True]
