"""What a drawn night has really met: so that thousands of drawn cases are not thousands of the same one.

Each is asked of how the night went, not of what was configured: a rule that never fires is no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.core.calendar.rota import on_call, shifts
from escalate_cli.core.events import EntryKind, NudgeExpired
from escalate_cli.core.incident.situation import NotificationKind, NotificationStatus
from escalate_cli.core.incident.timeline import Entry
from escalate_cli.foresight.simulation import Simulation
from tests.foresight.drawn import LENGTH, Night

Said = Callable[[Entry], bool]


def said(kind: EntryKind, words: str = "") -> Said:
    return lambda entry: entry.kind is kind and words in entry.text


ON_THE_TIMELINE: dict[str, Said] = {
    "a rule fires": said(EntryKind.RULE),
    "a rule pages": said(EntryKind.PAGED, ': rule "'),
    "a rule informs": said(EntryKind.PAGED, "informed "),
    "a rule involves a team": said(EntryKind.ESCALATION, "involves it"),
    "a rule raises the severity": said(EntryKind.UPDATED, ': rule "'),
    "a nudge is asked": said(EntryKind.NUDGE, ": asked"),
    "a nudge is accepted": said(EntryKind.NUDGE, "accepted"),
    "a nudge is declined": said(EntryKind.NUDGE, "declined"),
    "a nudge expires into its action": lambda one: isinstance(one.event, NudgeExpired) and one.event.acts,
    "a nudge expires into nothing": said(EntryKind.NUDGE, "answer: dropped"),
    "a level is held until its hours": said(EntryKind.LEVEL, "held until"),
    "a level is left out by its condition": said(EntryKind.SKIPPED, "left out"),
    "a level is left out by a service, team or label": lambda one: (
        one.kind is EntryKind.SKIPPED
        and any(words in one.text for words in ("not in scope", "not in the incident", "label vip"))
    ),
    "a level reaches nobody": said(EntryKind.SKIPPED, "reaches nobody"),
    "every address of a level fails": said(EntryKind.SKIPPED, "failed for good"),
    "a later step is brought forward": said(EntryKind.PAGED, "tried first failed"),
    "the levels are walked again": said(EntryKind.LEVEL, "round 2"),
    "the policy runs out": said(EntryKind.EXHAUSTED, "run out"),
    "there is nobody and no fallback": said(EntryKind.SKIPPED, "names nobody"),
    "there is nobody, not in the fallback either": said(
        EntryKind.SKIPPED, "the fallback reaches nobody either"
    ),
    "the fallback reaches nobody, and the levels are walked again": said(
        EntryKind.SKIPPED, "the fallback reaches no person"
    ),
    "the fallback is only a channel, and the levels are walked again": said(
        EntryKind.EXHAUSTED, "the fallback reaches no person"
    ),
    "a fallback that was reached is not any more": said(EntryKind.ESCALATION, "the fallback was not reached"),
    "the urgency rises": said(EntryKind.LEVEL, "urgency rose"),
    "the severity is raised": said(EntryKind.UPDATED, "raised"),
    "the severity is lowered": said(EntryKind.UPDATED, "lowered"),
    "the scope grows": said(EntryKind.UPDATED, "services added"),
    "the scope shrinks": said(EntryKind.UPDATED, "services dropped"),
    "the lead is handed over": said(EntryKind.UPDATED, "lead: "),
    "somebody acknowledges": said(EntryKind.ACKNOWLEDGED),
    "one of several acknowledges (acks = all)": said(EntryKind.ACKNOWLEDGED, "still waits for"),
    "somebody passes it on": said(EntryKind.PASSED),
    "the last of a level passes it on": said(EntryKind.PASSED, "nobody else of that page is left"),
    "an acknowledgement is forgotten (ack_timeout)": said(EntryKind.ESCALATION, "no update since"),
    "it is snoozed": said(EntryKind.SNOOZED),
    "a snooze ends": said(EntryKind.ESCALATION, "snooze by"),
    "it is resolved": said(EntryKind.RESOLVED),
    "it is reopened": said(EntryKind.REOPENED, "reopened"),
    "an acknowledgement is taken back": said(EntryKind.REOPENED, "taken back"),
    "somebody is paged by hand": said(EntryKind.PAGED, "by hand"),
    "a level is chosen by hand": said(EntryKind.ESCALATION, "by hand"),
    "stakeholders hear of it": said(EntryKind.PAGED, "hears of"),
    "a maintenance keeps it quiet": said(EntryKind.MAINTENANCE, "not paged until"),
    "a maintenance ends": said(EntryKind.MAINTENANCE, "maintenance over"),
}

OTHERWISE = (
    "somebody is the next in turn (round robin)",
    "not the first in turn",
    "a lead is told",
    "[limits] hold a message back",
    "a digest",
    "a digest of what was gathered",
    "an attempt is repeated",
    "an attempt is given up",
    "an override is on call",
    "nobody is on call",
    "a handoff in the night",
    "a holiday",
    "the clocks go back",
    "the clocks go forward",
    "an odd microsecond",
    "two services",
    "a service with a policy of its own",
)

EVERYTHING = (*ON_THE_TIMELINE, *OTHERWISE)


def met(night: Night, foreseen: Simulation) -> set[str]:
    """What of `EVERYTHING` this night has met."""
    return {name for name, is_it in ON_THE_TIMELINE.items() if any(map(is_it, foreseen.entries))} | set(
        _otherwise(night, foreseen)
    )


def _otherwise(night: Night, foreseen: Simulation) -> Iterator[str]:
    notifications = foreseen.situation.notifications
    sent = [notification for notification in notifications if notification.status is NotificationStatus.SENT]
    turns = [one for one in sent if one.because.startswith("next in turn")]
    found = {
        "somebody is the next in turn (round robin)": bool(turns),
        "not the first in turn": bool(turns) and night.earlier > 0,
        "a lead is told": any(one.note == "You lead this incident now." for one in sent),
        "[limits] hold a message back": any(notification.held_back for notification in notifications),
        "a digest": any(message.digest_of > 1 for message in foreseen.messages),
        "a digest of what was gathered": night.catalog.limits.messages > 2
        and any(message.digest_of > 1 for message in foreseen.messages),
        "an attempt is repeated": any(one.attempts > 1 for one in sent),
        "an attempt is given up": any(
            notification.status is NotificationStatus.FAILED and notification.attempts > 1
            for notification in notifications
        ),
        "an odd microsecond": night.start % 60_000_000 != 0,
        "two services": len(night.services) == 2,
        "a service with a policy of its own": any(
            night.catalog.services[service].policy for service in night.services
        ),
    }
    yield from (name for name, is_so in found.items() if is_so)
    yield from _calendar(night, foreseen)


def _calendar(night: Night, foreseen: Simulation) -> Iterator[str]:
    """What schedules, hours and clocks had to do with this night's pages."""
    catalog, until = night.catalog, night.start + LENGTH
    asked = [
        message
        for message in foreseen.messages
        if message.kind is NotificationKind.PAGE and message.because.startswith("on call")
    ]
    rota, hours = catalog.schedules["rota"], catalog.hours
    on_duty = shifts(rota, hours, night.start, until)
    if any(on_call(rota, hours, one.at).why == "override" for one in asked):
        yield "an override is on call"
    if any("nobody is on call" in entry.text for entry in foreseen.entries):
        yield "nobody is on call"
    if asked and len({one.person for one in on_duty}) > 1:
        yield "a handoff in the night"
    mentions_hours = any(
        level.during or level.when.hours
        for escalation in foreseen.situation.escalations
        for level in escalation.policy.levels
    )
    mentions_hours = mentions_hours or any(rotation.hours for rotation in rota.rotations)
    days = {instant_to_local(at, night.zone).date() for at in (night.start, until)}
    if mentions_hours and days & set(hours["office"].except_days):
        yield "a holiday"
    offsets = [instant_to_local(at, night.zone).utcoffset() or timedelta() for at in (night.start, until)]
    if asked and offsets[0] != offsets[1]:
        yield "the clocks go back" if offsets[1] < offsets[0] else "the clocks go forward"
