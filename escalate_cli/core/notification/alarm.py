"""Whom to tell when nothing else can be relied on: people and their addresses, without schedules,
policies, zones or templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from escalate_cli.core.events.reasons import Because, BelongsTo, Named, Said, TakesTurns
from escalate_cli.core.incident.decision import Decision
from escalate_cli.core.incident.doing_without import words_of
from escalate_cli.core.incident.situation import Escalation, Notification, NotificationKind
from escalate_cli.core.notification.targets import (
    Addressee,
    Contact,
    TargetReach,
    addresses_of,
    contacts,
    whom,
)
from escalate_cli.core.organisation.catalog import Catalog, Team, Urgency
from escalate_cli.core.organisation.policy import Target, TargetKind
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.core.wording.reasons import told_because


class Address(msgspec.Struct, frozen=True):
    """One address to tell, and whose it is."""

    addressee: Addressee
    contact: Contact

    @property
    def recipient(self) -> Recipient:
        """Whose it is."""
        return self.addressee.recipient


def addresses(decision: Decision, *, team: str | None = None) -> tuple[Address, ...]:
    """Every address of those whom `[fallback].page` means, each once. If none of them has one: of
    the people of the fallback team, else of `team`. A target that cannot be used now, such as a
    schedule that raises, means everybody who could be behind it.
    """
    catalog = decision.catalog
    teams = [catalog.teams[known] for known in (catalog.fallback.team, team) if known in catalog.teams]
    groups: list[Iterable[Addressee]] = [_meant(catalog.fallback.page, decision)]
    groups += [_people(known, catalog) for known in teams]
    for group in groups:
        reachable = {
            (address.recipient, address.contact.gateway): address for address in _reachable(group, catalog)
        }
        if reachable:
            return tuple(reachable.values())
    return ()


def _reachable(addressees: Iterable[Addressee], catalog: Catalog) -> Iterator[Address]:
    for addressee in addressees:
        recipient = addressee.recipient
        try:
            usable = contacts(recipient, Urgency.HIGH, catalog)
        except Exception:  # whoever raises, the others are told
            usable = ()
        yield from (Address(addressee, contact) for contact in usable or addresses_of(recipient, catalog))


def fallback_targets(decision: Decision) -> tuple[Target, ...]:
    """`[fallback].page`, with each target that cannot be used now replaced by everybody who could
    be behind it.
    """
    targets: list[Target] = []
    for target in decision.catalog.fallback.page:
        reached = _resolved(target, decision)
        if reached.addressees or not reached.broken:
            targets.append(target)
        else:
            behind = _behind(target, decision.catalog)
            targets += [Target(TargetKind.PERSON, addressee.recipient.id) for addressee in behind]
    return tuple(dict.fromkeys(targets))


def _meant(targets: Iterable[Target], decision: Decision) -> Iterator[Addressee]:
    for target in targets:
        yield from _resolved(target, decision).addressees or _behind(target, decision.catalog)


def _resolved(target: Target, decision: Decision) -> TargetReach:
    try:
        return whom(target, decision.catalog.fallback.team, decision)
    except Exception as problem:
        return TargetReach(broken=f"{target} cannot be used ({words_of(problem)})")


def _behind(target: Target, catalog: Catalog) -> Iterator[Addressee]:
    """Everybody whom a target could mean, whatever the time."""
    if target.kind is TargetKind.PERSON and target.name in catalog.people:
        yield Addressee(Recipient.person(target.name or ""), Named())
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


def _on_rota(schedule_id: str | None, catalog: Catalog) -> Iterator[Addressee]:
    schedule = catalog.schedules.get(schedule_id or "")
    rotations = schedule.rotations if schedule is not None else ()
    members = dict.fromkeys(member for rotation in rotations for member in rotation.members)
    for member in members:
        if member in catalog.people:
            yield Addressee(Recipient.person(member), TakesTurns(schedule_id or ""))


def _people(team: Team, catalog: Catalog) -> Iterator[Addressee]:
    for person in dict.fromkeys((team.lead or "", *team.members)):
        if person in catalog.people:
            yield Addressee(Recipient.person(person), BelongsTo(team.id))


def page_plainly(decision: Decision, why: str, escalation: Escalation | None = None) -> tuple[Recipient, ...]:
    """Write a page to each of `addresses`, due at once, for when `paging` itself fails. Returns the
    recipients.
    """
    to = addresses(decision, team=escalation.team if escalation is not None else None)
    first = decision.situation.fresh_id()
    decision.notify(
        _page(first - number, address, why, escalation, decision) for number, address in enumerate(to)
    )
    return tuple(dict.fromkeys(address.recipient for address in to))


def _page(
    number: int, address: Address, why: str, escalation: Escalation | None, decision: Decision
) -> Notification:
    reason = Because(address.addressee.meant, Said(why))
    return Notification(
        id=number,
        kind=NotificationKind.PAGE,
        recipient=address.recipient,
        gateway=address.contact.gateway,
        address=address.contact.address,
        reason=reason,
        because=_because(reason, why, address.recipient, decision.catalog),
        due_at=decision.now,
        escalation_id=escalation.id if escalation is not None else None,
        page_round=escalation.page_round if escalation is not None else None,
        source=decision.catalog.fallback.source,
        created_at=decision.now,
    )


def _because(reason: Because, why: str, recipient: Recipient, catalog: Catalog) -> str:
    try:
        return told_because(reason, catalog, recipient)
    except Exception:  # nothing may hold this page back
        return why
