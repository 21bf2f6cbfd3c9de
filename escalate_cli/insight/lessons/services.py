"""Services whose incidents keep turning out in the same way: graver than declared, or also another
team's. And services without a link on what to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from escalate_cli.core.incident.record import Record
from escalate_cli.insight.lessons.chance import usual
from escalate_cli.insight.lessons.proposal import LEAST, Backing, Past, Proposal
from escalate_cli.insight.report.readings import added_teams, rise

_Pair = tuple[str, str]
"""a service and a severity, or a service and a team"""

_MOSTLY = 0.6
_SHOWN = 5
"""services without a runbook that are worth naming at a time: those with most incidents"""


def services(past: Past) -> list[Proposal]:
    """Every proposal about a service."""
    return [*_raised(past), *_teams(past), *_runbooks(past)]


def _raised(past: Past) -> list[Proposal]:
    """Services whose incidents are mostly raised by somebody after they were declared at a lower severity."""
    cases: dict[_Pair, list[Record]] = {}
    rises: dict[_Pair, list[Record]] = {}
    given_later: dict[_Pair, Counter[str]] = {}
    for record in past.records:
        rose = rise(record, past.catalog, by_people=True)
        for service in record.first_services:
            pair = (service, record.first_severity)
            cases.setdefault(pair, []).append(record)
            if rose is not None:
                rises.setdefault(pair, []).append(record)
                given_later.setdefault(pair, Counter())[rose[1]] += 1
    proposals = []
    for (service, severity), backing in _more_than_chance(rises, cases, 0.1):
        counts = given_later[service, severity]
        given = max(counts, key=lambda later: (counts[later], later))
        name, often = past.service(service), f"{backing.count} of {backing.of}"
        rule = {
            "name": f"{name}: {severity} is {given} from the start",
            "when": {"service": service, "severity": severity},
            "raise_to": given,
        }
        if _is_new(rule, service, past):
            proposals.append(
                Proposal(
                    code="severity-raised",
                    title=f"{name}: what is declared {severity} becomes {given}. Let it begin there",
                    evidence=f"{often} incidents declared {severity} were raised later",
                    backing=backing,
                    changes=(past.texts.adding(("rules",), [("[[rules]]", rule)], rule),),
                    service=service,
                    team=past.catalog.services[service].team,
                    rule=str(rule["name"]),
                )
            )
    return proposals


def _teams(past: Past) -> list[Proposal]:
    """Services whose incidents mostly need a second team, brought in by hand later."""
    added: dict[_Pair, list[Record]] = {}
    declared: dict[str, list[Record]] = {}
    for record in past.records:
        for service in record.first_services:
            declared.setdefault(service, []).append(record)
        for team in added_teams(record, past.catalog):
            for service in record.first_services:
                added.setdefault((service, team), []).append(record)
    cases = {pair: declared[pair[0]] for pair in added}
    proposals = []
    for (service, team), backing in _more_than_chance(added, cases, 0.05):
        name, second = past.service(service), past.team(team)
        rule = {"name": f"{name} needs {second}", "when": {"service": service}, "involve": [team]}
        if _is_new(rule, service, past):
            proposals.append(
                Proposal(
                    code="team-added",
                    title=f"Incidents of {name} end up with {second}, too: bring them in from the start",
                    evidence=f"{backing.count} of {backing.of} incidents had {second} added later",
                    backing=backing,
                    changes=(past.texts.adding(("rules",), [("[[rules]]", rule)], rule),),
                    service=service,
                    team=team,
                    rule=str(rule["name"]),
                )
            )
    return proposals


def _is_new(rule: Mapping[str, object], service: str, past: Past) -> bool:
    """Whether there is no such rule yet; and the service is still there."""
    names = {known.name for known in past.catalog.rules}
    return rule["name"] not in names and service in past.catalog.services


def _more_than_chance(
    hits: Mapping[_Pair, list[Record]], cases: Mapping[_Pair, list[Record]], expected: float
) -> list[tuple[_Pair, Backing]]:
    """Where it happened mostly, and more often than elsewhere."""
    every, happened = sum(map(len, cases.values())), sum(map(len, hits.values()))
    looks = sum(len(records) >= LEAST for records in cases.values())
    standing_out = []
    for pair, records in hits.items():
        backing = Backing.by(records, len(cases[pair]))
        rate = usual(happened - backing.count, every - backing.of, expected)
        if backing.stands_out(_MOSTLY, rate, looks):
            standing_out.append((pair, backing))
    return standing_out


def _runbooks(past: Past) -> list[Proposal]:
    """Services with repeated incidents and no link that is called a runbook, those with most of them."""
    records_of: dict[str, list[Record]] = {}
    for record in past.records:
        for service in record.services:
            known = past.catalog.services.get(service)
            if known is not None and not any("runbook" in link.lower() for link in known.links):
                records_of.setdefault(service, []).append(record)
    repeated = [service for service, records in records_of.items() if len(records) >= LEAST]
    worst = sorted(repeated, key=lambda service: (-len(records_of[service]), service))
    remark = "write where your runbook is; it stands in every message about the service"
    return [
        Proposal(
            code="no-runbook",
            title=f"{past.service(service)} keeps breaking and has no runbook: link one",
            evidence=f"{len(records_of[service])} incidents",
            backing=Backing.by(records_of[service], len(records_of[service])),
            changes=(
                past.texts.setting(("services", service, "links", "runbook"), "https://wiki.example.com/…"),
            ),
            remark=remark if number == 0 else "",
            service=service,
            team=past.catalog.services[service].team,
        )
        for number, service in enumerate(worst[:_SHOWN])
    ]
