"""Gateways that fail, and addresses that fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from escalate_cli.core.calendar.duration import HOUR
from escalate_cli.core.incident.record import Record, TracedAck
from escalate_cli.core.organisation.catalog import Channel, Person
from escalate_cli.core.organisation.recipient import Recipient
from escalate_cli.insight.lessons.amending import Amendment
from escalate_cli.insight.lessons.chance import stands_out, usual
from escalate_cli.insight.lessons.proposal import LEAST, Backing, Past, Proposal, incident_ids

_SHARE = 0.05
_UNHEARD = 2 * LEAST
"""incidents without an answer by a gateway that listens before that is told"""
_ONE_ADDRESS = 0.8
"""if so much of the failures goes to one recipient, it is the address and not the gateway"""


@dataclass
class _Use:
    """What became of the messages through one gateway. `failures` are those given up, with the
    recipient of each.
    """

    tried: int = 0
    incidents: set[int] = field(default_factory=set)
    failures: list[tuple[Record, Recipient]] = field(default_factory=list)

    @property
    def failed_in(self) -> tuple[int, ...]:
        """The incidents with a failure."""
        return incident_ids([record for record, _ in self.failures])

    @property
    def failed_hours(self) -> set[int]:
        """The hours in which an incident with a failure began."""
        return {record.declared_at // HOUR for record, _ in self.failures}


def gateway_lessons(past: Past) -> list[Proposal]:
    """Gateways whose messages fail for good in more than one of twenty cases, and more often than
    those of the others.
    """
    uses = _uses(past)
    failing = [
        gateway for gateway in sorted(uses) if gateway in past.catalog.gateways and _fails(gateway, uses)
    ]
    return [_proposal(past, gateway, uses[gateway]) for gateway in failing] + _unheard(past)


def _unheard(past: Past) -> list[Proposal]:
    """Gateways that listen, by which nobody has answered though people acknowledged what it had paged
    them for, every time in another way.
    """
    acks = [(record, answer) for record in past.records for answer in record.answers]
    proposals = []
    for gateway in sorted(past.catalog.gateways):
        known = past.catalog.gateways[gateway]
        paged = [(record, answer) for record, answer in acks if _paged_by(gateway, record, answer)]
        heard = any(answer.way.gateway == gateway for _, answer in acks)
        backing = Backing.by([record for record, _ in paged], len(paged))
        if not known.listens or heard or len(backing.incidents) < _UNHEARD:
            continue
        people = len({answer.by for _, answer in paged})
        by = f"{people} people" if people != 1 else "one person"
        proposals.append(
            Proposal(
                code="gateway-unanswered",
                title=f"Nobody answers by {gateway}: prove that answers arrive, and tell people",
                evidence=(
                    f"{len(paged)} pages through {gateway} were acknowledged by {by}, and none by an"
                    " answer to it"
                ),
                backing=backing,
                remark=f"{known.source}: `escalate test-page person:ID --wait 5m` proves the way back",
                gateway=gateway,
            )
        )
    return proposals


def _paged_by(gateway: str, record: Record, answer: TracedAck) -> bool:
    """Whether whoever acknowledged had been paged through this gateway, perhaps beside others."""
    return any(
        page.gateway == gateway and page.person == answer.by and page.at <= answer.at for page in record.pages
    )


def _uses(past: Past) -> dict[str, _Use]:
    uses: dict[str, _Use] = {}
    for record in past.records:
        for delivery in record.deliveries:
            use = uses.setdefault(delivery.gateway, _Use())
            use.tried += delivery.tried
            use.incidents.add(record.id)
        for failure in record.failures:
            uses.setdefault(failure.gateway, _Use()).failures.append((record, failure.recipient))
    return uses


def _fails(gateway: str, uses: dict[str, _Use]) -> bool:
    """Whether this gateway fails more often than the others. Messages of one incident, or of one
    bad hour, fail together. So incidents and hours are counted, not messages.
    """
    use = uses[gateway]
    failed = len(use.failed_in)
    if min(failed, len(use.failed_hours)) < LEAST or len(use.failures) < _SHARE * use.tried:
        return False
    others = [other for name, other in uses.items() if name != gateway and other.incidents]
    failures, tried = sum(len(other.failures) for other in others), sum(other.tried for other in others)
    of_messages = max(_SHARE, min(1.0, 2 * usual(failures, tried, 0.01)))
    of_incidents = 1 - (1 - of_messages) ** (use.tried / max(1, len(use.incidents)))
    looks = sum(bool(other.incidents) for other in uses.values())
    return stands_out(failed, len(use.incidents), of_incidents, looks)


def _proposal(past: Past, gateway: str, use: _Use) -> Proposal:
    """A proposal about one address if it is practically the only one that fails; else about the
    gateway.
    """
    recipients = Counter(recipient for _, recipient in use.failures)
    recipient, count = recipients.most_common(1)[0]
    if count >= _ONE_ADDRESS * len(use.failures) and len(recipients) <= len(use.failures) / 2:
        return _address(past, gateway, recipient, Backing(use.failed_in, count, use.tried))
    return _gateway(past, gateway, Backing(use.failed_in, len(use.failures), use.tried))


def _address(past: Past, gateway: str, recipient: Recipient, backing: Backing) -> Proposal:
    kind, identifier = recipient.kind, recipient.id
    section: Mapping[str, Person | Channel] = (
        past.catalog.people if kind == "person" else past.catalog.channels
    )
    known = section.get(identifier)
    name, remark = identifier, ""
    if known is not None:
        name = known.name
        remark = (
            f"{known.source}: mend the address for {gateway}, then try it: escalate test-page {recipient}"
        )
    return Proposal(
        code="address-fails",
        title=f"Messages to {name} through {gateway} fail: look at the address",
        evidence=f"{backing.count} messages failed for good, all to {name}",
        backing=backing,
        remark=remark,
        person=identifier if kind == "person" else None,
        gateway=gateway,
    )


def _gateway(past: Past, gateway: str, backing: Backing) -> Proposal:
    changes = _second_way(past, gateway)
    title = f"{gateway} fails too often: mend it, and let nobody depend on it alone"
    remark = (
        "`escalate person list` shows who has which addresses; [notify] and people's own `notify` say"
        " which are used at once"
    )
    if changes:
        title = (
            f"{gateway} fails too often to be relied on alone: page through a second gateway at the same time"
        )
        remark = ""
    count, tried = backing.count, backing.of
    return Proposal(
        code="gateway-fails",
        title=title,
        evidence=f"{count} of {tried} messages failed for good ({count / tried:.0%})",
        backing=backing,
        changes=changes,
        remark=remark,
        gateway=gateway,
    )


def _second_way(past: Past, gateway: str) -> tuple[Amendment, ...]:
    """Everyone's default for urgent messages with one more gateway in the first step that uses this
    one: the gateway that most people also have.
    """
    steps = past.texts.value(("notify", "high"))
    if not isinstance(steps, list):
        return ()
    has = Counter(
        other for person in past.catalog.people.values() for other in person.contact if other != gateway
    )
    for number, step in enumerate(steps):
        via = list(step.get("via", ()))
        more = [
            other
            for other, count in has.most_common()
            if other not in via and count >= len(past.catalog.people) / 2
        ]
        if via == [gateway] and more:
            return (past.texts.setting(("notify", "high", number, "via"), [*via, more[0]]),)
    return ()
