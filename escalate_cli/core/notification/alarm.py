"""Whom to tell when nothing else can be relied on: people and their addresses, without schedule,
policy, zone or template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Instant
from escalate_cli.core.events.reasons import Because, BelongsTo, Named, Said, TakesTurns
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Escalation, Notification, NotificationKind, Situation
from escalate_cli.core.notification.targets import (
    Contact,
    Reached,
    Recipient,
    addresses_of,
    contacts,
    resolve,
)
from escalate_cli.core.organisation.catalog import Catalog, Team, Urgency
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.wording.reasons import told_because


class Address(msgspec.Struct, frozen=True):
    """One address to tell, and whose it is."""

    recipient: Recipient
    contact: Contact


def addresses(
    situation: Situation, catalog: Catalog, now: Instant, *, team: str | None = None
) -> tuple[Address, ...]:
    """Every address of those whom `[fallback].page` means, each once; where none of them has one,
    of the people of the fallback team, and else of `team`.

    A target that cannot be used as things stand, such as a schedule that raises, means everybody
    who could be behind it.
    """
    teams = [catalog.teams[one] for one in (catalog.fallback.team, team) if one in catalog.teams]
    groups: list[Iterable[Recipient]] = [_meant(catalog.fallback.page, situation, catalog, now)]
    groups += [_people(one, catalog) for one in teams]
    for group in groups:
        found = {(one.recipient.address, one.contact.gateway): one for one in _reachable(group, catalog)}
        if found:
            return tuple(found.values())
    return ()


def _reachable(recipients: Iterable[Recipient], catalog: Catalog) -> Iterator[Address]:
    for recipient in recipients:
        try:
            found = contacts(recipient, Urgency.HIGH, catalog)
        except Exception:  # whoever it is, the others are told
            found = ()
        yield from (Address(recipient, one) for one in found or addresses_of(recipient, catalog))


def fallback_targets(situation: Situation, catalog: Catalog, now: Instant) -> tuple[Target, ...]:
    """`[fallback].page`; in place of a target that cannot be used as things stand, everybody who
    could be behind it.
    """
    targets: list[Target] = []
    for target in catalog.fallback.page:
        reached = _resolved(target, situation, catalog, now)
        if reached.recipients or not reached.broken:
            targets.append(target)
        else:
            targets += [Target(TargetKind.PERSON, one.id) for one in _behind(target, catalog)]
    return tuple(dict.fromkeys(targets))


def _meant(
    targets: Iterable[Target], situation: Situation, catalog: Catalog, now: Instant
) -> Iterator[Recipient]:
    for target in targets:
        yield from _resolved(target, situation, catalog, now).recipients or _behind(target, catalog)


def _resolved(target: Target, situation: Situation, catalog: Catalog, now: Instant) -> Reached:
    try:
        return resolve(target, catalog.fallback.team, situation, catalog, now)
    except Exception as problem:
        return Reached(broken=f"{target} cannot be used ({words_of(problem)})")


def _behind(target: Target, catalog: Catalog) -> Iterator[Recipient]:
    """Everybody whom a target could mean, whatever the time."""
    if target.kind is TargetKind.PERSON and target.name in catalog.people:
        yield Recipient("person", target.name, Named())
    if target.kind is TargetKind.SCHEDULE:
        yield from _on_rota(target.name, catalog)
    team = catalog.teams.get(target.name or catalog.fallback.team or "")
    if (
        target.kind in (TargetKind.ON_CALL, TargetKind.LEAD, TargetKind.MEMBERS, TargetKind.ROUND_ROBIN)
        and team is not None
    ):
        if target.kind is TargetKind.ON_CALL:
            yield from _on_rota(team.on_call, catalog)
        yield from _people(team, catalog)


def _on_rota(schedule: str | None, catalog: Catalog) -> Iterator[Recipient]:
    found = catalog.schedules.get(schedule or "")
    ids = [member for rotation in found.rotations for member in rotation.members] if found is not None else []
    yield from (
        Recipient("person", fromkey, TakesTurns(schedule or ""))
        for fromkey in dict.fromkeys(ids)
        if fromkey in catalog.people
    )


def _people(team: Team, catalog: Catalog) -> Iterator[Recipient]:
    ids = dict.fromkeys((team.lead or "", *team.members))
    yield from (Recipient("person", one, BelongsTo(team.id)) for one in ids if one in catalog.people)


def _because(reason: Because, why: str, catalog: Catalog) -> str:
    try:
        return told_because(reason, catalog)
    except Exception:  # nothing stands in the way of this page
        return why


def page_plainly(
    situation: Situation, catalog: Catalog, now: Instant, why: str, escalation: Escalation | None = None
) -> tuple[Situation, tuple[str, ...]]:
    """The situation with a page to every one of `addresses`, due at once, and the recipients: for
    where `core.paging` itself fails.
    """
    found = addresses(situation, catalog, now, team=escalation.team if escalation is not None else None)
    first = situation.fresh_id()
    pages = tuple(
        Notification(
            id=first - number,
            kind=NotificationKind.PAGE,
            recipient=one.recipient.address,
            gateway=one.contact.gateway,
            address=one.contact.address,
            reason=(reason := Because(one.recipient.meant, Said(why))),
            because=_because(reason, why, catalog),
            due_at=now,
            escalation_id=escalation.id if escalation is not None else None,
            page_round=escalation.page_round if escalation is not None else None,
            source=catalog.fallback.source,
            created_at=now,
        )
        for number, one in enumerate(found)
    )
    told = tuple(dict.fromkeys(one.recipient.address for one in found))
    return replace(situation, notifications=(*situation.notifications, *pages)), told
