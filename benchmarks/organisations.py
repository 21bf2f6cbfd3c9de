"""Organisations to measure with: a whole bank, and a crowd that is paged all at once.

The bank is `shared/data/thornmere` where that lies beside the repository, else one of the same size made up from a seed: the
benchmark runs anywhere after `pip install -e .[test]`.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

SEED = 20261123
BANK = {"services": 60, "teams": 18, "people": 64, "schedules": 20}

_THINGS = "card payments|logging in|statements|direct debits|standing orders|mobile deposits|foreign exchange|savings pots|loans|mortgages"
_KINDS = "portal|ledger|gateway|queue|engine|search|feed|archive"
_WORDS = "slow|declined|missing|late|wrong|stuck|blank|twice|refused|expired|locked|delayed|empty|broken|lost"


def gateways(*, http: int | None = None, smtp: int | None = None) -> str:
    """Gateways that lead to loopback, all to the web server at `http` or all to the mail server at `smtp`."""
    if http is not None:
        urls = {name: f"json://127.0.0.1:{http}/{name}/{{to}}" for name in ("email", "slack", "sms")}
    else:
        mailbox = f"mailto://127.0.0.1:{smtp}?from=escalate@example.com&to="
        urls = dict.fromkeys(("slack", "sms"), mailbox + "someone@example.com&name={to}")  # a phone number is no mail address
        urls["email"] = mailbox + "{to}"
    return "".join(f'[gateways.{name}]\nurl = "{url}"\n' for name, url in urls.items())


def bank(place: Path, *, http: int | None = None, smtp: int | None = None) -> tuple[Path, str]:
    """Write the bank's configuration into `place`; its path and where it comes from."""
    config = place / "bank"
    config.mkdir(parents=True, exist_ok=True)
    known = Path(os.environ.get("ESCALATE_BENCHMARK_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data" / "thornmere")
    if (known / "catalog.toml").exists():
        for name in ("catalog.toml", "policies.toml"):
            shutil.copyfile(known / name, config / name)
        came_from = "thornmere"
    else:
        (config / "catalog.toml").write_text(made_up_catalog(), encoding="utf-8")
        came_from = "made up"
    (config / "gateways.toml").write_text(gateways(http=http, smtp=smtp), encoding="utf-8")
    return config, came_from


def made_up_catalog(seed: int = SEED) -> str:
    """A bank as large as thornmere, the same for the same seed. Its first service is called `login`."""
    dice = random.Random(seed)
    things, kinds, words = _THINGS.split("|"), _KINDS.split("|"), _WORDS.split("|")
    names = ["login", *(f"service-{number}" for number in range(1, BANK["services"]))]
    people = [f"person-{number}" for number in range(BANK["people"])]
    teams = [f"team-{number}" for number in range(BANK["teams"])]
    lines = [_SETTINGS]
    for number, name in enumerate(names):
        about = f"{dice.choice(things)} {dice.choice(kinds)}"
        keywords = ", ".join(f'"{about.split()[0]} {word}"' for word in dice.sample(words, 5))
        needs = ", ".join(f'"{one}"' for one in dice.sample(names[max(0, number - 12) : number], min(2, number)))
        lines.append(
            f'[services.{name}]\nname = "{about.capitalize()} {number}"\ndescription = "Lets customers and colleagues use {about} number'
            f' {number} in the app, on the web and at the counter."\nkind = "{"business" if number < 42 else "technical"}"\n'
            f'team = "{teams[number % len(teams)]}"\nkeywords = [{keywords}]\ndepends_on = [{needs}]\ntier = {dice.randint(1, 3)}\n'
        )
    for number, team in enumerate(teams):
        members = ", ".join(f'"{one}"' for one in dice.sample(people, 5))
        lines.append(
            f'[teams.{team}]\nname = "Team {number}"\nmembers = [{members}]\nlead = "{dice.choice(people)}"\n'
            f'on_call = "{team}-primary"\npolicy = "{"urgent" if number % 3 == 0 else "standard"}"\nchannel = "{team}-room"\n'
            f'[channels.{team}-room]\nname = "Room of team {number}"\ncontact = {{ slack = "{team}-room" }}\n'
        )
    for number, person in enumerate(people):
        lines.append(
            f'[people.{person}]\nname = "Person {number}"\nlogin = ["p{number}"]\n'
            f'contact = {{ email = "{person}@example.com", sms = "+4477009{number:05}", slack = "{person}" }}\n'
        )
    for number in range(BANK["schedules"]):
        name = f"{teams[number]}-primary" if number < len(teams) else f"extra-{number}"
        turns = ", ".join(f'"{one}"' for one in dice.sample(people, 4))
        lines.append(
            f'[schedules.{name}]\n[[schedules.{name}.rotations]]\nmembers = [{turns}]\nstart = 2026-01-05T09:00:00\nevery = "1w"\n'
        )
    return "\n".join(lines)


def crowd(place: Path, teams: int, members: int, *, http: int | None = None, smtp: int | None = None, second_level: str = "12h") -> Path:
    """An organisation whose every team pages all of its members at once, each by one message; service `s0` is of team `t0` …

    The second level comes `second_level` later and pages the team's lead.
    """
    config = place / f"crowd-{teams}x{members}-{'http' if http else 'smtp'}"
    config.mkdir(parents=True, exist_ok=True)
    lines = [
        '[settings]\ndefault_severity = "major"\n[fallback]\nteam = "t0"\npage = ["person:t0p0"]\nevery = "12h"\n'
        '[[severities]]\nid = "major"\nurgency = "high"\n[notify]\nhigh = [ { via = ["email"] } ]\n'
        '[limits]\nmessages = 100000\nper = "1m"\n'
        f'[policies.all]\n[[policies.all.levels]]\nnotify = ["members"]\nwait = "{second_level}"\n'
        '[[policies.all.levels]]\nnotify = ["lead"]\nwait = "12h"\n'
    ]
    for team in range(teams):
        people = [f"t{team}p{number}" for number in range(members)]
        listed = ", ".join(f'"{one}"' for one in people)
        lines.append(f'[services.s{team}]\nname = "Service {team}"\nteam = "t{team}"\n')
        lines.append(f'[teams.t{team}]\nname = "Team {team}"\nmembers = [{listed}]\nlead = "{people[0]}"\npolicy = "all"\n')
        lines += [f'[people.{one}]\nname = "{one.upper()}"\ncontact = {{ email = "{one}@example.com" }}\n' for one in people]
    (config / "catalog.toml").write_text("".join(lines) + gateways(http=http, smtp=smtp), encoding="utf-8")
    return config


_SETTINGS = """\
[settings]
default_severity = "major"
timezone = "Europe/London"
[fallback]
team = "team-0"
page = ["person:person-0"]
every = "15m"
[notify]
high = [ { via = ["slack", "sms"] }, { via = ["email"], after = "1m" } ]
low = [ { via = ["slack", "email"] } ]
[[severities]]
id = "minor"
urgency = "low"
[[severities]]
id = "major"
urgency = "high"
[[severities]]
id = "critical"
urgency = "high"
[policies.standard]
repeat = 2
[[policies.standard.levels]]
notify = ["on-call", "channel"]
wait = "10m"
[[policies.standard.levels]]
notify = ["on-call", "lead"]
wait = "15m"
[[policies.standard.levels]]
notify = ["members"]
wait = "20m"
when = { severity = ">=major" }
[policies.urgent]
repeat = 3
[[policies.urgent.levels]]
notify = ["on-call", "channel"]
wait = "5m"
[[policies.urgent.levels]]
notify = ["on-call", "lead"]
wait = "5m"
[[policies.urgent.levels]]
notify = ["members", "on-call:team-0"]
wait = "10m"
[[rules]]
name = "A major that drags on"
when = { severity = "major", open_for = "45m" }
page = ["person:person-1"]
mode = "nudge"
[[rules]]
name = "Silence is not an update"
when = { severity = ">=major", no_update_for = "30m" }
inform = ["incident-lead", "channel"]
every = "30m"
"""
