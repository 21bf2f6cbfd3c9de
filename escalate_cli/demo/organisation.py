"""Puffin Ferries, an invented organisation small enough to read at a glance; its waits are seconds
so that nobody waits for the story.
"""

from __future__ import annotations

_CATALOG = """\
# Puffin Ferries: three services, two teams, six people.

[settings]
default_severity = "major"
timezone = "@TIMEZONE@"

[fallback]
team = "platform"
page = ["person:ines"]
every = "2m"

[[severities]]
id = "minor"
urgency = "low"

[[severities]]
id = "major"
urgency = "high"

[[severities]]
id = "critical"
urgency = "high"

[services.login]
name = "Log in"
description = "Signing in on the web and in the app"
team = "customers"
keywords = ["log in", "sign in", "password", "locked out"]
depends_on = ["database"]

[services.tickets]
name = "Tickets"
description = "Booking a crossing and paying for it"
team = "customers"
keywords = ["book", "pay", "card declined"]
depends_on = ["database"]

[services.database]
name = "Database"
description = "Bookings, passengers and accounts are kept here"
kind = "technical"
team = "platform"
policy = "patient"
keywords = ["postgres", "replication"]

[teams.customers]
name = "Customers"
members = ["ana", "bo"]
lead = "cleo"
on_call = "customers-rota"
policy = "urgent"
channel = "bridge"

[teams.platform]
name = "Platform"
members = ["sam", "kim"]
lead = "kim"
on_call = "platform-rota"
policy = "patient"

[schedules.customers-rota]
[[schedules.customers-rota.rotations]]
members = ["ana", "bo"]
start = 2026-01-05T09:00:00
every = "1w"

[schedules.platform-rota]
[[schedules.platform-rota.rotations]]
members = ["sam", "kim"]
start = 2026-01-05T09:00:00
every = "1d"

[people.ana]
name = "Ana Ruiz"
contact = { sms = "+4670000001", email = "ana@puffin.example" }

[people.bo]
name = "Bo Ek"
contact = { sms = "+4670000002", email = "bo@puffin.example" }

[people.cleo]
name = "Cleo Marsh"
contact = { push = "cleo", email = "cleo@puffin.example" }

[people.sam]
name = "Sam Okoro"
contact = { push = "sam", email = "sam@puffin.example" }

[people.kim]
name = "Kim Lund"
contact = { push = "kim", email = "kim@puffin.example" }

[people.ines]
name = "Ines Vidal (CTO)"
contact = { email = "ines@puffin.example" }
notify.high = [ { via = ["email"] } ]

[channels.bridge]
name = "The bridge"
contact = { chat = "bridge" }

# A text at once, or a push for those who have the app; two seconds later, if nobody has answered, a mail too.
[notify]
high = [ { via = ["push", "sms"] }, { via = ["email"], after = "2s" } ]
low = [ { via = ["email"] } ]
"""

_GATEWAYS = """\
# All four lead to the inbox that the demonstration runs on loopback.

[gateways.sms]
url = "json://127.0.0.1:@WEB_PORT@/sms/{to}"
text = "short"
timeout = "10s"

# With buttons: what is tapped is read at the next pass.
[gateways.push]
url = "ntfy://127.0.0.1:@WEB_PORT@/{to}"
answers = "ntfy://127.0.0.1:@WEB_PORT@/answers"
timeout = "10s"

[gateways.email]
answers = "by-command"
url = "mailto://127.0.0.1:@MAIL_PORT@?from=escalate@puffin.example&to={to}"
timeout = "10s"

[gateways.chat]
url = "json://127.0.0.1:@WEB_PORT@/chat/{to}"
timeout = "10s"
"""

_POLICIES = """\
[policies.urgent]
repeat = 1
ack_timeout = "30m"

[[policies.urgent.levels]]
notify = ["on-call", "channel"]
wait = "4s"

[[policies.urgent.levels]]
notify = ["lead"]
wait = "2m"

[policies.patient]
[[policies.patient.levels]]
notify = ["on-call"]
wait = "2m"

[[rules]]
name = "Critical reaches the CTO"
when = { severity = ">=critical" }
page = ["person:ines"]

[[rules]]
name = "Critical may be more than one team's"
when = { severity = ">=critical", at_severity_for = "2s" }
involve = ["platform"]
mode = "nudge"
ask = ["lead:customers"]
expires = "2m"
"""


def files(timezone: str, *, mail_port: int, web_port: int) -> dict[str, str]:
    """The configuration's files by name, for an organisation in `timezone` (an IANA name) whose
    messages go to these loopback ports.
    """
    places = {"@TIMEZONE@": timezone, "@WEB_PORT@": str(web_port), "@MAIL_PORT@": str(mail_port)}
    texts = {"catalog.toml": _CATALOG, "gateways.toml": _GATEWAYS, "policies.toml": _POLICIES}
    for place, value in places.items():
        texts = {name: text.replace(place, value) for name, text in texts.items()}
    return texts
