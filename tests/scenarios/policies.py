"""Policies, people and refusals that several files of stories are about."""

from __future__ import annotations

from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from tests.organisations import STANDARD

GONE = Outcome(OutcomeKind.PERMANENT, "HTTP 404")
THREE_LEVELS = """
[policies.standard]
repeat = 1
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
[[policies.standard.levels]]
notify = ["person:cto"]
wait = "15m"
"""


OWN_RULES = """
[people.ann]
name = "Ann"
contact = { email = "ann@example.com", sms = "+44", slack = "ann" }
notify.high = [ { via = ["slack", "email"] }, { via = ["sms"], after = "2m" } ]
notify.low = [ { via = ["email"] } ]
"""
TO_ANN = STANDARD.but('["on-call"]', '["person:ann"]')
TIMEOUT = """
[policies.standard]
ack_timeout = "10m"
[[policies.standard.levels]]
notify = ["on-call"]
wait = "5m"
[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
"""
