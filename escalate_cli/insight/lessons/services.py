"""Services whose incidents keep turning out alike: graver than declared, another team's too, or
without a word on what to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from escalate_cli.core.incident.record import Record
from escalate_cli.insight.lessons.chance import stands_out, usual
from escalate_cli.insight.lessons.proposal import LEAST, Past, Proposal, numbers
from escalate_cli.insight.report.statistics import added_teams, rise

_MOSTLY = 0.6
_SHOWN = 5
"""services without a runbook that are worth naming at a time: those with most incidents"""


def services(past: Past) -> list[Proposal]:
    """Every proposal about a service."""
    return [*_raised(past), *_teams(past), *_runbooks(past)]


def _raised(past: Past) -> list[Proposal]:
    """Services whose incidents are mostly raised by somebody after they were declared at a lower severity."""
    cases: dict[tuple[str, str], list[Record]] = {}
    rises: dict[tuple[str, str], list[Record]] = {}
    to: dict[tuple[str, str], Counter[str]] = {}
    for record in past.records:
        rose = rise(record, past.catalog, by_people=True)
        for service in record.first_services:
            key = (service, record.first_severity)
            cases.setdefault(key, []).append(record)
            if rose is not None:
                rises.setdefault(key, []).append(record)
                to.setdefault(key, Counter())[rose[1]] += 1
    made = []
    for (service, severity), some in _more_than_chance(rises, cases, 0.1):
        gravest = max(to[service, severity], key=lambda one: (to[service, severity][one], one))
        name = past.service(service)
        rule = {
            "name": f"{name}: {severity} is {gravest} from the start",
            "when": {"service": service, "severity": severity},
            "raise_to": gravest,
        }
        if (
            any(known.name == rule["name"] for known in past.catalog.rules)
            or service not in past.catalog.services
        ):
            continue
        made.append(
            Proposal(
                code="severity-raised",
                title=f"{name}: what is declared {severity} becomes {gravest}. Let it begin there",
                evidence=(
                    f"{len(some)} of {len(cases[service, severity])} incidents declared {severity} were"
                    " raised later"
                ),
                incidents=numbers(some),
                count=len(some),
                of=len(cases[service, severity]),
                changes=(past.texts.adding(("rules",), [("[[rules]]", rule)], rule),),
                service=service,
                team=past.catalog.services[service].team,
                rule=str(rule["name"]),
            )
        )
    return made


def _teams(past: Past) -> list[Proposal]:
    """Services whose incidents mostly need a second team, brought in by hand later."""
    cases: dict[tuple[str, str], list[Record]] = {}
    added: dict[tuple[str, str], list[Record]] = {}
    for record in past.records:
        for team in added_teams(record, past.catalog):
            for service in record.first_services:
                added.setdefault((service, team), []).append(record)
    declared: dict[str, list[Record]] = {}
    for record in past.records:
        for service in record.first_services:
            declared.setdefault(service, []).append(record)
    cases = {key: declared[key[0]] for key in added}
    made = []
    for (service, team), some in _more_than_chance(added, cases, 0.05):
        name = past.service(service)
        rule = {"name": f"{name} needs {past.team(team)}", "when": {"service": service}, "involve": [team]}
        if (
            any(known.name == rule["name"] for known in past.catalog.rules)
            or service not in past.catalog.services
        ):
            continue
        made.append(
            Proposal(
                code="team-added",
                title=f"Incidents of {name} end up with {past.team(team)}, too: bring them in from the start",
                evidence=(
                    f"{len(some)} of {len(cases[service, team])} incidents had {past.team(team)} added later"
                ),
                incidents=numbers(some),
                count=len(some),
                of=len(cases[service, team]),
                changes=(past.texts.adding(("rules",), [("[[rules]]", rule)], rule),),
                service=service,
                team=team,
                rule=str(rule["name"]),
            )
        )
    return made


def _more_than_chance(
    hits: Mapping[tuple[str, str], list[Record]],
    cases: Mapping[tuple[str, str], list[Record]],
    expected: float,
) -> list[tuple[tuple[str, str], list[Record]]]:
    """Where it happened mostly, and more often than elsewhere."""
    every = sum(map(len, cases.values()))
    happened = sum(map(len, hits.values()))
    looks = sum(len(case) >= LEAST for case in cases.values())
    found = []
    for key, some in hits.items():
        n = len(cases[key])
        rate = usual(happened - len(some), every - n, expected)
        if len(some) >= LEAST and len(some) >= _MOSTLY * n and stands_out(len(some), n, rate, looks):
            found.append((key, some))
    return found


def _runbooks(past: Past) -> list[Proposal]:
    """Services with repeated incidents and no link that is called a runbook, those with most of them."""
    count: dict[str, list[Record]] = {}
    for record in past.records:
        for service in record.services:
            known = past.catalog.services.get(service)
            if known is not None and not any("runbook" in link.lower() for link in known.links):
                count.setdefault(service, []).append(record)
    worst = sorted(
        (pair for pair in count.items() if len(pair[1]) >= LEAST), key=lambda pair: (-len(pair[1]), pair[0])
    )
    return [
        Proposal(
            code="no-runbook",
            title=f"{past.service(service)} keeps breaking and has no runbook: link one",
            evidence=f"{len(some)} incidents",
            incidents=numbers(some),
            count=len(some),
            of=len(some),
            changes=(
                past.texts.setting(("services", service, "links", "runbook"), "https://wiki.example.com/…"),
            ),
            remark=(
                "write where your runbook is; it stands in every message about the service"
                if number == 0
                else ""
            ),
            service=service,
            team=past.catalog.services[service].team,
        )
        for number, (service, some) in enumerate(worst[:_SHOWN])
    ]
