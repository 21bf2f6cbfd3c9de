"""Gateways that fail, and addresses that do."""

from __future__ import annotations

from collections import Counter
from typing import Any

from escalate_cli.core.calendar.duration import HOUR
from escalate_cli.core.incident.record import Record
from escalate_cli.insight.lessons.amending import Amendment
from escalate_cli.insight.lessons.chance import stands_out, usual
from escalate_cli.insight.lessons.proposal import LEAST, Past, Proposal, numbers

_SHARE = 0.05
_ONE_ADDRESS = 0.8
"""of the failures go to one recipient: then it is the address, not the gateway"""


def gateways(past: Past) -> list[Proposal]:
    """Gateways whose messages fail for good in more than one of twenty cases, and more often than
    those of the others.
    """
    tried: Counter[str] = Counter()
    failed: dict[str, list[tuple[Record, str]]] = {}
    used: dict[str, set[int]] = {}
    hours: dict[str, set[int]] = {}
    for record in past.records:
        for delivery in record.deliveries:
            tried[delivery.gateway] += delivery.tried
            used.setdefault(delivery.gateway, set()).add(record.id)
        for failure in record.failures:
            failed.setdefault(failure.gateway, []).append((record, failure.recipient))
            hours.setdefault(failure.gateway, set()).add(record.declared_at // HOUR)
    made = []
    for gateway, some in sorted(failed.items()):
        if gateway not in past.catalog.gateways:
            continue
        # Messages of one incident, or of one bad hour, fail together: incidents are counted, and hours.
        incidents = numbers([record for record, _ in some])
        others = [one for one in used if one != gateway]
        theirs = sum(len(failed.get(other, ())) for other in others)
        each = max(_SHARE, min(1.0, 2 * usual(theirs, sum(tried[other] for other in others), 0.01)))
        rate = 1 - (1 - each) ** (tried[gateway] / max(1, len(used.get(gateway, ()))))
        enough = min(len(incidents), len(hours[gateway])) >= LEAST and len(some) >= _SHARE * tried[gateway]
        if not enough or not stands_out(len(incidents), len(used.get(gateway, ())), rate, len(tried)):
            continue
        recipient, count = Counter(recipient for _, recipient in some).most_common(1)[0]
        if count >= _ONE_ADDRESS * len(some) and len({one for _, one in some}) <= len(some) / 2:
            made.append(_address(past, gateway, recipient, incidents, count, tried[gateway]))
        else:
            made.append(_gateway(past, gateway, incidents, len(some), tried))
    return made


def _address(
    past: Past, gateway: str, recipient: str, incidents: tuple[int, ...], count: int, of: int
) -> Proposal:
    kind, _, identifier = recipient.partition(":")
    known: Any = (past.catalog.people if kind == "person" else past.catalog.channels).get(identifier)
    name = known.name if known is not None else identifier
    return Proposal(
        code="address-fails",
        title=f"Messages to {name} through {gateway} fail: look at the address",
        evidence=f"{count} messages failed for good, all to {name}",
        incidents=incidents,
        count=count,
        of=of,
        remark=(
            f"{known.source}: mend the address for {gateway}, then try it: escalate test-page {recipient}"
            if known is not None
            else ""
        ),
        person=identifier if kind == "person" else None,
        gateway=gateway,
    )


def _gateway(
    past: Past, gateway: str, incidents: tuple[int, ...], count: int, tried: Counter[str]
) -> Proposal:
    changes = _second_way(past, gateway)
    if changes:
        title, remark = (
            (
                f"{gateway} fails too often to be relied on alone: page through a second gateway at the same"
                " time"
            ),
            "",
        )
    else:
        title = f"{gateway} fails too often: mend it, and let nobody depend on it alone"
        remark = (
            "`escalate person list` shows who has which addresses; [notify] and people's own `notify` say"
            " which are used at once"
        )
    return Proposal(
        code="gateway-fails",
        title=title,
        evidence=f"{count} of {tried[gateway]} messages failed for good ({count / tried[gateway]:.0%})",
        incidents=incidents,
        count=count,
        of=tried[gateway],
        changes=changes,
        remark=remark,
        gateway=gateway,
    )


def _second_way(past: Past, gateway: str) -> tuple[Amendment, ...]:
    """Everyone's default for urgent messages, with the gateway that most people have besides, in
    the first step that uses this one.
    """
    steps = past.texts.value(("notify", "high"))
    if not isinstance(steps, list):
        return ()
    has = Counter(one for person in past.catalog.people.values() for one in person.contact if one != gateway)
    for number, step in enumerate(steps):
        via = list(step.get("via", ()))
        more = [
            one
            for one, count in has.most_common()
            if one not in via and count >= len(past.catalog.people) / 2
        ]
        if via == [gateway] and more:
            return (past.texts.setting(("notify", "high", number, "via"), [*via, more[0]]),)
    return ()
