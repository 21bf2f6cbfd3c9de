"""People who have no address for what would be sent to them, and targets that stand for nobody at
all.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.config.compile.draft import Draft
from escalate_cli.config.compile.gathering import Item
from escalate_cli.config.toml.positions import Path
from escalate_cli.core.organisation.catalog import Catalog, Person, Team, Urgency
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.wording.problem import WARNING, Problem


def check_reach(draft: Draft) -> Iterator[Problem]:
    """Warnings only: somebody else may be reached, and whoever is missing today may be added
    tomorrow.
    """
    yield from _addresses(draft)
    yield from _targets(draft)


def _addresses(draft: Draft) -> Iterator[Problem]:
    catalog = draft.catalog
    for name, channel in catalog.channels.items():
        if not channel.contact:
            message = f'channel "{name}" has no contact: nothing is ever told there'
            yield draft.gathered.by_id["channels"][name].problem(
                (), WARNING, "no-address", message, "add contact = { GATEWAY = ADDRESS }", key=True
            )
    if "gateway" in draft.gathered.known.unsure or (
        "notify" in draft.gathered.single and not _notify_is_sound(draft)
    ):
        return
    for name, person in catalog.people.items():
        yield from _person(draft, draft.gathered.by_id["people"][name], person)


def _notify_is_sound(draft: Draft) -> bool:
    return (
        bool(draft.catalog.notify_high or draft.catalog.notify_low)
        or draft.gathered.single["notify"].raw == {}
    )


def _person(draft: Draft, item: Item, person: Person) -> Iterator[Problem]:
    if not person.contact:
        message = f'"{person.id}" has no contact and can never be paged'
        yield item.problem(
            (), WARNING, "no-address", message, "add contact = { GATEWAY = ADDRESS }", key=True
        )
        return
    lacking: dict[tuple[str, ...], list[str]] = {}
    for urgency in (Urgency.HIGH, Urgency.LOW):
        for step in draft.catalog.steps(person, urgency):
            if not any(gateway in person.contact for gateway in step.via):
                lacking.setdefault(step.via, []).append(urgency.value)
    for via, urgencies in lacking.items():
        gateways = " or ".join(via)
        message = (
            f'"{person.id}" has no address for {gateways}, where {" and ".join(dict.fromkeys(urgencies))}'
            " urgency notifies"
        )
        yield item.problem(
            ("contact",),
            WARNING,
            "no-address",
            message,
            f"add an address for {gateways}, or change how they are notified",
        )


def _targets(draft: Draft) -> Iterator[Problem]:
    catalog = draft.catalog
    if draft.gathered.broken or len(catalog.teams) < len(draft.gathered.by_id["teams"]):
        return  # what cannot be read may be exactly what is missing
    all_teams = tuple(catalog.teams.values())
    for name, policy in catalog.policies.items():
        users = _users(catalog, name)
        item = draft.gathered.by_id["policies"][name]
        for number, level in enumerate(policy.levels):
            yield from _nobody(draft, item, ("levels", number, "notify"), level.notify, users)
    for item, rule in draft.rules:
        teams = tuple(team for team in all_teams if rule.when.teams is None or team.id in rule.when.teams)
        for key, targets in (("page", rule.page), ("inform", rule.inform)):
            yield from _nobody(draft, item, (key,), targets, teams)
    fallback = draft.gathered.single.get("fallback")
    if fallback is not None:
        yield from _nobody(draft, fallback, ("page",), catalog.fallback.page, all_teams)


def _users(catalog: Catalog, policy: str) -> tuple[Team, ...]:
    """The teams that may run a policy."""
    named = {service.team for service in catalog.services.values() if service.policy == policy}
    return tuple(team for team in catalog.teams.values() if team.policy == policy or team.id in named)


def _nobody(
    draft: Draft, item: Item, loc: Path, targets: tuple[Target, ...], teams: tuple[Team, ...]
) -> Iterator[Problem]:
    catalog = draft.catalog
    for number, target in enumerate(targets):
        asked = teams
        if target.name is not None and target.kind in _TEAM_PARTS:
            asked = tuple(team for team in (catalog.teams.get(target.name),) if team)
        why = _why_nobody(catalog, target, asked)
        if why:
            hint = "name someone else, or give the team what is missing"
            yield item.problem(
                (*loc, number), WARNING, "reaches-nobody", f'"{target}" reaches nobody: {why}', hint
            )


_TEAM_PARTS = {
    TargetKind.ON_CALL: ("on_call", "on-call schedule"),
    TargetKind.LEAD: ("lead", "lead"),
    TargetKind.MEMBERS: ("members", "members"),
    TargetKind.ROUND_ROBIN: ("members", "members"),
    TargetKind.CHANNEL: ("channel", "channel"),
}


def _why_nobody(catalog: Catalog, target: Target, teams: tuple[Team, ...]) -> str:
    """Why a target stands for nobody at any time; "" if it stands for somebody, or that cannot be
    known.
    """
    if target.kind is TargetKind.SCHEDULE:
        schedule = catalog.schedules.get(target.name or "")
        return (
            "the schedule is empty"
            if schedule is not None and not schedule.rotations and not schedule.overrides
            else ""
        )
    if target.kind not in _TEAM_PARTS or (target.kind is TargetKind.CHANNEL and target.name):
        return ""
    part, word = _TEAM_PARTS[target.kind]
    if not teams or any(getattr(team, part) for team in teams):
        return ""
    whose = f'team "{teams[0].id}" has' if len(teams) == 1 else "none of the teams that it applies to has"
    return (
        f"{whose} no {word}"
        if len(teams) == 1
        else f"{whose} a {word}".replace("a members", "members").replace("a on", "an on")
    )
