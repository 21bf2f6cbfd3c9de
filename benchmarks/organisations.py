"""Organisations to measure with: a whole bank, and a crowd that is paged all at once.

The bank is Thornmere, a copy of `shared/data/thornmere`: the benchmark runs anywhere after `pip
install -e .[test]`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

THORNMERE = Path(__file__).with_name("thornmere")


def gateways(*, http: int | None = None, smtp: int | None = None) -> str:
    """Gateways that lead to loopback, all to the web server at `http` or all to the mail server at `smtp`."""
    if http is not None:
        urls = {name: f"json://127.0.0.1:{http}/{name}/{{to}}" for name in ("email", "slack", "sms")}
    else:
        mailbox = f"mailto://127.0.0.1:{smtp}?from=escalate@example.com&to="
        # a phone number is no mail address
        urls = dict.fromkeys(("slack", "sms"), mailbox + "someone@example.com&name={to}")
        urls["email"] = mailbox + "{to}"
    return "".join(f'[gateways.{name}]\nurl = "{url}"\n' for name, url in urls.items())


def bank(place: Path, *, http: int | None = None, smtp: int | None = None) -> tuple[Path, str]:
    """Write the bank's configuration into `place`; its path and where it comes from."""
    config = place / "bank"
    config.mkdir(parents=True, exist_ok=True)
    known = Path(os.environ.get("ESCALATE_BENCHMARK_DATA") or THORNMERE)
    for name in ("catalog.toml", "policies.toml"):
        shutil.copyfile(known / name, config / name)
    (config / "gateways.toml").write_text(gateways(http=http, smtp=smtp), encoding="utf-8")
    return config, known.name


def crowd(
    place: Path,
    teams: int,
    members: int,
    *,
    http: int | None = None,
    smtp: int | None = None,
    second_level: str = "12h",
) -> Path:
    """An organisation whose every team pages all of its members at once, each by one message;
    service `s0` is of team `t0` …

    The second level comes `second_level` later and pages the team's lead.
    """
    config = place / f"crowd-{teams}x{members}-{'http' if http else 'smtp'}"
    config.mkdir(parents=True, exist_ok=True)
    lines = [
        '[settings]\ndefault_severity = "major"\n[fallback]\nteam = "t0"\npage = ["person:t0p0"]\nevery ='
        ' "12h"\n[[severities]]\nid = "major"\nurgency = "high"\n[notify]\nhigh = [ { via = ["email"] }'
        ' ]\n[limits]\nmessages = 100000\nper = "1m"\n[policies.all]\n[[policies.all.levels]]\nnotify ='
        f' ["members"]\nwait = "{second_level}"\n[[policies.all.levels]]\nnotify = ["lead"]\nwait = "12h"\n'
    ]
    for team in range(teams):
        people = [f"t{team}p{number}" for number in range(members)]
        listed = ", ".join(f'"{person}"' for person in people)
        lines.append(f'[services.s{team}]\nname = "Service {team}"\nteam = "t{team}"\n')
        lines.append(
            f'[teams.t{team}]\nname = "Team {team}"\nmembers = [{listed}]\nlead = "{people[0]}"\npolicy ='
            ' "all"\n'
        )
        lines += [
            f'[people.{person}]\nname = "{person.upper()}"\ncontact = {{ email = "{person}@example.com" }}\n'
            for person in people
        ]
    (config / "catalog.toml").write_text("".join(lines) + gateways(http=http, smtp=smtp), encoding="utf-8")
    return config
