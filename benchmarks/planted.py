"""What the made year is about: the bank's configuration with the changes that the planted facts
need, and the facts themselves.

Every fact is something that `escalate lessons` should find; everything else in the configuration is
there to be unremarkable: all other services have a runbook, night is night for everybody, and no
rule pages the same few people all year.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from benchmarks.organisations import THORNMERE, gateways

WORDS = "sort code"
"""said of bank transfers, known to no service, and taken for security codes"""

FACTS: tuple[dict[str, Any], ...] = (
    {"kind": "keyword", "words": WORDS, "service": "bank-transfers", "team": "payments",
     "from_service": "security-codes", "from_team": "identity"},
    {"kind": "unanswered-level", "policy": "business-standard", "level": 1, "team": "business"},
    {"kind": "short-wait", "policy": "cards-urgent", "level": 1, "team": "cards",
     "wait": "2m", "answered_after_about": "3m30s"},
    {"kind": "long-wait", "policy": "lending-standard", "level": 1, "team": "lending",
     "wait": "45m", "answered_within": "10m"},
    {"kind": "nudge-accepted", "rule": "Bring in customer communications for critical incidents"},
    {"kind": "nudge-declined", "rule": "Major incident open for two hours"},
    {"kind": "person-at-night", "person": "grzegorz-nowicki", "service": "batch-scheduler",
     "schedule": "batch-rota", "team": "core-ledger", "policy": "nightly-batch"},
    {"kind": "gateway-fails", "gateway": "sms"},
    {"kind": "no-runbook", "service": "statements", "team": "online"},
    {"kind": "severity-raised", "service": "push-notifications", "team": "mobile",
     "declared": "minor", "raised_to": "major"},
)  # fmt: skip


def fact(kind: str) -> dict[str, Any]:
    """The planted fact of this kind."""
    return next(one for one in FACTS if one["kind"] == kind)


def write_bank(config: Path) -> Path:
    """Write the configuration of the made year into the directory `config`, which it makes; its path."""
    config.mkdir(parents=True)
    (config / "catalog.toml").write_text(
        _catalog((THORNMERE / "catalog.toml").read_text(encoding="utf-8")), encoding="utf-8"
    )
    (config / "policies.toml").write_text(
        _policies((THORNMERE / "policies.toml").read_text(encoding="utf-8")), encoding="utf-8"
    )
    (config / "gateways.toml").write_text(gateways(http=9), encoding="utf-8")
    return config


def _catalog(text: str) -> str:
    text = re.sub(r"^(\[services\.([\w-]+)\]\n(?:[^\[\n].*\n)*?tier = \d\n)", _with_runbook, text, flags=re.M)
    text = re.sub(r'timezone = "(?:Asia|America)/\w+"', 'timezone = "Europe/London"', text)
    # 52 weeks: the turns stay
    text = re.sub(r"start = 2026-01-(\d\d)T", lambda found: f"start = 2025-01-{int(found[1]) + 1:02}T", text)
    for team, before in (("cards", "urgent"), ("lending", "standard"), ("business", "standard")):
        text = _changed(text, f"teams.{team}", f'policy = "{before}"', f'policy = "{team}-{before}"')
    text = _changed(
        text,
        "services.batch-scheduler",
        'team = "core-ledger"\n',
        'team = "core-ledger"\npolicy = "nightly-batch"\n',
    )
    # The lead answers for the two who never do, and one person has the nights: so they are not on call
    # besides.
    text = _changed(text, "[schedules.business-rota.rotations]", '"leila-rahmani", ', "")
    text = _changed(text, "[schedules.core-ledger-rota.rotations]", '"grzegorz-nowicki", ', "")
    return text + _SCHEDULES


def _with_runbook(block: re.Match[str]) -> str:
    service = block[2]
    if service == fact("no-runbook")["service"]:
        return block[1]
    return f'{block[1]}links = {{ runbook = "https://runbooks.thornmere.example/{service}" }}\n'


def _policies(text: str) -> str:
    text = text.replace("[[rules]]", f"{_OWN_POLICIES}\n[[rules]]", 1)
    for before, after in (
        (
            'page = ["channel:executives", "person:philippa-standish", "person:olumide-fasanya"]\n'
            'mode = "auto"',
            'page = ["channel:executives"]\n'
            'inform = ["person:philippa-standish", "person:olumide-fasanya"]\nmode = "auto"',
        ),
        ('"lead:support-tools", "channel:status-updates"]\nmode = "nudge"',
         '"channel:status-updates"]\nmode = "nudge"\nexpires = "30m"'),
        ('open_for = "45m", severity = ">=major" }\npage = ["lead", "on-call:platform"]',
         'open_for = "3h", severity = ">=major" }\npage = ["lead"]'),
        ('"channel:executives"]\nmode = "nudge"', '"channel:executives"]\nmode = "nudge"\nexpires = "20m"'),
        ('name = "No update for half an hour"\nwhen = { no_update_for = "30m" }',
         'name = "No update for an hour"\nwhen = { no_update_for = "1h", severity = ">=major" }\n'
         'expires = "20m"'),
    ):  # fmt: skip
        text = _once(text, before, after)
    return text + _OWN_RULE


def _changed(text: str, header: str, before: str, after: str) -> str:
    """`before` replaced in the table with this header."""
    start = text.index(f"[{header}]")
    end = text.find("\n\n", start)
    return text[:start] + _once(text[start:end], before, after) + text[end:]


def _once(text: str, before: str, after: str) -> str:
    if text.count(before) != 1:
        raise ValueError(
            f"thornmere has changed: {before!r} stands {text.count(before)} times where it should once"
        )
    return text.replace(before, after)


_SCHEDULES = """
[schedules.cards-secondary]
timezone = "Europe/London"

[[schedules.cards-secondary.rotations]]
members = ["meera-krishnan", "lukas-brandt", "folasade-adeyemi", "duncan-strathie"]
start = 2025-01-06T09:00:00
every = "1w"

[schedules.batch-rota]
timezone = "Europe/London"

[[schedules.batch-rota.rotations]]
members = ["grzegorz-nowicki"]
start = 2025-01-06T09:00:00
every = "1w"
"""

_OWN_POLICIES = """\
# Cards cannot wait: somebody else is woken after two minutes.
[policies.cards-urgent]
repeat = 3

[[policies.cards-urgent.levels]]
notify = ["on-call", "channel"]
wait = "2m"

[[policies.cards-urgent.levels]]
notify = ["schedule:cards-secondary"]
wait = "10m"

[[policies.cards-urgent.levels]]
notify = ["members", "on-call:platform"]
wait = "10m"
when = { severity = ">=major" }

# Loans can wait a little.
[policies.lending-standard]
repeat = 2

[[policies.lending-standard.levels]]
notify = ["on-call", "channel"]
wait = "45m"

[[policies.lending-standard.levels]]
notify = ["on-call", "lead"]
wait = "15m"

[[policies.lending-standard.levels]]
notify = ["members"]
wait = "20m"
when = { severity = ">=major" }

# Business banking.
[policies.business-standard]
repeat = 2

[[policies.business-standard.levels]]
notify = ["on-call", "channel"]
wait = "10m"

[[policies.business-standard.levels]]
notify = ["lead"]
wait = "15m"

# What runs at night, and whoever looks after it.
[policies.nightly-batch]
repeat = 2

[[policies.nightly-batch.levels]]
notify = ["schedule:batch-rota"]
wait = "10m"

[[policies.nightly-batch.levels]]
notify = ["on-call"]
wait = "15m"
"""

_OWN_RULE = """
[[rules]]
name = "More than one team is in it"
when = { scope_grew = true }
page = ["on-call:platform"]
mode = "nudge"
expires = "15m"
"""
