"""The configuration that `escalate init` writes: small, commented, and valid as it stands."""

from __future__ import annotations

_CATALOG = """\
# Who is behind what. `escalate check` says what is wrong with these files; `escalate route WORDS` shows who would be paged.

[settings]
default_severity = "major"
timezone = "@TIMEZONE@"            # default zone for schedules and hours
# database = "/srv/oncall/escalate.db"  # one for everybody who uses these files; else each user has their own

# Nothing is ever routed to nobody: this team gets what matches no service, and this person is
# paged when a policy runs out of levels, again and again until someone acknowledges.
[fallback]
team = "platform"
page = ["person:kim"]
every = "15m"

# From least to most severe. The urgency decides how a person is notified: see [notify].
[[severities]]
id = "minor"
description = "A nuisance; can wait for office hours"
urgency = "low"

[[severities]]
id = "major"
description = "Many people cannot do something important"
urgency = "high"

[[severities]]
id = "critical"
description = "Most people are affected, or money or data is at risk"
urgency = "high"

# ── Services: what people know by name and what can break ─────────────────────────────────────────
# Names, descriptions and keywords are what `escalate declare "customers cannot log in"` is routed by.

[services.login]
name = "Log in"
description = "Signing in on the web and in the app"
kind = "business"                       # or "technical"
team = "identity"
keywords = ["log in", "sign in", "password", "locked out"]
depends_on = ["database"]

[services.database]
name = "Database"
description = "The database behind everything"
kind = "technical"
team = "platform"
keywords = ["postgres", "replication", "slow queries"]

# ── Teams, and who of them is on call ─────────────────────────────────────────────────────────────

[teams.identity]
name = "Identity"
members = ["ana", "bo"]
lead = "kim"                            # need not be a member
on_call = "identity-rota"
policy = "standard"
channel = "incidents"

[teams.platform]
name = "Platform"
members = ["ana", "bo"]
lead = "kim"
on_call = "platform-rota"
policy = "standard"
channel = "incidents"

[schedules.identity-rota]
[[schedules.identity-rota.rotations]]
members = ["ana", "bo"]                 # in the order of their turns
start = 2026-01-05T09:00:00             # local time of the first handoff
every = "1w"

[schedules.platform-rota]
[[schedules.platform-rota.rotations]]
members = ["bo", "ana"]
start = 2026-01-05T09:00:00
every = "1w"

# Hours hold a level back (during = "office"), limit a rotation (hours = "office") or are part of a condition.
# [hours.office]
# days = ["mon", "tue", "wed", "thu", "fri"]
# from = "09:00"
# to = "17:30"

# ── People and channels: put your own names here, and an address in place of each of these four ───
# contact = { GATEWAY = ADDRESS }; the gateways are in gateways.toml.

[people.ana]
name = "Ana Ruiz"
login = ["ana"]                         # OS user names that are this person
contact = { email = "ana@example.com" }

[people.bo]
name = "Bo Lindqvist"
login = ["bo"]
contact = { email = "bo@example.com" }

[people.kim]
name = "Kim Osei"
login = ["kim"]
contact = { email = "kim@example.com" }

[channels.incidents]
name = "Incidents"
contact = { email = "incidents@example.com" }

# How everyone is notified, by urgency. With an SMS gateway, for example:
#   high = [ { via = ["sms", "email"] }, { via = ["phone"], after = "2m" } ]
[notify]
high = [ { via = ["email"] } ]
low = [ { via = ["email"] } ]
"""

_GATEWAYS = """\
# Ways to reach an address: Apprise URLs (https://github.com/caronc/apprise/wiki) with {to} for the address.
# Secrets are only referenced, never written here: ${NAME} is an environment variable, ${file:/path} a file. They are
# looked up when a message is sent; `escalate doctor` says which are missing, `escalate test-page person:ana` tries it all.

[gateways.email]
url = "mailtos://${SMTP_USER}:${SMTP_PASSWORD}@smtp.example.com?from=oncall@example.com&to={to}"

# [gateways.slack]
# url = "slack://${SLACK_BOT_TOKEN}/{to}"

# [gateways.sms]
# url = "twilio://${TWILIO_SID}:${TWILIO_TOKEN}@+12025550100/{to}"
# text = "short"                        # one message of at most 160 characters

# [gateways.phone]
# url = "twilio://${TWILIO_SID}:${TWILIO_TOKEN}@+12025550100/{to}?method=call"
# text = "short"
# timeout = "20s"                       # hard limit of one attempt
# attempts = 4                          # then the notification is given up
# longest = 4096                        # characters that the service takes; known from Apprise for most

# ── Monitors may hand in alerts ───────────────────────────────────────────────────────────────────

# [sources.prometheus]
# kind = "alertmanager"                 # or grafana, pagerduty, opsgenie, zabbix, icinga, json …
# token = "${PROMETHEUS_HOOK}"          # who has it may hand in
# service = ["{labels.service}", "{labels.app}"]  # the first that names a service; else the title says what it is about
# severity = { page = "critical", warning = "minor" }
"""

_POLICIES = """\
# Whom to page, in what order, and how long to wait for an acknowledgement in between.
# "on-call", "lead", "members" and "channel" are those of the team whose incident it is.

[policies.standard]
repeat = 2                              # walk the levels this many more times while nobody acknowledges
ack_timeout = "30m"                     # acknowledged, yet no update and not resolved: page again

[[policies.standard.levels]]
notify = ["on-call", "channel"]
wait = "5m"

[[policies.standard.levels]]
notify = ["lead"]
wait = "10m"
when = { severity = ">=major" }         # a level whose condition is false is skipped

[[policies.standard.levels]]
notify = ["members"]
wait = "15m"

# What else happens while an incident runs.

[[rules]]
name = "A critical incident reaches the lead at once"
when = { severity = ">=critical" }
page = ["lead"]

[[rules]]
name = "A major that drags on"
when = { severity = "major", open_for = "45m" }
involve = ["platform"]
mode = "nudge"                          # ask the incident lead first; "auto" is the default
expires = "10m"

[[rules]]
name = "Silence is not an update"
when = { severity = ">=major", no_update_for = "30m" }
inform = ["incident-lead", "channel"]
every = "30m"

# A test of all this, run by `escalate check`.

[[expect]]
service = "login"
severity = "critical"
at = "sun 03:00"
within = "10m"
reaches = "team:identity"
"""


def starter_files(timezone: str) -> dict[str, str]:
    """The starter's files by name, for an organisation in `timezone` ("Europe/London")."""
    safe = "".join(char for char in timezone if char.isalnum() or char in "/_+-")
    return {
        "catalog.toml": _CATALOG.replace("@TIMEZONE@", safe or "UTC"),
        "gateways.toml": _GATEWAYS,
        "policies.toml": _POLICIES,
    }
